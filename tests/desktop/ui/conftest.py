"""A desk without a window: easel, jobs and assistance around a painter that needs no model."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gesso import app
from gesso.documents.painting import Painting, Provenance
from gesso.feedback import Feedback
from gesso.files.settings import Settings
from gesso.jobs import Jobs
from gesso.tools import Tool, Values
from gesso.ui.assist import Assist
from gesso.ui.easel import Easel
from gesso.ui.look import Look
from gesso.ui.paperwork import Paperwork
from gesso.ui.speech import Speech
from gesso.ui.window import Window
from gesso.values import Picture, Progress, Trouble

SLOW_MS = 60_000
STYLES = [("great-wave", "Great wave", "神奈川冲浪里"), ("starry-night", "Starry night", "星夜")]
Until = Callable[[Callable[[], object]], None]


@pytest.fixture
def until(qtbot: QtBot) -> Until:
    """Wait, with patience, until something is true."""

    def wait(true: Callable[[], object]) -> None:
        qtbot.waitUntil(lambda: bool(true()), timeout=SLOW_MS)

    return wait


@pytest.fixture
def speech(qtbot: QtBot) -> Speech:
    return Speech("en")


@pytest.fixture
def look(qtbot: QtBot) -> Look:
    return Look("dark")


@dataclass
class Painter:
    """In place of the studio: covers a picture with one grey, as slowly as it is told, and remembers what it was asked."""

    seconds: float = 0.0
    trouble: Trouble | None = None
    asked: list[tuple[str, dict[str, Any], Picture]] = field(default_factory=list)
    under_way: int = 0

    def apply(self, tool: Tool, picture: Picture, values: Values, progress: Progress) -> tuple[Picture, Provenance]:
        self.asked.append((tool.id, dict(values), picture))
        self.under_way += 1
        try:
            end = time.monotonic() + self.seconds
            while time.monotonic() < end:
                progress.at(0.5)
                time.sleep(0.005)
        finally:
            self.under_way -= 1
        if self.trouble is not None:
            raise self.trouble
        scale = tool.scale_of(values)
        height, width = picture.colour.shape[:2]
        grey = np.full((height * scale, width * scale, 3), len(self.asked), picture.colour.dtype)
        return Picture(grey), Provenance(
            tool.id, "painter", "1.0.0", dict(values), int(values.get("seed", 0)), "2026-01-01"
        )

    def open(self, task: str) -> Any:
        thumbnail = io.BytesIO()
        Image.new("RGB", (40, 40), (90, 120, 160)).save(thumbnail, "JPEG")
        listed = [{"id": i, "title": t, "title_zh": z, "credit": "Somebody, 1831"} for i, t, z in STYLES]
        files = {"styles.json": json.dumps(listed).encode()}
        return SimpleNamespace(files=files | {f"styles/{i}.jpg": thumbnail.getvalue() for i, *_ in STYLES})


@dataclass
class Desk:
    """What stands around a painting."""

    easel: Easel
    jobs: Jobs
    assist: Assist
    painter: Painter
    feedback: Feedback
    speech: Speech
    troubles: list[Trouble] = field(default_factory=list)
    previews: list[tuple[Any, Any]] = field(default_factory=list)

    def put(self, painting: Painting) -> Painting:
        self.easel.put(self.easel.begin(painting))
        return painting


@pytest.fixture
def desk(qtbot: QtBot, speech: Speech, home: Path) -> Iterator[Desk]:
    jobs, feedback, painter = Jobs(app.Post(QApplication.instance())), Feedback(home / "feedback.sqlite"), Painter()
    easel = Easel(home / "sessions", jobs)
    made = Desk(easel, jobs, Assist(painter, jobs, easel, feedback, speech), painter, feedback, speech)
    made.assist.troubled.connect(made.troubles.append)
    made.assist.previewed.connect(lambda picture, box: made.previews.append((picture, box)))
    yield made
    jobs.close()
    easel.close_all()
    feedback.close()


def stripes(width: int = 64, height: int = 48) -> Painting:
    """Every pixel is another one."""
    pixels = np.zeros((height, width, 4), np.uint8)
    pixels[..., 0], pixels[..., 1], pixels[..., 2] = np.arange(width) * 3, np.arange(height)[:, None] * 4, 90
    pixels[..., 3] = 255
    return Painting.from_array(pixels, "Background", "stripes")


@pytest.fixture
def settings(home: Path) -> Settings:
    return Settings(home / "settings.json")


@pytest.fixture
def window(qtbot: QtBot, tiny_models: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    """The whole window as `gesso.app` builds it, with tiny models behind it."""
    monkeypatch.setenv("LANG", "C.UTF-8")
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    monkeypatch.setattr(application, "quit", lambda: None)
    before = application.styleSheet(), application.palette(), application.font()
    made = app.build(application)
    made.speech.set_language("en")
    qtbot.addWidget(made, before_close_func=lambda widget: widget.easel.close_all())
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close_down()
    application.setStyleSheet(before[0])
    application.setPalette(before[1])
    application.setFont(before[2])


@pytest.fixture
def photograph(tmp_path: Path) -> Path:
    y, x = np.mgrid[0:120, 0:160]
    pixels = np.stack([x * 255 / 160, y * 255 / 120, 120 + 80 * np.sin(x / 9)], -1).astype(np.uint8)
    path = tmp_path / "照片 一.png"
    Image.fromarray(pixels).save(path)
    return path


@pytest.fixture
def paper(desk: Desk, settings: Settings, qtbot: QtBot) -> Paperwork:
    """New, open, save and export on the desk; what it notes is in `said`."""
    window = QWidget()
    qtbot.addWidget(window)
    made = Paperwork(desk.easel, desk.jobs, settings, desk.speech, window)
    made.troubled.connect(desk.troubles.append)
    made.said = []
    made.noted.connect(made.said.append)
    return made
