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
from gesso.documents.painting.edits import ReplaceTiles, SetCanvas, SetProperty, add_layer
from gesso.documents.painting.locks import check_paintable
from gesso.documents.painting.text import ALIGNMENTS, DIRECTIONS, Run, SetText, Style
from gesso.files import losses, project
from gesso.files.session import Session, recover
from gesso.values import Box, Size, Trouble

finite = st.floats(-1e6, 1e6, allow_nan=False)
styles = st.builds(
    Style,
    family=st.text(max_size=20),
    size_px=st.floats(1, 5000),
    weight=st.integers(1, 1000),
    italic=st.booleans(),
    underline=st.booleans(),
    colour=st.tuples(*[st.floats(0, 1)] * 3),
    spacing=st.floats(-0.5, 2),
)
plain = st.builds(
    Text,
    string=st.text(max_size=40) | st.text("ab\n", max_size=40),
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
    underline=st.booleans(),
    vertical=st.booleans(),
)
places = st.integers(0, 40)


@st.composite
def styled(draw: st.DrawFn) -> Text:
    """A text some of whose letters have styles of their own."""
    text = draw(plain)
    for start, end, style in draw(st.lists(st.tuples(places, places, styles), max_size=4)):
        text = text.styled(min(start, end), max(start, end), **vars(style))
    for start, end, alignment in draw(st.lists(st.tuples(places, places, st.sampled_from(ALIGNMENTS)), max_size=3)):
        start, end = sorted(min(place, len(text.string)) for place in (start, end))
        text = text.aligned(start, end, alignment)
    return text


texts = plain | styled()


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
        {"line_height": 0.0}, {"string": "a" * 100_001}, {"string": "ab", "runs": (Run(1, 3, Style()),)},
        {"string": "abc", "runs": (Run(0, 2, Style()), Run(1, 3, Style()))}, {"string": "ab", "runs": ((0, 1),)}, {"string": "ab", "runs": (Run(0.5, 2, Style()),)},
        {"string": "a\nb", "paragraphs": ("start",)}, {"string": "a\nb", "paragraphs": ("start", "left")},
        {"string": "a\nb", "paragraphs": ("end", "start")}, {"string": "a\nb", "paragraphs": ("start", "start")},
        {"string": "ab", "runs": (Run(1, 1, Style()),)}, {"colour": (float("inf"), 0.0, 0.0)},
    ],
)  # fmt: skip
def test_what_no_text_is_like_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match="impossible text"):
        Text(**wrong)


@pytest.mark.parametrize("wrong", [{"size_px": 0.5}, {"weight": 1001}, {"colour": (0.0,)}, {"spacing": float("nan")}])
def test_what_no_letters_are_like_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match="impossible text"):
        Style(**wrong)


def each(text: Text) -> list[tuple[str, Style]]:
    """Every letter with its style."""
    return [(text.string[place], run.style) for run in text.pieces for place in range(run.start, run.end)]


@given(styled())
def test_pieces_cover_every_letter_once_and_neighbours_differ(text: Text) -> None:
    assert "".join(sign for sign, _ in each(text)) == text.string
    assert all(a.style != b.style for a, b in zip(text.pieces, text.pieces[1:], strict=False))
    assert all(run.style != text.style for run in text.runs) or not text.runs


@given(texts, places, places, styles)
def test_a_style_is_that_of_the_chosen_letters_and_of_no_others(text: Text, start: int, end: int, style: Style) -> None:
    start, end = sorted(min(place, len(text.string)) for place in (start, end))
    before, after = each(text), each(text.styled(start, end, **vars(style)))
    assert after == [*before[:start], *((sign, style) for sign, _ in before[start:end]), *before[end:]]


@given(texts, places, places, st.text(max_size=5))
def test_what_is_written_takes_the_style_of_what_it_replaces_or_follows(
    text: Text, start: int, end: int, string: str
) -> None:
    start, end = sorted(min(place, len(text.string)) for place in (start, end))
    before = each(text)
    style = before[start if start < end else max(start - 1, 0)][1] if before else text.style
    after = text.written(start, end, string)
    assert each(after) == [*before[:start], *((sign, style) for sign in string), *before[end:]]
    assert after.placement.tolist() == text.placement.tolist()
    assert len(after.alignments) == after.string.count("\n") + 1 and {*after.alignments} <= {*text.alignments}
    given_style = Style("G", 77.0)
    assert each(text.written(start, end, string, given_style))[start : start + len(string)] == [
        (sign, given_style) for sign in string
    ]


