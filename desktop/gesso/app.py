"""Wires the rooms together; the only file that knows them all."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil
from PySide6.QtCore import QEvent, QLocale, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from gesso.feedback import Feedback
from gesso.files.session import sweep
from gesso.files.settings import Settings
from gesso.files.trouble_log import TroubleLog
from gesso.jobs import Jobs, Outcome
from gesso.tools.studio import Studio
from gesso.ui import tooltips
from gesso.ui.look import THEMES, Look
from gesso.ui.speech import Speech
from gesso.ui.window import Window
from gesso.values import Progress
from gesso.values.paths import user_data
from gesso.values.words import LANGUAGES, language_of

WARM_UP_MS = 400
"""After the window is there: what is slow to load comes now, in the background."""


class Post(QObject):
    """Runs functions on the window's thread, from any thread."""

    _asked = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._asked.connect(lambda step: step(), Qt.ConnectionType.QueuedConnection)

    def __call__(self, step: Callable[[], None]) -> None:
        self._asked.emit(step)


class Application(QApplication):
    """Hears which files the system wants opened while the studio runs: macOS sends events where others give arguments."""

    file_asked = Signal(str)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QFileOpenEvent) and event.file():
            self.file_asked.emit(event.file())
            return True
        return super().event(event)


def build(app: QApplication, settings: Settings | None = None) -> Window:
    """A window with everything behind it. `window.close_down` ends it."""
    home = user_data()
    settings = settings or load_settings()
    language = settings.language if settings.language in LANGUAGES else language_of(QLocale.system().name())
    look = Look(settings.theme if settings.theme in THEMES else "system")
    look.apply(app)
    speech = Speech(language)
    studio = Studio(device=settings.device)
    post = Post(app)
    shown: list[Window] = []
    jobs = Jobs(post, lambda job: shown[0].job_changed(job) if shown else None)
    feedback = Feedback(home / "feedback.sqlite")
    window = Window(studio, jobs, feedback, settings, look, speech, home / "sessions")
    shown.append(window)
    troubles = TroubleLog(home)
    window.door.shown.connect(lambda trouble: troubles.note(trouble))  # Qt does not hold what has a method of its own
    tooltips.tie(window)

    is_down = False

    def close_down() -> None:
        nonlocal is_down
        if is_down:
            return
        is_down = True
        jobs.close()
        studio.close()
        feedback.close()
        app.quit()

    window.close_down = close_down
    return window


def warm_up(window: Window) -> None:
    """Load what was left out of the start, and ask the device for the truth."""

    def work(progress: Progress) -> object:
        import cv2  # noqa: F401

        sweep(window.sessions)
        return window.studio.test(window.studio.open("painting.stylise"), progress)

    def done(outcome: Outcome[object]) -> None:
        if outcome.value is not None:
            window.status.show_truth(window.studio.truth())
        if outcome.trouble is not None:
            window.trouble(outcome.trouble)
        if outcome.bug is not None:
            raise outcome.bug

    window.assist.load_styles()
    window.reference.add([Path(path) for path in window.settings.references], quietly=True)
    window.jobs.submit("", work, done, quiet=True)


def load_settings() -> Settings:
    return Settings.load(user_data() / "settings.json")


def scale_up(settings: Settings) -> None:
    """The size of everything, which Qt takes before it starts; whoever sets it from outside knows why."""
    if settings.ui_scale != 100 and 80 <= settings.ui_scale <= 200:
        os.environ.setdefault("QT_SCALE_FACTOR", str(settings.ui_scale / 100))


def main(files: Sequence[Path] = ()) -> int:
    """The studio, until its window is closed."""
    multiprocessing.freeze_support()
    settings = load_settings()
    scale_up(settings)
    app = QApplication.instance() or Application(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("Gesso")
    app.setDesktopFileName("gesso")
    window = build(app, settings)
    undo = window.door.install(lambda: window.easel.journal, window)
    window.door.ending.connect(window.easel.let_go_all)
    window.show()
    if isinstance(app, Application):
        app.file_asked.connect(lambda name: window.paperwork.open(Path(name).resolve()))
    if window.settings.open_again:
        window.paperwork.open_left()
    place = os.environ.get("GESSO_LOOK_OVER")
    for path in () if place else files:
        window.paperwork.open(Path(path).resolve())
    if os.environ.get("GESSO_BENCH_START"):
        QTimer.singleShot(0, lambda: _report_start(window))
    elif os.environ.get("GESSO_BENCH_PREVIEW"):
        QTimer.singleShot(WARM_UP_MS, lambda: _report_previews(window))
    elif place:
        QTimer.singleShot(0, lambda: _report_look_over(window, files, Path(place)))
    else:
        QTimer.singleShot(WARM_UP_MS, lambda: warm_up(window))
    try:
        return app.exec()
    finally:
        window.close_down()
        undo()


def _report_start(window: Window) -> None:
    """For `gesso bench startup`: how long it took from the start of the process to a window that answers."""
    seconds = time.time() - psutil.Process().create_time()
    print(f"ready {seconds:.3f}", flush=True)
    window.close()


def _report_previews(window: Window) -> None:
    """For `gesso bench preview`: one JSON object a line."""
    from gesso.ui.measure import measure

    try:
        measure(window, lambda what, ms: print(json.dumps({"what": what, "milliseconds": round(ms, 1)}), flush=True))
    finally:
        window.easel.close_all()
        window.close()


def _report_look_over(window: Window, files: Sequence[Path], folder: Path) -> None:
    """For whoever checks an installed app: one JSON object; `trouble` in it is what ended it early."""
    from gesso.ui.look_over import LookOver

    look = LookOver(window)
    try:
        look.everything([Path(file).resolve() for file in files], folder)
    except Exception as error:  # nobody is there to read a dialogue
        look.found["trouble"] = f"{type(error).__name__}: {error}"
    print(json.dumps(look.found), flush=True)
    window.easel.close_all()
    window.close()
