"""From lines of one pixel to strokes as a hand draws them: through crossings, over small gaps, without stubs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Truth = NDArray[np.bool_]
Floats = NDArray[np.float64]
Pixel = tuple[int, int]
AROUND = ((-1, 0), (0, 1), (1, 0), (0, -1), (-1, 1), (1, 1), (1, -1), (-1, -1))
"""Right neighbours before slanting ones, so that a staircase is walked step by step."""
LOOK_BACK = 8
"""Points over which the direction of a stroke's end is taken."""
BRIDGE_PX = 4.0
"""Two crossings no farther apart are one that thinning drew apart."""
STRAIGHT = -0.5
"""Cosine between two ends that leave a crossing: below it one goes on in the other."""
AHEAD = 0.6
"""Cosine between an end's direction and the way to what it is to be joined with: above it lies ahead."""


@dataclass(frozen=True)
class Chain:
    """Points (n, 2) as x, y in pixels, in order."""

    points: Floats
    is_closed: bool = False

    @property
    def length(self) -> float:
        steps = np.diff(self.points, axis=0)
        return float(np.hypot(steps[:, 0], steps[:, 1]).sum())


def chains(thin: Truth) -> list[Chain]:
    """Every line between two ends or crossings, and every ring."""
    pixels = {(int(y), int(x)) for y, x in zip(*np.nonzero(thin), strict=True)}
    links = {pixel: _linked(pixel, pixels) for pixel in pixels}
    nodes = {pixel for pixel, near in links.items() if len(near) != 2}
    found, walked = [], set[tuple[Pixel, Pixel]]()
    for node in sorted(nodes):
        for first in links[node]:
            if (node, first) not in walked:
                found.append(Chain(_points(_walk(node, first, links, nodes, walked))))
    rest = pixels - nodes - {pixel for step in walked for pixel in step}
    while rest:
        start = min(rest)
        ring = list(_walk(start, links[start][0], links, {start}, walked))
        rest -= set(ring)
        found.append(Chain(_points(ring), True))
    return [chain for chain in found if len(chain.points) > 1]


def _linked(pixel: Pixel, pixels: set[Pixel]) -> list[Pixel]:
    """Neighbours that a line goes on to: a slanting one only where no right one leads there as well."""
    y, x = pixel
    found = []
    for down, right in AROUND:
        other = (y + down, x + right)
        if other in pixels and not (down and right and ((y + down, x) in pixels or (y, x + right) in pixels)):
            found.append(other)
    return found


def _walk(
    start: Pixel, first: Pixel, links: dict[Pixel, list[Pixel]], nodes: set[Pixel], walked: set[tuple[Pixel, Pixel]]
) -> Iterator[Pixel]:
    """From a node along a line to the next node, both with it."""
    before, here = start, first
    yield start
    while True:
        walked |= {(before, here), (here, before)}
        yield here
        if here in nodes:
            return
        onward = [pixel for pixel in links[here] if pixel != before]
        if not onward:
            return
        before, here = here, onward[0]


def _points(pixels: Iterator[Pixel] | Sequence[Pixel]) -> Floats:
    """Pixel centres as x, y."""
    return np.array(list(pixels), np.float64)[:, ::-1] + 0.5


def _end_key(point: Floats) -> Pixel:
    return int(point[1]), int(point[0])


def leaving(points: Floats) -> Floats:
    """The direction in which the last point is reached."""
    way = points[-1] - points[max(0, len(points) - 1 - LOOK_BACK)]
    return np.asarray(way / max(float(np.hypot(*way)), 1e-9))


def crossings_in_one(found: Sequence[Chain]) -> list[Chain]:
    """Crossings that thinning drew apart into two or more, a few pixels from each other, are one again."""
    meeting = _meetings(found)
    centre = {key: key for key in meeting}

    def root(key: Pixel) -> Pixel:
        while centre[key] != key:
            key = centre[key]
        return key

    bridges = set[int]()
    for number, chain in enumerate(found):
        first, last = _end_key(chain.points[0]), _end_key(chain.points[-1])
        if not chain.is_closed and chain.length <= BRIDGE_PX and min(len(meeting[first]), len(meeting[last])) > 2:
            bridges.add(number)
            centre[root(first)] = root(last)
    members: dict[Pixel, list[Pixel]] = {}
    for key in centre:
        members.setdefault(root(key), []).append(key)
    moved = {
        key: np.mean(np.array(keys, np.float64)[:, ::-1] + 0.5, axis=0)
        for keys in members.values()
        if len(keys) > 1
        for key in keys
    }

    def to_centres(chain: Chain) -> Chain:
        points = chain.points
        if chain.is_closed:
            return chain
        for end in (0, -1):
            if (place := moved.get(_end_key(chain.points[end]))) is not None:
                points = points.copy()
                points[end] = place
        return Chain(points)

    return [to_centres(chain) for number, chain in enumerate(found) if number not in bridges]


