"""What the disk refuses, in one sentence."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from gesso.values import Trouble, mark

SAFE = mark("Your work is still open and safe.")
UNTOUCHED = mark("It was left exactly as it is.")


def disk_trouble(path: Path, error: OSError) -> Trouble:
    """An operating system's refusal to read or write as `Trouble`."""
    name = path.name
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Trouble(
            "The disk is full, {name} was not written.", SAFE, "Free some space or choose another disk.", name=name
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return Trouble("Gesso may not use {name}.", SAFE, "Choose a folder that you may write to.", name=name)
    if isinstance(error, FileNotFoundError):
        if not os.path.isdir(path.parent):
            name = path.parent.name or str(path.parent)
        return Trouble("{name} is not there.", SAFE, "It may have been moved, or its disk is not connected.", name=name)
    if isinstance(error, IsADirectoryError):
        return Trouble("{name} is a folder.", SAFE, "Choose a file in it.", name=name)
    reason = error.strerror or type(error).__name__
    return Trouble("The disk refused {name}: {reason}.", SAFE, "Try another disk or folder.", name=name, reason=reason)
