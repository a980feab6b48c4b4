"""Transforms: pixels moved, scaled, turned, sheared and seen in perspective.

A matrix takes places of the source to places of the picture; (0, 0) is the upper left corner of a pixel. What only
moves pixels about by whole steps and quarter turns is done to the bit; everything else goes through premultiplied
floats, band by band.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, radians, sin, tan
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gesso.operations.painting.select_shapes import coverage
from gesso.values import Box, Size

Pixels = NDArray[Any]
Matrix = NDArray[np.float64]
"""(3, 3)."""
Point = tuple[float, float]
How = Literal["nearest", "bilinear", "bicubic", "lanczos"]
HOWS: tuple[How, ...] = ("nearest", "bilinear", "bicubic", "lanczos")

EXACT = 1e-9
BAND_ROWS = 256
REACH_PX = 5
"""How far the widest kernel looks around a place."""
EDGE_PX = 1e-6
"""So near to the edge of a pixel is on it."""
FARTHEST = 1e-6
"""Below it a place of a perspective lies behind the eye."""


@dataclass(frozen=True)
class Pose:
    """How a box is transformed, in words of the artist; everything about its middle, first scaled, then sheared, turned,
    moved, and last its corners pulled one by one."""

    move: Point = (0.0, 0.0)
    scale: Point = (1.0, 1.0)
    """Each way; negative ones flip."""
    degrees: float = 0.0
    """Clockwise."""
    skew: float = 0.0
    """Degrees that the upright sides lean."""
    corners: tuple[Point, Point, Point, Point] = ((0.0, 0.0),) * 4
    """How far each corner is pulled: upper left, upper right, lower right, lower left."""

    def matrix(self, box: Box) -> Matrix:
        """For a box of the source. Raises ValueError when it is pulled into something that no eye could see."""
        plain = self._affine(box)
        if not any(x or y for x, y in self.corners):
            return plain
        square = corners_of(box)
        wanted = [(x + dx, y + dy) for (x, y), (dx, dy) in zip(mapped(plain, square), self.corners, strict=True)]
        return from_corners(square, wanted)

    def quad(self, box: Box) -> list[Point]:
        """Where the corners of a box come to lie."""
        moved = mapped(self._affine(box), corners_of(box))
        return [(x + dx, y + dy) for (x, y), (dx, dy) in zip(moved, self.corners, strict=True)]

    def _affine(self, box: Box) -> Matrix:
        x, y = box.x + box.width / 2, box.y + box.height / 2
        turn = radians(self.degrees)
        c, s = (round(v, 15) for v in (cos(turn), sin(turn)))  # or a quarter turn would not quite be one
        rotate = np.array([[c, -s], [s, c]])
        lean = np.array([[1.0, -tan(radians(self.skew)) if self.skew else 0.0], [0.0, 1.0]])
        linear = rotate @ lean @ np.diag(self.scale)
        found = np.eye(3)
        found[:2, :2] = linear
        found[:2, 2] = np.array([x, y]) - linear @ (x, y)
        if is_quarter(linear) and (box.width - box.height) % 2 and abs(linear[0, 1]) == 1:
            # A box of odd and even sides cannot be turned in its place: off by half a pixel, towards where it was, so
            # that four turns come home.
            corner = mapped(found, corners_of(box))
            left, top = min(p[0] for p in corner), min(p[1] for p in corner)
            found[0, 2] += int(left - box.x) - (left - box.x)
            found[1, 2] += int(top - box.y) - (top - box.y)
        found[:2, 2] += self.move
        return found


def corners_of(box: Box) -> list[Point]:
    return [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)]


def mapped(matrix: NDArray[Any], points: Sequence[Point]) -> list[Point]:
    """Where places of the source come to lie."""
    found = np.column_stack([np.asarray(points, np.float64), np.ones(len(points))]) @ matrix.T
    return [(float(x / w), float(y / w)) for x, y, w in found]


def from_corners(source: Sequence[Point], wanted: Sequence[Point]) -> Matrix:
    """The perspective that takes four corners to four others; raises ValueError when these do not make an outline that
    bulges outwards everywhere."""
    turns = [_turn(wanted[k], wanted[(k + 1) % 4], wanted[(k + 2) % 4]) for k in range(4)]
    if not (all(t > EXACT for t in turns) or all(t < -EXACT for t in turns)):
        raise ValueError("the corners do not make a convex outline")
    rows, right = [], []
    for (x, y), (u, v) in zip(source, wanted, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return np.append(np.linalg.solve(np.array(rows, np.float64), np.array(right, np.float64)), 1.0).reshape(3, 3)


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])


def is_quarter(linear: Matrix) -> bool:
    """Whether it only exchanges and flips axes."""
    sizes = np.abs(linear)
    near = np.minimum(sizes, np.abs(sizes - 1)) < EXACT
    return bool(
        near.all() and np.allclose(np.rint(sizes).sum(axis=0), 1) and np.allclose(np.rint(sizes).sum(axis=1), 1)
    )


def is_exact(matrix: Matrix) -> bool:
    """Whether whole pixels come to lie on whole pixels."""
    shift = matrix[:2, 2]
    return bool(
        is_quarter(matrix[:2, :2])
        and np.abs(matrix[2] - (0, 0, 1)).max() < EXACT
        and np.abs(shift - np.rint(shift)).max() < EDGE_PX
    )


def reach(matrix: Matrix, box: Box, margin_px: int = 1) -> Box:
    """The part of the picture that a box of the source comes to lie in."""
    xs, ys = zip(*mapped(matrix, corners_of(box)), strict=True)
    margin = 0 if is_exact(matrix) else margin_px
    left, top = floor(min(xs) + EDGE_PX), floor(min(ys) + EDGE_PX)
    return Box.around(left, top, ceil(max(xs) - EDGE_PX), ceil(max(ys) - EDGE_PX)).grow(margin)


def transformed(pixels: Pixels, place: Box, matrix: Matrix, wanted: Box, how: How = "bicubic") -> Pixels:
    """A box of the picture, made of pixels (h, w, 4) with straight alpha or (h, w, 1) that lie at `place` of the source.

    Nothing lies outside of them, and where they end each pixel of the picture counts by its area. Where pixels become
    smaller they are averaged first, so that fine lines do not break up.
    """
    if is_exact(matrix):
        return _exact(pixels, place, matrix, wanted)
    if how == "nearest":
        return _nearest(pixels, place, matrix, wanted)
    out = np.zeros((wanted.height, wanted.width, pixels.shape[2]), pixels.dtype)
    where = reach(matrix, place).intersect(wanted)
    if where.is_empty or place.is_empty:
        return out
    if _is_upright(matrix):
        found = _scaled(pixels, place, matrix, where, how)
    else:
        found = _warped(*_shrunk(pixels, place, matrix, how), where, how, pixels.dtype)
    out[where.moved(-wanted.x, -wanted.y).slices()] = found
    return out


def _cover(matrix: Matrix, place: Box, wanted: Box) -> Pixels:
    """(h, w) in 0-1: how much of each pixel the outline of the source covers."""
    quad = [(x - wanted.x, y - wanted.y) for x, y in mapped(matrix, corners_of(place))]
    return coverage(wanted.size, quad).astype(np.float32) * np.float32(1 / 255)


def _exact(pixels: Pixels, place: Box, matrix: Matrix, wanted: Box) -> Pixels:
    linear = np.rint(matrix[:2, :2]).astype(int)
    found = pixels
    if linear[0, 0] == 0:
        found = found.swapaxes(0, 1)
        flip_x, flip_y = linear[0, 1] < 0, linear[1, 0] < 0
    else:
        flip_x, flip_y = linear[0, 0] < 0, linear[1, 1] < 0
    found = found[:: -1 if flip_y else 1, :: -1 if flip_x else 1]
    where = reach(matrix, place)
    out = np.zeros((wanted.height, wanted.width, pixels.shape[2]), pixels.dtype)
    common = where.intersect(wanted)
    if not common.is_empty:
        out[common.moved(-wanted.x, -wanted.y).slices()] = found[common.moved(-where.x, -where.y).slices()]
    return out


def _bands(wanted: Box) -> list[Box]:
    return [
        Box(wanted.x, y, wanted.width, min(BAND_ROWS, wanted.bottom - y))
        for y in range(wanted.y, wanted.bottom, BAND_ROWS)
    ]


def _places(inverse: Matrix, band: Box) -> tuple[Pixels, Pixels, Pixels]:
    """Where the middles of a band's pixels come from, and whether they lie before the eye."""
    x = np.arange(band.x, band.right)[None, :] + 0.5
    y = np.arange(band.y, band.bottom)[:, None] + 0.5
    depth = inverse[2, 0] * x + inverse[2, 1] * y + inverse[2, 2]
    seen = depth > FARTHEST * np.sign(inverse[2, 2] or 1)
    depth = np.where(np.abs(depth) > FARTHEST, depth, 1)
    return (
        (inverse[0, 0] * x + inverse[0, 1] * y + inverse[0, 2]) / depth,
        (inverse[1, 0] * x + inverse[1, 1] * y + inverse[1, 2]) / depth,
        seen,
    )


