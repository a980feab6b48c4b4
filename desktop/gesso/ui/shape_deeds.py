"""What the Select and the Image menu do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QObject

from gesso.documents.edit import Change
from gesso.documents.history import History
from gesso.documents.painting import Painting, Tiles
from gesso.documents.painting.beside import SetLight, SetResolution
from gesso.documents.painting.edits import SetCanvas, SetSelection
from gesso.jobs import Outcome
from gesso.operations.painting import select_edges
from gesso.operations.painting.select import Mask, feather
from gesso.tools import tool
from gesso.ui import canvas_steps as steps
from gesso.ui.actions import Act
from gesso.ui.canvas.hands.fill import filled
from gesso.ui.canvas.marquee import empty, inverse, of_alpha, reshaped
from gesso.ui.canvas.stroke import layer_to_paint_on
from gesso.ui.dialogues import LINEAR
from gesso.ui.easel import Easel
from gesso.ui.sizes import AmountDialogue, CanvasSize, ImageSize, ask
from gesso.ui.speech import mark
from gesso.values import Progress, Trouble

if TYPE_CHECKING:
    from gesso.ui.window import Window

Shape = Callable[[Mask, int], Mask]
EDGES: tuple[tuple[str, str, str, Shape, int, int, str], ...] = (
    ("select-grow", mark("Grow selection…"), mark("Grow selection"), lambda m, px: select_edges.grow(m, px), 8, 1, ""),
    ("select-shrink", mark("Shrink selection…"), mark("Shrink selection"), lambda m, px: select_edges.shrink(m, px), 8, 1, ""),
    ("select-border", mark("Frame selection…"), mark("Frame selection"), lambda m, px: select_edges.border(m, px), 8, 1, ""),
    ("select-feather", mark("Feather selection…"), mark("Feather selection"), lambda m, px: feather(m, px), 12, 2, "Shift+F6"),
    ("select-smooth", mark("Smooth selection…"), mark("Smooth selection"), lambda m, px: select_edges.smooth(m, px), 6, 2, ""),
)  # fmt: skip
"""Id, words in the menu and in the history, what is done, pixels to begin with, how many times as far it reaches, key."""


class LastSelection(QObject):
    """Remembers what was selected before nothing was, for each open painting."""

    def __init__(self, easel: Easel) -> None:
        super().__init__(easel)
        self._easel = easel
        self._seen: Tiles | None = None
        self._last: WeakKeyDictionary[History[Painting], Tiles] = WeakKeyDictionary()
        self._stop: Callable[[], None] = lambda: None
        easel.opened.connect(self._another)

    @property
    def tiles(self) -> Tiles | None:
        history = self._easel.history
        return self._last.get(history) if history is not None else None

    def _another(self) -> None:
        self._stop()
        history = self._easel.history
        self._stop = history.watch(self._changed) if history is not None else lambda: None
        self._seen = history.document.selection if history is not None else None

    def _changed(self, change: Change) -> None:
        history = self._easel.history
        now = history.document.selection if history is not None else None
        if history is not None and now is None and self._seen is not None:
            self._last[history] = self._seen
        self._seen = now


class ShapeDeeds:
    """Works on the painting that stands on the easel of a window."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._last = LastSelection(window.easel)
        self._amounts = {id: start for id, _, _, _, start, _, _ in EDGES}

    def _select(
        self, title: str, make: Callable[[Painting], Tiles | None], history: History[Painting] | None = None
    ) -> None:
        """Of the painting that is shown, or of the one that was asked about."""
        window = self._window
        history = history or window.easel.history
        if history is not None and window.easel.has(history):
            window.attempt(lambda: history.apply(title, SetSelection(make(history.document))))

    def select_all(self) -> None:
        self._select(mark("Select"), lambda now: inverse(empty(now.size), now.size))

    def reselect(self) -> None:
        """What was selected before nothing was; not after the canvas became another."""
        painting, last = self._window.easel.painting, self._last.tiles
        if painting is not None and last is not None and painting.selection is None and last.size == painting.size:
            self._select(mark("Reselect"), lambda now: last)

    def select_alpha(self) -> None:
        """What of the active layer can be seen."""
        painting = self._window.easel.painting
        layer = painting.active_layer if painting is not None else None
        if layer is not None:
            self._select(mark("Select"), lambda now: of_alpha(layer))

    def ask_edge(self, id: str, words: str, title: str, shape: Shape, reach: int) -> None:
        """Ask by how much, then do it."""
        window, history = self._window, self._window.easel.history
        dialogue = AmountDialogue(words, self._amounts[id], window.speech, window)

        def do() -> None:
            px = self._amounts[id] = dialogue.amount.value()

            def make(now: Painting) -> Tiles | None:
                assert now.selection is not None
                return reshaped(now.selection, px * reach, lambda mask: shape(mask, px))

            if history is not None and history.document.selection is not None:
                self._select(title, make, history)

        ask(dialogue, do)

    def fill(self, *, erase: bool = False) -> None:
        """All of the selection, or of the layer, in the brush's colour, or emptied."""
        window, history = self._window, self._window.easel.history
        if history is None:
            return

        def do() -> None:
            layer = layer_to_paint_on(history.document)
            if erase:
                edit = steps.emptied(history.document, layer)
            else:
                edit = filled(history.document, layer, window.canvas.brush.colour)
            if edit is not None:
                history.apply(mark("Erase") if erase else mark("Fill"), edit)

        window.attempt(do)

    # --- the whole canvas ----------------------------------------------------------------------------------------

    def change(
        self,
        title: str,
        make: Callable[[Painting, Progress], SetCanvas],
        history: History[Painting] | None = None,
    ) -> None:
        """One step that may take a while: made of a snapshot beside the window, done if the painting is the same then."""
        window, easel = self._window, self._window.easel
        history = history or easel.history
        one = easel.of(history) if history is not None else None
        if history is None or one is None:
            return
        window.canvas.finish_gesture()
        window.layers.settle()
        snapshot, write_ahead = history.document.snapshot(), one.write_ahead

        def work(progress: Progress) -> SetCanvas:
            edit = make(snapshot, progress)
            write_ahead([edit])
            return edit

        def done(outcome: Outcome[SetCanvas]) -> None:
            if outcome.trouble is not None:
                window.trouble(outcome.trouble)
            if outcome.bug is not None:
                raise outcome.bug
            edit = outcome.value
            if edit is None or not easel.has(history):
                return
            if not history.document.same_as(snapshot):
                window.trouble(Trouble("The painting changed meanwhile.", "It is as you left it.", "Do it once more."))
            else:
                window.attempt(lambda: history.apply(title, edit))

        window.jobs.submit(title, work, done, lane="disk")

    def ask_canvas(self) -> None:
        history, window = self._window.easel.history, self._window
        if history is None:
            return
        painting, old = history.document, history.document.size
        dialogue = CanvasSize(old, len(painting.layers()), window.speech, window)

        def do() -> None:
            size, anchor = dialogue.size_px, dialogue.anchor
            if size != old:
                self.change(
                    mark("Canvas size"), lambda now, _: steps.cut(now, steps.anchored(now.size, size, *anchor)), history
                )

        ask(dialogue, do)

    def ask_image(self) -> None:
        history, window = self._window.easel.history, self._window
        if history is None:
            return
        painting, old = history.document, history.document.size
        dialogue = ImageSize(old, len(painting.layers()), window.speech, window, dpi=painting.dpi)

        def do() -> None:
            size, how, scale = dialogue.size_px, dialogue.method.currentData(), dialogue.model_scale
            dpi = dialogue.dpi
            if scale:
                window.easel.show(window.easel.of(history))
                self._upscale(scale)
            elif size != old:
                self.change(
                    mark("Image size"), lambda now, progress: steps.scaled(now, size, how, progress, dpi), history
                )
            elif dpi != painting.dpi and history is not None:
                window.attempt(lambda: history.apply(mark("Resolution"), SetResolution(dpi)))

        ask(dialogue, do)

    def switch_light(self) -> None:
        """Blend layers in linear light, or in numbers again."""
        window, history = self._window, self._window.easel.history
        if history is not None:
            window.attempt(lambda: history.apply(mark("Linear light"), SetLight(not history.document.linear)))
            window.actions_.check({"linear-light": history.document.linear})

    def _upscale(self, scale: int) -> None:
        """By our own model, as its tool does it."""
        assist = self._window.assist
        assist.set_tool(tool("painting.upscale"))
        assist.set_value("scale", str(scale))
        assist.keep()

    def crop_to_selection(self) -> None:
        self.change(mark("Crop"), lambda now, _: steps.cut(now, steps.seen_of(now.selection or Tiles(now.size))))

    def trim(self) -> None:
        """To what layers hold; nothing happens when they hold nothing, or all."""
        painting = self._window.easel.painting
        if painting is not None:
            box = steps.content(painting)
            if not box.is_empty and box != painting.size.box:
                self.change(mark("Trim"), lambda now, _: steps.cut(now, box))


