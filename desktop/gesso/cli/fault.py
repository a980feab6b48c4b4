"""A fault of our own: its details go into a file, not over the artist's terminal."""

from __future__ import annotations

import contextlib
import traceback

from gesso import __version__
from gesso.values import Trouble
from gesso.values.paths import user_data


def own_fault() -> Trouble:
    """Called while the exception is being handled."""
    log = user_data() / "shell-fault.txt"
    with contextlib.suppress(OSError):
        log.write_text(f"gesso {__version__}\n{traceback.format_exc()}", encoding="utf-8", errors="replace")
    return Trouble(
        "Gesso made a mistake of its own here.",
        "Your files are as they were.",
        "Please send {log} to those who make Gesso.",
        log=str(log),
    )


def no_memory() -> Trouble:
    return Trouble(
        "There is not enough memory for this.",
        "Nothing was changed.",
        "Close other programs, or try a smaller picture.",
    )
