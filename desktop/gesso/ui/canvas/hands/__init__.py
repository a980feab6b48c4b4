"""The hands of the canvas, in the order of the tool bar. A new one is one module here and one line below."""

from gesso.ui.canvas.hands.crop import CROP
from gesso.ui.canvas.hands.fill import FILL
from gesso.ui.canvas.hands.gradient import GRADIENT
from gesso.ui.canvas.hands.hand import Begin, Gesture, Hand, Touch
from gesso.ui.canvas.hands.look import HAND, Pan, Spin
from gesso.ui.canvas.hands.paint import BRUSH, ERASER
from gesso.ui.canvas.hands.retouch import BLUR, CLONE, HEAL, SMUDGE
from gesso.ui.canvas.hands.select import ELLIPSE, LASSO, RECTANGLE
from gesso.ui.canvas.hands.select_brush import SELECT_BRUSH
from gesso.ui.canvas.hands.select_colour import COLOUR_RANGE, WAND
from gesso.ui.canvas.hands.select_polygon import POLYGON
from gesso.ui.canvas.hands.text import TEXT
from gesso.ui.canvas.hands.transform import TRANSFORM

HANDS: tuple[Hand, ...] = (
    HAND, BRUSH, ERASER, SMUDGE, BLUR, CLONE, HEAL,
    RECTANGLE, ELLIPSE, LASSO, POLYGON, WAND, COLOUR_RANGE, SELECT_BRUSH,
    FILL, GRADIENT, TEXT, TRANSFORM, CROP,
)  # fmt: skip


def hand(id: str) -> Hand:
    """Raises ValueError for a hand that is not there."""
    for one in HANDS:
        if one.id == id:
            return one
    raise ValueError(f"no such tool: {id!r}")


__all__ = ["HANDS", "Begin", "Gesture", "Hand", "Pan", "Spin", "Touch", "hand"]
