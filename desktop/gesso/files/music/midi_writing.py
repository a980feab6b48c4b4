"""Scores -> Standard MIDI Files of type 1, and what MIDI cannot hold of them."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import mido

from gesso.documents.music import Score, Track
from gesso.documents.music.score import BEND, DRUM_CHANNEL
from gesso.files.disk import atomically, refuse_existing
from gesso.files.music.midi_reading import BANK, PAN, PRESSURE, PROGRAM, REVERB, VOLUME
from gesso.values import Beat, Note, mark
from gesso.values import music as m
from gesso.values.music.key import spelled
from gesso.values.music.note import ZERO

USUAL_TICKS, MOST_TICKS = 480, 32767
CHANNELS = tuple(channel for channel in range(16) if channel != DRUM_CHANNEL)
ORDER = {"off": 0, "meta": 1, "setting": 2, "on": 3}
"""At one tick: what ends before what begins, and a sound is chosen before it is heard."""
CHORDS = mark("MIDI holds no chord symbols.")
SECTIONS = mark("MIDI holds sections as markers, without their ends.")
LOCKS = mark("MIDI holds no locks.")
TAKES = mark("MIDI holds no takes: only what stands in the score is written.")
VOICES = mark("MIDI holds no voices inside a track.")
ROUNDED = mark("Some notes lie between the ticks of a MIDI file: they are moved by less than a thousandth of a second.")
OVER = mark("{count} notes that sound over others of the same pitch on their track are cut short.")
MODES = mark("MIDI knows major and minor keys only: others are written as the major key of the same signature.")


def write(score: Score, path: Path, *, overwrite: bool = False) -> tuple[Note, ...]:
    """Write a type 1 file and say what it does not hold. Raises `Trouble`."""
    refuse_existing(path, overwrite)
    made = io.BytesIO()
    as_midi(score).save(file=made)

    def fill(file: BinaryIO) -> None:
        file.write(made.getvalue())

    atomically(path, overwrite, fill)
    return losses(score)


def losses(score: Score) -> tuple[Note, ...]:
    """What MIDI cannot hold of a score; empty when nothing is lost."""
    notes = [note for track in score.tracks.values() for note in track.notes.values()]
    over = sum(len(track.notes) - len(list(_uncovered(track))) + _cut(track) for track in score.tracks.values())
    found = (
        (CHORDS, bool(score.chords)),
        (SECTIONS, bool(score.sections)),
        (LOCKS, any(note.lock for note in notes) or any(track.locked for track in score.tracks.values())),
        (TAKES, bool(score.takes)),
        (VOICES, any(note.voice for note in notes)),
        (ROUNDED, not _is_exact(score)),
        (MODES, any(key.mode not in ("major", "minor") for _, key in score.keys)),
    )
    lost = [Note(template, {}) for template, is_lost in found if is_lost]
    return (*lost, *([Note(OVER, {"count": over})] if over else []))


def _beats(score: Score) -> Iterator[Beat]:
    for track in score.tracks.values():
        for note in track.notes.values():
            yield note.onset
            yield note.end
        for curve in track.curves:
            yield from (beat for beat, _ in curve.points)
    for changes in (score.tempo.changes, score.metre.changes, score.keys):
        yield from (beat for beat, _ in changes)
    yield score.metre.upbeat
    yield from (marker.beat for marker in score.markers)
    yield from (section.span.start for section in score.sections)


def _ticks(score: Score) -> tuple[int, bool]:
    """Ticks to a quarter note in which every beat is whole, where that is possible; and whether it is."""
    least = 1
    for beat in _beats(score):
        least = math.lcm(least, beat.value.denominator)
        if least > MOST_TICKS:
            return 10080, False  # what most divisors have in common: 2 to the 5th, 3 squared, 5, 7
    return least * max(1, -(-USUAL_TICKS // least)) if least < USUAL_TICKS else least, True


def _is_exact(score: Score) -> bool:
    return _ticks(score)[1]


def _uncovered(track: Track) -> Iterator[m.Note]:
    """Notes in order; of two that begin together at one pitch the longer, and each ends where the next of its pitch begins."""
    by_pitch: dict[int, list[m.Note]] = {}
    for note in track.notes.values():
        by_pitch.setdefault(note.pitch, []).append(note)
    for notes in by_pitch.values():
        found: dict[Beat, m.Note] = {}
        for note in sorted(notes, key=lambda note: (note.onset, note.length)):
            found[note.onset] = note
        listed = list(found.values())
        for note, following in zip(listed, [*listed[1:], None], strict=True):
            if following is not None and note.end > following.onset:
                note = replace(note, length=following.onset - note.onset)
            yield note


def _cut(track: Track) -> int:
    by_pitch: dict[int, list[m.Note]] = {}
    for note in sorted(track.notes.values()):
        by_pitch.setdefault(note.pitch, []).append(note)
    return sum(a.end > b.onset > a.onset for notes in by_pitch.values() for a, b in pairwise(notes))


class _Chunk:
    """The events of one chunk, gathered in any order."""

    def __init__(self, quarter: int) -> None:
        self._quarter = quarter
        self._events: list[tuple[int, int, int, Any]] = []

    def add(self, beat: Beat, kind: str, message: Any) -> None:
        ticks = int(beat.value * self._quarter + Fraction(1, 2))
        self._events.append((ticks, ORDER[kind], len(self._events), message))

    def made(self) -> mido.MidiTrack:
        found, before = mido.MidiTrack(), 0
        for ticks, _, _, message in sorted(self._events, key=lambda event: event[:3]):
            found.append(message.copy(time=ticks - before))
            before = ticks
        found.append(mido.MetaMessage("end_of_track"))
        return found


def as_midi(score: Score) -> mido.MidiFile:
    """A type 1 file: a chunk of maps and markers, then one a track."""
    quarter, _ = _ticks(score)
    file = mido.MidiFile(type=1, ticks_per_beat=quarter, charset="utf-8")
    file.tracks.append(_conductor(score, quarter))
    places = _channels(list(score.in_order()))
    for track, (port, channel) in zip(score.in_order(), places, strict=True):
        file.tracks.append(_chunk_of(track, port, channel, quarter))
    return file


def _conductor(score: Score, quarter: int) -> mido.MidiTrack:
    chunk = _Chunk(quarter)
    if score.title:
        chunk.add(ZERO, "meta", mido.MetaMessage("track_name", name=score.title))
    if score.rights:
        chunk.add(ZERO, "meta", mido.MetaMessage("copyright", text=score.rights))
    for beat, tempo in score.tempo.changes:
        chunk.add(beat, "meta", mido.MetaMessage("set_tempo", tempo=min(0xFFFFFF, max(1, round(60_000_000 / tempo)))))
    for beat, metre in _metres(score.metre):
        signature = mido.MetaMessage("time_signature", numerator=metre.beats, denominator=metre.unit)
        chunk.add(beat, "meta", signature)
    for beat, key in score.keys:
        is_minor = key.mode == "minor"
        name = spelled(key.fifths + (3 if is_minor else 0)).replace("♯", "#").replace("♭", "b")
        chunk.add(beat, "meta", mido.MetaMessage("key_signature", key=name + ("m" if is_minor else "")))
    for at, name in sorted(
        [*((one.span.start, one.name) for one in score.sections), *((one.beat, one.name) for one in score.markers)]
    ):
        chunk.add(at, "meta", mido.MetaMessage("marker", text=name))
    return chunk.made()


def _metres(metres: m.MetreMap) -> list[tuple[Beat, m.Metre]]:
    """With an upbeat as a short bar of its own, where it is one that can be written as a metre."""
    changes = list(metres.changes)
    if metres.upbeat == ZERO:
        return changes
    part = metres.upbeat.value / 4
    for unit in (4, 8, 16, 32, 64):
        if (part * unit).denominator == 1 and 1 <= part * unit <= 255:
            later = [change for change in changes[1:] if change[0] > metres.upbeat]
            return [(ZERO, m.Metre(int(part * unit), unit)), (metres.upbeat, changes[0][1]), *later]
    return changes


def _channels(tracks: Sequence[Track]) -> list[tuple[int, int]]:
    """Port and channel of each track: drums on the tenth, others on fifteen, and on another port when these are used up."""
    found, melodic, drums = [], 0, 0
    for track in tracks:
        if track.is_drums:
            found.append((drums, DRUM_CHANNEL))
            drums += 1
        else:
            found.append((melodic // len(CHANNELS), CHANNELS[melodic % len(CHANNELS)]))
            melodic += 1
    return found


def _chunk_of(track: Track, port: int, channel: int, quarter: int) -> mido.MidiTrack:
    chunk = _Chunk(quarter)

    def control(beat: Beat, number: int, value: int) -> None:
        chunk.add(beat, "setting", mido.Message("control_change", channel=channel, control=number, value=value))

    if track.name:
        chunk.add(ZERO, "meta", mido.MetaMessage("track_name", name=track.name))
    if port:
        chunk.add(ZERO, "meta", mido.MetaMessage("midi_port", port=min(port, 255)))
    curves = {curve.name for curve in track.curves}
    for number, value in (
        (BANK, track.bank),
        (VOLUME, round(track.volume * 127)),
        (PAN, round(track.pan * 63) + 64),
        (REVERB, round(track.reverb * 127)),
    ):
        if f"cc{number}" not in curves and (number != BANK or value):
            control(ZERO, number, max(0, min(127, value)))
    if PROGRAM not in curves:
        chunk.add(ZERO, "setting", mido.Message("program_change", channel=channel, program=track.program))
    for curve in track.curves:
        for beat, value in curve.points:
            if curve.name == BEND:
                chunk.add(beat, "setting", mido.Message("pitchwheel", channel=channel, pitch=value))
            elif curve.name == PROGRAM:
                chunk.add(beat, "setting", mido.Message("program_change", channel=channel, program=value))
            elif curve.name == PRESSURE:
                chunk.add(beat, "setting", mido.Message("aftertouch", channel=channel, value=value))
            else:
                control(beat, int(curve.name.removeprefix("cc")), value)
    for note in sorted(_uncovered(track)):
        if note.lyric:
            chunk.add(note.onset, "meta", mido.MetaMessage("lyrics", text=note.lyric))
        on = mido.Message("note_on", channel=channel, note=note.pitch, velocity=note.velocity)
        chunk.add(note.onset, "on", on)
        chunk.add(note.end, "off", mido.Message("note_off", channel=channel, note=note.pitch, velocity=64))
    return chunk.made()
