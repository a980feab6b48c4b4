"""The library as the artist asks it: words of two languages, pictures read from folders, with and without a model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from onnx import helper
from PIL import Image

from gesso.files.library import NEVER, Library, Word
from gesso.operations.painting.likeness import LOOKS, PLACE, SIDE
from gesso.tools.library import (
    LOOK,
    TASK,
    open_library,
    place_of,
    tagger,
    title,
    understand,
    update,
    vocabulary,
)
from gesso.tools.studio import Studio
from gesso.values import Cancelled, Progress, Trouble, Words
from gesso.values.paths import resources
from tests.packages import card, model_bytes, new_key, port, write_package

SILENT = Progress.silent()
TAGS = ("photograph", "person", "landscape", "line-art")
WORDS = [*(Word(name, LOOK, 46) for name in LOOKS), *(Word(name, "subject", 128) for name in TAGS)]


@pytest.fixture
def library() -> Iterator[Library]:
    with open_library() as made:
        yield made


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "图片 pictures"
    folder.mkdir()
    for name, colour in (("sunset", (230, 60, 40)), ("rose", (220, 70, 60)), ("lake", (40, 80, 200))):
        Image.new("RGB", (60, 40), colour).save(folder / f"{name}.png")
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


def tag_package(shelf: Path, private: Ed25519PrivateKey, least: tuple[float, float] = (0.5, 2.0)) -> Path:
    """Says `sea` as much as a picture is blue, and is never sure of `night`; places by the mean of each colour."""
    add = np.eye(3, PLACE, dtype=np.float32)
    pick = np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 1.0]], np.float32)
    model = model_bytes(
        [
            helper.make_node("GlobalAveragePool", ["picture"], ["mean"]),
            helper.make_node("Flatten", ["mean"], ["flat"]),
            helper.make_node("MatMul", ["flat", "pick"], ["words"]),
            helper.make_node("MatMul", ["flat", "add"], ["place"]),
        ],
        {"picture": [1, 3, SIDE, SIDE]}, {"words": [1, 2], "place": [1, PLACE]}, {"add": add, "pick": pick},
    )  # fmt: skip
    inside = [port("picture", shape=(1, 3, SIDE, SIDE))]
    outside = [port("words", "vector", (1, 2)), port("place", "vector", (1, PLACE))]
    tags = [
        {"name": name, "axis": "subject", "least": bound} for name, bound in zip(("sea", "night"), least, strict=True)
    ]
    made = card(
        "tag", task=TASK, tiling=None, tags=tags,
        graphs={"model": {"file": "model.onnx", "inputs": inside, "outputs": outside}},
    )  # fmt: skip
    golden = {"picture": np.full((1, 3, SIDE, SIDE), 0.25, np.float32)}
    return write_package(shelf, made, {"model": model}, {"model": golden}, private)


def meant(text: str) -> list[tuple[list[str], bool]]:
    return [(list(names), is_not) for _, names, is_not in understand(text, WORDS).said]


def test_words_are_understood_in_english_chinese_pinyin_and_initials() -> None:
    assert meant("portrait") == [(["person"], False)]
    assert meant("人物") == meant("renwu") == [(["person"], False)]
    assert meant("风景") == meant("fj") == [(["landscape"], False)]
    assert meant("pers") == [(["person"], False)]


def test_a_minus_or_not_or_its_chinese_turns_a_word_round() -> None:
    expected = [(["blue"], False), (["photograph"], True)]
    for text in ("blue -photo", "blue not photo", "蓝色，不要照片", "蓝色 －照片", "blue 不要 photo"):
        assert meant(text) == expected, text


def test_a_word_that_nothing_is_called_looks_in_the_names_of_files() -> None:
    [wanted] = understand("IMG_2041", WORDS).wanted
    assert wanted.places == () and wanted.letters == "IMG_2041" and not wanted.is_not
    assert understand("  -  , ", WORDS).wanted == []


def test_words_have_titles_in_both_languages_and_unknown_ones_their_own() -> None:
    chinese = Words.load("zh_CN", resources() / "translations")
    assert title("line-art", Words().say) == "line art" and title("line-art", chinese.say) == "线稿"
    assert title("new-word", Words().say) == "new word"


def test_without_a_model_pictures_are_found_by_colour_and_name(
    studio: Studio, library: Library, pictures: Path
) -> None:
    assert tagger(studio) is None
    library.add(pictures)
    found = update(library, studio, SILENT)
    assert (found.read, found.unreadable) == (3, 1)
    red = library.search(understand("红色", library.words).wanted)
    assert {one.path.name for one in red.pictures} == {"sunset.png", "rose.png"}
    alike = library.like(place_of(library, studio, pictures / "rose.png", SILENT), but=pictures / "rose.png")
    assert alike.pictures[0].path.name == "sunset.png"
    again = update(library, studio, SILENT)
    assert (again.read, again.unreadable, again.forgotten) == (0, 0, 0)


def test_a_picture_outside_the_library_can_be_asked_by(
    studio: Studio, library: Library, pictures: Path, tmp_path: Path
) -> None:
    library.add(pictures)
    update(library, studio, SILENT)
    Image.new("RGB", (30, 30), (45, 85, 205)).save(tmp_path / "outside.png")
    place = place_of(library, studio, tmp_path / "outside.png", SILENT)
    assert library.like(place).pictures[0].path.name == "lake.png"
    with pytest.raises(Trouble, match="cannot be looked at"):
        place_of(library, studio, pictures / "broken.png", SILENT)


def test_with_a_model_its_words_and_places_count_and_its_doubts_too(
    studio: Studio, library: Library, pictures: Path, tmp_path: Path
) -> None:
    library.add(pictures)
    update(library, studio, SILENT)
    private = new_key(studio.trust.artist_folder)
    studio.trust.refresh()
    tag_package(studio.shelf.installed, private)
    package = tagger(studio)
    assert package is not None
    assert [word.least for word in vocabulary(package)[-2:]] == [128, NEVER]
    found = update(library, studio, SILENT)
    assert found.read == 3, "what was known without the model is read again"
    sea = library.search(understand("sea", library.words).wanted)
    assert [one.path.name for one in sea.pictures] == ["lake.png"]
    assert library.search(understand("night", library.words).wanted[:1]).count == 0
    place = library.place(pictures / "lake.png")
    assert place is not None and place[2] == round(127 * 200 / 255) and not place[3:].any()


def test_what_was_read_stays_when_an_update_is_cancelled(studio: Studio, library: Library, pictures: Path) -> None:
    library.add(pictures)
    seen: list[float] = []

    def is_enough() -> bool:
        return any(fraction > 0.5 for fraction in seen)  # of four files, the third is under way

    with pytest.raises(Cancelled):
        update(library, studio, Progress(lambda fraction, note: seen.append(fraction), is_enough))
    before = library.count
    assert 0 < before < 3
    assert update(library, studio, SILENT).read == 3 - before