def shape_acts(window: Window) -> list[Act]:
    """For the menus and the palette."""
    deeds, canvas = ShapeDeeds(window), window.canvas
    return [
        Act("select-all", mark("Select all"), deeds.select_all, "", "Ctrl+A", "select", "painting"),
        Act("reselect", mark("Reselect"), deeds.reselect, "", "Ctrl+Shift+D", "select", "painting"),
        Act("select-alpha", mark("Select what the layer shows"), deeds.select_alpha, "", "", "select", "painting", keywords="alpha opaque transparency"),
        Act("deselect", mark("Deselect"), canvas.deselect, "deselect", "Ctrl+D", "select", "selection"),
        Act("invert", mark("Invert selection"), canvas.invert_selection, "", "Ctrl+Shift+I", "select", "selection"),
        *(
            Act(id, words, partial(deeds.ask_edge, id, words, title, shape, reach), "", keys, "select", "selection")
            for id, words, title, shape, _, reach, keys in EDGES
        ),
        Act("fill-selection", mark("Fill with the colour"), deeds.fill, "fill", "Alt+Backspace", "edit", "painting", keywords="foreground"),
        Act("erase-selection", mark("Erase what is selected"), partial(deeds.fill, erase=True), "", "Ctrl+Del", "edit", "painting", keywords="clear delete"),
        Act("image-size", mark("Image size…"), deeds.ask_image, "", "Ctrl+Alt+I", "image", "painting", keywords="resize scale resample"),
        Act("canvas-size", mark("Canvas size…"), deeds.ask_canvas, "", "Ctrl+Alt+C", "image", "painting", keywords="resize extend anchor"),
        Act("linear-light", LINEAR, deeds.switch_light, "", "", "image", "painting", checkable=True, keywords="gamma 1.0 scene srgb colour space"),
        Act("trim", mark("Trim to what is painted"), deeds.trim, "", "", "image", "painting", keywords="crop content"),
        Act("crop-selection", mark("Crop to the selection"), deeds.crop_to_selection, "crop", "", "image", "selection"),
        *(
            Act(f"image-turn-{way}", title, partial(deeds.change, title, lambda now, _, w=way: steps.turned(now, w)), "", "", "image", "painting", keywords="rotate")
            for way, title in (("right", mark("Turn image right")), ("left", mark("Turn image left")), ("half", mark("Turn image upside down")))
        ),
        *(
            Act(f"image-flip-{way}", title, partial(deeds.change, title, lambda now, _, w=way: steps.flipped(now, w)), icon, "", "image", "painting", keywords="mirror")
            for way, title, icon in (("horizontal", mark("Flip image horizontally"), "flip-h"), ("vertical", mark("Flip image vertically"), "flip-v"))
        ),
    ]  # fmt: skip
