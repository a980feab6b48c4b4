"""Language, theme and the size of everything."""

from __future__ import annotations

from PySide6.QtCore import QSize

from gesso.files.settings import Settings
from gesso.ui.look import THEMES, Look
from gesso.ui.preferences.page import Page
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import label
from gesso.values.words import LANGUAGES

THEME_TITLES = {
    "dark": mark("Dark"),
    "light": mark("Light"),
    "contrast": mark("High contrast"),
    "system": mark("As the system"),
}
SCALES = (80, 90, 100, 110, 125, 150, 175, 200)
LEAST = QSize(960, 600)
"""What the main window needs at 100 %."""


class AppearancePage(Page):
    """Language and theme change at once; the size with the next start."""

    id, title = "appearance", mark("Appearance")

    def __init__(self, settings: Settings, look: Look, speech: Speech) -> None:
        self.look = look
        super().__init__(settings, speech)

    def build(self) -> None:
        self.language = self.choice(LANGUAGES, self.speech.language, translated=False)
        self.theme = self.choice({theme: THEME_TITLES[theme] for theme in THEMES}, self.look.theme)
        self.scale = self.choice({str(scale): f"{scale} %" for scale in SCALES}, str(self.settings.ui_scale), False)
        self.row(mark("Language"), self.language, keywords=("Sprache", "语言", "chinese english"))
        self.row(
            mark("Theme"),
            self.theme,
            about=mark("High contrast is dark or light as the system is, with stronger texts, lines and focus."),
            keywords=("colours", "night", "accessibility", "高对比度"),
        )
        self.row(
            mark("Size of everything"),
            self.scale,
            about=mark("Counts from the next start of Gesso."),
            keywords=("ui scale", "zoom", "font size", "hidpi", "缩放", "字体大小"),
        )
        self.room = label(self.speech, "", "warn")
        self.room.setContentsMargins(8, 0, 8, 0)
        self.column.addWidget(self.room)
        self.language.activated.connect(lambda _: self._set_language(self.language.currentData()))
        self.theme.activated.connect(lambda _: self._set_theme(self.theme.currentData()))
        self.scale.activated.connect(lambda _: self._set_scale(int(self.scale.currentData())))
        self.speech.tell(self, self._tell_room)

    def _set_language(self, code: str) -> None:
        self.keep("language", code)
        self.speech.set_language(code)

    def _set_theme(self, theme: str) -> None:
        self.keep("theme", theme)
        self.look.theme = theme

    def _set_scale(self, percent: int) -> None:
        self.keep("ui_scale", percent)
        self._tell_room()

    def _tell_room(self) -> None:
        """A screen may be too small for the window at the size that was chosen."""
        percent = self.settings.ui_scale
        screen = self.screen()
        real = screen.size() * screen.devicePixelRatio() if screen is not None else LEAST
        needs = LEAST * (percent / 100)
        is_small = real.width() < needs.width() or real.height() < needs.height()
        self.room.setVisible(is_small)
        self.room.setText(
            self.speech.say(
                "At {percent} % the window needs a screen of {width} × {height} pixels, and this one is smaller.",
                percent=percent,
                width=needs.width(),
                height=needs.height(),
            )
            if is_small
            else ""
        )
