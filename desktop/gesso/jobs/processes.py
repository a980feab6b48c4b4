"""How processes of our own are started."""

from __future__ import annotations

import contextlib
import signal
import sys
from collections.abc import Iterator
from multiprocessing import resource_tracker


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Start a process that never hears Ctrl+C, not even while it loads: it inherits what is blocked here."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # it unblocks Ctrl+C behind itself, so it has to be there before
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
