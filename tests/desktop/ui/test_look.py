"""Both themes can be read, icons follow the theme, and nobody is kept alive by it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetrics, QIcon, QRawFont
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QPushButton, QSpinBox, QToolButton

from gesso.ui.look import DARK, LIGHT, Look
from gesso.values.paths import resources

OFFSCREEN = "propagateSizeHints"  # what the offscreen platform says about every window shown
pytestmark = pytest.mark.qt_log_ignore(OFFSCREEN, extend=True)

ICONS = (
    "new", "open", "save", "export", "undo", "redo", "hand", "brush", "eraser", "rectangle", "lasso", "deselect",
    "zoom-in", "zoom-out", "fit", "layers", "layer-add", "group-add", "trash", "eye", "eye-off", "mask", "up", "down",
    "history", "jobs", "cancel", "search", "settings", "sparkle", "stylise", "upscale", "denoise", "keep", "reject", "again",
    "split", "lock", "unlock", "device-cpu", "device-gpu", "warning", "info", "close", "check", "more", "home",
    "picture", "plus", "gesso", "group",
    "copy", "adjust", "alpha-lock", "blur", "clip", "clone", "colour-range", "crop", "ellipse", "fill", "filter", "flip-h",
    "flip-v", "gradient", "heal", "label", "line_art", "merge", "models", "polygon", "select-add", "select-brush",
    "select-intersect", "select-new", "select-subtract", "smudge", "star", "star-full", "text", "text-centre", "text-columns", "text-end",
    "symmetry", "why", "text-italic", "text-justify", "text-lines", "text-start", "text-underline", "transform", "wand",
)  # fmt: skip


def luminance(colour: QColor) -> float:
    """Relative luminance of WCAG 2."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(a: QColor, b: QColor) -> float:
    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(params=["dark", "light"])
def look(request: pytest.FixtureRequest, qapp: QApplication) -> Look:
    return Look(request.param)


@pytest.mark.parametrize("ground", ["window", "panel", "raised"])
def test_texts_can_be_read_on_every_ground(look: Look, ground: str) -> None:
    back = look.colour(ground)
    assert contrast(look.colour("text"), back) >= 7
    for name in ("muted", "warn", "good"):
        assert contrast(look.colour(name), back) >= 4.5, name


def test_the_accent_carries_text_and_its_ring_stands_out(look: Look) -> None:
    assert contrast(look.colour("accent"), look.colour("accent_text")) >= 4.5
    for ground in ("window", "panel", "raised"):
        assert contrast(look.colour("accent"), look.colour(ground)) >= 3, ground


def test_greys_have_no_cast() -> None:
    for table in (DARK, LIGHT):
        for name in ("window", "panel", "raised", "line", "text", "muted", "canvas"):
            red, green, blue, _ = QColor(table[name]).getRgb()
            assert red == green == blue, name


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_is_drawn_and_sharp_at_double_density(look: Look, name: str) -> None:
    pixmap = look.icon(name, 20).pixmap(QSize(20, 20), 2.0)
    assert (pixmap.width(), pixmap.devicePixelRatio()) == (40, 2.0)
    picture = pixmap.toImage()
    inked = sum(picture.pixelColor(x, y).alpha() > 128 for x in range(40) for y in range(40))
    assert 30 < inked < 1500
    edge = [picture.pixelColor(x, y).alpha() for x in range(40) for y in (0, 39)]
    assert max(edge) < 128, "touches the border"


def test_icons_follow_the_theme_and_pale_when_disabled(qapp: QApplication) -> None:
    look = Look("dark")

    def ink(mode: QIcon.Mode) -> QColor:
        picture = look.icon("plus", 24).pixmap(QSize(24, 24), mode).toImage()
        return picture.pixelColor(12, 12)

    light_ink, pale = ink(QIcon.Mode.Normal), ink(QIcon.Mode.Disabled)
    assert light_ink.name() == DARK["text"]
    assert pale.lightness() < light_ink.lightness()
    look.theme = "light"
    assert ink(QIcon.Mode.Normal).name() == LIGHT["text"]


def test_no_icon_lies_about_unused() -> None:
    drawn = {file.stem for file in (resources() / "icons").glob("*.svg")}
    drawn_by_the_sheet = ("arrow-down", "arrow-up", "arrow-right", "tick", "cross", "dock-float")
    parts = {f"{part}-{theme}" for part in drawn_by_the_sheet for theme in ("dark", "light")}
    assert drawn == {*ICONS, *parts}


def test_a_theme_change_dresses_the_application_and_tells(qapp: QApplication, qtbot) -> None:
    look = Look("dark")
    look.apply(qapp)
    label = QLabel()
    qtbot.addWidget(label)
    seen: list[bool] = []
    look.tell(label, lambda: seen.append(look.is_dark))
    assert qapp.palette().window().color().name() == DARK["window"]
    with qtbot.waitSignal(look.changed):
        look.theme = "light"
    assert qapp.palette().window().color().name() == LIGHT["window"]
    assert seen == [True, False]
    with pytest.raises(ValueError):
        look.theme = "sepia"


def test_system_follows_the_system(qapp: QApplication, qtbot) -> None:
    look = Look("system")
    hints = qapp.styleHints()
    hints.setColorScheme(Qt.ColorScheme.Light)
    told: list[bool] = []
    look.changed.connect(lambda: told.append(look.is_dark))
    dark = hints.colorScheme() != Qt.ColorScheme.Light  # a platform may have no say in it
    assert look.is_dark == dark
    hints.unsetColorScheme()
    assert told in ([], [True])


@pytest.mark.parametrize("kind", [QPushButton, QLineEdit, QComboBox, QSpinBox, QToolButton])
def test_controls_are_28_high_with_or_without_focus(look: Look, qapp: QApplication, qtbot, kind: type) -> None:
    look.apply(qapp)
    widget = kind()
    qtbot.addWidget(widget)
    if isinstance(widget, QToolButton):
        widget.setIcon(look.icon("plus", 18))
    widget.show()
    assert 28 <= widget.sizeHint().height() <= 30
    before = widget.sizeHint()
    widget.setFocus()
    qtbot.waitUntil(widget.hasFocus)
    assert widget.sizeHint() == before


def test_chinese_is_drawn_by_a_font_that_has_it(qapp: QApplication) -> None:
    look = Look()
    look.apply(qapp)
    box = QFontMetrics(look.font()).tightBoundingRect("图层")
    assert box.width() > 0
    families = [QRawFont.fromFont(QFont(family)) for family in look.font().families()]
    assert any(raw.supportsCharacter("图") for raw in families)


def test_the_systems_own_font_comes_first(qapp: QApplication) -> None:
    own = QFontInfo(QApplication.font()).family()
    look = Look()
    look.apply(qapp)
    assert QFontInfo(qapp.font()).family() == own


def test_the_furniture_brings_nothing_heavy_along() -> None:
    rooms = "home layers undo_list job_list palette errors"
    asked = f"import sys, importlib; [importlib.import_module('gesso.ui.' + room) for room in '{rooms}'.split()]; "
    heavy = "{'cv2', 'PIL', 'pypinyin', 'onnxruntime', 'sqlite3', 'PySide6.QtSvg', 'gesso.files.project'}"
    found = subprocess.run(
        [sys.executable, "-c", asked + f"print(sorted({heavy} & set(sys.modules)))"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert found.stdout.strip() == "[]"