def rows(text: Text) -> list[tuple[str, str]]:
    """Every paragraph with its alignment."""
    return list(zip(text.string.split("\n"), text.alignments, strict=True))


@given(texts, places, places, st.sampled_from(ALIGNMENTS))
def test_an_alignment_is_that_of_the_paragraphs_that_are_meant_and_of_no_others(
    text: Text, start: int, end: int, alignment: str
) -> None:
    start, end = sorted(min(place, len(text.string)) for place in (start, end))
    after = text.aligned(start, end, alignment)
    first, last = text.string.count("\n", 0, start), text.string.count("\n", 0, end)
    last -= int(start < end and text.string[end - 1] == "\n")
    wanted = [(row, alignment if first <= place <= last else was) for place, (row, was) in enumerate(rows(text))]
    assert rows(after) == wanted and each(after) == each(text)
    assert after.alignments_within(start, end) == (alignment,)
    assert after.restyled(alignment=alignment).paragraphs == ()


def test_paragraphs_that_are_written_go_on_as_the_one_before_and_joined_ones_are_as_the_first() -> None:
    text = Text("one\ntwo\nthree").aligned(4, 4, "centre").aligned(9, 9, "end")
    assert rows(text) == [("one", "start"), ("two", "centre"), ("three", "end")]
    assert rows(text.written(7, 7, "\nx\ny"))[1:4] == [("two", "centre"), ("x", "centre"), ("y", "centre")]
    assert rows(text.written(7, 8, "")) == [("one", "start"), ("twothree", "centre")], "Delete at the end of a line"
    assert rows(text.written(4, 8, "")) == [("one", "start"), ("three", "end")], "a whole line rubbed out"
    assert rows(text.written(0, 9, "x")) == [("xhree", "start")]
    assert text.written(0, len(text.string), "").paragraphs == ()


def test_paragraphs_that_differ_are_kept_and_others_are_written_as_they_always_were() -> None:
    text = Text("one\ntwo").aligned(4, 7, "end")
    written = encode(text, lambda tile: "")
    assert written["paragraphs"] == ["start", "end"] and "alignment" not in written
    assert decode(written, lambda name: np.zeros((1, 1, 4))) == text
    even = text.aligned(0, 7, "centre")
    assert encode(even, lambda tile: "") == {"$": "Text", "string": "one\ntwo", "alignment": "centre"}


@given(texts)
def test_one_style_for_all_is_that_of_the_text(text: Text) -> None:
    even = text.restyled(family="F", size_px=20.0, weight=300, italic=True, underline=False, colour=(0.1, 0.2, 0.3),
                         spacing=0.0)  # fmt: skip
    assert even.runs == () and even.style == Style("F", 20.0, 300, True, False, (0.1, 0.2, 0.3))
    assert text.styled(0, len(text.string), **vars(even.style)).runs == ()


def test_other_fonts_for_some_that_are_missing() -> None:
    text = Text("one two", "").styled(0, 3, family="Nobody").styled(4, 7, weight=700)
    found = text.in_families({"": "Sans", "Nobody": "Sans"})
    assert found.family == "Sans" and [(run.start, run.end, run.style.weight) for run in found.runs] == [(4, 7, 700)]
    assert {style.family for style in found.styles} == {"Sans"} and found.in_families({"": "Serif"}) == found


def test_a_size_for_all_leaves_the_colours_of_each() -> None:
    text = Text("red and blue").styled(0, 3, colour=(1.0, 0.0, 0.0)).styled(8, 12, colour=(0.0, 0.0, 1.0))
    larger = text.restyled(size_px=90.0, line_height=2.0)
    assert [(run.start, run.end, run.style.colour) for run in larger.runs] == [
        (0, 3, (1.0, 0.0, 0.0)), (8, 12, (0.0, 0.0, 1.0)),
    ]  # fmt: skip
    assert {style.size_px for style in larger.styles} == {90.0} and larger.line_height == 2.0
    assert larger.within(0, 3) == (larger.runs[0].style,) and len(larger.within(2, 9)) == 3


