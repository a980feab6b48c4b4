"""Real situations of an artist's day, played in the real window and taken: `python packaging/screenshots.py --situations FOLDER [NAME…]`.

Each is taken in both languages and both themes, at 1280x800 with one pixel to the unit and at 2560x1440 with two: to be
looked at by somebody picky. They are not kept with the source.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from walk import ROOT, Walk, walking

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint

THEMES = ("dark", "light")
LANGUAGES = ("en", "zh_CN")
DENSITIES = {"1": (1280, 800), "2": (2560, 1440)}
"""Pixels to each unit of the screen, and how many it has; the window fills it."""
SAMPLES = ("sea", "mountains", "still-life", "leaves")
NAMES = {"en": ("Harbour at dawn", "Mountain study", "Still life with lemon", "Leaves, green"),
         "zh_CN": ("港口清晨", "山景习作", "柠檬静物", "绿叶")}  # fmt: skip
POEM = "春眠不觉晓\n处处闻啼鸟\nSpring sleep, not aware\nof dawn"


class Stage:
    """A walk that takes pictures of what it comes by, in both themes."""

    def __init__(self, walk: Walk, folder: Path, density: str, work: Path) -> None:
        self.walk, self.window, self.folder, self.density, self.work = walk, walk.window, folder, density, work

    @property
    def language(self) -> str:
        return self.window.speech.language

    def take(self, name: str) -> None:
        """The window and whatever stands over it, each where it stands."""
        from PySide6.QtCore import QPoint
        from PySide6.QtGui import QPainter
        from PySide6.QtWidgets import QApplication

        for theme in THEMES:
            self.window.look.theme = theme
            self.walk.settle()
            whole = self.window.grab()
            painter = QPainter(whole)
            for widget in QApplication.topLevelWidgets():
                if widget is not self.window and widget.isVisible():
                    at = self.window.mapFromGlobal(widget.mapToGlobal(QPoint(0, 0)))
                    painter.drawPixmap(at, widget.grab())
                    painter.setPen(self.window.look.colour("line"))
                    painter.drawRect(at.x() - 1, at.y() - 1, widget.width() + 1, widget.height() + 1)
            painter.end()
            whole.save(str(self.folder / f"{name}-{self.language}-{theme}-{self.density}x.png"))

    def act(self, id: str) -> None:
        self.window.actions_[id].trigger()
        self.walk.wait(100)

    def at(self, x: float, y: float) -> QPoint:
        """A place of the painting, in shares of its sides, on the canvas."""
        from PySide6.QtCore import QPointF

        size = self.window.easel.painting.size
        return self.window.canvas.from_image(QPointF(x * size.width, y * size.height)).toPoint()

    def drag(self, places: Iterable[tuple[float, float]]) -> None:
        """Press, move along and lift, in shares of the painting."""
        from PySide6.QtCore import Qt
        from PySide6.QtTest import QTest

        canvas, found = self.window.canvas, [self.at(*place) for place in places]
        button, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTest.mousePress(canvas, button, none, found[0])
        for place in found[1:]:
            QTest.mouseMove(canvas, place)
        QTest.mouseRelease(canvas, button, none, found[-1])
        self.walk.wait(60)

    def save(self, sample: str, name: str) -> Path:
        """A painting of the artist's own, in a folder of theirs."""
        path, window = self.work / f"{name}.gesso", self.window
        self.walk.open(sample)
        saved: list[bool] = []
        window.paperwork.write(path, lambda: saved.append(True), None)
        self.walk.until(lambda: saved)
        return path

    def clear(self) -> None:
        """Everything away, as at the start."""
        window = self.window
        window.canvas.cancel_gesture()
        window.easel.close_all()
        window.easel.show(None)
        window.door.dismiss_all()
        window.set_tool("brush")
        window.status.say("")
        self.walk.wait(200)


# --- what is played ------------------------------------------------------------------------------------------------


