"""The layers of a file worked on several at a time, and handed over in their order."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

from gesso.values import Progress

T = TypeVar("T")
R = TypeVar("R")
MOST_THREADS = 4
ROOM_BYTES = 1 << 29
"""What working ahead may take beside the one layer that is counted in any case."""
LISTEN_SECONDS = 0.03


def threads(bytes_each: int) -> int:
    """On how many layers to work at a time, when each takes so much memory."""
    return max(1, min(MOST_THREADS, os.cpu_count() or 1, 1 + ROOM_BYTES // max(1, bytes_each)))


def ahead(
    work: Callable[[T, Progress], R], given: Iterable[T], count: int, progress: Progress
) -> Generator[R, None, None]:
    """What `work` makes of each, in the order given, `count` at a time; all end when one fails or nobody waits any more.

    `work` is called in other threads, with a `Progress` that only says whether it is still wanted; the decoders and
    packers below let them run side by side.
    """
    left = threading.Event()
    watched = Progress(cancelled=left.is_set)
    under_way: deque[Future[R]] = deque()
    with ThreadPoolExecutor(count, "gesso-layer") as pool:
        try:
            for one in given:
                under_way.append(pool.submit(work, one, watched))
                if len(under_way) >= count:
                    yield _result(under_way.popleft(), progress)
            while under_way:
                yield _result(under_way.popleft(), progress)
        finally:
            left.set()
            for future in under_way:
                future.cancel()


def _result(future: Future[R], progress: Progress) -> R:
    while not wait([future], LISTEN_SECONDS).done:
        progress.check()
    return future.result()
