"""The canvas: a painting on the screen, to be looked at, painted on and selected in."""

from __future__ import annotations

from gesso.ui.canvas.preview import Preview
from gesso.ui.canvas.view import TOOLS, CanvasView

__all__ = ["TOOLS", "CanvasView", "Preview"]
