"""The score: tracks of notes, chords, sections, maps of tempo, metre and key, and proposals laid aside."""

from __future__ import annotations

from gesso.documents.music.edits import (
    ExchangeTake,
    ExchangeTrack,
    ReplaceNotes,
    SetAutomation,
    SetScore,
    SetTrack,
    add_track,
    remove_track,
)
from gesso.documents.music.score import Curve, Marker, Score, Section, Take, Track, new_id

__all__ = [
    "Curve", "ExchangeTake", "ExchangeTrack", "Marker", "ReplaceNotes", "Score", "Section", "SetAutomation", "SetScore",
    "SetTrack", "Take", "Track", "add_track", "new_id", "remove_track",
]  # fmt: skip
