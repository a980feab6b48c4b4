"""Autumn leaves against the light: one twig sharp, everything behind it melted into discs."""

from __future__ import annotations

import cv2
import numpy as np

from scenes.ground import Field, Picture, blur, colour, developed, fractal, glow, gradient, grid, mix, smooth

WARM = ["#d9822b", "#c9541f", "#e3a63a", "#b23a1a", "#8f9a3c", "#d0a13d", "#6f7f35", "#e9c46a"]
STALK = 0.24
"""Length of a leaf's stalk, in lengths of its blade."""


def _path(t: Field) -> tuple[Field, Field]:
    """The line of the twig, from the upper right inwards."""
    return 1.56 - 1.02 * t, 0.245 + 0.115 * np.sin(2.6 * t + 0.3) + 0.075 * t + 0.006 * np.sin(23 * t)


def paint(width: int = 1600, height: int = 1067) -> np.ndarray:
    rng = np.random.default_rng(77)
    x, y = grid(width, height)
    picture = _wood(rng, x, y)
    picture = _discs(rng, picture, width, height)
    for place in ((0.10, 0.16, 0.30, 1.1), (1.36, 0.80, 0.34, 4.2), (0.20, 0.93, 0.28, 5.6)):
        picture = _leaf(rng, picture, x, y, place, soft=0.020, tones=("#a83d17", "#d98a2e"))
    for place in ((1.16, 0.13, 0.22, 2.1), (0.42, 0.86, 0.19, 0.4)):
        picture = _leaf(rng, picture, x, y, place, soft=0.007, tones=("#b5481a", "#e3a23a"))
    picture = _twig(picture, width, height)
    leaves = [
        (0.97, 0.33, 2.50, ("#b8330f", "#ee9a2d")),
        (0.50, 0.25, 5.35, ("#c9671a", "#f3c044")),
        (0.60, 0.37, 1.62, ("#a32a12", "#e7782a")),
        (0.20, 0.23, 5.05, ("#cf7d1d", "#f6d05a")),
        (0.27, 0.25, 1.02, ("#8d7a22", "#dcb53f")),
    ]
    for along, size, turn, tones in leaves:
        from_x, from_y = _path(np.float32(along))
        place = (float(from_x + STALK * size * np.cos(turn)), float(from_y + STALK * size * np.sin(turn)), size, turn)
        picture = _leaf(rng, picture, x, y, place, soft=0.0, tones=tones)
    picture = glow(picture, 0.62, 12, 0.35)
    return developed(picture, rng, grain=0.012, vignette=0.36)


def _wood(rng: np.random.Generator, x: Field, y: Field) -> Picture:
    """The forest far out of focus: light from the upper left, dark trunks, a warm floor."""
    soft = fractal(rng, x * 1.6, y * 1.6, 4)
    base = gradient(
        np.clip(y * 0.9 + 0.35 * soft, 0, 1), [(0, "#a9a05a"), (0.35, "#7b7434"), (0.65, "#5a4a20"), (1, "#2d2513")]
    )
    light = np.exp(-(((x - 0.42) ** 2 + (y - 0.12) ** 2) / 0.16))
    base = base + colour("#ffe2a0") * (0.75 * light)[..., None]
    for place, broad, tone in ((0.18, 0.050, 0.75), (0.98, 0.036, 0.6), (1.30, 0.070, 0.85), (0.70, 0.020, 0.35)):
        trunk = np.exp(-(((x - place - 0.03 * y + 0.01 * np.sin(6 * y)) / broad) ** 4))
        base = mix(base, colour("#2c2418"), trunk * tone * 0.8)
    return blur(base, 0.018 * x.shape[0])


