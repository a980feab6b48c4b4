"""Pictures that show the same, within a set and between sets: found in catalogues, never all in memory at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gesso_training.corpora.catalogue import Asked, Catalogue, Listed
from gesso_training.corpora.collect import SMALLEST_WITH_PARTS_PX
from gesso_training.corpora.likeness import (
    LIKE_BITS,
    POSITIONS,
    Part,
    hashes_of,
    same_whole,
    shared_part,
    words_of,
)
from gesso_training.corpora.pool import Pool

SCALES = (1.0, 0.78, 0.6, 0.46)
"""Shares of the side that parts are looked for at."""
FEWEST_VOTES = 6
CANDIDATES = 4
ROWS = 64
SOUND = "kind = ''"


@dataclass(frozen=True)
class Pair:
    """Two pictures of catalogues that show the same."""

    one: int
    other: int
    is_copy: bool
    """Whether they show the same view, not one a part of the other."""


class Families:
    """Pictures that hang together; remembers those alone that have others (union-find with halving of paths)."""

    def __init__(self) -> None:
        self.heads: dict[int, int] = {}

    def head(self, id: int) -> int:
        while (above := self.heads.get(id, id)) != id:
            self.heads[id] = self.heads.get(above, above)
            id = above
        return id

    def join(self, one: int, other: int) -> None:
        first, second = sorted((self.head(one), self.head(other)))
        self.heads[second] = first
        self.heads.setdefault(first, first)

    def members(self) -> dict[int, list[int]]:
        """Head -> all that hang with it, itself too."""
        found: dict[int, list[int]] = {}
        for id in sorted(self.heads):
            found.setdefault(self.head(id), []).append(id)
        return found


def exact(catalogue: Catalogue) -> Iterator[Pair]:
    """The same bytes under two names."""
    for one, other in catalogue.db.execute(
        "SELECT first, id FROM pictures JOIN (SELECT sha256 AS same, min(id) AS first FROM pictures WHERE kind = ''"
        " GROUP BY sha256 HAVING count(*) > 1) ON sha256 = same WHERE kind = '' AND id > first"
    ):
        yield Pair(one, other, True)


def whole(
    asking: Catalogue, asked: Catalogue, asking_where: str = SOUND, asked_where: str = SOUND
) -> Iterator[tuple[int, int]]:
    """Pairs whose difference hashes are close in one of eight positions and whose small copies correlate."""
    is_same = asking is asked
    for ids, _ in asking.hash_blocks(asking_where):
        turned = np.array([hashes_of(asking.look(int(id))[0]) for id in ids], np.uint64)  # (n, 8)
        for others, hashes in asked.hash_blocks(asked_where):
            if is_same and others[0] > ids[-1]:
                break
            for one, other in _close(ids, turned, others, hashes):
                if is_same and one <= other:
                    continue
                if same_whole(asked.look(other)[0], asking.look(one)[0]) is not None:
                    yield one, other


def _close(
    ids: NDArray[np.int64], turned: NDArray[np.uint64], others: NDArray[np.int64], hashes: NDArray[np.uint64]
) -> Iterator[tuple[int, int]]:
    for start in range(0, len(ids), ROWS):
        rows = turned[start : start + ROWS]
        near = np.zeros((len(rows), len(hashes)), bool)
        for position in range(POSITIONS):
            near |= np.bitwise_count(rows[:, position, None] ^ hashes[None]) <= LIKE_BITS
        for row, column in np.argwhere(near):
            yield int(ids[start + row]), int(others[column])


def _asked(task: tuple[int, bytes, Asked | None]) -> Asked:
    """The words a view is looked for by: those of all scales together, plain and in a mirror."""
    if task[2] is not None:
        return task[2]
    plain, mirrored = (
        np.unique([word for scale in SCALES for word in words_of(task[1], scale=scale, in_mirror=mirror)]).astype(
            np.int64
        )
        for mirror in (False, True)
    )
    return plain, mirrored


def _confirmed(task: tuple[int, int, bytes, bytes]) -> Part | None:
    return shared_part(task[2], task[3])


def parts(
    asking: Catalogue,
    asked: Catalogue,
    pool: Pool,
    asking_where: str = SOUND,
    asked_where: str = SOUND,
    is_known: Callable[[int, int], bool] = lambda one, other: False,
) -> Iterator[Pair]:
    """Pairs of which one shows a part of the other, or the same with a shift, in any quarter turn or mirror."""
    is_same = asking is asked
    allowed = "" if asked_where == SOUND else asked_where

    def views() -> Iterator[tuple[int, bytes, Asked | None]]:
        for listed in asking.listed(asking_where):
            if min(listed.width, listed.height) >= SMALLEST_WITH_PARTS_PX:
                yield listed.id, asking.look(listed.id)[1], asking.asked(listed.id)

    def candidates() -> Iterator[tuple[int, int, bytes, bytes]]:
        met: set[tuple[int, int]] = set()
        for (id, view, known), words in pool.map(_asked, views()):
            if known is None:
                asking.keep_asked(id, words)
            for other in _candidates(asked, words, id if is_same else None):
                pair = (min(id, other), max(id, other)) if is_same else (id, other)
                if pair in met or is_known(id, other) or (allowed and not _fits(asked, other, allowed)):
                    continue
                if len(met) > 100_000:  # a pair asked twice costs time, not sense
                    met.clear()
                met.add(pair)
                yield id, other, view, asked.look(other)[1]

    for (one, other, _, _), part in pool.map(_confirmed, candidates()):
        if part is not None:
            yield Pair(one, other, part.is_copy)


def _fits(catalogue: Catalogue, id: int, where: str) -> bool:
    return catalogue.count(f"id = {id} AND ({where})") == 1


def _candidates(asked: Catalogue, words: Asked, itself: int | None) -> list[int]:
    """Pictures that share more words than chance has it: more than the many that share a few."""
    found: Counter[int] = Counter()
    for one in words:
        for id, many in asked.votes(one, 4 * CANDIDATES):
            found[id] = max(found[id], many)
    if itself is not None:
        del found[itself]
    ranked = found.most_common(3 * CANDIDATES)
    noise = ranked[-1][1] if len(ranked) == 3 * CANDIDATES else 0
    return [id for id, many in ranked[:CANDIDATES] if many >= max(FEWEST_VOTES, 1.3 * noise)]


def within(catalogue: Catalogue, pool: Pool) -> Iterator[Pair]:
    """Every pair of one set that is found; pairs that hang together already are not looked at again."""
    families = Families()

    def told(pair: Pair) -> Pair:
        families.join(pair.one, pair.other)
        return pair

    for pair in exact(catalogue):
        yield told(pair)
    for one, other in whole(catalogue, catalogue):
        if families.head(one) != families.head(other):
            yield told(Pair(one, other, True))
    if catalogue.count("1") > 20_000:
        catalogue.drop_common_words(max(400, catalogue.count("1") // 100))
    for pair in parts(
        catalogue, catalogue, pool, is_known=lambda one, other: families.head(one) == families.head(other)
    ):
        yield told(pair)


def between(
    training: Catalogue, judging: Catalogue, pool: Pool, training_where: str, judging_where: str
) -> Iterator[tuple[Listed, Listed]]:
    """A picture to learn from, and one of another set kept for judging that shows the same."""
    found = {(one, other) for other, one in whole(judging, training, judging_where, training_where)}
    found |= {(pair.other, pair.one) for pair in parts(judging, training, pool, judging_where, training_where)}
    found |= {(pair.one, pair.other) for pair in parts(training, judging, pool, training_where, judging_where)}
    for one, other in sorted(found):
        yield training.one(one), judging.one(other)
