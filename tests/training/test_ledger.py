"""The ledger: a line a run, whole or not at all."""

from __future__ import annotations

import subprocess
from pathlib import Path

from gesso_training import ledger
from gesso_training.ledger import Run

ROOT = Path(__file__).resolve().parents[2]
RUN = Run(
    "upscale",
    "x2-fast",
    {"width": 6},
    {"photos": "ab"},
    1,
    30,
    0.5,
    True,
    {"psnr_db": 30.1},
    when="2026-01-02T03:04:05Z",
)


def test_what_was_written_is_read_back_in_order(tmp_path: Path) -> None:
    file = tmp_path / "made" / "ledger.jsonl"
    assert ledger.read(file) == []
    for steps in (10, 20):
        ledger.write(file, Run(**{**vars(RUN), "steps": steps}))
    assert [run.steps for run in ledger.read(file)] == [10, 20]
    assert ledger.read(file)[0] == Run(**{**vars(RUN), "steps": 10})
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2


def test_the_committed_ledger_can_be_read() -> None:
    runs = ledger.read(ROOT / "training" / "ledger.jsonl")
    assert runs and all(run.model and run.steps > 0 and run.data and run.hardware for run in runs)


def test_the_commit_is_marked_when_the_code_that_trains_was_changed(tmp_path: Path) -> None:
    assert ledger.commit(tmp_path / "nowhere") == ""
    code = tmp_path / "training" / "gesso_training"
    code.mkdir(parents=True)
    (code / "loop.py").write_text("1")

    def git(*words: str) -> None:
        who = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    git("add", ".")
    git("commit", "-q", "-m", "Begin")
    clean = ledger.commit(tmp_path)
    assert len(clean) == 12
    (tmp_path / "notes.txt").write_text("not code")
    assert ledger.commit(tmp_path) == clean
    (code / "loop.py").write_text("2")
    assert ledger.commit(tmp_path) == clean + "+changes"


def test_the_machine_is_told_in_words_without_names_or_paths() -> None:
    said = ledger.hardware()
    assert "cores, no GPU" in said and "/" not in said
    assert set(ledger.versions()) == {"python", "torch", "numpy"}
