"""How the window looks: neutral greys, one accent, icons in the colour of the text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QByteArray, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontInfo, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from gesso.ui.style import mixtures, sheet
from gesso.ui.widgets.telling import tell
from gesso.values.paths import resources

THEMES = ("dark", "light", "contrast", "system")
OF_THE_SYSTEM = ("contrast", "system")
"""Themes that are dark or light as the system is."""
DARK = {
    "window": "#2a2a2a",
    "panel": "#313131",
    "raised": "#3d3d3d",
    "line": "#505050",
    "text": "#efefef",
    "muted": "#bcbcbc",
    "accent": "#dda94b",
    "accent_text": "#1c1c1c",
    "warn": "#ff9a7d",
    "good": "#94cf94",
    "canvas": "#454545",
}
"""Greys without a cast, so that a picture's colours are judged against nothing; ochre, vermilion and sap green."""
LIGHT = {
    "window": "#e6e6e6",
    "panel": "#f1f1f1",
    "raised": "#ffffff",
    "line": "#b9b9b9",
    "text": "#1c1c1c",
    "muted": "#545454",
    "accent": "#875600",
    "accent_text": "#ffffff",
    "warn": "#a93216",
    "good": "#2c662c",
    "canvas": "#a3a3a3",
}
CONTRAST_DARK = {
    "window": "#000000",
    "panel": "#000000",
    "raised": "#1c1c1c",
    "line": "#a6a6a6",
    "text": "#ffffff",
    "muted": "#e2e2e2",
    "accent": "#ffcf5a",
    "accent_text": "#000000",
    "warn": "#ffb8a3",
    "good": "#a9eda9",
    "canvas": "#2b2b2b",
}
CONTRAST_LIGHT = {
    "window": "#ffffff",
    "panel": "#ffffff",
    "raised": "#ffffff",
    "line": "#4c4c4c",
    "text": "#000000",
    "muted": "#303030",
    "accent": "#5c3900",
    "accent_text": "#ffffff",
    "warn": "#7a1a06",
    "good": "#0e470e",
    "canvas": "#bdbdbd",
}
"""Every text at least 7 to 1 on every ground that it stands on (WCAG 2, AAA)."""
CHINESE = (
    "PingFang SC", "Microsoft YaHei UI", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC",
    "WenQuanYi Micro Hei",
)  # fmt: skip
"""Families asked for signs that the system's own font lacks, the first that is there."""


