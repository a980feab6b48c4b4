"""Misty mountains at dusk: one ridge behind the other, firs, a few late birds."""

from __future__ import annotations

import cv2
import numpy as np

from scenes.ground import (
    Field,
    Picture,
    blur,
    colour,
    developed,
    fractal,
    glow,
    gradient,
    grid,
    mix,
    smooth,
)  # fmt: skip

SUN = (0.98, 0.475)
BODIES = [(0.0, "#c295a3"), (0.25, "#9679a0"), (0.5, "#565a86"), (0.75, "#26395a"), (1.0, "#0b1622")]
SKY = [(0.0, "#2b3765"), (0.2, "#5a5787"), (0.38, "#a9748d"), (0.5, "#e59c82"), (0.58, "#f8cd92"), (1.0, "#f9dca6")]


def paint(width: int = 1600, height: int = 1067) -> np.ndarray:
    rng = np.random.default_rng(11)
    x, y = grid(width, height)
    picture = _sky(rng, x, y)
    haze = colour("#f0b78f")
    ridges = 7
    for number in range(ridges):
        near = number / (ridges - 1)
        base = 0.50 + 0.40 * near**1.25
        outline = _outline(rng, x[0], near, base)
        soil = outline
        if near > 0.45:
            outline = _firs(rng, x[0], outline, near)
        body = gradient(np.array(near), BODIES)
        depth = np.clip((y - soil[None, :]) / (0.10 + 0.12 * near), 0, 1)
        # Mist lies in the valley before each ridge, thick where noise says so.
        drift = 0.75 + 0.5 * fractal(rng, x * 2.2 + 5 * number, y * 7 + 3 * number, 5)
        mist = np.clip(smooth(0.05, 1.0, depth) * drift * (0.95 - 0.72 * near), 0, 0.96)
        warm = np.exp(-(((x - SUN[0]) / 0.55) ** 2)) * (1 - near) ** 1.5
        air = mix(np.broadcast_to(colour("#8f86a6"), picture.shape), haze, np.clip(0.25 + 0.85 * warm, 0, 1))
        ground = np.broadcast_to(body, picture.shape) * (
            1 + 0.35 * fractal(rng, x * 9, y * 22, 4)[..., None] * (0.3 + near)
        )
        ground = mix(ground, haze, 0.35 * warm * (1 - near))
        layer = mix(ground, air * (1 - 0.45 * near), mist)
        edge = 0.6 / height
        cover = smooth(-edge, edge, y - outline[None, :])
        picture = mix(picture, layer, cover)
    picture = _birds(rng, picture, width, height)
    picture = glow(picture, 0.75, 14, 0.35)
    return developed(picture, rng)


def _sky(rng: np.random.Generator, x: Field, y: Field) -> Picture:
    bend = 0.035 * fractal(rng, x * 1.3, y * 2, 4)
    sky = gradient(y + bend, SKY)
    distance = np.hypot(x - SUN[0], (y - SUN[1]) * 1.15)
    sky += colour("#ffb066") * (0.55 * np.exp(-distance / 0.16))[..., None]
    sky += colour("#ffd9a0") * (0.5 * np.exp(-((distance / 0.075) ** 2)))[..., None]
    # Long thin clouds, lit from below where they are near the sun.
    streak = fractal(rng, x * 1.5 + 0.8 * y, y * 11 + 0.6 * np.sin(2.2 * x), 7, 0.55)
    fluff = fractal(rng, x * 5 + 9, y * 19, 6, 0.55)
    thick = smooth(0.02, 0.5, streak + 0.35 * fluff) * smooth(0.53, 0.36, y) * (0.45 + 0.55 * smooth(0.0, 0.12, y))
    under = smooth(-0.1, 0.35, np.roll(streak, -9, axis=0) - streak + 0.12)
    lit = mix(
        np.broadcast_to(colour("#6d5f86"), sky.shape),
        colour("#ff9f74"),
        np.clip(under * np.exp(-distance / 0.75) * 1.7, 0, 1),
    )
    sky = mix(sky, lit, thick * 0.72)
    disc = smooth(0.0345, 0.0325, np.hypot(x - SUN[0], y - SUN[1]))
    return mix(sky, colour("#fff3d6") * 1.5, disc * 0.97)


