"""The project file `.gesso`: saved whole beside the old one, looked at again, and only then put in its place."""

from __future__ import annotations

import contextlib
import errno
import glob
import hashlib
import io
import json
import os
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import psutil
from numpy.typing import NDArray
from PIL import Image

from gesso.documents.painting import TILE, Painting
from gesso.documents.painting.codec import Get, decode_painting, encode_painting, name_of
from gesso.documents.painting.composite import composite_tile
from gesso.files.container import Container, as_json, damaged, sqlite_trouble, whole
from gesso.files.seal import CHANGED, DOCUMENT, WRITTEN, ChangedElsewhere, Seal
from gesso.files.soundness import UNFIT, sound
from gesso.files.trouble import disk_trouble
from gesso.values import Cancelled, Progress, Trouble

SUFFIX = ".gesso"
THUMBNAIL_PX = 320
COPY = "copy"
"""The fact that holds the newest document a second time."""


def now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def previous(path: Path) -> Path:
    """Where saving keeps the copy before this one."""
    return path.with_name(path.name + "~")


def save(
    painting: Painting,
    path: Path,
    progress: Progress | None = None,
    *,
    document: str = "",
    over: Seal | None = None,
) -> Seal:
    """Write a painting; the file that was there becomes `NAME~`. Returns what lies there now.

    The new file is complete, reopened and compared before anything is renamed, so a kill, a full disk or a broken
    write at any moment leaves the old file as it was. `document` is the id that the work keeps for life; without it the
    file goes on with that of the one in its place, or gets a new one. With `over`, a file that another program has
    changed since is not replaced. A link stays one, and what it leads to is written. Raises `Trouble`.
    """
    progress = progress or Progress.silent()
    named, path = path, path.resolve() if path.is_symlink() else path
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        if path.exists() and not os.access(path, os.W_OK):  # renaming over it would not ask
            raise PermissionError(errno.EACCES, "read-only")
        part.unlink(missing_ok=True)
        _sweep(path)
        if over is not None and over.state() == CHANGED:
            raise ChangedElsewhere(path)
        container = Container.create(part)
        try:
            write_snapshot(container, painting, progress.part(0.0, 0.6))
            container.set_fact("thumbnail", thumbnail_of(painting))
            container.set_fact(DOCUMENT, document or _document_in(path) or uuid4().hex)
            container.set_fact(WRITTEN, uuid4().hex)
        finally:
            container.close()
        progress.at(0.7)
        if not load(part).same_as(painting):
            raise damaged(part, "it did not read back as it was written")
        progress.at(0.9)
        sync(part)
        if over is not None and over.state() == CHANGED:  # while this was written
            raise ChangedElsewhere(path)
        if path.exists():
            with contextlib.suppress(OSError):
                _keep(path, previous(path))
        found = Seal.of(part).moved(named)  # renaming changes neither time nor size
        os.replace(part, path)
        sync(path.parent)
    except Trouble as trouble:
        trouble.values["name"] = named.name  # the artist knows nothing of the part
        raise
    except OSError as error:
        raise disk_trouble(path, error) from None
    except sqlite3.Error as error:
        raise sqlite_trouble(path, error) from None
    finally:
        for left in (part, part.with_name(part.name + "-journal")):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)
    with contextlib.suppress(Cancelled):  # it is done
        progress.at(1.0)
    return found


def _document_in(path: Path) -> str:
    """The id of the work in a file, empty when there is none to be read."""
    try:
        return Seal.of(path).document
    except OSError:
        return ""


def _sweep(path: Path) -> None:
    """Take away what a killed process had begun to write for this file."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.part*"):
        writer = left.name.removeprefix(f".{path.name}.").partition(".")[0]
        if writer.isdigit() and not psutil.pid_exists(int(writer)):
            with contextlib.suppress(OSError):
                left.unlink()


def _keep(path: Path, kept: Path) -> None:
    """Let the old content live on under another name, without a moment in which the file is missing."""
    new = kept.with_name(kept.name + ".part")
    new.unlink(missing_ok=True)
    if kept.exists() and kept.samefile(path):
        return  # a killed save came as far as this; renaming one name of a file over the other would do nothing
    try:
        try:
            os.link(path, new)
        except OSError:
            import shutil

            shutil.copyfile(path, new)
        os.replace(new, kept)
    finally:
        new.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Make sure that a file or folder is on the disk; systems that cannot sync a folder are left alone."""
    if path.is_dir() and os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    except OSError:
        if not path.is_dir():
            raise
    finally:
        os.close(descriptor)


