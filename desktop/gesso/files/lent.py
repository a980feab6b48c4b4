"""Memory that two processes see, for what one of them says: a pipe is slow where there are many pixels.

Whoever listens makes it and forgets its name as soon as the other has it, so that nothing is left in the system however
either of them ends. Words go through the pipe as always; where there is no such memory, or too little, so do pixels.
"""

from __future__ import annotations

import contextlib
import os
import pickle
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.shared_memory import SharedMemory

BLOCK_BYTES = (8 << 20) + 4096
"""One strip of a picture with 16 bits and alpha, and a little for each of its parts to begin where memory likes it."""
SMALL_BYTES = 1 << 16
"""Up to here the pipe is as quick."""
ALIGNED_BYTES = 64


@dataclass(frozen=True)
class Laid:
    """Something said whose large parts lie in the memory, one after the other."""

    said: bytes
    places: tuple[tuple[int, int], ...]
    """Where each begins, and how many bytes it has."""


@dataclass(frozen=True)
class Taken:
    """The answer: the memory may be written again."""


class Block:
    """The memory, at the end of who listens."""

    def __init__(self) -> None:
        self._memory: SharedMemory | None = None
        self._has_name = False
        with contextlib.suppress(OSError):  # there is none: everything goes through the pipe
            self._memory = SharedMemory(create=True, size=BLOCK_BYTES)
            self._has_name = True
            try:
                if hasattr(os, "posix_fallocate"):  # without it, memory that is not there ends whoever writes to it
                    os.posix_fallocate(getattr(self._memory, "_fd"), 0, self._memory.size)  # noqa: B009
            except OSError:
                self.free()

    @property
    def name(self) -> str:
        """For the other process; empty when there is no memory."""
        return self._memory.name if self._memory is not None else ""

    def forget_name(self) -> None:
        """The other process has it: from here on the memory is gone as soon as both are."""
        if self._memory is not None and self._has_name:
            self._has_name = False
            with contextlib.suppress(FileNotFoundError):
                self._memory.unlink()

    def take(self, laid: Laid) -> object:
        """What was said, with parts of its own; the memory is not needed for it any more."""
        assert self._memory is not None and self._memory.buf is not None
        parts = [bytearray(self._memory.buf[start : start + length]) for start, length in laid.places]
        return pickle.loads(laid.said, buffers=parts)

    def free(self) -> None:
        self.forget_name()
        if self._memory is not None:
            self._memory.close()
            self._memory = None


class Speaker:
    """The end of who speaks: a pipe that lays large parts into the memory of that name."""

    def __init__(self, pipe: Connection, name: str) -> None:
        self._pipe, self._is_read = pipe, True
        self._memory = SharedMemory(name) if name else None

    def say(self, said: object) -> None:
        parts: list[pickle.PickleBuffer] = []
        head = pickle.dumps(said, protocol=5, buffer_callback=parts.append)
        raws = [part.raw() for part in parts]
        places, end = [], 0
        for raw in raws:
            places.append((end, raw.nbytes))
            end += -(-raw.nbytes // ALIGNED_BYTES) * ALIGNED_BYTES
        if self._memory is None or not SMALL_BYTES < end <= self._memory.size:
            self._pipe.send(said)
            return
        self.settle()
        assert self._memory.buf is not None
        for raw, (start, length) in zip(raws, places, strict=True):
            self._memory.buf[start : start + length] = raw
        self._is_read = False
        self._pipe.send(Laid(head, tuple(places)))

    def settle(self) -> None:
        """Wait until the memory may be written again."""
        if not self._is_read:
            self._pipe.recv()
            self._is_read = True
