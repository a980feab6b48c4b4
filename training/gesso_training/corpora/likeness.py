"""Whether two pictures show the same: as they are, mirrored, turned, or one of them a part of the other.

Two nets catch candidates. Difference hashes (Krawetz 2013) in all eight positions find whole copies; words, pieces of
the binary descriptions of corners (ORB, Rublee et al. 2011), find parts. A candidate counts only when the pictures,
laid over each other, correlate.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bytes = NDArray[np.uint8]

GREY_PX = 32
VIEW_PX = 384
"""Longer side of the small copy that parts are looked for in."""
LIKE_BITS = 6
"""Difference hashes this close are looked at again; chance agreement of 64 bits lies far above."""
LIKE_CORRELATION = 0.97
"""Correlation of 32x32 grey copies from which two pictures count as the same."""
PART_CORRELATION = 0.88
"""Correlation of the parts that lie over each other, from which one picture counts as a part of another."""
PART_SHARE = 0.15
"""What a part covers of the other picture at least; below that a shared detail is no repeat."""
COPY_SHARE = 0.8
"""Pictures that cover each other this far are copies, not parts."""
FEWEST_MATCHES = 12
WORDS = 128
"""Corners of a picture whose descriptions become words."""
TABLES, WORD_BITS = 4, 22
POSITIONS = 8
"""Four quarter turns, as they are and mirrored."""


def likeness(picture: Bytes) -> int:
    """64-bit difference hash: the signs of horizontal steps in a 9x8 grey copy."""
    return _difference_hash(Image.fromarray(picture).convert("L"))


def _difference_hash(grey: Image.Image) -> int:
    small = np.asarray(grey.resize((9, 8), Image.Resampling.BOX), np.int16)
    signs = (small[:, 1:] > small[:, :-1]).ravel()
    return int(sum(1 << i for i, sign in enumerate(signs) if sign))


def mirrored(likeness: int) -> int:
    """The difference hash of the same picture seen in a mirror: every row backwards, every step the other way."""
    return sum(1 << (i // 8 * 8 + 7 - i % 8) for i in range(64) if not likeness >> i & 1)


Kind = TypeVar("Kind", bound=np.generic)


def placed(picture: NDArray[Kind], position: int) -> NDArray[Kind]:
    """A picture in one of its eight positions: 0-3 quarter turns, 4-7 the same in a mirror."""
    return np.rot90(picture[:, ::-1] if position >= 4 else picture, position % 4)


def grey_of(picture: Bytes) -> Bytes:
    """(32, 32): what whole copies are compared by."""
    grey = Image.fromarray(picture).convert("L")
    return np.asarray(grey.resize((GREY_PX, GREY_PX), Image.Resampling.BOX))


def hashes_of(grey: Bytes) -> list[int]:
    """Difference hashes of a picture's small grey copy in its eight positions."""
    return [
        _difference_hash(Image.fromarray(np.ascontiguousarray(placed(grey, position)))) for position in range(POSITIONS)
    ]