def _discs(rng: np.random.Generator, picture: Picture, width: int, height: int) -> Picture:
    """Points of light as the lens draws them: even discs with a bright rim, cut a little towards the corners."""
    for number in range(190):
        depth = rng.uniform(0, 1)
        radius = height * (0.012 + 0.042 * depth**1.4)
        angle, far = rng.uniform(0, 2 * np.pi), abs(rng.normal(0, 0.34))
        across = (0.50 + 1.25 * far * np.cos(angle)) * height + rng.normal(0, 0.1) * height
        down = (0.28 + 0.85 * far * np.sin(angle)) * height
        if number % 3 == 0:
            across, down = rng.uniform(0, width), rng.uniform(0, height)
        low, high = int(down - radius - 3), int(down + radius + 4)
        left, right = int(across - radius - 3), int(across + radius + 4)
        if high <= 0 or low >= height or right <= 0 or left >= width:
            continue
        low, left, high, right = max(0, low), max(0, left), min(height, high), min(width, right)
        yy, xx = np.mgrid[low:high, left:right].astype(np.float32)
        away = np.hypot(xx - across, yy - down) / radius
        # The barrel of the lens cuts discs near the border into almonds.
        push = np.array([across - width / 2, down - height / 2]) / height * 0.55
        cut = np.hypot((xx - across) / radius + push[0], (yy - down) / radius + push[1]) / 1.12
        shape = smooth(1.0, 1 - 2.2 / radius, away) * smooth(1.0, 1 - 2.2 / radius, cut)
        rim = 0.72 + 0.42 * smooth(0.72, 0.97, away)
        tone = colour(WARM[rng.integers(len(WARM))])
        near_light = np.exp(-(((across / height - 0.42) ** 2 + (down / height - 0.15) ** 2) / 0.25))
        strength = rng.uniform(0.10, 0.42) * (0.45 + 1.5 * near_light) * (1.25 - 0.6 * depth)
        lit = tone * 1.1 + colour("#fff0c0") * 0.5 * near_light
        picture[low:high, left:right] += lit * (strength * shape * rim)[..., None]
    return blur(picture, 0.0012 * height)


def _shape(t: Field, side: Field) -> tuple[Field, Field]:
    """How far inside its edge a place on the blade is, and the half width there: oval, pointed, finely toothed."""
    inside = np.clip(t, 0, 1)
    half = 0.335 * np.sin(np.pi * inside**0.80) ** 0.82 * (1 - 0.30 * inside**3)
    saw = (inside * 21 - 0.55 * np.abs(side)) % 1
    half = half * (1 - 0.055 * (1 - saw) * smooth(0.03, 0.14, inside))
    tip = np.where((t > 0) & (t < 1), half, 0)
    return np.where(tip > 0, tip - np.abs(side), -1), tip


