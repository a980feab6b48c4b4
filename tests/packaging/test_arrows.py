"""Each rule of the house was broken once to see it red: in a copy, with one import that the rule forbids."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = "Floors: arrows point down"
DOCUMENTS = "Engine, operations and jobs know no document"
SCREEN = "Only ui and app have a screen"
ENGINE = "Only the engine runs models"
TORCH = "The studio never imports torch or the training house"
TRAINING = "The training house never imports the studio"

BROKEN = [
    (FLOORS, "desktop/gesso/values/colour.py", "import gesso.documents.edit"),
    (FLOORS, "desktop/gesso/documents/edit.py", "import gesso.files.container"),
    (FLOORS, "desktop/gesso/files/container.py", "import gesso.tools.declaration"),
    (FLOORS, "desktop/gesso/tools/declaration.py", "import gesso.cli.terminal"),
    (FLOORS, "desktop/gesso/cli/terminal.py", "import gesso.ui.speech"),
    (FLOORS, "desktop/gesso/ui/speech.py", "import gesso.cli.terminal"),
    (FLOORS, "desktop/gesso/ui/speech.py", "import gesso.app"),
    (DOCUMENTS, "desktop/gesso/engine/card.py", "import gesso.documents.edit"),
    (DOCUMENTS, "desktop/gesso/operations/painting/alpha.py", "import gesso.documents.edit"),
    (DOCUMENTS, "desktop/gesso/jobs/jobs.py", "import gesso.files.container"),
    (SCREEN, "desktop/gesso/tools/declaration.py", "import PySide6.QtCore"),
    (SCREEN, "desktop/gesso/cli/terminal.py", "import PySide6.QtCore"),
    (ENGINE, "desktop/gesso/cli/bench.py", "import onnxruntime"),
    (ENGINE, "desktop/gesso/ui/speech.py", "import onnxruntime"),
    (TORCH, "desktop/gesso/engine/worker.py", "import torch"),
    (TORCH, "desktop/gesso/engine/package.py", "import onnx"),
    (TORCH, "desktop/gesso/cli/bench.py", "import gesso_training.ledger"),
    (TRAINING, "training/gesso_training/ledger.py", "import gesso.values"),
]


def verdict(house: Path) -> tuple[int, str]:
    """What import-linter says of a house; nothing of it is imported."""
    linter = Path(sys.executable).with_name("lint-imports")
    folders = os.pathsep.join(str(house / part) for part in ("desktop", "training"))
    done = subprocess.run(
        [str(linter), "--no-cache"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": folders},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("house")
    for part in ("desktop", "training"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__", "*.json", "*.jsonl"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def test_the_house_as_it_stands_keeps_every_rule(house: Path) -> None:
    code, said = verdict(house)
    assert code == 0 and "0 broken" in said, said
    for rule in (FLOORS, DOCUMENTS, SCREEN, ENGINE, TORCH, TRAINING):
        assert f"{rule} KEPT" in said


@pytest.mark.parametrize(("rule", "file", "line"), BROKEN, ids=[f"{file} {line}" for _, file, line in BROKEN])
def test_one_forbidden_import_turns_its_rule_red(house: Path, rule: str, file: str, line: str) -> None:
    path = house / file
    before = path.read_text(encoding="utf-8")
    path.write_text(before + f"\n{line}\n", encoding="utf-8")
    try:
        code, said = verdict(house)
    finally:
        path.write_text(before, encoding="utf-8")
    assert code == 1 and f"{rule} BROKEN" in said


def test_every_rule_is_broken_above() -> None:
    import tomllib

    rules = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    assert {rule["name"] for rule in rules} == {rule for rule, _, _ in BROKEN}
