"""Stylise: the picture repainted in the hand of one to four others, its drawing kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.engine import Added, Package
from gesso.operations.painting.alpha import bled
from gesso.operations.painting.colour import Statistics, laid_over, mixed_statistics, recolouring, statistics
from gesso.operations.painting.grain import grain
from gesso.operations.painting.resize import fitted, middle_square, shrunk
from gesso.tools.declaration import Amount, Choice, Models, Option, SeedKnob, Styles, Tool, Values
from gesso.values import Picture, Progress, Seed, Size

STYLE_PX = 256
"""A style is seen as a square of this side."""
BRUSHES = {"fine": 1, "medium": 2, "broad": 4}
"""The picture is painted this many times smaller, so that strokes come out this many times larger."""


@dataclass(frozen=True)
class ShippedStyle:
    """A style that comes inside the package."""

    id: str
    title: str
    title_zh: str
    credit: str
    museum: str
    thumbnail: bytes
    """JPEG."""
    creator: str = ""
    work: str = ""
    date: str = ""
    """Painter, title and date apart, as far as the package tells them so; `credit` has them in one line."""


def shipped_styles(package: Package) -> list[ShippedStyle]:
    listed: list[dict[str, Any]] = json.loads(package.files["styles.json"])
    return [
        ShippedStyle(
            s["id"],
            s["title"],
            s["title_zh"],
            s["credit"],
            str(s.get("museum", "")),
            package.files[f"styles/{s['id']}.jpg"],
            *(str(s.get(part, "")) for part in ("creator", "work", "date")),
        )
        for s in listed
    ]


def _code_of(
    style: str, package: Package, models: Models, progress: Progress
) -> tuple[NDArray[np.float32], Statistics]:
    """The numbers (1, n) that make the painter paint in a style, and the style's palette."""
    arrays = package.arrays("styles.npz")
    names = [str(name) for name in arrays["names"]]
    if style in names:
        at = names.index(style)
        return arrays["codes"][at : at + 1], (arrays["mean"][at].astype(float), arrays["covariance"][at].astype(float))
    square = middle_square(models.read_picture(style).colour, STYLE_PX)
    seen = np.ascontiguousarray((square.astype(np.float32) / 255).transpose(2, 0, 1)[None])
    return models.run(package, {"style": seen}, progress, "encode")["code"], statistics(square)


def _added(pairs: Sequence[tuple[str, float]], package: Package) -> Added | None:
    """The weights that shipped styles have of their own, mixed as the styles are; another picture has none."""
    files = [(weight, f"styles/{style}.npz") for style, weight in pairs]
    return _mixed(tuple((weight, package.files[file]) for weight, file in files if file in package.files))


@lru_cache(maxsize=4)
def _mixed(parts: tuple[tuple[float, bytes], ...]) -> Added | None:
    """Kept, since a live preview asks for the same again and again."""
    return Added.mixed([(weight, Added.read(content)) for weight, content in parts])


def _varied(code: NDArray[np.float32], package: Package, variation: float, seed: Seed) -> NDArray[np.float32]:
    """A neighbour of a code, along the directions in which the shipped styles differ."""
    if variation <= 0:
        return code
    codes = package.arrays("styles.npz")["codes"]
    away = seed.numpy().standard_normal(len(codes)) / np.sqrt(len(codes))
    return np.asarray(code + variation * (away @ (codes - codes.mean(axis=0))), np.float32)


@dataclass(frozen=True)
class _Hand:
    """What makes the painter paint in one way and not in another."""

    code: NDArray[np.float32]  # (1, n)
    matrix: NDArray[np.float32]  # (3, 4), towards the style's palette
    grain: NDArray[np.float32]  # (1, period, period)
    added: Added | None


