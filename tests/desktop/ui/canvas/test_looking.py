"""Looking at the canvas: zoom keeps its place, halves lie side by side, odd pictures do no harm."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shiboken6
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gesso.documents.history import History
from gesso.documents.painting import Painting
from gesso.documents.painting.composite import composite_box
from gesso.documents.painting.edits import SetCanvas
from gesso.ui.canvas import CanvasView, Preview
from gesso.ui.canvas.measure import measure
from gesso.ui.canvas.pyramid import Pyramid
from gesso.ui.speech import Speech
from gesso.values import Box, Size
from tests.desktop.ui.canvas.conftest import Hand, Show, white


@pytest.mark.parametrize("zoom", [0.1, 0.7, 3.3, 16.0])
def test_zoom_keeps_the_anchor_under_the_pointer(hand: Hand, zoom: float) -> None:
    anchor = QPointF(400, 200)
    before = hand.view.to_image(anchor)
    seen: list[float] = []
    hand.view.zoom_changed.connect(seen.append)
    hand.view.set_zoom(zoom, anchor)
    after = hand.view.to_image(anchor)
    assert hand.view.zoom == pytest.approx(zoom) and seen == [hand.view.zoom]
    assert (after - before).manhattanLength() * zoom <= 1.5, "to the nearest pixel of the screen"


def test_the_wheel_glides_to_its_zoom_under_the_pointer(hand: Hand, qtbot: QtBot) -> None:
    at = QPointF(400, 200)
    before = hand.view.to_image(at)
    event = QWheelEvent(
        at, QPointF(hand.view.mapToGlobal(at)), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(hand.view, event)
    qtbot.waitUntil(lambda: hand.view.zoom == pytest.approx(1.44))
    assert (hand.view.to_image(at) - before).manhattanLength() < 1.5


def test_two_fingers_move_the_picture(hand: Hand) -> None:
    before = hand.view.from_image(QPointF(0, 0))
    at = QPointF(300, 200)
    event = QWheelEvent(
        at, QPointF(hand.view.mapToGlobal(at)), QPoint(-30, 20), QPoint(-60, 40), Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.ScrollUpdate, False,
    )  # fmt: skip
    QApplication.sendEvent(hand.view, event)
    assert hand.view.from_image(QPointF(0, 0)) - before == QPointF(-30, 20) and hand.view.zoom == 1


def test_keys_reach_everything(hand: Hand, qtbot: QtBot) -> None:
    view = hand.view
    before = view.from_image(QPointF(0, 0))
    QTest.keyClick(view, Qt.Key.Key_Right)
    assert view.from_image(QPointF(0, 0)).x() < before.x()
    QTest.keyClick(view, Qt.Key.Key_Plus)
    qtbot.waitUntil(lambda: view.zoom == pytest.approx(1.5))
    QTest.keyClick(view, Qt.Key.Key_Minus)
    qtbot.waitUntil(lambda: view.zoom == pytest.approx(1.0))
    assert view.accessibleName() and view.accessibleDescription()


def test_space_and_the_middle_button_pan_whatever_the_tool(hand: Hand) -> None:
    view, middle = hand.view, Qt.MouseButton.MiddleButton
    before = view.from_image(QPointF(0, 0))
    QTest.keyPress(view, Qt.Key.Key_Space)
    hand.drag((100, 100), (130, 110))
    QTest.keyRelease(view, Qt.Key.Key_Space)
    moved = view.from_image(QPointF(0, 0)) - before
    QTest.mousePress(view, middle, Qt.KeyboardModifier.NoModifier, QPoint(200, 200))
    QTest.mouseMove(view, QPoint(210, 220))
    QTest.mouseRelease(view, middle, Qt.KeyboardModifier.NoModifier, QPoint(210, 220))
    assert moved.x() > 20 and view.from_image(QPointF(0, 0)) - before - moved == QPointF(10, 20)
    assert hand.history.titles == []


def test_a_fitted_picture_stays_fitted_until_it_is_moved(hand: Hand) -> None:
    view = hand.view
    view.fit()
    zoom = view.zoom
    view.resize(320, 240)
    assert view.zoom < zoom
    view.actual_size()
    view.resize(640, 480)
    assert view.zoom == 1


def test_panning_shifts_what_was_drawn_and_draws_the_rest(show: Show) -> None:
    noise = np.random.default_rng(1).integers(0, 256, (900, 1200, 4)).astype(np.uint8)
    noise[..., 3] = 255
    hand = show(Painting.from_array(noise, "noise"))
    hand.view.tool = "hand"
    hand.settle()
    for shift in ((-37, 11), (120, -90), (3, 250)):
        hand.view.pan(*shift)
        hand.settle()
        moved = hand.view.grab().toImage()
        hand.view.pane.spoil()
        assert moved == hand.view.grab().toImage()


def test_the_screen_shows_the_pixels_of_the_picture(show: Show) -> None:
    noise = np.random.default_rng(2).integers(0, 256, (300, 400, 4)).astype(np.uint8)
    noise[..., 3] = 255
    hand = show(Painting.from_array(noise, "noise"))
    hand.view.tool = "hand"
    for x, y in ((0, 0), (255, 100), (256, 256), (399, 299)):
        for zoom in (1.0, 5.0):
            hand.view.fit()
            hand.view.set_zoom(zoom, QPointF(hand.at(x, y)))
            centre = hand.view.from_image(QPointF(x + 0.5, y + 0.5))
            hand.settle()
            seen = hand.view.grab().toImage().pixelColor(int(centre.x()), int(centre.y()))
            assert [seen.red(), seen.green(), seen.blue()] == noise[y, x, :3].tolist()


def test_nothing_shows_as_a_chequerboard_and_the_ground_as_the_look_says(show: Show) -> None:
    hand = show(Painting.from_array(np.zeros((300, 400, 4), np.uint8), "empty"))
    hand.settle()
    picture = hand.view.grab().toImage()
    start = hand.at(100, 100)
    names = {picture.pixelColor(start.x() + step, start.y()).name() for step in range(32)}
    assert len(names) == 2
    assert picture.pixelColor(2, 2) == hand.view._look.colour("canvas")


def test_the_split_shows_both_halves(hand: Hand) -> None:
    blue = np.zeros((30, 40, 3), np.uint8)
    blue[..., 2] = 255
    view = hand.view
    view.preview = Preview(blue, Size(400, 300).box)
    view.split = 0.5
    view.tool = "hand"
    assert hand.colour(100, 50).name() == "#ffffff" and hand.colour(300, 50).name() == "#0000ff"
    view.split = 0.2
    assert hand.colour(100, 50).name() == "#0000ff" and hand.colour(50, 50).name() == "#ffffff"
    view.preview = None
    assert hand.colour(300, 50).name() == "#ffffff" and not view.split_handle.isVisible()


def test_the_split_is_dragged_and_moved_by_keys(hand: Hand) -> None:
    view, handle = hand.view, hand.view.split_handle
    told: list[float] = []
    view.split_changed.connect(told.append)
    view.preview = Preview(np.zeros((3, 4, 4), np.uint8), Box(0, 0, 400, 300))
    assert handle.isVisible() and handle.accessibleName()
    middle = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    QTest.mouseMove(handle, middle + QPoint(100, 0))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, handle.rect().center())
    assert view.split == pytest.approx(0.75, abs=0.01)
    QTest.keyClick(handle, Qt.Key.Key_Left)
    assert view.split == pytest.approx(0.74, abs=0.01)
    QTest.keyClick(handle, Qt.Key.Key_Home)
    assert view.split == 0 and told[-1] == 0


def test_a_preview_covers_its_box_alone(hand: Hand) -> None:
    hand.view.tool = "hand"
    hand.view.preview = Preview(np.zeros((10, 10, 3), np.uint16), Box(200, 100, 100, 100))
    hand.view.split = 0
    assert hand.colour(250, 150).name() == "#000000" and hand.colour(150, 150).name() == "#ffffff"
    assert hand.colour(350, 150).name() == "#ffffff"


@pytest.mark.parametrize(("width", "height"), [(1, 1), (1, 60000), (60000, 1), (257, 1), (513, 511)])
def test_odd_pictures_can_be_looked_at_and_painted_on(show: Show, width: int, height: int) -> None:
    hand = show(white(width, height))
    view = hand.view
    view.fit()
    hand.settle()
    middle = view.from_image(QPointF(width / 2, height / 2))
    assert view.grab().toImage().pixelColor(int(middle.x()), int(middle.y())).name() == "#ffffff"
    for zoom in (0.001, 0.2, 64.0):
        view.set_zoom(zoom)
        hand.settle()
    hand.drag((width / 2, height / 2), (width / 2, height / 2 + 4))
    assert hand.history.titles == ["Brush stroke"]


def test_another_size_and_another_document_are_shown(hand: Hand) -> None:
    painting = hand.history.document
    small = white(50, 40)
    layer = painting.layers()[0].id
    hand.history.apply("Crop", SetCanvas(small.size, {layer: small.layers()[0].tiles}, {}, None))
    hand.settle()
    assert hand.view.pane.camera.size == Size(50, 40)
    hand.view.show_document(History(white(30, 30)))
    hand.history.undo()
    assert hand.view.pane.camera.size == Size(30, 30), "the old document is not watched any more"
    hand.view.show_document(None)
    hand.view.grab()


def test_a_deleted_canvas_watches_no_document(show: Show) -> None:
    hand = show(white(40, 40))
    history = History(white(40, 40))
    view = CanvasView(hand.view._look, Speech())
    view.show_document(history)
    assert len(history._watchers) == 1
    shiboken6.delete(view)
    assert history._watchers == []


def test_coarser_tiles_are_means_of_finer_ones_and_follow_changes() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (700, 900, 4)).astype(np.uint8)
    noise[..., 3] = 255
    painting = Painting.from_array(noise, "noise")
    pyramid = Pyramid(painting)

    def level(key: tuple[int, int, int]) -> np.ndarray:
        while not pyramid.step(key):
            pass
        image = pyramid.image(key)
        assert image is not None
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1, 4)
        return rows[:, : image.width(), 2::-1].copy()

    def mean(of: np.ndarray) -> np.ndarray:
        return of[:512, :512, :3].astype(float).reshape(256, 2, 256, 2, 3).mean(axis=(1, 3))

    assert np.abs(level((1, 0, 0)) - mean(noise)).max() <= 1.5
    changed = noise.copy()
    changed[100:140, 240:290] = (9, 8, 7, 255)
    layer = painting.layers()[0]
    painting.nodes[layer.id] = replace(layer, tiles=layer.tiles.written(Size(900, 700).box, changed))
    pyramid.spoil(Box(240, 100, 50, 40))
    assert not pyramid.is_ready((1, 0, 0)) and pyramid.is_ready((0, 0, 0)) is False
    assert np.abs(level((1, 0, 0)) - mean(changed)).max() <= 1.5
    assert level((pyramid.levels - 1, 0, 0)).shape == (175, 225, 3)


def test_a_part_of_a_tile_is_that_part_of_the_whole_tile() -> None:
    soft = np.random.default_rng(4).integers(0, 256, (300, 300, 4)).astype(np.uint8)
    painting = Painting.from_array(soft, "soft")
    whole = composite_box(painting, Box(0, 0, 256, 256))
    part = composite_box(painting, Box(30, 40, 50, 60))
    assert whole is not None and part is not None and np.array_equal(part, whole[40:100, 30:80])


def test_few_tiles_are_kept_when_memory_is_short() -> None:
    painting = white(256 * 20, 256 * 20)
    pyramid = Pyramid(painting, limit_bytes=30 * 1024 * 1024)
    top = (pyramid.levels - 1, 0, 0)
    for _ in range(100_000):
        if pyramid.step(top):
            break
    assert pyramid.is_ready(top) and pyramid._bytes <= 100 * 256 * 256 * 4 * 4


def test_what_the_bench_reports(qtbot: QtBot) -> None:
    found: dict[str, float] = {}
    measure(found.__setitem__)
    assert {"zoom frame", "turn frame, 8K", "mirror frame, 8K", "next 64 px dab at 100 %"} <= found.keys()
    assert all(value > 0 for value in found.values())
