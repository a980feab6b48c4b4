"""The index of pictures: what is put in is found, what is gone is forgotten, what is damaged is begun anew."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.files.library import COLUMNS, GROWS_BY, NEVER, File, Library, Told, Wanted, Word, _best
from gesso.operations.painting.likeness import PLACE, as_bytes
from gesso.values import Progress, Trouble

WORDS = [
    Word("sea", "subject", 128),
    Word("person", "subject", 128),
    Word("blue", "look", 46),
    Word("shy", "subject", NEVER),
]
SILENT = Progress.silent()


def told(path: Path, *, place: int = 0, **words: int) -> Told:
    """A picture of which some words are as sure as said, lying along one axis."""
    numbers, where = np.zeros(COLUMNS, np.uint8), np.zeros(PLACE, np.float32)
    for name, sure in words.items():
        numbers[[word.name for word in WORDS].index(name)] = sure
    where[place] = 1
    facts = path.stat() if path.exists() else None
    file = File(path, facts.st_mtime_ns if facts else 1, facts.st_size if facts else 1)
    return Told(file, numbers, as_bytes(where))


def names(finds: object) -> list[str]:
    return [one.path.name for one in finds.pictures]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "图库 library") as made:
        made.use(WORDS, "a model")
        yield made


@pytest.fixture
def filled(library: Library, tmp_path: Path) -> Library:
    library.put(
        [
            told(tmp_path / "beach.jpg", sea=250, blue=120, place=1),
            told(tmp_path / "海 sailor.png", sea=140, person=200, place=1),
            told(tmp_path / "portrait.png", person=255, shy=255, place=2),
        ]
    )
    return library


def test_a_word_finds_the_surest_first_and_only_what_it_is_said_of(filled: Library) -> None:
    assert names(filled.search([Wanted((0,))])) == ["beach.jpg", "海 sailor.png"]
    assert names(filled.search([Wanted((0,)), Wanted((1,))])) == ["海 sailor.png"]
    assert names(filled.search([Wanted((0, 1))])) == ["portrait.png", "beach.jpg", "海 sailor.png"]


def test_what_must_not_be_is_left_out_and_nothing_asked_finds_all(filled: Library) -> None:
    assert names(filled.search([Wanted((0,)), Wanted((1,), is_not=True)])) == ["beach.jpg"]
    assert filled.search([]).count == 3
    assert filled.search([], most=2).count == 3 and len(filled.search([], most=2).pictures) == 2


def test_a_word_that_is_never_sure_enough_finds_nothing(filled: Library) -> None:
    assert filled.search([Wanted((3,))]).count == 0


def test_letters_of_a_name_find_it_whatever_their_case_and_width(filled: Library) -> None:
    assert names(filled.search([Wanted((), "SAIL")])) == ["海 sailor.png"]
    assert names(filled.search([Wanted((), "海")])) == ["海 sailor.png"]
    assert names(filled.search([Wanted((), "ｂｅａｃｈ")])) == ["beach.jpg"]


def test_likeness_goes_by_place_and_leaves_the_picture_itself_out(filled: Library, tmp_path: Path) -> None:
    place = filled.place(tmp_path / "beach.jpg")
    assert place is not None
    found = filled.like(place, but=tmp_path / "beach.jpg")
    assert names(found) == ["海 sailor.png", "portrait.png"]
    assert found.pictures[0].fit == pytest.approx(1, abs=0.01) and found.pictures[1].fit == pytest.approx(0, abs=0.01)


def test_the_words_of_a_picture_are_told_the_surest_first(filled: Library, tmp_path: Path) -> None:
    assert [word.name for word in filled.said_of(tmp_path / "海 sailor.png")] == ["person", "sea"]
    assert filled.said_of(tmp_path / "nowhere.png") == []


def test_it_is_all_there_again_after_closing(filled: Library, tmp_path: Path) -> None:
    filled.close()
    with Library(tmp_path / "图库 library") as again:
        assert again.words == WORDS and again.model == "a model" and again.count == 3
        assert names(again.search([Wanted((0,))])) == ["beach.jpg", "海 sailor.png"]


def test_more_pictures_than_there_is_room_for_are_all_found(library: Library, tmp_path: Path) -> None:
    many = [told(tmp_path / f"{number}.png", sea=200) for number in range(GROWS_BY + 7)]
    library.put(many[:5])
    library.put(many)
    assert library.count == len(many)
    assert names(library.search([Wanted((), str(GROWS_BY + 6))])) == [f"{GROWS_BY + 6}.png"]


def test_another_model_s_words_are_not_mixed_with_the_old_ones(filled: Library) -> None:
    filled.use([Word("cat", "subject", 100)], "another model")
    assert filled.count == 0 and filled.search([Wanted((0,))]).count == 0
    filled.use([Word("cat", "subject", 100)], "another model")
    assert [word.name for word in filled.words] == ["cat"]


def test_a_survey_finds_new_and_changed_pictures_and_forgets_the_gone(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    (folder / "below" / ".hidden").mkdir(parents=True)
    for name in ("a.png", "below/b.JPG", "below/.hidden/c.png", "notes.txt", ".d.png"):
        (folder / name).write_bytes(b"one")
    library.add(folder)
    first = library.survey(SILENT)
    assert [file.path.name for file in first.new] == ["a.png", "b.JPG"]
    library.put([told(file.path) for file in first.new])
    assert library.survey(SILENT).new == []
    (folder / "a.png").write_bytes(b"another")
    (folder / "below" / "b.JPG").unlink()
    second = library.survey(SILENT)
    assert [file.path.name for file in second.new] == ["a.png"] and second.forgotten == 1
    assert library.count == 1


def test_pictures_of_a_folder_that_is_away_are_kept_until_it_is_back(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"one")
    library.add(folder)
    library.put([told(file.path) for file in library.survey(SILENT).new])
    folder.rename(tmp_path / "unplugged")
    found = library.survey(SILENT)
    assert found.away == [folder] and found.forgotten == 0 and library.count == 1


def test_a_picture_that_cannot_be_read_is_not_tried_again_until_it_changes(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "broken.png").write_bytes(b"no picture")
    library.add(folder)
    library.put([Told(file, None) for file in library.survey(SILENT).new])
    assert library.survey(SILENT).new == [] and library.count == 0
    (folder / "broken.png").write_bytes(b"mended, perhaps")
    assert len(library.survey(SILENT).new) == 1


def test_folders_within_each_other_are_chosen_once(library: Library, tmp_path: Path) -> None:
    inner = tmp_path / "outer" / "inner"
    inner.mkdir(parents=True)
    library.add(inner)
    library.add(tmp_path / "outer")
    assert library.folders == [tmp_path / "outer"]
    with pytest.raises(Trouble, match="already"):
        library.add(inner)
    with pytest.raises(Trouble, match="no folder"):
        library.add(tmp_path / "nowhere")


def test_a_folder_chosen_no_more_takes_its_pictures_along_and_no_file(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"one")
    library.add(folder)
    library.put([told(folder / "a.png"), told(tmp_path / "elsewhere.png")])
    assert library.remove(folder) == 1
    assert library.count == 1 and library.folders == [] and (folder / "a.png").exists()
    with pytest.raises(Trouble, match="none of the library"):
        library.remove(folder)


@pytest.mark.parametrize("name", ["index.sqlite", "words.u8"])
def test_a_damaged_index_is_begun_anew_and_the_folders_stay(library: Library, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    library.add(folder)
    library.put([told(folder / "a.png", sea=200)])
    library.close()
    (tmp_path / "图库 library" / name).write_bytes(b"not what it should be")
    with Library(tmp_path / "图库 library") as again:
        assert again.folders == [folder]
        again.use(WORDS, "a model")
        again.put([told(folder / "a.png", sea=200)])
        assert names(again.search([Wanted((0,))])) == ["a.png"]


def test_an_index_of_a_newer_gesso_is_begun_anew(filled: Library, tmp_path: Path) -> None:
    filled._connection.execute("PRAGMA user_version=99")
    filled.close()
    with Library(tmp_path / "图库 library") as again:
        assert again.count == 0


@given(st.lists(st.floats(-1, 1, width=32), max_size=60), st.integers(0, 70))
def test_the_best_are_those_that_sorting_finds(fits: list[float], most: int) -> None:
    found = np.array(fits, np.float32)
    expected = np.argsort(-found, kind="stable")[:most]
    assert found[_best(found, most)].tolist() == found[expected].tolist()
