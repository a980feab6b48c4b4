"""Text layers as part of a painting: their edits go back to the bit, files keep them, what they cannot be is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.documents.history import History
from gesso.documents.painting import Layer, Painting, Text, Tiles, merging, new_id
from gesso.documents.painting.beside import Along
from gesso.documents.painting.codec import decode, encode
from gesso.documents.painting.edits import SetCanvas, add_layer
from gesso.documents.painting.locks import check_paintable
from gesso.documents.painting.text import ALIGNMENTS, DIRECTIONS, SetText
from gesso.files import losses, project
from gesso.files.session import Session, recover
from gesso.values import Size, Trouble

finite = st.floats(-1e6, 1e6, allow_nan=False)
texts = st.builds(
    Text,
    string=st.text(max_size=40),
    family=st.text(max_size=20),
    size_px=st.floats(1, 5000),
    weight=st.integers(1, 1000),
    italic=st.booleans(),
    colour=st.tuples(*[st.floats(0, 1)] * 3),
    alignment=st.sampled_from(ALIGNMENTS),
    line_height=st.floats(0.5, 4),
    spacing=st.floats(-0.5, 2),
    direction=st.sampled_from(DIRECTIONS),
    width_px=st.none() | st.floats(1, 10_000),
    antialias=st.booleans(),
    matrix=st.tuples(*[finite] * 6),
)


def lettered(text: Text) -> Painting:
    """A text layer, with pixels that no font could have made, above a ground."""
    painting = Painting.from_array(np.full((40, 60, 4), 200, np.uint8), "ground")
    pixels = np.random.default_rng(5).integers(0, 256, (40, 60, 4)).astype(np.uint8)
    layer = Layer(new_id(), "letters", tiles=Tiles.from_array(pixels), text=text)
    for edit in add_layer(painting, layer):
        edit.flip(painting)
    return painting


@given(texts, st.none() | texts)
def test_another_text_is_taken_back_to_the_bit(text: Text, other: Text | None) -> None:
    painting = lettered(text)
    before = painting.snapshot()
    edit = SetText(painting.active, other)
    edit.flip(painting)
    assert painting.layer(painting.active).text == other
    edit.flip(painting)
    assert painting.same_as(before)


@given(texts)
def test_a_text_is_the_same_after_it_was_written_down(text: Text) -> None:
    assert decode(encode(text, lambda tile: ""), lambda name: np.zeros((1, 1, 4))) == text


def test_a_layer_without_a_text_is_written_as_it_always_was() -> None:
    layer = Layer("a", "plain", tiles=Tiles(Size(4, 4)))
    assert "text" not in encode(layer, lambda tile: "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"size_px": 0.0}, {"size_px": float("nan")}, {"alignment": "left"}, {"direction": "up"}, {"weight": 0},
        {"matrix": (1.0, 0.0)}, {"matrix": (float("inf"), 0.0, 0.0, 1.0, 0.0, 0.0)}, {"width_px": -3.0},
        {"line_height": 0.0}, {"string": "a" * 100_001},
    ],
)  # fmt: skip
def test_what_no_text_is_like_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match="impossible text"):
        Text(**wrong)


def test_a_project_keeps_the_text_and_the_pixels_of_a_font_that_is_missing(tmp_path: Path) -> None:
    painting = lettered(Text("你好", "No such family", matrix=(0.5, 0.1, -0.1, 0.5, 7.0, 9.0)))
    project.save(painting, tmp_path / "letters.gesso")
    assert project.load(tmp_path / "letters.gesso").same_as(painting)


def test_a_killed_session_comes_back_with_its_text(tmp_path: Path) -> None:
    session = Session.begin(tmp_path, lettered(Text("one")), None)
    history = session.history
    id = history.document.active
    history.apply("Edit text", SetText(id, Text("two", size_px=20.0)))
    session.let_go()
    painting = recover(session.path).painting
    assert painting.layer(id).text == Text("two", size_px=20.0)
    assert painting.same_as(history.document)


def test_letters_are_not_painted_on(tmp_path: Path) -> None:
    painting = lettered(Text("one"))
    with pytest.raises(Trouble, match="is a text layer"):
        check_paintable(painting, painting.active)


def test_what_is_lifted_off_a_text_is_pixels() -> None:
    painting = lettered(Text("one"))
    edits = merging.layer_from_selection(painting, painting.active, "copy", cut=False)
    for edit in edits:
        edit.flip(painting)
    assert painting.active_layer is not None and painting.active_layer.text is None


def test_a_text_goes_along_when_the_canvas_is_turned_and_back() -> None:
    painting = lettered(Text("one", matrix=(1.0, 0.0, 0.0, 1.0, 5.0, 6.0)))
    before, id = painting.snapshot(), painting.active
    matrix = np.array([[0.0, -2.0, 80.0], [2.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
    size = Size(80, 120)
    layers = {layer.id: Tiles(size) for layer in painting.layers()}
    masks = dict.fromkeys(painting.nodes)
    history = History(painting)
    history.apply("Turn", SetCanvas(size, layers, masks, None, Along.by(painting, size, matrix)))
    text = painting.layer(id).text
    assert text is not None and text.matrix == pytest.approx((0, 2, -2, 0, 68, 10))
    history.undo()
    assert painting.same_as(before)


def test_a_perspective_is_no_place_for_a_text() -> None:
    matrix = np.eye(3)
    matrix[2, 0] = 0.01
    with pytest.raises(ValueError, match="perspective"):
        Text("one").placed(matrix)


@pytest.mark.parametrize("suffix", [".psd", ".ora", ".png", ".jpg", ".tiff", ".webp", ".pdf"])
def test_every_other_format_says_that_letters_become_pixels(suffix: str) -> None:
    painting = lettered(Text("one"))
    said = [
        note.sentence(lambda template, **values: template.format(**values))
        for note in losses.losses(painting, Path(f"a{suffix}"))
    ]
    assert sum("letters of “letters”" in sentence for sentence in said) == 1
    plain = replace(painting.layer(painting.active), text=None)
    painting.nodes[plain.id] = plain
    assert not any("letters of" in note.sentence(str.format) for note in losses.losses(painting, Path(f"a{suffix}")))


def test_a_layer_is_called_by_how_its_text_begins() -> None:
    assert Text("\n  Hello \nworld").name == "Hello"
    assert Text("x" * 50).name == "x" * 31 + "…"
    assert Text("  ").name == ""
