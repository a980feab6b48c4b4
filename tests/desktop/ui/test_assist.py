"""Asking and being offered: previews, proposals, one of them kept, and nothing of it in the artist's way."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from gesso.documents.painting import Painting, Tiles, composite
from gesso.documents.painting.edits import SetProperty, SetSelection
from gesso.tools import tool
from gesso.values import Box, Trouble
from tests.desktop.ui.conftest import Desk, Until, stripes

STYLISE, UPSCALE = tool("painting.stylise"), tool("painting.upscale")


def all_made(desk: Desk) -> bool:
    return bool(desk.assist.proposals) and all(p.result for p in desk.assist.proposals)


def selected(painting: Painting, box: Box) -> SetSelection:
    mask = np.zeros((painting.size.height, painting.size.width, 1), np.uint8)
    mask[box.slices()] = 255
    return SetSelection(Tiles.from_array(mask))


def test_proposals_lie_around_the_settings_and_are_remembered(desk: Desk, until: Until) -> None:
    desk.put(stripes())
    desk.assist.propose()
    until(lambda: all_made(desk))
    assert [p.values["strength"] for p in desk.assist.proposals][:2] == [1.0, 0.6]
    assert desk.feedback.summary()[0].proposed == len(desk.assist.proposals)


def test_a_large_picture_is_shown_small_and_kept_large(desk: Desk, until: Until) -> None:
    desk.put(stripes(1200, 800))
    desk.assist.propose()
    until(lambda: all_made(desk))
    assert max(max(p.size.width, p.size.height) for _, _, p in desk.painter.asked) == 512
    desk.assist.keep(desk.assist.proposals[0])
    until(lambda: desk.easel.history.can_undo)
    assert desk.painter.asked[-1][2].size == desk.easel.painting.size


def test_nothing_slow_happens_in_the_windows_thread(desk: Desk, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.put(stripes())
    threads: set[str] = set()

    def watched(painting: Painting, layer: str = "") -> object:
        threads.add(threading.current_thread().name)
        return real(painting, layer)

    from gesso.ui import glance

    real = glance.source_of
    monkeypatch.setattr(glance, "source_of", watched)
    desk.assist.set_live(True)
    until(lambda: desk.previews and desk.previews[-1][0] is not None)
    desk.assist.propose()
    until(lambda: all_made(desk))
    desk.assist.keep()
    until(lambda: desk.easel.history.can_undo)
    assert threads == {"gesso-lane-models"}


def test_moving_a_slider_looks_at_the_painting_once(desk: Desk, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    from gesso.ui import glance

    looks = []
    real = glance.source_of
    monkeypatch.setattr(glance, "source_of", lambda *a: (looks.append(1), real(*a))[1])
    painting = desk.put(stripes())
    desk.assist.set_live(True)
    for strength in (0.2, 0.4, 0.6):
        count = len(desk.painter.asked)
        desk.assist.set_value("strength", strength)
        until(lambda count=count: len(desk.painter.asked) > count and not desk.painter.under_way)
    assert len(looks) == 1
    desk.easel.history.apply("Fade", SetProperty(painting.active, "opacity", 0.5))
    desk.assist.refresh()
    until(lambda: len(looks) == 2)


def test_only_the_last_wish_of_a_dragged_slider_is_painted(desk: Desk, until: Until) -> None:
    desk.put(stripes())
    desk.painter.seconds = 0.1
    desk.assist.set_live(True)
    for percent in range(10, 90):
        desk.assist.set_value("strength", percent / 100)
    until(lambda: desk.painter.asked and desk.painter.asked[-1][1]["strength"] == 0.89 and not desk.painter.under_way)
    assert len(desk.painter.asked) <= 3


def test_asking_anew_does_not_wait_for_what_nobody_wants(desk: Desk, until: Until) -> None:
    desk.put(stripes())
    desk.painter.seconds = 30
    desk.assist.propose()
    until(lambda: desk.painter.under_way)
    desk.painter.seconds = 0
    began = time.monotonic()
    desk.assist.propose()
    until(lambda: all_made(desk))
    assert time.monotonic() - began < 10, "the first six would have taken three minutes"


def test_a_proposal_put_away_is_not_made_any_further(desk: Desk, until: Until) -> None:
    desk.put(stripes())
    desk.painter.seconds = 30
    desk.assist.propose()
    until(lambda: desk.painter.under_way)
    for proposal in list(desk.assist.proposals):
        desk.assist.reject(proposal)
    until(lambda: not desk.painter.under_way)
    assert not desk.assist.proposals and not desk.troubles


def test_one_chosen_before_it_is_ready_is_shown_once_it_is(desk: Desk, until: Until) -> None:
    desk.put(stripes())
    desk.painter.seconds = 0.2
    desk.assist.propose()
    desk.assist.choose(desk.assist.proposals[0])
    assert desk.previews[-1] == (None, None)
    until(lambda: desk.previews[-1][0] is not None)


def test_a_selection_made_after_the_proposal_limits_it(desk: Desk, until: Until) -> None:
    painting = desk.put(stripes())
    before = composite(painting)
    desk.assist.propose()
    until(lambda: all_made(desk))
    desk.assist.choose(desk.assist.proposals[1])
    desk.easel.history.apply("Select", selected(painting, Box(8, 8, 16, 16)))
    desk.assist.refresh()
    preview, box = desk.previews[-1]
    assert box == Box(0, 0, 64, 48) and preview.alpha[0, 0] == 0 and preview.alpha[12, 12] == 255
    desk.assist.keep(desk.assist.proposals[1])
    until(lambda: len(painting.layers()) == 2)
    changed = (composite(painting) != before).any(axis=2)
    assert changed[8:24, 8:24].all() and not changed.sum() - changed[8:24, 8:24].sum()


def test_keeping_twice_makes_one_layer(desk: Desk, until: Until) -> None:
    painting = desk.put(stripes())
    desk.painter.seconds = 0.2
    first = desk.assist.keep()
    assert desk.assist.keep() is first
    until(lambda: len(painting.layers()) == 2 and not desk.jobs.running)
    assert desk.easel.history.position == 1


def test_another_proposal_stays_on_the_canvas_while_one_is_kept(desk: Desk, until: Until) -> None:
    painting = desk.put(stripes())
    desk.assist.propose()
    until(lambda: all_made(desk))
    kept, other = desk.assist.proposals[:2]
    desk.painter.seconds = 0.2
    desk.assist.choose(kept)
    desk.assist.keep(kept)
    assert kept.keeping is not None
    desk.assist.choose(other)
    until(lambda: len(painting.layers()) == 2)
    assert desk.assist.chosen is other and kept not in desk.assist.proposals


def test_a_layer_moved_while_its_result_was_made_is_no_trouble(desk: Desk, until: Until) -> None:
    from gesso.ui import layer_steps

    painting = desk.put(stripes())
    desk.painter.seconds = 0.3
    desk.assist.keep()
    until(lambda: desk.painter.under_way)
    desk.easel.history.apply("New layer", *layer_steps.new_layer(painting, "More"))
    until(lambda: len(painting.layers()) == 3)
    assert [layer.name for layer in painting.layers()][1].startswith("Stylise"), "right above what it was made of"


def test_enlarging_a_painting_that_went_on_is_refused_and_loses_nothing(desk: Desk, until: Until) -> None:
    painting = desk.put(stripes())
    desk.assist.set_tool(UPSCALE)
    desk.painter.seconds = 0.3
    desk.assist.keep()
    until(lambda: desk.painter.under_way)
    desk.easel.history.apply("Fade", SetProperty(painting.active, "opacity", 0.5))
    until(lambda: desk.troubles)
    assert painting.size.width == 64 and desk.easel.history.position == 1 and not desk.jobs.running


def test_enlarged_proposals_show_a_part_at_its_real_size(desk: Desk, until: Until) -> None:
    desk.put(stripes(900, 700))
    desk.assist.visible_box = lambda: Box(500, 300, 400, 400)
    desk.assist.set_tool(UPSCALE)
    desk.assist.propose()
    until(lambda: all_made(desk))
    source = desk.assist.proposals[0].source
    assert source.box == Box(540, 340, 320, 320) and source.picture.size.width == 320


def test_trouble_ends_the_preview_and_is_told_once(desk: Desk, until: Until) -> None:
    desk.put(stripes())
    desk.painter.trouble = Trouble("The painter has no paint.")
    desk.assist.set_live(True)
    until(lambda: desk.troubles)
    assert not desk.assist.is_live and desk.previews[-1] == (None, None)
    desk.painter.trouble = None
    desk.assist.propose()
    until(lambda: all_made(desk))


def test_a_disk_that_refuses_the_kept_layer_leaves_all_as_it_was(
    desk: Desk, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    painting = desk.put(stripes())

    def full(title: str, *edits: object) -> None:
        raise Trouble("The disk is full.", "Nothing was changed.", "Make room.")

    monkeypatch.setattr(desk.easel.history, "apply", full)
    desk.assist.keep()
    until(lambda: desk.troubles)
    assert len(painting.layers()) == 1 and not desk.jobs.running


def test_an_empty_layer_is_one_sentence(desk: Desk, until: Until) -> None:
    from gesso.ui import layer_steps

    painting = desk.put(stripes())
    desk.easel.history.apply("New layer", *layer_steps.new_layer(painting, "Empty"))
    desk.assist.set_source(painting.active)
    desk.assist.propose()
    until(lambda: len(desk.troubles) == 6)
    assert len({trouble.what for trouble in desk.troubles}) == 1, "the door shows a sentence once"


@pytest.mark.parametrize(("language", "name"), [("en", "Stylise · Great wave"), ("zh_CN", "风格化 · 神奈川冲浪里")])
def test_a_kept_layer_says_tool_and_style(desk: Desk, until: Until, language: str, name: str) -> None:
    painting = desk.put(stripes())
    desk.speech.set_language(language)
    until(lambda: desk.assist.styles["painting.stylise"])
    desk.assist.keep()
    until(lambda: len(painting.layers()) == 2)
    assert painting.active_layer.name == name


def test_an_adopted_proposal_that_is_changed_counts_as_edited(desk: Desk, until: Until) -> None:
    painting = desk.put(stripes())
    desk.assist.propose()
    until(lambda: all_made(desk))
    desk.assist.adopt(desk.assist.proposals[1])
    assert desk.assist.values["strength"] == 0.6 and desk.assist.is_live
    desk.assist.set_value("strength", 0.5)
    desk.assist.keep()
    until(lambda: len(painting.layers()) == 2)
    assert (desk.feedback.summary()[0].kept, desk.feedback.summary()[0].edited) == (0, 1)


def test_previews_end_and_proposals_wait_while_another_painting_is_shown(desk: Desk, until: Until) -> None:
    desk.put(stripes())
    first = desk.easel.shown
    desk.assist.propose()
    desk.assist.set_live(True)
    mine = list(desk.assist.proposals)
    second = desk.put(stripes(32, 32))
    assert not desk.assist.proposals and not desk.assist.is_live and desk.previews[-1] == (None, None)
    assert desk.assist.source_layer == second.active
    until(lambda: all(one.result for one in mine))
    assert not desk.assist.proposals and not second.layers()[1:]
    desk.easel.show(first)
    assert desk.assist.proposals == mine, "made meanwhile"
    desk.assist.choose(mine[0])
    assert desk.previews[-1][1] == first.painting.size.box


def test_what_was_asked_for_a_closed_painting_is_given_up(desk: Desk, until: Until) -> None:
    desk.put(stripes())
    first = desk.easel.shown
    desk.painter.seconds = 30
    desk.assist.propose()
    until(lambda: desk.painter.under_way)
    desk.put(stripes(32, 32))
    desk.easel.close(first)
    until(lambda: not desk.painter.under_way and not desk.jobs.running)
    assert not desk.troubles


def test_a_result_goes_to_its_own_painting_whatever_is_shown_by_then(desk: Desk, until: Until) -> None:
    first = desk.put(stripes())
    said: list[str] = []
    desk.assist.kept_behind.connect(said.append)
    desk.painter.seconds = 0.3
    desk.assist.keep()
    second = desk.put(stripes(32, 32))
    desk.assist.keep()
    until(lambda: len(first.layers()) == len(second.layers()) == 2)
    assert said == ["stripes"] and first.active_layer.tiles.size == first.size
    assert (desk.easel.painting, desk.easel.paintings[0].is_modified) == (second, True)
    desk.easel.paintings[0].history.undo()
    assert len(first.layers()) == 1 and len(second.layers()) == 2


def test_a_result_for_a_closed_painting_goes_nowhere(desk: Desk, until: Until) -> None:
    first = desk.put(stripes())
    desk.painter.seconds = 30
    desk.assist.keep()
    until(lambda: desk.painter.under_way)
    second = desk.put(stripes(32, 32))
    desk.easel.close(desk.easel.paintings[0])
    until(lambda: not desk.jobs.running)
    assert len(first.layers()) == len(second.layers()) == 1 and not desk.troubles
