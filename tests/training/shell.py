"""`gesso-train` as a test types it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from gesso_training import cli

KNOWN_SENTENCE = "gesso-train: "


@dataclass
class Shell:
    """`gesso-train` with its folders given."""

    places: list[str]
    root: Path
    read: Callable[[], tuple[str, str]]

    @classmethod
    def at(cls, root: Path, data: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
        """Everything is written below `root`."""
        named = {"data": data, "runs": root / "runs", "shelf": root / "models", "keys": root / "keys",
                 "ledger": root / "ledger.jsonl"}  # fmt: skip
        places = [word for name, path in named.items() for word in (f"--{name}", str(path))]
        return cls(places, root, lambda: tuple(capsys.readouterr()))

    def run(self, *words: str) -> str:
        """Run what must go well; what it printed."""
        code = cli.main([words[0], *self.places, *words[1:]])
        out, err = self.read()
        assert code == 0, err
        return out

    def refused(self, *words: str) -> str:
        """Run what must be refused; the one sentence."""
        code = cli.main([words[0], *self.places, *words[1:]])
        out, err = self.read()
        assert code == 1 and err.startswith(KNOWN_SENTENCE) and err.count("\n") == 1, (out, err)
        assert "Traceback" not in err and "Error" not in err and "[Errno" not in err
        return err.removeprefix(KNOWN_SENTENCE).strip()

    def key(self) -> str:
        file = self.root / "private.key"
        if not file.exists():
            self.run("key", "new", "--key", str(file))
        return str(file)
