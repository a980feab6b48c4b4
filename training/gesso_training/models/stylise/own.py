"""Weights of its own for each style that ships: the shared painter, gone on learning with that one work.

One painter for every style paints each of them as well as its size allows; a few hundred steps with one alone bring it
much nearer. What sets such weights apart from the shared ones is small, is kept in eight bits, and is added to them when
the style is used. Between weights that went out from the same ones every mixture paints well (Deep Network Interpolation,
arXiv 1811.10515), so mixed styles are mixed weights.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gesso_training.corpora import CORPORA
from gesso_training.corpora.corpus import read_picture
from gesso_training.loop import Schedule, checkpoint
from gesso_training.models.stylise.data import STYLE_PX, Style, describe, square
from gesso_training.models.stylise.network import Painter, Stylise
from gesso_training.models.stylise.recipe import Learning, Recipe, number_of
from gesso_training.models.stylise.styles import SHIPPED, Work
from gesso_training.package import save_arrays

STEPS_OF_A_BYTE = 127


@dataclass(frozen=True)
class OwnRecipe(Recipe):
    """How one style learns alone, from the shared painter on."""

    crop_px: int = 192
    count: int = 1
    content_every: int = 1
    start_from: str = "whole-128"
    only: str = ""
    """The style, by its id."""


OWN: Mapping[str, OwnRecipe] = {
    f"own-{work.id}": OwnRecipe(Schedule(200, learning_rate=3e-4, muon=0.008, warm_up=20, ema=0.98), only=work.id)
    for work in SHIPPED
}


class LearningOwn(Learning):
    """The task of one style alone."""

    def __init__(self, recipe: OwnRecipe, data: Path, keep: Path, start: Mapping[str, Tensor]) -> None:
        self.work = next(work for work in SHIPPED if work.id == recipe.only)
        super().__init__(recipe, data, keep, start)
        self.shipped = {self.work.file: 0}
        assert isinstance(self.network, Stylise)
        self.network.encoder.requires_grad_(False)

    def _styles(self, data: Path, keep: Path) -> list[list[Style]]:
        picture = read_picture(data / CORPORA["paintings"].folder / self.work.file)
        return [[describe(square(picture, STYLE_PX), self.perception)]]

    def draw_style(self, rng: np.random.Generator) -> tuple[Style, int]:
        return self.styles[0][0], number_of(self.work.file)

    def validate(self, network: nn.Module) -> dict[str, float]:
        """The objective on held-out photographs at 256 px."""
        assert isinstance(network, Stylise)
        style, number = self.draw_style(np.random.default_rng(0))
        found = [self._objective(network, content, style, number) for content in self.held_contents]
        return {"objective": float(np.mean(found)), "log_objective": float(np.mean(np.log(found)))}


@dataclass(frozen=True)
class Ship:
    """A style as it ships."""

    code: Tensor
    """(1, code_size)"""
    weights: bytes
    """What its own weights add to the shared ones (see `packed`), by their names in the graphs; empty where it has none."""
    steps: int
    minutes: float


def shipped(network: Stylise, variant: str, picture: Tensor, work: Work, runs: Path) -> Ship:
    """A style with the weights that its own run in `runs` left, or with the shared ones where there is no such run.

    Raises `ValueError` when that run is not finished, or went out from another network than `variant`'s.
    """
    number = torch.tensor([number_of(work.file)])
    folder = runs / f"own-{work.id}"
    if not (folder / "checkpoint.pt").exists():
        with torch.no_grad():
            return Ship(network.code(picture, number), b"", 0, 0.0)
    found = checkpoint(folder)
    own, recipe = found["average"], found["about"]["recipe"]
    shared = network.state_dict()
    # What no step changes tells which network the run went out from.
    same = all(torch.equal(value, own[name]) for name, value in shared.items() if name.startswith("encoder."))
    if recipe["start_from"] != variant or not same:
        raise ValueError(
            f"The run of {folder.name} did not begin with the weights of {variant}; remove it and fit it anew."
        )
    if found["step"] < recipe["schedule"]["steps"]:
        raise ValueError(f"The run of {folder.name} stopped at step {found['step']}; fit it to its end.")
    alone = copy.deepcopy(network)
    alone.load_state_dict(own)
    with torch.no_grad():
        code = alone.code(picture, number)
    weights = {name: value for name, value in own.items() if name.startswith("painter.")}
    return Ship(code, packed(weights, shared), found["step"], found["seconds"] / 60)


def painter_of(network: Stylise, ship: Ship) -> Painter:
    """The painter with a style's own weights, as the studio will have it: after they went through eight bits."""
    if not ship.weights:
        return network.painter
    painter = copy.deepcopy(network.painter)
    added = {name.removeprefix("painter."): value for name, value in unpacked(ship.weights).items()}
    painter.load_state_dict({name: value + added[name] for name, value in painter.state_dict().items()})
    return painter


def packed(own: Mapping[str, Tensor], shared: Mapping[str, Tensor]) -> bytes:
    """What weights add to the shared ones, as `.npz`: eight bits a weight, `NAME/step` the size of a step for each output.

    Shifts, one number an output, are kept whole.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for name, value in own.items():
        added = (value - shared[name]).numpy().astype(np.float32)
        if added.ndim < 2:
            arrays[name] = added
            continue
        largest = np.abs(added).reshape(len(added), -1).max(axis=1)
        step = np.maximum(largest / STEPS_OF_A_BYTE, np.float32(1e-12))
        arrays[f"{name}/step"] = step.astype(np.float32)
        arrays[name] = np.rint(added / step.reshape(-1, *[1] * (added.ndim - 1))).astype(np.int8)
    file = io.BytesIO()
    save_arrays(file, arrays)
    return file.getvalue()


def unpacked(content: bytes) -> dict[str, Tensor]:
    """What `packed` weights add, by name."""
    with np.load(io.BytesIO(content)) as arrays:
        found = {}
        for name in arrays.files:
            if not name.endswith("/step"):
                added = arrays[name].astype(np.float32)
                if f"{name}/step" in arrays.files:
                    added *= arrays[f"{name}/step"].reshape(-1, *[1] * (added.ndim - 1))
                found[name] = torch.from_numpy(added)
    return found