def home(stage: Stage) -> None:
    """Files of before, one of them gone since."""
    window = stage.window
    paths = [stage.save(sample, name) for sample, name in zip(SAMPLES, NAMES[stage.language], strict=True)]
    stage.clear()
    shutil.copy(
        ROOT / "resources" / "samples" / "sea.webp", stage.work / "IMG_2024-05-17 scan of the old sketchbook.webp"
    )
    window.settings.recent = [
        str(path) for path in (*paths, stage.work / "IMG_2024-05-17 scan of the old sketchbook.webp")
    ]
    window.refresh_home()
    stage.walk.wait(2500)
    stage.take("01-home")
    window.settings.recent = []
    window.refresh_home()


def first_run(stage: Stage) -> None:
    """Nothing was ever opened: the page that greets, and the home page that is left of it."""
    from gesso.ui.guide_deeds import GuideDesk

    window = stage.window
    stage.walk.wait(500)
    stage.take("02-empty")
    window.settings.welcomed = False
    GuideDesk(window)  # which greets
    stage.walk.wait(2000)
    stage.take("02-first-run")
    window.home.set_welcome(None)
    window.settings.welcomed = True


def painting(stage: Stage) -> None:
    """Strokes on a layer of their own, the picker open, and both brushes' bars."""
    from gesso.values import Colour

    window = stage.window
    stage.walk.open("sea")
    window.panels.show("layers")
    stage.act("tool-brush")
    window.layers.add_layer()
    for row, (brush, colour) in enumerate(
        (
            ("oil-bristle", Colour(0.86, 0.45, 0.2)),
            ("watercolour-wash", Colour(0.2, 0.4, 0.6)),
            ("ink-brush", Colour(0.1, 0.1, 0.12)),
        )
    ):
        window.brush_bar.choose(brush)
        window.brush_bar.set_colour(colour)
        stage.drag((0.2 + 0.02 * t, 0.2 + 0.2 * row + 0.05 * math.sin(t / 3)) for t in range(30))
    stage.take("03-painting")
    window.brush_bar.show_picker()
    stage.walk.wait(1500)
    stage.take("03-brush-picker")
    window.brush_bar.picker.hide()
    window.brush_bar.show_editor()
    stage.walk.wait(800)
    stage.take("03-brush-editor")
    window.brush_bar.editor.hide()
    for wish in ("rulers",):
        window.canvas.aids.wish(wish, True)
    window.canvas.aids.set_symmetry("radial", 6)
    window.canvas.aids.add_guide("vertical", 400.0)
    window.canvas.aids.add_guide("horizontal", 300.0)
    stage.take("03-aids")
    window.canvas.aids.set_symmetry("none")
    window.canvas.set_zoom(16.0)
    window.panels.show("reference")
    window.reference.add([ROOT / "resources" / "samples" / "leaves.webp"])
    stage.walk.wait(1500)
    stage.take("03-pixels-and-reference")
    window.canvas.aids.wish("rulers", False)
    for picture in window.reference.board.pictures():
        picture.setSelected(True)
    window.reference.board.remove_chosen()
    window.panels.show("layers")
    stage.clear()


def suggestions(stage: Stage) -> None:
    """Proposals side by side, and one of them beside the picture."""
    window = stage.window
    stage.walk.open("mountains")
    window.panels.show("assist")
    stage.act("tool:painting.stylise")
    window.assist.set_value("style", "starry-night")
    stage.walk.suggest()
    stage.walk.wait(800)
    stage.take("04-suggestions")
    window.canvas.split = 0.5
    stage.take("05-split")
    window.assist.clear()
    stage.clear()


def shapes(stage: Stage) -> None:
    """A selection, and what is in it under transform."""
    stage.walk.open("leaves")
    stage.act("tool-lasso")
    stage.drag((0.5 + 0.25 * math.cos(t / 20 * math.tau), 0.5 + 0.3 * math.sin(t / 20 * math.tau)) for t in range(21))
    stage.take("06-selection")
    stage.act("tool-transform")
    stage.walk.wait(600)
    stage.window.option_bars["transform"].parts["angle"].setValue(-18)
    stage.walk.wait(600)
    stage.take("06-transform")
    stage.window.canvas.cancel_gesture()
    stage.act("tool-crop")
    stage.walk.wait(300)
    stage.take("06-crop")
    stage.clear()


