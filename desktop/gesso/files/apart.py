"""Work on files in a process of its own: a decoder that crashes or hangs over a bad file takes nothing along.

Starting one takes much longer than reading a small picture, so the last one waits a while for another file. One that had
any trouble, or was not wanted any more, is never used again.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

import psutil

from gesso.files.lent import Block, Laid, Speaker, Taken
from gesso.files.trouble import UNTOUCHED
from gesso.jobs.processes import uninterrupted
from gesso.values import Progress, Trouble

T = TypeVar("T")
SILENCE_SECONDS = 120.0
"""A process that sent nothing for this long hangs; the largest files take a quarter of it."""
OPENING_SECONDS = 120.0
"""The same until it says that it is there: a cold disk and a busy machine let no word through."""
LISTEN_SECONDS = 0.03
WAITING_SECONDS = 60.0
"""So long a process waits for another file."""
SPARE_BYTES = 1 << 30
"""What libraries may take beside what the file is known to need."""


@dataclass(frozen=True)
class _Asked:
    tell: Callable[..., Iterator[Any]]
    path: Path
    bytes_needed: int
    is_given: bool
    """Whether something is sent along, up to a `_Done`."""


@dataclass(frozen=True)
class _At:
    fraction: float


@dataclass(frozen=True)
class _Failed:
    trouble: Trouble


@dataclass(frozen=True)
class _Done:
    pass


class _Gone(Exception):
    """The process has ended, or says nothing any more."""


class _Helper:
    """One process, begun for a file. Used from one thread at a time."""

    def __init__(self, path: Path) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, its = context.Pipe()
        self._block = Block()
        given = (its, self._block.name)
        self._process: BaseProcess = context.Process(target=_serve, args=given, name="gesso-reader", daemon=True)
        try:
            with uninterrupted():
                self._process.start()
        except OSError:
            self._pipe.close()
            self._block.free()
            raise Trouble(
                "This computer starts no process more, so {name} can be neither read nor written.",
                UNTOUCHED,
                "Close other programs, and try again.",
                name=path.name,
            ) from None
        finally:
            its.close()
        self.was_used = False

    def ask(self, asked: _Asked, progress: Progress, silence_seconds: float) -> None:
        """Hand the work over and wait for the first word."""
        self._send(asked)
        self._word(progress, max(OPENING_SECONDS, silence_seconds))
        self._block.forget_name()  # it has come so far that it knows the memory

    def give(self, parts: Iterable[Any], progress: Progress) -> None:
        for part in parts:
            progress.check()
            self._send(part)
        self._send(_Done())

    def heard(self, progress: Progress, silence_seconds: float) -> Iterator[Any]:
        while not isinstance(said := self._word(progress, silence_seconds), _Done):
            if isinstance(said, _Failed):
                raise said.trouble
            if isinstance(said, _At):
                progress.at(said.fraction)
            else:
                yield said
        self.was_used = True

    def _send(self, part: object) -> None:
        try:
            self._pipe.send(part)
        except OSError:
            raise _Gone from None

    def _word(self, progress: Progress, silence_seconds: float) -> object:
        began = time.monotonic()
        try:
            while not self._pipe.poll(LISTEN_SECONDS):
                progress.check()
                if time.monotonic() - began > silence_seconds:
                    raise _Gone
            progress.check()
            said = self._pipe.recv()
            if isinstance(said, Laid):
                said = self._block.take(said)
                self._pipe.send(Taken())
            return said
        except (EOFError, OSError):
            raise _Gone from None

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def end(self) -> None:
        self._pipe.close()
        self._block.free()
        with contextlib.suppress(ValueError):  # it was ended before
            self._process.kill()
            self._process.join()
            self._process.close()


_turn = threading.Lock()
_waiting: list[_Helper] = []
"""At most one."""


def let_go() -> None:
    """End the process that waits for another file, if there is one."""
    with _turn:
        left = [_waiting.pop() for _ in list(_waiting)]
    for helper in left:
        helper.end()


def _helper(path: Path) -> _Helper:
    with _turn:
        found = _waiting.pop() if _waiting else None
    if found is not None and not found.is_alive:
        found.end()
        found = None
    return found or _Helper(path)


def _keep(helper: _Helper) -> None:
    with _turn:
        if not _waiting:
            _waiting.append(helper)
            return
    helper.end()


def reading_stopped(path: Path) -> Trouble:
    return Trouble(
        "Reading {name} came to a stop: something in it is not as it should be.",
        UNTOUCHED,
        "Open it in the program that it came from, save it again, and try that file.",
        name=path.name,
    )


def stream(
    tell: Callable[..., Iterator[T]],
    path: Path,
    bytes_needed: int,
    progress: Progress,
    silence_seconds: float | None = None,
    given: Iterable[Any] | None = None,
    stopped: Callable[[Path], Trouble] = reading_stopped,
) -> Iterator[T]:
    """What `tell`, a function at the top of a module, says about a file in a process of its own. Raises `Trouble`.

    It is called with the path, a `Progress`, and an iterator of what is `given`, if anything is.
    """
    silence = silence_seconds or SILENCE_SECONDS
    asked = _Asked(tell, path, bytes_needed, given is not None)
    helper, is_sound = _helper(path), False
    try:
        try:
            helper.ask(asked, progress, silence)
        except _Gone:
            if not helper.was_used:
                raise
            helper.end()  # it had waited long enough, and left at this very moment
            helper = _Helper(path)
            helper.ask(asked, progress, silence)
        if given is not None:
            helper.give(given, progress)
        yield from helper.heard(progress, silence)
        is_sound = True
    except _Gone:
        raise stopped(path) from None
    finally:
        if is_sound:
            _keep(helper)
        else:
            helper.end()


# --- in the other process ----------------------------------------------------------------------------------------------


def _serve(pipe: Connection, block: str) -> None:
    """The process's whole life: it ends when nothing is asked any more, when it had trouble, and with the studio."""
    warnings.simplefilter("ignore")  # decoders complain about every odd file, and nobody reads it here
    logging.disable(logging.CRITICAL)
    patience = OPENING_SECONDS
    with contextlib.suppress(OSError, EOFError):  # nobody listens any more
        speaker = Speaker(pipe, block)
        while pipe.poll(patience) and _work(pipe, speaker, pipe.recv()):
            patience = WAITING_SECONDS


def _work(pipe: Connection, speaker: Speaker, asked: _Asked) -> bool:
    """Whether it went well."""
    from gesso.files.decoding import faults_of  # which knows drawings, and they know this file

    pipe.send(_At(0.0))
    try:
        _bound(asked.bytes_needed)
        watched = Progress(lambda fraction, note: pipe.send(_At(fraction)))
        with faults_of(asked.path):
            given = (_received(pipe),) if asked.is_given else ()
            for said in asked.tell(asked.path, watched, *given):
                speaker.say(said)
            speaker.settle()
    except Trouble as trouble:
        pipe.send(_Failed(trouble))
        return False
    pipe.send(_Done())
    return True


def _received(pipe: Connection) -> Iterator[Any]:
    while not isinstance(part := pipe.recv(), _Done):
        yield part


def _bound(bytes_needed: int) -> None:
    """Let this process take what it needs and no more, where the system can hold it to that."""
    if sys.platform == "win32":
        return
    import resource

    most = psutil.Process().memory_info().vms + bytes_needed + SPARE_BYTES
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))