def test_a_text_of_one_style_is_written_as_it_always_was_and_an_old_one_is_read() -> None:
    written = encode(Text("one", "Serif", 20.0), lambda tile: "")
    assert written == {"$": "Text", "string": "one", "family": "Serif", "size_px": 20.0}
    old = {
        "$": "Text", "string": "画", "family": "Nobody Sans", "size_px": 30.0, "weight": 700, "italic": True,
        "colour": [1.0, 0.0, 0.5], "alignment": "justify", "line_height": 1.5, "spacing": 0.1, "direction": "rtl",
        "width_px": 90.0, "antialias": False, "matrix": [1.0, 0.0, 0.0, 1.0, 5.0, 6.0],
    }  # fmt: skip
    found = decode(old, lambda name: np.zeros((1, 1, 4)))
    assert found == Text("画", "Nobody Sans", 30.0, 700, True, (1.0, 0.0, 0.5), "justify", 1.5, 0.1, "rtl", 90.0, False,
                         (1.0, 0.0, 0.0, 1.0, 5.0, 6.0))  # fmt: skip


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


def grown(history: History[Painting], words: list[str]) -> None:
    """A text that grows with each word, in one step, its pixels elsewhere each time."""
    id = history.document.active
    for number, word in enumerate(words):
        layer = history.document.layer(id)
        assert layer.text is not None
        text = layer.text.written(len(layer.text.string), len(layer.text.string), word)
        pixels = np.full((1, 1, 4), 10 + number, np.uint8)
        edits = [ReplaceTiles.of(layer, Box(number % 60, number % 40, 1, 1), pixels), SetText(id, text),
                 SetProperty(id, "name", word)]  # fmt: skip
        if number == 0:
            history.apply("Edit text", *edits)
        else:
            history.extend(*edits)


def test_what_goes_on_is_one_step_back_and_forth_and_costs_no_more_and_more() -> None:
    history = History(lettered(Text("one")))
    before = history.document.snapshot()
    grown(history, ["a"])
    size = history.byte_size
    history.undo()
    grown(history, [f" {number}" for number in range(50)])
    after = history.document.snapshot()
    assert history.titles == ["Edit text"] and history.byte_size < size + 2000
    history.undo()
    assert history.document.same_as(before)
    history.redo()
    assert history.document.same_as(after)


def test_what_came_to_nothing_is_withdrawn_for_good() -> None:
    history = History(lettered(Text("one")))
    before = history.document.snapshot()
    grown(history, ["a", "b"])
    history.withdraw()
    assert history.document.same_as(before) and history.titles == [] and not history.can_redo


def test_more_of_a_step_that_the_disk_refuses_is_taken_back_and_the_step_stays() -> None:
    history = History(lettered(Text("one")))
    grown(history, ["a"])
    before = history.document.snapshot()

    def refuse(what: str, transaction: object) -> None:
        assert what == "more"
        raise Trouble("full", "safe", "next")

    history.journal(refuse)
    with pytest.raises(Trouble):
        history.extend(SetText(history.document.active, Text("two")))
    assert history.document.same_as(before) and history.titles == ["Edit text"] and history.can_undo


@pytest.mark.parametrize("steps", ["", "u", "ur", "uu", "uur", "uurr"])
def test_a_journal_follows_a_step_that_grew(steps: str, tmp_path: Path) -> None:
    session = Session.begin(tmp_path, lettered(Text("one")), None)
    history = session.history
    history.apply("Rename", SetProperty(history.document.active, "name", "title"))
    grown(history, [" two", " three", " four"])
    for step in steps:
        history.undo() if step == "u" else history.redo()
    session.let_go()
    assert recover(session.path).painting.same_as(history.document)


def test_a_journal_follows_a_step_that_was_withdrawn(tmp_path: Path) -> None:
    session = Session.begin(tmp_path, lettered(Text("one")), None)
    grown(session.history, [" two", " three"])
    session.history.withdraw()
    grown(session.history, [" four"])
    session.let_go()
    assert recover(session.path).painting.same_as(session.history.document)
