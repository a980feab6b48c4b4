"""A queue runs its jobs one by one in each lane, tells how each ended, and stops when it is asked to."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator

import pytest

from gesso.jobs import Jobs, Outcome, State
from gesso.values import Progress, Trouble


class Owner:
    """Runs what is posted to it on the test's thread, until a number of jobs have ended."""

    def __init__(self) -> None:
        self.posted: queue.Queue[Callable[[], None]] = queue.Queue()
        self.jobs = Jobs(self.posted.put)
        self.ended: list[Outcome[object]] = []

    def wait(self, count: int) -> list[Outcome[object]]:
        while len(self.ended) < count:
            self.posted.get(timeout=20)()
        return self.ended


@pytest.fixture
def owner() -> Iterator[Owner]:
    made = Owner()
    yield made
    made.jobs.close()


def test_each_job_ends_once_and_says_how(owner: Owner) -> None:
    def troubled(progress: Progress) -> None:
        raise Trouble("No.", "", "")

    def wrong(progress: Progress) -> None:
        raise ZeroDivisionError

    for work in (lambda progress: 7, troubled, wrong):
        owner.jobs.submit("", work, owner.ended.append)
    done, failed, bug = owner.wait(3)
    assert (done.state, done.value) == (State.DONE, 7)
    assert failed.state is State.FAILED and str(failed.trouble).startswith("No.")
    assert bug.state is State.FAILED and isinstance(bug.bug, ZeroDivisionError)
    assert [job.state for job in owner.jobs.listed] == [State.DONE, State.FAILED, State.FAILED]


@pytest.mark.parametrize("lasting, state, value", [(False, State.CANCELLED, None), (True, State.DONE, "saved")])
def test_what_is_done_for_good_is_done_though_it_was_cancelled_at_the_last_moment(
    owner: Owner, lasting: bool, state: State, value: str | None
) -> None:
    """A file that lies on the disk is saved, whoever pressed Cancel while the last of it was written."""
    begun, cancelled = threading.Event(), threading.Event()

    def work(progress: Progress) -> str:
        begun.set()
        cancelled.wait(20)
        return "saved"

    job = owner.jobs.submit("Save", work, owner.ended.append, lasting=lasting)
    assert begun.wait(20)
    job.cancel()
    cancelled.set()
    [outcome] = owner.wait(1)
    assert (outcome.state, outcome.value, job.state) == (state, value, state)


def test_a_lasting_job_that_heeds_the_cancelling_is_cancelled(owner: Owner) -> None:
    def work(progress: Progress) -> None:
        while True:
            progress.check()

    owner.jobs.submit("Save", work, owner.ended.append, lasting=True).cancel()
    owner.jobs.submit("Save", lambda progress: 1, owner.ended.append, lasting=True).cancel()
    assert [outcome.state for outcome in owner.wait(2)] == [State.CANCELLED] * 2


def test_lanes_do_not_wait_for_each_other(owner: Owner) -> None:
    go = threading.Event()
    owner.jobs.submit("slow", lambda progress: go.wait(20), owner.ended.append, lane="models")
    owner.jobs.submit("quick", lambda progress: go.set(), owner.ended.append, lane="disk")
    assert [outcome.state for outcome in owner.wait(2)] == [State.DONE] * 2


def test_a_closed_queue_cancels_all_and_takes_nothing_more(owner: Owner) -> None:
    heard = threading.Event()

    def work(progress: Progress) -> None:
        heard.set()
        while True:
            progress.check()

    owner.jobs.submit("", work, owner.ended.append)
    assert heard.wait(20)
    owner.jobs.close()
    with pytest.raises(RuntimeError):
        owner.jobs.submit("", lambda progress: 1, owner.ended.append)
    assert not owner.ended
