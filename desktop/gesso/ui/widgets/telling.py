"""Telling an object of every change, without keeping it alive."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, SignalInstance, Slot


class _Telling(QObject):
    """A child of whom it tells: it dies with its owner."""

    def __init__(self, owner: QObject, put: Callable[[], None]) -> None:
        super().__init__(owner)
        self._put = put

    @Slot()
    def again(self) -> None:
        self._put()


def tell(changed: SignalInstance, owner: QObject, put: Callable[[], None]) -> None:
    """Call `put` now, and again whenever `changed` is emitted while `owner` lives."""
    changed.connect(_Telling(owner, put).again)
    put()
