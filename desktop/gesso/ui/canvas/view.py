"""The canvas widget: shows a painting, and hands what pointer, pen, touch and keys do to gestures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QPainter, QPaintEvent, QPen, QRegion, QResizeEvent, QShowEvent, QTransform
from PySide6.QtWidgets import QWidget

from gesso.documents.edit import Change
from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.documents.painting.edits import SetSelection
from gesso.documents.painting.tiles import Index
from gesso.operations.painting.brush import Brush
from gesso.ui.canvas.aids import Aids
from gesso.ui.canvas.ants import Ants
from gesso.ui.canvas.gestures import Gestures
from gesso.ui.canvas.glide import Glide
from gesso.ui.canvas.hands import Gesture, Hand, hand
from gesso.ui.canvas.input import Input
from gesso.ui.canvas.looking import Looking
from gesso.ui.canvas.marquee import inverse
from gesso.ui.canvas.preview import Preview, Shown
from gesso.ui.canvas.pyramid import Pyramid
from gesso.ui.canvas.ring import LEAST_PX, draw_ring
from gesso.ui.canvas.screen import Screen, around
from gesso.ui.canvas.split import STEPS, SplitHandle
from gesso.ui.canvas.turn import Turn
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.values import Box, Size, Trouble

if TYPE_CHECKING:
    from gesso.operations.painting.proof import Sight  # which loads a colour library

PAINT_S = 0.010
"""Time that one drawing of the view may spend on new tiles."""
BUILD_S = 0.006
"""Time between two looks at the pointer while tiles are built."""


class CanvasView(Input, Looking, Gestures, QWidget):
    """One painting, or none. Zoom 1 is one pixel of the picture on one pixel of the screen."""

    zoom_changed = Signal(float)
    pointed = Signal(QPointF)
    """Where in the picture the pointer is."""
    gesture_finished = Signal()
    refused = Signal(object)
    """A `Trouble`: why a gesture did nothing."""
    split_changed = Signal(float)
    tool_changed = Signal(str)
    opacity_typed = Signal(int)
    """Percent, by one or two digits."""
    turned = Signal(float, bool)
    """Another angle, or mirrored or not any more."""

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self.pane = Screen()
        self.turn = Turn()
        self._history: History[Painting] | None = None
        self._stop_watching: Callable[[], None] = lambda: None
        self._hand = hand("hand")
        self._brush = Brush()
        self._preview: Preview | None = None
        self._sight: Sight | None = None
        self._seen_as: Callable[[Painting], Painting] | None = None
        self._gesture: Gesture | None = None
        self._beside: Gesture | None = None
        """Panning and turning go on beside a gesture that stays."""
        self._stays = False
        self._is_fitted = True
        self._hover: QPointF | None = None
        self._is_committing = False
        self._begin_input()
        self._ants = Ants(self)
        self._ants.moved.connect(self._march)
        self._builder = QTimer(self)
        self._builder.setSingleShot(True)
        self._builder.timeout.connect(self._build)
        self._glide = Glide(self)
        self._glide.zoomed.connect(self._zoom_to)
        self.split_handle = SplitHandle(look, speech, self)
        self.split_handle.dragged.connect(self._drag_split)
        self.split_handle.valueChanged.connect(lambda value: self._set_split(value / STEPS))
        self.split_handle.setValue(STEPS // 2)
        self.aids = Aids(self, look, speech)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setTabletTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.grabGesture(Qt.GestureType.PinchGesture)
        self.setMinimumSize(120, 90)
        self._say_name(speech)
        look.tell(self, self._dress)

    def _say_name(self, speech: Speech) -> None:
        speech.tell(self, lambda: self.setAccessibleName(speech.say("Canvas")))
        speech.tell(
            self,
            lambda: self.setAccessibleDescription(
                speech.say(
                    "The painting. Arrow keys move it, + and - zoom, digits set the opacity of the brush or the layer."
                )
            ),
        )

    def _dress(self) -> None:
        self.pane.ground, self.pane.is_dark = self._look.colour("canvas"), self._look.is_dark
        self.pane.spoil()
        self.update()

    # --- what is shown -------------------------------------------------------------------------------------------

    @property
    def history(self) -> History[Painting] | None:
        return self._history

    @property
    def painting(self) -> Painting | None:
        return self._history.document if self._history else None

    def show_document(self, history: History[Painting] | None) -> None:
        """Show another document, whole; or none."""
        self.cancel_gesture()
        self._stop_watching()
        self._stop_watching = lambda: None
        self._history = history
        self.preview, self._seen_as = None, None
        if history is not None:
            stop = history.watch(self._changed)
            self.destroyed.connect(stop)

            def stop_watching() -> None:
                self.destroyed.disconnect(stop)
                stop()

            self._stop_watching = stop_watching
        self._renew()

    def _renew(self) -> None:
        painting, screen = self.painting, self.pane
        screen.pyramid = self._pyramid_of(painting) if painting else None
        screen.camera.size = painting.size if painting else Size(0, 0)
        screen.spoil()
        self._show_edge()
        self.angle, self.is_mirrored, self._is_fitted = 0.0, False, True
        self.aids.stand()
        self._fit()
        self.aids.follow()
        self._set_cursor()
        self.update()

    def _pyramid_of(self, painting: Painting) -> Pyramid:
        found = Pyramid(painting, self.sight)
        found.seen_as = self._seen_as
        return found

    def see_as(self, look: Callable[[Painting], Painting] | None) -> None:
        """Show something in place of the painting, such as one of its masks; None for itself."""
        self._seen_as = look
        if self.pane.pyramid is not None and self.painting is not None:
            self.pane.pyramid.seen_as = look
            self.spoil(self.painting.size.box)
            self._show_edge()

    def _show_edge(self) -> None:
        """Of the selection; the quick mask shows it in red instead."""
        painting = self.painting
        if self._ants.show(painting.selection if painting is not None and not painting.is_quick else None):
            self.update()

    def _changed(self, change: Change) -> None:
        painting, pyramid = self.painting, self.pane.pyramid
        if painting is None or pyramid is None:
            return
        # A guide that was put down does not disturb a transform.
        ends = self._gesture is not None and not self._is_committing and change != Change()
        if ends and not self._gesture.outlives(painting):
            self.cancel_gesture()
        self.aids.follow()
        if painting.size != pyramid.size:
            self._renew()
            return
        if self._seen_as is not None and change.structure:
            self.spoil(painting.size.box)
        elif change.box is not None:
            self.spoil(change.box)
        self._show_edge()

    def spoil(self, box: Box) -> None:
        """This part of the painting looks different now."""
        if box.is_empty or self.pane.pyramid is None:
            return
        self._draw_again(self.pane.pyramid.spoil(box))

    def _draw_again(self, box: Box) -> None:
        place = self.pane.place(box)
        self.pane.spoil(place)
        self._update(QRectF(place))

    def show_live(self, layer: str, tiles: Mapping[Index, NDArray[Any]]) -> None:
        """Let tiles stand in for a layer's own; none, with an empty name."""
        if self.pane.pyramid is not None:
            self.pane.pyramid.live = {layer: tiles} if layer else {}

    @property
    def sight(self) -> Sight | None:
        """What the screen, or a soft proof, makes of the painting's colours."""
        return self._sight

    @sight.setter
    def sight(self, sight: Sight | None) -> None:
        self._sight = sight
        if self.painting is not None:
            live = self.pane.pyramid.live if self.pane.pyramid is not None else {}
            self.pane.pyramid = self._pyramid_of(self.painting)
            self.pane.pyramid.live = live
            self.pane.shown = Shown(self.preview, sight) if self.preview is not None else None
            self.pane.spoil()
            self.update()

    @property
    def preview(self) -> Preview | None:
        """What is shown instead of the painting, right of the split line."""
        return self._preview

    @preview.setter
    def preview(self, preview: Preview | None) -> None:
        if preview is self._preview:
            return
        boxes = [p.box for p in (self._preview, preview) if p is not None]
        self._preview = preview
        self.pane.shown = Shown(preview, self.sight) if preview is not None else None
        for box in boxes:
            self._draw_again(box)
        self._stand_handle()

    @property
    def split(self) -> float:
        """Where the line stands, in 0-1 of the picture's width."""
        return self.pane.split

    @split.setter
    def split(self, split: float) -> None:
        self._set_split(min(1.0, max(0.0, split)))

    def _set_split(self, split: float) -> None:
        screen = self.pane
        if split == screen.split:
            return
        old, screen.split = screen.split_x(), split
        left, right = sorted((old, screen.split_x()))
        strip = QRect(int(left) - 1, 0, int(right - left) + 3, screen.image.height())
        screen.spoil(strip)
        self._update(QRectF(strip))
        self._stand_handle()
        self.split_changed.emit(split)

    def _drag_split(self, x: float) -> None:
        picture = self.pane.camera.picture
        if picture.width() > 0:
            at = self.turn.to_sheet(QPointF(x * self._ratio, 0)).x()
            self.split = (at - picture.left()) / picture.width()

    def _stand_handle(self) -> None:
        handle = self.split_handle
        handle.blockSignals(True)
        handle.setValue(round(self.split * STEPS))
        handle.blockSignals(False)
        handle.stand(self.turn.to_view(QPointF(self.pane.split_x(), 0)).x() / self._ratio, self.height())
        # Its line is upright; over a picture that lies at an angle it would tell a lie.
        handle.setVisible(self._preview is not None and self._history is not None and self.turn.angle == 0)

    # --- tools ---------------------------------------------------------------------------------------------------

    @property
    def hand(self) -> Hand:
        """What a touch is made of now."""
        return self._hand

    @property
    def tool(self) -> str:
        """The id of one of `HANDS`."""
        return self._hand.id

    @tool.setter
    def tool(self, tool: str) -> None:
        chosen = hand(tool)
        if chosen is self._hand:
            return
        self.finish_gesture()
        self._hand = chosen
        self._set_cursor()
        self._update_ring()
        self.tool_changed.emit(tool)

    @property
    def brush(self) -> Brush:
        """What the brush and the eraser tool paint with; the tool says which it is."""
        return self._brush

    @brush.setter
    def brush(self, brush: Brush) -> None:
        self._update_ring()
        self._brush = brush
        self._update_ring()

    def deselect(self) -> None:
        """Select everything again."""
        if self.painting is not None and self.painting.selection is not None:
            self._apply(mark("Deselect"), SetSelection(None))

    def invert_selection(self) -> None:
        """Select what was not."""
        painting = self.painting
        if painting is not None and painting.selection is not None:
            self._apply(mark("Invert selection"), SetSelection(inverse(painting.selection, painting.size)))

    def _apply(self, title: str, edit: SetSelection) -> None:
        assert self._history is not None
        self.cancel_gesture()
        try:
            self._history.apply(title, edit)
        except Trouble as trouble:
            self.refused.emit(trouble)

    def _set_cursor(self) -> None:
        shape = Qt.CursorShape
        said = (self._beside or self._gesture).cursor() if self._beside or self._gesture else None
        if self._history is None:
            cursor = shape.ArrowCursor
        elif said is not None:
            cursor = said
        elif self.wants_to_pan:
            cursor = shape.OpenHandCursor
        elif self.aids.cursor is not None:
            cursor = self.aids.cursor
        elif self._shows_ring and self._ring_px > LEAST_PX:
            cursor = shape.BlankCursor
        else:
            cursor = self._hand.cursor
        self.setCursor(cursor)

    # --- drawing -------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._measure()
        if self._is_fitted:
            self._fit()
        self._stand_handle()
        self.aids.stand()

    def showEvent(self, event: QShowEvent) -> None:
        self._ants.set_seen(True)
        self.update()

    def hideEvent(self, event: QHideEvent) -> None:
        self._ants.set_seen(False)
        self._builder.stop()
        self._glide.stop()
        self.cancel_gesture()

    def paintEvent(self, event: QPaintEvent) -> None:
        screen, ratio = self.pane, self._ratio
        if ratio != screen.ratio:
            self._measure()
        region = QRegion()
        for rect in event.region():
            far = QPointF(rect.right() + 1, rect.bottom() + 1)
            region += around(
                self.turn.behind(QRectF(QPointF(rect.topLeft()) * ratio, far * ratio)).adjusted(-1, -1, 1, 1)
            )
        if not screen.refresh(region, PAINT_S) and not self._builder.isActive():
            self._builder.start(0)
        painter = QPainter(self)
        painter.save()
        if self.turn.is_straight:
            screen.image.setDevicePixelRatio(ratio)
            painter.drawImage(QPointF(0, 0), screen.image)
            screen.image.setDevicePixelRatio(1.0)
            painter.scale(1 / ratio, 1 / ratio)
        else:
            painter.scale(1 / ratio, 1 / ratio)
            painter.setTransform(self.turn.transform, True)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.turn.angle % 90 != 0)
            painter.drawImage(QPointF(0, 0), screen.image)
        painter.save()
        painter.setTransform(self._carried, True)
        self._ants.draw(painter, screen.camera, ratio)
        painter.restore()
        if self._gesture is not None:
            self._gesture.draw(painter, screen.camera, ratio)
        painter.restore()
        self.aids.draw(painter)
        painter.scale(1 / ratio, 1 / ratio)
        if self._hover is not None and self._shows_ring and self._ring_px > LEAST_PX:
            draw_ring(painter, self._hover * ratio, self._ring_px, ratio)
        if self.shows_focus:
            painter.setPen(QPen(self._look.colour("accent"), 2 * ratio))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(
                QRectF(0, 0, self.turn.view.width, self.turn.view.height).adjusted(ratio, ratio, -ratio, -ratio)
            )

    def _build(self) -> None:
        """A slice of the tiles that are seen and not ready."""
        finished, done = self.pane.build(BUILD_S)
        for rect in finished:
            self._update(QRectF(rect))
        if not done and self.isVisible():
            self._builder.start(0)

    def _march(self) -> None:
        self._update(self._carried.mapRect(self._ants.seen(self.pane.camera)))

    @property
    def _carried(self) -> QTransform:
        """Where a gesture takes the edge of the selection along."""
        found = self._gesture.carries(self.pane.camera) if self._gesture is not None else None
        return found if found is not None else QTransform()

    def _update(self, device: QRectF) -> None:
        """A part of the sheet is to be shown anew."""
        ratio, device = self._ratio, self.turn.seen(device)
        self.update(around(QRectF(device.topLeft() / ratio, device.size() / ratio)).intersected(self.rect()))

    # --- the ring around the brush -------------------------------------------------------------------------------

    @property
    def _shows_ring(self) -> bool:
        return self._hand.has_ring and self._history is not None and not self.wants_to_pan

    @property
    def _ring_px(self) -> float:
        """Its radius, in device pixels."""
        return self._brush.size_px / 2 * self.zoom

    def point_at(self, at: QPointF | None) -> None:
        """The pointer hovers here, or nowhere."""
        self._update_ring()
        self._hover = at
        self._update_ring()
        self.aids.point_rulers(at)
        if at is not None and self._history is not None:
            self.pointed.emit(self.to_image(at))

    def _update_ring(self) -> None:
        if self._hover is not None:
            reach = self._ring_px / self._ratio + 3
            at = self._hover
            self.update(around(QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)))
