"""The hands of the canvas, in the order of the tool bar. A new one is one module here and one line below."""

from gesso.ui.canvas.hands.hand import Begin, Gesture, Hand, Touch
from gesso.ui.canvas.hands.look import HAND, Pan, Spin
from gesso.ui.canvas.hands.paint import BRUSH, ERASER
from gesso.ui.canvas.hands.retouch import BLUR, CLONE, HEAL, SMUDGE
from gesso.ui.canvas.hands.select import LASSO, RECTANGLE

HANDS: tuple[Hand, ...] = (HAND, BRUSH, ERASER, SMUDGE, BLUR, CLONE, HEAL, RECTANGLE, LASSO)


def hand(id: str) -> Hand:
    """Raises ValueError for a hand that is not there."""
    for one in HANDS:
        if one.id == id:
            return one
    raise ValueError(f"no such tool: {id!r}")


__all__ = ["HANDS", "Begin", "Gesture", "Hand", "Pan", "Spin", "Touch", "hand"]
