"""A sea on a bright day: heaped clouds, a path of light, a sail far out."""

from __future__ import annotations

import cv2
import numpy as np

from scenes.ground import Field, Picture, colour, developed, fractal, glow, gradient, grid, mix, smooth

HORIZON = 0.60
SUN_X = 1.02


def paint(width: int = 1600, height: int = 1067) -> np.ndarray:
    rng = np.random.default_rng(23)
    x, y = grid(width, height)
    sky = _sky(rng, x, y)
    sea = _sea(rng, x, y, sky)
    picture = mix(sky, sea, smooth(HORIZON - 0.0008, HORIZON + 0.0008, y))
    picture = _headland(rng, picture, x, y)
    picture = _sail(picture, width, height)
    haze = np.exp(-(((y - HORIZON) / 0.035) ** 2)) * 0.42
    picture = mix(picture, colour("#e9e2d6"), haze)
    picture = glow(picture, 0.85, 9, 0.3)
    return developed(picture, rng, grain=0.011, vignette=0.2)


def _sky(rng: np.random.Generator, x: Field, y: Field) -> Picture:
    sky = gradient(y, [(0.0, "#2f6cab"), (0.25, "#5c97cb"), (0.48, "#a5c7de"), (HORIZON, "#e6e4da"), (1.0, "#e6e4da")])
    sky += colour("#fff2d0") * (0.35 * np.exp(-np.hypot(x - SUN_X, (y - 0.02) * 1.2) / 0.35))[..., None]
    # Thin high veils, combed by the wind.
    veil = smooth(0.05, 0.65, fractal(rng, x * 1.4 + y * 1.1, y * 7 - x * 1.2, 7, 0.56)) * smooth(0.5, 0.1, y)
    sky = mix(sky, colour("#f2f4f5"), 0.5 * veil)
    # Heaps in three rows: the nearer, the larger and the higher.
    for scale, foot, tall, seed, share in (
        (6.5, 0.585, 0.085, 3, 0.8),
        (3.4, 0.555, 0.19, 41, 0.92),
        (1.7, 0.46, 0.36, 91, 1.0),
    ):
        sky = _heaps(np.random.default_rng(seed), sky, x, y, scale, foot, tall, share)
    return sky


def _heaps(
    rng: np.random.Generator, sky: Picture, x: Field, y: Field, scale: float, foot: float, tall: float, share: float
) -> Picture:
    lattice = rng.bit_generator.state

    def density(dx: float, dy: float) -> Field:
        rng.bit_generator.state = lattice
        u, v = (x + dx) * scale, (y + dy) * scale * 1.25
        bend = 0.22 * fractal(rng, u * 1.7 + 3, v * 1.7, 4)
        large = fractal(rng, u * 0.8 + bend, v * 0.55 + 7, 3)
        # Round knobs: noise folded at zero has creases between bulges.
        knobs = 1 - 1.9 * np.abs(fractal(rng, u * 2.1 + bend, v * 2.1 + bend, 6, 0.52))
        height = (foot - (y + dy)) / tall
        inside = smooth(-0.02, 0.14, height) * (1 - 0.72 * np.clip(height, 0, 2))
        return 1.05 * large + 0.42 * knobs + 0.75 * inside - 0.72

    here = density(0, 0)
    reach = 0.055 / scale
    toward = (0.75, -0.66)
    inner = sum(np.clip(density(toward[0] * reach * k, toward[1] * reach * k), 0, 0.6) for k in (1, 2.2, 4.2))
    lit = np.exp(-2.1 * inner)
    height = np.clip((foot - y) / tall, 0, 1)
    cover = (
        smooth(0.0, 0.20, here)
        * smooth(foot - 1.45 * tall, foot - 1.1 * tall, y)
        * smooth(foot + 0.006, foot - 0.022 * tall / 0.2, y)
    )
    shadow = mix(np.broadcast_to(colour("#7f93ad"), sky.shape), colour("#b9c3cf"), np.clip(0.25 + 0.8 * height, 0, 1))
    bright = mix(np.broadcast_to(colour("#fff0dc"), sky.shape), colour("#fffaf2") * 1.08, height)
    body = mix(shadow, bright, np.clip(0.10 + 1.05 * lit * (0.5 + 0.55 * height), 0, 1))
    rim = np.exp(-(((here - 0.05) / 0.06) ** 2)) * lit
    body = body + colour("#fff6e6") * (0.16 * rim)[..., None]
    far = np.clip((y - 0.30) / 0.32, 0, 1) * 0.40
    return mix(sky, mix(body, colour("#dfe0da"), far), np.clip(cover * share, 0, 1))


