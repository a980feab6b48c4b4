"""Hands that repair: clone and heal copy from elsewhere, blur softens, smudge drags."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from gesso.documents.history import History
from gesso.documents.painting import Layer, Painting
from gesso.operations.painting.brush import Brush, Copy, Curve, Dynamic
from gesso.operations.painting.brush.heal import healed
from gesso.operations.painting.brush.lay import Paint, paint_of
from gesso.ui.canvas.camera import Camera
from gesso.ui.canvas.hands.hand import Gesture, Hand, Touch
from gesso.ui.canvas.hands.paint import Paint as PaintGesture
from gesso.ui.canvas.picture_stroke import Look, PictureStroke
from gesso.ui.canvas.stroke import copies_of, layer_to_paint_on
from gesso.ui.canvas.wet_stroke import begin_stroke
from gesso.ui.speech import mark
from gesso.values import Box, Trouble

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

LARGEST_BLUR_PX = 24
CROSS_PX = 7
MARGIN_PX = 12
"""So far around a stroke the colours are looked at that it is to fit in with."""
ROUND = {"tip": "round", "texture": "", "wet_edge": 0.0, "smudge": 0.0, "wetness": 0.0, "charge": 1.0}
"""A repair wants a plain tip, whatever brush is in hand; size, hardness and opacity are the artist's."""
SMUDGED = {**ROUND, "spacing": 0.04, "smudge": 0.94, "charge": 0.0, "builds_up": False}


@dataclass
class Source:
    """Where a view clones from."""

    painting: Painting
    place: tuple[int, int]
    away: tuple[int, int] | None = None
    """From what is painted to what is copied; known once a stroke began, and kept for the next."""


_SOURCES: WeakKeyDictionary[CanvasView, Source] = WeakKeyDictionary()