def _nearest(pixels: Pixels, place: Box, matrix: Matrix, wanted: Box) -> Pixels:
    out = np.zeros((wanted.height, wanted.width, pixels.shape[2]), pixels.dtype)
    inverse = _inverse(matrix, place)
    for band in _bands(wanted):
        u, v, seen = _places(inverse, band)
        # A place on the very edge of two pixels belongs to one of them, whichever way the sums were rounded.
        column, row = np.floor(u - place.x + 1e-7).astype(int), np.floor(v - place.y + 1e-7).astype(int)
        inside = seen & (column >= 0) & (row >= 0) & (column < place.width) & (row < place.height)
        part = pixels[np.clip(row, 0, place.height - 1), np.clip(column, 0, place.width - 1)]
        out[band.moved(-wanted.x, -wanted.y).slices()] = np.where(inside[..., None], part, 0)
    return out


def _inverse(matrix: Matrix, place: Box) -> Matrix:
    """With its sign so that what is seen has a positive depth."""
    found = np.linalg.inv(matrix)
    middle = matrix @ (place.x + place.width / 2, place.y + place.height / 2, 1)
    return np.asarray(found * np.sign(found[2] @ (middle / middle[2])))


def _is_upright(matrix: Matrix) -> bool:
    """Whether rows stay rows and columns columns, unflipped."""
    off = abs(matrix[0, 1]) + abs(matrix[1, 0]) + np.abs(matrix[2] - (0, 0, 1)).max()
    return bool(off < EXACT and matrix[0, 0] > 0 and matrix[1, 1] > 0)