def letters(stage: Stage) -> None:
    """Chinese and Latin on one picture, still being written."""
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QInputMethodEvent
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    canvas = stage.window.canvas
    stage.walk.open("mountains")
    stage.window.panels.show("layers")
    stage.act("tool-text")
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, stage.at(0.12, 0.2))
    for line in POEM.splitlines():
        event = QInputMethodEvent()
        event.setCommitString(line)
        QApplication.sendEvent(canvas, event)
        QTest.keyClick(canvas, Qt.Key.Key_Return)
    stage.walk.wait(400)
    stage.take("07-text")
    stage.clear()


def adjusting(stage: Stage) -> None:
    """Curves over a picture, then the same through a press's profile."""
    window = stage.window
    stage.walk.open("still-life")
    window.panels.show("layers")
    stage.act("adjust-curves")
    stage.walk.wait(600)
    stage.take("08-curves")
    profile = next(iter(sorted(Path("/usr/share/color").rglob("*cmyk*.icc"))), None)
    if profile is not None:
        window.settings.proof_profile = str(profile)
        window.proofing.toggle()
        window.proofing.toggle_warning()
        stage.walk.wait(600)
        stage.take("08-soft-proof")
        window.proofing.toggle()
        window.proofing.toggle_warning()
    stage.clear()


def keys(stage: Stage) -> None:
    """The keys of one command asked for by another; and the other pages."""
    from PySide6.QtGui import QKeySequence
    from PySide6.QtWidgets import QApplication

    from gesso.ui.preferences import Preferences

    stage.walk.open("sea")
    stage.act("shortcuts")
    stage.walk.wait(500)
    dialogue = next(one for one in QApplication.topLevelWidgets() if isinstance(one, Preferences) and one.isVisible())
    dialogue.shortcuts.choose("mirror")
    dialogue.shortcuts.field.setKeySequence(QKeySequence("Ctrl+J"))
    stage.walk.wait(300)
    stage.take("09-shortcuts")
    for page in ("appearance", "canvas", "files", "models", "memory"):
        dialogue.show_page(page)
        stage.walk.wait(200)
        stage.take(f"09-preferences-{page}")
    dialogue.accept()
    stage.clear()


def recovery(stage: Stage) -> None:
    """What a crash left behind; then the older states of a file."""
    window, names = stage.window, NAMES[stage.language]
    for sample in SAMPLES[:2]:
        stage.walk.open(sample)
        window.layers.add_layer()
        stage.drag((0.3 + 0.01 * t, 0.4 + 0.005 * t) for t in range(20))
        stage.drag((0.3 + 0.01 * t, 0.6 - 0.005 * t) for t in range(20))
        stage.walk.wait(6000)
    for one in list(window.easel.paintings):
        window.easel.let_go(one)
    stage.walk.wait(1500)
    stage.take("10-recovery")
    for path in list(window.sessions.glob("*.gesso")):
        window.paperwork.discard(path)
    window.refresh_home()
    path = stage.save("leaves", f"{names[3]} 2")
    for flip in ("horizontal", "vertical"):
        stage.act(f"image-flip-{flip}")
        stage.walk.until(lambda: window.easel.is_modified)
        saved: list[bool] = []
        window.paperwork.write(path, lambda done=saved: done.append(True), window.easel.seal)
        stage.walk.until(lambda done=saved: done)
    window.paperwork.care.show_history()
    stage.walk.until(lambda: window.paperwork.care.history is not None)
    stage.walk.wait(1500)
    stage.take("10-file-history")
    window.paperwork.care.history.close()
    stage.clear()
    window.settings.recent = []


