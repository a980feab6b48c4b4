"""Kills at random moments, and what has to be left after each: `python -m tests.faults.kills COUNT [FIRST_SEED]`.

After a kill, every edit that was said to be on the disk must come back, with at most the gesture in hand besides; the
file must be whole, and hold one of the states that were saved; so must every state of its history.
"""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gesso.files import project
from gesso.files.generations import Generations
from gesso.files.session import recover, recoverable
from tests.faults.painter import KINDS, Repaint, begun, fingerprint, states, stylist

ROOT = Path(__file__).parents[2]
LATEST_EDIT = 12
LONGEST_SECONDS = 0.4


@dataclass(frozen=True)
class Kill:
    """What is killed, and when: so long after so many edits."""

    seed: int
    kind: str
    after_edit: int
    after_seconds: float

    @classmethod
    def of(cls, seed: int) -> Kill:
        rng = np.random.default_rng(seed)
        return cls(
            seed, KINDS[seed % len(KINDS)], int(rng.integers(0, LATEST_EDIT)), float(rng.uniform(0, LONGEST_SECONDS))
        )

    def __str__(self) -> str:
        return f"seed {self.seed}: {self.kind}, {1000 * self.after_seconds:.0f} ms after edit {self.after_edit}"


def killed(folder: Path, kind: str, seed: int, ready: bytes, after_seconds: float) -> list[tuple[str, int]]:
    """What a painter had said before it was killed, so long after it had said `ready`."""
    command = [sys.executable, "-m", "tests.faults.painter", kind, str(folder), str(seed)]
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT) as painter,
    ):
        assert painter.stdout is not None
        heard = b""
        while ready not in heard:
            line = painter.stdout.readline()
            if not line:
                errors.seek(0)
                raise AssertionError(f"the painter ended by itself: {errors.read().decode()[-2000:]}")
            heard += line
        time.sleep(after_seconds)
        painter.kill()
        heard += painter.stdout.read()
    assert painter.returncode == -9
    return [(what, int(number)) for what, number in (line.split() for line in heard.decode().splitlines())]


def survive(kill: Kill, folder: Path, repaint: Repaint | None) -> int:
    """Kill, and look at what is left; how many edits were on the disk. Raises AssertionError for a loss."""
    said = killed(folder, kill.kind, kill.seed, f"edit {kill.after_edit}\n".encode(), kill.after_seconds)
    numbers = {
        what: [number for said_what, number in said if said_what == what] for what in ("edit", "saving", "saved")
    }
    edits = numbers["edit"][-1]
    expected = list(itertools.islice(states(kill.kind, kill.seed, repaint), edits + 2))
    file = folder / "work.gesso"

    assert project.check(file) == []
    in_file = fingerprint(project.load(file))
    last_saved = numbers["saved"][-1]
    assert in_file in {
        expected[last_saved],
        *(expected[number] for number in numbers["saving"] if number >= last_saved),
    }
    if project.previous(file).exists():
        assert fingerprint(project.load(project.previous(file))) in {expected[number] for number in numbers["saved"]}

    offered = []
    for session in recoverable(folder / "sessions"):
        found = recover(session.path)
        assert not found.notes and not session.is_damaged
        offered.append(fingerprint(found.painting))
    assert {*offered, in_file} & {*expected[edits : edits + 2]}, f"{edits} edits were on the disk"

    history = Generations(folder / "generations")
    kept = [fingerprint(history.open(generation)) for generation in history.of(file)]
    tried = {expected[number] for number in (*numbers["saved"], *numbers["saving"])}
    assert kept and set(kept) <= tried, "each state of the history is one that was saved"
    history.save(begun(kill.seed), file)  # the next save sweeps up what the killed one had begun
    assert history.keep(file) is False and fingerprint(history.open(history.of(file)[0])) == expected[0]
    left = {left.name for left in folder.iterdir()}
    assert left == {"work.gesso", "work.gesso~", "sessions", "generations"}, left
    return edits


def main(count: int, first: int) -> int:
    """Print each kill and how many were survived; the exit code."""
    from tests.studio import resources_with_tiny_models

    lost = []
    edits = 0
    with tempfile.TemporaryDirectory() as root:
        resources = Path(root) / "resources"
        resources.mkdir()
        os.environ["GESSO_RESOURCES"] = str(resources_with_tiny_models(resources))
        os.environ["GESSO_HOME"] = str(Path(root) / "home")
        repaint, close = stylist()
        try:
            for seed in range(first, first + count):
                kill, folder = Kill.of(seed), Path(root) / str(seed)
                folder.mkdir()
                try:
                    found = survive(kill, folder, repaint)
                    edits += found
                    print(f"survived  {kill}; {found} edits", flush=True)
                except AssertionError as loss:
                    lost.append(seed)
                    print(f"LOST      {kill}: {loss}", flush=True)
        finally:
            close()
    print(f"{count - len(lost)} of {count} kills survived, {edits} edits on the disk, lost: {lost or 'none'}")
    return 1 if lost else 0


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0))
