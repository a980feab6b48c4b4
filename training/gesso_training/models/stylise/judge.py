"""The judge of `stylise`: one objective, beside the recoloured picture and Gatys's optimisation, in one run."""

from __future__ import annotations

import hashlib
import json
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from gesso_training.models.stylise.colour import recolour, statistics
from gesso_training.models.stylise.data import Style, read_set, square, tensor
from gesso_training.models.stylise.grain import grain
from gesso_training.models.stylise.network import BEARING_PX, BORDER_PX, Painter, Stylise
from gesso_training.models.stylise.perception import Perception, objective

Bytes = NDArray[np.uint8]
JUDGED_PX = 256
GATYS_STEPS = (10, 20, 50, 100)
LOUD = 1e4
"""The objective is multiplied by this: spread over all pixels, its gradients would be taken for nothing."""
Paint = Callable[[Tensor, Style], Tensor]
"""A recoloured picture (1, 3, h, w) and a style -> the painted picture, same size."""


def recoloured_square(content: Bytes, style: Style, side: int = JUDGED_PX) -> Tensor:
    picture = tensor([square(content, side)])
    return recolour(picture, statistics(picture), (style.mean[None], style.covariance[None]))


def square_copy(picture: Tensor) -> Tensor:
    """A picture (1, 3, h, w) as the square (1, 3, 224, 224) that its bearing is taken from, as the studio shrinks it."""
    import cv2

    found = picture[0].permute(1, 2, 0).contiguous().numpy()
    for axis in (1, 0):
        height, width = found.shape[:2]
        how = cv2.INTER_AREA if found.shape[axis] >= BEARING_PX else cv2.INTER_LINEAR
        size = (BEARING_PX, height) if axis == 1 else (width, BEARING_PX)
        found = cv2.resize(found, size, interpolation=how)
    return torch.from_numpy(found).permute(2, 0, 1)[None].contiguous()


Measure = Callable[[Tensor, Tensor], Tensor]
"""A square copy and its grain -> a bearing."""


def bordered(paint: Callable[[Tensor, Tensor, Tensor], Tensor], measure: Measure, picture: Tensor) -> Tensor:
    """Paint, of picture, grain and bearing, with mirrored context around and the grain of the first seed, as the studio does."""
    edge = BORDER_PX
    bearing = measure(square_copy(picture), grain(BEARING_PX, BEARING_PX))
    padded = F.pad(picture, (edge, edge, edge, edge), mode="reflect")
    painted = paint(padded, grain(padded.shape[2], padded.shape[3], -edge, -edge), bearing)
    return painted[:, :, edge:-edge, edge:-edge].clamp(0, 1)


def paint_with(painter: Painter, recoloured: Tensor, code: Tensor) -> Tensor:
    """A recoloured picture (1, 3, h, w) painted by a code, on whatever device the painter is."""
    device = code.device

    def paint(picture: Tensor, field: Tensor, bearing: Tensor) -> Tensor:
        found: Tensor = painter(picture.to(device), field.to(device), code, bearing)
        return found.cpu().float()

    with torch.no_grad():
        return bordered(paint, lambda x, g: painter.measured(x.to(device), g.to(device), code), recoloured)


def paint_square(network: Stylise, content: Bytes, style: Style, number: int = 0) -> tuple[Tensor, Tensor]:
    """The painted and the recoloured square, (1, 3, 256, 256) each; `number` is that of a shipped style, or 0."""
    recoloured = recoloured_square(content, style)
    device = next(network.parameters()).device
    with torch.no_grad():
        code = network.code(tensor([style.picture]).to(device), torch.tensor([number], device=device))
    return paint_with(network.painter, recoloured, code), recoloured