def _scaled(pixels: Pixels, place: Box, matrix: Matrix, wanted: Box, how: How) -> Pixels:
    """Axis by axis, with a kernel as wide as the pixels become narrow."""
    (left, top), (right, bottom) = _back(matrix, wanted)
    across, down = (ceil(REACH_PX * max(1.0, 1 / matrix[k, k])) for k in (0, 1))
    part = Box.around(floor(left) - across, floor(top) - down, ceil(right) + across, ceil(bottom) + down)
    padded = _read(pixels, place, part)
    box = (left - part.x, top - part.y, right - part.x, bottom - part.y)
    planes = [resized(plane, wanted.size, box, how) for plane in _planes(padded)]
    return _levels(planes, pixels.dtype, _cover(matrix, place, wanted))


def _back(matrix: Matrix, box: Box) -> tuple[Point, Point]:
    found = mapped(np.linalg.inv(matrix), [(box.x, box.y), (box.right, box.bottom)])
    return found[0], found[1]


def _read(pixels: Pixels, place: Box, part: Box) -> Pixels:
    """A part of the source, its outermost pixels going on beyond its border."""
    rows = np.clip(np.arange(part.y, part.bottom) - place.y, 0, place.height - 1)
    columns = np.clip(np.arange(part.x, part.right) - place.x, 0, place.width - 1)
    return np.asarray(pixels[rows[:, None], columns[None, :]])


def _planes(pixels: Pixels) -> list[Pixels]:
    """Each channel as floats of its own, colours premultiplied."""
    top = np.float32(np.iinfo(pixels.dtype).max)
    if pixels.shape[2] == 1:
        return [pixels[..., 0].astype(np.float32) / top]
    alpha = pixels[..., 3].astype(np.float32) / top
    return [*(pixels[..., k].astype(np.float32) * (alpha / top) for k in range(3)), alpha]


