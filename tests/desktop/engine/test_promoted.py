"""Of the versions that ship, the promoted one is used; the artist's own choices stand above it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gesso.engine import Shelf
from tests.packages import picture_package


@pytest.fixture
def shipped(shelf: Shelf, private: Ed25519PrivateKey) -> Shelf:
    """A shelf with three versions of one package."""
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        picture_package(shelf.shipped, private, version=version)
    return shelf


def promote(shelf: Shelf, said: str) -> None:
    (shelf.shipped / "promoted.json").write_text(said, encoding="utf-8")


def test_the_promoted_version_is_used_and_a_pin_stands_above_it(shipped: Shelf) -> None:
    assert shipped.open("tiny").version == "1.2.0"
    promote(shipped, json.dumps({"tiny": {"version": "1.1.0"}, "other": {"version": "3.0.0"}}))
    assert shipped.open("tiny").version == "1.1.0"
    assert shipped.open("tiny", "1.2.0").version == "1.2.0"
    shipped.pin("tiny", "1.2.0")
    assert shipped.open("tiny").version == "1.2.0"
    shipped.unpin("tiny")
    assert shipped.rollback("tiny") == "1.0.0"


def test_what_the_artist_installed_is_used_where_it_is_newer(
    shipped: Shelf, private: Ed25519PrivateKey, tmp_path: Path
) -> None:
    promote(shipped, json.dumps({"tiny": {"version": "1.0.0"}}))
    shipped.install(picture_package(tmp_path / "made", private, version="1.3.0"))
    assert shipped.open("tiny").version == "1.3.0"


def test_a_promoted_version_that_is_unsound_or_away_leaves_the_newest(shipped: Shelf) -> None:
    promote(shipped, json.dumps({"tiny": {"version": "1.1.0"}}))
    (shipped.shipped / "tiny" / "1.1.0" / "card.json").write_text("{}", encoding="utf-8")
    assert shipped.open("tiny").version == "1.2.0"
    for said in ('{"tiny": {"version": "9.0.0"}}', "{", '{"tiny": "1.0.0"}', '{"tiny": {"version": 3}}', "[]"):
        promote(shipped, said)
        assert shipped.open("tiny").version == "1.2.0"
