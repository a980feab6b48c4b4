"""How far work has come, and whether it is still wanted."""

from __future__ import annotations

from collections.abc import Callable

Report = Callable[[float, str], None]


class Cancelled(Exception):
    """The artist does not want the result any more; nothing is to be said about it."""


class Progress:
    """Handed to work; safe in any thread if what it calls is."""

    def __init__(self, report: Report | None = None, cancelled: Callable[[], bool] | None = None) -> None:
        self._report = report
        self._cancelled = cancelled

    @classmethod
    def silent(cls) -> Progress:
        return cls()

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled is not None and self._cancelled()

    def check(self) -> None:
        """Raise `Cancelled` if the work is not wanted any more."""
        if self.is_cancelled:
            raise Cancelled

    def at(self, fraction: float, note: str = "") -> None:
        """Say how far the work is, in 0-1, with a note worth reading; raises `Cancelled`."""
        self.check()
        if self._report is not None:
            self._report(min(1.0, max(0.0, fraction)), note)

    def part(self, low: float, high: float) -> Progress:
        """A slice of this progress for one step of the work."""
        report = self._report
        if report is None:
            return Progress(None, self._cancelled)
        outer = report
        return Progress(lambda fraction, note: outer(low + (high - low) * fraction, note), self._cancelled)
