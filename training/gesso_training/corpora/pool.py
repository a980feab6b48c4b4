"""Hands for work on many pictures: threads of this machine, or Dask's workers where a scheduler's address is given."""

from __future__ import annotations

import itertools
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
BATCH = 8
"""Tasks that travel to one of Dask's workers together."""


class Promise(Protocol):
    def result(self) -> Any: ...


def _all(work: Callable[[Task], Result], tasks: list[Task]) -> list[Result]:
    return [work(task) for task in tasks]


class Pool:
    """Hands out tasks and gives back results in the same order; never holds more than a few of either.

    Pictures are decoded, shrunk and described in native code that lets other threads run meanwhile, so threads serve
    as well as processes and cost no start. Workers of Dask have to see the same folders under the same names.
    """

    def __init__(self, workers: int = 0, scheduler: str = "") -> None:
        self._client: Any = None
        self._threads: ThreadPoolExecutor | None = None
        if scheduler:
            self._client = _client_of(scheduler)
            self.workers = max(1, sum(self._client.nthreads().values()))
        else:
            self.workers = workers or min(8, os.cpu_count() or 1)
            self._threads = ThreadPoolExecutor(self.workers, "pictures")

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
        if self._client is not None:
            self._client.close()

    def map(self, work: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[tuple[Task, Result]]:
        """Each task with its result."""
        waiting: deque[tuple[list[Task], Promise]] = deque()
        left = iter(tasks)
        size = BATCH if self._client is not None else 1
        while True:
            while len(waiting) < 2 * self.workers and (some := list(itertools.islice(left, size))):
                waiting.append((some, self._submit(work, some)))
            if not waiting:
                return
            some, promise = waiting.popleft()
            yield from zip(some, promise.result(), strict=True)

    def _submit(self, work: Callable[[Task], Result], tasks: list[Task]) -> Promise:
        if self._threads is not None:
            return self._threads.submit(_all, work, tasks)
        promise: Promise = self._client.submit(_all, work, tasks, pure=False)
        return promise


def _client_of(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise ValueError("Dask is not installed here; add it with `pip install 'gesso[dask]'`.") from None
    try:
        client: Any = Client
        return client(scheduler, timeout=10, set_as_default=False)
    except (OSError, TimeoutError, ValueError):
        raise ValueError(
            f"No scheduler of Dask answers at {scheduler}; start one, or leave --scheduler away."
        ) from None
