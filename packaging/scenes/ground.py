"""What every scene is made with: noise, gradients, glow, and the last touch of grain."""

from __future__ import annotations

import cv2
import numpy as np

Picture = np.ndarray
"""(height, width, 3) of float32, linear light, 0 and up."""
Field = np.ndarray
"""(height, width) of float32."""


def colour(hexadecimal: str) -> np.ndarray:
    """A colour given as sRGB, in linear light."""
    parts = np.array([int(hexadecimal[i : i + 2], 16) for i in (1, 3, 5)], np.float32) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4).astype(np.float32)


def grid(width: int, height: int) -> tuple[Field, Field]:
    """x and y of every pixel; y runs 0-1 downwards, x in the same unit."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    return (x + 0.5) / height, (y + 0.5) / height


def noise(rng: np.random.Generator, x: Field, y: Field) -> Field:
    """Smooth values of about -1 to 1 at any places (value noise on a lattice of 256 that repeats)."""
    lattice = rng.uniform(-1, 1, (256, 256)).astype(np.float32)
    x0, y0 = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    u, v = x - x0, y - y0
    u, v = u * u * u * (u * (u * 6 - 15) + 10), v * v * v * (v * (v * 6 - 15) + 10)
    a, b = lattice[y0 & 255, x0 & 255], lattice[y0 & 255, (x0 + 1) & 255]
    c, d = lattice[(y0 + 1) & 255, x0 & 255], lattice[(y0 + 1) & 255, (x0 + 1) & 255]
    return (a + (b - a) * u + ((c + (d - c) * u) - (a + (b - a) * u)) * v).astype(np.float32)


def fractal(rng: np.random.Generator, x: Field, y: Field, octaves: int = 6, gain: float = 0.5) -> Field:
    """Noise upon finer noise, about -1 to 1."""
    found = np.zeros(np.broadcast(x, y).shape, np.float32)
    share, total = 1.0, 0.0
    for octave in range(octaves):
        turn = 0.6 * octave
        scale = 2.02**octave
        found += share * noise(
            rng,
            (x * np.cos(turn) - y * np.sin(turn)) * scale + 17.3 * octave,
            (x * np.sin(turn) + y * np.cos(turn)) * scale,
        )
        total += share
        share *= gain
    return found / total


def smooth(low: float, high: float, x: Field) -> Field:
    """0 below `low`, 1 above `high`, an S between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def gradient(t: Field, stops: list[tuple[float, str]]) -> Picture:
    """Colours along t, mixed in a space where mixtures look even."""
    places = [place for place, _ in stops]
    roots = np.cbrt(np.array([colour(text) for _, text in stops]))
    return np.stack([np.interp(t, places, roots[:, part]) for part in range(3)], axis=-1).astype(np.float32) ** 3


def mix(a: Picture, b: Picture | np.ndarray, share: Field) -> Picture:
    return a + (b - a) * share[..., None]


def blur(picture: np.ndarray, sigma: float) -> np.ndarray:
    return cv2.GaussianBlur(picture, (0, 0), sigma, borderType=cv2.BORDER_REFLECT)


def glow(picture: Picture, threshold: float, sigma: float, strength: float) -> Picture:
    """Light spilling over from what is bright, as in an eye or a lens."""
    bright = np.maximum(picture - threshold, 0)
    return picture + strength * (0.6 * blur(bright, sigma) + 0.4 * blur(bright, sigma * 4))


def developed(picture: Picture, rng: np.random.Generator, grain: float = 0.012, vignette: float = 0.18) -> np.ndarray:
    """Linear light as (h, w, 3) uint8 sRGB: a soft shoulder, darker corners, fine grain."""
    height, width = picture.shape[:2]
    x, y = grid(width, height)
    distance = ((x - x.mean()) ** 2 + (y - 0.5) ** 2) / (x.mean() ** 2 + 0.25)
    picture = np.maximum(picture, 0) * (1 - vignette * distance**1.3)[..., None]
    picture = np.where(picture < 0.6, picture, 0.6 + 0.4 * (1 - np.exp(-(picture - 0.6) / 0.4)))
    shown = np.where(picture <= 0.0031308, picture * 12.92, 1.055 * np.maximum(picture, 1e-6) ** (1 / 2.4) - 0.055)
    fine = blur(rng.normal(0, 1, (height, width)).astype(np.float32), 0.8) * 1.9
    middle = 1 - np.abs(2 * shown.mean(axis=-1) - 1) ** 2
    shown = shown + (grain * fine * (0.4 + 0.6 * middle))[..., None]
    return np.rint(np.clip(shown, 0, 1) * 255).astype(np.uint8)