def _levels(planes: list[Pixels], dtype: Any, cover: Pixels) -> Pixels:
    """Straight alpha again; what overshot is cut off, and what lies outside is taken away."""
    top = np.float32(np.iinfo(dtype).max)
    alpha = np.clip(planes[-1], 0, 1) * cover
    if len(planes) == 1:
        return np.rint(alpha * top).astype(dtype)[..., None]
    out = np.zeros((*alpha.shape, 4), dtype)
    there = alpha * top >= 0.5
    for k, plane in enumerate(planes[:3]):
        # By the alpha as it overshot: the colour did so with it.
        colour = np.divide(plane, planes[-1], out=np.zeros_like(alpha), where=there)
        out[..., k] = np.rint(np.clip(colour, 0, 1) * top)
    out[..., 3] = np.rint(alpha * top)
    return out


def resized(plane: Pixels, size: Size, box: tuple[float, float, float, float], how: How) -> Pixels:
    """A part of a plane (h, w) of float32, given in pixels and fractions of them, at another size; antialiased."""
    from PIL import Image

    filters = Image.Resampling
    kernel = {"nearest": filters.NEAREST, "bilinear": filters.BILINEAR, "bicubic": filters.BICUBIC}.get(
        how, filters.LANCZOS
    )
    image = Image.fromarray(np.ascontiguousarray(plane, np.float32))
    held = (max(0.0, box[0]), max(0.0, box[1]), min(float(image.width), box[2]), min(float(image.height), box[3]))
    return np.asarray(image.resize((size.width, size.height), kernel, held), np.float32)


def _shrunk(pixels: Pixels, place: Box, matrix: Matrix, how: How) -> tuple[list[Pixels], Matrix]:
    """Planes as small as the transform makes them, and the matrix from their own places."""
    planes = _planes(pixels)
    across, down = _density(matrix, place)
    size = Size(
        max(1, min(place.width, ceil(place.width * across))), max(1, min(place.height, ceil(place.height * down)))
    )
    if size != place.size:
        whole = (0.0, 0.0, float(place.width), float(place.height))
        planes = [resized(plane, size, whole, how) for plane in planes]
    scale = np.diag([place.width / size.width, place.height / size.height, 1.0])
    shift = np.eye(3)
    shift[:2, 2] = place.x, place.y
    return planes, matrix @ shift @ scale


def _density(matrix: Matrix, place: Box) -> Point:
    """How many pixels of the picture a pixel of the source takes up each way, where it takes up most."""
    found = [0.0, 0.0]
    for x, y in (*corners_of(place), (place.x + place.width / 2, place.y + place.height / 2)):
        u, v, w = matrix @ (x, y, 1)
        if abs(w) < FARTHEST:
            return 1.0, 1.0
        for axis in (0, 1):
            step = matrix[:2, axis] / w - np.array([u, v]) * matrix[2, axis] / (w * w)
            found[axis] = max(found[axis], float(np.hypot(*step)))
    return min(1.0, found[0]), min(1.0, found[1])


def _warped(planes: list[Pixels], matrix: Matrix, wanted: Box, how: How, dtype: Any) -> Pixels:
    import cv2

    kernel = {"bilinear": cv2.INTER_LINEAR, "bicubic": cv2.INTER_CUBIC}.get(how, cv2.INTER_LANCZOS4)
    source = np.dstack(planes)
    height, width, channels = source.shape
    place = Box(0, 0, width, height)
    inverse, cover = _inverse(matrix, place), _cover(matrix, place, wanted)
    out = np.zeros((wanted.height, wanted.width, channels), dtype)
    for band in _bands(wanted):
        inside = cover[band.y - wanted.y : band.bottom - wanted.y] > 0
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        if not len(rows):
            continue
        part = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
        # The sampler counts from the middles of pixels; beyond the border the outermost ones go on.
        first = np.eye(3)
        first[:2, 2] = band.x + part[1].start + 0.5, band.y + part[0].start + 0.5
        back = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]]) @ inverse @ first
        extent = (part[1].stop - part[1].start, part[0].stop - part[0].start)
        flags = kernel | cv2.WARP_INVERSE_MAP
        found = np.asarray(cv2.warpPerspective(source, back, extent, flags=flags, borderMode=cv2.BORDER_REPLICATE))
        found = found.reshape(extent[1], extent[0], channels)
        top = band.y - wanted.y
        here = slice(top + part[0].start, top + part[0].stop), part[1]
        out[here] = _levels([found[..., k] for k in range(channels)], dtype, cover[here])
    return out
