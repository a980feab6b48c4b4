"""Laws of beats, bars, seconds, keys and chords."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.values import Beat
from gesso.values.music import KINDS, Chord, Key, Lock, Metre, MetreMap, Note, Span, TempoMap, moved
from gesso.values.music.key import MODES, spelled

beats = st.fractions(0, 200, max_denominator=48).map(Beat)
lengths = st.fractions(Fraction(1, 48), 16, max_denominator=48).map(Beat)
metres = st.builds(Metre, st.integers(1, 13), st.sampled_from([2, 4, 8, 16]))


def _increasing(values: list[Fraction]) -> list[Beat]:
    found, total = [Beat.of(0)], Fraction(0)
    for value in values:
        total += value
        found.append(Beat(total))
    return found


gaps = st.lists(st.fractions(Fraction(1, 8), 20, max_denominator=16), max_size=5)


@st.composite
def tempo_maps(draw: st.DrawFn) -> TempoMap:
    places = _increasing(draw(gaps))
    tempos = [draw(st.fractions(20, 400, max_denominator=100)) for _ in places]
    return TempoMap(tuple(zip(places, tempos, strict=True)))


@st.composite
def metre_maps(draw: st.DrawFn) -> MetreMap:
    places = _increasing(draw(gaps))
    found = [draw(metres) for _ in places]
    upbeat = draw(st.fractions(0, 1, max_denominator=8)) * found[0].bar.value * Fraction(7, 8)
    return MetreMap(tuple(zip(places, found, strict=True)), Beat(upbeat))


@given(tempo_maps(), beats)
def test_a_beat_comes_at_a_second_and_that_second_at_the_beat(tempo: TempoMap, beat: Beat) -> None:
    assert tempo.beat(tempo.seconds(beat)) == beat


@given(tempo_maps(), beats, lengths)
def test_later_beats_come_later_by_their_tempo(tempo: TempoMap, beat: Beat, length: Beat) -> None:
    passed = tempo.seconds(beat + length) - tempo.seconds(beat)
    speeds = [change[1] for change in tempo.changes]
    assert length.seconds(max(speeds)) <= passed <= length.seconds(min(speeds))


def test_half_the_tempo_from_beat_four_on() -> None:
    tempo = TempoMap(((Beat.of(0), Fraction(120)), (Beat.of(4), Fraction(60))))
    assert tempo.seconds(Beat.of(4)) == 2 and tempo.seconds(Beat.of(6)) == 4
    assert tempo.beat(Fraction(3)) == Beat.of(5)


@given(metre_maps(), beats)
def test_every_beat_lies_in_its_bar_and_bars_leave_no_gap(metre: MetreMap, beat: Beat) -> None:
    number = metre.bar_at(beat)
    assert beat in metre.bar(number)
    assert metre.bar(number).end == metre.bar(number + 1).start
    assert metre.bar(number).length <= metre.metre(metre.bar(number).start).bar


@given(metre_maps())
def test_a_metre_change_begins_a_bar(metre: MetreMap) -> None:
    for beat, _ in metre.changes:
        if beat == Beat.of(0) or beat > metre.upbeat:
            assert metre.bar(metre.bar_at(beat)).start == beat
    assert metre.bar(0).start == Beat.of(0)
    assert metre.upbeat == Beat.of(0) or metre.bar(0).length <= metre.upbeat


def test_an_upbeat_is_bar_nought_and_three_four_goes_on_from_there() -> None:
    metre = MetreMap(((Beat.of(0), Metre(3, 4)),), upbeat=Beat.of(1))
    assert metre.bar(0) == Span(Beat.of(0), Beat.of(1)) and metre.bar(2) == Span(Beat.of(4), Beat.of(7))
    assert metre.bar_at(Beat.of(1)) == 1


def test_what_is_counted_in_six_eight_is_a_dotted_quarter() -> None:
    assert Metre(6, 8).pulse == Beat.of(3, 2) and Metre(3, 8).pulse == Beat.of(1, 2) and Metre(3, 4).pulse == Beat.of(1)


@given(st.integers(-7, 7), st.sampled_from(list(MODES)), st.integers(0, 127))
def test_a_spelling_names_its_pitch_and_the_scale_needs_no_accidentals(fifths: int, mode: str, pitch: int) -> None:
    key = Key(fifths, mode)
    found = key.spelling(pitch)
    assert 7 * found % 12 == pitch % 12
    signature = range(fifths - 1, fifths + 6)
    assert all((key.spelling(one) in signature) == (one % 12 in key.scale) for one in range(12))


def test_keys_and_notes_by_name() -> None:
    assert (
        Key(-3, "minor").name() == "C minor" and Key(6).name() == "F♯ major" and Key(2, "dorian").name() == "E dorian"
    )
    assert [spelled(Key(0).spelling(pitch)) for pitch in (60, 61, 63, 66, 70)] == ["C", "C♯", "E♭", "F♯", "B♭"]
    assert Key(-5).scale[0] == 1 and spelled(-7) == "C♭" and spelled(13) == "F♯♯"


@given(st.integers(0, 11), st.sampled_from(list(KINDS)))
def test_a_chord_holds_its_root_and_another_bass(root: int, kind: str) -> None:
    chord = Chord(Beat.of(0), Beat.of(4), root, kind)
    assert root in chord.pitch_classes and len(chord.pitch_classes) == len(KINDS[kind])
    assert (root + 1) % 12 in Chord(Beat.of(0), Beat.of(4), root, kind, (root + 1) % 12).pitch_classes


@given(beats, lengths, st.integers(12, 100), st.integers(-12, 12))
def test_a_note_moved_there_and_back_is_the_same_but_for_its_spelling(
    onset: Beat, length: Beat, pitch: int, by: int
) -> None:
    note = Note(onset, pitch, length, fifths=Key(0).spelling(pitch), lock=Lock.PITCH)
    back = moved(moved(note, length, by), Beat.of(0) - length, -by)
    assert (back.onset, back.pitch, back.length, back.lock) == (onset, pitch, length, Lock.PITCH)
    assert back.fifths == (note.fifths if by == 0 else None)


@pytest.mark.parametrize("wrong", [
    lambda: Note(Beat.of(0), 128, Beat.of(1)),
    lambda: Note(Beat.of(-1), 60, Beat.of(1)),
    lambda: Note(Beat.of(0), 60, Beat.of(0)),
    lambda: Note(Beat.of(0), 60, Beat.of(1), velocity=0),
    lambda: Span(Beat.of(2), Beat.of(1)),
    lambda: TempoMap(((Beat.of(1), Fraction(120)),)),
    lambda: TempoMap(((Beat.of(0), Fraction(0)),)),
    lambda: MetreMap(((Beat.of(0), Metre()), (Beat.of(0), Metre()))),
    lambda: MetreMap(upbeat=Beat.of(4)),
    lambda: Metre(4, 3),
    lambda: Key(8),
    lambda: Key(0, "blues"),
    lambda: Chord(Beat.of(0), Beat.of(1), 12),
    lambda: Chord(Beat.of(0), Beat.of(1), 0, "weird"),
    lambda: MetreMap().bar(-1),
])  # fmt: skip
def test_what_cannot_be_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ValueError):
        wrong()
