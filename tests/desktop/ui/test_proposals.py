"""The strip of proposals: side by side, each with what makes it different, and what can be done with it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gesso.tools import tool
from gesso.ui.look import Look
from gesso.ui.proposals import LEAST_PX, MOST_PX, ProposalsStrip, difference
from gesso.ui.speech import Speech
from tests.desktop.ui.conftest import Desk, Until, stripes

STYLISE = tool("painting.stylise")


@pytest.fixture
def strip(desk: Desk, look: Look, speech: Speech, qtbot: QtBot) -> ProposalsStrip:
    made = ProposalsStrip(look, speech, desk.assist)
    qtbot.addWidget(made)
    made.resize(913, 220)
    made.show()
    return made


def made(strip: ProposalsStrip, desk: Desk, until: Until) -> ProposalsStrip:
    desk.put(stripes())
    desk.assist.propose()
    until(lambda: all(p.result for p in desk.assist.proposals))
    return strip


@pytest.mark.parametrize(
    ("change", "language", "said"),
    [
        ({}, "en", "As set"),
        ({"strength": 0.6}, "en", "Strength 60 %"),
        ({"strength": 0.6}, "zh_CN", "强度 60%"),
        ({"brush": "broad"}, "en", "Brush size: Broad"),
        ({"brush": "broad"}, "zh_CN", "笔触大小：粗"),
        ({"variation": 0.35, "seed": 2}, "en", "Seed 2, Variation 35 %"),
        ({"variation": 0.35, "seed": 2}, "zh_CN", "种子 2，变化 35%"),
    ],
)
def test_a_proposal_says_what_is_different(speech: Speech, change: dict, language: str, said: str) -> None:
    speech.set_language(language)
    base = STYLISE.defaults()
    assert difference(STYLISE, base, {**base, **change}, speech) == said


def test_a_card_says_the_same_in_every_language_and_at_every_width(
    strip: ProposalsStrip, desk: Desk, speech: Speech, until: Until
) -> None:
    card = made(strip, desk, until).cards[3]
    for language, caption, whole in (
        ("en", "Seed 2", "Seed 2, Variation 35 %"),
        ("zh_CN", "种子 2", "种子 2，变化 35%"),
    ):
        speech.set_language(language)
        for width in (LEAST_PX, MOST_PX):
            card.fit(width)
            assert card.caption.text() == caption and whole in card.toolTip(), (language, width)


def test_all_six_stand_side_by_side(strip: ProposalsStrip, desk: Desk, until: Until) -> None:
    made(strip, desk, until)
    last = strip.cards[-1]
    assert len(strip.cards) == 6
    until(lambda: last.mapTo(strip, last.rect().topRight()).x() <= strip.width())
    assert "small" in strip.note.text()


def test_a_narrow_strip_scrolls_and_shows_whole_cards(strip: ProposalsStrip, desk: Desk, until: Until) -> None:
    strip.resize(500, 220)
    made(strip, desk, until)
    until(lambda: strip.scroll.horizontalScrollBar().maximum() > 0)
    assert strip.cards[0].height() <= strip.scroll.viewport().height()


def test_keeping_is_said_on_the_card_and_cannot_be_asked_twice(strip: ProposalsStrip, desk: Desk, until: Until) -> None:
    made(strip, desk, until)
    desk.painter.seconds = 0.3
    card = strip.cards[0]
    card.keep.click()
    assert not card.keep.isEnabled() and card._note() == "Made in full…"
    until(lambda: len(desk.easel.painting.layers()) == 2)
    assert len(strip.cards) == 5 and strip.cards[0].number == 1


def test_one_that_fails_says_so_and_the_others_come(strip: ProposalsStrip, desk: Desk, until: Until) -> None:
    from gesso.values import Trouble

    desk.put(stripes())
    desk.painter.trouble = Trouble("No paint.")
    desk.assist.propose()
    until(lambda: len(desk.troubles) == 6)
    assert {card._note() for card in strip.cards} == {"Did not come out"}
    assert not any(card.keep.isEnabled() for card in strip.cards)


def test_delete_puts_one_away_and_a_double_click_keeps(
    strip: ProposalsStrip, desk: Desk, until: Until, qtbot: QtBot
) -> None:
    made(strip, desk, until)
    qtbot.keyClick(strip.cards[5], Qt.Key.Key_Delete)
    assert len(strip.cards) == 5 and desk.feedback.summary()[0].rejected == 1
    qtbot.mouseDClick(strip.cards[1], Qt.MouseButton.LeftButton)
    until(lambda: len(desk.easel.painting.layers()) == 2)


def test_putting_all_away_rejects_all(strip: ProposalsStrip, desk: Desk, until: Until) -> None:
    made(strip, desk, until)
    strip.away.click()
    assert not strip.cards and desk.feedback.summary()[0].rejected == 6


def test_adjusting_takes_the_settings_into_the_form(strip: ProposalsStrip, desk: Desk, until: Until) -> None:
    made(strip, desk, until)
    strip.cards[1].adjust.click()
    assert desk.assist.values["strength"] == 0.6 and desk.assist.is_live


def test_cards_are_read_out_by_number_and_difference(strip: ProposalsStrip, desk: Desk, until: Until) -> None:
    made(strip, desk, until)
    assert strip.cards[1].accessibleName() == "2: Strength 60 %"
    assert strip.cards[1].keep.accessibleName() == "Keep: Strength 60 %"
