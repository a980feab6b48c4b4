"""The credits of the styles that ship are known in both languages; those of others stay as they were written."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gesso.tools.painting.stylise import ShippedStyle
from gesso.tools.style_words import KNOWN, credit_of, is_known, museum_of
from gesso.values import Words
from gesso.values.paths import resources

CHINESE = Words.load("zh_CN", resources() / "translations")
LISTS = sorted((resources() / "models" / "stylise").glob("*/styles.json"))


def style_of(said: dict[str, Any]) -> ShippedStyle:
    parts = ("id", "title", "title_zh", "credit", "museum")
    return ShippedStyle(*(said[part] for part in parts), b"", said["creator"], said["work"], said["date"])


def named(**parts: str) -> ShippedStyle:
    return ShippedStyle("x", "X", "某", "Somebody, Something, 1900", parts.pop("museum", ""), b"", **parts)


@pytest.mark.parametrize("file", LISTS, ids=lambda file: file.parent.name)
def test_every_style_that_ships_has_its_credit_in_both_languages(file: Path) -> None:
    styles = [style_of(said) for said in json.loads(file.read_text(encoding="utf-8"))]
    assert len(styles) >= 24
    for style in styles:
        assert is_known(style), style.id
        for text in filter(None, (style.creator, style.work, style.museum)):
            assert re.search("[\u4e00-\u9fff]", CHINESE.catalogue[text]), text
        assert style.title_zh and style.title
        chinese = credit_of(style, CHINESE.say)
        assert CHINESE.catalogue[style.creator] in chinese and f"《{CHINESE.catalogue[style.work]}》" in chinese
        assert "ca." not in chinese and re.sub(r"ca?\. ", "", style.date) in chinese
        assert style.creator in credit_of(style, Words().say) and style.work in credit_of(style, Words().say)


def test_there_are_packages_to_look_at() -> None:
    assert LISTS and all(CHINESE.catalogue.get(text) for text in KNOWN)


def test_a_date_that_is_not_sure_says_so() -> None:
    about = named(creator="Ogata Kōrin", work="Rough Waves", date="ca. 1704–9")
    assert credit_of(about, CHINESE.say) == "尾形光琳，《波涛图》，约 1704–9 年"
    assert credit_of(about, Words().say) == "Ogata Kōrin, Rough Waves, about 1704–9"
    assert credit_of(named(creator="A", work="B"), CHINESE.say) == "A，《B》"


def test_what_another_package_says_stays_as_it_was_written() -> None:
    theirs = named(creator="{Ann} Other", work="{Blue}", date="2020", museum="{0}")
    assert credit_of(theirs, Words().say) == "{Ann} Other, {Blue}, 2020"
    assert museum_of(theirs, CHINESE.say) == "{0}"
    assert credit_of(named(), CHINESE.say) == "Somebody, Something, 1900"