def _sea(rng: np.random.Generator, x: Field, y: Field, sky: Picture) -> Picture:
    down = np.maximum(y - HORIZON, 0.0012)
    away = 0.085 / down  # distance over the water
    along = (x - 0.75) * away * 9.5
    lattice = rng.bit_generator.state

    def waves(dx: float, dz: float) -> Field:
        rng.bit_generator.state = lattice
        u, v = along + dx, away * 9 + dz
        swell = np.sin(v * 1.15 + 1.4 * fractal(rng, u * 0.12, v * 0.22, 3) * 3)
        chop = fractal(rng, u * 0.62 + 0.3 * v, v * 1.25, 8, 0.6)
        crests = 1 - 2 * np.abs(fractal(rng, u * 0.9 - 0.35 * v, v * 1.7, 5, 0.55))
        return 0.30 * swell + 0.75 * chop + 0.42 * crests

    step = 0.10
    here = waves(0, 0)
    slope_x, slope_z = (waves(step, 0) - here) / step, (waves(0, step) - here) / step
    calm = 1 / (1 + 0.06 * away**1.6)  # far waves are smaller than a pixel
    slope_x, slope_z = slope_x * calm * 0.30, slope_z * calm * 0.30
    grazing = np.clip(1 - 0.95 * down / 0.4, 0, 1)
    fresnel = np.clip(0.06 + 0.80 * (np.clip(grazing + 0.55 * slope_z, 0, 1) ** 3.2), 0, 1)
    deep = gradient(np.clip(down / 0.40, 0, 1), [(0, "#3d7791"), (0.3, "#1f5f78"), (0.7, "#114a60"), (1, "#0c3a4e")])
    through = np.clip(0.5 + 1.1 * slope_z + 0.45 * here * calm, 0, 1)
    water = mix(deep * 0.75, colour("#3f9a99"), 0.42 * through * smooth(0.02, 0.3, down))
    height, width = y.shape
    mirror_y = np.clip(HORIZON - down * (0.55 + 0.5 * slope_z) - 0.02 - 0.10 * np.abs(slope_z), 0.02, HORIZON - 0.004)
    mirror = cv2.remap(
        cv2.GaussianBlur(sky, (0, 0), 5),
        (np.clip(x + slope_x * 0.10, 0, width / height - 0.01) * height).astype(np.float32),
        (mirror_y * height).astype(np.float32),
        cv2.INTER_LINEAR,
    )
    sea = mix(water, mirror, fresnel)
    # Where a facet throws the sun this way: many small sparks along its path.
    path = np.exp(-((((x - SUN_X) * (0.6 + 0.8 * (1 - np.clip(down / 0.4, 0, 1)))) / (0.09 + 0.22 * down)) ** 2))
    spark = smooth(0.20, 0.75, slope_z + 0.55 * np.abs(slope_x) + 0.30 * here * calm) + 0.55 * (1 - calm)
    sea = sea + colour("#fff0cf") * (1.15 * path * spark * (0.35 + 0.65 * smooth(0.0, 0.05, down)))[..., None]
    foam = smooth(0.86, 1.25, here + 0.55 * fractal(rng, along * 7, away * 40, 5)) * calm * smooth(0.01, 0.05, down)
    return mix(sea, colour("#eef4f2"), 0.55 * foam)


def _headland(rng: np.random.Generator, picture: Picture, x: Field, y: Field) -> Picture:
    for reach, tall, tone, shift in ((0.62, 0.040, "#9fb1b8", 5.0), (0.36, 0.062, "#71898b", 9.0)):
        outline = (
            tall * smooth(reach, reach * 0.15, x) ** 0.8 * (0.78 + 0.5 * fractal(rng, x * 7 + shift, x * 0 + 2, 6))
        )
        top = HORIZON - np.maximum(outline, 0)
        cover = smooth(-0.0008, 0.0008, y - top) * (y < HORIZON) * (outline > 0.0015)
        rock = np.broadcast_to(colour(tone), picture.shape) * (
            1 + 0.35 * fractal(rng, x * 40, y * 60 + shift, 5)[..., None]
        )
        picture = mix(picture, rock, cover * 0.95)
        below = smooth(0.035, 0.0, y - HORIZON) * (y >= HORIZON) * smooth(reach, reach * 0.4, x)
        picture = mix(picture, picture * colour("#8fa4a6") * 1.25, 0.45 * below)
    return picture


def _sail(picture: Picture, width: int, height: int) -> Picture:
    k = 4
    cover, shade = np.zeros((height * k, width * k), np.uint8), np.zeros((height * k, width * k), np.uint8)
    foot = np.array([0.545 * height * k, (HORIZON + 0.0105) * height * k])
    unit = 0.062 * height * k

    def curve(points: list[tuple[float, float]]) -> np.ndarray:
        return np.round(foot + np.array(points) * unit).astype(np.int32)

    t = np.linspace(0, 1, 30)
    main = [
        (0.02, -1.32),
        *zip(0.02 + 0.56 * t + 0.10 * np.sin(np.pi * t), -1.32 + 1.18 * t, strict=True),
        (0.02, -0.14),
    ]
    jib = [
        (-0.03, -1.14),
        *zip(-0.03 - 0.42 * t - 0.05 * np.sin(np.pi * t), -1.14 + 1.02 * t, strict=True),
        (-0.05, -0.16),
    ]
    hull = [(-0.52, -0.10), (0.62, -0.10), (0.50, 0.05), (-0.36, 0.05)]
    for shape, tone in ((main, 235), (jib, 205), (hull, 45)):
        cv2.fillPoly(cover, [curve(shape)], 255, cv2.LINE_AA)
        cv2.fillPoly(shade, [curve(shape)], tone, cv2.LINE_AA)
    cv2.line(cover, *(tuple(point) for point in curve([(0.0, -1.38), (0.0, -0.05)]).tolist()), 255, k)
    small = cv2.resize(cover, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    tone = cv2.resize(shade, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    lit = tone / np.maximum(small, 1e-3)
    ink = colour("#2f3f4a") + (colour("#fff6e4") * 1.02 - colour("#2f3f4a")) * smooth(0.1, 0.95, lit)[..., None]
    # The sail on the water, torn by the waves.
    mirrored = np.zeros_like(small)
    base = round((HORIZON + 0.0135) * height)
    rows = min(base, height - base, round(0.085 * height))
    for row in range(rows):
        source = small[base - 1 - round(row * 0.95)]
        mirrored[base + row] = np.roll(source, round(2.6 * np.sin(row * 0.9) + 1.6 * np.sin(row * 0.37 + 1))) * (
            1 - row / rows
        )
    picture = mix(picture, colour("#e9efe9"), 0.42 * cv2.GaussianBlur(mirrored, (0, 0), 1.1))
    return mix(picture, ink, small)
