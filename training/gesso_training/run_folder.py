"""What a run keeps in its folder: `checkpoint.pt`, whole or not there, and `curve.jsonl`, what was told on the way."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

CHECKPOINT, CURVE = "checkpoint.pt", "curve.jsonl"
LENGTHS = ("steps", "checkpoint_seconds", "validate_every", "watch", "patience")
"""Fields of a schedule that may change between two calls of one run: no weight depends on them but by when it ends."""


def checkpoint(folder: Path) -> dict[str, Any]:
    """What a run left: `step`, `seconds`, `about`, the moving `average` of its weights, and what it needs to go on."""
    return load(folder / CHECKPOINT, "cpu")


def averaged_weights(folder: Path) -> dict[str, Tensor]:
    """The moving average that a run left; as it was at the best validation, where the run kept an eye on that."""
    saved = checkpoint(folder)
    found: dict[str, Tensor] = (saved.get("best") or saved)["average"]
    return found


def steps_of(folder: Path) -> int:
    """The step that a run's checkpoint stands at."""
    return int(checkpoint(folder)["step"])


def curve_of(folder: Path) -> list[dict[str, Any]]:
    """What a run told on its way, line by line; a line that a kill left half written is passed over."""
    file = folder / CURVE
    lines: list[dict[str, Any]] = []
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        with contextlib.suppress(json.JSONDecodeError):
            lines.append(json.loads(line))
    return lines


def append(path: Path, line: Mapping[str, Any]) -> None:
    """Add a line to a curve."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def cut(curve: Path, step: int) -> None:
    """Take out what was told after the checkpoint's step, and what is no whole line: it will be told again."""
    if not curve.exists():
        return
    kept = []
    for line in curve.read_text(encoding="utf-8").splitlines(keepends=True):
        with contextlib.suppress(json.JSONDecodeError):
            kept += [line] if json.loads(line)["step"] <= step else []
    part = curve.with_suffix(".part")
    part.write_text("".join(kept), encoding="utf-8")
    os.replace(part, curve)


def save(path: Path, whole: Any) -> None:
    """Write what torch can save so that a kill or a power cut leaves the old file or the new one, never half of one.

    Raises `OSError` in one sentence when it cannot be written; the old file stays.
    """
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as file:
            torch.save(whole, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except (OSError, RuntimeError) as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        why = getattr(error, "strerror", None) or "the disk took no more"
        raise OSError(f"{path} could not be written ({why}); what was there before is as it was.") from None


def load(path: Path, device: str) -> dict[str, Any]:
    """A checkpoint; raises `ValueError` for one that is damaged."""
    if not path.exists():
        raise FileNotFoundError(f"There is no run in {path.parent} to go on from.")
    try:
        found: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
        return {**found, "step": found["step"], "average": found["average"]}
    except (OSError, RuntimeError, EOFError, KeyError, ValueError, TypeError, pickle.UnpicklingError):
        raise ValueError(f"The checkpoint {path} is damaged; remove it to begin anew.") from None


def set_aside(folder: Path) -> Path | None:
    """Make room for a run that begins anew; the new name of what lay there, if anything did."""
    if not folder.exists():
        return None
    number = 1
    while (aside := folder.with_name(f"{folder.name}.before-{number}")).exists():
        number += 1
    folder.rename(aside)
    return aside


def refuse_other(folder: Path, said: Any, about: Any, defaults: Mapping[str, Any]) -> None:
    """A checkpoint goes on only with the recipe and data that it began with; its length may change.

    `defaults` are those of a schedule: a field that came up later stood at its default when the run began.
    """
    if not said or not about:
        return
    before, now = (_without_lengths(one, defaults) for one in (said, about))
    changed = sorted(key for key in {*before, *now} if before.get(key) != now.get(key))
    if changed:
        raise ValueError(f"The run in {folder} began with another {' and '.join(changed)}; remove it to begin anew.")


def _without_lengths(about: dict[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """What `about` says, flat, without the fields that may change between two calls."""
    recipe = {key: value for key, value in about.get("recipe", {}).items() if key != "schedule"}
    said = {**defaults, **about.get("recipe", {}).get("schedule", {})}
    schedule = {f"schedule.{key}": value for key, value in said.items() if key not in LENGTHS}
    rest = {key: value for key, value in about.items() if key != "recipe"}
    return {**rest, **recipe, **schedule}
