"""Standard MIDI Files -> scores: types 0, 1 and 2, with tempo, metre, keys, markers, lyrics, controllers and bends."""

from __future__ import annotations

import io
import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import mido

from gesso.documents.music import Curve, Marker, Score, Track, new_id
from gesso.documents.music.score import BEND, DRUM_CHANNEL
from gesso.files.disk import opened
from gesso.files.music.midi_bounds import MOST_BYTES, bounded
from gesso.files.trouble import UNTOUCHED
from gesso.values import Beat, Note, Progress, Trouble, mark
from gesso.values import music as m
from gesso.values.music.key import LETTERS
from gesso.values.music.note import ZERO

LONGEST_SECONDS = 10 * 3600
VOLUME, PAN, REVERB, BANK = 7, 10, 91, 0
PROGRAM, PRESSURE = "program", "pressure"
"""Names of curves beside those of controllers."""
SMPTE_TEMPO = Fraction(120)
"""Where a file counts in frames and not in quarter notes, a second is two of these."""
HELD = mark("{count} notes never end in the file: they last to the end of their track.")
EMPTY = mark("There is no note in it.")
BESIDE = mark("Its {count} pieces stand one below the other, each on tracks of its own.")


@dataclass(frozen=True)
class Opened:
    """A score that was read, and what is worth knowing about how."""

    score: Score
    notes: tuple[Note, ...]


def read(path: Path, progress: Progress | None = None) -> Opened:
    """A score out of a MIDI file. Raises `Trouble`."""
    with opened(path) as file:
        content = file.read(MOST_BYTES + 1)
    return parse(path.name, content, progress or Progress.silent())


def parse(name: str, content: bytes, progress: Progress) -> Opened:
    """A score out of the bytes of a MIDI file; raises `Trouble`."""
    whole = bounded(name, content)
    file = mido.MidiFile(file=io.BytesIO(whole.content), clip=True)
    quarter = _ticks_to_a_quarter(file.ticks_per_beat)
    reading = _Reading(quarter)
    for number, chunk in enumerate(file.tracks):
        progress.at(number / len(file.tracks))
        reading.chunk(chunk, progress)
    score = reading.score(Path(name).stem)
    seconds = score.tempo.seconds(score.end)
    if seconds > LONGEST_SECONDS:
        raise Trouble(
            "{name} lasts {hours} hours, more than the ten that Gesso opens.",
            UNTOUCHED,
            "Cut it into parts first.",
            name=name,
            hours=f"{float(seconds) / 3600:,.0f}",
        )
    notes = list(whole.notes)
    if file.type == 2 and len(file.tracks) > 1:
        notes.append(Note(BESIDE, {"count": len(file.tracks)}))
    if reading.held:
        notes.append(Note(HELD, {"count": reading.held}))
    if not any(track.notes for track in score.tracks.values()):
        notes.append(Note(EMPTY, {}))
    return Opened(score, tuple(notes))


def _ticks_to_a_quarter(division: int) -> Fraction:
    """Of the header's third number: ticks to a quarter note, or frames a second and ticks to a frame."""
    if division < 0x8000 and division > 0:
        return Fraction(division)
    frames, ticks = 256 - (division >> 8 & 0xFF), division & 0xFF
    rate = Fraction(30000, 1001) if frames == 29 else Fraction(frames)
    return rate * ticks * 60 / SMPTE_TEMPO


@dataclass
class _Part:
    """What one channel of one chunk says."""

    name: str
    channel: int
    notes: list[m.Note] = field(default_factory=list)
    curves: dict[str, dict[Beat, int]] = field(default_factory=lambda: defaultdict(dict))
    sounding: dict[int, deque[tuple[Beat, int]]] = field(default_factory=lambda: defaultdict(deque))