def view_of(picture: Bytes) -> bytes:
    """A small JPEG: what parts are looked for in, and what a contact sheet shows."""
    small = Image.fromarray(picture)
    small.thumbnail((VIEW_PX, VIEW_PX), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    small.save(file, "JPEG", quality=88)
    return file.getvalue()


def _centred(grey: NDArray[np.uint8]) -> NDArray[np.float64]:
    values = grey.astype(np.float64)
    values -= values.mean()
    return np.asarray(values / (np.linalg.norm(values) + 1e-9))


def same_whole(one: Bytes, other: Bytes) -> int | None:
    """The position of `other` in which two 32x32 grey copies correlate; None where none does."""
    first, second = _centred(one), _centred(other)
    found = [float((first * placed(second, position)).sum()) for position in range(POSITIONS)]
    best = int(np.argmax(found))
    return best if found[best] >= LIKE_CORRELATION else None


# --- parts ---


def _grey_view(view: bytes) -> Bytes:
    with Image.open(io.BytesIO(view)) as picture:
        return np.asarray(picture.convert("L"))


def _corners(grey: Bytes, count: int) -> tuple[NDArray[np.float32], Bytes]:
    """Places (n, 2) and descriptions (n, 32) of corners, the strongest first, spread over the picture."""
    import cv2

    finder = cv2.ORB.create(nfeatures=count * 4, fastThreshold=7, edgeThreshold=19, patchSize=31)
    found, described = finder.detectAndCompute(np.ascontiguousarray(grey), None)
    if described is None or not len(found):
        return np.zeros((0, 2), np.float32), np.zeros((0, 32), np.uint8)
    places = np.array([corner.pt for corner in found], np.float32)
    strength = np.array([corner.response for corner in found])
    cells = (places / max(1.0, max(grey.shape) / 6)).astype(int)
    order = np.argsort(-strength, kind="stable")
    crowd: dict[tuple[int, int], int] = {}
    rank = np.zeros(len(order), int)  # the how-manieth of its cell a corner is: all cells' firsts go first
    for index in order:
        cell = (int(cells[index][0]), int(cells[index][1]))
        rank[index] = crowd[cell] = crowd.get(cell, -1) + 1
    chosen = np.lexsort((-strength, rank))[:count]
    return places[chosen], described[chosen]


_CHOICE = np.random.default_rng(20).permuted(np.tile(np.arange(256), (TABLES, 1)), axis=1)[:, :WORD_BITS]


def words_of(view: bytes, *, scale: float = 1, in_mirror: bool = False) -> list[int]:
    """What is looked up to find pictures that share parts: a few bits of each corner's description.

    A part, shrunk by the share of the side that it was cut at, has the words that the whole has there.
    """
    with Image.open(io.BytesIO(view)) as picture:
        small = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        grey = np.asarray(picture.convert("L").resize(small, Image.Resampling.BOX))
    _, described = _corners(grey[:, ::-1] if in_mirror else grey, WORDS)
    bits = np.unpackbits(described, axis=1)  # (n, 256)
    weights = 1 << np.arange(WORD_BITS, dtype=np.int64)
    words = [bits[:, choice].astype(np.int64) @ weights + (table << 40) for table, choice in enumerate(_CHOICE)]
    return np.unique(np.concatenate(words)).tolist() if len(bits) else []


@dataclass(frozen=True)
class Part:
    """How two pictures lie over each other."""

    share_of_one: float
    """What of the first the other covers, 0-1."""
    share_of_other: float
    is_mirrored: bool
    correlation: float

    @property
    def is_copy(self) -> bool:
        return min(self.share_of_one, self.share_of_other) >= COPY_SHARE


def shared_part(one: bytes, other: bytes) -> Part | None:
    """Whether two views show the same thing, in whole or in part; found by corners, confirmed by correlation."""
    first, second = _grey_view(one), _grey_view(other)
    found = [
        part
        for is_mirrored in (False, True)
        if (part := _laid_over(first, second[:, ::-1] if is_mirrored else second, is_mirrored))
    ]
    return max(found, key=lambda part: part.correlation, default=None)


def _laid_over(one: Bytes, other: Bytes, is_mirrored: bool) -> Part | None:
    import cv2

    here, mine = _corners(one, 600)
    there, theirs = _corners(other, 600)
    if min(len(mine), len(theirs)) < FEWEST_MATCHES:
        return None
    pairs = [pair for pair in cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(theirs, mine, k=2) if len(pair) == 2]
    kept = [best for best, next_best in pairs if best.distance < 0.85 * next_best.distance and best.distance < 80]
    if len(kept) < FEWEST_MATCHES:
        return None
    source = there[[match.queryIdx for match in kept]]
    target = here[[match.trainIdx for match in kept]]
    cv2.setRNGSeed(1)
    laid, agreeing = cv2.estimateAffine2D(source, target, method=cv2.RANSAC, ransacReprojThreshold=4, maxIters=2000)
    if laid is None or int(agreeing.sum()) < FEWEST_MATCHES:
        return None
    stretch = np.linalg.svd(laid[:, :2], compute_uv=False)
    if stretch[1] < 0.12 or stretch[0] > 8 or stretch[0] > 2 * stretch[1]:
        return None
    size = (one.shape[1], one.shape[0])
    over = cv2.warpAffine(np.ascontiguousarray(other), laid, size, flags=cv2.INTER_AREA)
    where = cv2.warpAffine(np.full(other.shape, 255, np.uint8), laid, size, flags=cv2.INTER_NEAREST) > 0
    share_of_one = float(where.mean())
    share_of_other = float(where.sum() / abs(np.linalg.det(laid[:, :2])) / other.size)
    if max(share_of_one, share_of_other) < 0.5 or min(share_of_one, share_of_other) < PART_SHARE or where.sum() < 400:
        return None
    # Fine structure shifts by a pixel when a copy is resized; a soft copy does not mind.
    a = cv2.GaussianBlur(np.ascontiguousarray(one), (0, 0), 1.5)[where]
    b = cv2.GaussianBlur(over, (0, 0), 1.5)[where]
    correlation = float((_centred(a) * _centred(b)).sum())
    if correlation < PART_CORRELATION:
        return None
    return Part(share_of_one, min(1.0, share_of_other), is_mirrored, correlation)
