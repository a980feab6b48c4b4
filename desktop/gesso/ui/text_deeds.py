"""What is done with texts from outside of the canvas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gesso.documents.painting import Layer
from gesso.ui.canvas.hands.options import options_of
from gesso.ui.canvas.hands.text import Write
from gesso.ui.speech import mark
from gesso.ui.text_pixels import rasterised

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView
    from gesso.ui.layers import LayersPanel


def finish_writing(canvas: CanvasView) -> None:
    """What is being typed is a step of the history before the painting is written to a file."""
    if isinstance(options_of(canvas).live, Write):
        canvas.finish_gesture()


def rasterise_text(panel: LayersPanel) -> None:
    """The active text layer becomes one that can be painted on."""
    layer = panel.active
    if isinstance(layer, Layer):
        panel.apply(mark("Rasterise text"), rasterised(layer))
