"""Expected trouble: one sentence on what happened, what is safe, what to do next."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gesso.values.words import Note

WIDE_STOPS = ("。", "！", "？")
"""How sentences end in Chinese."""


class Trouble(Exception):
    """Raised for whatever an artist can understand and act on.

    `what`, `safe` and `next` are English templates with `{name}` places, so that they can be translated;
    the values for the places follow as keywords.
    """

    def __init__(self, what: str, safe: str = "", next: str = "", **values: object) -> None:
        super().__init__(what)
        self.what, self.safe, self.next, self.values = what, safe, next, values

    def __reduce__(self) -> tuple[Callable[..., Trouble], tuple[object, ...]]:
        # Values travel between processes as numbers, notes, which are still to be said in some language, and words.
        plain = {
            name: value if isinstance(value, int | float | Note) else str(value) for name, value in self.values.items()
        }
        return _again, (self.what, self.safe, self.next, plain)

    def parts(self) -> tuple[str, ...]:
        """The templates that say something."""
        return tuple(part for part in (self.what, self.safe, self.next) if part)

    def sentence(self, say: Callable[..., str]) -> str:
        """In the language of `say` (see `Words.say`)."""
        return together([say(part, **self.values) for part in self.parts()])

    def __str__(self) -> str:
        return " ".join(part.format(**self.values) for part in self.parts())


def together(sentences: Sequence[str]) -> str:
    """One after the other: a space between them, but not after a stop that is as wide as a letter."""
    found = ""
    for sentence in filter(None, sentences):
        found += sentence if not found or found.endswith(WIDE_STOPS) else f" {sentence}"
    return found


def _again(what: str, safe: str, next: str, values: dict[str, object]) -> Trouble:
    return Trouble(what, safe, next, **values)
