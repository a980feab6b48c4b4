"""Layers are seen, chosen, named, blended, moved and taken out: each change one step that can be undone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QDropEvent, QIcon
from PySide6.QtWidgets import QComboBox, QLineEdit, QSlider, QSpinBox, QToolButton

from gesso.documents.history import History
from gesso.documents.painting import Group, Layer, Painting, Provenance, Tiles
from gesso.documents.painting.blend import BLENDS
from gesso.documents.painting.edits import ReplaceTiles, SetSelection
from gesso.ui import layer_steps as steps
from gesso.ui.layer_tree import BLEND_TITLES, EYE, MARKS, NAME, LayerTree, sampled
from gesso.ui.layers import LayersPanel
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.values import Box, Size, Trouble

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


def painting_of(shape: object) -> Painting:
    """Layers named by letters, from the bottom up; a list within is a group."""
    painting = Painting(Size(64, 48))

    def children(listed: object) -> tuple[str, ...]:
        found = []
        for place, part in enumerate(listed):
            if isinstance(part, str):
                pixels = np.full((48, 64, 4), 200, np.uint8)
                painting.nodes[part] = Layer(part, part.upper(), tiles=Tiles.from_array(pixels))
                found.append(part)
            else:
                inner = children(part)
                id = f"g{len(painting.nodes)}{place}"
                painting.nodes[id] = Group(id, f"Group {id}", children=inner)
                found.append(id)
        return tuple(found)

    painting.nodes["root"] = replace(painting.root, children=children(shape))
    painting.active = painting.layers()[0].id if painting.layers() else ""
    return painting


def shape_of(painting: Painting, id: str = "root") -> list[object]:
    return [
        shape_of(painting, child) if isinstance(painting.nodes[child], Group) else child
        for child in painting.group(id).children
    ]


class Room:
    def __init__(self, shape: object) -> None:
        self.history = History(painting_of(shape))
        self.speech = Speech()
        self.panel = LayersPanel(Look(), self.speech, {"painting.stylise": "Stylise"}.__getitem__)
        self.panel.resize(280, 420)
        self.panel.set_history(self.history)
        self.panel.show()

    @property
    def painting(self) -> Painting:
        return self.history.document

    @property
    def tree(self) -> LayerTree:
        return self.panel.findChild(LayerTree)

    def button(self, name: str) -> QToolButton:
        return next(found for found in self.panel.findChildren(QToolButton) if found.accessibleName() == name)

    def place(self, id: str, column: int, share: float = 0.5) -> QPoint:
        index = self.tree.indexFromItem(self.tree.item_of(id), column)
        rect = self.tree.visualRect(index)
        return QPoint(rect.center().x(), rect.top() + round(rect.height() * share))


@pytest.fixture
def room(qtbot) -> Room:
    room = Room(["a", "b", "c"])
    qtbot.addWidget(room.panel)
    return room


def press(room: Room, name: str, qtbot) -> None:
    qtbot.mouseClick(room.button(name), Qt.MouseButton.LeftButton)
    qtbot.wait(5)


# --- the list --------------------------------------------------------------------------------------------------------


def test_the_top_layer_stands_first(room: Room) -> None:
    tree = room.tree
    assert [tree.topLevelItem(row).text(NAME) for row in range(3)] == ["C", "B", "A"]
    assert tree.currentItem().text(NAME) == "A"


def test_a_click_chooses_without_a_step(room: Room, qtbot) -> None:
    room.panel.add_layer()
    room.history.undo()
    qtbot.wait(5)
    with qtbot.waitSignal(room.panel.active_changed) as told:
        qtbot.mouseClick(room.tree.viewport(), Qt.MouseButton.LeftButton, pos=room.place("b", NAME))
    assert told.args == ["b"]
    assert room.painting.active == "b"
    assert room.history.can_redo


def test_the_eye_hides_and_shows(room: Room, qtbot) -> None:
    qtbot.mouseClick(room.tree.viewport(), Qt.MouseButton.LeftButton, pos=room.place("b", EYE))
    assert not room.painting.nodes["b"].visible
    assert room.painting.active == "a"
    assert room.history.titles == ["Hide layer"]
    qtbot.wait(5)
    assert "hidden" in room.tree.item_of("b").data(NAME, Qt.ItemDataRole.AccessibleTextRole)
    qtbot.mouseClick(room.tree.viewport(), Qt.MouseButton.LeftButton, pos=room.place("b", EYE))
    assert room.painting.nodes["b"].visible
    qtbot.wait(5)
    room.tree.setFocus()
    qtbot.keyClick(room.tree, Qt.Key.Key_Space)
    assert not room.painting.nodes["a"].visible


def test_renaming_in_place(room: Room, qtbot) -> None:
    room.tree.setFocus()
    qtbot.keyClick(room.tree, Qt.Key.Key_F2)
    field = room.tree.findChild(QLineEdit)
    field.setText("天空 ")
    qtbot.keyClicks(field, "sky")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: room.painting.nodes["a"].name == "天空 sky")
    assert room.history.titles == ["Rename layer"]


def test_an_empty_name_is_refused(room: Room, qtbot) -> None:
    room.panel.rename("a", "")
    qtbot.wait(5)
    assert room.tree.item_of("a").text(NAME) == "A"
    assert room.history.titles == []


def test_undo_from_elsewhere_shows(room: Room, qtbot) -> None:
    press(room, "New layer", qtbot)
    assert room.tree.topLevelItemCount() == 4
    room.history.undo()
    qtbot.waitUntil(lambda: room.tree.topLevelItemCount() == 3)


def test_an_ai_layer_says_how_it_was_made(room: Room, qtbot) -> None:
    made = Provenance("painting.stylise", "stylise", "1.2.0", {}, 7, "2026-01-01T00:00:00Z")
    layer = room.painting.layer("b")
    room.painting.nodes["b"] = replace(layer, provenance=(made,), mask=Tiles(Size(64, 48), np.uint8, 1))
    room.panel.refresh()
    tip = room.tree.item_of("b").toolTip(MARKS)
    assert "Stylise, model stylise 1.2.0, seed 7" in tip
    assert "Has a mask" in tip
    assert not room.tree.item_of("b").icon(MARKS).isNull()
    assert room.tree.item_of("a").icon(MARKS).isNull()


def test_small_pictures_follow_the_pixels(room: Room, qtbot) -> None:
    def shade() -> int:
        picture = room.tree.item_of("a").icon(NAME).pixmap(44, 34).toImage()
        return picture.pixelColor(22, 17).red()

    before = shade()
    chosen = room.tree.item_of("a").icon(NAME).pixmap(QSize(44, 34), QIcon.Mode.Selected).toImage()
    assert chosen.pixelColor(22, 17).red() == before, "a chosen row does not tint its picture"
    black = np.zeros((48, 64, 4), np.uint8)
    black[..., 3] = 255
    room.history.apply("Paint", ReplaceTiles.of(room.painting.layer("a"), Box(0, 0, 64, 48), black))
    qtbot.waitUntil(lambda: shade() < 30)
    assert before > 100


def test_folded_groups_stay_folded(qtbot) -> None:
    room = Room(["a", ["b", "c"]])
    qtbot.addWidget(room.panel)
    group = room.tree.topLevelItem(0)
    assert group.isExpanded()
    group.setExpanded(False)
    room.panel.refresh()
    assert not room.tree.topLevelItem(0).isExpanded()


def test_without_a_document_it_says_what_to_do(room: Room) -> None:
    room.panel.set_history(None)
    assert not room.tree.isVisible()
    assert not room.button("New layer").isEnabled()
    assert not room.panel.findChild(QComboBox).isEnabled()


# --- properties ------------------------------------------------------------------------------------------------------


def test_dragging_opacity_is_seen_at_once_and_is_one_step(room: Room, qtbot) -> None:
    slider = room.panel.findChild(QSlider)
    seen: list[float] = []
    room.panel.previewed.connect(lambda change: seen.append(room.painting.nodes["a"].opacity))
    slider.setSliderDown(True)
    for value in (80, 60, 40):
        slider.setValue(value)
    assert seen == [0.8, 0.6, 0.4]
    assert room.history.titles == []
    slider.setSliderDown(False)
    assert room.history.titles == ["Change opacity"]
    assert room.painting.nodes["a"].opacity == 0.4
    room.history.undo()
    assert room.painting.nodes["a"].opacity == 1
    room.history.redo()
    assert room.painting.nodes["a"].opacity == 0.4


def test_keys_on_the_opacity_become_one_step_once_they_rest(room: Room, qtbot) -> None:
    slider = room.panel.findChild(QSlider)
    slider.setFocus()
    for _ in range(3):
        qtbot.keyClick(slider, Qt.Key.Key_Left)
    assert room.painting.nodes["a"].opacity == 0.97
    qtbot.waitUntil(lambda: room.history.titles == ["Change opacity"], timeout=2000)
    assert room.panel.findChild(QSpinBox).value() == 97


def test_choosing_another_layer_settles_the_opacity_of_the_first(room: Room) -> None:
    room.panel.findChild(QSpinBox).setValue(50)
    room.panel.choose("b")
    assert room.history.titles == ["Change opacity"]
    assert (room.painting.nodes["a"].opacity, room.painting.nodes["b"].opacity) == (0.5, 1)
    assert room.panel.findChild(QSpinBox).value() == 100


def test_a_full_disk_leaves_the_opacity_as_it_was(room: Room, qtbot) -> None:
    def refuse(what: str, transaction: object) -> None:
        raise Trouble("The disk is full.")

    room.history.journal(refuse)
    room.panel.findChild(QSpinBox).setValue(50)
    with qtbot.waitSignal(room.panel.failed):
        room.panel.settle()
    assert room.painting.nodes["a"].opacity == 1
    qtbot.waitUntil(lambda: room.panel.findChild(QSpinBox).value() == 100)


def test_every_blend_mode_can_be_chosen_by_name(room: Room) -> None:
    box = room.panel.findChild(QComboBox)
    assert [box.itemText(row) for row in range(box.count())] == [BLEND_TITLES[name] for name in BLENDS]
    row = list(BLENDS).index("multiply")
    box.setCurrentIndex(row)
    box.activated.emit(row)
    assert room.painting.nodes["a"].blend == "multiply"
    assert room.history.titles == ["Change blend mode"]


# --- adding, moving, removing ----------------------------------------------------------------------------------------


def test_a_new_layer_lies_above_the_active_one_and_becomes_active(room: Room, qtbot) -> None:
    press(room, "New layer", qtbot)
    below, new = room.painting.root.children[:2]
    assert below == "a"
    assert room.painting.active == new
    assert room.painting.nodes[new].name == "Layer 4"
    assert room.history.titles == ["New layer"]


def test_up_and_down_lead_through_groups(qtbot) -> None:
    room = Room(["a", ["b"], "c"])
    qtbot.addWidget(room.panel)
    seen = []
    for _ in range(4):
        press(room, "Move layer up", qtbot)
        seen.append(shape_of(room.painting))
    assert seen[0] == [["a", "b"], "c"]
    assert seen[1] == [["b", "a"], "c"]
    assert seen[2] == [["b"], "a", "c"]
    assert seen[3] == [["b"], "c", "a"]
    assert not room.button("Move layer up").isEnabled()
    for _ in range(4):
        room.history.undo()
    assert shape_of(room.painting) == ["a", ["b"], "c"]


def test_grouping_wraps_the_active_layer(room: Room, qtbot) -> None:
    press(room, "Group layer", qtbot)
    assert shape_of(room.painting) == [["a"], "b", "c"]
    assert room.painting.active == "a"


def test_the_last_layer_cannot_be_deleted(qtbot) -> None:
    room = Room(["a", "b"])
    qtbot.addWidget(room.panel)
    press(room, "Delete layer", qtbot)
    assert shape_of(room.painting) == ["b"]
    assert room.painting.active == "b"
    assert not room.button("Delete layer").isEnabled()
    room.history.undo()
    assert shape_of(room.painting) == ["a", "b"]
    assert room.painting.active == "a"


def test_dragging_into_a_group_and_to_the_bottom(qtbot) -> None:
    room = Room(["a", "b", ["c"]])
    qtbot.addWidget(room.panel)
    group = room.painting.root.children[2]

    def drop_at(place: QPoint) -> None:
        event = QDropEvent(
            QPointF(place),
            Qt.DropAction.MoveAction,
            QMimeData(),
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        room.tree.dropEvent(event)
        assert event.dropAction() == Qt.DropAction.IgnoreAction, "Qt must not take the row out itself"
        qtbot.wait(5)

    drop_at(room.place(group, NAME, 0.5))
    assert shape_of(room.painting) == ["b", ["c", "a"]]
    drop_at(QPoint(100, room.tree.viewport().height() - 4))
    assert shape_of(room.painting) == ["a", "b", ["c"]]
    drop_at(room.place("b", NAME, 0.1))
    assert shape_of(room.painting) == ["b", "a", ["c"]]
    assert room.history.titles == ["Move layer"] * 3


def test_a_group_cannot_be_dropped_into_itself() -> None:
    painting = painting_of(["a", ["b"]])
    group = painting.root.children[1]
    assert steps.drop(painting, group, group, "into") == []
    assert steps.drop(painting, group, "b", "above") == []


def test_a_copy_shares_its_pixels_and_has_its_own_names(qtbot) -> None:
    room = Room([["a", "b"]])
    qtbot.addWidget(room.panel)
    group = room.painting.root.children[0]
    room.panel.choose(group)
    room.panel.duplicate()
    copy = room.painting.group(room.painting.active)
    assert len(copy.children) == 2
    assert not {*copy.children} & {"a", "b"}
    assert room.painting.layer(copy.children[0]).tiles is room.painting.layer("a").tiles
    room.history.undo()
    assert shape_of(room.painting) == [["a", "b"]]


def test_the_selection_becomes_a_mask(room: Room) -> None:
    room.panel._fill_menu()
    actions = {action.text(): action for action in room.panel._menu.actions()}
    assert not actions["Mask from selection"].isEnabled()
    selection = Tiles.from_array(np.full((48, 64, 1), 255, np.uint8))
    room.history.apply("Select", SetSelection(selection))
    room.panel._fill_menu()
    actions = {action.text(): action for action in room.panel._menu.actions()}
    actions["Mask from selection"].trigger()
    assert room.painting.nodes["a"].mask == selection


SHAPES = st.recursive(st.just("x"), lambda inner: st.lists(inner, max_size=3), max_leaves=8)


@given(
    SHAPES,
    st.lists(
        st.tuples(
            st.sampled_from(["up", "down", "group", "new", "copy", "remove", "drop"]),
            st.integers(0, 99),
            st.integers(0, 99),
        ),
        max_size=8,
    ),
)
def test_any_row_of_steps_keeps_every_node_once_and_can_be_undone(
    shape: object, wanted: list[tuple[str, int, int]]
) -> None:
    letters = iter("abcdefghijklmnopqrstuvwxyz")

    def named(part: object) -> object:
        return next(letters) if isinstance(part, str) else [named(inner) for inner in part]

    painting = painting_of(["z0", *(named([shape]) if not isinstance(shape, str) else [])])
    start = painting.snapshot()
    history = History(painting)
    for what, one, two in wanted:
        ids = [node.id for node, _ in painting.walk()]
        id, other = ids[one % len(ids)], ids[two % len(ids)]
        painting.active = id
        edits = {
            "up": lambda id=id: steps.shift(painting, id, 1),
            "down": lambda id=id: steps.shift(painting, id, -1),
            "group": lambda: steps.new_group(painting, "g"),
            "new": lambda: steps.new_layer(painting, "n"),
            "copy": lambda id=id: steps.duplicate(painting, id, "c"),
            "remove": lambda id=id: steps.removal(painting, id) if steps.can_remove(painting, id) else [],
            "drop": lambda id=id, other=other, two=two: steps.drop(
                painting, id, other, ("above", "below", "into")[two % 3]
            ),
        }[what]()
        history.apply(what, *edits)
        walked = [node.id for node, _ in painting.walk()]
        assert len(walked) == len(set(walked)) == len(painting.nodes) - 1
        assert painting.layers()
        assert painting.active in painting.nodes
    while history.undo():
        pass
    assert shape_of(painting) == shape_of(start)
    assert painting.nodes == start.nodes


@given(st.integers(1, 700), st.integers(1, 700), st.integers(1, 60), st.integers(1, 60))
def test_samples_are_the_pixels_under_them(width: int, height: int, across: int, down: int) -> None:
    ys, xs = np.mgrid[0:height, 0:width]
    pixels = np.stack([xs % 251, ys % 241, (xs + ys) % 256, np.full_like(xs, 255)], axis=2).astype(np.uint8)
    found = sampled(Tiles.from_array(pixels), across, down)
    columns = (np.arange(across) * width + width // 2) // across
    rows = (np.arange(down) * height + height // 2) // down
    assert np.array_equal(found, pixels[np.ix_(rows, columns)])


def test_the_keys_its_buttons_promise_work(room: Room, qtbot) -> None:
    room.tree.setFocus()
    qtbot.waitUntil(room.tree.hasFocus)
    room.button("Move layer up").click()
    qtbot.waitUntil(lambda: shape_of(room.painting) == ["b", "a", "c"])
    room.tree.setFocus()
    assert "Del" in room.button("Delete layer").toolTip()
    qtbot.keyClick(room.tree, Qt.Key.Key_Delete)
    assert shape_of(room.painting) == ["b", "c"]
