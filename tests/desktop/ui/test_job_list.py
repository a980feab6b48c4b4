"""Jobs are seen, cancelled and remembered with their time or their trouble."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QLabel, QProgressBar, QPushButton, QToolButton

from gesso.jobs import Job, Jobs, Outcome, State
from gesso.ui.job_list import JobBadge, JobList
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.values import Note, Progress, Trouble

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


class Post(QObject):
    """Runs steps on the window's thread."""

    step = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.step.connect(self.run, Qt.ConnectionType.QueuedConnection)

    def run(self, step: Callable[[], None]) -> None:
        step()


class Bench:
    """A queue with its list and badge."""

    def __init__(self, qtbot) -> None:
        self.post = Post()
        self.jobs = Jobs(self.post.step.emit, self.changed)
        look, self.speech = Look(), Speech()
        self.list, self.badge = JobList(look, self.speech, self.jobs), JobBadge(look, self.speech, self.jobs)
        self.go = threading.Event()
        for widget in (self.list, self.badge):
            qtbot.addWidget(widget)
        self.list.resize(300, 400)
        self.list.show()

    def changed(self, job: Job) -> None:
        self.list.refresh(job)
        self.badge.refresh(job)

    def work(self, progress: Progress) -> int:
        progress.at(0.25, "first tile")
        while not self.go.wait(0.01):
            progress.check()
        return 1

    def texts(self) -> str:
        return "\n".join(found.text() for found in self.list.findChildren(QLabel) if found.isVisibleTo(self.list))


@pytest.fixture
def bench(qtbot) -> Iterator[Bench]:
    bench = Bench(qtbot)
    yield bench
    bench.go.set()
    bench.jobs.close()


def test_an_empty_list_says_what_it_is_for(bench: Bench) -> None:
    assert "Nothing is being worked on" in bench.texts()
    assert bench.badge.isHidden()


def test_a_job_shows_how_far_it_is_and_how_long_it_took(bench: Bench, qtbot) -> None:
    job = bench.jobs.submit("Stylise", bench.work, lambda outcome: None)
    qtbot.waitUntil(lambda: "25 % · first tile" in bench.texts())
    assert bench.list.findChild(QProgressBar).value() == 250
    assert bench.badge.accessibleName() == "Stylise 25 %"
    bench.go.set()
    qtbot.waitUntil(lambda: job.state is State.DONE)
    assert "Done in 0." in bench.texts()
    assert bench.badge.isHidden()


def test_cancelling_from_the_list(bench: Bench, qtbot) -> None:
    job = bench.jobs.submit("Upscale", bench.work, lambda outcome: None)
    qtbot.waitUntil(lambda: job.state is State.RUNNING)
    cancel = next(found for found in bench.list.findChildren(QToolButton) if found.accessibleName() == "Cancel Upscale")
    qtbot.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert not cancel.isEnabled()
    qtbot.waitUntil(lambda: job.state is State.CANCELLED)
    assert "Cancelled" in bench.texts()


def test_cancelling_from_the_status_bar_and_counting_what_waits(bench: Bench, qtbot) -> None:
    job = bench.jobs.submit("Upscale", bench.work, lambda outcome: None)
    second = bench.jobs.submit("Stylise", bench.work, lambda outcome: None)
    qtbot.waitUntil(lambda: bench.badge.accessibleName() == "Upscale 25 %, 1 more")
    qtbot.mouseClick(bench.badge.findChild(QToolButton), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: job.state is State.CANCELLED)
    qtbot.waitUntil(lambda: bench.badge.accessibleName() == "Stylise 25 %")
    assert bench.badge.findChild(QToolButton).isEnabled()
    assert not second.is_ended


def test_trouble_is_told_in_a_sentence(bench: Bench, qtbot) -> None:
    def work(progress: Progress) -> None:
        raise Trouble("The device is full.", "Nothing was changed.", "Try a smaller picture.")

    job = bench.jobs.submit("Upscale", work, lambda outcome: None)
    qtbot.waitUntil(lambda: job.state is State.FAILED)
    assert "The device is full. Nothing was changed. Try a smaller picture." in bench.texts()


def test_what_was_made_stays_listed_and_can_be_shown_again(bench: Bench, qtbot) -> None:
    shown: list[str] = []

    def done(outcome: Outcome[int]) -> None:
        job.made, job.reveal = Note("The layer “{name}”", {"name": "海"}), lambda: shown.append("海")

    bench.go.set()
    job = bench.jobs.submit("Stylise", bench.work, done)
    qtbot.waitUntil(lambda: "The layer “海”" in bench.texts())
    assert re.search(r"\d:\d\d.* · Done in", bench.texts()), "with the time of day"
    button = again(bench, "Show what was made: Stylise")
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    row = button.parentWidget()
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton)
    assert shown == ["海", "海"]
    bench.speech.set_language("zh_CN")
    assert button.toolTip() != "Show what was made"


def test_trouble_is_said_again(bench: Bench, qtbot) -> None:
    def work(progress: Progress) -> None:
        raise Trouble("The device is full.")

    bench.jobs.submit("Upscale", work, lambda outcome: None)
    qtbot.waitUntil(lambda: "The device is full." in bench.texts())
    with qtbot.waitSignal(bench.list.troubled) as told:
        qtbot.mouseClick(again(bench, "Say it again: Upscale"), Qt.MouseButton.LeftButton)
    assert told.args[0].what == "The device is full."


def test_a_job_without_a_trace_leads_nowhere(bench: Bench, qtbot) -> None:
    bench.go.set()
    job = bench.jobs.submit("Upscale", bench.work, lambda outcome: None)
    qtbot.waitUntil(lambda: job.is_ended)
    names = [found.accessibleName() for found in bench.list.findChildren(QToolButton) if found.isVisible()]
    assert not names


def again(bench: Bench, name: str) -> QToolButton:
    return next(found for found in bench.list.findChildren(QToolButton) if found.accessibleName() == name)


def test_ended_jobs_can_be_cleared(bench: Bench, qtbot) -> None:
    bench.go.set()
    job = bench.jobs.submit("Upscale", bench.work, lambda outcome: None)
    qtbot.waitUntil(lambda: job.is_ended)
    clear = next(found for found in bench.list.findChildren(QPushButton) if found.text() == "Clear ended")
    qtbot.mouseClick(clear, Qt.MouseButton.LeftButton)
    assert bench.jobs.listed == []
    qtbot.waitUntil(lambda: "Upscale" not in bench.texts())


def test_the_badge_leads_to_the_list(bench: Bench, qtbot) -> None:
    bench.jobs.submit("Upscale", bench.work, lambda outcome: None)
    qtbot.waitUntil(bench.badge.isVisible)
    with qtbot.waitSignal(bench.badge.asked):
        qtbot.mouseClick(bench.badge, Qt.MouseButton.LeftButton)
