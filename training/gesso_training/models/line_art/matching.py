"""The Berkeley benchmark's scores of boundaries: thresholds, matching to each person's drawing, ODS, OIS and AP.

As the toolbox of Martin, Fowlkes and Malik (PAMI 2004) counts: at each threshold a thinned map is matched to every
person's boundaries, one pixel to one, nothing farther than 0.0075 of the diagonal, at the least total distance, where
to stay alone costs a hundred times that reach. A pixel of the map that matches anybody's counts for precision; every
person's every pixel counts for recall. Two things differ: the toolbox solves that by Goldberg and Kennedy's algorithm
and offers each pixel a few ways out at random, here it is solved exactly (Jonker and Volgenant's algorithm on the
sparse graph); and the thresholds are 33 instead of 99, pooled counts being interpolated between them as it does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

from gesso_training.models.line_art.thin import thinned

Truth = NDArray[np.bool_]
Floats = NDArray[np.float32]
Counts = NDArray[np.int64]

REACH = 0.0075
"""Of the diagonal."""
ALONE = 100
"""What it costs a pixel to find no partner, in reaches."""
NO_WAY = 1e-3
"""Added to each distance, since a weight of 0 would be no edge."""
BLOCK = 4000
"""Possible pairs that are looked at together, or more where they hang together."""
THRESHOLDS = 33


def offsets(reach: float) -> list[tuple[int, int]]:
    """Steps (down, right) no longer than `reach`, the shortest first."""
    most = int(reach)
    steps = [(y, x) for y in range(-most, most + 1) for x in range(-most, most + 1) if y * y + x * x <= reach * reach]
    return sorted(steps, key=lambda step: step[0] ** 2 + step[1] ** 2)


def matched(found: Truth, truth: Truth, reach: float) -> tuple[Truth, int]:
    """Which pixels of `found` have a partner of their own in `truth`, and how many pairs there are."""
    height, width = found.shape
    y, x = np.nonzero(found)
    total = int(truth.sum())
    partnered = np.zeros_like(found)
    if not len(y) or not total:
        return partnered, 0
    margin = int(reach)
    number = np.full((height + 2 * margin, width + 2 * margin), -1, np.int32)
    inner = number[margin : margin + height, margin : margin + width]
    inner[truth] = np.arange(total, dtype=np.int32)
    steps = offsets(reach)
    near = np.stack([number[y + margin + down, x + margin + right] for down, right in steps], axis=1)
    rows, which = np.nonzero(near >= 0)
    far = np.hypot(*np.array(steps, np.float64).T)[which] + NO_WAY
    has = _assigned(rows, near[rows, which], far, len(y), total, ALONE * reach)
    partnered[y[has], x[has]] = True
    return partnered, int(has.sum())


def _assigned(
    rows: NDArray[np.intp], columns: NDArray[np.int32], far: NDArray[np.float64], count: int, others: int, alone: float
) -> Truth:
    """Which of `count` rows get a column of their own at the least total cost, staying alone being possible.

    Pixels that cannot come between each other are assigned apart: what the solver does for each of many is as long as
    their number.
    """
    has = np.zeros(count, bool)
    if not len(rows):
        return has
    _, group = connected_components(
        coo_array((np.ones(len(rows), np.int8), (rows, count + columns)), shape=(count + others,) * 2), directed=False
    )
    order = np.argsort(group[rows], kind="stable")
    rows, columns, far = rows[order], columns[order], far[order]
    cuts = np.flatnonzero(np.diff(group[rows], prepend=-1))
    starts = [0]
    for cut in cuts[1:]:
        if cut - starts[-1] >= BLOCK:
            starts.append(int(cut))
    for start, stop in pairwise([*starts, len(rows)]):
        part = slice(start, stop)
        mine, row = np.unique(rows[part], return_inverse=True)
        theirs, column = np.unique(columns[part], return_inverse=True)
        by_itself = np.arange(len(mine))
        weights = np.concatenate([far[part], np.full(len(mine), alone)])
        ends = (np.concatenate([row, by_itself]), np.concatenate([column, len(theirs) + by_itself]))
        graph = coo_array((weights, ends), shape=(len(mine), len(theirs) + len(mine))).tocsr()
        chosen, partner = min_weight_full_bipartite_matching(graph)
        has[mine[chosen[partner < len(theirs)]]] = True
    return has


Map = Callable[[float], Truth]
"""A method's answer to a picture: threshold in 0-1 -> where it draws lines, any width."""


