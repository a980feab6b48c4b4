"""A row of points as few cubic curves that pass close by (Schneider, "An algorithm for automatically fitting digitized
curves", Graphics Gems 1990).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROUNDS = 4
"""How often the places of the points along a curve are improved before the row is parted."""
HOPE = 16.0
"""A curve that misses by less than this many times the tolerance (both squared) is worth improving."""


def smoothed(points: Floats, rounds: int, is_closed: bool) -> Floats:
    """Each point moved to the middle of itself and its two neighbours, a few times; the ends of an open row stay."""
    found = points.copy()
    if len(found) < 3:
        return found
    for _ in range(rounds):
        before, after = np.roll(found, 1, axis=0), np.roll(found, -1, axis=0)
        moved = (before + 2 * found + after) / 4
        if is_closed:
            found = moved
        else:
            found[1:-1] = moved[1:-1]
    return found


def fitted(points: Floats, tolerance: float, is_closed: bool = False) -> Floats:
    """(n, 2) points -> (3 k + 1, 2): the first point, then two handles and the next point for each of k curves.

    A ring begins and ends at the same point, in the same direction.
    """
    row = points[np.concatenate([[True], np.abs(np.diff(points, axis=0)).sum(axis=1) > 0])]
    if is_closed and len(row) > 2:
        row = np.concatenate([row, row[:1]]) if not np.array_equal(row[0], row[-1]) else row
        along = _unit(row[1] - row[-2])
        starts = (along, -along)
    else:
        starts = (_unit(row[min(2, len(row) - 1)] - row[0]), _unit(row[max(-3, -len(row))] - row[-1]))
    pieces = _fit(row, *starts, tolerance**2)
    return np.concatenate([pieces[0][:1], *(piece[1:] for piece in pieces)])


def _fit(points: Floats, start: Floats, end: Floats, most: float) -> list[Floats]:
    """Curves (4, 2) through the first and last point, leaving in these directions, none missing by more."""
    todo = [(points, start, end)]
    done: list[Floats] = []
    while todo:
        row, first, last = todo.pop()
        if len(row) <= 2:
            third = float(np.hypot(*(row[-1] - row[0]))) / 3
            done.append(np.stack([row[0], row[0] + first * third, row[-1] + last * third, row[-1]]))
            continue
        at = _chords(row)
        curve = _closest(row, at, first, last)
        worst, where = _miss(row, at, curve)
        for _ in range(ROUNDS if worst < most * HOPE else 0):
            if worst <= most:
                break
            at = _nearer(row, at, curve)
            curve = _closest(row, at, first, last)
            worst, where = _miss(row, at, curve)
        if worst <= most:
            done.append(curve)
            continue
        # A direction over a few points: a pixel's step alone points anywhere.
        through = _unit(row[max(0, where - 2)] - row[min(len(row) - 1, where + 2)])
        todo.append((row[where:], -through, last))  # taken up after the first half, so that curves come in order
        todo.append((row[: where + 1], first, through))
    return done


def _unit(vector: Floats) -> Floats:
    return np.asarray(vector / max(float(np.hypot(*vector)), 1e-9))


def _chords(points: Floats) -> Floats:
    """Where each point lies along the row, 0 to 1."""
    steps = np.diff(points, axis=0)
    at = np.concatenate([[0], np.cumsum(np.hypot(steps[:, 0], steps[:, 1]))])
    return np.asarray(at / at[-1])


def _weights(at: Floats) -> Floats:
    """(n, 4): how much each corner of a cubic counts at each place."""
    back = 1 - at
    return np.stack([back**3, 3 * at * back**2, 3 * at**2 * back, at**3], axis=1)


def _closest(points: Floats, at: Floats, start: Floats, end: Floats) -> Floats:
    """The handles' lengths that miss least in squares, or a third of the way where that makes no sense."""
    weights = _weights(at)
    first, last = points[0], points[-1]
    toward, back = weights[:, 1:2] * start, weights[:, 2:3] * end
    rest = points - (weights[:, :2].sum(axis=1)[:, None] * first + weights[:, 2:].sum(axis=1)[:, None] * last)
    a, b, c = (toward * toward).sum(), (toward * back).sum(), (back * back).sum()
    x, y = (toward * rest).sum(), (back * rest).sum()
    whole = a * c - b * b
    reach = float(np.hypot(*(last - first)))
    if abs(whole) > 1e-12:
        one, two = (x * c - y * b) / whole, (a * y - b * x) / whole
    else:
        one = two = 0.0
    length = float(np.hypot(*np.diff(points, axis=0).T).sum())
    if not (1e-6 * reach < one <= length and 1e-6 * reach < two <= length):
        one = two = length / 3
    return np.stack([first, first + start * one, last + end * two, last])


def _miss(points: Floats, at: Floats, curve: Floats) -> tuple[float, int]:
    """The largest squared distance of an inner point from its place on the curve, and which point that is."""
    apart = ((_weights(at) @ curve - points) ** 2).sum(axis=1)
    where = 1 + int(apart[1:-1].argmax())
    return float(apart[where]), where


def _nearer(points: Floats, at: Floats, curve: Floats) -> Floats:
    """Each place moved towards where the curve is nearest to its point, by Newton's step."""
    slopes, bends = 3 * np.diff(curve, axis=0), 6 * np.diff(curve, 2, axis=0)
    back = (1 - at)[:, None]
    along = at[:, None]
    apart = _weights(at) @ curve - points
    slope = back**2 * slopes[0] + 2 * along * back * slopes[1] + along**2 * slopes[2]
    bend = back * bends[0] + along * bends[1]
    below = (slope * slope).sum(axis=1) + (apart * bend).sum(axis=1)
    step = np.where(np.abs(below) > 1e-9, (apart * slope).sum(axis=1) / np.where(below == 0, 1, below), 0)
    return np.clip(np.maximum.accumulate(at - step), 0, 1)


def flattened(curves: Floats, step_px: float) -> Floats:
    """(3 k + 1, 2) of curves -> points along them, about `step_px` apart, all knots among them."""
    found = [curves[:1]]
    for i in range(0, len(curves) - 1, 3):
        corner = curves[i : i + 4]
        length = float(np.hypot(*np.diff(corner, axis=0).T).sum())
        parts = max(1, int(np.ceil(length / step_px)))
        found.append(_weights(np.arange(1, parts + 1) / parts) @ corner)
    return np.concatenate(found)
