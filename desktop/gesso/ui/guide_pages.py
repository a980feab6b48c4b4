"""The pages of the guide, and what is found in them; a search looks into every language at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from gesso.ui.guide_markup import headings, sections
from gesso.values.paths import resources
from gesso.values.words import LANGUAGES

PAGES = (
    "first-steps", "painting", "layers", "selecting", "suggestions", "files", "models", "shortcuts", "shell",
)  # fmt: skip
"""File names without `.md`, in the order of the contents."""
AROUND = 36
"""Signs shown before and after what was found."""


@dataclass(frozen=True)
class Page:
    """One page in one language."""

    id: str
    folder: Path
    source: str

    @property
    def title(self) -> str:
        return headings(self.source)[0]

    @cached_property
    def sections(self) -> list[str]:
        return sections(self.source)


@dataclass(frozen=True)
class Hit:
    """Where something was found; a section is the same one in every language."""

    page: str
    section: int
    snippet: str


class GuidePages:
    """All pages of all languages, read when they are first asked for."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or resources() / "guide"
        self._read: dict[str, dict[str, Page]] = {}

    def of(self, language: str) -> Mapping[str, Page]:
        """By id, in order; pages that are not there are left out."""
        if language not in self._read:
            folder = self._folder / language
            files = ((id, folder / f"{id}.md") for id in PAGES)
            self._read[language] = {
                id: Page(id, folder, file.read_text(encoding="utf-8")) for id, file in files if file.is_file()
            }
        return self._read[language]

    def search(self, query: str, language: str) -> list[Hit]:
        """Sections that hold every word, of the given language first; those that have it in their heading on top."""
        words = query.casefold().split()
        if not words:
            return []
        found: dict[tuple[str, int], tuple[int, Hit]] = {}
        for rank, code in enumerate([language, *(other for other in LANGUAGES if other != language)]):
            for page in self.of(code).values():
                for number, text in enumerate(page.sections):
                    plain = text.casefold()
                    if (page.id, number) not in found and all(word in plain for word in words):
                        in_heading = all(word in plain.split("\n")[0] for word in words)
                        order = 2 * rank + (not in_heading)
                        found[page.id, number] = order, Hit(page.id, number, _around(text, words[0]))
        return [hit for _, hit in sorted(found.values(), key=lambda pair: pair[0])]


def _around(text: str, word: str) -> str:
    """The words on both sides of the first place, on one line."""
    flat = " ".join(text.split("\n", 1)[-1].split())
    at = max(0, flat.casefold().find(word))
    start, end = max(0, at - AROUND), at + len(word) + AROUND
    return ("…" if start else "") + flat[start:end].strip() + ("…" if end < len(flat) else "")