def write_snapshot(container: Container, painting: Painting, progress: Progress | None = None) -> int:
    """Write the whole painting as one transaction; returns the snapshot's number.

    What the layers are made of stands before their tiles, and once more after them, so that a file that lost its end,
    or a page in its middle, still says what belongs where.
    """
    progress = progress or Progress.silent()
    arrays: dict[str, NDArray[np.generic]] = {}

    def note(array: NDArray[np.generic]) -> str:
        name = name_of(array)
        if arrays.setdefault(name, array) is array and len(arrays) % 16 == 0:
            progress.check()
        return name

    document = sealed(encode_painting(painting, note))
    with whole(container.connection):
        cursor = container.connection.execute("INSERT INTO snapshots (made, document) VALUES (?, ?)", (now(), document))
        # In the order of the tree, so that its leaves lie near what they name, should the file lose its end.
        for done, (name, array) in enumerate(sorted(arrays.items(), key=lambda entry: entry[0])):
            container.put_as(name, array)
            if done % 16 == 0:
                progress.at(done / len(arrays))
        container.set_fact(COPY, document)
    return int(cursor.lastrowid or 0)


def sealed(document: dict[str, Any]) -> str:
    """The document as JSON that carries the digest of itself as its last entry, which readers may leave out."""
    text = as_json(document)
    return f'{text[:-1]}, "digest": "{digest_of(text)}"}}'


def digest_of(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def unsealed(text: str) -> tuple[dict[str, Any], bool]:
    """A document and whether its digest holds; those of Gesso 0.1 carry none. Raises ValueError for what is no JSON."""
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("it holds no picture")
    before, mark, digest = text.rpartition(', "digest": "')
    return found, not mark or digest == f'{digest_of(before + "}")}"}}'


def painting_of(text: str, get: Get) -> Painting:
    """What a sealed document holds; raises one of `UNFIT` when it is not whole, or no painting."""
    document, is_whole = unsealed(text)
    if not is_whole:
        raise ValueError("the list of its layers is damaged")
    return sound(decode_painting(document, get))


def read_snapshot(container: Container) -> Painting:
    """The newest snapshot of a container; raises `Trouble`."""
    try:
        row = container.connection.execute("SELECT document FROM snapshots ORDER BY number DESC LIMIT 1").fetchone()
        if row is None:
            raise ValueError("it holds no picture")
        return painting_of(row[0], container.get)
    except sqlite3.Error as error:
        raise sqlite_trouble(container.path, error) from None
    except UNFIT as error:
        raise damaged(container.path, str(error) or type(error).__name__) from None


def load(path: Path) -> Painting:
    """Raises `Trouble` for anything but a whole project."""
    container = Container.open(path, read_only=True)
    try:
        return read_snapshot(container)
    finally:
        container.close()


def thumbnail_of(painting: Painting) -> bytes:
    """A PNG of at most 320 px; each tile is shrunk by itself, so that the whole picture is never in memory."""
    size = painting.size.within(THUMBNAIL_PX)
    step = 1  # a power of two, so that tiles come out whole; the last shrinking is by two or more, for evenness
    while step < TILE and 4 * step * max(size.width, size.height) <= max(painting.size.width, painting.size.height):
        step *= 2
    small = Image.new("RGBA", (-(-painting.size.width // step), -(-painting.size.height // step)))
    for column, row in painting.empty_tiles().touched(painting.size.box):
        tile = composite_tile(painting, (column, row))
        if tile is None:
            continue
        if tile.dtype == np.uint16:
            tile = (tile >> 8).astype(np.uint8)
        small.paste(Image.fromarray(tile).reduce(step), (column * TILE // step, row * TILE // step))
    frame = (0, 0, painting.size.width / step, painting.size.height / step)
    picture = small.resize((size.width, size.height), Image.Resampling.BOX, frame)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def read_thumbnail(path: Path) -> bytes | None:
    """The PNG inside a project or session, without reading the picture; None when there is none."""
    try:
        container = Container.open(path, read_only=True)
    except Trouble:
        return None
    try:
        found = container.fact("thumbnail")
    except sqlite3.Error:
        return None
    finally:
        container.close()
    return found if isinstance(found, bytes) else None


def check(path: Path) -> list[str]:
    """What is wrong with a project; empty when it is sound."""
    try:
        container = Container.open(path, read_only=True)
    except Trouble as trouble:
        return [str(trouble)]
    try:
        found = container.faults()
        if not found:
            read_snapshot(container)
        return found
    except Trouble as trouble:
        return [str(trouble)]
    finally:
        container.close()
