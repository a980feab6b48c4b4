"""Upscale: the picture two or four times as large, edges drawn anew instead of smeared."""

from __future__ import annotations

import numpy as np

from gesso.operations.painting.alpha import bled
from gesso.operations.painting.resize import enlarged
from gesso.tools.declaration import Choice, Models, Option, Tool, Values
from gesso.values import Picture, Progress


def enlarge(picture: Picture, models: Models, values: Values, progress: Progress) -> Picture:
    """Colours through the network; transparency bicubic, since the network knows colours only."""
    scale = int(values["scale"])
    package = models.open("painting.upscale", values["quality"], scale)
    colour = picture.colour if picture.alpha is None else bled(picture.colour, picture.alpha)
    found = models.picture(package, colour, progress=progress)
    alpha = None
    if picture.alpha is not None:
        alpha = np.asarray(enlarged(picture.alpha, picture.size.scaled(scale)))
    dpi = None if picture.dpi is None else (picture.dpi[0] * scale, picture.dpi[1] * scale)
    return Picture(found, alpha, dpi)


UPSCALE = Tool(
    id="painting.upscale",
    title="Upscale",
    summary="Makes the whole picture larger and keeps its edges sharp.",
    task="painting.upscale",
    knobs=(
        Choice(
            name="scale",
            title="Size",
            help="How many times larger each side becomes.",
            default="2",
            options=(Option(value="2", title="2 times"), Option(value="4", title="4 times")),
        ),
        Choice(
            name="quality",
            title="Quality",
            help="Best takes about four times as long as fast.",
            default="best",
            options=(Option(value="best", title="Best"), Option(value="fast", title="Fast")),
        ),
    ),
    run=enlarge,
    kind="algorithmicallyEnhanced",
    scale_of=lambda values: int(values["scale"]),
    grade_of=lambda values: str(values["quality"]),
    proposals=lambda values: [{**values, "quality": quality} for quality in ("best", "fast")],
)
