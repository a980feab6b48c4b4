"""What makes a picture unfit to learn from, measured: kinds of faults and the sentences that name them.

Every bound was set where a person looking at the pictures began to disagree; a set says which kinds belong to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gesso_training.corpora.normal import Bytes

LOOKED_AT_PX = 512
"""Longer side of the copy that sharpness, borders and clipping are measured in."""
TEXT_PX = 900
FLAT_SPREAD = 4
GREY_CHROMA = 10
"""Between the largest and the smallest channel; 99 of 100 pixels of a grey scan stay below."""
SHARPEST = 8.0
"""Variance of the Laplacian at `LOOKED_AT_PX` below which the sharpest quarter of a picture is soft."""
CLIPPED_SHARE = 0.35
BORDER_SHARE = 0.35
TEXT_LINES = 9


@dataclass(frozen=True)
class Fault:
    kind: str
    """`decode`, `size`, `flat`, `grey`, `blur`, `text`, `clipping` or `border`."""
    reason: str


KINDS = ("decode", "size", "flat", "grey", "blur", "text", "clipping", "border")


def fault_of(picture: Bytes, smallest_px: int, accepts: frozenset[str] = frozenset()) -> Fault | None:
    """The first fault of a decoded picture that the set does not accept; sizes are those of `picture`."""
    if min(picture.shape[:2]) < smallest_px:
        return Fault("size", f"smaller than {smallest_px} px")
    if float(picture.std(axis=(0, 1)).max()) < FLAT_SPREAD:
        return Fault("flat", "nearly one colour")
    small = _at_most(picture, LOOKED_AT_PX)
    found: tuple[tuple[str, Callable[[], str]], ...] = (
        ("grey", lambda: "a grey scan" if is_grey(small) else ""),
        ("text", lambda: "a page of text" if text_lines(_at_most(picture, TEXT_PX)) >= TEXT_LINES else ""),
        ("border", lambda: _share_said(plain_border(small), BORDER_SHARE, "a plain border takes {} % of it")),
        ("clipping", lambda: _share_said(clipped_share(small), CLIPPED_SHARE, "{} % of it is clipped to black or white")),
        ("blur", lambda: "blurred all over" if sharpness(small) < SHARPEST else ""),
    )  # fmt: skip
    for kind, measure in found:
        if kind not in accepts and (reason := measure()):
            return Fault(kind, reason)
    return None


def _share_said(share: float, most: float, sentence: str) -> str:
    return sentence.format(round(share * 100)) if share > most else ""


def _at_most(picture: Bytes, side_px: int) -> Bytes:
    if max(picture.shape[:2]) <= side_px:
        return picture
    small = Image.fromarray(picture)
    small.thumbnail((side_px, side_px), Image.Resampling.BOX)
    return np.asarray(small)


def _luma(picture: Bytes) -> Bytes:
    return np.asarray(Image.fromarray(picture).convert("L"))


def _chroma(picture: Bytes) -> Bytes:
    """The largest channel less the smallest."""
    red, green, blue = (picture[:, :, channel] for channel in range(3))
    largest = np.maximum(np.maximum(red, green), blue)
    return np.asarray(largest - np.minimum(np.minimum(red, green), blue))


def _quantile(values: Bytes, share: float) -> int:
    """The value that this share of the bytes does not pass, by counting; a sort would take most of the time here."""
    counted = np.cumsum(np.bincount(values.ravel(), minlength=256))
    return int(np.searchsorted(counted, share * counted[-1]))


def is_grey(picture: Bytes) -> bool:
    """Whether the picture holds one channel only, give or take compression."""
    return _quantile(_chroma(picture), 0.99) < GREY_CHROMA


def sharpness(picture: Bytes) -> float:
    """Variance of the Laplacian (Pech-Pacheco et al. 2000) of the sharpest of sixteen fields.

    A sharp subject before a soft background is sharp; noise of one grey level does not count.
    """
    luma = _luma(picture).astype(np.int16)
    steps = luma[1:-1, 2:] + luma[1:-1, :-2] + luma[2:, 1:-1] + luma[:-2, 1:-1] - 4 * luma[1:-1, 1:-1]
    fields = [field for rows in np.array_split(steps, 4) for field in np.array_split(rows, 4, axis=1)]
    return max(float(field.var()) for field in fields if field.size)


def clipped_share(picture: Bytes) -> float:
    """Pixels that have lost all drawing: black or white in every channel, in areas and not in single points."""
    luma = _luma(picture)
    lost = ((luma >= 253) | (luma <= 2)) & (_chroma(picture) <= 2)
    inner = lost[1:-1, 1:-1] & lost[:-2, 1:-1] & lost[2:, 1:-1] & lost[1:-1, :-2] & lost[1:-1, 2:]
    return float(inner.mean())


def plain_border(picture: Bytes) -> float:
    """The share of the picture taken by rows and columns of one colour at its edges: frames of scans, bars of films."""
    values = picture.astype(np.int16)
    height, width = values.shape[:2]

    def depth(lines: NDArray[np.int16]) -> int:
        """How many lines from the first on are all of the first one's colour."""
        colour = np.median(lines[0], axis=0)
        most = lines.shape[1] * 0.02  # specks of dust
        for count, line in enumerate(lines):
            if int((np.abs(line - colour).max(axis=1) > 6).sum()) > most:
                return count
        return len(lines)

    across = values.transpose(1, 0, 2)
    top, bottom = depth(values), depth(values[::-1])
    left, right = depth(across), depth(across[::-1])
    inside = max(0, height - top - bottom) * max(0, width - left - right)
    return float(1 - inside / (height * width))


def text_lines(picture: Bytes) -> int:
    """How many lines of a page are set in even rows or columns of ink; 0 for what is no bright page."""
    luma = _luma(picture)
    paper = _quantile(luma, 0.8)
    dark = luma < paper - 60
    share = float(dark.mean())
    on_paper = float(((luma > paper - 30) & (luma < paper + 30)).mean())
    if paper < 130 or on_paper < 0.6 or not 0.015 < share < 0.35 or _quantile(_chroma(picture), 0.9) > 70:
        return 0
    return max(_even_rows(dark), _even_rows(dark.T))


def _even_rows(dark: NDArray[np.bool_]) -> int:
    """Rows of ink of like height, with clear gaps between."""
    inked = dark.mean(axis=1)
    typical = float(np.percentile(inked, 85))
    if typical <= 0:
        return 0
    is_line = inked > 0.25 * typical
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_line, [False]]).astype(np.int8)))
    starts, ends = edges[::2], edges[1::2]
    heights = ends - starts
    if len(heights) < TEXT_LINES:
        return 0
    middle = float(np.median(heights))
    alike = (heights > 0.5 * middle) & (heights < 1.8 * middle)
    pitch = np.diff(starts[alike])
    if len(pitch) < TEXT_LINES - 1 or middle > 0.06 * len(inked):
        return 0
    even = np.abs(pitch - np.median(pitch)) < 0.25 * np.median(pitch)
    crossings = [int(np.abs(np.diff(dark[(start + end) // 2].astype(np.int8))).sum()) for start, end in zip(starts, ends, strict=True)]  # fmt: skip
    is_lettered = float(np.median(crossings)) > 24  # letters: many strokes a line; hatching and bars have other counts
    return int(alike.sum()) if even.mean() > 0.6 and alike.mean() > 0.6 and is_lettered else 0