def _pixel(touch: Touch) -> tuple[int, int]:
    return int(touch.image.x() // 1), int(touch.image.y() // 1)


def _cross(painter: QPainter, camera: Camera, place: tuple[float, float], ratio: float) -> None:
    """Seen on everything."""
    at, reach = camera.point(*place), CROSS_PX * ratio
    for width, colour in ((3.0, QColor(0, 0, 0, 130)), (1.2, QColor(255, 255, 255, 240))):
        painter.setPen(QPen(colour, width * ratio))
        painter.drawLine(QPointF(at.x() - reach, at.y()), QPointF(at.x() + reach, at.y()))
        painter.drawLine(QPointF(at.x(), at.y() - reach), QPointF(at.x(), at.y() + reach))


class SetSource(Gesture):
    """Alt and a press: from here it is copied."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        self._view, self._painting = view, history.document
        self.to(touch)

    def to(self, touch: Touch) -> None:
        self._at = _pixel(touch)
        _SOURCES[self._view] = Source(self._painting, self._at)
        self._view.update()

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        _cross(painter, camera, (self._at[0] + 0.5, self._at[1] + 0.5), ratio)

    def end(self) -> None:
        self._view.update()

    def cancel(self) -> None:
        self._view.update()


class Clone(PaintGesture):
    """Copies the layer, as it was before the stroke, from as far away as the source lies."""

    stroke_title = mark("Clone")
    _stroke: PictureStroke

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        layer, source = layer_to_paint_on(history.document), _SOURCES.get(view)
        if source is None or source.painting is not history.document:
            raise Trouble(
                "There is nothing to copy from yet.", "Nothing was painted.", "Hold Alt and click where to copy from."
            )
        at = _pixel(touch)
        if source.away is None:
            source.away = (source.place[0] - at[0], source.place[1] - at[1])
        self._away, self._at = source.away, touch.image
        brush = replace(view.brush, eraser=False, **ROUND)
        pictures = [from_source(layer, self._away, copy) for copy in copies_of(history.document)]
        stroke = PictureStroke(history.document, layer, brush, pictures, over=True)
        super().__init__(view, history, stroke, self.stroke_title, touch)

    def to(self, touch: Touch) -> None:
        camera, ratio = self._view.pane.camera, self._view.devicePixelRatioF()
        for image in (self._at, touch.image):  # the cross moves
            at = camera.point(image.x() + self._away[0], image.y() + self._away[1]) / ratio
            reach = CROSS_PX + 3
            self._view.update(QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach).toAlignedRect())
        self._at = touch.image
        super().to(touch)

    def cancel(self) -> None:
        super().cancel()
        self._view.update()

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        _cross(painter, camera, (self._at.x() + self._away[0], self._at.y() + self._away[1]), ratio)


def from_source(layer: Layer, away: tuple[int, int], copy: Copy) -> Look:
    """What is copied to a box: for a mirrored stroke, the mirrored source."""

    def look(box: Box) -> Paint:
        if copy.is_exact:
            return copy.laid(paint_of(layer.tiles.read(copy.before(box).moved(*away))))
        xx, xy, yx, yy = copy.linear
        dx, dy = away
        return paint_of(layer.tiles.read(box.moved(round(xx * dx + xy * dy), round(yx * dx + yy * dy))))

    return look


@dataclass(frozen=True, eq=False)
class Patch:
    """A picture of one box; elsewhere it is empty."""

    pixels: Paint
    box: Box

    def __call__(self, box: Box) -> Paint:
        found = np.zeros((box.height, box.width, 4), np.float32)
        common = box.intersect(self.box)
        if not common.is_empty:
            part = self.pixels[common.moved(-self.box.x, -self.box.y).slices()]
            found[common.moved(-box.x, -box.y).slices()] = part
        return found


class Heal(Clone):
    """Clones, and when the whole stroke is known gives the copy the colours around it."""

    stroke_title = mark("Heal")

    def _finish(self) -> None:
        stroke, layer = self._stroke, self._stroke.layer
        around, pictures = Box(0, 0, 0, 0), list[Look]()
        for at, copy in enumerate(stroke.copies):
            box = stroke.covered(at).grow(MARGIN_PX).clip(layer.tiles.size)
            around = around.union(box)
            if box.is_empty:
                pictures.append(from_source(layer, self._away, copy))
                continue
            base, patch = paint_of(layer.tiles.read(box)), from_source(layer, self._away, copy)(box)
            pictures.append(Patch(healed(base, patch, np.asarray(stroke.coverage(box, at) > 0)), box))
        if not around.is_empty:
            self._spoil(stroke.lay_again(pictures, around))


class Soft:
    """The layer, softened, made where it is asked for."""

    def __init__(self, layer: Layer, px: float) -> None:
        self._layer, self._px = layer, px

    def __call__(self, box: Box) -> Paint:
        import cv2

        reach = int(3 * self._px) + 1
        wide = box.grow(reach).clip(self._layer.tiles.size)
        soft = cv2.GaussianBlur(
            paint_of(self._layer.tiles.read(wide)), (0, 0), self._px, borderType=cv2.BORDER_REPLICATE
        )
        return np.asarray(soft[box.moved(-wide.x, -wide.y).slices()], np.float32)


def _clone(view: CanvasView, history: History[Painting], touch: Touch) -> Gesture:
    return (SetSource if touch.modifiers & Qt.KeyboardModifier.AltModifier else Clone)(view, history, touch)


def _heal(view: CanvasView, history: History[Painting], touch: Touch) -> Gesture:
    return (SetSource if touch.modifiers & Qt.KeyboardModifier.AltModifier else Heal)(view, history, touch)


def _blur(view: CanvasView, history: History[Painting], touch: Touch) -> Gesture:
    layer = layer_to_paint_on(history.document)
    brush = replace(view.brush, eraser=False, **ROUND)
    soft = Soft(layer, min(LARGEST_BLUR_PX, max(0.7, brush.size_px / 16)))
    stroke = PictureStroke(history.document, layer, brush, [soft], over=False)
    return PaintGesture(view, history, stroke, mark("Blur"), touch)


def _smudge(view: CanvasView, history: History[Painting], touch: Touch) -> Gesture:
    brush: Brush = replace(
        view.brush, eraser=False, **SMUDGED, dynamics=(Dynamic("opacity", "pressure", Curve(((0.0, 0.2), (1.0, 1.0)))),)
    )
    stroke = begin_stroke(history.document, layer_to_paint_on(history.document), brush)
    return PaintGesture(view, history, stroke, mark("Smudge"), touch)


SMUDGE = Hand(
    "smudge", mark("Smudge"), "smudge", "", "retouch", _smudge, "brush", has_ring=True, keywords="finger smear drag"
)
BLUR = Hand("blur", mark("Blur"), "blur", "", "retouch", _blur, "brush", has_ring=True, keywords="soften")
CLONE = Hand(
    "clone", mark("Clone"), "clone", "S", "retouch", _clone, "brush", has_ring=True, takes_colour=False,
    keywords="stamp copy",
)  # fmt: skip
HEAL = Hand(
    "heal", mark("Heal"), "heal", "J", "retouch", _heal, "brush", has_ring=True, takes_colour=False,
    keywords="repair spot patch",
)  # fmt: skip
