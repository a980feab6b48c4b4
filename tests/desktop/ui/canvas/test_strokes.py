"""Strokes of every brush of ours: made again from a recording they give the same pixels, to the bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication

from gesso.documents.history import History
from gesso.documents.painting import Painting, Tiles
from gesso.documents.painting.edits import SetProperty, SetSelection
from gesso.operations.painting.brush import Brush, Curve, Dynamic, Point, Recording
from gesso.operations.painting.select import rectangle
from gesso.ui.brush_preview import bands, paint, preview
from gesso.ui.canvas.wet_stroke import WetStroke, begin_stroke
from gesso.values import Box, Colour, Size
from tests.desktop.ui.canvas.conftest import Hand
from tests.desktop.ui.canvas.strokes import blessed, brushes, cases, digest, recordings, replayed

RED = Colour(1.0, 0.0, 0.0)


def white(dtype: type = np.uint8) -> Painting:
    return Painting.from_array(np.full((150, 330, 4), np.iinfo(dtype).max, dtype), "white")


def pixels(painting: Painting) -> np.ndarray:
    return painting.layers()[0].tiles.read()


def across(y: float = 75, pressure: float = 1.0) -> list[Point]:
    return [Point(20 + 10 * step, y, pressure, step / 50) for step in range(30)]


@pytest.mark.parametrize(("id", "depth"), list(cases()))
def test_a_recorded_stroke_is_the_blessed_one(id: str, depth: int) -> None:
    made = replayed(brushes()[id], np.uint16 if depth == 16 else np.uint8)
    assert digest(made) == blessed()[f"{id} {depth}"]


def test_a_recording_keeps_its_chances(subtests: pytest.Subtests) -> None:
    points = next(iter(recordings().values())).points
    recording = Recording.read(Recording.of(points).written())
    assert recording == Recording.of(points)
    for id in ("chalk", "watercolour-wash"):
        with subtests.test(id):
            live, again, other = white(), white(), white()
            paint(live, brushes()[id], points)
            paint(again, brushes()[id], recording.points, recording.seed)
            paint(other, brushes()[id], recording.points, recording.seed + 1)
            assert np.array_equal(pixels(live), pixels(again))
            assert not np.array_equal(pixels(live), pixels(other))


def test_every_brush_paints_and_rubs_out(subtests: pytest.Subtests) -> None:
    for id, brush in brushes().items():
        with subtests.test(id):
            made = white()
            bands(made, 30, 120)
            before = pixels(made)
            paint(made, brush, across()[:14])
            assert not np.array_equal(pixels(made), before)
            paint(made, replace(brush, eraser=True), across(60)[:8])
            assert pixels(made)[..., 3].min() < 255


def test_a_wet_brush_takes_the_colour_along_and_a_dry_one_does_not() -> None:
    dry = Brush(30, dynamics=(), colour=RED)
    for brush, mixes in ((dry, False), (Brush(30, dynamics=(), colour=RED, wetness=0.5, charge=0.1), True)):
        made = white()
        paint(made, Brush(60, dynamics=(), colour=Colour(0, 0, 1)), [Point(80, 40), Point(80, 75), Point(80, 110)])
        paint(made, brush, across())
        beyond = pixels(made)[75, 125]
        assert (beyond[2] > 60) == mixes and beyond[3] == 255


def test_a_finger_moves_paint_and_makes_none() -> None:
    made = white()
    finger = brushes()["smudge-finger"]
    paint(made, finger, across())
    assert (pixels(made) == 255).all(), "on white it leaves white"
    assert isinstance(begin_stroke(made, made.layers()[0], finger), WetStroke)


def test_smudging_over_the_border_drags_nothing_empty_in() -> None:
    made = white()
    paint(made, brushes()["smudge-finger"], [Point(x, 75, 1.0, x / 100) for x in range(-20, 60, 4)])
    assert (pixels(made) == 255).all()


def test_wet_paint_honours_selection_and_locked_alpha() -> None:
    noise = np.random.default_rng(4).integers(0, 256, (150, 330, 4)).astype(np.uint8)
    noise[60:90, 120:160, 3] = 0
    made = Painting.from_array(noise, "noise")
    history = History(made)
    history.apply("Lock", SetProperty(made.layers()[0].id, "alpha_locked", True))
    mask = rectangle(Size(330, 150), Box(100, 0, 100, 150))
    history.apply("Select", SetSelection(Tiles.from_array(mask[..., None])))
    for id in ("oil-bristle", "wet-blender", "smudge-finger"):
        paint(made, brushes()[id], across())
    after = pixels(made)
    assert np.array_equal(after[..., 3], noise[..., 3]) and np.array_equal(after[mask == 0], noise[mask == 0])
    assert np.array_equal(after[noise[..., 3] == 0], noise[noise[..., 3] == 0])
    assert not np.array_equal(after, noise)


def test_grain_belongs_to_the_canvas_not_to_the_stroke() -> None:
    once, twice = white(), white()
    chalky = Brush(30, 1.0, texture="paper", texture_depth=1.0, dynamics=(Dynamic("opacity", "pressure"),))
    paint(once, chalky, across(pressure=0.5))
    paint(twice, chalky, across(pressure=0.5))
    paint(twice, chalky, [Point(p.x + 3.3, p.y, p.pressure, p.time) for p in across(pressure=0.5)])
    left_bare = pixels(once)[65:85, 60:250, 0] == 255
    assert 0.2 < left_bare.mean() < 0.8
    assert (pixels(twice)[65:85, 60:250, 0][left_bare] == 255).all(), "the same valleys stay empty"


def test_an_aliased_brush_leaves_only_two_colours() -> None:
    made = white()
    paint(made, Brush(7, antialias=False, dynamics=(), colour=RED), across(70.3))
    assert {tuple(int(v) for v in p) for p in pixels(made).reshape(-1, 4)} == {(255, 255, 255, 255), (255, 0, 0, 255)}


def test_pressure_shapes_what_is_seen() -> None:
    made = white()
    late = Dynamic("size", "pressure", Curve(((0.0, 0.1), (0.7, 0.2), (1.0, 1.0))))
    paint(made, Brush(60, 1.0, dynamics=(late,)), [Point(20 + 10 * s, 75, s / 29, s / 50) for s in range(30)])
    heights = (pixels(made)[..., 0] < 128).sum(axis=0)
    assert heights[60] < 14 < 40 < heights[300]


def test_a_preview_shows_a_stroke_on_paper() -> None:
    shown = preview(brushes()["ink-liner"], Size(180, 56))
    assert shown.shape == (56, 180, 4) and (shown[..., 3] == 255).all()
    assert (shown[..., 0] < 100).sum() > 100 and (shown[0, 0, :3] > 230).all()


def test_a_tablet_says_how_its_pen_is_held(hand: Hand) -> None:
    pen = QPointingDevice(
        "art pen", 2, QInputDevice.DeviceType.Stylus, QPointingDevice.PointerType.Pen,
        QInputDevice.Capability.Position | QInputDevice.Capability.Pressure | QInputDevice.Capability.Rotation
        | QInputDevice.Capability.XTilt | QInputDevice.Capability.YTilt, 1, 3,
    )  # fmt: skip
    flat = Dynamic("size", "tilt", most=2.0)
    none, button = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton

    def stroke(y: float, tilt: float) -> None:
        for kind, x in ((QEvent.Type.TabletPress, 60), (QEvent.Type.TabletMove, 100), (QEvent.Type.TabletMove, 140),
                        (QEvent.Type.TabletRelease, 180)):  # fmt: skip
            at = QPointF(hand.at(x, y))
            event = QTabletEvent(
                kind, pen, at, QPointF(hand.view.mapToGlobal(at)), 1.0, tilt, 0, 0, 30, 0, none, button, button
            )
            QApplication.sendEvent(hand.view, event)

    hand.view.brush = Brush(20, 1.0, dynamics=(flat,), colour=Colour(1, 0, 0))
    stroke(60, 15)
    stroke(200, 60)
    found = hand.history.document.layers()[0].tiles.read()[:, 100, 1] < 128
    upright, leaning = int(found[:130].sum()), int(found[130:].sum())
    assert abs(upright - 10) <= 1 and abs(leaning - 40) <= 1
