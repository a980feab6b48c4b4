"""Walking through the real window without a screen: what the pictures of the README and of the guide are made with."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gesso.ui.window import Window

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_MS = 600_000
STEP_MS = 50


class Walk:
    """One window, and the patience to wait until it is where it should be."""

    def __init__(self, window: Window) -> None:
        self.window = window

    def wait(self, ms: int) -> None:
        from PySide6.QtTest import QTest

        QTest.qWait(ms)

    def until(self, true: Callable[[], object]) -> None:
        waited = 0
        while not true():
            self.wait(STEP_MS)
            waited += STEP_MS
            if waited > PATIENCE_MS:
                raise TimeoutError("the window did not get there")

    def settle(self) -> None:
        """Until what the canvas owes is drawn."""
        self.wait(500)
        self.until(lambda: not self.window.canvas.isVisible() or not self.window.canvas.pane.is_owed)

    def open(self, sample: str) -> None:
        window = self.window
        window.paperwork.open(ROOT / "resources" / "samples" / f"{sample}.webp", keep_recent=False)
        self.until(lambda: window.easel.painting is not None and window.easel.title == sample)
        self.wait(1500)

    def suggest(self) -> None:
        """Ask for proposals, and look at the first."""
        window = self.window
        window.assist.propose()
        self.until(lambda: window.assist.proposals and all(p.result or p.trouble for p in window.assist.proposals))
        window.assist.choose(window.assist.proposals[0])

    def warm_up(self) -> None:
        from gesso.app import warm_up

        warm_up(self.window)
        self.until(lambda: self.window.status.truth and any(self.window.assist.styles.values()))


@contextmanager
def walking(size: str) -> Iterator[Walk]:
    """A window with a throw-away profile, as after the first-run page; `size` such as 1280x800."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        os.environ["GESSO_HOME"] = home
        (Path(home) / "settings.json").write_text('{"welcomed": true}', encoding="utf-8")
        from PySide6.QtWidgets import QApplication

        from gesso.app import build

        app = QApplication.instance() or QApplication([])
        assert isinstance(app, QApplication)
        window = build(app)
        window.resize(*(int(side) for side in size.split("x")))
        window.show()
        try:
            yield Walk(window)
        finally:
            window.easel.close_all()
            window.close_down()
