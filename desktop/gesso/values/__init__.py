"""Small immutable values that every floor shares."""

from __future__ import annotations

from gesso.values.colour import Colour
from gesso.values.geometry import Box, Size
from gesso.values.picture import Picture
from gesso.values.progress import Cancelled, Progress
from gesso.values.seed import Seed
from gesso.values.time import Beat, Timecode
from gesso.values.trouble import Trouble
from gesso.values.words import Note, Words, mark

__all__ = [
    "Beat", "Box", "Cancelled", "Colour", "Note", "Picture", "Progress", "Seed", "Size", "Timecode", "Trouble", "Words",
    "mark",
]  # fmt: skip
