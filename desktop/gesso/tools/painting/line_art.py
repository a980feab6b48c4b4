"""Line art: a photograph or painting drawn anew as clean lines, on a layer of their own or as a drawing of paths."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.operations.painting.line_art_drawing import Drawing, Pen, as_svg, drawn, inked
from gesso.operations.painting.resize import shrunk
from gesso.tools.declaration import Amount, Choice, Models, Option, Tool, Values
from gesso.values import Picture, Progress, Size

LOOKED_AT_PX = (480, 1080)
"""Longest side at which the model sees the picture, at no and at full detail: people outlined pictures of 481 pixels, and
larger ones show it more than they had before them."""
SHEET_PX = 1000
"""Line weights are those on a sheet of this longest side: a larger picture gets thicker lines, a preview thinner ones."""
INKS = {"black": (20, 18, 22), "sepia": (92, 58, 34), "blue": (38, 62, 130)}
REACH = (0.9, 0.45)
"""The chance that a line has to reach somewhere, at no and at full detail."""


def between(ends: tuple[float, float], share: float) -> float:
    """Evenly from the first to the second."""
    return ends[0] + (ends[1] - ends[0]) * share


def on_paper(picture: Picture) -> NDArray[np.float32]:
    """(h, w, 3) in 0-1: what is transparent is white paper, so that a figure cut out has its outline."""
    colour = np.asarray(picture.colour.astype(np.float32) / picture.top, np.float32)
    if picture.alpha is None:
        return colour
    cover = (picture.alpha.astype(np.float32) / picture.top)[..., None]
    return np.asarray(colour * cover + (1 - cover), np.float32)


def chances_of(picture: Picture, models: Models, detail: float, progress: Progress) -> NDArray[np.float32]:
    """(3, h, w): what the model says of the picture at the size that it is looked at."""
    low, high = LOOKED_AT_PX
    size = picture.size.within(round(low * (high / low) ** detail))
    small = Picture(shrunk(picture.colour, size), None if picture.alpha is None else shrunk(picture.alpha, size))
    found: Any = models.picture(models.open("painting.line-art"), on_paper(small), progress=progress)
    return np.ascontiguousarray(np.clip(found, 0, 1).transpose(2, 0, 1), np.float32)


def pen_of(values: Values, size: Size) -> Pen:
    """How lines are drawn on a sheet of this size."""
    longest, clean = max(size.width, size.height), float(values["clean_up"])
    return Pen(
        width=float(values["line_weight"]) * longest / SHEET_PX,
        reach=between(REACH, float(values["detail"])),
        shortest=between((0.006, 0.06), clean) * longest,
        widest_gap=between((0.002, 0.02), clean) * longest,
        tolerance=between((0.5, 1.4), clean),
        calm=round(between((1, 6), clean)),
    )


def drawing_of(picture: Picture, models: Models, values: Values, progress: Progress) -> Drawing:
    """The strokes, at the picture's own size."""
    chances = chances_of(picture, models, float(values["detail"]), progress.part(0, 0.7))
    progress.check()
    pen = pen_of(values, Size(chances.shape[2], chances.shape[1]))
    return drawn(chances, float(values["detail"]), pen).scaled(picture.size)


def draw(picture: Picture, models: Models, values: Values, progress: Progress) -> Picture:
    """Ink on nothing: the lines alone, to be laid over the picture or over white."""
    drawing = drawing_of(picture, models, values, progress)
    cover = inked(drawing, progress.part(0.7, 1.0))
    alpha = cover if picture.depth == 8 else cover.astype(np.uint16) * 257
    ink = np.array(INKS[values["ink"]], np.uint16) * (1 if picture.depth == 8 else 257)
    colour = np.empty(picture.colour.shape, picture.colour.dtype)
    colour[:] = ink
    return Picture(colour, alpha, picture.dpi)


def draw_paths(picture: Picture, models: Models, values: Values, progress: Progress) -> str:
    """The same strokes as an SVG file of paths."""
    red, green, blue = INKS[values["ink"]]
    return as_svg(drawing_of(picture, models, values, progress), f"#{red:02x}{green:02x}{blue:02x}")


LINE_ART = Tool(
    id="painting.line_art",
    title="Line art",
    summary="Draws the outlines of a picture anew as clean ink lines.",
    task="painting.line-art",
    knobs=(
        Amount(
            name="line_weight",
            title="Line weight",
            help="How thick the lines are, in pixels of a picture of 1000; larger pictures get thicker lines.",
            default=3.0,
            low=0.5,
            high=15.0,
            step=0.5,
            unit="",
        ),
        Amount(
            name="detail",
            title="Detail",
            help="From the outlines that everybody would draw to all that anybody would.",
            default=0.5,
        ),
        Amount(
            name="clean_up",
            title="Clean-up",
            help="How far short pieces are left out, gaps are closed and lines are calmed.",
            default=0.4,
        ),
        Choice(
            name="ink",
            title="Ink",
            help="The colour of the lines.",
            default="black",
            options=(
                Option(value="black", title="Black"),
                Option(value="sepia", title="Sepia"),
                Option(value="blue", title="Blue"),
            ),
        ),
    ),
    run=draw,
    kind="trainedAlgorithmicMedia",
    proposals=lambda values: [
        values,
        {**values, "detail": round(max(0.0, values["detail"] - 0.3), 2)},
        {**values, "detail": round(min(1.0, values["detail"] + 0.3), 2)},
        {**values, "clean_up": round(min(1.0, values["clean_up"] + 0.4), 2)},
        {**values, "line_weight": round(min(15.0, values["line_weight"] * 2), 1)},
    ],
    draw=draw_paths,
)
