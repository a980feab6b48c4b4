"""The whole program, as a process: it starts, opens a file, ends without a word, and survives a mistake of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

from gesso.files.session import recoverable

PATIENCE_S = 180


OPENED = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication
from gesso import app

def look():
    window = next(w for w in QApplication.topLevelWidgets() if w.objectName() == "gesso")
    if window.easel.painting is None:
        QTimer.singleShot(50, look)
    else:
        assert window.easel.source == Path(sys.argv[1])
        window.close()
"""
"""Waits for the file that it was called with to be open, and closes the window."""


def run(source: str, home: Path, resources: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ, "GESSO_HOME": str(home), "GESSO_RESOURCES": str(resources), "QT_QPA_PLATFORM": "offscreen",
        "LANG": "C.UTF-8",
    }  # fmt: skip
    command = [sys.executable, "-c", textwrap.dedent(source), *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False)


def test_it_starts_opens_a_file_and_ends_without_a_word(home: Path, tiny_resources: Path, photograph: Path) -> None:
    source = """
    if __name__ == "__main__":
        application = QApplication(sys.argv[:1])
        QTimer.singleShot(0, look)
        sys.exit(app.main([Path(sys.argv[1])]))
    """
    ended = run(OPENED + textwrap.dedent(source), home, tiny_resources, str(photograph))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
    assert not list((home / "sessions").iterdir())


def test_a_file_that_the_system_asks_for_is_opened(home: Path, tiny_resources: Path, photograph: Path) -> None:
    """As macOS does for a double click, while the window is already there."""
    source = """
    def ask():
        QApplication.postEvent(application, QFileOpenEvent(sys.argv[1]))
        look()

    if __name__ == "__main__":
        application = app.Application(sys.argv[:1])
        QTimer.singleShot(0, ask)
        sys.exit(app.main())
    """
    ended = run(OPENED + textwrap.dedent(source), home, tiny_resources, str(photograph))
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def test_what_the_window_shows_first_waits_for_no_model_and_no_decoder(home: Path, tiny_resources: Path) -> None:
    source = """
    import sys
    from PySide6.QtWidgets import QApplication
    from gesso import app

    application = QApplication(sys.argv[:1])
    window = app.build(application)
    window.show()
    heavy = ("cv2", "onnxruntime", "jsonschema", "torch", "http.client", "pypinyin", "gesso.files.pictures")
    print([name for name in heavy if name in sys.modules])
    window.close_down()
    """
    ended = run(source, home, tiny_resources)
    assert ended.stdout.strip() == "[]", ended.stdout + ended.stderr


def test_after_a_mistake_of_its_own_the_work_is_there_again(home: Path, tiny_resources: Path, photograph: Path) -> None:
    source = """
    import sys
    from pathlib import Path
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication
    from gesso import app
    from gesso.ui.errors import CrashDialog

    if __name__ == "__main__":
        application = QApplication(sys.argv[:1])
        def step():
            window = next(w for w in QApplication.topLevelWidgets() if w.objectName() == "gesso")
            if window.easel.painting is None:
                QTimer.singleShot(50, step)
                return
            window.layers.add_layer()
            QTimer.singleShot(200, lambda: 1 / 0)
            QTimer.singleShot(600, end)
        def end():
            dialogue = next(w for w in QApplication.topLevelWidgets() if isinstance(w, CrashDialog))
            dialogue.reject()
        QTimer.singleShot(0, step)
        sys.exit(app.main([Path(sys.argv[1])]))
    """
    ended = run(source, home, tiny_resources, str(photograph))
    assert ended.returncode == 0, ended.stderr
    left = recoverable(home / "sessions")
    assert [session.edits for session in left] == [1] and left[0].origin == str(photograph)
    assert "ZeroDivisionError" in next((home / "logs").iterdir()).read_text("utf-8")