class _Reading:
    """Gathers what the chunks of a file say."""

    def __init__(self, quarter: Fraction) -> None:
        self._quarter = quarter
        self._tempos: dict[Beat, Fraction] = {}
        self._metres: dict[Beat, m.Metre] = {}
        self._keys: dict[Beat, m.Key] = {}
        self._markers: list[Marker] = []
        self._parts: list[_Part] = []
        self._title = self._rights = ""
        self.held = 0

    def chunk(self, chunk: Iterable[Any], progress: Progress) -> None:
        parts: dict[int, _Part] = {}
        lyrics: list[tuple[Beat, str]] = []
        name, ticks, prefix = "", 0, None
        for place, message in enumerate(chunk):
            if not place % 4096:
                progress.check()
            ticks += int(message.time)
            beat = Beat(Fraction(ticks) / self._quarter)
            if not message.is_meta:
                if message.type == "sysex":
                    continue
                part = parts.setdefault(message.channel, _Part(name, message.channel))
                self._message(part, beat, message)
            elif message.type == "channel_prefix":
                prefix = message.channel
            elif message.type == "track_name":
                if prefix in parts:
                    parts[prefix].name = text_of(message.name)
                elif not name:
                    name = text_of(message.name)
                    for part in parts.values():
                        part.name = part.name or name
            elif message.type == "lyrics":
                lyrics.append((beat, text_of(message.text)))
            else:
                self._meta(beat, message)
        end = Beat(Fraction(ticks) / self._quarter)
        for part in parts.values():
            self._end_all(part, end)
            if lyrics:
                part.notes = list(_sung(part.notes, lyrics))
        if not any(part.notes for part in parts.values()) and name and not self._title:
            self._title = name
        self._parts += [part for part in parts.values() if part.notes or len(parts) == 1]

    def _message(self, part: _Part, beat: Beat, message: Any) -> None:
        if message.type == "note_on" and message.velocity > 0:
            part.sounding[message.note].append((beat, message.velocity))
        elif message.type in ("note_on", "note_off"):
            if part.sounding[message.note]:
                self._end(part, message.note, beat)
        elif message.type == "control_change":
            part.curves[f"cc{message.control}"][beat] = message.value
        elif message.type == "pitchwheel":
            part.curves[BEND][beat] = message.pitch
        elif message.type == "program_change":
            part.curves[PROGRAM][beat] = message.program
        elif message.type == "aftertouch":
            part.curves[PRESSURE][beat] = message.value

    def _meta(self, beat: Beat, message: Any) -> None:
        if message.type == "set_tempo" and message.tempo > 0:
            self._tempos[beat] = Fraction(60_000_000, message.tempo)
        elif message.type == "time_signature":
            if message.numerator > 0 and message.denominator <= 64:
                self._metres[beat] = m.Metre(message.numerator, message.denominator)
        elif message.type == "key_signature":
            self._keys[beat] = _key_of(message.key)
        elif message.type in ("marker", "cue_marker"):
            self._markers.append(Marker(beat, text_of(message.text)))
        elif message.type == "copyright":
            self._rights = self._rights or text_of(message.text)

    def _end(self, part: _Part, pitch: int, beat: Beat) -> None:
        onset, velocity = part.sounding[pitch].popleft()
        # A note of no length was meant to be heard: the shortest that the file can say.
        length = max(beat - onset, Beat(1 / self._quarter))
        part.notes.append(m.Note(onset, pitch, length, velocity))

    def _end_all(self, part: _Part, end: Beat) -> None:
        for pitch, waiting in part.sounding.items():
            while waiting:
                self.held += 1
                self._end(part, pitch, end)

    # --- all together --------------------------------------------------------------------------------------------

    def score(self, name: str) -> Score:
        score = Score(self._title or name, rights=self._rights)
        score.tempo = m.TempoMap(_from_start(self._tempos, Fraction(120)))
        score.metre = _metres(self._metres)
        score.keys = _from_start(self._keys, m.Key())
        score.markers = tuple(sorted(self._markers))
        for part in self._parts:
            track = _track_of(part)
            score.tracks[track.id] = track
            score.order = (*score.order, track.id)
        score.active = score.order[0] if score.order else ""
        return score


def _track_of(part: _Part) -> Track:
    """A part's first settings become the track's own, the rest its curves."""
    first = min((note.onset for note in part.notes), default=ZERO)
    curves = {name: dict(sorted(points.items())) for name, points in part.curves.items()}

    def taken(name: str, otherwise: int) -> int:
        """A setting that is made once, before anything sounds."""
        points = curves.get(name, {})
        if len(points) == 1 and next(iter(points)) <= first:
            return curves.pop(name).popitem()[1]
        return otherwise

    volume, pan, reverb = taken(f"cc{VOLUME}", 100), taken(f"cc{PAN}", 64), taken(f"cc{REVERB}", 40)
    program, bank = taken(PROGRAM, 0), taken(f"cc{BANK}", 0)
    if curves.get(PROGRAM):
        program = next(iter(curves[PROGRAM].values()))
    return Track(
        new_id(),
        part.name,
        program,
        bank,
        part.channel == DRUM_CHANNEL,
        {new_id(): note for note in sorted(part.notes)},
        tuple(Curve(name, tuple(points.items())) for name, points in sorted(curves.items())),
        volume=volume / 127,
        pan=max(-1.0, (pan - 64) / 63),
        reverb=reverb / 127,
    )


def _from_start(changes: dict[Beat, Any], otherwise: Any) -> tuple[tuple[Beat, Any], ...]:
    """In order, from beat 0 on, without changes that change nothing."""
    listed = sorted(({ZERO: otherwise} | changes).items())
    return (listed[0], *(b for a, b in pairwise(listed) if a[1] != b[1]))


def _metres(changes: dict[Beat, m.Metre]) -> m.MetreMap:
    """A first bar by itself that is shorter than the next is an upbeat: MIDI has no other way to write one."""
    listed = _from_start(changes, m.Metre())
    if len(listed) > 1:
        (_, short), (at, full) = listed[:2]
        if short.bar == at and short.bar < full.bar:
            return m.MetreMap(((ZERO, full), *listed[2:]), at)
    return m.MetreMap(listed)


def _key_of(name: str) -> m.Key:
    """From mido's name, such as `Ebm`."""
    is_minor = name.endswith("m")
    letter = name.removesuffix("m")
    fifths = LETTERS.index(letter[0]) - 1 + 7 * (letter.count("#") - letter.count("b"))
    return m.Key(fifths - 3 if is_minor else fifths, "minor" if is_minor else "major")


def _sung(notes: list[m.Note], lyrics: list[tuple[Beat, str]]) -> Iterator[m.Note]:
    """Each syllable on the highest note that starts with it."""
    words = dict(lyrics)
    for note in sorted(notes, key=lambda note: (note.onset, -note.pitch)):
        word = words.pop(note.onset, "")
        yield replace(note, lyric=word) if word else note


def text_of(latin: str) -> str:
    """Text of a MIDI file, which does not say how it is written: UTF-8, or Chinese in GB 18030, or else Latin-1."""
    raw = latin.encode("latin-1", "replace")
    try:
        return raw.decode("utf-8").strip("\0 ")
    except UnicodeDecodeError:
        pass
    if all(len(run) % 2 == 0 for run in re.findall(rb"[\x80-\xff]+", raw)):  # characters of two bytes each
        try:
            return raw.decode("gb18030").strip("\0 ")
        except UnicodeDecodeError:
            pass
    return latin.strip("\0 ")
