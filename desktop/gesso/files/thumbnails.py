"""Small pictures of files, decoded in a process of their own: lists of files show what nobody has looked into yet."""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from gesso.files import apart, icc, layered, limits, pictures, project, svg
from gesso.files.sources import quiet
from gesso.values import Picture, Progress, Size, Trouble

Pixels = NDArray[np.uint8]
"""(height, width, 4)."""
MOST_PIXELS = 60_000_000
"""Larger pictures have none: reading them would hold up all others."""
MOST_KEPT_BYTES = 8 << 20
"""Of a picture that a file keeps of itself."""
LARGEST_KEPT = Size(2048, 2048)


def small(path: Path, size: Size, progress: Progress | None = None) -> Pixels | None:
    """A file's picture, just large enough to cover `size`; None when there is none to be had cheaply."""
    progress = progress or Progress.silent()
    try:
        if path.suffix.lower() != project.SUFFIX and pictures.kind_of(path) == svg.FORMAT:
            drawn = pictures.read(path, progress=progress, fit=Size(size.width * 2, size.height * 2))
            return _shrunk(drawn.picture, size)
        return _first(apart.stream(partial(_tell, size=size), path, limits.free_bytes(), progress))
    except Trouble:
        return None


def small_of(name: str, content: bytes, size: Size, progress: Progress | None = None) -> Pixels | None:
    """The same of a picture that a file keeps of itself; `name` is for the log only."""
    if len(content) > MOST_KEPT_BYTES:
        return None
    tell = partial(_tell_content, size=size)
    given = [content]
    try:
        return _first(apart.stream(tell, Path(name), limits.free_bytes(), progress or Progress.silent(), given=given))
    except Trouble:
        return None


def _first(said: Iterator[Pixels | None]) -> Pixels | None:
    [found] = said
    return found


# --- in the other process ----------------------------------------------------------------------------------------------


def _tell(path: Path, progress: Progress, size: Size) -> Iterator[Pixels | None]:
    kept = _kept(path)
    yield (_decoded(kept, size) if kept else None) if kept is not None else _read(path, size, progress)


def _tell_content(path: Path, progress: Progress, given: Iterator[bytes], size: Size) -> Iterator[Pixels | None]:
    [content] = given
    yield _decoded(content, size)


def _kept(path: Path) -> bytes | None:
    """What a project or a file of layers keeps of itself, empty when that is nothing; None for flat pictures."""
    suffix = path.suffix.lower()
    if suffix == project.SUFFIX:
        return project.read_thumbnail(path) or b""
    return (layered.thumbnail(path) or b"") if suffix in layered.KINDS else None


def _decoded(content: bytes, size: Size) -> Pixels | None:
    """PNG and JPEG are all that files keep of themselves."""
    if len(content) > MOST_KEPT_BYTES:
        return None
    with quiet(), Image.open(io.BytesIO(content), formats=("PNG", "JPEG")) as image:
        if image.width > LARGEST_KEPT.width or image.height > LARGEST_KEPT.height:
            return None
        return _shrunk(Picture.from_rgba(np.asarray(image.convert("RGBA"))), size)


def _read(path: Path, size: Size, progress: Progress) -> Pixels | None:
    facts = pictures.probe(path)
    if facts.size.area > MOST_PIXELS:
        return None
    if facts.format == "JPEG":
        return _jpeg(path, size)
    return _shrunk(pictures.read(path, progress=progress).picture, size)


def _jpeg(path: Path, size: Size) -> Pixels:
    """Decoded at a fraction of its size at once, which photographs are large enough for."""
    with quiet(), path.open("rb") as file, Image.open(file, formats=("JPEG",)) as image:
        image.draft(None, (2 * max(size.width, size.height),) * 2)
        profile, base = image.info.get("icc_profile"), image.mode
        convert, _ = icc.conversion(profile if isinstance(profile, bytes) else None, base, 8)
        upright = ImageOps.exif_transpose(image)
        pixels = np.asarray(upright)
    return _shrunk(Picture(convert(pixels[..., None] if pixels.ndim == 2 else pixels)), size)


def _shrunk(picture: Picture, size: Size) -> Pixels:
    """Covering `size` where it is larger, its alpha counted."""
    whole = picture.size
    scale = max(size.width / whole.width, size.height / whole.height)
    pixels: NDArray[Any] = picture.rgba()
    if picture.depth == 16:
        pixels = (pixels >> 8).astype(np.uint8)
    if scale < 1:
        fitted = (max(1, round(whole.width * scale)), max(1, round(whole.height * scale)))
        image = Image.fromarray(pixels).resize(fitted, Image.Resampling.BOX, reducing_gap=2.0)
        pixels = np.asarray(image)
    return np.ascontiguousarray(pixels)
