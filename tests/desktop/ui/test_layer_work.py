"""Clipping, locks, labels, masks and merging from the layers panel: each one step, seen in the list, and undone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from gesso.documents.painting import Adjustment, Layer, Provenance, Tiles, composite, filters
from gesso.documents.painting.edits import ReplaceTiles, SetSelection
from gesso.ui.adjustment_filter import FilterForm
from gesso.ui.layer_deeds import layer_acts, layer_deeds
from gesso.ui.layer_tree import MARKS, NAME
from gesso.values import Box, Trouble
from tests.desktop.ui.test_layers import Room, press, shape_of

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)


@pytest.fixture
def room(qtbot) -> Room:
    room = Room(["a", "b", "c"])
    qtbot.addWidget(room.panel)
    room.panel.choose("b")
    return room


def do(room: Room, id: str, qtbot) -> None:
    """By the deed that menus show, if it can be done now."""
    deed = next(deed for group in layer_deeds(room.panel) for deed in group if deed.id == id)
    assert deed.can(room.panel.active), id
    deed.run()
    qtbot.wait(5)


def half_selected(room: Room) -> None:
    share = np.zeros((48, 64, 1), np.uint8)
    share[:, :32] = 255
    room.history.apply("Select", SetSelection(Tiles.from_array(share)))


@pytest.mark.parametrize(
    ("button", "name", "said"),
    [
        ("Clip to the layer below", "clipped", "Clipped to the layer below"),
        ("Lock alpha", "alpha_locked", "Its alpha is locked"),
        ("Lock layer", "locked", "Locked"),
    ],
)
def test_a_button_switches_shows_a_mark_and_can_be_undone(room: Room, qtbot, button: str, name: str, said: str) -> None:
    press(room, button, qtbot)
    assert getattr(room.painting.nodes["b"], name) and room.button(button).isChecked()
    assert said in room.tree.item_of("b").toolTip(MARKS)
    room.history.undo()
    qtbot.wait(5)
    assert not getattr(room.painting.nodes["b"], name) and not room.button(button).isChecked()
    assert len(room.history.titles) == 1


def test_the_lowest_layer_has_nothing_to_be_clipped_to(room: Room) -> None:
    room.panel.choose("a")
    assert not room.button("Clip to the layer below").isEnabled()
    room.panel.choose("c")
    assert room.button("Clip to the layer below").isEnabled()


def test_a_label_is_seen_and_said(room: Room, qtbot) -> None:
    eye = room.tree.item_of("b").icon(0).pixmap(28, 34).toImage()
    room.panel.set_property("label", "red")
    qtbot.wait(5)
    assert room.painting.nodes["b"].label == "red" and room.history.titles == ["Label layer"]
    assert "Red label" in room.tree.item_of("b").toolTip(MARKS)
    assert room.tree.item_of("b").icon(0).pixmap(28, 34).toImage() != eye


def test_a_locked_layer_is_not_deleted_or_merged(room: Room, qtbot) -> None:
    press(room, "Lock layer", qtbot)
    for wanted in (room.panel.delete, room.panel.work.merge_down, room.panel.work.flatten):
        with qtbot.waitSignal(room.panel.failed) as told:
            wanted()
        assert "locked" in str(told.args[0])
    assert shape_of(room.painting) == ["a", "b", "c"]


def test_merging_down_and_back(room: Room, qtbot) -> None:
    do(room, "layer-merge-down", qtbot)
    assert len(room.painting.root.children) == 2 and room.tree.topLevelItemCount() == 2
    assert room.painting.layer(room.painting.active).name == "A"
    room.history.undo()
    assert shape_of(room.painting) == ["a", "b", "c"]


def test_a_group_merges_and_all_is_flattened(qtbot) -> None:
    room = Room(["a", ["b", "c"]])
    qtbot.addWidget(room.panel)
    before = composite(room.painting)
    room.panel.choose(room.painting.root.children[1])
    do(room, "layer-merge-group", qtbot)
    assert len(room.painting.layers()) == 2
    do(room, "layer-merge-visible", qtbot)
    assert len(room.painting.layers()) == 3
    assert room.history.titles == ["Merge group", "Merge visible"]
    room.history.undo()
    qtbot.wait(5)
    do(room, "layer-flatten", qtbot)
    assert len(room.painting.nodes) == 2
    assert np.abs(composite(room.painting).astype(int) - before).max() <= 1
    assert room.history.titles == ["Merge group", "Flatten picture"]


def test_a_part_is_cut_to_a_layer_of_its_own(room: Room, qtbot) -> None:
    half_selected(room)
    do(room, "layer-from-cut", qtbot)
    part = room.painting.layer(room.painting.active)
    assert part.name == "B part"
    assert part.tiles.read()[..., 3].any(axis=0).sum() == 32
    assert room.painting.layer("b").tiles.read()[..., 3].any(axis=0).sum() == 32


def test_masks_come_are_turned_off_inverted_applied_and_go(room: Room, qtbot) -> None:
    half_selected(room)
    do(room, "mask-add", qtbot)
    assert "Has a mask" in room.tree.item_of("b").toolTip(MARKS)
    do(room, "mask-use", qtbot)
    assert not room.painting.nodes["b"].masks and "not used" in room.tree.item_of("b").toolTip(MARKS)
    do(room, "mask-use", qtbot)
    do(room, "mask-invert", qtbot)
    mask = room.painting.nodes["b"].mask
    assert mask is not None and not mask.read()[:, :32].any() and mask.read()[:, 32:].all()
    do(room, "mask-apply", qtbot)
    assert room.painting.nodes["b"].mask is None
    assert not room.painting.layer("b").tiles.read()[:, :32].any()
    do(room, "mask-from-selection", qtbot)
    do(room, "mask-remove", qtbot)
    assert room.painting.nodes["b"].mask is None


def test_every_deed_is_in_the_menu_and_the_palette_and_only_what_fits_can_be_done(room: Room) -> None:
    room.panel._fill_menu()
    shown = {action.text(): action.isEnabled() for action in room.panel._menu.actions() if action.text()}
    deeds = [deed for group in layer_deeds(room.panel) for deed in group]
    assert {deed.title for deed in deeds} <= set(shown)
    assert (
        shown["Merge down"] and not shown["Merge group"] and not shown["Apply mask"] and not shown["Make it editable"]
    )
    acts = {act.id: act for act in layer_acts(room.panel)}
    acts["layer-merge-group"].run()
    assert room.history.titles == [], "an act that does not fit does nothing"
    acts["adjust-curves"].run()
    assert isinstance(room.panel.active, Adjustment)


# --- filter layers -----------------------------------------------------------------------------------------------


@pytest.fixture
def filtered(room: Room, qtbot) -> Room:
    """A filter layer above b, made of it."""
    made = Provenance("painting.stylise", "stylise", "1.2.0", {"strength": 0.4}, 7, "then")
    layer = Layer("f", "Wave", tiles=room.painting.layer("b").tiles, provenance=(made,))
    layer = filters.as_filter(room.painting, layer, "b", Box(0, 0, 64, 48), made, "b")
    room.painting.nodes["f"] = layer
    room.painting.nodes["root"] = replace(room.painting.root, children=("a", "b", "f", "c"))
    room.panel.refresh()
    room.panel.choose("f")
    qtbot.wait(5)
    return room


def form_of(room: Room) -> FilterForm:
    return room.panel.findChild(FilterForm)


def test_a_filter_layer_shows_its_knobs_and_says_what_made_it(filtered: Room) -> None:
    form = form_of(filtered)
    assert form.isVisible() and "stylise 1.2.0" in form.made.text()
    assert form.controls["strength"].number.value() == 40
    assert "is not installed" in form.state.text(), "no version of it is there in this test"
    assert form.update_button.isEnabled()


def test_a_filter_layer_says_when_its_source_changed(filtered: Room, qtbot) -> None:
    form = form_of(filtered)
    form._versions = lambda model: ["1.2.0"]
    filtered.panel.refresh()
    assert form.state.text() == "Up to date."
    black = np.zeros((48, 64, 4), np.uint8)
    black[..., 3] = 255
    filtered.history.apply("Paint", ReplaceTiles.of(filtered.painting.layer("b"), Box(0, 0, 64, 48), black))
    qtbot.waitUntil(lambda: "source has changed" in form.state.text(), timeout=2000)
    assert "source has changed" in filtered.tree.item_of("f").toolTip(MARKS)
    filtered.history.undo()
    qtbot.waitUntil(lambda: form.state.text() == "Up to date.", timeout=2000)


def test_turned_knobs_are_what_is_asked_for(filtered: Room, qtbot) -> None:
    form = form_of(filtered)
    form._versions = lambda model: ["1.2.0"]
    form.controls["strength"].number.setValue(90)
    assert "Update it" in form.state.text()
    with qtbot.waitSignal(filtered.panel.update_asked) as told:
        qtbot.mouseClick(form.update_button, Qt.MouseButton.LeftButton)
    assert told.args[0] == "f" and told.args[1]["strength"] == 0.9


def test_made_editable_it_is_a_layer_like_any_other(filtered: Room, qtbot) -> None:
    qtbot.mouseClick(form_of(filtered).raster_button, Qt.MouseButton.LeftButton)
    qtbot.wait(5)
    assert filtered.painting.layer("f").recipe is None and not form_of(filtered).isVisible()
    assert filtered.tree.item_of("f").text(NAME) == "Wave"
    filtered.history.undo()
    assert filtered.painting.layer("f").recipe is not None


def test_a_tool_that_is_not_there_leaves_the_picture(filtered: Room, qtbot) -> None:
    layer = filtered.painting.layer("f")
    assert layer.recipe is not None
    filtered.painting.nodes["f"] = replace(layer, recipe=replace(layer.recipe, tool="painting.unheard-of"))
    filtered.panel.refresh()
    form = form_of(filtered)
    assert "does not have its tool" in form.state.text() and not form.update_button.isEnabled()


def test_what_changed_under_a_long_merge_is_not_overwritten(room: Room, qtbot) -> None:
    """The work is held back until something else was done."""
    waiting = []
    room.panel.work._work = lambda title, work, done, quiet=False: waiting.append((work, done))
    room.panel.work.merge_down()
    work, done = waiting.pop()
    room.panel.rename("a", "other")
    troubles: list[Trouble] = []
    room.panel.failed.connect(troubles.append)
    from gesso.jobs import Outcome, State
    from gesso.values import Progress

    done(Outcome(State.DONE, work(Progress.silent())))
    assert len(troubles) == 1 and shape_of(room.painting) == ["a", "b", "c"]