def gatys(start: Tensor, style: Style, perception: Perception, marks: Sequence[int] = GATYS_STEPS) -> dict[int, Tensor]:
    """Optimise the pixels themselves (arXiv 1508.06576) by L-BFGS-B, which keeps them within 0-1; the picture at each mark.

    A step is one iteration with its line search, the method's best case. (torch's own L-BFGS stalls on a third of the pairs.)
    """
    from scipy.optimize import minimize

    content = perception(start)[-1]
    targets = [g[None].float() for g in style.grams]
    found: dict[int, Tensor] = {}
    step = 0

    def picture(pixels: NDArray[np.float64]) -> Tensor:
        return torch.from_numpy(pixels.astype(np.float32)).view_as(start)

    def loss(pixels: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        seen = picture(pixels).requires_grad_(True)
        each, _, _ = objective(perception(seen), content, targets)
        total = LOUD * each.sum()
        torch.autograd.backward(total)
        assert seen.grad is not None
        return float(total.detach()), seen.grad.double().flatten().numpy()

    def note(pixels: NDArray[np.float64]) -> None:
        nonlocal step
        step += 1
        if step in marks:
            found[step] = picture(pixels)

    last = minimize(
        loss, start.double().flatten().numpy(), jac=True, method="L-BFGS-B", bounds=[(0.0, 1.0)] * start.numel(),
        callback=note, options={"maxiter": max(marks), "maxcor": 20, "ftol": 0, "gtol": 0, "maxfun": 100 * max(marks)},
    )  # fmt: skip
    # What has converged, or come to where rounding hides every gain, stays as it is.
    return {mark: found.get(mark, picture(last.x)) for mark in marks}


@dataclass
class Verdict:
    """Objectives of one content under one style."""

    content: str
    style: str
    recoloured: float
    ours: float
    ours_style: float
    ours_content: float
    gatys: dict[int, float]


class Kept:
    """What Gatys's optimisation reached for each pair, kept on disk: it does not depend on our network."""

    def __init__(self, file: Path, perception: Perception) -> None:
        self.file = file
        self._ground = repr([float(p.double().sum()) for p in perception.parameters()]).encode()
        self._values: dict[str, dict[str, float]] = {}
        if file.exists():
            self._values = json.loads(file.read_text(encoding="utf-8"))

    def _key(self, content: Bytes, style: Style) -> str:
        return hashlib.sha256(self._ground + square(content, JUDGED_PX).tobytes() + style.picture.tobytes()).hexdigest()

    def get(self, content: Bytes, style: Style, marks: Sequence[int]) -> dict[int, float] | None:
        """The objective at each mark; nothing unless all are known."""
        found = self._values.get(self._key(content, style), {})
        return {mark: found[str(mark)] for mark in marks} if all(str(mark) in found for mark in marks) else None

    def put(self, content: Bytes, style: Style, reached: Mapping[int, float]) -> None:
        """Remember what a pair reached, on disk at once: a pair takes a minute or more."""
        said = self._values.setdefault(self._key(content, style), {})
        said.update({str(mark): value for mark, value in reached.items()})
        self.file.parent.mkdir(parents=True, exist_ok=True)
        part = self.file.with_suffix(".part")
        part.write_text(json.dumps(self._values, indent=1, sort_keys=True), encoding="utf-8")
        os.replace(part, self.file)


def judge_pair(
    content: tuple[str, Bytes],
    style: tuple[str, Style],
    paint: Paint,
    perception: Perception,
    marks: Sequence[int],
    kept: Kept | None = None,
    reuse: bool = False,
) -> Verdict:
    """Judge one picture beside Gatys's optimisation at `marks`, which is remembered in `kept` and, asked so, reused."""
    recoloured = recoloured_square(content[1], style[1])
    targets = [g[None].float() for g in style[1].grams]

    def value(picture: Tensor) -> tuple[float, float, float]:
        with torch.no_grad():
            # Rounded to 8 bit: what an artist would save is what is judged.
            seen = perception((picture.clamp(0, 1) * 255).round() / 255)
            each, s, c = objective(seen, perception(recoloured)[-1], targets)
        return float(each), float(s), float(c)

    ours = value(paint(recoloured, style[1]))
    others = kept.get(content[1], style[1], marks) if kept and reuse else None
    if others is None:
        others = {}
        if marks:
            others = {step: value(p)[0] for step, p in gatys(recoloured, style[1], perception, marks).items()}
        if kept and marks:
            kept.put(content[1], style[1], others)
    return Verdict(content[0], style[0], value(recoloured)[0], *ours, others)


def summary(verdicts: Sequence[Verdict]) -> dict[str, float]:
    """Means, and the share of the logarithmic distance from recoloured to Gatys-50 that ours closes."""
    found = {
        "recoloured": float(np.mean([v.recoloured for v in verdicts])),
        "ours": float(np.mean([v.ours for v in verdicts])),
    }
    for step in verdicts[0].gatys:
        found[f"gatys_{step}"] = float(np.mean([v.gatys[step] for v in verdicts]))
    if 50 in verdicts[0].gatys:
        logs = [
            (math.log(v.recoloured) - math.log(v.ours), math.log(v.recoloured) - math.log(v.gatys[50]))
            for v in verdicts
        ]
        found["closed_to_gatys_50"] = sum(a for a, _ in logs) / sum(b for _, b in logs)
    return found


def contents_for_judging(data: Path) -> list[tuple[str, Bytes]]:
    """Twenty held-out photographs: eight of `photos`, then BSDS500's `val`, evenly spaced; none was trained on."""
    held = read_set(data, "photos", "test", ("free",))
    rest = read_set(data, "bsds500", "test", ("judging-only",))
    need = 20 - len(held)
    return held + rest[:: max(1, len(rest) // need)][:need]


def contents_for_showing(data: Path) -> list[tuple[str, Bytes]]:
    """Held-out photographs whose licence lets a painted copy travel: those of `photos`, and the CC0 ones of CQ100."""
    return read_set(data, "photos", "test", ("free",)) + read_set(data, "cq100", "validation", ("free",))
