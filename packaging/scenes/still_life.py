"""A jug, two oranges, a plum and a lemon on a table by a window: a marched scene with soft light."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from scenes.ground import colour, developed, fractal, glow, mix, noise, smooth

Points = np.ndarray
"""(n, 3) of float32; y is up, the table lies at y = 0."""
JUG, ORANGE, SECOND, LEMON, PLUM, TABLE, WALL = range(7)
CENTRES = {
    ORANGE: (0.62, 0.342, 0.42, 0.36),
    SECOND: (-0.98, 0.323, 0.30, 0.34),
    PLUM: (1.20, 0.232, 0.86, 0.245),
}
LEMON_AT = np.array([-0.12, 0.26, 0.98], np.float32)
JUG_AT = np.array([-0.22, 0.0, -0.28], np.float32)
STALK_UP = (np.array([0.22, 0.92, 0.32], np.float32) / np.linalg.norm([0.22, 0.92, 0.32])).astype(np.float32)
LIGHT = np.array([-3.4, 3.6, 2.4], np.float32)
EYE = np.array([0.08, 1.42, 5.2], np.float32)
AIM = np.array([0.12, 0.66, 0.0], np.float32)
# Radius of the jug at heights from foot to lip, as a thrown pot has them.
HEIGHTS = np.array([0.0, 0.04, 0.12, 0.30, 0.55, 0.80, 1.02, 1.18, 1.30, 1.42, 1.52, 1.58], np.float32)
RADII = np.array([0.30, 0.325, 0.36, 0.47, 0.565, 0.555, 0.44, 0.315, 0.262, 0.262, 0.295, 0.335], np.float32)
_FINE = np.linspace(0, 1.58, 400, dtype=np.float32)
_PROFILE = cv2.GaussianBlur(
    np.interp(_FINE, HEIGHTS, RADII).astype(np.float32)[None], (0, 0), 9, borderType=cv2.BORDER_REPLICATE
)[0]


def _jug(p: Points) -> np.ndarray:
    q = p - JUG_AT
    around = np.hypot(q[:, 0], q[:, 2])
    lip = smooth(1.30, 1.58, q[:, 1])
    angle = np.arctan2(q[:, 2], q[:, 0])
    spout = 0.13 * np.exp(-((angle / 0.42) ** 2)) * lip
    radius = np.interp(q[:, 1], _FINE, _PROFILE).astype(np.float32) + spout
    wall = np.abs(around - radius + 0.022) - 0.022
    body = np.where(q[:, 1] < 1.05, around - radius, wall)
    body = np.maximum(body * 0.72, np.maximum(q[:, 1] - 1.58, -q[:, 1]))
    # The handle: half a ring of clay opposite the spout, thicker where it joins.
    h = np.stack([(q[:, 0] + 0.42) / 0.88, q[:, 1] - 1.02, q[:, 2]], axis=1)
    ring = np.hypot(np.hypot(h[:, 0], h[:, 1] * 0.84) - 0.40, h[:, 2] * 0.72) - 0.052 - 0.014 * np.abs(h[:, 1])
    ring = np.maximum(ring * 0.8, q[:, 0] + 0.24)
    blend = np.clip(0.5 + 0.5 * (ring - body) / 0.05, 0, 1)
    return (ring * (1 - blend) + body * blend - 0.05 * blend * (1 - blend)).astype(np.float32)


def _fruit(p: Points, kind: int) -> np.ndarray:
    x, y, z, radius = CENTRES[kind]
    q = p - np.array([x, y, z], np.float32)
    q = q * np.array([1, 1.05, 1], np.float32)
    away = np.sqrt((q * q).sum(axis=1))
    found = away - radius
    tilt = STALK_UP  # a shallow dent at the stalk
    up = (q @ tilt) / np.maximum(away, 1e-5)
    found += (0.055 if kind != PLUM else 0.10) * radius * np.exp(-((1 - up) / 0.02))
    return found * 0.9


def _lemon(p: Points) -> np.ndarray:
    q = p - LEMON_AT
    turn = 0.42
    along = q[:, 0] * np.cos(turn) + q[:, 2] * np.sin(turn)
    across = np.hypot(-q[:, 0] * np.sin(turn) + q[:, 2] * np.cos(turn), q[:, 1])
    end = np.abs(along)
    radius = 0.265 * np.sqrt(np.clip(1 - (end / 0.37) ** 2.3, 0, 1)) + 0.045 * np.exp(-(((end - 0.37) / 0.05) ** 2))
    return (np.maximum(across - radius, end - 0.425) * 0.55).astype(np.float32)


PARTS: dict[int, Callable[[Points], np.ndarray]] = {
    JUG: _jug,
    ORANGE: lambda p: _fruit(p, ORANGE),
    SECOND: lambda p: _fruit(p, SECOND),
    PLUM: lambda p: _fruit(p, PLUM),
    LEMON: _lemon,
    TABLE: lambda p: p[:, 1],
    WALL: lambda p: p[:, 2] + 2.3,
}


def scene(p: Points) -> np.ndarray:
    found = PARTS[TABLE](p)
    for kind in (JUG, ORANGE, SECOND, LEMON, PLUM, WALL):
        found = np.minimum(found, PARTS[kind](p))
    return found


def march(start: Points, ray: Points, far: float, steps: int) -> np.ndarray:
    """How far each ray goes before it meets something."""
    travelled = np.full(len(ray), 0.01, np.float32)
    live = np.arange(len(ray))
    for _ in range(steps):
        near = scene(start[live] + ray[live] * travelled[live, None])
        travelled[live] += near
        live = live[(near > 0.0006) & (travelled[live] < far)]
        if not len(live):
            break
    return np.minimum(travelled, far)


def normals(p: Points) -> Points:
    e = 0.0015
    corners = np.array([[1, -1, -1], [-1, -1, 1], [-1, 1, -1], [1, 1, 1]], np.float32)
    found = sum(corner * scene(p + corner * e)[:, None] for corner in corners)
    return (found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)).astype(np.float32)


def shade(p: Points, rng: np.random.Generator, samples: int = 14) -> np.ndarray:
    """The share of a large window that each point sees."""
    seen = np.zeros(len(p), np.float32)
    for sample in range(samples):
        across, up = (sample + 0.5) / samples, (sample * 0.618034) % 1
        spot = LIGHT + np.array([0.0, (up - 0.5) * 1.9, (across - 0.5) * 1.9], np.float32)
        jitter = rng.normal(0, 0.07, (len(p), 3)).astype(np.float32)
        ray = spot + jitter - p
        distance = np.linalg.norm(ray, axis=1)
        ray /= distance[:, None]
        seen += march(p, ray.astype(np.float32), 3.6, 26) >= 3.55
    return seen / samples


def openness(p: Points, n: Points) -> np.ndarray:
    found = np.zeros(len(p), np.float32)
    for reach, share in ((0.04, 1.0), (0.12, 0.8), (0.28, 0.6), (0.55, 0.4)):
        found += share * np.clip(1 - scene(p + n * reach) / reach, 0, 1)
    return np.clip(1 - 0.42 * found, 0.06, 1)


def paint(width: int = 1600, height: int = 1067) -> np.ndarray:
    rng = np.random.default_rng(5)
    ahead = (AIM - EYE) / np.linalg.norm(AIM - EYE)
    right = np.cross(ahead, [0, 1, 0]).astype(np.float32)
    right /= np.linalg.norm(right)
    up = np.cross(right, ahead)
    v, u = np.mgrid[0:height, 0:width].astype(np.float32)
    u, v = (u + 0.5 - width / 2) / height, -(v + 0.5 - height / 2) / height
    ray = (ahead * 1.95 + u[..., None] * right + v[..., None] * up).reshape(-1, 3).astype(np.float32)
    ray /= np.linalg.norm(ray, axis=1, keepdims=True)
    picture = np.zeros((height * width, 3), np.float32)
    for start in range(0, len(ray), 200_000):
        picture[start : start + 200_000] = _light(ray[start : start + 200_000], rng)
    picture = picture.reshape(height, width, 3)
    picture = cv2.GaussianBlur(picture, (0, 0), 0.6)
    picture = glow(picture, 0.7, 10, 0.25)
    weave = fractal(rng, u * 240, v * 240, 3)[..., None]
    return developed(picture * (1 + 0.022 * weave), rng, grain=0.016, vignette=0.42)


def _light(ray: Points, rng: np.random.Generator) -> np.ndarray:
    """The colour that comes along each ray."""
    start = np.broadcast_to(EYE, ray.shape)
    distance = march(start, ray, 14.0, 150)
    p = EYE + ray * distance[:, None]
    kinds = np.argmin(np.stack([PARTS[kind](p) for kind in range(7)]), axis=0)
    n = normals(p)
    n, albedo, gloss, rough = _surface(p, n, kinds, rng)
    out = p + n * 0.004
    to_light = LIGHT - p
    to_light /= np.linalg.norm(to_light, axis=1, keepdims=True)
    facing = (n * to_light).sum(axis=1)
    wrapped = np.clip((facing + 0.12) / 1.12, 0, 1)
    seen = shade(out, rng)
    open_to = openness(out, n)
    fall = 26.0 / ((LIGHT - p) ** 2).sum(axis=1)
    key = colour("#fff0d8") * 1.5
    light = key * (wrapped * seen * fall)[:, None]
    cool = colour("#7f93ab") * 0.16
    warm = colour("#c58a55") * 0.14
    sky = np.clip(0.5 + 0.5 * n[:, 1], 0, 1)[:, None]
    light = light + (cool * sky + warm * (1 - sky)) * open_to[:, None]
    # What the table throws back into the undersides.
    bounce = np.clip(-n[:, 1] + 0.25, 0, 1) * np.exp(-np.maximum(p[:, 1], 0) * 2.4)
    light = light + colour("#a5703f") * (0.20 * bounce * open_to * (kinds < TABLE))[:, None]
    found = albedo * light
    half = to_light - ray
    half /= np.linalg.norm(half, axis=1, keepdims=True)
    shine = np.clip((n * half).sum(axis=1), 0, 1)
    fresnel = 0.04 + 0.96 * (1 - np.clip(-(n * ray).sum(axis=1), 0, 1)) ** 5
    found = found + key * (gloss * seen * fall * (0.35 + fresnel) * shine**rough * 0.9)[:, None]
    # The window itself, mirrored in the glaze, with its cross of bars.
    mirror = ray - 2 * (ray * n).sum(axis=1, keepdims=True) * n
    toward = LIGHT / np.linalg.norm(LIGHT)
    side = np.cross(toward, [0, 1, 0])
    side /= np.linalg.norm(side)
    a, b = mirror @ side / 0.30, mirror @ np.cross(side, toward) / 0.34
    pane = (
        smooth(1.0, 0.86, np.abs(a))
        * smooth(1.0, 0.86, np.abs(b))
        * smooth(0.04, 0.11, np.abs(a))
        * smooth(0.04, 0.11, np.abs(b))
    )
    pane = pane * (mirror @ toward > 0)
    found = found + key * ((kinds == JUG) * gloss * pane * seen * (0.42 + fresnel))[:, None]
    return found + colour("#566070") * (0.25 * fresnel * gloss * open_to)[:, None]


def _surface(
    p: Points, n: Points, kinds: np.ndarray, rng: np.random.Generator
) -> tuple[Points, np.ndarray, np.ndarray, np.ndarray]:
    """Normal with its bumps, colour, gloss and sharpness of the shine at each point."""
    count = len(p)
    albedo = np.zeros((count, 3), np.float32)
    gloss, rough = np.full(count, 0.05, np.float32), np.full(count, 20.0, np.float32)
    fixed = np.random.default_rng(3)  # the same veins in every batch of rays
    bump = np.zeros((count, 3), np.float32)
    x, y, z = p[:, 0], p[:, 1], p[:, 2]

    at = kinds == TABLE
    grain = fractal(fixed, x * 0.9 + 0.25 * noise(fixed, x * 1.5, z * 6), z * 13, 5)
    rings = 0.5 + 0.5 * np.sin(z * 34 + 5 * fractal(fixed, x * 0.7, z * 2.2, 3))
    plank = smooth(0.006, 0.018, np.abs((z + 3) % 0.92 - 0.46))
    wood = mix(
        np.broadcast_to(colour("#6d4326"), (count, 3)),
        colour("#a87444"),
        np.clip(0.5 + 0.55 * grain + 0.22 * (rings - 0.5), 0, 1),
    )
    albedo[at] = (wood * (0.35 + 0.65 * plank)[:, None])[at]
    gloss[at], rough[at] = 0.10 + 0.06 * grain[at], 26
    bump[at, 2] = 0.05 * grain[at]

    at = kinds == WALL
    plaster = fractal(fixed, x * 1.1, y * 1.1, 6) + 0.35 * fractal(fixed, x * 7, y * 7, 4)
    wall = mix(np.broadcast_to(colour("#45423c"), (count, 3)), colour("#8b8170"), np.clip(0.45 + 0.5 * plaster, 0, 1))
    albedo[at] = wall[at]

    at = kinds == JUG
    height = y - JUG_AT[1]
    angle = np.arctan2(z - JUG_AT[2], x - JUG_AT[0])
    drips = 0.66 + 0.10 * fractal(fixed, angle * 2.2, np.zeros_like(y), 4) + 0.03 * np.sin(angle * 9)
    glazed = smooth(drips - 0.012, drips + 0.012, height)
    throwing = np.sin(height * 130 + 0.6 * noise(fixed, angle * 2, height * 9))
    speckle = smooth(0.34, 0.52, fractal(fixed, angle * 24, height * 34, 4, 0.6))
    clay = mix(
        np.broadcast_to(colour("#a97b55"), (count, 3)),
        colour("#8a5d3c"),
        np.clip(0.5 + 0.6 * fractal(fixed, angle * 3, height * 14, 4), 0, 1),
    )
    teal = mix(
        np.broadcast_to(colour("#2c6a72"), (count, 3)),
        colour("#79a9a0"),
        np.clip(
            0.35 + 0.5 * fractal(fixed, angle * 1.6, height * 3, 5) + 0.35 * smooth(0.30, 0.0, height - drips), 0, 1
        ),
    )
    teal = mix(teal, colour("#274047"), speckle * 0.5)
    rim = smooth(1.53, 1.575, height)
    teal = mix(teal, colour("#a5794f"), rim * 0.7)
    albedo[at] = mix(clay, teal, glazed)[at]
    gloss[at] = (0.10 + 0.75 * glazed)[at]
    rough[at] = (14 + 150 * glazed)[at]
    bump[at, 1] = (0.035 * throwing * (1 - 0.6 * glazed))[at]

    for kind, skin, deep in (
        (ORANGE, "#e8831d", "#c75f10"),
        (SECOND, "#e5791a", "#b9520e"),
        (LEMON, "#f0cb31", "#cf9f1c"),
    ):
        at = kinds == kind
        q = p[at] * (64 if kind != LEMON else 46)
        pores = noise(fixed, q[:, 0] + 0.4 * q[:, 2], q[:, 1] + 0.3 * q[:, 2])
        patch = fractal(fixed, p[at][:, 0] * 5, p[at][:, 1] * 5, 4)
        albedo[at] = mix(
            np.broadcast_to(colour(skin), (int(at.sum()), 3)),
            colour(deep),
            np.clip(0.4 + 0.7 * patch + 0.18 * pores, 0, 1),
        )
        gloss[at], rough[at] = 0.30, 34
        bump[at, 0], bump[at, 1] = 0.10 * pores, 0.10 * noise(fixed, q[:, 1] + 31, q[:, 0] + 0.4 * q[:, 2])
        if kind != LEMON:
            centre = np.array(CENTRES[kind][:3], np.float32)
            away = (p[at] - centre) / CENTRES[kind][3]
            stalk = smooth(0.994, 0.998, away @ STALK_UP / np.maximum(np.linalg.norm(away, axis=1), 1e-5))
            albedo[at] = mix(albedo[at], colour("#4d5a24"), stalk)
    at = kinds == PLUM
    bloom = np.clip(0.5 + 0.8 * fractal(fixed, p[at][:, 0] * 6, p[at][:, 1] * 6 + p[at][:, 2] * 3, 5), 0, 1)
    albedo[at] = mix(np.broadcast_to(colour("#4a1730"), (int(at.sum()), 3)), colour("#5a5a86"), bloom * 0.75)
    gloss[at], rough[at] = 0.35 * (1 - 0.6 * bloom), 40

    bent = n + bump
    return (bent / np.linalg.norm(bent, axis=1, keepdims=True)).astype(np.float32), albedo, gloss, rough
