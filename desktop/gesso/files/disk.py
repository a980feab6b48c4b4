"""Files on the disk: opened only when they are ordinary ones, written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from gesso.files.project import sync
from gesso.files.trouble import UNTOUCHED, disk_trouble
from gesso.values import Trouble


@contextlib.contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """An ordinary file; never a folder, a pipe or a device, which could keep us waiting."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError
        if not stat.S_ISREG(mode):
            raise not_a_picture(path)
        file = path.open("rb")
    except PermissionError:
        raise Trouble(
            "Gesso may not read {name}.", UNTOUCHED, "Ask its owner, or make a copy that you may read.", name=path.name
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a name with a zero byte in it
        raise disk_trouble(path, error if isinstance(error, OSError) else FileNotFoundError()) from None
    with file:
        yield file


def atomically(path: Path, overwrite: bool, fill: Callable[[BinaryIO], None]) -> None:
    """Beside the target first; put in place only when it is complete and on the disk."""
    target = path.resolve() if path.is_symlink() else path
    part = target.with_name(f".gesso-{os.getpid()}-{os.urandom(4).hex()}.part")
    try:
        with part.open("xb") as file:
            fill(file)
            file.flush()
            os.fsync(file.fileno())
        refuse_existing(path, overwrite)  # it may have come in the meantime
        os.replace(part, target)
        sync(target.parent)
    except OSError as error:
        raise disk_trouble(path, error) from None
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def refuse_existing(path: Path, overwrite: bool) -> None:
    """Raise `Trouble` for a folder, and for a file that may not be replaced."""
    try:
        is_there, is_folder = path.exists() or path.is_symlink(), path.is_dir()
    except (OSError, ValueError) as error:
        raise disk_trouble(path, error if isinstance(error, OSError) else FileNotFoundError()) from None
    if is_folder:
        raise disk_trouble(path, IsADirectoryError())
    if is_there and not overwrite:
        raise Trouble(
            "{name} is already there.",
            UNTOUCHED,
            "Choose another name, or allow it to be replaced.",
            name=path.name,
        )


def not_a_picture(path: Path) -> Trouble:
    return Trouble(
        "{name} is not a picture that Gesso can read.",
        UNTOUCHED,
        "Gesso reads PNG, JPEG, WebP, TIFF, BMP, GIF, AVIF, OpenRaster, PSD and SVG.",
        name=path.name,
    )


def damaged(path: Path) -> Trouble:
    return Trouble(
        "{name} is damaged, or only a part of a picture.",
        UNTOUCHED,
        "Get it again from where it came from.",
        name=path.name,
    )
