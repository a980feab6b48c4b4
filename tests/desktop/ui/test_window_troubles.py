"""The window when something goes wrong: files gone, sessions left behind, workers dying, disks full."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from gesso import app
from gesso.documents.painting import composite
from gesso.files import paintings
from gesso.ui.window import Window
from gesso.values import Progress
from tests.desktop.ui.test_window import opened, proposed, until


def test_recent_files_that_were_deleted_are_dropped(window: Window, photograph: Path, tmp_path: Path) -> None:
    away = tmp_path / "a drive that is not there" / "picture.png"
    window.settings.recent = [str(tmp_path / "gone.png"), str(photograph), str(away)]
    window.refresh_home()
    assert window.settings.recent == [str(photograph), str(away)] and len(window.home.recent_cards) == 2


CRASH = """
import os, sys
from pathlib import Path
import numpy as np
from gesso.documents.painting import Painting
from gesso.documents.painting.edits import SetProperty
from gesso.files.session import Session
painting = Painting.from_array(np.full((60, 80, 4), 200, np.uint8), "Background", "Half done")
session = Session.begin(Path(sys.argv[1]), painting)
session.history.apply("Fade", SetProperty(painting.active, "opacity", 0.25))
os._exit(1)
"""


def test_work_of_a_session_that_died_is_offered_and_recovered(window: Window, qtbot: QtBot) -> None:
    subprocess.run([sys.executable, "-c", textwrap.dedent(CRASH), str(window.sessions)], check=False, timeout=60)
    window.refresh_home()
    left = list(window.sessions.glob("*.gesso"))
    assert len(left) == 1 and not window.home._recovery.isHidden()
    window.home.recover_chosen.emit(left[0])
    until(qtbot, lambda: window.easel.painting is not None)
    painting = window.easel.painting
    assert painting.active_layer.opacity == 0.25 and window.easel.title == "Half done" and window.easel.is_modified
    assert left[0].exists(), "until the work is saved"


# --- when something goes wrong -----------------------------------------------------------------------------------------


def test_a_worker_that_dies_costs_one_sentence(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)
    app.warm_up(window)
    until(qtbot, lambda: window.status.truth is not None)
    real, killed = window.studio.apply, []

    def dying(*arguments: object) -> object:
        if not killed:
            killed.extend(child.pid for child in multiprocessing.active_children())
            for pid in killed:
                os.kill(pid, 9)
        return real(*arguments)

    window.studio.apply = dying
    window.assist.propose()
    until(qtbot, lambda: all(p.result or p.job.is_ended for p in window.assist.proposals))
    assert killed and len(window.door.banners) <= 1
    window.door.dismiss_all()
    proposed(window, qtbot)
    window.assist.keep(window.assist.proposals[0])
    until(qtbot, lambda: window.easel.history.can_undo)


def test_closing_stops_what_is_under_way_and_does_not_wait(window: Window, photograph: Path, qtbot: QtBot) -> None:
    opened(window, photograph, qtbot)

    def endless(*arguments: object) -> object:
        while True:
            arguments[-1].check()
            time.sleep(0.01)

    window.studio.apply = endless
    window.assist.propose()
    window.assist.keep()
    until(qtbot, lambda: any(job.state.value == "running" for job in window.jobs._unended))
    began = time.monotonic()
    window.close()
    assert time.monotonic() - began < 8 and not window.isVisible()


def test_an_export_under_way_is_asked_about_before_it_is_lost(
    window: Window, photograph: Path, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(window, photograph, qtbot)
    goes_on = [True]

    def slow(painting: object, progress: Progress) -> object:
        while goes_on[0]:
            progress.at(0.1)
            time.sleep(0.01)
        return real(painting, progress)

    real = paintings.flat
    monkeypatch.setattr(paintings, "flat", slow)
    asked: list[list[str]] = []
    monkeypatch.setattr("gesso.ui.window.ask_leave", lambda titles, *_: bool(asked.append(titles)))
    window.paperwork.export(tmp_path / "out.png")
    assert not window.close() and asked == [["Export"]] and window.isVisible()
    goes_on[0] = False
    until(qtbot, (tmp_path / "out.png").exists)
    until(qtbot, lambda: not window.jobs.running)


def test_a_full_disk_at_a_step_of_the_history_leaves_the_window_usable(
    window: Window, photograph: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gesso.documents.history import History
    from gesso.values import Trouble

    opened(window, photograph, qtbot)
    before = composite(window.easel.painting)

    def full(*_: object) -> None:
        raise Trouble("The disk is full.", "Nothing was changed.", "Make room on it.")

    with monkeypatch.context() as patched:
        patched.setattr(History, "_tell", full)
        window.actions_["select-all"].trigger()
        window.assist.keep()
        until(qtbot, lambda: window.door.banners and not window.jobs.running)
    assert np.array_equal(composite(window.easel.painting), before)
    window.door.dismiss_all()
    window.actions_["select-all"].trigger()
    assert window.easel.painting.selection is not None
