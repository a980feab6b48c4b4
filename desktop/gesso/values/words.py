"""Words of the interface in the artist's language."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

LANGUAGES = {"en": "English", "zh_CN": "简体中文"}


@dataclass(frozen=True)
class Words:
    """English templates and what they are in another language."""

    language: str = "en"
    catalogue: Mapping[str, str] = field(default_factory=dict)

    def say(self, template: str, /, **values: object) -> str:
        """The template in this language, its places filled; English when there is no translation.

        A `Note` in a place is said in this language, too.
        """
        text = self.catalogue.get(template, template)
        if not values:
            return text
        spoken = {
            name: value.sentence(self.say) if isinstance(value, Note) else value for name, value in values.items()
        }
        return text.format(**spoken)

    @classmethod
    def load(cls, language: str, folder: Path) -> Words:
        """From `folder/<language>/*.json`, flat maps from English to the language; English needs none."""
        if language not in LANGUAGES:
            raise ValueError(f"unknown language {language!r}")
        catalogue: dict[str, str] = {}
        for file in sorted((folder / language).glob("*.json")):
            catalogue.update(json.loads(file.read_text(encoding="utf-8")))
        return cls(language, catalogue)


def language_of(locale: str) -> str:
    """`zh_CN` for a Chinese locale such as `zh_CN.UTF-8`, otherwise `en`."""
    return "zh_CN" if locale.lower().startswith("zh") else "en"


def mark(template: str) -> str:
    """The template itself: says to whoever collects texts that it will be seen, though it is spoken elsewhere."""
    return template


@dataclass(frozen=True)
class Note:
    """Something worth knowing that is no trouble: an English template and the values for its places."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, say: Callable[..., str]) -> str:
        """In the language of `say` (see `Words.say`)."""
        return say(self.template, **self.values)

    def __str__(self) -> str:
        return self.sentence(Words().say)