def _leaf(
    rng: np.random.Generator, picture: Picture, x: Field, y: Field, place: tuple[float, float, float, float],
    soft: float, tones: tuple[str, str],
) -> Picture:  # fmt: skip
    """One leaf hanging from (x, y), its size, and the direction of its tip; light comes through it."""
    across, down, size, turn = place
    height = y.shape[0]
    dx, dy = (x - across) / size, (y - down) / size
    t = dx * np.cos(turn) + dy * np.sin(turn)
    side = -dx * np.sin(turn) + dy * np.cos(turn)
    near = (np.abs(t - 0.5) < 0.75) & (np.abs(side) < 0.6)
    rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    if not len(rows):
        return picture
    margin = int(soft * height * 4) + 4
    part = (
        slice(max(0, rows[0] - margin), rows[-1] + margin), slice(max(0, columns[0] - margin), columns[-1] + margin),
    )  # fmt: skip
    t, side = t[part], side[part]
    # The blade bends: its middle vein is an arc.
    side = side + 0.16 * (t - 0.25) ** 2 * np.sign(np.sin(turn * 7.3) + 0.01)
    side = side * (1 + 0.10 * np.sin(5.5 * t + across * 9))
    edge, half = _shape(t, side)
    cover = smooth(-0.9 / (size * height), 0.9 / (size * height), edge)
    relative = np.abs(side) / np.maximum(half, 1e-3)

    lattice = 900 * across + 31
    cloud = fractal(np.random.default_rng(int(lattice)), t * 4 + across * 30, side * 4 + down * 30, 6)
    fine = fractal(np.random.default_rng(int(lattice) + 1), t * 34, side * 34, 4, 0.6)
    ripe = np.clip(0.50 + 0.62 * cloud + 0.50 * (0.45 - relative) + 0.10 * fine, 0, 1)
    blade = mix(np.broadcast_to(colour(tones[0]), (*t.shape, 3)), colour(tones[1]), ripe)
    scorched = smooth(0.72, 1.0, relative + 0.30 * cloud) * 0.55
    blade = mix(blade, colour("#5c2a10"), scorched)
    # Veins: one in the middle, pairs that run forward to the edge, and a fine net between them.
    bow = 0.85 * np.abs(side) + 0.30 * np.abs(side) ** 2 / np.maximum(half, 0.05)
    beat = (t - bow) * 10.0
    apart = np.abs(beat - np.round(beat)) / 10.0
    width = 0.0050 * (1 - 0.6 * relative) + 0.0015
    rib = np.exp(-((apart / width) ** 2)) * smooth(0.02, 0.08, t) * smooth(1.0, 0.86, relative)
    middle = np.exp(-((side / (0.0135 * (1.05 - 0.85 * np.clip(t, 0, 1)))) ** 2))
    between = np.abs(fractal(np.random.default_rng(int(lattice) + 2), t * 30 + 9, side * 30, 3))
    net = np.exp(-((between / 0.045) ** 2))
    relief = 0.5 * np.sin(2 * np.pi * beat) * smooth(0.0, 0.3, relative) * smooth(1.0, 0.7, relative)
    through = (
        0.74
        + 0.30 * ripe
        + 0.11 * relief
        + 0.10 * fine
        + 0.22 * np.sign(side) * smooth(0, 0.05, np.abs(side)) * np.cos(turn - 0.6)
    )
    blade = blade * (np.clip(through, 0.25, 1.6) * 1.16)[..., None]
    blade = blade * (1 - 0.13 * net * (1 - rib))[..., None]
    blade = mix(blade, colour("#f7d894") * 0.95, np.clip(0.38 * rib + 0.72 * middle, 0, 1))
    blade = blade * (1 - 0.20 * np.exp(-(((apart - 2.1 * width) / width) ** 2)) * smooth(0.02, 0.1, t))[..., None]
    spots = smooth(0.52, 0.68, fractal(np.random.default_rng(int(lattice) + 3), t * 15 + 3, side * 15, 3))
    blade = mix(blade, colour("#3f1c0c"), 0.75 * spots)
    lit_edge = np.exp(-((edge / 0.012) ** 2)) * 0.38
    blade = blade + colour("#ffd88a") * lit_edge[..., None]

    # The stalk, from the twig to the blade.
    along = np.clip(t, -STALK, 0)
    stalk = np.hypot(t - along, side - 0.35 * along**2 - 0.010)
    stem = smooth(0.0125 + 0.8 / (size * height), 0.0125 - 0.8 / (size * height), stalk + 0.02 * (along + STALK) * 0.25)
    shaded = np.clip(0.5 + (side - 0.35 * along**2 - 0.010) / 0.025, 0, 1)
    wood = mix(np.broadcast_to(colour("#e0a055"), blade.shape), colour("#5b3016"), shaded)
    both = np.maximum(cover, stem)
    found = mix(wood, blade, cover)
    if soft:
        spread = soft * height
        found = blur(found * both[..., None], spread) / np.maximum(blur(both, spread), 1e-3)[..., None]
        both = blur(both, spread)
    picture = picture.copy()
    picture[part] = mix(picture[part], found, both)
    return picture


def _twig(picture: Picture, width: int, height: int) -> Picture:
    """From the upper right inwards, knotty, lit along its upper side."""
    k = 3
    t = np.linspace(0, 1, 260)
    path_x, path_y = _path(t)
    thick = 0.0115 * (1 - 0.72 * t) + 0.0035 * np.exp(-(((((t * 6.2) % 1) - 0.5) / 0.10) ** 2))
    cover, light = np.zeros((height * k, width * k), np.uint8), np.zeros((height * k, width * k), np.uint8)
    for a, b, r in zip(path_x, path_y, thick, strict=True):
        centre = (round(a * height * k), round(b * height * k))
        cv2.circle(cover, centre, max(1, round(r * height * k)), 255, -1, cv2.LINE_AA)
    for a, b, r in zip(path_x, path_y, thick, strict=True):
        centre = (round((a - 0.10 * r) * height * k), round((b - 0.52 * r) * height * k))
        cv2.circle(light, centre, max(1, round(0.40 * r * height * k)), 255, -1, cv2.LINE_AA)
    small = cv2.resize(cover, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    lit = blur(cv2.resize(light, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255, 1.2)
    x, y = grid(width, height)
    bark = fractal(np.random.default_rng(8), x * 26, y * 120, 4)
    wood = np.broadcast_to(colour("#4a2c18"), picture.shape) * (1 + 0.55 * bark)[..., None]
    wood = mix(wood, colour("#e9b070"), 0.62 * lit)
    return mix(picture, wood, small)
