"""MIDI files: what goes out comes in again, and nothing that comes in does harm."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import mido
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.documents.music import Curve, Marker, Score, Section, Track
from gesso.documents.music.score import BEND
from gesso.files.music import midi_bounds
from gesso.files.music.midi_bounds import bounded
from gesso.files.music.midi_reading import parse, read, text_of
from gesso.files.music.midi_writing import as_midi, losses, write
from gesso.values import Beat, Progress, Trouble
from gesso.values.music import Chord, Key, Lock, Metre, MetreMap, Note, Span, TempoMap

QUIET = Progress.silent()
BEATS = st.fractions(0, 64, max_denominator=12).map(Beat)
LENGTHS = st.fractions(Fraction(1, 12), 8, max_denominator=12).map(Beat)


def saved(score: Score) -> bytes:
    made = io.BytesIO()
    as_midi(score).save(file=made)
    return made.getvalue()


def again(score: Score) -> Score:
    return parse("piece.mid", saved(score), QUIET).score


def file_of(*tracks: bytes, format: int = 1, division: int = 96) -> bytes:
    """A MIDI file of raw tracks."""
    head = struct.pack(">4sIHHH", b"MThd", 6, format, len(tracks), division)
    return head + b"".join(struct.pack(">4sI", b"MTrk", len(track)) + track for track in tracks)


def one_track(*notes: Note, **more: object) -> Score:
    track = Track("t", "Melody", notes={f"{i}": note for i, note in enumerate(notes)}, **more)  # type: ignore[arg-type]
    return Score("Piece", tracks={"t": track}, order=("t",))


@st.composite
def tracks(draw: st.DrawFn) -> Track:
    """Notes that do not sound over others of their pitch, as MIDI can hold them."""
    notes, free = {}, dict[int, Beat]()
    for number in range(draw(st.integers(0, 12))):
        pitch = draw(st.integers(0, 127))
        onset = free.get(pitch, Beat.of(0)) + draw(BEATS)
        note = Note(onset, pitch, draw(LENGTHS), draw(st.integers(1, 127)))
        notes[f"{number}"], free[pitch] = note, note.end
    curves = []
    for name, low, high in (("cc1", 0, 127), ("cc64", 0, 127), (BEND, -8192, 8191)):
        points = draw(st.dictionaries(BEATS, st.integers(low, high), min_size=0, max_size=4))
        if points:
            curves.append(Curve(name, tuple(sorted(points.items()))))
    return Track(
        "",
        draw(st.sampled_from(["Flöte", "小提琴", "Bass 2"])),
        draw(st.integers(0, 127)),
        is_drums=draw(st.booleans()),
        notes=notes,
        curves=tuple(sorted(curves, key=lambda curve: curve.name)),
        volume=draw(st.integers(0, 127)) / 127,
        pan=draw(st.integers(-63, 63)) / 63,
        reverb=draw(st.integers(0, 127)) / 127,
    )


@given(st.lists(tracks(), min_size=1, max_size=20))
def test_tracks_come_back(given_tracks: list[Track]) -> None:
    kept = [track for track in given_tracks if track.notes or track.curves]
    score = Score(
        "曲",
        rights="© me",
        tracks={f"{i}": track for i, track in enumerate(kept)},
        order=tuple(f"{i}" for i in range(len(kept))),
    )
    found = again(score)
    assert found.title == "曲" and found.rights == "© me"
    assert [track.name for track in found.in_order()] == [track.name for track in kept]
    for ours, theirs in zip(kept, found.in_order(), strict=True):
        assert sorted(theirs.notes.values()) == sorted(ours.notes.values())
        assert (theirs.curves, theirs.program, theirs.is_drums) == (ours.curves, ours.program, ours.is_drums)
        assert (theirs.volume, theirs.pan, theirs.reverb) == pytest.approx((ours.volume, ours.pan, ours.reverb))


@st.composite
def maps(draw: st.DrawFn) -> Score:
    places = sorted(draw(st.sets(st.integers(1, 60), max_size=4)))
    tempos = [draw(st.integers(30, 300)) for _ in range(len(places) + 1)]
    keys = [Key(draw(st.integers(-7, 7)), draw(st.sampled_from(["major", "minor"]))) for _ in range(len(places) + 1)]
    beats = [Beat.of(0), *(Beat.of(place) for place in places)]
    metres = [(Beat.of(0), Metre(draw(st.integers(1, 9)), draw(st.sampled_from([2, 4, 8]))))]
    upbeat = Beat(metres[0][1].bar.value * draw(st.sampled_from([0, Fraction(1, 2), Fraction(1, 4)])))
    return Score(
        tempo=TempoMap(tuple(zip(beats, map(Fraction, tempos), strict=True))),
        keys=tuple(zip(beats, keys, strict=True)),
        metre=MetreMap(tuple(metres), upbeat),
        markers=tuple(Marker(beat, f"{beat}") for beat in beats),
    )


@given(maps())
def test_maps_come_back(score: Score) -> None:
    found = again(score)
    assert found.markers == score.markers
    for beat in [Beat.of(place) for place in range(64)]:
        assert found.key_at(beat) == score.key_at(beat)
        assert float(found.tempo.tempo(beat)) == pytest.approx(float(score.tempo.tempo(beat)), rel=1e-4)
        assert found.metre.bar(found.metre.bar_at(beat)) == score.metre.bar(score.metre.bar_at(beat))


def test_metre_changes_and_lyrics_come_back() -> None:
    score = one_track(Note(Beat.of(0), 60, Beat.of(1), lyric="Ky-"), Note(Beat.of(1), 62, Beat.of(1), lyric="rie"))
    score.metre = MetreMap(((Beat.of(0), Metre(3, 4)), (Beat.of(6), Metre(6, 8)), (Beat.of(12), Metre(4, 4))))
    found = again(score)
    assert found.metre == score.metre
    assert [note.lyric for note in sorted(found.tracks[found.order[0]].notes.values())] == ["Ky-", "rie"]


def test_twenty_instruments_keep_theirs_on_two_ports() -> None:
    tracks_ = {f"{i}": Track(f"{i}", f"T{i}", i, notes={"n": Note(Beat.of(0), 60, Beat.of(1))}) for i in range(20)}
    score = Score(tracks=tracks_, order=tuple(tracks_))
    assert [track.program for track in again(score).in_order()] == list(range(20))
    assert all(not track.is_drums for track in again(score).in_order())


def test_what_midi_cannot_hold_is_said() -> None:
    plain = one_track(Note(Beat.of(0), 60, Beat.of(1)))
    assert losses(plain) == ()
    note = Note(Beat.of(0), 60, Beat.of(4), voice=1, lock=Lock.PITCH)
    score = one_track(note, Note(Beat.of(1), 60, Beat.of(1)), Note(Beat.of(5, 10007), 62, Beat.of(1, 30011)))
    score.chords = (Chord(Beat.of(0), Beat.of(1), 0),)
    score.sections = (Section(Span(Beat.of(0), Beat.of(4)), "A"),)
    score.keys = ((Beat.of(0), Key(0, "dorian")),)
    said = [note.template for note in losses(score)]
    assert len(said) == len(set(said)) == 7
    track = again(score).tracks
    assert sum(len(one.notes) for one in track.values()) == 3


def test_a_file_is_written_whole_and_not_over_another(tmp_path: Path) -> None:
    score = one_track(Note(Beat.of(0), 60, Beat.of(1)))
    assert write(score, tmp_path / "曲 é.mid") == ()
    assert read(tmp_path / "曲 é.mid").score.title == "Piece"
    with pytest.raises(Trouble, match="already there"):
        write(score, tmp_path / "曲 é.mid")
    write(score, tmp_path / "曲 é.mid", overwrite=True)
    assert [path.name for path in tmp_path.iterdir()] == ["曲 é.mid"]


# --- what others write -------------------------------------------------------------------------------------------


def test_running_status_goes_on_across_a_meta_event() -> None:
    track = b"\x00\x90\x3c\x40" + b"\x10\xff\x01\x02hi" + b"\x10\x3c\x00" + b"\x00\xff\x2f\x00"
    notes = next(iter(parse("a.mid", file_of(track), QUIET).score.tracks.values())).notes
    assert [note.length for note in notes.values()] == [Beat.of(32, 96)]


def test_type_0_is_taken_apart_by_channel_and_the_tenth_is_drums() -> None:
    track = b"".join(bytes((0, 0x90 | channel, 60, 64)) for channel in (0, 3, 9))
    track += b"".join(bytes((96 if not n else 0, 0x80 | channel, 60, 0)) for n, channel in enumerate((0, 3, 9)))
    score = parse("a.mid", file_of(track + b"\x00\xff\x2f\x00", format=0), QUIET).score
    assert [track.is_drums for track in score.in_order()] == [False, False, True]


def test_a_broken_track_keeps_what_stands_before_and_a_wrong_length_is_no_length() -> None:
    whole = b"\x00\x90\x3c\x40\x60\x80\x3c\x00"
    for end in (
        b"\x00\xff\x51\xff\xff\xff\x7f",
        b"\x00\x90\x3c",
        b"\x00\xff\x01\x8f\xff\xff\x7f",
        b"\x80\x80\x80\x80\x80\x00",
    ):
        found = parse("a.mid", file_of(whole + end), QUIET)
        assert len(next(iter(found.score.tracks.values())).notes) == 1
        assert any(note.template == midi_bounds.CUT for note in found.notes)
    huge = bytearray(file_of(whole + b"\x00\xff\x2f\x00"))
    huge[18:22] = b"\xff\xff\xff\xff"
    assert len(next(iter(parse("a.mid", bytes(huge), QUIET).score.tracks.values())).notes) == 1


def test_a_note_that_never_ends_lasts_to_the_end_and_one_of_no_length_is_heard() -> None:
    track = b"\x00\x90\x3c\x40\x00\x90\x40\x40\x00\x80\x40\x00\x60\xff\x2f\x00"
    found = parse("a.mid", file_of(track), QUIET)
    assert sorted(note.length for note in next(iter(found.score.tracks.values())).notes.values()) == [
        Beat.of(1, 96), Beat.of(1),
    ]  # fmt: skip
    assert len(found.notes) == 1


def test_frames_a_second_instead_of_beats() -> None:
    track = b"\x00\x90\x3c\x40\x28\x80\x3c\x00\x00\xff\x2f\x00"  # 40 ticks of 25 frames by 40 ticks: 40 ms
    score = parse("a.mid", file_of(track, division=0xE728), QUIET).score
    note = next(iter(next(iter(score.tracks.values())).notes.values()))
    assert score.tempo.seconds(note.end) == Fraction(1, 25)


@pytest.mark.parametrize(("raw", "text"), [
    ("小提琴".encode(), "小提琴"), ("小提琴".encode("gb18030"), "小提琴"), ("Flöte".encode("latin-1"), "Flöte"),
    (b"Piano\0", "Piano"), ("São é".encode("latin-1"), "São é"),
])  # fmt: skip
def test_names_are_read_however_they_were_written(raw: bytes, text: str) -> None:
    assert text_of(raw.decode("latin-1")) == text


# --- what cannot be opened ---------------------------------------------------------------------------------------

END = b"\x00\xff\x2f\x00"
WRONG: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "no MIDI": lambda: b"GIF89a" + bytes(40),
    "no ticks": lambda: file_of(END, division=0),
    "no ticks to a frame": lambda: file_of(END, division=0xE700),
    "kind 7": lambda: file_of(END, format=7),
    "no track": lambda: file_of(),
    "too long": lambda: file_of(b"\x00\x90\x3c\x40" + b"\xff\xff\xff\x7f\x80\x3c\x00" * 30 + END, division=1),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_opened_is_said_in_a_sentence(name: str, tmp_path: Path) -> None:
    (tmp_path / "x.mid").write_bytes(WRONG[name]())
    with pytest.raises(Trouble) as caught:
        read(tmp_path / "x.mid")
    assert "x.mid" in str(caught.value)
    assert (tmp_path / "x.mid").read_bytes() == WRONG[name]()


def test_too_many_tracks_events_and_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(midi_bounds, "MOST_TRACKS", 3)
    monkeypatch.setattr(midi_bounds, "MOST_EVENTS", 10)
    monkeypatch.setattr(midi_bounds, "MOST_BYTES", 4000)
    for content in (file_of(*[END] * 4), file_of(b"\x00\x90\x3c\x40" * 11 + END), file_of(bytes(5000))):
        with pytest.raises(Trouble):
            bounded("x.mid", content)


@given(st.binary(max_size=300))
def test_any_bytes_after_a_head_are_read_or_refused(tail: bytes) -> None:
    head = struct.pack(">4sIHHH", b"MThd", 6, 1, 1, 96)
    for content in (head + tail, file_of(tail)):
        try:
            parse("x.mid", content, QUIET)
        except Trouble:
            continue


@given(st.data())
def test_a_sound_file_with_flipped_bytes_is_read_or_refused(data: st.DataObject) -> None:
    score = one_track(
        *(Note(Beat.of(i, 2), 60 + i, Beat.of(1)) for i in range(8)), curves=(Curve(BEND, ((Beat.of(1), 7),)),)
    )
    content = bytearray(saved(score))
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        parse("x.mid", bytes(content), QUIET)
    except Trouble:
        return


@given(st.binary(max_size=200))
def test_what_is_gone_over_is_plain_to_any_library(tail: bytes) -> None:
    try:
        plain = bounded("x.mid", file_of(tail)).content
    except Trouble:
        return
    assert bounded("x.mid", plain).content == plain
    mido.MidiFile(file=io.BytesIO(plain))
