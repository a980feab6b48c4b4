"""How quick the canvas is: medians on a painting of 3840 x 2160 with three layers, drawn to memory."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from statistics import median

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QMouseEvent
from PySide6.QtWidgets import QApplication

from gesso.documents.history import History
from gesso.documents.painting import Layer, Painting, Tiles, composite, native
from gesso.documents.painting.edits import add_layer
from gesso.operations.painting.brush import Brush
from gesso.ui.canvas.view import CanvasView
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.values import Box, Colour, Size

PICTURE = Size(3840, 2160)
LARGE = Size(7680, 4320)
VIEW = QSize(1280, 800)


def painting(layers: int = 3, size: Size = PICTURE) -> Painting:
    """A gradient with some grain, glazed by layers that are half transparent."""
    grain = np.random.default_rng(0).integers(0, 24, (size.height, size.width, 1), np.uint8)
    ground = np.empty((size.height, size.width, 4), np.uint8)
    ground[..., 0] = np.linspace(40, 220, size.width)
    ground[..., 1] = np.linspace(60, 200, size.height)[:, None]
    ground[..., 2] = 120
    ground[..., :3] += grain
    ground[..., 3] = 255
    made = Painting.from_array(ground, "ground")
    glaze = ground.copy()
    glaze[..., 3] = 90
    for number, blend in zip(range(layers - 1), ("multiply", "soft-light") * layers, strict=False):
        layer = Layer(f"glaze{number}", blend, opacity=0.6, blend=blend, tiles=Tiles.from_array(glaze))
        History(made).apply("glaze", *add_layer(made, layer))
    return made


def _press(view: CanvasView, kind: QEvent.Type, at: QPointF) -> None:
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else Qt.MouseButton.LeftButton
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
    event = QMouseEvent(kind, at, view.mapToGlobal(at), button, held, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(view, event)


def measure(report: Callable[[str, float], None]) -> None:
    """Call `report` with a name and milliseconds for each number."""
    if QApplication.instance() is None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        QApplication(["gesso"])
    made = painting()
    history = History(made)
    view = CanvasView(Look(), Speech())
    view.resize(VIEW)
    view.ensurePolished()
    target = QImage(VIEW, QImage.Format.Format_RGB32)

    def drawn() -> None:
        view.render(target)

    def timed(work: Callable[[], object]) -> float:
        start = time.perf_counter()
        work()
        return (time.perf_counter() - start) * 1000

    def opened() -> None:
        view.show_document(history)
        drawn()

    report("open 4K, first look", median(timed(opened) for _ in range(5)))

    def built() -> None:
        done = False
        while not done:
            _, done = view.pane.build(1.0)
        drawn()

    def whole() -> float:
        view.spoil(Box(0, 0, PICTURE.width, PICTURE.height))
        drawn()
        return timed(built)

    report("composite a 4K view", median(whole() for _ in range(3)))
    ten = painting(10)

    def in_both_ways(what: str, found: Callable[[], float]) -> None:
        if native.is_available():
            report(what, found())
            what += " by NumPy"
        with native.by_numpy():
            report(what, found())

    def composited() -> float:
        composite(ten)
        return median(timed(lambda: composite(ten)) for _ in range(3))

    in_both_ways("composite 4K, ten layers", composited)
    ten.linear = True
    in_both_ways("composite 4K, ten layers in linear light", composited)

    view.tool = "brush"

    def stroked(path: list[QPointF]) -> float:
        """The median from a move of the pointer to what it painted being seen."""
        built()
        _press(view, QEvent.Type.MouseButtonPress, path[0])

        def dab(at: QPointF) -> None:
            _press(view, QEvent.Type.MouseMove, at)
            drawn()
            if view.pane.is_owed:  # a part was put off to keep the pointer going
                built()

        found = median(timed(lambda at=at: dab(at)) for at in path[1:])
        view.cancel_gesture()
        _press(view, QEvent.Type.MouseButtonRelease, path[0])
        return found

    for zoom in (view.zoom, 1.0):
        view.set_zoom(zoom)
        view.brush = Brush(64, colour=Colour(0.8, 0.1, 0.1))
        path = [QPointF(300 + 8 * step, 300 + 4 * step) for step in range(41)]
        report(f"next 64 px dab at {round(100 * zoom)} %", stroked(path))
    # Each move as far as the dabs of this brush lie apart: one dab a move.
    view.brush = Brush(500, colour=Colour(0.8, 0.1, 0.1))
    path = [QPointF(240 + 50 * (step % 17), 250 + 50 * (step // 17)) for step in range(34)]
    report("next 500 px dab at 100 %", stroked(path))
    ten.linear = False
    view.show_document(History(ten))
    view.set_zoom(1.0)
    in_both_ways("next 500 px dab, ten layers", lambda: stroked(path))
    view.show_document(history)

    view.set_zoom(0.7)
    built()

    def panned() -> None:
        view.pan(-6, -4)
        drawn()

    report("pan frame", median(timed(panned) for _ in range(30)))
    taken = []
    for step in range(30):
        factor = 1.03 if step < 15 else 1 / 1.03

        def zoomed(factor: float = factor) -> None:
            view.set_zoom(view.zoom * factor)
            drawn()

        taken.append(timed(zoomed))
    report("zoom frame", median(taken))
    view.show_document(None)
    view.show_document(History(painting(1, LARGE)))
    view.set_zoom(0.5)
    built()

    def turned() -> None:
        view.angle += 3
        drawn()

    def mirrored() -> None:
        view.is_mirrored = not view.is_mirrored
        drawn()

    def nearer(step: int) -> None:
        view.set_zoom(view.zoom * (1.03 if step < 15 else 1 / 1.03))
        drawn()

    report("pan frame, 8K", median(timed(panned) for _ in range(30)))
    report("zoom frame, 8K", median(timed(lambda step=step: nearer(step)) for step in range(30)))
    report("turn frame, 8K", median(timed(turned) for _ in range(30)))
    report("mirror frame, 8K", median(timed(mirrored) for _ in range(10)))
    view.show_document(None)
    view.deleteLater()


def main() -> None:
    """One JSON object a line, for `gesso bench canvas`."""
    measure(lambda what, ms: print(json.dumps({"what": what, "milliseconds": round(ms, 2)}), flush=True))


if __name__ == "__main__":
    main()