def work(stage: Stage) -> None:
    """Work that failed, that ended, and that goes on."""
    window = stage.window
    stage.walk.open("leaves")
    window.paperwork.export(stage.work / "out.png")
    stage.walk.until(lambda: not window.jobs.running)
    window.paperwork.export(stage.work / "a folder that was on a drive" / "leaves.png")
    stage.walk.until(lambda: not window.jobs.running)
    window.panels.show("assist")
    stage.act("tool:painting.upscale")
    window.assist.propose()
    stage.walk.until(lambda: all(one.result or one.trouble for one in window.assist.proposals))
    window.assist.keep(window.assist.proposals[0])
    window.panels.show("jobs")
    stage.walk.wait(2500)
    stage.take("11-jobs")
    window.jobs.cancel_all()
    stage.walk.until(lambda: not window.jobs.running)
    window.assist.clear()
    stage.clear()


def menus(stage: Stage) -> None:
    """Each menu open, the palette, and the list of what a right click offers."""
    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QApplication

    window = stage.window
    stage.walk.open("mountains")
    window.panels.show("layers")
    for name in ("view", "image", "layer", "edit"):
        menu = window.menus[name]
        menu.popup(
            window.menuBar().mapToGlobal(window.menuBar().actionGeometry(menu.menuAction()).bottomLeft() + QPoint(0, 1))
        )
        stage.walk.wait(200)
        stage.take(f"12-menu-{name}")
        inner = next((action for action in menu.actions() if action.menu() is not None), None)
        if inner is not None:
            menu.setActiveAction(inner)
            stage.walk.until(inner.menu().isVisible)
            stage.take(f"12-menu-in-{name}")
        menu.hide()
    stage.act("palette")
    stage.take("12-palette")
    window.palette_.dismiss()
    stage.act("guide")
    stage.walk.wait(800)
    stage.take("12-guide")
    for one in QApplication.topLevelWidgets():
        if one is not window and one.isVisible():
            one.close()
    for panel in ("history", "jobs", "reference"):
        window.panels.show(panel)
        stage.walk.wait(200)
        stage.take(f"12-empty-{panel}")
    stage.clear()


SITUATIONS: dict[str, Callable[[Stage], None]] = {
    one.__name__: one
    for one in (home, first_run, painting, suggestions, shapes, letters, adjusting, keys, recovery, work, menus)
}


# --- playing them --------------------------------------------------------------------------------------------------


@contextmanager
def _staged(folder: Path, density: str) -> Iterator[Stage]:
    width, height = (side // int(density) for side in DENSITIES[density])
    with walking(f"{width}x{height}") as walk:
        place = Path(os.environ["GESSO_HOME"]) / "Pictures"
        place.mkdir()
        walk.wait(1000)
        walk.warm_up()
        yield Stage(walk, folder, density, place)


def play(folder: Path, density: str, names: set[str]) -> int:
    """In this process, whose windows have this density."""
    with _staged(folder, density) as stage:
        for language in LANGUAGES:
            stage.window.speech.set_language(language)
            for name, situation in SITUATIONS.items():
                if not names or name in names:
                    situation(stage)
    return 0


def take_situations(folder: Path, names: set[str]) -> int:
    """Each density in a process of its own: Qt takes it before it starts."""
    folder.mkdir(parents=True, exist_ok=True)
    for density, (width, height) in DENSITIES.items():
        screen_facts = {"name": "screen", "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96, "dpr": 1}
        with tempfile.NamedTemporaryFile("w", suffix=".json") as screen:
            json.dump({"screens": [screen_facts]}, screen)
            screen.flush()  # without it, dialogues would stand in the middle of 800x800
            around = {"QT_SCALE_FACTOR": density, "QT_QPA_PLATFORM": f"offscreen:configfile={screen.name}"}
            order = [sys.executable, __file__, str(folder), density, *names]
            done = subprocess.run(order, env={**os.environ, **around}, check=False)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    raise SystemExit(play(Path(sys.argv[1]), sys.argv[2], set(sys.argv[3:])))
