"""What music is made of: notes, chords, and how beats become bars and seconds."""

from __future__ import annotations

from gesso.values.music.chord import KINDS, Chord
from gesso.values.music.key import Key
from gesso.values.music.maps import Metre, MetreMap, TempoMap, at_beat
from gesso.values.music.note import ANY_VOICE, Lock, Note, Span, moved

__all__ = [
    "ANY_VOICE", "KINDS", "Chord", "Key", "Lock", "Metre", "MetreMap", "Note", "Span", "TempoMap", "at_beat", "moved",
]  # fmt: skip
