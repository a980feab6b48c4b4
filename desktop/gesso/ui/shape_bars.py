"""The option bars of selecting, filling and transforming, by the names that their hands call them by."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from gesso.ui.brush_bar import BrushBar
from gesso.ui.canvas.hands.options import options_of
from gesso.ui.canvas.view import CanvasView
from gesso.ui.fill_bar import FillBar, GradientBar
from gesso.ui.look import Look
from gesso.ui.select_bar import SelectBar
from gesso.ui.speech import Speech
from gesso.ui.text_bar import TextBar
from gesso.ui.transform_bar import CropBar, TransformBar, show_frame


def shape_bars(canvas: CanvasView, brush_bar: BrushBar, look: Look, speech: Speech) -> dict[str, QWidget]:
    """One set for one canvas; colours and size come from the brush's bar."""
    options = options_of(canvas)

    def follow() -> None:
        options.second = brush_bar.other

    follow()
    brush_bar.changed.connect(lambda _: follow())
    canvas.tool_changed.connect(lambda _: show_frame(canvas))
    return {
        **{
            kind: SelectBar(canvas, options, look, speech, kind, brush_bar)
            for kind in ("select", "wand", "colour-range", "select-brush")
        },
        "fill": FillBar(options, look, speech, brush_bar),
        "gradient": GradientBar(options, look, speech, brush_bar),
        "text": TextBar(canvas, options, look, speech, brush_bar),
        "transform": TransformBar(canvas, options, look, speech),
        "crop": CropBar(canvas, options, look, speech),
    }