def _outline(rng: np.random.Generator, x: Field, near: float, base: float) -> Field:
    """The height of a ridge along x: sharp far away, rolling near by."""
    frequency = 1.9 - 0.6 * near
    shift = rng.uniform(0, 50)
    wide = fractal(rng, x * frequency + shift, np.full_like(x, 3.7 + 9 * near), 7, 0.48)
    sharp = 1 - 2 * np.abs(fractal(rng, x * frequency * 1.4 + shift, np.full_like(x, 21.0), 6, 0.5)) ** 0.8
    shape = wide * (0.35 + 0.65 * near) + 0.55 * sharp * (1 - near)
    return (base - (0.115 - 0.03 * near) * shape).astype(np.float32)


def _firs(rng: np.random.Generator, x: Field, outline: Field, near: float) -> Field:
    """Trees standing on a ridge, as part of its outline: narrow triangles with ragged sides."""
    tall = 0.012 + 0.06 * max(0.0, near - 0.4) ** 1.5 + (0.13 if near == 1 else 0)
    top = outline.copy()
    places = np.cumsum(rng.gamma(2.2, tall * 0.085, 4000)) - 0.05
    for place in places[places < x[-1] + 0.05]:
        group = 0.5 + 0.5 * np.sin(place * 9 + 12 * near) + rng.normal(0, 0.25)
        if group < 0.15:
            continue
        size = tall * rng.uniform(0.45, 1.15) * min(1.0, 0.55 + 0.5 * group)
        half = size * rng.uniform(0.17, 0.25)
        low, high = np.searchsorted(x, [place - half, place + half])
        if low == high:
            continue
        part = x[low:high]
        away = np.abs(part - place) / half
        ragged = 0.12 * np.abs(np.sin(away * (17 + 9 * near) + rng.uniform(0, 3))) * (0.15 + away)
        foot = outline[min(len(x) - 1, max(0, int(np.searchsorted(x, place))))]
        rise = foot + 0.004 - size * np.clip(1 - away ** (0.86 - 0.16 * (near == 1)) + ragged, 0, 1)
        top[low:high] = np.minimum(top[low:high], rise)
    return top


def _birds(rng: np.random.Generator, picture: Picture, width: int, height: int) -> Picture:
    ink = np.zeros((height * 2, width * 2), np.uint8)
    for across, down, span in (
        (0.42, 0.235, 30),
        (0.45, 0.255, 24),
        (0.475, 0.222, 19),
        (0.395, 0.27, 20),
        (0.51, 0.262, 15),
        (0.36, 0.25, 14),
    ):
        tilt, lift = rng.uniform(-0.25, 0.25), rng.uniform(0.25, 0.5)
        centre = np.array([across * height * 1.5 * 2 * 0.99, down * height * 2])
        for side in (-1, 1):
            t = np.linspace(0, 1, 24)
            wing = np.stack(
                [side * t * span, -span * lift * np.sin(np.pi * np.minimum(t * 0.85 + 0.05, 1)) * (1 - 0.35 * t)],
                axis=1,
            )
            turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
            points = (wing @ turn.T + centre).astype(np.int32)
            for start in range(23):
                cv2.line(
                    ink,
                    points[start].tolist(),
                    points[start + 1].tolist(),
                    255,
                    max(1, round(4.2 * (1 - t[start]))),
                    cv2.LINE_AA,
                )
        cv2.ellipse(
            ink,
            centre.astype(int).tolist(),
            (max(2, span // 6), max(2, span // 9)),
            np.degrees(tilt),
            0,
            360,
            255,
            -1,
            cv2.LINE_AA,
        )
    cover = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    return mix(picture, colour("#2a2438"), blur(cover, 0.5) * 0.85)
