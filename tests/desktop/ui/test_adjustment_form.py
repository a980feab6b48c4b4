"""Adjustments are added, set by curve, levels, gradient and sliders, seen at once, and each hand's work is one step."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog

from gesso.documents.painting import Adjustment, composite
from gesso.documents.painting.adjustments import ADJUSTMENTS
from gesso.documents.painting.histogram import counted, histogram
from gesso.ui.adjustment_curves import CurveGraph
from gesso.ui.adjustment_form import AdjustmentForm
from gesso.ui.adjustment_gradient import GradientEditor
from gesso.ui.adjustment_levels import BLACK, GAMMA, WHITE, LevelsEditor
from gesso.ui.knobs import AmountControl, SwitchControl
from tests.desktop.ui.test_layers import Room

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def room(qtbot) -> Room:
    room = Room(["a", "b"])
    room.panel.resize(300, 900)
    qtbot.addWidget(room.panel)
    room.panel.choose("b")
    return room


def added(room: Room, kind: str, qtbot) -> AdjustmentForm:
    room.panel.add_adjustment(kind)
    qtbot.wait(5)
    return room.panel.findChild(AdjustmentForm)


def values(room: Room) -> dict:
    node = room.panel.active
    assert isinstance(node, Adjustment)
    return dict(node.values)


@pytest.mark.parametrize("kind", list(ADJUSTMENTS))
def test_every_kind_has_a_form_in_which_everything_has_a_name(room: Room, qtbot, kind: str) -> None:
    form = added(room, kind, qtbot)
    assert form.isVisible() and form.title.text() == ADJUSTMENTS[kind].title
    assert set(form.controls) == {setting.name for setting in ADJUSTMENTS[kind].settings}
    assert room.history.titles == ["New adjustment layer"]
    for control in form.controls.values():
        for part in (control, *control.findChildren(type(control))):
            if isinstance(part, CurveGraph):
                assert part.accessibleName() and part.accessibleDescription()
    room.panel.choose("a")
    assert not form.isVisible()


def test_it_lies_above_the_active_layer_and_changes_what_lies_below(room: Room, qtbot) -> None:
    added(room, "invert", qtbot)
    assert [room.painting.nodes[id].name for id in room.painting.root.children] == ["A", "B", "Invert colours"]
    assert composite(room.painting)[0, 0, 0] == 55


def test_sliders_are_seen_at_once_and_are_one_step(room: Room, qtbot) -> None:
    form = added(room, "brightness-contrast", qtbot)
    control = form.controls["brightness"]
    assert isinstance(control, AmountControl)
    seen = []
    room.panel.previewed.connect(lambda change: seen.append(int(composite(room.painting)[0, 0, 0])))
    for percent in (-20, -50, -100):
        control.number.setValue(percent)
    assert seen[-1] == 0 and len(seen) == 3 and room.history.titles == ["New adjustment layer"]
    qtbot.waitUntil(lambda: len(room.history.titles) == 2, timeout=2000)
    assert room.history.titles[1] == "Change adjustment"
    room.history.undo()
    qtbot.wait(5)
    assert control.number.value() == 0 and composite(room.painting)[0, 0, 0] == 200
    room.history.redo()
    assert composite(room.painting)[0, 0, 0] == 0


def test_back_to_the_defaults(room: Room, qtbot) -> None:
    form = added(room, "posterise", qtbot)
    form.controls["steps"].number.setValue(9)
    qtbot.mouseClick(form.reset, LEFT)
    assert values(room)["steps"] == 4


def test_a_switch_switches(room: Room, qtbot) -> None:
    form = added(room, "hue-saturation", qtbot)
    control = form.controls["colourise"]
    assert isinstance(control, SwitchControl)
    qtbot.mouseClick(control.check, LEFT, pos=QPoint(8, control.check.height() // 2))
    assert values(room)["colourise"] is True


# --- curves ------------------------------------------------------------------------------------------------------


def graph_of(room: Room, qtbot) -> CurveGraph:
    control = added(room, "curves", qtbot).controls["all"]
    assert isinstance(control, CurveGraph)
    qtbot.waitUntil(lambda: control.width() > 100)
    return control


def at(graph: CurveGraph, x: float, y: float) -> QPoint:
    return graph.place_of((x, y)).toPoint()


def test_a_point_is_added_dragged_and_dragged_away(room: Room, qtbot) -> None:
    graph = graph_of(room, qtbot)
    qtbot.mousePress(graph, LEFT, pos=at(graph, 0.5, 0.5))
    qtbot.mouseMove(graph, at(graph, 0.5, 0.9))
    qtbot.mouseRelease(graph, LEFT, pos=at(graph, 0.5, 0.9))
    points = values(room)["all"]
    assert len(points) == 3 and abs(points[1][0] - 0.5) < 0.01 and abs(points[1][1] - 0.9) < 0.02
    assert composite(room.painting)[0, 0, 0] > 230
    qtbot.mousePress(graph, LEFT, pos=at(graph, *points[1]))
    qtbot.mouseMove(graph, QPoint(graph.width() // 2, -60))
    qtbot.mouseRelease(graph, LEFT, pos=QPoint(graph.width() // 2, -60))
    assert values(room)["all"] == ((0.0, 0.0), (1.0, 1.0))


def test_keys_do_all_that_the_pointer_does(room: Room, qtbot) -> None:
    graph = graph_of(room, qtbot)
    graph.setFocus()
    qtbot.keyClick(graph, Qt.Key.Key_Insert)
    assert len(values(room)["all"]) == 3
    qtbot.keyClick(graph, Qt.Key.Key_Up)
    qtbot.keyClick(graph, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    x, y = values(room)["all"][1]
    assert x > 0.5 and y > 0.5 and "Point 2 of 3" in graph.accessibleDescription()
    qtbot.keyClick(graph, Qt.Key.Key_Delete)
    assert len(values(room)["all"]) == 2
    qtbot.keyClick(graph, Qt.Key.Key_Delete)
    assert len(values(room)["all"]) == 2, "two points always stay"


def test_the_histogram_shows_what_lies_below(room: Room, qtbot) -> None:
    graph = graph_of(room, qtbot)
    qtbot.waitUntil(lambda: graph.counts is not None and graph.counts.any(), timeout=2000)
    assert int(np.argmax(graph.counts)) == 200
    counts = histogram(room.painting, room.painting.active)
    assert counts.shape == (4, 256) and np.allclose(counts.sum(axis=1), 1)
    assert not counted(np.zeros((4, 4, 4), np.uint8)).any()


# --- levels and gradient -----------------------------------------------------------------------------------------


def test_levels_by_handle_and_by_number(room: Room, qtbot) -> None:
    control = added(room, "levels", qtbot).controls["all"]
    assert isinstance(control, LevelsEditor)
    qtbot.waitUntil(lambda: control.graph.width() > 100)
    graph = control.graph
    down = QPoint(round(graph.place_of(WHITE)), graph.height() - 4)
    qtbot.mousePress(graph, LEFT, pos=down)
    half = QPoint(round(graph.frame.center().x()), graph.height() - 4)
    qtbot.mouseMove(graph, half)
    qtbot.mouseRelease(graph, LEFT, pos=half)
    assert abs(values(room)["all"][WHITE] - 0.5) < 0.02
    assert composite(room.painting)[0, 0, 0] == 255
    control.boxes[BLACK].setValue(200)
    assert values(room)["all"][BLACK] < values(room)["all"][WHITE], "they never cross"
    control.boxes[GAMMA].setValue(2.0)
    assert values(room)["all"][GAMMA] == 2.0
    assert all(box.accessibleName() for box in control.boxes.values())


def test_a_gradient_gets_a_colour_moves_and_loses_it(room: Room, qtbot) -> None:
    control = added(room, "gradient-map", qtbot).controls["gradient"]
    assert isinstance(control, GradientEditor)
    qtbot.waitUntil(lambda: control.bar.width() > 100)
    qtbot.mouseClick(control.more, LEFT)
    assert [stop[0] for stop in values(room)["gradient"]] == [0.0, 0.5, 1.0]
    control.place.setValue(78)
    control.bar.paint_stop(QColor(255, 0, 0))
    assert composite(room.painting)[0, 0].tolist()[:3] == [255, 2, 2] or composite(room.painting)[0, 0, 1] < 20
    qtbot.mouseClick(control.less, LEFT)
    assert len(values(room)["gradient"]) == 2


def test_a_colour_is_chosen_in_a_dialogue_and_given_up(room: Room, qtbot) -> None:
    control = added(room, "gradient-map", qtbot).controls["gradient"]
    qtbot.mouseClick(control.colour, LEFT)
    dialogue = control.findChild(QColorDialog)
    dialogue.setCurrentColor(QColor(0, 0, 255))
    assert values(room)["gradient"][0][1:] == (0.0, 0.0, 1.0)
    dialogue.reject()
    assert values(room)["gradient"][0][1:] == (0.0, 0.0, 0.0)


def test_a_kind_of_a_newer_gesso_says_so(room: Room, qtbot) -> None:
    form = added(room, "curves", qtbot)
    node = room.panel.active
    assert isinstance(node, Adjustment)
    room.painting.nodes[node.id] = Adjustment(node.id, "?", kind="from-the-future")
    room.panel.refresh()
    assert form.title.text() == "Unknown adjustment" and form.controls == {}
