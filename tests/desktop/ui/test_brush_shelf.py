"""The shelf of brushes: ours are whole, the artist's are kept, bad files are refused in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gesso.operations.painting.brush import Brush
from gesso.ui.brush_shelf import MOST_BYTES, SUFFIX, BrushShelf, read_brush, write_brush
from gesso.values import Colour, Trouble

SIXTEEN = [
    "pencil", "ink-liner", "ink-brush", "technical-pen", "round-soft", "airbrush", "marker", "chalk", "charcoal", "oil-flat",
    "oil-bristle", "watercolour-wash", "gouache", "smudge-finger", "wet-blender", "pixel",
]  # fmt: skip


@pytest.fixture
def shelf() -> BrushShelf:
    return BrushShelf()


def test_sixteen_brushes_come_with_gesso_each_with_two_names_and_a_picture(shelf: BrushShelf) -> None:
    assert list(shelf.brushes) == SIXTEEN
    for kept in shelf.brushes.values():
        assert kept.name("en") != kept.name("zh_CN") and kept.keywords
        path = shelf.preview_of(kept)
        assert path is not None and path.stat().st_size < 12_000


def test_a_brush_is_kept_found_again_changed_renamed_and_deleted(shelf: BrushShelf) -> None:
    made = shelf.keep("  My 墨\n笔 ", Brush(33, colour=Colour(1, 0, 0)))
    assert made.title == "My 墨 笔" and made.is_own
    again = BrushShelf().brushes[made.id]
    assert again.brush == Brush(33) and again.is_own, "a brush has no colour of its own"
    shelf.change(made.id, Brush(44))
    shelf.rename(made.id, "Other")
    again = BrushShelf().brushes[made.id]
    assert (again.title, again.brush.size_px) == ("Other", 44)
    shelf.favour(made.id, True)
    shelf.delete(made.id)
    assert made.id not in BrushShelf().brushes and BrushShelf().favourites == []


def test_two_brushes_of_one_name_live_side_by_side(shelf: BrushShelf) -> None:
    first, second = shelf.keep("Pencil", Brush(1)), shelf.keep("Pencil", Brush(2))
    assert len({first.id, second.id, "pencil"}) == 3
    assert {b.brush.size_px for b in BrushShelf().brushes.values() if b.is_own} == {1, 2}


def test_what_comes_with_gesso_stays_as_it_is(shelf: BrushShelf) -> None:
    for deed in (
        lambda: shelf.change("pencil", Brush()),
        lambda: shelf.rename("pencil", "x"),
        lambda: shelf.delete("pencil"),
    ):
        with pytest.raises(Trouble, match="comes with Gesso"):
            deed()


def test_favourites_and_the_last_brush_are_remembered(shelf: BrushShelf) -> None:
    shelf.favour("chalk", True)
    shelf.favour("pencil", True)
    shelf.favour("chalk", False)
    shelf.used("gouache")
    again = BrushShelf()
    assert again.favourites == ["pencil"] and again.last == "gouache"


def test_spoilt_notes_cost_only_the_favourites(shelf: BrushShelf) -> None:
    shelf.favour("chalk", True)
    for spoilt in (b"\xff\xfe", b"[]", b'{"favourites": 3, "last": ["a"]}', b"[" * 100_000):
        (shelf.own / "settings.json").write_bytes(spoilt)
        assert BrushShelf().favourites == [] and BrushShelf().last == ""


def test_a_brush_travels_in_a_file(shelf: BrushShelf, tmp_path: Path) -> None:
    file = tmp_path / f"炭 brush{SUFFIX}"
    write_brush(shelf.brushes["charcoal"], file)
    made = shelf.take_in(file)
    assert made.is_own and made.brush == shelf.brushes["charcoal"].brush and made.title == "Charcoal"


BAD = {
    "empty": b"", "no text": b"\x00\xff\xfe" * 50, "a list": b"[]", "deep": b"[" * 200_000, "another thing": b'{"gesso": "palette"}',
    "later": json.dumps({"gesso": "brush", "version": 2, "brush": {}}).encode(),
    "long": b'{"gesso": "brush", "version": 1, "brush": {}, "x": "' + b"y" * MOST_BYTES + b'"}',
    "odd": json.dumps({"gesso": "brush", "version": 1, "brush": {"size_px": -3}}).encode(),
    "nameless": json.dumps({"gesso": "brush", "version": 1, "title": 5, "brush": {}}).encode(),
    "endless": b'{"gesso": "brush", "version": 1, "brush": {"size_px": 1e999}}',
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_brush_is_refused_and_left_alone(shelf: BrushShelf, tmp_path: Path, name: str) -> None:
    file = tmp_path / f"{name}{SUFFIX}"
    file.write_bytes(BAD[name])
    with pytest.raises(Trouble) as caught:
        shelf.take_in(file)
    assert name in str(caught.value) and file.read_bytes() == BAD[name] and len(shelf.brushes) == 16


def test_a_bad_file_in_the_artists_folder_hides_no_other(shelf: BrushShelf) -> None:
    kept = shelf.keep("Good", Brush())
    (shelf.own / f"bad{SUFFIX}").write_bytes(b"{")
    again = BrushShelf()
    assert kept.id in again.brushes and len(again.unread) == 1 and "bad" in str(again.unread[0])


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="gone"):
        read_brush(tmp_path / f"gone{SUFFIX}")


def test_a_folder_that_cannot_be_written_is_said(shelf: BrushShelf, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    blocked = BrushShelf(own=tmp_path / "file")
    with pytest.raises(Trouble, match="cannot be written"):
        blocked.keep("Mine", Brush())
    assert len(blocked.brushes) == 16
    blocked.favour("pencil", True)
    assert blocked.favourites == ["pencil"], "favourites last until the end at least"
