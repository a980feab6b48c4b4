"""The studio's end of a worker process: starts it, talks to it, stops it, and survives whatever happens to it."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator, Mapping
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.engine import worker
from gesso.jobs.processes import uninterrupted
from gesso.values import Cancelled, Note, Progress, Trouble, mark

Array = NDArray[Any]
SILENCE_SECONDS = 15.0
"""A worker that gave no sign of life for this long hangs."""
OPENING_SECONDS = 60.0
"""The same while it starts and opens a model: a cold disk and the runtime's own loading let no sign through."""
PATIENCE_SECONDS = 0.25
"""How long a cancelled run may take to end by itself before its process is ended."""
LISTEN_SECONDS = 0.03
SMALL_BYTES = 64 * 1024
"""Inputs up to this size travel through the pipe."""


@contextlib.contextmanager
def held(lock: threading.RLock, progress: Progress) -> Iterator[None]:
    """A lock for which one waits only as long as the work is wanted."""
    while not lock.acquire(timeout=LISTEN_SECONDS):
        progress.check()
    try:
        yield
    finally:
        lock.release()


class OutOfMemory(Trouble):
    """The device has not enough memory for this; smaller tiles may do."""

    def __init__(self) -> None:
        super().__init__(
            "There is not enough memory for this step.",
            "Your work is as it was.",
            "Close other programs, or try a smaller picture.",
        )

    def __reduce__(self) -> Any:
        return OutOfMemory, ()


class Crashed(Trouble):
    """The worker process ended or hung."""

    def __init__(self, how: Note) -> None:
        super().__init__(
            "The part of Gesso that runs models stopped ({how}).",
            "Your work is as it was and the part starts again by itself.",
            "Try again; if it happens again, choose the CPU in the settings.",
            how=how,
        )
        self.how = how

    def __reduce__(self) -> Any:
        return Crashed, (self.how,)


class Link:
    """One worker process for one device. Calls are made one at a time."""

    def __init__(self, device: str, silence_seconds: float = SILENCE_SECONDS) -> None:
        self.device = device
        self.silence_seconds = silence_seconds
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._block: SharedMemory | None = None
        self._number = 0
        self._lock = threading.RLock()
        self._kills = 0
        self.generation = 0
        """Grows with every start: sessions of an older generation are gone."""

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process is not None and self._process.is_alive() else None

    def start(self) -> None:
        """Start the process if it is not running."""
        with self._lock:
            if self._process is not None and self._process.is_alive():
                return
            self.stop()
            context = multiprocessing.get_context("spawn")
            mine, its = context.Pipe()
            process = context.Process(target=worker.main, args=(its,), name=f"gesso-{self.device}", daemon=True)
            try:
                with uninterrupted():
                    process.start()
            except OSError:
                mine.close()
                raise Crashed(Note(mark("it could not be started"))) from None
            finally:
                its.close()
            self._process, self._pipe = process, mine
            self.generation += 1

    def stop(self) -> None:
        """End the process at once and give its memory back."""
        with self._lock:
            if self._process is not None:
                self._process.kill()
                self._process.join(5)
                self._process.close()
                self._process = None
            if self._pipe is not None:
                self._pipe.close()
                self._pipe = None
            self._free()

    def _free(self) -> None:
        if self._block is not None:
            self._block.close()
            with contextlib.suppress(FileNotFoundError):
                self._block.unlink()
            self._block = None

    def _room(self, size: int) -> SharedMemory:
        if self._block is None or self._block.size < size or self._block.size > 4 * size + (1 << 22):
            self._free()
            try:
                self._block = SharedMemory(create=True, size=max(size, 1 << 16))
                if hasattr(os, "posix_fallocate"):  # without it, memory that is not there ends the studio when written
                    os.posix_fallocate(getattr(self._block, "_fd"), 0, self._block.size)  # noqa: B009
            except OSError:
                self._free()
                raise OutOfMemory from None
        return self._block

    def call(self, asked: object, progress: Progress, number: int = -1) -> Any:
        """Ask and wait, with an eye on life and on cancel."""
        with held(self._lock, progress):
            self.start()
            assert self._pipe is not None
            try:
                self._pipe.send(asked)
            except (OSError, ValueError):
                self.stop()
                raise Crashed(Note(mark("it had ended"))) from None
            is_opening = isinstance(asked, worker.Open)
            silence = max(self.silence_seconds, OPENING_SECONDS) if is_opening else self.silence_seconds
            return self._answer(progress, number, silence)

    def _answer(self, progress: Progress, number: int, silence_seconds: float) -> Any:
        assert self._pipe is not None and self._process is not None
        heard = time.monotonic()
        cancelled_at: float | None = None
        while True:
            try:
                if self._pipe.poll(LISTEN_SECONDS):
                    answer = self._pipe.recv()
                    heard = time.monotonic()
                    if isinstance(answer, worker.Beat):
                        continue
                    if cancelled_at is not None:
                        raise Cancelled
                    if isinstance(answer, worker.Failed):
                        self._failed(answer)
                    return answer
            except (EOFError, OSError):
                self._process.join(1)
                code = self._process.exitcode
                self.stop()
                if cancelled_at is not None:
                    raise Cancelled from None
                self._kills = self._kills + 1 if code == -9 else 0
                if self._kills > 1:  # killed twice in a row: what the system does when memory runs out
                    self._kills = 0
                    raise OutOfMemory from None
                raise Crashed(Note(mark("code {code}"), {"code": code})) from None
            now = time.monotonic()
            if cancelled_at is None and progress.is_cancelled:
                cancelled_at = now
                with contextlib.suppress(OSError):
                    self._pipe.send(worker.Cancel(number))
            if cancelled_at is not None and now - cancelled_at > PATIENCE_SECONDS:
                self.stop()
                raise Cancelled
            if now - heard > silence_seconds:
                self.stop()
                raise Crashed(Note(mark("it gave no sign of life")))

    def _failed(self, answer: worker.Failed) -> None:
        if answer.kind == "cancelled":
            raise Cancelled
        if answer.kind == "memory":
            self.stop()
            raise OutOfMemory
        raise Trouble(
            "The model could not run: {text}",
            "Your work is as it was.",
            "Try again with other settings, or roll the model back.",
            text=answer.text.splitlines()[0][:200] if answer.text else "",
        )

    def run(
        self,
        key: str,
        inputs: Mapping[str, Array],
        progress: Progress,
        kept: str = "",
        states: tuple[tuple[str, str], ...] = (),
    ) -> dict[str, Array]:
        """Run an open session; the outputs are copies."""
        with held(self._lock, progress):
            progress.check()
            self.start()
            plain = {name: value for name, value in inputs.items() if value.nbytes <= SMALL_BYTES}
            large = {name: np.ascontiguousarray(v) for name, v in inputs.items() if v.nbytes > SMALL_BYTES}
            size = sum((v.nbytes + 63) // 64 * 64 for v in large.values())
            block = self._room(max(size, 1 << 16))
            places, start = [], 0
            for name, value in large.items():
                place = worker.Place(name, start, value.shape, value.dtype.str)
                place.view(block)[...] = value
                places.append(place)
                start += (value.nbytes + 63) // 64 * 64
            self._number += 1
            asked = worker.Run(key, self._number, block.name, tuple(places), plain, kept, states)
            done = self.call(asked, progress, self._number)
            if done.bytes_needed:
                block = self._room(done.bytes_needed)
                done = self.call(worker.Fetch(block.name), progress, self._number)
            self._kills = 0
            return {place.name: place.view(block).copy() for place in done.outputs}
