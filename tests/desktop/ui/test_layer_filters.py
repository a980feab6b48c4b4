"""Results kept as filter layers are made again through their tool: with other settings, and when the source changed."""

from __future__ import annotations

import numpy as np
import pytest

from gesso.documents.painting import Layer, filters
from gesso.documents.painting.edits import PlaceNode, ReplaceTiles, SetProperty
from gesso.tools import tool
from gesso.ui.layer_filters import FilterLayers
from gesso.values import Box, Trouble
from tests.desktop.ui.conftest import Desk, stripes

STYLISE = tool("painting.stylise")


@pytest.fixture
def made(desk: Desk, qtbot) -> tuple[FilterLayers, str]:
    """A filter layer of the only layer, and who makes it again."""
    painting = desk.put(stripes())
    desk.assist.set_tool(STYLISE)
    desk.assist.as_filter = True
    with qtbot.waitSignal(desk.assist.kept, timeout=5000):
        desk.assist.keep()
    works = FilterLayers(desk.painter, desk.jobs, desk.easel)
    works.troubled.connect(desk.troubles.append)
    return works, painting.active


def layer(desk: Desk, id: str) -> Layer:
    assert desk.easel.painting is not None
    return desk.easel.painting.layer(id)


def test_what_is_kept_remembers_how_it_was_made(desk: Desk, made: tuple[FilterLayers, str]) -> None:
    recipe = layer(desk, made[1]).recipe
    assert recipe is not None and recipe.tool == "painting.stylise" and recipe.model == "painter"
    assert recipe.source == desk.easel.painting.root.children[0]
    assert filters.freshness(desk.easel.painting, made[1]) == filters.FRESH


def test_other_settings_replace_the_picture_in_one_step(desk: Desk, made: tuple[FilterLayers, str], qtbot) -> None:
    works, id = made
    before = desk.easel.painting.snapshot()
    with qtbot.waitSignal(works.remade, timeout=5000):
        works.remake(id, {**STYLISE.defaults(), "strength": 0.3})
    after = layer(desk, id)
    assert after.tiles.read()[0, 0, 0] == 2, "the painter's second grey"
    assert after.recipe.knobs["strength"] == 0.3 and len(after.provenance) == 1
    assert desk.easel.history.titles[-1] == "Update filter layer"
    desk.easel.history.undo()
    assert desk.easel.painting.same_as(before)


def test_it_is_made_of_the_source_as_it_is_now(desk: Desk, made: tuple[FilterLayers, str], qtbot) -> None:
    works, id = made
    ground = desk.easel.painting.root.children[0]
    black = np.zeros((48, 64, 4), np.uint8)
    black[..., 3] = 255
    desk.easel.history.apply("Paint", ReplaceTiles.of(layer(desk, ground), Box(0, 0, 64, 48), black))
    assert filters.freshness(desk.easel.painting, id) == filters.STALE
    with qtbot.waitSignal(works.remade, timeout=5000):
        works.remake(id, STYLISE.defaults())
    assert not desk.painter.asked[-1][2].colour.any()
    assert filters.freshness(desk.easel.painting, id) == filters.FRESH


def test_without_its_source_it_keeps_its_picture_and_says_why(desk: Desk, made: tuple[FilterLayers, str]) -> None:
    works, id = made
    painting = desk.easel.painting
    desk.easel.history.apply("Delete", PlaceNode.remove(painting, painting.root.children[0]))
    own = layer(desk, id).tiles
    assert works.remake(id, STYLISE.defaults()) is None
    assert "is gone" in str(desk.troubles[-1]) and layer(desk, id).tiles is own


def test_a_model_that_is_missing_keeps_the_picture(desk: Desk, made: tuple[FilterLayers, str], qtbot) -> None:
    works, id = made
    own = layer(desk, id).tiles
    desk.painter.trouble = Trouble("No model for stylise is installed.")
    with qtbot.waitSignal(works.troubled, timeout=5000):
        works.remake(id, STYLISE.defaults())
    assert layer(desk, id).tiles is own and desk.easel.history.titles[-1] != "Update filter layer"


def test_a_locked_one_is_left(desk: Desk, made: tuple[FilterLayers, str]) -> None:
    works, id = made
    desk.easel.history.apply("Lock", SetProperty(id, "locked", True))
    assert works.remake(id, STYLISE.defaults()) is None and "locked" in str(desk.troubles[-1])


def test_what_was_changed_meanwhile_is_not_overwritten(desk: Desk, made: tuple[FilterLayers, str], qtbot) -> None:
    works, id = made
    desk.painter.seconds = 0.2
    works.remake(id, STYLISE.defaults())
    desk.easel.history.apply("Raster", *filters.rasterised(desk.easel.painting, id))
    qtbot.waitUntil(lambda: bool(desk.troubles), timeout=5000)
    assert "changed while" in str(desk.troubles[-1]) and layer(desk, id).recipe is None


def test_it_belongs_to_its_own_painting_even_if_another_with_the_same_layers_is_shown(
    desk: Desk, made: tuple[FilterLayers, str], qtbot
) -> None:
    works, id = made
    first = desk.easel.shown
    twin = desk.put(first.painting.snapshot())
    mine = works.remake(id, {**STYLISE.defaults(), "strength": 0.3})
    desk.easel.show(first)
    other = works.remake(id, {**STYLISE.defaults(), "strength": 0.6})
    desk.easel.show(None)
    qtbot.waitUntil(lambda: mine.is_ended and other.is_ended and not desk.jobs.running, timeout=60_000)
    assert twin.layer(id).recipe.knobs["strength"] == 0.3
    assert first.painting.layer(id).recipe.knobs["strength"] == 0.6 and not desk.troubles
