"""The entry of `gesso`. It imports next to nothing by itself: the worker process passes through here as well."""

from __future__ import annotations

import _thread
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence

CANCELLED = 130
AGAIN_SECONDS = 0.01
"""After which the callback is over."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the window or a command; the exit code."""
    try:
        with _ending_at_once():
            from gesso.cli.shell import run

        with _asked_again():
            return run(list(sys.argv[1:] if argv is None else argv), _window)
    except KeyboardInterrupt:  # before there was anything to cancel
        return CANCELLED


@contextlib.contextmanager
def _ending_at_once() -> Iterator[None]:
    """Ctrl+C simply ends the process: what is only being loaded answers an interruption with whatever it likes."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _asked_again() -> Iterator[None]:
    """Ctrl+C that comes in a callback, such as those of the locks of imports, is raised where nobody can hear it: ask again."""
    before = sys.unraisablehook

    def ignored(unheard: sys.UnraisableHookArgs) -> None:
        if unheard.exc_type is KeyboardInterrupt:
            again = threading.Timer(AGAIN_SECONDS, _thread.interrupt_main)
            again.daemon = True
            again.start()
        else:
            before(unheard)

    sys.unraisablehook = ignored
    try:
        yield
    finally:
        sys.unraisablehook = before


def _window(files: Sequence[str]) -> int:
    """Here and nowhere else does the shell know of the window."""
    from pathlib import Path

    from gesso.values import Trouble

    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and not any(os.environ.get(name) for name in screens):
        raise Trouble(
            "There is no screen here, so the studio's window stays closed.",
            "",
            "The same tools work from the shell: gesso tool list, gesso models list, gesso doctor, gesso bench.",
        )
    try:
        from gesso.app import main as start
    except ImportError as error:
        raise Trouble(
            "The studio's window cannot start: {reason}.",
            "Your work is as it was.",
            "Set Gesso up again, or use the shell: gesso tool list",
            reason=str(error).splitlines()[0] if str(error) else type(error).__name__,
        ) from None
    return int(start([Path(name) for name in files]))
