"""Denoise: the noise of sensors, film and compression taken out, as much as there is."""

from __future__ import annotations

from gesso.operations.painting.alpha import bled
from gesso.operations.painting.noise import Pixels, mixed, without_noise
from gesso.tools.declaration import Amount, Choice, Models, Option, Tool, Values
from gesso.values import Picture, Progress


def clean(picture: Picture, models: Models, values: Values, progress: Progress) -> Picture:
    """Colours through the network, at several sizes for coarse noise; transparency stays."""
    package = models.open("painting.denoise")
    colour = picture.colour if picture.alpha is None else bled(picture.colour, picture.alpha)

    def through(pixels: Pixels, part: Progress) -> Pixels:
        found: Pixels = models.picture(package, pixels, progress=part)
        return found

    found = without_noise(colour, through, int(values["grain"]), progress)
    return Picture(mixed(colour, found, values["light"], values["colour"]), picture.alpha, picture.dpi)


DENOISE = Tool(
    id="painting.denoise",
    title="Denoise",
    summary="Takes noise out of a photograph or a scan and leaves edges and texture.",
    task="painting.denoise",
    knobs=(
        Amount(
            name="light",
            title="Light and dark",
            help="How much of the grain in light and dark is taken out. A little grain left keeps a surface alive.",
            default=1.0,
        ),
        Amount(
            name="colour",
            title="Coloured specks",
            help="How much of the coloured specks is taken out. They seldom belong to a picture.",
            default=1.0,
        ),
        Choice(
            name="grain",
            title="Size of the grain",
            help="Fine for the noise of a sharp photograph; coarser for one that was enlarged, developed soft or compressed.",
            default="1",
            options=(
                Option(value="1", title="Fine"),
                Option(value="2", title="Medium"),
                Option(value="4", title="Coarse"),
            ),
        ),
    ),
    run=clean,
    kind="algorithmicallyEnhanced",
    proposals=lambda values: [
        {**values, "light": light, "grain": grain} for light, grain in ((1.0, "1"), (0.5, "1"), (1.0, "2"), (1.0, "4"))
    ],
)