def above(thin: Floats) -> Map:
    """The usual one: what is at least as strong as the threshold."""
    return lambda threshold: thin >= threshold


def counts(drawn_at: Map, people: Sequence[Truth], thresholds: int = THRESHOLDS) -> Counts:
    """(thresholds, 4): pixels of people that were matched, of people, of the map that were matched, of the map."""
    found = np.zeros((thresholds, 4), np.int64)
    reach = REACH * float(np.hypot(*people[0].shape))
    drawn = sum(int(truth.sum()) for truth in people)
    for row in range(thresholds):
        lines = thinned(drawn_at((row + 1) / (thresholds + 1)))
        anybody = np.zeros(lines.shape, bool)
        reached = 0
        for truth in people:
            partnered, pairs = matched(lines, truth, reach)
            anybody |= partnered
            reached += pairs
        found[row] = (reached, drawn, int(anybody.sum()), int(lines.sum()))
    return found


def rates(found: Counts | NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Precision, recall and F along the last axis of counts."""
    told = np.asarray(found, np.float64)
    recall = told[..., 0] / np.maximum(told[..., 1], 1)
    precision = told[..., 2] / np.maximum(told[..., 3], 1)
    return precision, recall, 2 * precision * recall / np.maximum(precision + recall, 1e-12)


@dataclass(frozen=True)
class Scores:
    """Of a set of pictures."""

    ods: float
    """Best F at one threshold for all, of counts pooled over the pictures."""
    ois: float
    """F of counts pooled at each picture's own best threshold."""
    ap: float
    """Mean precision at 101 recalls from 0 to 1; where the curve does not reach, 0."""
    threshold: float
    """At which `ods` lies."""
    own: tuple[float, ...]
    """Each picture's own best F."""


def scores(listed: Sequence[Counts]) -> Scores:
    """From the counts of each picture."""
    whole = np.stack(listed)
    thresholds = whole.shape[1]
    pooled = whole.sum(axis=0).astype(np.float64)
    fine = np.linspace(0, thresholds - 1, 100 * thresholds)
    between = np.stack([np.interp(fine, np.arange(thresholds), pooled[:, i]) for i in range(4)], axis=1)
    _, _, f = rates(between)
    best = int(f.argmax())
    _, _, each = rates(whole)
    picked = whole[np.arange(len(whole)), each.argmax(axis=1)].sum(axis=0)
    precision, recall, _ = rates(pooled)
    order = np.argsort(recall, kind="stable")
    at = np.arange(101) / 100
    covered = (at >= recall.min()) & (at <= recall.max())
    ap = float(np.where(covered, np.interp(at, recall[order], precision[order]), 0).mean())
    return Scores(
        float(f[best]),
        float(rates(picked)[2]),
        ap,
        float((fine[best] + 1) / (thresholds + 1)),
        tuple(float(one) for one in each.max(axis=1)),
    )


def human(people: Iterable[Sequence[Truth]]) -> float:
    """F of each person against the others of the same picture, pooled: how well people agree, a check of the judge."""
    total = np.zeros(4, np.int64)
    for drawn in people:
        reach = REACH * float(np.hypot(*drawn[0].shape))
        for i, one in enumerate(drawn):
            others = [other for j, other in enumerate(drawn) if j != i]
            anybody, reached = np.zeros(one.shape, bool), 0
            for other in others:
                partnered, pairs = matched(one, other, reach)
                anybody |= partnered
                reached += pairs
            total += (reached, sum(int(other.sum()) for other in others), int(anybody.sum()), int(one.sum()))
    return float(rates(total)[2])
