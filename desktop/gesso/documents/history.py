"""Undo and redo: transactions of edits, bounded by bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from gesso.documents.edit import Absorbing, Change, Edit

D = TypeVar("D")
DEFAULT_BYTES = 512 * 1024 * 1024


@dataclass
class Transaction(Generic[D]):
    """Edits that are done and taken back together."""

    title: str
    edits: list[Edit[D]] = field(default_factory=list)

    @property
    def byte_size(self) -> int:
        return sum(edit.byte_size for edit in self.edits)

    def join(self, later: Transaction[D]) -> None:
        """Take in what was done right after; edits of one kind become one, so that going on costs no more and more."""
        for edit in later.edits:
            if not self._absorb(edit):
                self.edits.append(edit)

    def _absorb(self, edit: Edit[D]) -> bool:
        for earlier in reversed(self.edits):
            if not isinstance(earlier, Absorbing):
                return False  # it may be what the later edit stands on
            if earlier.absorb(edit):
                return True
        return False


Committed = Callable[[str, Transaction[D]], None]
"""Called before the edits of a transaction are in their new state for good: with `do`, `undo` or `redo`; with `more`
for edits that belong to the transaction before."""


class History(Generic[D]):
    """The past and future of one document. Used from one thread."""

    def __init__(self, document: D, limit_bytes: int = DEFAULT_BYTES) -> None:
        self.document = document
        self.limit_bytes = limit_bytes
        self._past: list[Transaction[D]] = []
        self._future: list[Transaction[D]] = []
        self._open: Transaction[D] | None = None
        self._watchers: list[Callable[[Change], None]] = []
        self._journals: list[Committed[D]] = []

    # --- doing -------------------------------------------------------------------------------------------------

    @contextmanager
    def transaction(self, title: str) -> Iterator[Transaction[D]]:
        """Group the edits done inside; whatever raises takes them all back."""
        with self._group("do", title) as made:
            yield made
        if made.edits:
            self._past.append(made)
            self._forget()

    @contextmanager
    def _group(self, what: str, title: str) -> Iterator[Transaction[D]]:
        if self._open is not None:
            raise RuntimeError("a transaction is open already")
        self._open = Transaction(title)
        try:
            yield self._open
            if self._open.edits:
                self._tell(what, self._open)
        except BaseException:
            for edit in reversed(self._open.edits):
                self._show(edit.flip(self.document))
            self._open = None
            raise
        done, self._open = self._open, None
        if done.edits:
            self._future.clear()

    def do(self, edit: Edit[D]) -> None:
        """Flip an edit inside the open transaction."""
        if self._open is None:
            raise RuntimeError("no transaction is open")
        change = edit.flip(self.document)
        self._open.edits.append(edit)
        self._show(change)

    def apply(self, title: str, *edits: Edit[D]) -> None:
        """A transaction of these edits."""
        with self.transaction(title):
            for edit in edits:
                self.do(edit)

    def extend(self, *edits: Edit[D]) -> None:
        """More of the last transaction: what it began goes on, and is done and taken back together with it."""
        last = self._past[-1]
        with self._group("more", last.title) as more:
            for edit in edits:
                self.do(edit)
        last.join(more)
        self._forget()

    def withdraw(self) -> None:
        """Take the last transaction back for good: it came to nothing, and there is nothing to redo."""
        if self.undo():
            self._future.pop()

    @property
    def last(self) -> Transaction[D] | None:
        """The transaction that was done last."""
        return self._past[-1] if self._past else None

    def has_done(self, transaction: Transaction[D]) -> bool:
        """Whether it is among those that are done now."""
        return any(done is transaction for done in self._past)

    # --- going back and forth ------------------------------------------------------------------------------------

    @property
    def can_undo(self) -> bool:
        return bool(self._past) and self._open is None

    @property
    def can_redo(self) -> bool:
        return bool(self._future) and self._open is None

    @property
    def titles(self) -> list[str]:
        """Past and future, oldest first."""
        return [t.title for t in self._past] + [t.title for t in reversed(self._future)]

    @property
    def position(self) -> int:
        """How many of `titles` are done."""
        return len(self._past)

    def undo(self) -> bool:
        if not self.can_undo:
            return False
        last = self._past[-1]
        self._tell("undo", last)
        for edit in reversed(last.edits):
            self._show(edit.flip(self.document))
        self._future.append(self._past.pop())
        return True

    def redo(self) -> bool:
        if not self.can_redo:
            return False
        following = self._future[-1]
        self._tell("redo", following)
        for edit in following.edits:
            self._show(edit.flip(self.document))
        self._past.append(self._future.pop())
        return True

    def go_to(self, position: int) -> None:
        """Undo or redo until `position` transactions are done."""
        while self.position > position and self.undo():
            pass
        while self.position < position and self.redo():
            pass

    def forget_all(self) -> None:
        self._past.clear()
        self._future.clear()

    @property
    def byte_size(self) -> int:
        return sum(t.byte_size for t in (*self._past, *self._future))

    def _forget(self) -> None:
        """Drop the oldest until the bound holds; the last one always stays."""
        size = self.byte_size
        while size > self.limit_bytes and len(self._past) > 1:
            size -= self._past.pop(0).byte_size

    # --- being watched -------------------------------------------------------------------------------------------

    def watch(self, watcher: Callable[[Change], None]) -> Callable[[], None]:
        """Call after every flip; returns how to stop."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def journal(self, write: Committed[D]) -> Callable[[], None]:
        """Call with every transaction done, undone or redone; if it raises, a new transaction is taken back."""
        self._journals.append(write)
        return lambda: self._journals.remove(write)

    def _show(self, change: Change) -> None:
        for watcher in list(self._watchers):
            watcher(change)

    def _tell(self, what: str, transaction: Transaction[D]) -> None:
        for write in list(self._journals):
            write(what, transaction)
