"""A queue with one thread a lane: a lane is one device, so that jobs never fight for it.

A job gets a snapshot in its closure and a `Progress`; it never sees the live document or a widget. Whoever shows jobs
gives `post`, which runs a function on the thread that owns the document.
"""

from __future__ import annotations

import itertools
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Any, Generic, TypeVar

from gesso.values import Cancelled, Note, Progress, Trouble

T = TypeVar("T")
Post = Callable[[Callable[[], None]], None]
KEPT = 50
"""Ended jobs that the list still shows."""


class State(Enum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """How a job ended: a value, trouble to show, a bug to report, or nothing at all when cancelled."""

    state: State
    value: T | None = None
    trouble: Trouble | None = None
    bug: BaseException | None = None


@dataclass(eq=False)
class Job:
    """What the list shows of a piece of work."""

    number: int
    title: str
    fraction: float = 0.0
    note: str = ""
    state: State = State.WAITING
    seconds: float = 0.0
    trouble: Trouble | None = None
    ended: datetime | None = None
    """When, on this computer's clock."""
    made: Note | None = None
    """What came of it, if whoever asked for it says so in `done`."""
    reveal: Callable[[], object] | None = None
    """Shows that again; also theirs to set."""
    _stop: threading.Event = field(default_factory=threading.Event, repr=False)

    def cancel(self) -> None:
        self._stop.set()

    @property
    def is_ended(self) -> bool:
        return self.state in (State.DONE, State.FAILED, State.CANCELLED)


class Jobs:
    """Runs jobs in their lanes, first come first served."""

    def __init__(self, post: Post, changed: Callable[[Job], None] = lambda job: None) -> None:
        """`changed` is called through `post` whenever a job's state or progress is different."""
        self._post, self._changed = post, changed
        self._lanes: dict[str, queue.SimpleQueue[Callable[[], None] | None]] = {}
        self._threads: list[threading.Thread] = []
        self._numbers = itertools.count(1)
        self._closed = False
        self._unended: list[Job] = []
        self.listed: list[Job] = []
        """Oldest first, for the owner's thread only."""

    def submit(
        self,
        title: str,
        work: Callable[[Progress], T],
        done: Callable[[Outcome[T]], None],
        lane: str = "models",
        quiet: bool = False,
        lasting: bool = False,
    ) -> Job:
        """Queue `work`; `done` is called through `post` exactly once, unless the queue is closed before.

        A quiet job, such as a live preview, is not listed. A lasting one, such as saving, is done once it returns, even
        if it was cancelled too late to stop: what lies on the disk then is there.
        """
        if self._closed:
            raise RuntimeError("the queue is closed")
        job = Job(next(self._numbers), title)
        self._unended.append(job)
        if not quiet:
            self.listed.append(job)
            ended = [j for j in self.listed if j.is_ended]
            for old in ended[:-KEPT]:
                self.listed.remove(old)
        self._lane(lane).put(lambda: self._run(job, work, done, lasting))
        self._changed(job)
        return job

    @property
    def running(self) -> list[Job]:
        """Listed jobs that have not ended."""
        return [job for job in self.listed if not job.is_ended]

    def cancel_all(self) -> None:
        for job in list(self._unended):
            job.cancel()

    def close(self) -> None:
        """Cancel everything and wait for the threads; nothing is posted any more."""
        self._closed = True
        self.cancel_all()
        for lane in self._lanes.values():
            lane.put(None)
        for thread in self._threads:
            thread.join(10)

    def _lane(self, name: str) -> queue.SimpleQueue[Callable[[], None] | None]:
        if name not in self._lanes:
            lane: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()

            def serve() -> None:
                while (step := lane.get()) is not None:
                    step()

            thread = threading.Thread(target=serve, name=f"gesso-lane-{name}", daemon=True)
            thread.start()
            self._lanes[name] = lane
            self._threads.append(thread)
        return self._lanes[name]

    def _tell(self, step: Callable[[], None]) -> None:
        if not self._closed:
            self._post(step)

    def _run(
        self, job: Job, work: Callable[[Progress], Any], done: Callable[[Outcome[Any]], None], lasting: bool
    ) -> None:
        started = time.monotonic()

        def show(state: State, outcome: Outcome[Any] | None = None) -> None:
            seconds = time.monotonic() - started

            def step() -> None:
                job.state, job.seconds = state, seconds
                if outcome is not None:
                    self._unended.remove(job)
                    job.trouble, job.ended = outcome.trouble, datetime.now().astimezone()
                self._changed(job)
                if outcome is not None:
                    done(outcome)
                if job.made is not None:
                    self._changed(job)

            self._tell(step)

        last = 0.0

        def report(fraction: float, note: str) -> None:
            nonlocal last
            now = time.monotonic()
            if not note and now - last < 0.05 and fraction < 1:
                return
            last = now

            def step() -> None:
                job.fraction, job.note, job.seconds = fraction, note or job.note, now - started
                self._changed(job)

            self._tell(step)

        if job._stop.is_set():
            show(State.CANCELLED, Outcome(State.CANCELLED))
            return
        show(State.RUNNING)
        try:
            outcome = Outcome(State.DONE, work(Progress(report, job._stop.is_set)))
        except Cancelled:
            outcome = Outcome(State.CANCELLED)
        except Trouble as trouble:
            outcome = Outcome(State.FAILED, trouble=trouble)
        except Exception as bug:  # shown through the one door, with the log
            outcome = Outcome(State.FAILED, bug=bug)
        if job._stop.is_set() and outcome.state is State.DONE and not lasting:
            outcome = Outcome(State.CANCELLED)
        show(outcome.state, outcome)
