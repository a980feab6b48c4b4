"""Long work behind a progress bar, given up within half a second of Ctrl+C."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable
from multiprocessing import resource_tracker
from typing import Any, TypeVar

from gesso.cli.terminal import Terminal
from gesso.values import Cancelled, Progress

PATIENCE_SECONDS = 0.35
"""How long cancelled work may take to end by itself."""
DRAW_SECONDS = 0.05

T = TypeVar("T")


class Abandoned(Cancelled):
    """Cancelled while deep in something that cannot be asked to stop: the process has to end now."""


def _deafen() -> None:
    """Let no process that this thread starts hear the terminal's Ctrl+C: they inherit which signals are blocked."""
    if hasattr(signal, "pthread_sigmask"):
        resource_tracker.ensure_running()  # starting it later would unblock the signal again
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})


def interruptible(work: Callable[[Progress], T], terminal: Terminal) -> T:
    """Do the work in a thread while this one draws the bar and hears Ctrl+C; raises what the work raises."""
    asked = threading.Event()
    shown: list[tuple[float, str]] = [(0.0, "")]
    found: list[T] = []
    failed: list[BaseException] = []

    def report(fraction: float, note: str) -> None:
        shown[0] = (fraction, note)

    def body() -> None:
        _deafen()
        try:
            found.append(work(Progress(report, asked.is_set)))
        except BaseException as error:  # whatever it is, it is raised again below
            failed.append(error)

    def heard(*_: object) -> None:
        asked.set()

    is_main = threading.current_thread() is threading.main_thread()
    before: Any = signal.signal(signal.SIGINT, heard) if is_main else None
    thread = threading.Thread(target=body, name="gesso-work", daemon=True)
    thread.start()
    asked_at: float | None = None
    try:
        while thread.is_alive():
            thread.join(DRAW_SECONDS)
            terminal.bar(*shown[0])
            if asked.is_set():
                asked_at = asked_at or time.monotonic()
                if time.monotonic() - asked_at > PATIENCE_SECONDS and thread.is_alive():
                    raise Abandoned
    finally:
        terminal.clear()
        if is_main:
            signal.signal(signal.SIGINT, before)
    if failed:
        raise failed[0]
    return found[0]
