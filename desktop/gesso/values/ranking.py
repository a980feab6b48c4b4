"""Finding a command by a few letters: English words, Chinese signs, their pinyin or its initials.

A text is a row of words, each with its readings. Letters that begin words, in the words' order, count most ("fgh" and
"fghua" both find feng ge hua); letters inside a word less; letters merely in order least.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

Words = tuple[tuple[str, ...], ...]
"""Each word with its readings."""
_HAN = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Form:
    """One way in which something may be called."""

    words: Words
    plain: str
    weight: float = 1.0


def folded(text: str) -> str:
    """As search compares it: full-width signs made narrow, no case."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def spelt(text: str, weight: float = 1.0) -> Form:
    """A text by its own letters."""
    plain = folded(text)
    return Form(tuple((word,) for word in re.findall(r"[\u3400-\u9fff]|[^\W_]+", plain)), plain, weight)


def pinyin(text: str, weight: float = 0.97) -> Form | None:
    """A Chinese text by the sounds of its signs, every reading of each; None when there are no signs in it."""
    if not _HAN.search(text):
        return None
    words = tuple(
        _readings(word) if _HAN.match(word) else (word,)
        for word in re.findall(r"[\u3400-\u9fff]|[^\W_]+", folded(text))
    )
    return Form(words, "".join(word[0] for word in words), weight)


@cache
def _readings(sign: str) -> tuple[str, ...]:
    import pypinyin  # its dictionary takes a while to load

    found = pypinyin.pinyin(sign, style=pypinyin.Style.NORMAL, heteronym=True)[0]
    return tuple(dict.fromkeys(found))


def learn_sounds() -> None:
    """Load the dictionary of sounds, which takes a while: best done in a thread, before it is needed."""
    _readings("画")


def forms(names: Iterable[str], keywords: Iterable[str] = (), sounds: bool = True) -> list[Form]:
    """Every form of a thing's names, and of what else it may be looked for by; by sound too unless told not to."""
    found = []
    for text, weight in (*((name, 1.0) for name in names), *((word, 0.85) for word in keywords)):
        found.append(spelt(text, weight))
        sounded = pinyin(text, weight * 0.97) if sounds else None
        if sounded is not None:
            found.append(sounded)
    return found


def score(query: str, form: Form) -> float:
    """How well a query fits, 0 for not at all, 100 and a little more for the best."""
    wanted = folded(query)
    letters = re.sub(r"\s+", "", wanted)
    if not letters:
        return 0
    worst = _by_word_starts(letters, form.words)
    if worst is not None:
        return (105 if letters == form.plain.replace(" ", "") else 100 - worst) * form.weight
    if wanted in form.plain:
        return 40 * form.weight
    gaps = _gaps(letters, form.plain)
    return max(1.0, 20 - gaps) * form.weight if gaps is not None and len(letters) > 1 else 0


def _by_word_starts(letters: str, words: Words) -> float | None:
    """What is lost when the letters are cut into beginnings of words, in order; None when they cannot be."""

    @cache
    def from_here(at: int, word: int, begun: bool) -> float | None:
        if at == len(letters):
            return 0
        if word == len(words):
            return None
        losses = []
        for reading in words[word]:
            shared = 0
            while shared < len(reading) and at + shared < len(letters) and reading[shared] == letters[at + shared]:
                shared += 1
            for length in range(shared, 0, -1):
                rest = from_here(at + length, word + 1, True)
                if rest is not None:
                    losses.append(rest + (2 if begun else 0))
        skipped = from_here(at, word + 1, begun)
        if skipped is not None:
            losses.append(skipped + (4 if begun else 6))
        return min(losses, default=None)

    return from_here(0, 0, False)


def _gaps(letters: str, plain: str) -> int | None:
    """How many signs lie between the letters found in order; None when they are not all there."""
    at, first = -1, -1
    for letter in letters:
        at = plain.find(letter, at + 1)
        if at < 0:
            return None
        if first < 0:
            first = at
    return at - first + 1 - len(letters)


def rank(query: str, things: Sequence[tuple[str, Sequence[Form]]], recent: Sequence[str] = ()) -> list[str]:
    """The ids of what fits, the best first; of equals the one used more recently; everything for an empty query."""
    order = {id: place for place, id in enumerate(recent)}
    found = []
    for place, (id, ways) in enumerate(things):
        best = max((score(query, form) for form in ways), default=0) if query.strip() else 1
        if best > 0:
            found.append((-best, order.get(id, len(order)), place, id))
    return [id for *_, id in sorted(found)]
