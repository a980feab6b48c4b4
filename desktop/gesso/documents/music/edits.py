"""The edits of a score. Each swaps what it holds with what is there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from gesso.documents.edit import Change
from gesso.documents.music.score import Curve, Score, Take, Track, new_id
from gesso.values.music import Note, Span
from gesso.values.music.note import ZERO

SMALL = 200
"""Bytes that a small edit is counted with."""
NOTE_BYTES = 400
TRACK_FIELDS = (
    "name", "program", "bank", "is_drums", "volume", "pan", "reverb", "muted", "solo", "label", "locked", "made",
)  # fmt: skip
SCORE_FIELDS = (
    "title", "composer", "rights", "tempo", "metre", "keys", "chords", "sections", "markers", "loop", "active",
)  # fmt: skip


def _around(notes: Iterable[Note | None]) -> Span | None:
    found = [note for note in notes if note is not None]
    if not found:
        return None
    return Span(min(note.onset for note in found), max(note.end for note in found))


@dataclass
class ReplaceNotes:
    """Exchange some notes of a track; None takes one out."""

    track: str
    notes: dict[str, Note | None]

    @classmethod
    def adding(cls, track: str, notes: Iterable[Note]) -> ReplaceNotes:
        return cls(track, {new_id(): note for note in notes})

    @classmethod
    def removing(cls, track: str, ids: Iterable[str]) -> ReplaceNotes:
        return cls(track, dict.fromkeys(ids))

    def flip(self, score: Score) -> Change:
        track = score.track(self.track)
        old = {id: track.notes.get(id) for id in self.notes}
        kept = {**track.notes, **self.notes}
        score.tracks[track.id] = replace(track, notes={id: note for id, note in kept.items() if note is not None})
        change = Change(span=_around([*old.values(), *self.notes.values()]), track=self.track)
        self.notes = old
        return change

    def absorb(self, later: object) -> bool:
        if not isinstance(later, ReplaceNotes) or later.track != self.track:
            return False
        self.notes = {**later.notes, **self.notes}  # what was there before either
        return True

    @property
    def byte_size(self) -> int:
        return SMALL + NOTE_BYTES * len(self.notes)


@dataclass
class ExchangeTrack:
    """Put a track into the score at a place, or take it out."""

    id: str
    place: int
    held: Track | None = None
    """What is out of the score now; None when it is in it."""

    def flip(self, score: Score) -> Change:
        if self.held is not None:
            score.tracks[self.id] = self.held
            score.order = (*score.order[: self.place], self.id, *score.order[self.place :])
            self.held = None
        else:
            self.place = score.order.index(self.id)
            self.held = score.tracks.pop(self.id)
            score.order = tuple(id for id in score.order if id != self.id)
        return Change(structure=True)

    @property
    def byte_size(self) -> int:
        return SMALL + (NOTE_BYTES * len(self.held.notes) if self.held else 0)


def add_track(track: Track, place: int) -> ExchangeTrack:
    return ExchangeTrack(track.id, place, track)


def remove_track(score: Score, id: str) -> ExchangeTrack:
    return ExchangeTrack(id, score.order.index(id))


@dataclass
class MoveTrack:
    """Another place in the order."""

    id: str
    place: int

    def flip(self, score: Score) -> Change:
        was = score.order.index(self.id)
        rest = [id for id in score.order if id != self.id]
        rest.insert(self.place, self.id)
        score.order, self.place = tuple(rest), was
        return Change(structure=True)

    @property
    def byte_size(self) -> int:
        return SMALL


@dataclass
class SetTrack:
    """Exchange some of `TRACK_FIELDS`."""

    id: str
    values: dict[str, Any]

    def __post_init__(self) -> None:
        unknown = set(self.values) - set(TRACK_FIELDS)
        if unknown:
            raise ValueError(f"{sorted(unknown)} are no settings of a track")

    def flip(self, score: Score) -> Change:
        track = score.track(self.id)
        old = {name: getattr(track, name) for name in self.values}
        score.tracks[self.id] = replace(track, **self.values)
        self.values = old
        return Change(structure=True, track=self.id)

    def absorb(self, later: object) -> bool:
        return isinstance(later, SetTrack) and (later.id, set(later.values)) == (self.id, set(self.values))

    @property
    def byte_size(self) -> int:
        return SMALL


@dataclass
class SetAutomation:
    """Exchange one curve of a track; without points it is none."""

    track: str
    curve: Curve

    def flip(self, score: Score) -> Change:
        track = score.track(self.track)
        name = self.curve.name
        old = next((curve for curve in track.curves if curve.name == name), Curve(name))
        others = [curve for curve in track.curves if curve.name != name]
        if self.curve.points:
            others.append(self.curve)
        score.tracks[track.id] = replace(track, curves=tuple(sorted(others, key=lambda curve: curve.name)))
        self.curve = old
        return Change(span=Span(ZERO, max(score.end, ZERO)), track=self.track)

    def absorb(self, later: object) -> bool:
        return isinstance(later, SetAutomation) and (later.track, later.curve.name) == (self.track, self.curve.name)

    @property
    def byte_size(self) -> int:
        return SMALL + 100 * len(self.curve.points)


@dataclass
class SetScore:
    """Exchange some of `SCORE_FIELDS`: titles, maps, chords, sections, the loop."""

    values: dict[str, Any]

    def __post_init__(self) -> None:
        unknown = set(self.values) - set(SCORE_FIELDS)
        if unknown:
            raise ValueError(f"{sorted(unknown)} are no settings of a score")

    def flip(self, score: Score) -> Change:
        old = {name: getattr(score, name) for name in self.values}
        for name, value in self.values.items():
            setattr(score, name, value)
        self.values = old
        return Change(span=Span(ZERO, score.end), structure=True)

    def absorb(self, later: object) -> bool:
        return isinstance(later, SetScore) and set(later.values) == set(self.values)

    @property
    def byte_size(self) -> int:
        return SMALL + sum(100 * len(value) for value in self.values.values() if isinstance(value, tuple))


@dataclass
class ExchangeTake:
    """Lay a proposal aside in the score, or take it away."""

    id: str
    held: Take | None = field(default=None)

    def flip(self, score: Score) -> Change:
        there = score.takes.pop(self.id, None)
        if self.held is not None:
            score.takes[self.id] = self.held
        self.held = there
        return Change(structure=True)

    @property
    def byte_size(self) -> int:
        return SMALL + (NOTE_BYTES * sum(map(len, self.held.tracks.values())) if self.held else 0)


AnyEdit = ReplaceNotes | ExchangeTrack | MoveTrack | SetTrack | SetAutomation | SetScore | ExchangeTake
