"""Reading in a process of its own: a decoder that crashes or hangs over a bad file takes nothing along."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

import psutil

from gesso.files.trouble import UNTOUCHED
from gesso.jobs.processes import uninterrupted
from gesso.values import Progress, Trouble

T = TypeVar("T")
SILENCE_SECONDS = 120.0
"""A reader that sent nothing for this long hangs; the largest files take a quarter of it."""
OPENING_SECONDS = 120.0
"""The same until it says that it is there: a cold disk and a busy machine let no word through."""
LISTEN_SECONDS = 0.03
SPARE_BYTES = 1 << 30
"""What libraries may take beside what the file is known to need."""


@dataclass(frozen=True)
class _At:
    fraction: float


@dataclass(frozen=True)
class _Failed:
    trouble: Trouble


@dataclass(frozen=True)
class _Done:
    pass


def stream(
    tell: Callable[[Path, Progress], Iterator[T]],
    path: Path,
    bytes_needed: int,
    progress: Progress,
    silence_seconds: float | None = None,
) -> Iterator[T]:
    """What `tell`, a function at the top of a module, says about a file in a process of its own. Raises `Trouble`."""
    context = multiprocessing.get_context("spawn")
    mine, its = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(its, tell, path, bytes_needed), name="gesso-reader", daemon=True)
    try:
        with uninterrupted():
            process.start()
        its.close()
        yield from _heard(mine, path, progress, silence_seconds or SILENCE_SECONDS)
    finally:
        mine.close()
        if process.pid is not None:
            process.kill()
            process.join()
            process.close()


def _heard(pipe: Connection, path: Path, progress: Progress, silence_seconds: float) -> Iterator[Any]:
    last, patience = time.monotonic(), max(OPENING_SECONDS, silence_seconds)
    while True:
        progress.check()
        try:
            if not pipe.poll(LISTEN_SECONDS):
                if time.monotonic() - last > patience:
                    raise _stopped(path)
                continue
            said = pipe.recv()
        except (EOFError, OSError):
            raise _stopped(path) from None
        if isinstance(said, _Done):
            return
        if isinstance(said, _Failed):
            raise said.trouble
        if isinstance(said, _At):
            progress.at(said.fraction)
        else:
            yield said
        patience = silence_seconds
        last = time.monotonic()  # not while the parts were being put together


def _stopped(path: Path) -> Trouble:
    return Trouble(
        "Reading {name} came to a stop: something in it is not as it should be.",
        UNTOUCHED,
        "Open it in the program that it came from, save it again, and try that file.",
        name=path.name,
    )


# --- in the other process ----------------------------------------------------------------------------------------------


def _work(pipe: Connection, tell: Callable[[Path, Progress], Iterator[Any]], path: Path, bytes_needed: int) -> None:
    from gesso.files.decoding import faults_of  # which knows drawings, and they know this file

    with contextlib.suppress(OSError):  # nobody listens any more
        try:
            pipe.send(_At(0.0))
            _bound(bytes_needed)
            warnings.simplefilter("ignore")  # decoders complain about every odd file, and nobody reads it here
            logging.disable(logging.CRITICAL)
            with faults_of(path):
                for said in tell(path, Progress(lambda fraction, note: pipe.send(_At(fraction)))):
                    pipe.send(said)
            pipe.send(_Done())
        except Trouble as trouble:
            pipe.send(_Failed(trouble))


def _bound(bytes_needed: int) -> None:
    """Let this process take what it needs and no more, where the system can hold it to that."""
    if sys.platform == "win32":
        return
    import resource

    most = psutil.Process().memory_info().vms + bytes_needed + SPARE_BYTES
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))
