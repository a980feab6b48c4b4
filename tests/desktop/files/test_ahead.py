"""Several layers at a time: in their order, never too many, and gone when nobody wants them any more."""

from __future__ import annotations

import contextlib
import threading

import pytest

from gesso.files.ahead import MOST_THREADS, ahead, threads
from gesso.values import Cancelled, Progress


def test_results_come_in_their_order_whichever_is_ready_first() -> None:
    second_is_done = threading.Event()

    def work(number: int, watched: Progress) -> int:
        if number == 0:
            assert second_is_done.wait(20)
        elif number == 1:
            second_is_done.set()
        return number * number

    assert list(ahead(work, range(7), 2, Progress.silent())) == [n * n for n in range(7)]


def test_no_more_are_under_way_than_asked_for() -> None:
    asked: list[int] = []

    def given() -> object:
        for number in range(9):
            asked.append(number)
            yield number

    found = ahead(lambda number, watched: number, given(), 3, Progress.silent())
    assert next(found) == 0 and len(asked) == 3
    assert next(found) == 1 and len(asked) == 4
    found.close()
    assert len(asked) == 4


def test_a_fault_ends_all_of_it_and_so_does_giving_up() -> None:
    stopped: list[int] = []
    has_begun = threading.Event()

    def work(number: int, watched: Progress) -> int:
        if number == 0:
            assert has_begun.wait(20)
            raise ValueError("torn")
        has_begun.set()
        with contextlib.suppress(Cancelled):
            while True:
                watched.check()
        stopped.append(number)
        return number

    with pytest.raises(ValueError, match="torn"):
        list(ahead(work, range(4), 2, Progress.silent()))
    assert stopped == [1]
    with pytest.raises(Cancelled):
        list(ahead(work, [1, 2], 2, Progress(cancelled=lambda: True)))


def test_large_layers_go_one_by_one() -> None:
    assert threads(1 << 40) == 1 and 1 <= threads(0) <= MOST_THREADS and threads(1 << 28) <= 3
