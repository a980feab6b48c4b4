"""Killed while a text is being typed: every word that was whole comes back, and what was typed before a pause."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gesso.documents.painting import Painting
from gesso.files.session import recover, recoverable
from tests.faults.kills import ROOT
from tests.faults.writer import WORDS

SAID = " ".join(WORDS) + " and then a pause"


def killed(folder: Path, ready: bytes) -> int:
    """How many characters a writer had said to be kept before it was killed, as soon as it had said `ready`."""
    command = [sys.executable, "-m", "tests.faults.writer", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as writer:
        assert writer.stdout is not None
        heard = b""
        while ready not in heard:
            line = writer.stdout.readline()
            assert line, "the writer ended by itself"
            heard += line
        writer.kill()
        heard += writer.stdout.read()
    return max(int(line.split()[1]) for line in heard.decode().splitlines() if line.startswith("kept"))


def recovered(folder: Path) -> Painting:
    (session,) = recoverable(folder)
    found = recover(session.path)
    assert not found.notes
    return found.painting


@pytest.mark.timeout(120)
@pytest.mark.parametrize("words", [1, 2, 7])
def test_a_kill_takes_no_more_than_the_word_in_hand(words: int, tmp_path: Path) -> None:
    kept = killed(tmp_path, f"kept {len(' '.join(WORDS[:words])) + 1}\n".encode())
    painting = recovered(tmp_path)
    (string,) = [layer.text.string for layer in painting.layers() if layer.text is not None]
    assert SAID.startswith(string) and len(string) >= kept


@pytest.mark.timeout(120)
def test_what_was_typed_before_a_pause_comes_back_with_its_pixels(tmp_path: Path) -> None:
    assert killed(tmp_path, f"kept {len(SAID)}\n".encode()) == len(SAID)
    painting = recovered(tmp_path)
    (layer,) = [layer for layer in painting.layers() if layer.text is not None]
    assert layer.text is not None and layer.text.string == SAID and layer.tiles.tiles
    assert painting.active == layer.id and layer.name == layer.text.name