def without_stubs(found: Sequence[Chain], shortest: float) -> list[Chain]:
    """Without short lines that hang on a crossing by one end only; those that lead on or stand alone stay for now."""
    kept = list(found)
    while True:
        meeting = _meetings(kept)
        stays = []
        for chain in kept:
            if chain.is_closed:
                stays.append(chain)
                continue
            counts = sorted(len(meeting[_end_key(end)]) for end in (chain.points[0], chain.points[-1]))
            if not (counts[0] == 1 and counts[1] > 2 and chain.length < shortest):
                stays.append(chain)
        stays = through_crossings(stays) if len(stays) < len(kept) else stays
        if len(stays) == len(kept):
            return kept
        kept = stays


def _meetings(found: Sequence[Chain]) -> dict[Pixel, list[tuple[int, bool]]]:
    """Where ends lie: the chain's number, and whether it is its last point."""
    ends: dict[Pixel, list[tuple[int, bool]]] = {}
    for number, chain in enumerate(found):
        if not chain.is_closed:
            ends.setdefault(_end_key(chain.points[0]), []).append((number, False))
            ends.setdefault(_end_key(chain.points[-1]), []).append((number, True))
    return ends


def through_crossings(found: Sequence[Chain]) -> list[Chain]:
    """At each meeting the two ends that lie straightest become one stroke, then the next two."""
    joins = []
    for ends in _meetings(found).values():
        free = list(ends)
        pairs = []
        for i, one in enumerate(ends):
            for other in ends[i + 1 :]:
                if one[0] != other[0]:
                    bend = float(_outward(found, one) @ _outward(found, other))
                    pairs.append((bend, one, other))
        for bend, one, other in sorted(pairs):
            if one in free and other in free and (bend < STRAIGHT or len(ends) == 2):
                free.remove(one)
                free.remove(other)
                joins.append((one, other))
    return _joined(found, joins)


def _outward(found: Sequence[Chain], end: tuple[int, bool]) -> Floats:
    """The direction in which a chain reaches this end of it."""
    points = found[end[0]].points
    return leaving(points if end[1] else points[::-1])


def over_gaps(found: Sequence[Chain], widest: float) -> list[Chain]:
    """Ends that lie ahead of each other, no farther apart than `widest`, become one stroke, the nearest first."""
    ends = [(number, last) for listed in _meetings(found).values() if len(listed) == 1 for number, last in listed]
    if len(ends) < 2 or widest <= 0:
        return list(found)
    places = np.array([found[n].points[-1 if last else 0] for n, last in ends])
    ways = np.array([_outward(found, end) for end in ends])
    pairs = []
    for i, place in enumerate(places):
        apart = places[i + 1 :] - place
        far = np.hypot(apart[:, 0], apart[:, 1])
        for j in np.flatnonzero((far <= widest) & (far > 0)):
            there = apart[j] / far[j]
            k = i + 1 + int(j)
            if float(ways[i] @ there) > AHEAD and float(ways[k] @ -there) > AHEAD and ends[i][0] != ends[k][0]:
                pairs.append((float(far[j]), i, k))
    taken: set[int] = set()
    joins = []
    for _, i, k in sorted(pairs):
        if not taken & {i, k}:
            taken |= {i, k}
            joins.append((ends[i], ends[k]))
    return _joined(found, joins)


def _joined(found: Sequence[Chain], joins: Sequence[tuple[tuple[int, bool], tuple[int, bool]]]) -> list[Chain]:
    """Chains put together end to end; what comes round to its own beginning is a ring."""
    other_end = {}
    for one, other in joins:
        other_end[one], other_end[other] = other, one
    made, done = [], set[int]()

    def follow(number: int, last: bool) -> tuple[list[Floats], bool]:
        """From a chain on, leaving by its last point or its first, as far as joins lead; whether that came round."""
        start, pieces = number, []
        while True:
            done.add(number)
            points = found[number].points
            pieces.append(points if last else points[::-1])
            onward = other_end.get((number, last))
            if onward is None:
                return pieces, False
            number, last = onward[0], not onward[1]
            if number == start:
                return pieces, True

    for number, chain in enumerate(found):
        if number in done:
            continue
        ends = [end for end in (False, True) if (number, end) in other_end]
        if chain.is_closed or not ends:
            done.add(number)
            made.append(chain)
        elif len(ends) == 1:  # a beginning: rings and middles are reached from elsewhere
            pieces, _ = follow(number, ends[0])
            made.append(Chain(_end_to_end(pieces)))
    for number in range(len(found)):
        if number not in done:
            pieces, came_round = follow(number, True)
            made.append(Chain(_end_to_end(pieces), came_round))
    return made


def _end_to_end(pieces: Sequence[Floats]) -> Floats:
    """One line; a point that two share stands once."""
    whole = [pieces[0]]
    for piece in pieces[1:]:
        same = np.array_equal(whole[-1][-1], piece[0])
        whole.append(piece[1:] if same else piece)
    return np.concatenate(whole)


def strokes_of(thin: Truth, shortest: float, widest_gap: float) -> list[Chain]:
    """Lines of one pixel as strokes: `shortest` is what a stroke has to measure, `widest_gap` what is bridged."""
    found = without_stubs(crossings_in_one(chains(thin)), max(2.0, shortest / 2))
    found = over_gaps(through_crossings(found), widest_gap)
    return [chain for chain in found if chain.length >= shortest]
