"""How soon the live preview follows a knob: the real window, a painting of 3840 x 2160, the installed models."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median

from PySide6.QtCore import QEventLoop, QTimer

from gesso.ui.canvas.measure import painting
from gesso.ui.window import Window

TURNS = 9
PATIENCE_MS = 60_000


def measure(window: Window, report: Callable[[str, float], None]) -> None:
    """Call `report` with a name and milliseconds: the median from turning a knob to the preview drawn on the canvas.

    The first preview, for which the model is loaded and the painting made small, is told apart. Raises TimeoutError.
    """
    window.assist.load_styles()
    window.easel.put(window.easel.begin(painting(1)))
    found = False

    def shown(picture: object, box: object) -> None:
        nonlocal found
        if picture is not None:
            window.canvas.grab()
            found = True
            loop.quit()

    def taken(turn: Callable[[], None]) -> float:
        nonlocal found
        found, began = False, time.perf_counter()
        turn()
        QTimer.singleShot(PATIENCE_MS, loop, loop.quit)
        if not found:
            loop.exec()
        if not found:
            raise TimeoutError("no preview came")
        return (time.perf_counter() - began) * 1000

    loop = QEventLoop()
    window.assist.previewed.connect(shown)
    report("first preview", taken(lambda: window.assist.set_live(True)))
    strengths = [0.5 + turn / 20 for turn in range(TURNS)]
    report(
        "preview", median(taken(lambda s=strength: window.assist.set_value("strength", s)) for strength in strengths)
    )