def _painted(
    colour: NDArray[Any], package: Package, models: Models, hand: _Hand, brush: int, progress: Progress
) -> NDArray[Any]:
    """A fresh array of the picture's own size."""

    def paint(pixels: NDArray[Any], part: Progress) -> NDArray[Any]:
        extra, textures = {"code": hand.code}, {"grain": hand.grain}
        return np.asarray(
            models.picture(
                package, pixels, extra=extra, textures=textures, added=hand.added, recolour=hand.matrix, progress=part
            )
        )

    if brush == 1:
        return paint(colour, progress)
    height, width = colour.shape[:2]
    size = Size(width, height)
    small = shrunk(colour, Size(-(-width // brush), -(-height // brush)))
    painted = paint(small, progress.part(0, 0.5))
    large = models.picture(models.open("painting.upscale", "fast", brush), painted, progress=progress.part(0.5, 1))
    return np.array(fitted(large, size)) if large.shape[:2] != (height, width) else np.asarray(large)


def repaint(picture: Picture, models: Models, values: Values, progress: Progress) -> Picture:
    """Recoloured towards the styles' palette and painted in one pass; transparency stays as it was."""
    package = models.open("painting.stylise")
    pairs: Sequence[tuple[str, float]] = values["style"]
    found = [_code_of(style, package, models, progress.part(0, 0)) for style, _ in pairs]
    weights = [weight for _, weight in pairs]
    code = np.asarray(sum(w * c for w, (c, _) in zip(weights, found, strict=True)), np.float32)
    code = _varied(code, package, values["variation"], Seed(values["seed"]))
    wanted = mixed_statistics([palette for _, palette in found], weights)
    colour = picture.colour if picture.alpha is None else bled(picture.colour, picture.alpha)
    matrix = recolouring(statistics(picture.colour, picture.alpha), wanted)
    hand = _Hand(code, matrix, grain(values["seed"])[None], _added(pairs, package))
    painted = _painted(colour, package, models, hand, BRUSHES[values["brush"]], progress)
    if values["strength"] < 1 or values["keep_colours"] > 0:
        laid_over(colour, painted, values["strength"], values["keep_colours"], painted)
    if picture.alpha is not None:
        painted[picture.alpha == 0] = picture.colour[picture.alpha == 0]
    return Picture(painted, picture.alpha, picture.dpi)


def _around(values: Values) -> list[Values]:
    """As asked, softer, with the picture's own colours, two neighbours of the style, and broader brush work."""
    seed = int(values["seed"])
    away = max(0.35, float(values["variation"]))
    return [
        values,
        {**values, "strength": round(float(values["strength"]) * 0.6, 2)},
        {**values, "keep_colours": 1.0 if values["keep_colours"] < 0.5 else 0.0},
        {**values, "variation": away, "seed": seed + 1},
        {**values, "variation": away, "seed": seed + 2},
        {**values, "brush": "medium" if values["brush"] != "medium" else "fine"},
    ]


STYLISE = Tool(
    id="painting.stylise",
    title="Stylise",
    summary="Repaints a layer in the manner of any picture and keeps its drawing.",
    task="painting.stylise",
    knobs=(
        Styles(
            name="style",
            title="Style",
            help="One to four styles to mix: shipped ones, or any picture of yours.",
            default=(("great-wave", 1.0),),
        ),
        Amount(name="strength", title="Strength", help="How much of the painting covers the original.", default=1.0),
        Amount(
            name="keep_colours",
            title="Keep colours",
            help="How much of the original's own hues stays under the brush work.",
            default=0.0,
        ),
        Choice(
            name="brush",
            title="Brush size",
            help="How large the strokes are on the picture.",
            default="fine",
            options=(
                Option(value="fine", title="Fine"),
                Option(value="medium", title="Medium"),
                Option(value="broad", title="Broad"),
            ),
        ),
        Amount(
            name="variation",
            title="Variation",
            help="How far the seed may also lead away from the style as it is.",
            default=0.0,
        ),
        SeedKnob(
            name="seed",
            title="Seed",
            help="Which variation: the same number gives the same result again.",
            default=1,
        ),
    ),
    run=repaint,
    kind="compositeWithTrainedAlgorithmicMedia",
    proposals=_around,
)
