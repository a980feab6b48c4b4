"""Pictures that a package brings along: its styles or samples as a contact sheet, and how its training went."""

from __future__ import annotations

import json

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gesso.engine import Package, explanations
from gesso.ui.look import Look
from gesso.ui.models.parts import plain
from gesso.ui.speech import Speech
from gesso.ui.widgets.flow import Flow

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
TILE = QSize(92, 92)
WIDEST_PX = 620
LARGEST_PX = 6000
"""A picture of a package that is wider or higher is left out: it would take the window's time."""


def pictures_in(package: Package) -> list[str]:
    """Their names, but for curves and for what explains."""
    shown = {one.asset for one in explanations(package)}
    return sorted(
        name for name in package.files if name.endswith(SUFFIXES) and "curve" not in name and name not in shown
    )


def sheet_of(package: Package, look: Look, speech: Speech) -> QWidget | None:
    """Each picture with its name; those that hold many are `sheets_of`."""
    titles, found = _titles(package, speech.language), Flow(gap_px=8)
    is_empty = True
    for name in pictures_in(package):
        image = read(package.files[name]) if "sheet" not in name else None
        if image is None:
            continue
        title = titles.get(name, name.rpartition("/")[2].partition(".")[0].replace("-", " "))
        found.add(_tile(image, title, found.devicePixelRatioF()))
        is_empty = False
    if is_empty:
        found.deleteLater()
        return None
    return found


def sheets_of(package: Package, speech: Speech) -> list[QWidget]:
    """Pictures that hold many, wide enough to be looked at."""
    found: list[QWidget] = []
    for name in pictures_in(package):
        if "sheet" in name and (image := read(package.files[name])) is not None:
            found.append(Wide(image, speech.say("Contact sheet")))
    return found


def curves_of(package: Package, speech: Speech) -> list[QWidget]:
    """How the training went, if the package has a picture of it."""
    found: list[QWidget] = []
    for name in sorted(package.files):
        if name.endswith(SUFFIXES) and "curve" in name and (image := read(package.files[name])) is not None:
            found.append(Wide(image, speech.say("The learning curve")))
    return found


class Wide(QWidget):
    """A picture as wide as the page allows, and never wider than it is."""

    def __init__(self, image: QImage, name: str) -> None:
        super().__init__()
        self._image = image
        self.setAccessibleName(name)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def heightForWidth(self, width: int) -> int:
        return max(1, round(self._shown_px(width) * self._image.height() / self._image.width()))

    def sizeHint(self) -> QSize:
        return QSize(WIDEST_PX, self.heightForWidth(WIDEST_PX))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.heightForWidth(max(80, self.width())))

    def _shown_px(self, width: int) -> int:
        return min(width, WIDEST_PX, self._image.width())

    def paintEvent(self, event: QPaintEvent) -> None:
        size = QSize(self._shown_px(self.width()), self.height())
        QPainter(self).drawPixmap(0, 0, fitted(self._image, size, self.devicePixelRatioF()))


def read(content: bytes) -> QImage | None:
    """None for what is no picture or too large a one."""
    image = QImage.fromData(content)
    return None if image.isNull() or max(image.width(), image.height()) > LARGEST_PX else image


def fitted(image: QImage, size: QSize, density: float) -> QPixmap:
    """As large as fits, never larger than it is."""
    inside = image.size().scaled(size * density, Qt.AspectRatioMode.KeepAspectRatio).boundedTo(image.size())
    made = image.scaled(inside, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    made.setDevicePixelRatio(density)
    return QPixmap.fromImage(made)


def _tile(image: QImage, title: str, density: float) -> QFrame:
    found, picture, words = QFrame(), QLabel(), plain(title, "muted")
    found.setFixedWidth(TILE.width())
    picture.setPixmap(fitted(image, TILE, density))
    picture.setAccessibleName(title)
    picture.setToolTip(title)
    words.setText(words.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, TILE.width()))
    words.setToolTip(title)
    words.setWordWrap(False)
    column = QVBoxLayout(found)
    column.setContentsMargins(0, 0, 0, 4)
    column.setSpacing(2)
    column.addWidget(picture)
    column.addWidget(words)
    return found


def _titles(package: Package, language: str) -> dict[str, str]:
    """By file, of the styles that come with a package."""
    try:
        listed = json.loads(package.files["styles.json"])
        key = "title_zh" if language == "zh_CN" else "title"
        return {f"styles/{one['id']}.jpg": str(one[key]) for one in listed}
    except (KeyError, ValueError, TypeError):
        return {}
