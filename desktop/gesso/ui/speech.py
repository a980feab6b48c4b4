"""The window's words: one language at a time, changed while it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from gesso.ui.widgets.telling import tell
from gesso.values import Words
from gesso.values.paths import resources


def mark(template: str) -> str:
    """Says to whoever collects translations that this template is shown later; it comes back as it is."""
    return template


class Speech(QObject):
    """Says templates in the artist's language and tells every text when that changes."""

    changed = Signal()

    def __init__(self, language: str = "en", folder: Path | None = None, parent: QObject | None = None) -> None:
        """`folder` holds `<language>/*.json`; without it, Gesso's own translations."""
        super().__init__(parent)
        self._folder = folder or resources() / "translations"
        self._loaded: dict[str, Words] = {}
        self._words = self.words_of(language)

    @property
    def language(self) -> str:
        return self._words.language

    def set_language(self, code: str) -> None:
        """Raises ValueError for a language that is not in `LANGUAGES`."""
        words = self.words_of(code)
        if words is not self._words:
            self._words = words
            self.changed.emit()

    def say(self, template: str, /, **values: object) -> str:
        """The template in the language shown, its places filled."""
        return self._words.say(template, **values)

    def words_of(self, language: str) -> Words:
        """The catalogue of any language, shown or not: search looks into both."""
        if language not in self._loaded:
            self._loaded[language] = Words.load(language, self._folder)
        return self._loaded[language]

    def tell(self, owner: QObject, put: Callable[[], None]) -> None:
        """Call `put` now, and again at every change of language while `owner` lives."""
        tell(self.changed, owner, put)
