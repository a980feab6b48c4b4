"""The hand that writes: a click begins a text or goes into one, a drag makes a box that its lines break in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QTransform,
)
from PySide6.QtWidgets import QApplication

from gesso.documents.history import History
from gesso.documents.painting import Layer, Painting, Text
from gesso.documents.painting.locks import check_unlocked
from gesso.documents.painting.tiles import Index
from gesso.ui.canvas.ants import dashes
from gesso.ui.canvas.camera import Camera
from gesso.ui.canvas.hands.hand import Gesture, Hand, Touch
from gesso.ui.canvas.hands.options import options_of
from gesso.ui.speech import mark
from gesso.ui.text_fonts import units
from gesso.ui.text_letters import apart, letters_of
from gesso.ui.text_pixels import drawn_with, tiles_of
from gesso.ui.text_setting import Setting, transform_of
from gesso.ui.text_step import WritingStep
from gesso.ui.text_typing import Typing
from gesso.values import Trouble

if TYPE_CHECKING:
    from gesso.ui.canvas.view import CanvasView

DRAG_PX = 6
"""A press that moves less far is a click."""
NEAR_PX = 6
"""So far beside its letters a text is still meant."""
BLINK_MS = 530
PAUSE_MS, LATEST_MS = 700, 2500
"""What was typed is kept after a pause of this length, and at the latest after this time; and after each word."""
GRIP_PX = 7
"""So near to the end of a box its measure is taken hold of."""
SELECTED = QColor(64, 132, 214, 90)
BAR = "text-options"
"""The object name of the bar that belongs to this hand."""
Keys = QKeySequence.StandardKey
ITS_OWN = (
    Keys.Undo, Keys.Redo, Keys.Copy, Keys.Cut, Keys.Paste, Keys.SelectAll, Keys.DeleteStartOfWord, Keys.DeleteEndOfWord,
    Keys.MoveToNextWord, Keys.MoveToPreviousWord, Keys.SelectNextWord, Keys.SelectPreviousWord,
    Keys.MoveToStartOfDocument, Keys.MoveToEndOfDocument, Keys.SelectStartOfDocument, Keys.SelectEndOfDocument,
)  # fmt: skip
"""Shortcuts that mean the text while one is written, whatever they mean to the window."""


def text_at(painting: Painting, at: QPointF, near_px: float) -> Layer | None:
    """The topmost text that is seen at a place."""
    hidden: set[str] = set()
    for node, _ in painting.walk():
        if not node.visible or painting.parent_of(node.id).id in hidden:
            hidden.add(node.id)
        elif isinstance(node, Layer) and node.text is not None:
            back, can = transform_of(node.text).inverted()
            near = near_px / max(1e-6, abs(transform_of(node.text).determinant()) ** 0.5)
            frame = Setting(node.text).frame.adjusted(-near, -near, near, near)
            if can and frame.contains(back.map(at)):
                return node
    return None


class Write(Gesture):
    """One session of writing, and one step of the history that grows with it. Only having no letters gives it up."""

    def __init__(self, view: CanvasView, history: History[Painting], touch: Touch) -> None:
        self._view, self._history, self._options = view, history, options_of(view)
        painting = history.document
        layer = text_at(painting, touch.image, NEAR_PX * self._per_px)
        if layer is None and painting.active in painting.nodes:
            for group in painting.ancestors_of(painting.active):
                if group.id != "root":
                    check_unlocked(painting, group.id)
        if layer is not None:
            check_unlocked(painting, layer.id)
        self._step = WritingStep(history, layer)
        self.layer = layer
        """As it is in the painting; none before the first letters are kept."""
        self._pressed: Touch | None = touch
        self._is_new_box = self._is_resizing = False
        self._tiles: dict[Index, NDArray[Any]] = {}
        """What stands in for the layer's own tiles while it is edited."""
        self._caret_is_seen = True
        self._told: tuple[int, int] | None = None
        """The selection that the bar knows of."""
        self._blink = QTimer(view, interval=BLINK_MS)
        self._blink.timeout.connect(self._turn_caret)
        self._blink.start()
        self._pause = QTimer(view, interval=PAUSE_MS, singleShot=True)
        self._latest = QTimer(view, interval=LATEST_MS, singleShot=True)
        for timer in (self._pause, self._latest):
            timer.timeout.connect(self.keep)
        self._is_refused = False
        """Whether keeping failed: it is said once, and tried again at the end."""
        if layer is not None and layer.text is not None:
            self.typing = Typing(layer.text)
            self._point(touch)
        else:
            colour = view.brush.colour
            text = replace(
                self._options[Text], string="", width_px=None, colour=(colour.red, colour.green, colour.blue)
            )
            at = touch.image - Setting(text).anchor
            self.typing = Typing(replace(text, matrix=(1.0, 0.0, 0.0, 1.0, at.x(), at.y())))
        view.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, True)
        view.setFocus(Qt.FocusReason.OtherFocusReason)
        QGuiApplication.inputMethod().reset()
        self._options.tell_live(self)

    @property
    def _per_px(self) -> float:
        """Pixels of the painting below one of the screen."""
        return self._view.devicePixelRatioF() / self._view.zoom

    # --- from the bar --------------------------------------------------------------------------------------------

    @property
    def text(self) -> Text:
        return self.typing.text

    def restyle(self, **parts: Any) -> None:
        """Another style for what is selected; without a selection, for what is written next."""
        self.typing.style(parts)
        self._show()
        self.keep()

    def set_text(self, text: Text) -> None:
        """The same letters set in another way."""
        self.typing.restyle(text)
        self._show()
        self.keep()

    # --- under the pointer ---------------------------------------------------------------------------------------

    def _inside(self, at: QPointF) -> QPointF:
        """A place of the painting, in the text's own pixels."""
        return transform_of(self.text).inverted()[0].map(at)

    def _point(self, touch: Touch, *, marking: bool = False) -> None:
        self.typing.keep_preedit()
        self.typing.go(self.typing.setting.position_at(self._inside(touch.image)), marking=marking)
        self._show_caret()

    def press(self, touch: Touch) -> None:
        near = NEAR_PX * self._per_px * 4
        frame = self.typing.setting.frame.adjusted(-near, -near, near, near)
        self._pressed = touch
        self._is_resizing = self._is_at_end(touch)
        if self._is_resizing:
            return
        if not frame.contains(self._inside(touch.image)):
            # Beside it: this text is done, and the same click begins the next one or goes into another.
            self._view.finish_gesture()
            self._view.begin_gesture(touch)
            return
        self._point(touch, marking=bool(touch.modifiers & Qt.KeyboardModifier.ShiftModifier))

    def to(self, touch: Touch) -> None:
        if self._pressed is None:
            return
        way = touch.device - self._pressed.device
        is_drag = max(abs(way.x()), abs(way.y())) > DRAG_PX * self._view.devicePixelRatioF()
        if self._is_resizing:
            at = self._inside(touch.image)
            self.typing.restyle(replace(self.text, width_px=max(at.y() if self.text.vertical else at.x(), 1.0)))
            self._show()
            return
        if self.layer is None and not self.text.string:
            if is_drag or self._is_new_box:
                self._draw_box(self._pressed.image, touch.image)
        elif is_drag:
            self._point(touch, marking=True)

    def _draw_box(self, start: QPointF, end: QPointF) -> None:
        box = QRectF(start, end).normalized()
        self._is_new_box = True
        is_vertical = self.text.vertical
        measure = max(box.height() if is_vertical else box.width(), 1.0)
        corner = box.topRight() if is_vertical else box.topLeft()
        self.typing.text = replace(
            self.text, width_px=measure, matrix=(1.0, 0.0, 0.0, 1.0, corner.x(), corner.y())
        )  # fmt: skip
        self._view.update()

    def _is_at_end(self, touch: Touch) -> bool:
        """Whether it is over the side of the box that the lines end at."""
        if self.text.width_px is None:
            return False
        frame, at = self.typing.setting.frame, self._inside(touch.image)
        near = GRIP_PX * self._per_px / max(1e-6, abs(transform_of(self.text).determinant()) ** 0.5)
        if self.text.vertical:
            return abs(at.y() - frame.bottom()) < near and frame.left() - near < at.x() < frame.right() + near
        return abs(at.x() - frame.right()) < near and frame.top() - near < at.y() < frame.bottom() + near

    def hover(self, touch: Touch) -> None:
        self._is_resizing = self._is_at_end(touch)

    def lift(self) -> bool:
        self._pressed = None
        if self._is_resizing:
            self.keep()
        return True

    def twice(self, touch: Touch) -> bool:
        self.typing.choose_word(self.typing.setting.position_at(self._inside(touch.image)))
        self._show_caret()
        return True

    def cursor(self) -> Qt.CursorShape:
        if self._is_resizing:
            return Qt.CursorShape.SizeVerCursor if self.text.vertical else Qt.CursorShape.SizeHorCursor
        return Qt.CursorShape.IBeamCursor

    # --- keys and input methods ----------------------------------------------------------------------------------

    def wants(self, event: QKeyEvent) -> bool:
        """Whether a key is for the text rather than for the window."""
        held = event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
        )
        is_end = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and bool(held)
        is_function = Qt.Key.Key_F1 <= event.key() <= Qt.Key.Key_F35
        is_plain = (not held and not is_function) or bool(event.text() and event.text().isprintable())
        return is_plain or is_end or any(event.matches(keys) for keys in ITS_OWN)

    def key(self, event: QKeyEvent) -> bool:
        held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if event.key() == Qt.Key.Key_Escape or (event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and held):
            self._view.finish_gesture()
            return True
        before = self.text
        if not self.typing.key(event):
            return False
        if self.text != before:
            self._show()
            if event.text().isspace():
                self.keep()  # a word is whole
        self._show_caret()
        return True

    def compose(self, event: QInputMethodEvent) -> None:
        """What an input method wrote, and what it is about to write."""
        attributes = [a for a in event.attributes() if a.type == QInputMethodEvent.AttributeType.Cursor]
        preedit = event.preeditString()
        caret = attributes[-1].start if attributes else units(preedit)
        self.typing.compose(
            event.commitString(), preedit, caret, event.replacementStart(), event.replacementLength()
        )  # fmt: skip
        self._show()
        if event.commitString():
            self.keep()

    def query(self, what: Qt.InputMethodQuery) -> Any:
        """What an input method asks; None leaves it to Qt."""
        typing, query = self.typing, Qt.InputMethodQuery
        string = typing.text.string
        if what == query.ImCursorRectangle:
            line = self._on_view(typing.setting.caret(typing.shown_caret).p1())
            other = self._on_view(typing.setting.caret(typing.shown_caret).p2())
            return QRectF(line, other).normalized().adjusted(0, 0, 1, 1)
        answers = {
            query.ImEnabled: True,
            query.ImSurroundingText: string,
            query.ImCursorPosition: typing.caret,
            query.ImAnchorPosition: typing.anchor,
            query.ImCurrentSelection: typing.selection,
        }
        return answers.get(what)

    def _on_view(self, place: QPointF) -> QPointF:
        return self._view.from_image(transform_of(self.text).map(place))

    def ends_with_focus(self, reason: Qt.FocusReason) -> bool:
        """A menu and the text's own bar are no elsewhere."""
        if reason in (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.MenuBarFocusReason):
            return False
        there: QObject | None = QApplication.focusWidget()
        while there is not None and there.objectName() != BAR:
            there = there.parent()
        return there is None

    def outlives(self, painting: Painting) -> bool:
        """Whether writing goes on after something else was changed in the painting."""
        if self._step.is_keeping:
            return True
        if self.layer is None:
            return painting.size == self._view.pane.camera.size
        there = self._step.layer
        return there is not None and there.text == self.layer.text and there.tiles.size == self.layer.tiles.size

    # --- how it is shown -----------------------------------------------------------------------------------------

    def _turn_caret(self) -> None:
        self._caret_is_seen = not self._caret_is_seen
        self._view.update()

    def _show_caret(self) -> None:
        self._caret_is_seen = True
        self._blink.start()
        if self._told != self.typing.selected:  # the bar shows what letters are like there
            self._told = self.typing.selected
            self._options.tell_live(self)
        QGuiApplication.inputMethod().update(Qt.InputMethodQuery.ImQueryInput)
        self._view.update()

    def _show(self) -> None:
        """The letters as they are now; what is not kept yet will be, after a pause."""
        self._draw_again()
        if not self._is_kept(self.text):
            self._pause.start()
            if not self._latest.isActive():
                self._latest.start()
        self._told = self.typing.selected
        self._options.tell_live(self)
        self._show_caret()

    def _is_kept(self, text: Text) -> bool:
        """Whether the layer says that already, be it in another font because its own is missing."""
        return self.layer is not None and self.layer.text in (text, drawn_with(text))

    def _draw_again(self) -> None:
        """In place of what the layer holds."""
        if self.layer is None:
            return
        shown = self.typing.shown
        if self._is_kept(shown):
            self._show_tiles({})
        else:
            fresh = tiles_of(drawn_with(shown), self._history.document.empty_tiles())
            empty = {index: np.zeros_like(tile) for index, tile in self.layer.tiles.tiles.items()}
            self._show_tiles({**empty, **fresh.tiles})

    def keep(self) -> None:
        """What was written so far is the painting's, and on the disk: a kill takes no more than the next word."""
        self._pause.stop()
        self._latest.stop()
        if self._is_refused or not self.text.string.strip():
            return
        try:
            self._step.keep(self.text)
        except Trouble as trouble:
            self._is_refused = True
            self._view.refused.emit(trouble)
        self.layer = self._step.layer
        self._draw_again()

    def _show_tiles(self, tiles: dict[Index, NDArray[Any]]) -> None:
        """In place of the layer's own; none shows these again."""
        touched = {*self._tiles, *tiles}
        self._tiles = tiles
        self._view.show_live(self._step.id if tiles else "", tiles)
        for index in touched:
            self._view.spoil(self._history.document.empty_tiles().tile_box(index))

    def draw(self, painter: QPainter, camera: Camera, ratio: float) -> None:
        typing, setting = self.typing, self.typing.setting
        placed = transform_of(self.text) * _to_device(camera)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.layer is None:
            letters = letters_of(setting)
            painter.save()
            painter.setClipRect(camera.picture)
            for colour, paths in letters.outlines.items():
                for path in apart(paths, placed):
                    painter.fillPath(path, QColor.fromRgbF(*colour))
            for run, there in letters.pictures:
                painter.save()
                painter.setTransform(there * placed, True)
                painter.drawGlyphRun(QPointF(0, 0), run)
                painter.restore()
            painter.restore()
        start, end = typing.selected
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(SELECTED)
        for rect in setting.marked(start, end) if not typing.preedit else ():
            painter.drawPolygon(placed.map(QPolygonF(rect)))
        if typing.preedit:
            painter.setPen(QPen(QColor(0, 0, 0), 1.5 * ratio))
            for rect in setting.marked(typing.caret, typing.caret + units(typing.preedit)):
                foot = rect.topLeft() if self.text.vertical else rect.bottomRight()
                painter.drawLine(placed.map(rect.bottomLeft()), placed.map(foot))
        painter.restore()
        if self.text.width_px is not None:
            path = QPainterPath()
            path.addPolygon(placed.map(QPolygonF(setting.frame)))
            path.closeSubpath()
            dashes(painter, path, ratio, 0)
        if self._caret_is_seen:
            caret = setting.caret(typing.shown_caret)
            foot, head = placed.map(caret.p2()), placed.map(caret.p1())
            for colour, wide in ((QColor(255, 255, 255, 200), 3.0), (QColor(0, 0, 0), 1.25)):
                painter.setPen(QPen(colour, wide * ratio, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
                painter.drawLine(foot, head)

    # --- the end -------------------------------------------------------------------------------------------------

    def _leave(self) -> None:
        for timer in (self._blink, self._pause, self._latest):
            timer.stop()
            timer.deleteLater()
        self._view.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._options.tell_live(None)
        if self.layer is not None:
            self._show_tiles({})
        self._view.update()

    def end(self) -> None:
        if self.typing.preedit:
            QGuiApplication.inputMethod().commit()
        self.typing.keep_preedit()
        try:
            self._step.finish(self.text)
        finally:
            self._leave()

    def cancel(self) -> None:
        """What was written is kept, as soon as the painting can be changed; unless it was just undone."""
        self.typing.keep_preedit()
        self._leave()
        if not self._step.was_undone:
            QTimer.singleShot(0, self._finish_late)

    def _finish_late(self) -> None:
        try:
            self._step.finish(self.text)
        except Trouble as trouble:
            self._view.refused.emit(trouble)


def _to_device(camera: Camera) -> QTransform:
    left, top = camera.origin
    across, down = camera.scale
    return QTransform(across, 0, 0, down, left, top)


TEXT = Hand(
    "text", mark("Text"), "text", "T", "shape", Write, "text", cursor=Qt.CursorShape.IBeamCursor,
    keywords="type write letters font words caption lettering",
)  # fmt: skip
