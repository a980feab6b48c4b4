"""Shapes that dabs press, drawn by code: a tip is (256, 256) of uint8, its mirror images at half the size and so on.

All chance in them has a fixed seed: a tip is the same on every computer.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SIDE = 256
GRAIN_PX = 512
Tip = NDArray[np.uint8]
Field = NDArray[np.float32]


def _grid() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x and y of each pixel's centre, in -1 to 1."""
    at = (np.arange(SIDE) + 0.5) / (SIDE / 2) - 1
    return np.broadcast_to(at, (SIDE, SIDE)), np.broadcast_to(at[:, None], (SIDE, SIDE))


def _smooth(noise: NDArray[np.float64], px: int, times: int = 3) -> NDArray[np.float64]:
    """A running mean that wraps, several times over: near enough to a bell."""
    for _ in range(times):
        for axis in (0, 1):
            noise = np.asarray(np.mean([np.roll(noise, shift - px // 2, axis) for shift in range(px)], axis=0))
    return noise


def _noise(seed: int, side: int, *sizes_px: int) -> NDArray[np.float64]:
    """Noise of several sizes, each as strong, wrapping, evenly spread over 0-1."""
    random, total = np.random.default_rng(seed), np.zeros((side, side))
    for px in sizes_px:
        layer = _smooth(random.random((side, side)), px) if px > 1 else random.random((side, side))
        total += (layer - layer.mean()) / layer.std()
    ranks = np.empty(side * side)
    ranks[np.argsort(total, axis=None, kind="stable")] = np.arange(side * side) / (side * side - 1)
    return ranks.reshape(side, side)


def _ramp(value: NDArray[np.float64], low: float, high: float) -> NDArray[np.float64]:
    t = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))


def _square() -> NDArray[np.float64]:
    x, y = _grid()
    return _ramp(0.99 - np.maximum(np.abs(x), np.abs(y)), 0, 0.02)


def _dots(seed: int, count: int, low: float, high: float, wide: float, tall: float) -> NDArray[np.float64]:
    """Hairs of a brush, seen from their ends: round dots of several strengths within an ellipse."""
    x, y = _grid()
    random, found = np.random.default_rng(seed), np.zeros((SIDE, SIDE))
    for at in range(count):
        # Vogel's spiral spreads them evenly; a little chance makes hairs of it.
        far, turn = np.sqrt((at + 0.5) / count), at * 2.399963 + random.normal(0, 0.25)
        px, py = wide * far * np.cos(turn), tall * far * np.sin(turn)
        radius, strength = random.uniform(low, high), random.uniform(0.5, 1.0)
        away = np.sqrt((x - px) ** 2 + (y - py) ** 2)
        found = np.maximum(found, strength * _ramp(radius - away, -0.25 * radius, 0.6 * radius))
    return found


def _bristle() -> NDArray[np.float64]:
    return _dots(3, 90, 0.03, 0.1, 0.9, 0.9)


def _flat() -> NDArray[np.float64]:
    """A row of hairs across the way: wide and thin."""
    x, y = _grid()
    across = np.random.default_rng(11)
    comb = np.repeat(across.uniform(0.25, 1.0, 64), SIDE // 64)
    for _ in range(2):
        comb = (np.roll(comb, 1) + comb + np.roll(comb, -1)) / 3
    body = _ramp(0.97 - np.abs(y), 0, 0.08) * _ramp(0.3 - np.abs(x), -0.02, 0.12)
    return np.asarray(body * (0.2 + 0.8 * comb[:, None]))


def _chalk() -> NDArray[np.float64]:
    x, y = _grid()
    away = np.sqrt(x * x + y * y)
    broken = _noise(5, SIDE, 4, 16)
    return np.asarray(_ramp(0.96 - away - 0.3 * (1 - broken) ** 2, 0, 0.12) * (0.35 + 0.65 * _ramp(broken, 0.1, 0.6)))


def _charcoal() -> NDArray[np.float64]:
    x, y = _grid()
    away = np.sqrt((x / 0.98) ** 2 + (y / 0.98) ** 2)
    broken = _noise(8, SIDE, 3, 12)
    return np.asarray(_ramp(1 - away - 0.25 * broken, 0, 0.5) * (0.3 + 0.7 * _ramp(broken, 0.2, 0.8)))


def _sponge() -> NDArray[np.float64]:
    """A pool with an uneven shore."""
    x, y = _grid()
    away = np.sqrt(x * x + y * y)
    shore = _noise(13, SIDE, 32, 60)
    return _ramp(0.98 - away - 0.3 * shore, 0, 0.3)


def _rough() -> NDArray[np.float64]:
    """A loaded brush: full, its rim a little uneven."""
    x, y = _grid()
    away = np.sqrt(x * x + y * y)
    return _ramp(0.98 - away - 0.07 * _noise(21, SIDE, 10, 20), 0, 0.06)


def _hairs() -> NDArray[np.float64]:
    """A full round brush whose hairs run along the way, some with less ink."""
    x, y = _grid()
    random = np.random.default_rng(23)
    comb = np.repeat(random.uniform(0.5, 1.0, 64), SIDE // 64)
    for _ in range(2):
        comb = (np.roll(comb, 1) + comb + np.roll(comb, -1)) / 3
    away = np.sqrt(x * x + y * y)
    return np.asarray(_ramp(0.98 - away - 0.06 * _noise(21, SIDE, 10, 20), 0, 0.06) * comb[:, None])


_DRAWN = {
    "square": _square, "bristle": _bristle, "flat": _flat, "chalk": _chalk, "charcoal": _charcoal, "sponge": _sponge,
    "rough": _rough,
    "hairs": _hairs,
}  # fmt: skip


@lru_cache(maxsize=len(_DRAWN))
def tip_levels(name: str) -> tuple[Tip, ...]:
    """A tip at 256, 128, ... 8 pixels, read-only."""
    found = [np.asarray(np.rint(np.clip(_DRAWN[name](), 0, 1) * 255), np.uint8)]
    while found[-1].shape[0] > 8:
        fine = found[-1].astype(np.uint16)
        coarse = (fine[::2, ::2] + fine[1::2, ::2] + fine[::2, 1::2] + fine[1::2, 1::2] + 2) >> 2
        found.append(coarse.astype(np.uint8))
    for level in found:
        level.flags.writeable = False
    return tuple(found)


@lru_cache(maxsize=12)
def grain_of(name: str, scale: float = 1.0) -> Field:
    """Heights of a painting ground in 0-1, evenly spread, which repeat; read-only, square."""
    if name == "paper":
        made = _noise(31, GRAIN_PX, 1, 2, 3)
    elif name == "rough":
        made = _noise(32, GRAIN_PX, 1, 3, 6)
    else:
        made = _weave()
    found = np.asarray(made, np.float32)
    side = max(16, round(GRAIN_PX * scale))
    if side != GRAIN_PX:
        at = (np.arange(side) + 0.5) * (GRAIN_PX / side) - 0.5
        low = np.floor(at).astype(np.int64)
        part = (at - low).astype(np.float32)
        for axis in (0, 1):
            shape = (-1, 1) if axis == 0 else (1, -1)
            a, b = found.take(low % GRAIN_PX, axis), found.take((low + 1) % GRAIN_PX, axis)
            found = np.asarray(a + (b - a) * part.reshape(shape), np.float32)
    found.flags.writeable = False
    return found


def _weave() -> NDArray[np.float64]:
    """Threads over and under, a thread every 8 pixels, no two alike."""
    at = np.arange(GRAIN_PX)
    random = np.random.default_rng(33)
    bump = np.abs((at % 8) - 3.5) / 3.5  # 0 on the middle of a thread, 1 between two
    over = ((at[:, None] // 8 + at[None, :] // 8) % 2).astype(np.float64)
    across, down = 1 - bump[None, :] ** 2, 1 - bump[:, None] ** 2
    thick = np.repeat(random.uniform(0.7, 1, GRAIN_PX // 8), 8)
    total = over * across * thick[None, :] + (1 - over) * down * thick[:, None]
    total = total + 0.35 * _noise(34, GRAIN_PX, 2, 6)
    ranks = np.empty(GRAIN_PX * GRAIN_PX)
    ranks[np.argsort(total, axis=None, kind="stable")] = np.arange(GRAIN_PX**2) / (GRAIN_PX**2 - 1)
    return ranks.reshape(GRAIN_PX, GRAIN_PX)
