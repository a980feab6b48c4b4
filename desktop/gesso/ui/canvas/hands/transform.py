"""The hand that moves, scales, turns and pulls the active layer, or the selected part of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import atan2, copysign, cos, degrees, radians, sin, tan
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF, QTransform

from gesso.documents.history import History
from gesso.documents.painting import Layer, Painting, Text
from gesso.documents.painting.text import SetText, is_affine
from gesso.operations.painting.transform import Matrix, Pose, reach
from gesso.ui.canvas.camera import Camera
from gesso.ui.canvas.hands.frame import CORNERS, SIDES, Grip, Point, draw_frame, grip_at, grips
from gesso.ui.canvas.hands.hand import Gesture, Hand, Touch
from gesso.ui.canvas.hands.options import Transforming, options_of
from gesso.ui.canvas.hands.select import ALT, SHIFT
from gesso.ui.canvas.lifted import Lifted
from gesso.ui.canvas.preview import Preview, Shown
from gesso.ui.canvas.stroke import layer_to_change
from gesso.ui.speech import mark
from gesso.ui.text_fonts import missing_family
from gesso.ui.text_pixels import tiles_of
from gesso.values import Box, Trouble

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

CTRL = Qt.KeyboardModifier.ControlModifier
STEP_DEGREES = 15.0
"""Shift turns in steps."""
TRUE_AREA = 6_000_000
"""Up to so many pixels, what is let go of is shown as it will be; beyond, as the screen draws it."""


def _ends(values: Sequence[float]) -> tuple[float, float, float]:
    """What of a frame comes to lie on guides: its edges and its middle."""
    return min(values), (min(values) + max(values)) / 2, max(values)


class Transform(Gesture):
    """Stays until Enter; raises `Trouble` when there is nothing to take hold of.

    Corners scale (with shift freely, with alt about the middle), sides stretch, outside it turns (shift in steps),
    inside it moves (shift straight); ctrl pulls a corner for perspective, or slants a side.
    """

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        self._view, self._history, self._options = view, history, options_of(view)
        layer, self._text = _layer_to_transform(history.document)
        self._lifted = Lifted(history.document, layer)
        if self._lifted.box.is_empty:
            raise Trouble(
                "There is nothing here to transform.",
                "Nothing was changed.",
                "Choose a layer with something on it, or select a part of it.",
            )
        self.pose = Pose()
        self._began = self.pose
        self._grip: Grip | None = None
        self._press = touch
        self._is_held = False
        self._shown = Shown(Preview(self._lifted.pixels, self._lifted.box))
        self._is_apart = False
        """Whether the layer is shown without what was lifted, which is drawn above."""
        self._true: tuple[object, dict[tuple[int, int], NDArray[Any]]] | None = None
        self._options.changed.connect(self._settle)
        self.press(touch)
        self._options.tell_live(self)

    @property
    def box(self) -> Box:
        """What was taken hold of, where it lay."""
        return self._lifted.box

    @property
    def _quad(self) -> list[Point]:
        return self.pose.quad(self.box)

    # --- under the pointer ---------------------------------------------------------------------------------------

    def press(self, touch: Touch) -> None:
        self._began, self._press, self._is_held = self.pose, touch, True
        self._grip = grip_at(self._view, self._quad, touch)

    def to(self, touch: Touch) -> None:
        if self._is_held and touch.image != self._press.image:
            self.set_pose(self._posed(touch), held=True)

    def lift(self) -> bool:
        self._is_held = False
        self._settle()
        return True

    def hover(self, touch: Touch) -> None:
        self._grip = grip_at(self._view, self._quad, touch)

    def cursor(self) -> Qt.CursorShape:
        shapes = {None: Qt.CursorShape.CrossCursor, (0, 0): Qt.CursorShape.SizeAllCursor}
        return shapes.get(self._grip, Qt.CursorShape.PointingHandCursor)

    def _posed(self, touch: Touch) -> Pose:
        began, wish = self._began, self._options[Transforming]
        way = touch.image - self._press.image
        if self._grip is None:
            return self._turned(touch)
        if self._grip == (0, 0):
            dx, dy = way.x(), way.y()
            if touch.modifiers & SHIFT:
                dx, dy = (dx, 0.0) if abs(dx) > abs(dy) else (0.0, dy)
            x, y = began.move
            moved = replace(began, move=(x + round(dx), y + round(dy)))
            xs, ys = zip(*moved.quad(self.box), strict=True)
            snap_x, snap_y = self._view.aids.shift(_ends(xs), _ends(ys))
            return replace(moved, move=(moved.move[0] + round(snap_x), moved.move[1] + round(snap_y)))
        x, y = grips(began.quad(self.box))[self._grip]
        way = self._view.aids.snapped_point(QPointF(x, y) + way) - QPointF(x, y)
        if touch.modifiers & CTRL or (wish.in_perspective and self._grip in CORNERS):
            return self._pulled(way)
        return self._stretched(touch, way)

    def _turned(self, touch: Touch) -> Pose:
        xs, ys = zip(*self._began.quad(self.box), strict=True)
        middle = QPointF(sum(xs) / 4, sum(ys) / 4)

        def angle(at: QPointF) -> float:
            away = at - middle
            return degrees(atan2(away.y(), away.x()))

        turned = self._began.degrees + angle(touch.image) - angle(self._press.image)
        if touch.modifiers & SHIFT:
            turned = round(turned / STEP_DEGREES) * STEP_DEGREES
        return replace(self._began, degrees=(turned + 180) % 360 - 180)

    def _pulled(self, way: QPointF) -> Pose:
        """A corner where the pointer goes; both corners of a side along it."""
        assert self._grip is not None
        dx, dy = way.x(), way.y()
        moved = [0]
        if self._grip in CORNERS:
            moved = [CORNERS.index(self._grip)]
        else:
            first = SIDES.index(self._grip)
            moved = [first, (first + 1) % 4]
            (ax, ay), (bx, by) = (self._began.quad(self.box)[k] for k in moved)
            length = (bx - ax) ** 2 + (by - ay) ** 2
            share = (dx * (bx - ax) + dy * (by - ay)) / length if length else 0.0
            dx, dy = share * (bx - ax), share * (by - ay)
        corners = [(x + dx, y + dy) if k in moved else (x, y) for k, (x, y) in enumerate(self._began.corners)]
        return replace(self._began, corners=(corners[0], corners[1], corners[2], corners[3]))

    def _stretched(self, touch: Touch, way: QPointF) -> Pose:
        """Scaled so that the handle stays under the pointer and the other side, or the middle, where it is."""
        assert self._grip is not None
        began, box = self._began, self.box
        turn, lean = radians(began.degrees), tan(radians(began.skew))
        linear = np.array([[cos(turn), -sin(turn)], [sin(turn), cos(turn)]]) @ np.array([[1.0, -lean], [0.0, 1.0]])
        local = np.linalg.solve(linear, np.array([way.x(), way.y()]))
        from_middle = bool(touch.modifiers & ALT)
        straight = began.degrees % 90 == 0 and not began.skew
        scale = list(began.scale)
        for axis, length in enumerate((box.width, box.height)):
            if self._grip[axis]:
                wide = length * scale[axis] + self._grip[axis] * float(local[axis]) * (2 if from_middle else 1)
                wide = round(wide) if straight else wide
                scale[axis] = (wide if abs(wide) >= 1 else copysign(1.0, wide or scale[axis])) / length
        if self._grip in CORNERS and self._options[Transforming].proportional != bool(touch.modifiers & SHIFT):
            by = [scale[axis] / began.scale[axis] for axis in (0, 1)]
            most = max(abs(factor) for factor in by)
            scale = [began.scale[axis] * copysign(most, by[axis]) for axis in (0, 1)]
        move = np.array(began.move)
        if not from_middle:
            grown = [length * (scale[k] - began.scale[k]) for k, length in enumerate((box.width, box.height))]
            move = move + linear @ (np.array(grown) * self._grip / 2)
        return replace(began, scale=(scale[0], scale[1]), move=(float(move[0]), float(move[1])))

    # --- from the bar --------------------------------------------------------------------------------------------

    def set_pose(self, pose: Pose, *, held: bool = False) -> None:
        """Another pose; one that no eye could see is passed over. `held` says that the pointer is still down."""
        try:
            pose.matrix(self.box)
        except ValueError:
            return
        self.pose = pose
        self._true = None
        self._options.tell_live(self)
        if held:
            self._show_apart()
            self._view.update()
        else:
            self._settle()

    # --- how it is shown -----------------------------------------------------------------------------------------

    @property
    def _key(self) -> object:
        return self.pose, self._options[Transforming].how

    def _tiles(self) -> dict[tuple[int, int], NDArray[Any]]:
        """The layer's tiles as they will be; made once for a pose."""
        if self._true is None or self._true[0] != self._key:
            matrix, text = self.pose.matrix(self.box), self._text
            if text is not None and is_affine(matrix) and not missing_family(text):
                empty = self._history.document.empty_tiles()
                made = {index: tile.copy() for index, tile in tiles_of(text.placed(matrix), empty).tiles.items()}
            else:
                made = self._lifted.put(matrix, self._options[Transforming].how)
            self._true = self._key, made
        return self._true[1]

    def _show_apart(self) -> None:
        if not self._is_apart:
            self._is_apart = True
            self._view.show_live(self._lifted.layer.id, self._lifted.rest)
            self._spoil()

    def _settle(self) -> None:
        """Let go of: the true thing is shown, if that is quick."""
        if self.pose == Pose() and not self._is_apart and self._true is None:
            return
        where = reach(self.pose.matrix(self.box), self.box).clip(self._history.document.size)
        if where.size.area > TRUE_AREA or self._is_held:
            self._show_apart()
            self._view.update()
            return
        self._is_apart = False
        tiles = self._tiles()
        self._view.show_live(self._lifted.layer.id, {**self._lifted.rest, **tiles})
        self._spoil()

    def _spoil(self) -> None:
        self._view.spoil(self._history.document.size.box)
        self._view.update()

    def carries(self, camera: Camera) -> QTransform | None:
        old, new, found = Pose().quad(self.box), self._quad, QTransform()
        ends = [QPolygonF([camera.point(x, y) for x, y in quad]) for quad in (old, new)]
        return found if QTransform.quadToQuad(ends[0], ends[1], found) else None

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        if self._is_apart:
            quad = QPolygonF([camera.point(x, y) for x, y in self._quad])
            xs, ys = [p.x() for p in quad], [p.y() for p in quad]
            image = self._shown.image(max(max(xs) - min(xs), max(ys) - min(ys), 1.0))
            width, height = image.width(), image.height()
            source = QPolygonF([QPointF(0, 0), QPointF(width, 0), QPointF(width, height), QPointF(0, height)])
            found = QTransform()
            if QTransform.quadToQuad(source, quad, found):
                painter.save()
                painter.setClipRect(camera.picture)
                painter.setOpacity(self._lifted.layer.opacity)
                painter.setTransform(found, True)
                smooth = self._options[Transforming].how != "nearest"
                painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, smooth)
                painter.drawImage(0, 0, image)
                painter.restore()
        draw_frame(painter, camera, ratio, self._quad)

    # --- the end -------------------------------------------------------------------------------------------------

    def _leave(self) -> None:
        self._options.changed.disconnect(self._settle)
        self._options.tell_live(None)
        self._view.show_live("", {})
        self._spoil()

    def end(self) -> None:
        try:
            if self.pose != Pose():
                self._view.setCursor(Qt.CursorShape.WaitCursor)  # the view puts its own back
                matrix, how = self.pose.matrix(self.box), self._options[Transforming].how
                edits = self._lifted.edits(self._tiles(), matrix, how)
                if edits and self._text is not None:
                    text = self._text.placed(matrix) if is_affine(matrix) else None
                    edits.append(SetText(self._lifted.layer.id, text))
                if edits:
                    self._history.apply(mark("Transform"), *edits)
                    self._say_pixels(matrix)
        finally:
            self._leave()

    def _say_pixels(self, matrix: Matrix) -> None:
        if self._text is not None and not is_affine(matrix):
            self._view.refused.emit(
                Trouble(
                    "“{name}” became pixels: letters cannot be kept in perspective.",
                    "It looks as you pulled it.",
                    "Undo gives the text back.",
                    name=self._lifted.layer.name,
                )
            )

    def cancel(self) -> None:
        self._leave()


def _layer_to_transform(painting: Painting) -> tuple[Layer, Text | None]:
    """The active layer, and what it says if all of it is a text that can go along; raises `Trouble`."""
    layer = painting.active_layer
    if layer is None or layer.text is None or painting.selection is not None:
        return layer_to_change(painting), None
    bare = painting.snapshot()
    bare.nodes[layer.id] = replace(layer, text=None)
    return layer_to_change(bare), layer.text


TRANSFORM = Hand(
    "transform", mark("Transform"), "transform", "Ctrl+T", "shape", Transform, "transform",
    keywords="move scale rotate skew perspective resize distort",
)  # fmt: skip
