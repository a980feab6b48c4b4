"""Pictures to choose from: cards with a small picture, a title and a line below, in rows that fit the width."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QEnterEvent,
    QFontMetrics,
    QImage,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from gesso.ui.look import Look

PICTURE = QSize(208, 138)
CARD = QSize(208, 192)
GAP = 16
_RADIUS = 6


class Card(QAbstractButton):
    """A picture to click, or to reach with the Tab key."""

    def __init__(self, look: Look, icon: str = "picture", parent: QWidget | None = None) -> None:
        """`icon` stands there until the picture is read, and for good when there is none."""
        super().__init__(parent)
        self._look, self._icon = look, icon
        self._picture: QPixmap | None = None
        self._line = ""
        self._is_pale = False
        self.setFixedSize(CARD)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        look.tell(self, self.update)

    def sizeHint(self) -> QSize:
        return CARD

    def set_words(self, title: str, line: str, tooltip: str = "") -> None:
        self.setText(title.replace("&", "&&"))
        self._line = line
        self.setAccessibleName(f"{title}, {line}" if line else title)
        self.setToolTip(tooltip or title)
        self.update()

    @property
    def title(self) -> str:
        return self.text().replace("&&", "&")

    @property
    def line(self) -> str:
        return self._line

    @property
    def has_picture(self) -> bool:
        return self._picture is not None

    def set_picture(self, picture: QImage | None) -> None:
        """None leaves the icon."""
        if picture is not None and not picture.isNull():
            self._picture = QPixmap.fromImage(picture)
            self.update()

    def set_pale(self, is_pale: bool) -> None:
        """What cannot be opened now."""
        self._is_pale = is_pale
        self.update()

    def enterEvent(self, event: QEnterEvent) -> None:
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        look = self._look
        outline = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        shape = QPainterPath()
        shape.addRoundedRect(outline, _RADIUS, _RADIUS)
        painter.fillPath(shape, look.colour("raised" if self.underMouse() or self.isDown() else "panel"))
        place = QRect(1, 1, self.width() - 2, PICTURE.height())
        painter.save()
        painter.setClipPath(shape)
        painter.fillRect(place, look.colour("canvas"))
        painter.setOpacity(0.45 if self._is_pale else 1)
        if self._picture is not None:
            self._draw_cover(painter, place, self._picture)
        else:
            icon = look.pixmap(self._icon, 32, look.colour("text"), self.devicePixelRatioF())
            painter.setOpacity(0.6)
            painter.drawPixmap(place.center().x() - 16, place.center().y() - 16, icon)
        painter.restore()
        words = self.rect().adjusted(12, PICTURE.height() + 7, -12, -6)
        title, line = QRect(words), QRect(words)
        title.setHeight(words.height() // 2)
        line.setTop(title.bottom() + 1)
        self._draw_line(painter, title, self.title, "muted" if self._is_pale else "text", Qt.TextElideMode.ElideMiddle)
        self._draw_line(painter, line, self._line, "muted", Qt.TextElideMode.ElideMiddle)
        painter.setPen(QPen(look.colour("accent"), 2.5) if self.hasFocus() else QPen(look.colour("line"), 1))
        painter.drawPath(shape)

    def _draw_line(self, painter: QPainter, place: QRect, text: str, colour: str, elide: Qt.TextElideMode) -> None:
        painter.setPen(self._look.colour(colour))
        shown = QFontMetrics(self.font()).elidedText(text, elide, place.width())
        painter.drawText(place, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    @staticmethod
    def _draw_cover(painter: QPainter, place: QRect, picture: QPixmap) -> None:
        """The middle of the picture, as much as fills the place."""
        whole = QSize(place.size()).scaled(picture.size(), Qt.AspectRatioMode.KeepAspectRatio)
        part = QRect((picture.width() - whole.width()) // 2, (picture.height() - whole.height()) // 2, 0, 0)
        part.setSize(whole)
        painter.drawPixmap(place, picture, part)


class Shelf(QWidget):
    """Cards in as many columns as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[Card] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def put(self, cards: list[Card]) -> None:
        """Show these cards instead of the ones before."""
        for old in self.cards:
            old.hide()
            old.deleteLater()
        self.cards = cards
        for card in cards:
            card.setParent(self)
            card.show()
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()
        super().resizeEvent(event)

    def _arrange(self) -> None:
        columns = max(1, (self.width() + GAP) // (CARD.width() + GAP))
        for place, card in enumerate(self.cards):
            row, column = divmod(place, columns)
            card.move(column * (CARD.width() + GAP), row * (CARD.height() + GAP))
        rows = -(-len(self.cards) // columns)
        height = rows * (CARD.height() + GAP) - GAP if rows else 0
        if self.height() != height or self.minimumHeight() != height:
            self.setFixedHeight(height)
