"""A score: what a composer writes, in exact beats."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from gesso.values import Beat
from gesso.values.music import ANY_VOICE, Chord, Key, Lock, MetreMap, Note, Span, TempoMap, at_beat
from gesso.values.music.note import ZERO

DRUM_CHANNEL = 9
"""Channel 10 as musicians count (General MIDI 1)."""
LABELS = ("", "red", "orange", "yellow", "green", "blue", "violet", "grey")
"""Colours that a track or a section may be marked with; the first is none."""
BEND = "bend"
"""The name of the pitch bend among curves; others are named by controller number, such as `cc7`."""


def new_id() -> str:
    """A name that nothing else has."""
    return uuid4().hex[:12]


@dataclass(frozen=True)
class Curve:
    """A controller or the pitch bend over time: steps, as MIDI has them."""

    name: str
    """`cc0` to `cc127`, or `bend`."""
    points: tuple[tuple[Beat, int], ...] = ()
    """Beat and value from then on: 0-127, for the bend -8192 to 8191; in order, one a beat."""


@dataclass(frozen=True)
class Locked:
    """Time in which nothing may come, go or change."""

    span: Span
    voice: int = ANY_VOICE


@dataclass(frozen=True)
class Made:
    """How a proposal was made: enough to make it again and to say so."""

    tool: str
    model: str
    model_version: str
    knobs: Mapping[str, Any]
    seed: int
    when: str
    """UTC, ISO 8601."""


@dataclass(frozen=True)
class Track:
    """One instrument."""

    id: str
    name: str
    program: int = 0
    """General MIDI, 0-127; of drums the kit."""
    bank: int = 0
    is_drums: bool = False
    notes: Mapping[str, Note] = field(default_factory=dict)
    """By id. Never changed in place."""
    curves: tuple[Curve, ...] = ()
    volume: float = 0.8
    """0-1, before automation."""
    pan: float = 0.0
    """-1 left to 1 right."""
    reverb: float = 0.2
    """How much of it goes to the room, 0-1."""
    muted: bool = False
    solo: bool = False
    label: str = ""
    locked: tuple[Locked, ...] = ()
    made: tuple[Made, ...] = ()
    """What models had a hand in it."""

    def in_order(self) -> list[tuple[str, Note]]:
        """Notes by onset, then pitch."""
        return sorted(self.notes.items(), key=lambda pair: (pair[1], pair[0]))

    def lock_of(self, id: str) -> Lock:
        """A note's own lock, and that of the time it lies in."""
        note = self.notes[id]
        if any(one.span.meets(note.span) and one.voice in (ANY_VOICE, note.voice) for one in self.locked):
            return Lock.ALL
        return note.lock

    def is_free(self, span: Span, voice: int = ANY_VOICE) -> bool:
        """Whether something may be put there."""
        return not any(
            one.span.meets(span) and (ANY_VOICE in (one.voice, voice) or one.voice == voice) for one in self.locked
        )

    @property
    def end(self) -> Beat:
        return max((note.end for note in self.notes.values()), default=ZERO)


@dataclass(frozen=True, order=True)
class Section:
    """A named part of the piece, such as a verse."""

    span: Span
    name: str
    label: str = ""


@dataclass(frozen=True, order=True)
class Marker:
    """A named point."""

    beat: Beat
    name: str


@dataclass(frozen=True)
class Take:
    """A proposal, or what was played in: notes that could stand in a span, beside those that do."""

    id: str
    name: str
    span: Span
    tracks: Mapping[str, tuple[Note, ...]]
    """Track id -> what it would have there."""
    chords: tuple[Chord, ...] | None = None
    """What the chord track would have there; None leaves it."""
    made: Made | None = None
    surprise: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    """Track id -> of each of its notes, how little the model expected it, in bits."""


@dataclass
class Score:
    """The document. Tracks are immutable values in `tracks`; edits exchange them."""

    title: str = ""
    composer: str = ""
    rights: str = ""
    tracks: dict[str, Track] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    """Ids of the tracks from the top down."""
    tempo: TempoMap = field(default_factory=TempoMap)
    metre: MetreMap = field(default_factory=MetreMap)
    keys: tuple[tuple[Beat, Key], ...] = ((ZERO, Key()),)
    chords: tuple[Chord, ...] = ()
    """In order, none over another."""
    sections: tuple[Section, ...] = ()
    markers: tuple[Marker, ...] = ()
    takes: dict[str, Take] = field(default_factory=dict)
    loop: Span | None = None
    active: str = ""
    """The id of the track that is worked on."""

    def track(self, id: str) -> Track:
        return self.tracks[id]

    def in_order(self) -> Iterator[Track]:
        for id in self.order:
            yield self.tracks[id]

    @property
    def end(self) -> Beat:
        """Where the last thing ends."""
        ends = [track.end for track in self.tracks.values()]
        ends += [chord.end for chord in self.chords[-1:]] + [section.span.end for section in self.sections]
        return max(ends, default=ZERO)

    @property
    def bars(self) -> int:
        """How many bars it fills, at least one."""
        return 1 if self.end == ZERO else self.metre.bar_at(Beat(self.end.value - self.end.value / 10**9)) + 1

    def key_at(self, beat: Beat) -> Key:
        return at_beat(self.keys, beat)

    def chord_at(self, beat: Beat) -> Chord | None:
        return next((chord for chord in self.chords if beat in chord.span), None)

    def snapshot(self) -> Score:
        """A copy that later edits do not touch; notes are shared."""
        found = copy.copy(self)
        found.tracks, found.takes = dict(self.tracks), dict(self.takes)
        return found

    def same_as(self, other: Score) -> bool:
        """Equal in everything the composer can hear, see or save."""
        return vars(self) == vars(other)
