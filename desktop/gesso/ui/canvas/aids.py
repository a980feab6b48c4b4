"""What lies over the picture to draw by: rulers, guides that things snap to, and the axes of symmetry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import cos, hypot, radians, sin
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from gesso.documents.painting import Guide, Symmetry
from gesso.documents.painting.beside import SetGuides, SetSymmetry
from gesso.documents.painting.guides import HORIZONTAL, VERTICAL
from gesso.ui.canvas.hands.aids import MoveAxis, MoveGuide
from gesso.ui.canvas.hands.hand import Begin, Touch
from gesso.ui.canvas.rulers import RULER_PX, Rulers
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

SNAP_PX = 8.0
"""On the screen: nearer than this to a guide is on it."""
GRAB_PX = 5.0
KNOB_PX = 9.0
INSET_PX = 30.0
"""The knobs of an axis stand so far inside of the view."""
GUIDE, AXIS, SHADE = QColor(0, 168, 255), QColor(199, 92, 255), QColor(0, 0, 0, 70)
CTRL = Qt.KeyboardModifier.ControlModifier


class Aids(QObject):
    """Of one canvas. The lines are the painting's; whether they are seen, locked and snapped to is the view's."""

    changed = Signal()
    """The artist wants them otherwise."""

    def __init__(self, view: CanvasView, look: Look, speech: Speech) -> None:
        super().__init__(view)
        self._view = view
        self.wishes = {"rulers": False, "guides": True, "snap": True, "lock-guides": False}
        """By the ids of what can be ticked in the menu."""
        self._guides: tuple[Guide, ...] | None = None
        self._symmetry: Symmetry | None = None
        """Where they are shown while they are being moved."""
        self._known: object = None
        self._over: Qt.CursorShape | None = None
        self._rulers = Rulers(view, look, speech)

    # --- what there is -------------------------------------------------------------------------------------------

    def wish(self, name: str, wanted: bool) -> None:
        """Choose one of `wishes`."""
        if self.wishes[name] != wanted:
            self.wishes[name] = wanted
            self.stand()
            if name == "rulers" and self._view.is_fitted:
                self._view.fit()
            self._view.update()
            self.changed.emit()

    @property
    def ticks(self) -> dict[str, bool]:
        """What is so at the moment, by the ids of commands."""
        symmetry = self.symmetry
        kind = symmetry.kind if symmetry is not None else "none"
        return {**self.wishes, f"symmetry-{kind}": True}

    @property
    def guides(self) -> tuple[Guide, ...]:
        """As they are shown; none while they are hidden."""
        painting = self._view.painting
        if painting is None or not self.wishes["guides"]:
            return ()
        return painting.guides if self._guides is None else self._guides

    @property
    def symmetry(self) -> Symmetry | None:
        """As it is shown."""
        painting = self._view.painting
        found = self._symmetry or (painting.symmetry if painting is not None else None)
        return found if found is not None and found.kind != "none" else None

    @property
    def ruler_px(self) -> int:
        """How much of the view's left and upper side they take."""
        return RULER_PX if self._rulers.are_shown else 0

    def show_guides(self, guides: tuple[Guide, ...] | None) -> None:
        """As they would be; None for as they are."""
        self._guides = guides
        self._view.update()

    def show_symmetry(self, symmetry: Symmetry | None) -> None:
        """As it would be; None for as it is."""
        self._symmetry = symmetry
        self._view.update()

    def stand(self) -> None:
        """The view has another size, angle or painting."""
        self._rulers.stand(self.wishes["rulers"] and self._view.painting is not None)

    def follow(self) -> None:
        """The painting changed, or it is seen elsewhere."""
        painting = self._view.painting
        known = None if painting is None else (painting.guides, painting.symmetry)
        if known != self._known:
            self._known = known
            self._view.update()
            self.changed.emit()

    def moved(self) -> None:
        """It is seen elsewhere."""
        self._rulers.update()

    # --- changing them -------------------------------------------------------------------------------------------

    def add_guide(self, way: str, at: float) -> None:
        """One more guide; hidden ones are shown, so that it is seen."""
        history = self._view.history
        if history is not None and Guide(way, at) not in history.document.guides:
            self.wish("guides", True)
            history.apply(mark("New guide"), SetGuides((*history.document.guides, Guide(way, at))))

    def clear_guides(self) -> None:
        history = self._view.history
        if history is not None and history.document.guides:
            history.apply(mark("Clear guides"), SetGuides(()))

    def set_symmetry(self, kind: str, rays: int | None = None) -> None:
        """Another kind about the axes that are there, or about the middle of the canvas; one step, if it is another."""
        history = self._view.history
        if history is None:
            return
        old = history.document.symmetry
        new = Symmetry.amid(history.document.size, kind) if old is None else replace(old, kind=kind)
        new = new if rays is None else replace(new, rays=rays)
        if new != old and not (old is None and kind == "none"):
            history.apply(mark("Symmetry") if kind != "none" else mark("No symmetry"), SetSymmetry(new))

    def centre_symmetry(self) -> None:
        """The axes straight and through the middle again."""
        history, now = self._view.history, self.symmetry
        if history is not None and now is not None:
            new = Symmetry.amid(history.document.size, now.kind, now.rays)
            if new != now:
                history.apply(mark("Move the axis"), SetSymmetry(new))

    # --- snapping ------------------------------------------------------------------------------------------------

    def _lines(self, way: str, more: Iterable[float] = ()) -> list[float]:
        guides = self.guides if self.wishes["snap"] else ()
        return [*(guide.at for guide in guides if guide.way == way), *more]

    @property
    def _near(self) -> float:
        return SNAP_PX * self._view.devicePixelRatioF() / self._view.zoom

    def snapped_point(self, at: QPointF, xs: Iterable[float] = (), ys: Iterable[float] = ()) -> QPointF:
        """A place of the picture, on the guides that it is near to, or on these lines besides."""
        x, y = self.shift((at.x(),), (at.y(),), xs, ys)
        return QPointF(at.x() + x, at.y() + y)

    def snapped(self, touch: Touch) -> Touch:
        return replace(touch, image=self.snapped_point(touch.image)) if self.guides else touch

    def shift(
        self, xs: Iterable[float], ys: Iterable[float], at_x: Iterable[float] = (), at_y: Iterable[float] = ()
    ) -> tuple[float, float]:
        """By how much something with edges at these places has to be moved to lie on a guide; zero where none is near."""
        found = []
        for places, lines in ((xs, self._lines(VERTICAL, at_x)), (ys, self._lines(HORIZONTAL, at_y))):
            ways = [line - place for place in places for line in lines]
            least = min(ways, key=abs, default=0.0)
            found.append(least if abs(least) <= self._near else 0.0)
        return found[0], found[1]

    # --- taking hold ---------------------------------------------------------------------------------------------

    def hold_at(self, touch: Touch) -> Begin | None:
        """What a press here takes hold of before the hand does: a knob of the axes, or a guide."""
        symmetry = self.symmetry
        for turns, knob in enumerate(self._knobs()):
            if symmetry is not None and QLineF(knob, self._at(touch)).length() <= KNOB_PX + 2:
                return lambda view, history, t: MoveAxis(view, history, t, symmetry, turns=bool(turns))
        guide = self._guide_at(touch)
        if guide is not None:
            return lambda view, history, t: MoveGuide(view, history, t, guide.way, guide)
        return None

    def _guide_at(self, touch: Touch) -> Guide | None:
        """By the hand that looks, or with ctrl: all others may want to begin just there."""
        hand = self._view.hand.id
        if self.wishes["lock-guides"] or not (hand == "hand" or (touch.modifiers & CTRL and hand != "transform")):
            return None
        near = GRAB_PX * self._view.devicePixelRatioF() / self._view.zoom
        at = {VERTICAL: touch.image.x(), HORIZONTAL: touch.image.y()}
        found = min(self.guides, key=lambda guide: abs(guide.at - at[guide.way]), default=None)
        return found if found is not None and abs(found.at - at[found.way]) <= near else None

    def point_at(self, touch: Touch) -> bool:
        """The pointer hovers here; whether it should look otherwise."""
        before, self._over = self._over, None
        if any(QLineF(knob, self._at(touch)).length() <= KNOB_PX + 2 for knob in self._knobs()):
            self._over = Qt.CursorShape.OpenHandCursor
        elif (guide := self._guide_at(touch)) is not None:
            self._over = self.cursor_of(guide.way)
        return before != self._over

    @property
    def cursor(self) -> Qt.CursorShape | None:
        """What the pointer looks like over something to take hold of."""
        return self._over

    def cursor_of(self, way: str) -> Qt.CursorShape:
        """For a guide, however the view is turned."""
        lies = 45 <= self._view.angle % 180 <= 135
        return Qt.CursorShape.SplitHCursor if (way == VERTICAL) != lies else Qt.CursorShape.SplitVCursor

    def begin_guide(self, way: str, touch: Touch) -> MoveGuide | None:
        """A new one, dragged out of a ruler."""
        history = self._view.history
        if history is None or self.wishes["lock-guides"]:
            return None
        self.wish("guides", True)
        return MoveGuide(self._view, history, touch, way)

    def point_rulers(self, at: QPointF | None) -> None:
        self._rulers.point(at)

    # --- drawing -------------------------------------------------------------------------------------------------

    def _at(self, touch: Touch) -> QPointF:
        return touch.device / self._view.devicePixelRatioF()

    def _line(self, x: float, y: float, dx: float, dy: float) -> QLineF:
        """A line through a place of the picture, from end to end of the view and beyond, in the widget."""
        at = self._view.from_image(QPointF(x, y))
        way = self._view.from_image(QPointF(x + 100 * dx, y + 100 * dy)) - at
        length = hypot(way.x(), way.y()) or 1.0
        far = hypot(self._view.width(), self._view.height()) + hypot(at.x(), at.y())
        return QLineF(at, at + way * (far / length))

    def _knobs(self) -> list[QPointF]:
        """Where the axes are moved and turned by, in the widget; none while no axis is in sight."""
        symmetry = self.symmetry
        if symmetry is None:
            return []
        turn = radians(symmetry.axes[0])
        ray = self._line(symmetry.x, symmetry.y, sin(turn), -cos(turn))
        inside = QRectF(self._view.rect()).adjusted(
            INSET_PX + self.ruler_px, INSET_PX + self.ruler_px, -INSET_PX, -INSET_PX
        )
        whole = QLineF(ray.p1() - (ray.p2() - ray.p1()), ray.p2())
        first, last = 0.0, 1.0
        for start, way, low, high in (
            (whole.x1(), whole.dx(), inside.left(), inside.right()),
            (whole.y1(), whole.dy(), inside.top(), inside.bottom()),
        ):
            if abs(way) < 1e-9:
                if not low <= start <= high:
                    return []
                continue
            ends = sorted(((low - start) / way, (high - start) / way))
            first, last = max(first, ends[0]), min(last, ends[1])
        if last - first <= 0:
            return []
        return [whole.pointAt(first), whole.pointAt(last)]

    def draw(self, painter: QPainter) -> None:
        """Over all else, in the widget."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        is_right = self._view.angle % 90 == 0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, not is_right)
        for guide in self.guides:
            upright = guide.way == VERTICAL
            x, y = (guide.at, 0.0) if upright else (0.0, guide.at)
            for sign in (1, -1):
                line = self._line(x, y, 0.0 if upright else sign, sign if upright else 0.0)
                painter.setPen(QPen(GUIDE, 1))
                painter.drawLine(line)
        if self.symmetry is not None:
            self._draw_axes(painter, self.symmetry)

    def _draw_axes(self, painter: QPainter, symmetry: Symmetry) -> None:
        lines = []
        for axis in symmetry.axes:
            c, s = cos(radians(axis)), sin(radians(axis))
            lines.append(self._line(symmetry.x, symmetry.y, s, -c))
            if symmetry.kind != "radial":
                lines.append(self._line(symmetry.x, symmetry.y, -s, c))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((SHADE, 3.0), (AXIS, 1.2)):
            painter.setPen(QPen(colour, width))
            painter.drawLines(lines)
        for turns, knob in enumerate(self._knobs()):
            painter.setPen(QPen(SHADE, 3))
            painter.setBrush(QColor(255, 255, 255))
            painter.drawEllipse(knob, KNOB_PX, KNOB_PX)
            painter.setPen(QPen(AXIS, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawEllipse(knob, KNOB_PX, KNOB_PX)
            reach = KNOB_PX * 0.5
            if turns:
                painter.drawArc(QRectF(knob.x() - reach, knob.y() - reach, 2 * reach, 2 * reach), 40 * 16, 280 * 16)
                painter.drawPoint(knob)
            else:
                painter.drawLine(knob - QPointF(reach, 0), knob + QPointF(reach, 0))
                painter.drawLine(knob - QPointF(0, reach), knob + QPointF(0, reach))
            painter.setBrush(Qt.BrushStyle.NoBrush)
