"""The option bars of the hands that select."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from gesso.ui.brush_bar import LARGEST_PX, BrushBar
from gesso.ui.canvas.hands.options import HandOptions, Selecting
from gesso.ui.canvas.view import CanvasView
from gesso.ui.look import Look
from gesso.ui.option_bar import OptionBar, show_value
from gesso.ui.speech import Speech, mark

MODES = (
    ("select-new", mark("New selection"), "replace"),
    ("select-add", mark("Add to the selection (Shift)"), "add"),
    ("select-subtract", mark("Take away from the selection (Alt)"), "subtract"),
    ("select-intersect", mark("Keep what both share (Shift+Alt)"), "intersect"),
)


class SelectBar(OptionBar):
    """What becomes of the selection that is there; for the wand and the colour range, what counts as the same colour."""

    def __init__(
        self, canvas: CanvasView, options: HandOptions, look: Look, speech: Speech, kind: str, brush_bar: BrushBar
    ) -> None:
        """`kind` is `select`, `wand`, `colour-range` or `select-brush`."""
        super().__init__(options, look, speech)
        self.modes = self.buttons(MODES, lambda mode: options.set(Selecting, mode=mode))
        self.parts: dict[str, QWidget] = {}
        if kind == "wand":
            self._number(
                "tolerance",
                mark("Tolerance"),
                mark("How different a colour may look; 100 lies between black and white."),
            )
            self._switch("contiguous", mark("Connected"), mark("Only what hangs together with the place you click."))
            self._switch("antialias", mark("Soft edge"), mark("Follow the soft edges of the picture."))
        elif kind == "colour-range":
            self._number("fuzziness", mark("Fuzziness"), mark("How far around a colour the selection fades out."))
        if kind in ("wand", "colour-range"):
            self._switch(
                "everything", mark("Look at all layers"), mark("Go by what is seen instead of by the active layer.")
            )
        if kind == "select-brush":
            self.size = self.number(
                mark("Size"), 1, LARGEST_PX, " px", lambda value: brush_bar.size.setValue(round(value))
            )
            brush_bar.changed.connect(lambda brush: show_value(self.size, brush.size_px))
            show_value(self.size, brush_bar.brush.size_px)
        if kind == "colour-range":
            self.keep = self.push(mark("Select them"), canvas.finish_gesture, "primary")
            self.away = self.push(mark("Cancel"), canvas.cancel_gesture)
            options.live_changed.connect(self._show_live)
            self._show_live()
        options.changed.connect(self._show)
        self._show()

    def _set(self, name: str) -> Callable[[Any], None]:
        return lambda value: self.options.set(Selecting, **{name: value})

    def _number(self, name: str, title: str, help: str) -> None:
        self.parts[name] = self.number(title, 0, 150, "", self._set(name), help=help)

    def _switch(self, name: str, title: str, help: str) -> None:
        self.parts[name] = self.switch(title, self._set(name), help=help)

    def _show(self) -> None:
        wish = self.options[Selecting]
        self.modes[wish.mode].setChecked(True)
        for name, control in self.parts.items():
            show_value(control, getattr(wish, name))

    def _show_live(self) -> None:
        for button in (self.keep, self.away):
            button.setEnabled(self.options.live is not None)
