"""What the shell takes from the artist's settings: the language of its words and the device models run on."""

from __future__ import annotations

import locale
import os
from dataclasses import dataclass
from pathlib import Path

from gesso.documents.painting import Credit
from gesso.files.settings import Settings
from gesso.files.xmp import credited
from gesso.values import Words
from gesso.values.paths import resources, user_data
from gesso.values.words import LANGUAGES, language_of

DEVICES = ("auto", "cpu", "cuda", "coreml", "directml")


def _settings() -> Settings:
    return Settings.load(user_data() / "settings.json")


def language(asked: str | None = None) -> str:
    """As asked, else as set in the window, else as the system says."""
    for wanted in (asked, _settings().language):
        if wanted in LANGUAGES:
            return wanted
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(name):
            return language_of(os.environ[name])
    system = locale.getlocale()[0] or ""
    return "zh_CN" if system.startswith("Chinese") else language_of(system)  # Windows spells it out


def words(asked: str | None = None) -> Words:
    return Words.load(language(asked), resources() / "translations")


@dataclass(frozen=True)
class Naming:
    """Whom results name."""

    asked: Credit
    usual: Credit

    def of(self, found: Credit) -> Credit:
        """As asked, else as their picture says, else as usual."""
        return self.asked.or_else(found).or_else(self.usual)


def naming(author: str | None, rights: str | None, title: str | None) -> Naming:
    """As asked; what is set in the window is usual, unless something else was asked for, were it nobody."""
    is_asked = author is not None or rights is not None
    kept = Settings(Path()) if is_asked else _settings()
    return Naming(credited(author, rights, title), credited(kept.author, kept.rights))


def device(asked: str | None = None) -> str:
    """As asked, else as set in the window, else the best that there is."""
    wanted = asked or _settings().device
    return wanted if wanted in DEVICES else "auto"
