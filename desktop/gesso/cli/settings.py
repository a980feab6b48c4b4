"""What the shell takes from the artist's settings: the language of its words and the device models run on."""

from __future__ import annotations

import locale
import os

from gesso.files.settings import Settings
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


def device(asked: str | None = None) -> str:
    """As asked, else as set in the window, else the best that there is."""
    wanted = asked or _settings().device
    return wanted if wanted in DEVICES else "auto"
