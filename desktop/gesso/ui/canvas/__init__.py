"""The canvas: a painting on the screen, to be looked at, painted on and selected in."""

from __future__ import annotations

from gesso.ui.canvas.hands import HANDS, Hand, hand
from gesso.ui.canvas.preview import Preview
from gesso.ui.canvas.view import CanvasView

__all__ = ["HANDS", "CanvasView", "Hand", "Preview", "hand"]
