"""The option bars of the fill and of the gradient."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gesso.ui.brush_bar import BrushBar, Swatch
from gesso.ui.canvas.hands.options import Filling, Grading, HandOptions
from gesso.ui.look import Look
from gesso.ui.option_bar import OptionBar, show_value
from gesso.ui.speech import Speech, mark

KINDS = (
    (mark("Linear"), "linear"),
    (mark("Radial"), "radial"),
    (mark("Conical"), "conical"),
    (mark("Reflected"), "reflected"),
)


def _colours(bar: OptionBar, brush_bar: BrushBar) -> tuple[Swatch, Swatch]:
    """The brush's two colours: the first to choose, the second to swap."""
    first, second = Swatch(bar.look, 24, bar), Swatch(bar.look, 18, bar)
    first.clicked.connect(lambda: brush_bar.colour.click())
    second.clicked.connect(lambda: brush_bar.swap())
    bar.tell_texts(first, mark("Colour"))
    bar.tell_texts(second, mark("Swap colours"))

    def show() -> None:
        first.show_colour(brush_bar.brush.colour)
        second.show_colour(brush_bar.other)

    brush_bar.changed.connect(lambda _: show())
    show()
    bar.add(first)
    bar.add(second)
    return first, second


class FillBar(OptionBar):
    """How far a fill goes."""

    def __init__(self, options: HandOptions, look: Look, speech: Speech, brush_bar: BrushBar) -> None:
        super().__init__(options, look, speech)
        self.colours = _colours(self, brush_bar)
        put = options.set
        self.opacity = self.number(mark("Opacity"), 1, 100, " %", lambda v: put(Filling, opacity=v / 100))
        self.parts: dict[str, QWidget] = {
            "tolerance": self.number(
                mark("Tolerance"), 0, 150, "", lambda v: put(Filling, tolerance=v),
                help=mark("How different a colour may look; 100 lies between black and white."),
            ),
            "gap_px": self.number(
                mark("Close gaps"), 0, 100, " px", lambda v: put(Filling, gap_px=round(v)),
                help=mark("Openings in an outline up to this width do not let the paint out."),
            ),
            "expand_px": self.number(
                mark("Expand"), 0, 50, " px", lambda v: put(Filling, expand_px=round(v)),
                help=mark("How far the paint goes under the outline."),
            ),
            "contiguous": self.switch(
                mark("Connected"), lambda on: put(Filling, contiguous=on),
                help=mark("Only what hangs together with the place you click."),
            ),
            "everything": self.switch(
                mark("Look at all layers"), lambda on: put(Filling, everything=on),
                help=mark("Go by what is seen instead of by the active layer."),
            ),
            "antialias": self.switch(
                mark("Soft edge"), lambda on: put(Filling, antialias=on), help=mark("Follow the soft edges of the picture."),
            ),
        }  # fmt: skip
        options.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        show_value(self.opacity, 100 * self.options[Filling].opacity)
        for name, control in self.parts.items():
            show_value(control, getattr(self.options[Filling], name))


class GradientBar(OptionBar):
    """What a gradient is like; its colours are those of the brush."""

    def __init__(self, options: HandOptions, look: Look, speech: Speech, brush_bar: BrushBar) -> None:
        super().__init__(options, look, speech)
        self.colours = _colours(self, brush_bar)
        put = options.set
        self.opacity = self.number(mark("Opacity"), 1, 100, " %", lambda v: put(Grading, opacity=v / 100))
        self.parts: dict[str, QWidget] = {
            "kind": self.choice(mark("Shape"), KINDS, lambda kind: put(Grading, kind=kind)),
            "to_clear": self.choice(
                mark("Ends in"), ((mark("Second colour"), False), (mark("Nothing"), True)),
                lambda on: put(Grading, to_clear=on),
            ),
            "turned_round": self.switch(mark("Turned round"), lambda on: put(Grading, turned_round=on)),
            "dithered": self.switch(
                mark("Dithered"), lambda on: put(Grading, dithered=on),
                help=mark("Fine noise instead of visible bands, in 8 bit."),
            ),
        }  # fmt: skip
        options.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        show_value(self.opacity, 100 * self.options[Grading].opacity)
        for name, control in self.parts.items():
            show_value(control, getattr(self.options[Grading], name))
