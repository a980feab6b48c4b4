"""A Standard MIDI File gone over before anything else looks at it: what is whole is kept, and nothing is believed.

Lengths are checked against the bytes that are there, running status goes on across meta events as many programs write it,
and what comes out is a plain file with every status byte written out, which any library reads (MIDI 1.0, RP-001).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from gesso.files.trouble import UNTOUCHED
from gesso.values import Note, Trouble, mark

MOST_BYTES = 64 * 1024 * 1024
MOST_TRACKS = 4096
MOST_EVENTS = 2_000_000
MOST_TEXT = 64 * 1024
"""Of one meta event; longer ones are left out."""
DATA_BYTES = {0x8: 2, 0x9: 2, 0xA: 2, 0xB: 2, 0xC: 1, 0xD: 1, 0xE: 2}
KEY_SIGNATURE, TIME_SIGNATURE = 0x59, 0x58
META_BYTES = {0x00: 2, 0x20: 1, 0x21: 1, 0x51: 3, 0x54: 5, TIME_SIGNATURE: 4, KEY_SIGNATURE: 2}
"""Of metas that always have one length."""
END = b"\x00\xff\x2f\x00"
CUT = mark("Track {number} breaks off: what stands before is there.")
SKIPPED = mark("{count} messages that MIDI does not know were left out.")
FEWER = mark("The file names {said} tracks, and {found} are in it.")


@dataclass(frozen=True)
class Bounded:
    """A file that any library reads, and what had to be mended."""

    content: bytes
    notes: tuple[Note, ...]


class _Cut(Exception):
    """A track ends before its event does."""


def bounded(name: str, content: bytes) -> Bounded:
    """The same music in plain writing. Raises `Trouble` for what is no MIDI file, or too large."""
    if len(content) > MOST_BYTES:
        raise _refused(name, mark("it has more than {count} MB"), count=MOST_BYTES // 1024**2)
    content = _unwrapped(content)
    if content[:4] != b"MThd" or len(content) < 14:
        raise _refused(name, mark("it does not begin as a MIDI file does"))
    length, format, said, division = struct.unpack(">IHHH", content[4:14])
    if format > 2:
        raise _refused(name, mark("it is of a kind of MIDI file that does not exist"))
    if division == 0 or (division & 0x8000 and not division & 0xFF):
        raise _refused(name, mark("a quarter note has no length in it"))
    notes: list[Note] = []
    tracks: list[bytes] = []
    events = skipped = 0
    for chunk in _chunks(content, 8 + max(6, min(length, len(content)))):
        if len(tracks) == MOST_TRACKS:
            raise _refused(name, mark("it has more than {count} tracks"), count=MOST_TRACKS)
        track = _Track(chunk, MOST_EVENTS - events)
        made = track.plain()
        if track.is_too_long:
            raise _refused(name, mark("it has more than {count} events"), count=MOST_EVENTS)
        events, skipped = events + track.events, skipped + track.skipped
        tracks.append(made)
        if track.is_cut:
            notes.append(Note(CUT, {"number": len(tracks)}))
    if not tracks:
        raise _refused(name, mark("there is no track in it"))
    if said > len(tracks):
        notes.append(Note(FEWER, {"said": said, "found": len(tracks)}))
    if skipped:
        notes.append(Note(SKIPPED, {"count": skipped}))
    head = struct.pack(">4sIHHH", b"MThd", 6, 1 if format == 0 and len(tracks) > 1 else format, len(tracks), division)
    body = b"".join(struct.pack(">4sI", b"MTrk", len(track)) + track for track in tracks)
    return Bounded(head + body, tuple(notes))


def _refused(name: str, reason: str, **values: object) -> Trouble:
    return Trouble(
        "{name} cannot be read as MIDI: {reason}.",
        UNTOUCHED,
        "Open another file, or write it anew with the program that made it.",
        name=name,
        reason=Note(reason, values),
    )


def _unwrapped(content: bytes) -> bytes:
    """Out of a RIFF wrapper (RMID), as Windows writes it."""
    if content[:4] == b"RIFF" and content[8:12] == b"RMID":
        at = content.find(b"MThd", 12, 4096)
        return content[at:] if at >= 0 else content
    return content


def _chunks(content: bytes, at: int) -> Iterator[bytes]:
    """The tracks, as far as they go; other chunks are passed over."""
    while at + 8 <= len(content):
        kind, length = struct.unpack(">4sI", content[at : at + 8])
        at += 8
        if kind == b"MTrk":
            yield content[at : at + length]
        elif not kind.isalnum() or length > len(content):  # not a chunk: perhaps a length was wrong
            found = content.find(b"MTrk", at - 7)
            if found < 0:
                return
            at = found
            continue
        at += length


class _Track:
    """One track, event by event."""

    def __init__(self, content: bytes, most: int) -> None:
        self._content, self._at, self._most = content, 0, most
        self.events = self.skipped = 0
        self.is_cut = self.is_too_long = False

    def plain(self) -> bytes:
        """Every event with its status byte; ends with the mark of the end."""
        found: list[bytes] = []
        status, waited, is_ended = 0, 0, False
        try:
            while self._at < len(self._content) and not is_ended:
                waited += self._number()
                first = self._byte()
                if first < 0x80:
                    if not status:
                        raise _Cut
                    self._at -= 1
                elif first < 0xF0:
                    status = first
                else:
                    event = self._special(first)
                    is_ended = event == b"\xff\x2f\x00"
                    if event and not is_ended:
                        found.append(written(waited) + event)
                        waited = 0
                        self._count()
                    continue
                data = self._take(DATA_BYTES[status >> 4])
                if any(byte & 0x80 for byte in data):
                    raise _Cut
                found.append(written(waited) + bytes((status,)) + data)
                waited = 0
                self._count()
        except _Cut:
            self.is_cut = True
            return b"".join(found) + END
        return b"".join(found) + written(waited) + END[1:]

    def _count(self) -> None:
        self.events += 1
        if self.events > self._most:
            self.is_too_long = True
            raise _Cut

    def _special(self, status: int) -> bytes:
        """A meta event as it is; nothing for system messages, which belong to a device."""
        if status == 0xFF:
            kind = self._byte()
            data = self._take(self._number())
            if kind == 0x2F:
                return b"\xff\x2f\x00"
            if not _is_sound(kind, data):
                self.skipped += 1
                return b""
            return bytes((0xFF, kind)) + written(len(data)) + data
        if status in (0xF0, 0xF7):
            self._take(self._number())
        elif status == 0xF2:
            self._take(2)
        elif status in (0xF1, 0xF3):
            self._take(1)
        self.skipped += status not in (0xF0, 0xF7)
        return b""

    def _byte(self) -> int:
        return self._take(1)[0]

    def _take(self, count: int) -> bytes:
        data = self._content[self._at : self._at + count]
        if len(data) < count:
            raise _Cut
        self._at += count
        return data

    def _number(self) -> int:
        """A variable-length quantity of at most four bytes."""
        value = 0
        for _ in range(4):
            byte = self._byte()
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                return value
        raise _Cut


def _is_sound(kind: int, data: bytes) -> bool:
    """Whether a meta event holds what its kind says."""
    if kind in META_BYTES and len(data) != META_BYTES[kind]:
        return False
    if kind == KEY_SIGNATURE:
        return -7 <= int.from_bytes(data[:1], "big", signed=True) <= 7 and data[1] <= 1
    if kind == TIME_SIGNATURE:
        return data[0] > 0 and data[1] <= 6
    return kind <= 0x7F and len(data) <= MOST_TEXT


def written(value: int) -> bytes:
    """A number as a variable-length quantity; what is too large for four bytes becomes the largest."""
    value = min(value, 0x0FFFFFFF)
    found = bytes((value & 0x7F,))
    while value := value >> 7:
        found = bytes((value & 0x7F | 0x80,)) + found
    return found
