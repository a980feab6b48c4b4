"""Cards in both languages: every text of every card that ships is known, whatever numbers it has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gesso.engine import Card
from gesso.engine.card import read_card
from gesso.tools.model_words import (
    DEVICES,
    GRADES,
    METRICS,
    TERMS,
    TERMS_TOLD,
    metric,
    prose,
    published_scores,
    told,
)
from gesso.values import Words

ROOT = Path(__file__).resolve().parents[3]
CARDS = sorted((ROOT / "resources" / "models").glob("*/*/card.json"))
CHINESE = Words.load("zh_CN", ROOT / "resources" / "translations")


@pytest.fixture(params=CARDS, ids=lambda file: f"{file.parent.parent.name}-{file.parent.name}")
def card(request: pytest.FixtureRequest) -> Card:
    return read_card(request.param.read_bytes())


def test_every_text_of_a_card_that_ships_has_chinese(card: Card) -> None:
    unknown = [text for text in prose(card) if not told(text, CHINESE.say).is_known]
    assert not unknown, "write them into gesso/tools/model_words.py and its catalogue"
    for text in (card.title, str(card.everything["summary"]), *card.everything["limits"]):
        assert re.search("[\u4e00-\u9fff]", told(text, CHINESE.say).text), text


def test_every_metric_of_a_card_that_ships_has_chinese(card: Card) -> None:
    for score in card.everything["scores"]:
        assert metric(score["metric"], CHINESE.say).is_known, score["metric"]


def test_english_stays_as_it_was_written_but_for_terse_names() -> None:
    say = Words().say
    limit = "Brush work is as large as it is in a 256 px square of the style; the brush size knob changes that."
    assert told(limit, say).text == limit
    assert told("set5 x2, Y", say).text == "Set5, ×2, lightness"


def test_numbers_go_along_into_chinese() -> None:
    text = told("Enlarges a picture 4 times with a residual network of 1,234,567 parameters.", CHINESE.say)
    assert text.is_known and "1,234,567" in text.text and "4 倍" in text.text


def test_what_others_wrote_stays_and_is_said_to_be_theirs() -> None:
    found = told("Paints whiskers on cats.", CHINESE.say)
    assert found.text == "Paints whiskers on cats." and not found.is_known
    assert told("CQ100", CHINESE.say).is_known and told("Apache-2.0", CHINESE.say).is_known
    assert metric("whiskers", CHINESE.say).text == "whiskers" and not metric("whiskers", CHINESE.say).is_known


def test_the_fixed_words_are_there_in_both_languages() -> None:
    for words in (TERMS, TERMS_TOLD, GRADES, METRICS, DEVICES):
        for text in words.values():
            assert text in CHINESE.catalogue, text
    assert len({CHINESE.say(text) for text in TERMS.values()}) == len(TERMS) == 4


def test_published_scores_are_told_from_prose() -> None:
    listed = "Set5 Y-PSNR: bicubic 33.66, SRCNN 36.66"
    assert published_scores(listed) == [("bicubic", "33.66"), ("SRCNN", "36.66")]
    for text in ("", "Johnson et al. 2016: one network a style.", "a: b", "a 1, b 2"):
        assert published_scores(text) == [], text
