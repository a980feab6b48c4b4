"""The compiled sums of `composite.c`, where they were built: the same pixels to the bit as numpy's, several times sooner.

Without the library, with one of another form, or with GESSO_NATIVE=0 everything goes by numpy.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting.blend import BLENDS, Floats, lightened
from gesso.documents.painting.light import codes, lights

if TYPE_CHECKING:
    from gesso.documents.painting.runs import Sheet

LIBRARY = Path(__file__).parent / ("composite.dll" if sys.platform == "win32" else "composite.so")
"""Where `setup.py` puts it."""
SWITCH = "GESSO_NATIVE"
FORM = 2
"""What `gesso_form` in composite.c says: both are raised together when arguments change."""
DEEPEST = 8
"""Groups in groups: each takes 16 KB of the thread's stack."""
BYTES, WORDS, GROUND, GROUP = range(4)
KINDS = {np.dtype(np.uint8): BYTES, np.dtype(np.uint16): WORDS, np.dtype(np.float32): GROUND}
TOPS = {BYTES: 255, WORDS: 65535}
MODES = {mode: number for number, mode in enumerate(BLENDS)}


class _Sheet(ctypes.Structure):
    _fields_ = (
        ("pixels", ctypes.c_void_p),
        ("mask", ctypes.c_void_p),
        ("lights", ctypes.c_void_p),
        ("opacity", ctypes.c_float),
        ("kind", ctypes.c_int32),
        ("mode", ctypes.c_int32),
        ("atop", ctypes.c_int32),
        ("inside", ctypes.c_int32),
    )


class _Out(ctypes.Structure):
    _fields_ = (
        ("pixels", ctypes.c_void_p),
        ("width", ctypes.c_int64),
        ("pitch", ctypes.c_int64),
        ("kind", ctypes.c_int32),
    )


def is_available() -> bool:
    """Whether pictures are composited by the compiled sums."""
    return os.environ.get(SWITCH) != "0" and _library() is not None


@contextmanager
def by_numpy() -> Iterator[None]:
    """Without the compiled sums for a while, in the whole process: to measure and to compare."""
    before = os.environ.get(SWITCH)
    os.environ[SWITCH] = "0"
    try:
        yield
    finally:
        if before is None:
            del os.environ[SWITCH]
        else:
            os.environ[SWITCH] = before


@cache
def _library() -> ctypes.CDLL | None:
    try:
        found = ctypes.CDLL(str(LIBRARY))
        if found.gesso_form() != FORM:
            return None
        work = found.gesso_composite
    except (OSError, AttributeError):
        return None
    pointer = ctypes.c_void_p
    work.argtypes = [pointer, ctypes.c_int32, pointer, pointer, pointer, ctypes.c_int64]
    work.restype = None
    return found


def composite(sheets: Sequence[Sheet], out: NDArray[Any], is_linear: bool) -> None:
    """Write sheets over each other as pixels (h, w, 4), which may be a part of a picture, or planes (4, pixels).

    For pixels, grounds and groups of these, not deeper than DEEPEST; others are to be made into grounds first.
    """
    library = _library()
    assert library is not None
    light = {kind: lights(top) for kind, top in TOPS.items()} if is_linear else {}
    found: list[_Sheet] = []
    _gather(sheets, light, found)
    kind = KINDS[out.dtype]
    table, turned = lightened(), codes(TOPS[kind]) if is_linear and kind != GROUND else None
    assert out.flags.c_contiguous if kind == GROUND else out.strides[1:] == (4 * out.itemsize, out.itemsize)
    place = _Out(out.__array_interface__["data"][0], out.shape[1], out.strides[0], kind)
    count = out.shape[1] if kind == GROUND else out.shape[0] * out.shape[1]
    rows = (_Sheet * len(found))(*found)
    library.gesso_composite(rows, len(found), _place(table), _place(turned), ctypes.byref(place), count)


def _gather(sheets: Sequence[Sheet], light: Mapping[int, Floats], found: list[_Sheet]) -> None:
    """Every sheet before those that are in it."""
    for sheet in sheets:
        own = sheet.ground if sheet.ground is not None else sheet.flat
        kind = GROUP if own is None else KINDS[own.dtype]
        row = _Sheet(
            pixels=_place(own),
            mask=_place(sheet.mask),
            lights=_place(light.get(kind)),
            opacity=min(sheet.opacity, 1.0),
            kind=kind,
            mode=MODES[sheet.blend],
            atop=sheet.atop,
        )
        found.append(row)
        if sheet.inside is not None:
            before = len(found)
            _gather(sheet.inside, light, found)
            row.inside = len(found) - before


def _place(array: NDArray[Any] | None) -> int | None:
    """Where an array lies; whoever calls keeps it."""
    if array is None:
        return None
    assert array.flags.c_contiguous
    return int(array.__array_interface__["data"][0])
