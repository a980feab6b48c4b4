"""Laws of scores: flip twice is nothing, undone is the start, what is locked says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.documents.history import History
from gesso.documents.music import (
    Curve,
    ExchangeTake,
    Marker,
    ReplaceNotes,
    Score,
    Section,
    SetAutomation,
    SetScore,
    SetTrack,
    Take,
    Track,
    add_track,
    remove_track,
)
from gesso.documents.music.edits import AnyEdit, MoveTrack
from gesso.documents.music.score import BEND, Locked
from gesso.values import Beat
from gesso.values.music import Chord, Key, Lock, Metre, MetreMap, Note, Span, TempoMap


def note(onset: int, pitch: int, length: int = 1) -> Note:
    return Note(Beat.of(onset), pitch, Beat.of(length))


def span(start: int, end: int) -> Span:
    return Span(Beat.of(start), Beat.of(end))


def score() -> Score:
    """A tune of eight notes, a bass of two, drums without any."""
    tune = Track("tune", "Tune", notes={f"n{i}": note(i, 60 + i) for i in range(8)})
    bass = Track("bass", "Bass", program=32, notes={"b0": note(0, 36, 4), "b1": note(4, 43, 4)})
    drums = Track("drums", "Drums", is_drums=True)
    tracks = {track.id: track for track in (tune, bass, drums)}
    return Score("Piece", tracks=tracks, order=("tune", "bass", "drums"), active="tune")


EDITS: dict[str, Callable[[Score], AnyEdit]] = {
    "add notes": lambda s: ReplaceNotes.adding("tune", [note(9, 72), note(9, 76)]),
    "remove notes": lambda s: ReplaceNotes.removing("tune", ["n1", "n2"]),
    "change a note": lambda s: ReplaceNotes("bass", {"b0": note(0, 38, 2)}),
    "add a track": lambda s: add_track(Track("new", "New"), 1),
    "remove a track": lambda s: remove_track(s, "tune"),
    "move a track": lambda s: MoveTrack("drums", 0),
    "set a track": lambda s: SetTrack("bass", {"volume": 0.4, "muted": True, "locked": (Locked(span(0, 4)),)}),
    "automate": lambda s: SetAutomation("tune", Curve("cc11", ((Beat.of(0), 80), (Beat.of(2), 100)))),
    "bend": lambda s: SetAutomation("tune", Curve(BEND, ((Beat.of(1), -4000),))),
    "tempo": lambda s: SetScore({"tempo": TempoMap(((Beat.of(0), Fraction(90)),)), "title": "Slow"}),
    "metre": lambda s: SetScore({"metre": MetreMap(((Beat.of(0), Metre(3, 4)),))}),
    "key": lambda s: SetScore({"keys": ((Beat.of(0), Key(-3, "minor")),)}),
    "chords": lambda s: SetScore({"chords": (Chord(Beat.of(0), Beat.of(4), 0), Chord(Beat.of(4), Beat.of(4), 7))}),
    "sections": lambda s: SetScore({"sections": (Section(span(0, 8), "A"),), "markers": (Marker(Beat.of(2), "!"),)}),
    "take": lambda s: ExchangeTake("t", Take("t", "1", span(0, 4), {"tune": (note(0, 64),)})),
}


@pytest.mark.parametrize("name", EDITS)
def test_flip_twice_is_nothing(name: str) -> None:
    ours, before = score(), score()
    edit = EDITS[name](ours)
    edit.flip(ours)
    assert not ours.same_as(before)
    done = ours.snapshot()
    edit.flip(ours)
    assert ours.same_as(before)
    edit.flip(ours)
    assert ours.same_as(done) and edit.byte_size > 0


@given(st.lists(st.sampled_from(sorted(set(EDITS) - {"remove a track", "add a track"})), max_size=8))
def test_undone_is_the_start_and_redone_the_end(names: list[str]) -> None:
    ours, before = score(), score()
    history = History(ours)
    for name in names:
        history.apply(name, EDITS[name](ours))
    end = ours.snapshot()
    history.go_to(0)
    assert ours.same_as(before)
    history.go_to(len(names))
    assert ours.same_as(end)


def test_a_snapshot_stays_as_it_was() -> None:
    ours = score()
    kept = ours.snapshot()
    for name in EDITS:
        if name != "remove a track":
            EDITS[name](ours).flip(ours)
    assert kept.same_as(score())


def test_going_on_with_the_same_notes_costs_no_more() -> None:
    history = History(score())
    history.apply("Move", ReplaceNotes("tune", {"n0": note(1, 60)}))
    for place in range(2, 50):
        history.extend(ReplaceNotes("tune", {"n0": note(place, 60)}))
    assert history.last is not None and len(history.last.edits) == 1
    history.undo()
    assert history.document.same_as(score())


def test_a_change_says_which_time_and_track_it_concerns() -> None:
    ours = score()
    change = ReplaceNotes("tune", {"n3": note(20, 60, 2)}).flip(ours)
    assert change.span == span(3, 22) and change.track == "tune" and not change.structure


def test_a_locked_bar_locks_its_notes_and_lets_nothing_in() -> None:
    track = replace(score().tracks["tune"], locked=(Locked(span(2, 4)), Locked(span(6, 8), voice=1)))
    assert track.lock_of("n2") == track.lock_of("n3") == Lock.ALL
    assert track.lock_of("n1") == track.lock_of("n4") == track.lock_of("n6") == Lock.NONE
    assert not track.is_free(span(3, 5)) and track.is_free(span(4, 6))
    assert track.is_free(span(6, 8), voice=0) and not track.is_free(span(6, 8), voice=1)
    assert not track.is_free(span(6, 8))


def test_how_long_a_piece_is() -> None:
    assert Score().end == Beat.of(0) and Score().bars == 1
    assert score().end == Beat.of(8) and score().bars == 2
    ours = score()
    SetScore({"metre": MetreMap(((Beat.of(0), Metre(3, 4)),))}).flip(ours)
    assert ours.bars == 3


def test_what_a_score_does_not_have_cannot_be_set() -> None:
    with pytest.raises(ValueError):
        SetTrack("tune", {"notes": {}})
    with pytest.raises(ValueError):
        SetScore({"tracks": {}})