class Look(QObject):
    """Theme, colours and icons; everyone who draws asks here."""

    changed = Signal()

    def __init__(self, theme: str = "dark", folder: Path | None = None, parent: QObject | None = None) -> None:
        """`folder` holds the icons; without it, Gesso's own."""
        super().__init__(parent)
        self._folder = folder or resources() / "icons"
        self._sources: dict[str, bytes] = {}
        self._icons: dict[tuple[str, int, str], QIcon] = {}
        self._app: QApplication | None = None
        self._font: QFont | None = None
        self._theme = _known(theme)
        self._was_dark = self.is_dark
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)

    # --- theme ---------------------------------------------------------------------------------------------------

    @property
    def theme(self) -> str:
        """`dark`, `light`, `contrast` or `system`; the last two are dark or light as the system is."""
        return self._theme

    @theme.setter
    def theme(self, theme: str) -> None:
        if _known(theme) != self._theme:
            self._theme = theme
            self._show()

    @property
    def is_dark(self) -> bool:
        """A system that does not say gets the dark one: it leaves the picture the brightest thing."""
        if self._theme in OF_THE_SYSTEM:
            return QGuiApplication.styleHints().colorScheme() != Qt.ColorScheme.Light
        return self._theme == "dark"

    def colour(self, name: str) -> QColor:
        """By role; raises KeyError for a role that is not in the table."""
        return QColor(self._table[name])

    @property
    def is_contrast(self) -> bool:
        """Whether texts and lines are as strong as can be."""
        return self._theme == "contrast"

    @property
    def _table(self) -> dict[str, str]:
        if self.is_contrast:
            return CONTRAST_DARK if self.is_dark else CONTRAST_LIGHT
        return DARK if self.is_dark else LIGHT

    def apply(self, app: QApplication) -> None:
        """Dress the application, now and at every change."""
        if self._font is None:
            self._font = app.font()
        self._app = app
        app.setStyle("Fusion")
        self._dress()

    def tell(self, owner: QObject, put: Callable[[], None]) -> None:
        """Call `put` now, and again at every change of the look while `owner` lives."""
        tell(self.changed, owner, put)

    def _system_changed(self) -> None:
        if self._theme in OF_THE_SYSTEM and self.is_dark != self._was_dark:
            self._show()

    def _show(self) -> None:
        self._dress()
        self._was_dark = self.is_dark
        self.changed.emit()

    def _dress(self) -> None:
        if self._app is None:
            return
        hints = QGuiApplication.styleHints()
        if self._theme in OF_THE_SYSTEM:
            hints.unsetColorScheme()
        else:  # so that the system's own frame and dialogues go along
            hints.setColorScheme(Qt.ColorScheme.Dark if self.is_dark else Qt.ColorScheme.Light)
        self._app.setFont(self.font())
        self._app.setPalette(self._palette())
        self._app.setStyleSheet(sheet(self._table, self.is_dark, self._folder, self.is_contrast))

    def font(self) -> QFont:
        """The system's own, with Chinese signs from whatever family has them."""
        font = QFont(self._font or QGuiApplication.font())
        # An alias such as "Sans Serif" is no family: Qt would pass over it to the first Chinese one.
        own = QFontInfo(font).family()
        font.setFamilies([own, *(family for family in CHINESE if family != own)])
        return font

    def _palette(self) -> QPalette:
        colour, role = self.colour, QPalette.ColorRole
        palette = QPalette()
        for name, roles in {
            "window": (role.Window, role.AlternateBase),
            "panel": (role.Base,),
            "raised": (role.Button, role.ToolTipBase),
            "line": (role.Mid, role.Dark),
            "text": (role.WindowText, role.Text, role.ButtonText, role.ToolTipText, role.BrightText),
            "muted": (role.PlaceholderText,),
            "accent": (role.Highlight, role.Link, role.LinkVisited, role.Accent),
            "accent_text": (role.HighlightedText,),
        }.items():
            for one in roles:
                palette.setColor(one, colour(name))
        for one in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, one, self.faint)
        return palette

    @property
    def faint(self) -> QColor:
        """Text and icons of what cannot be used now: halfway into the panel, less far for high contrast."""
        return QColor(mixtures(self._table, self.is_contrast)["faint"])

    # --- icons ---------------------------------------------------------------------------------------------------

    def icon(self, name: str, size: int = 20, ink: str = "text") -> QIcon:
        """`resources/icons/<name>.svg` in the colour of the text or another, sharp on screens of any density."""
        colour = self.colour(ink)
        key = (name, size, colour.name() + self.faint.name())
        if key not in self._icons:
            icon = QIcon()
            for density in (1, 2, 3):
                drawn = self.pixmap(name, size, colour, density)
                icon.addPixmap(drawn, QIcon.Mode.Normal)
                icon.addPixmap(drawn, QIcon.Mode.Selected)
                icon.addPixmap(self.pixmap(name, size, self.faint, density), QIcon.Mode.Disabled)
            self._icons[key] = icon
        return self._icons[key]

    def pixmap(self, name: str, size: int, colour: QColor | None = None, density: float = 1.0) -> QPixmap:
        """An icon's picture, `size` wide on the screen, `density` pixels to each of its units."""
        from PySide6.QtSvg import QSvgRenderer

        if name not in self._sources:
            self._sources[name] = (self._folder / f"{name}.svg").read_bytes()
        tint = (colour or self.colour("text")).name().encode()
        drawn = QSvgRenderer(QByteArray(self._sources[name].replace(b"currentColor", tint)))
        found = QPixmap(round(size * density), round(size * density))
        found.fill(Qt.GlobalColor.transparent)
        painter = QPainter(found)
        drawn.render(painter)
        painter.end()
        found.setDevicePixelRatio(density)
        return found

    @property
    def app_icon(self) -> QIcon:
        """Gesso's own, in colour, from the task bar to the about box."""
        icon = QIcon()
        for size in (16, 24, 32, 48, 64, 128, 256):
            icon.addPixmap(self.pixmap("gesso", size))
        return icon


def _known(theme: str) -> str:
    if theme not in THEMES:
        raise ValueError(f"unknown theme {theme!r}")
    return theme
