"""Archives of pictures, read member by member: nothing is unpacked to disk, and what is broken or meant badly is refused."""

from __future__ import annotations

import bz2
import errno
import gzip
import lzma
import re
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO, cast

MOST_MEMBER_BYTES = 256 * 1024 * 1024
MOST_MEMBERS = 5_000_000
MOST_RATIO = 200
"""Unpacked to packed; pictures are packed already, so honest archives stay near 1."""
LEAST_ALLOWED_BYTES = 64 * 1024 * 1024
"""Below this much in all, no archive is a bomb, however well it is packed."""
SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".zip")
BROKEN = (
    tarfile.TarError, zipfile.BadZipFile, EOFError, zlib.error, lzma.LZMAError, struct.error, UnicodeDecodeError,
    OverflowError,
)  # fmt: skip


class Refused(ValueError):
    """An archive that is not read, and why, in one sentence."""


class _Count:
    """What has come out of an archive so far, against what may."""

    def __init__(self, archive: Path) -> None:
        self.archive, self.members, self.bytes = archive, 0, 0
        self.most_bytes = max(LEAST_ALLOWED_BYTES, MOST_RATIO * archive.stat().st_size)

    def add(self, name: str, size: int) -> None:
        where = PurePosixPath(name.replace("\\", "/"))
        if where.is_absolute() or ".." in where.parts or re.match("[A-Za-z]:", name):
            raise Refused(f"{self.archive.name} holds '{name}', which lies outside of it; it was not read.")
        self.members += 1
        self.bytes += size
        if size > MOST_MEMBER_BYTES:
            raise Refused(f"{self.archive.name} holds '{name}' of {size / 1e6:.0f} MB, too large for a picture.")
        if self.members > MOST_MEMBERS:
            raise Refused(f"{self.archive.name} holds more than {MOST_MEMBERS} files; it was not read on.")
        if self.bytes > self.most_bytes:
            raise Refused(f"{self.archive.name} unpacks to more than {MOST_RATIO} times its size; it was not read on.")


def is_archive(path: Path) -> bool:
    return path.name.lower().endswith(SUFFIXES)


def members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file in a tar (packed or not) or zip, in the archive's order."""
    reader = _of_zip if archive.name.lower().endswith(".zip") else _of_tar
    try:
        yield from reader(archive, _Count(archive))
    except Refused:
        raise
    except BROKEN:
        raise Refused(f"{archive.name} is damaged or cut short; fetch it again.") from None
    except OSError as error:
        if error.errno not in (None, errno.EINVAL):  # a zip whose places lie before its beginning is damaged, too
            raise
        raise Refused(f"{archive.name} is damaged or cut short; fetch it again.") from None  # bzip2's and gzip's word


class _Entry(tarfile.TarInfo):
    """A header of a tar that does not take a missing end for the end."""

    @classmethod
    def fromtarfile(cls, tarfile_: tarfile.TarFile) -> _Entry:
        try:
            return super().fromtarfile(tarfile_)
        except tarfile.HeaderError as error:
            if type(error).__name__ == "EOFHeaderError":  # two empty blocks: the end, as it should be
                raise
            raise EOFError from None


def _unpacked(archive: Path) -> IO[bytes]:
    """The tar inside, a piece at a time: tarfile's own streams unpack a whole block at once, however much that holds."""
    with archive.open("rb") as file:
        start = file.read(6)
    if start.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.open(archive))
    if start.startswith(b"BZh"):
        return cast(IO[bytes], bz2.open(archive))
    return cast(IO[bytes], lzma.open(archive)) if start == b"\xfd7zXZ\x00" else archive.open("rb")


def _of_tar(archive: Path, count: _Count) -> Iterator[tuple[str, bytes]]:
    with _unpacked(archive) as file_of_tar, tarfile.open(fileobj=file_of_tar, mode="r|", tarinfo=_Entry) as tar:
        while (member := tar.next()) is not None:
            vars(tar)["members"].clear()  # it would keep what it has passed
            count.add(member.name, member.size)
            if member.isdir():
                continue
            if not member.isfile():
                raise Refused(f"{archive.name} holds '{member.name}', which is a link or a device; it was not read.")
            file = tar.extractfile(member)
            content = file.read() if file else b""
            if len(content) != member.size:
                raise EOFError
            yield member.name, content


def _of_zip(archive: Path, count: _Count) -> Iterator[tuple[str, bytes]]:
    with zipfile.ZipFile(archive) as packed:
        for member in packed.infolist():
            count.add(member.filename, member.file_size)
            if member.is_dir():
                continue
            if member.flag_bits & 1:
                raise Refused(f"{archive.name} is locked with a password; unlock it and try again.")
            if member.external_attr >> 28 == 0o12:
                raise Refused(f"{archive.name} holds '{member.filename}', which is a link; it was not read.")
            try:
                with packed.open(member) as file:
                    content = file.read(member.file_size + 1)  # never more than it says
            except NotImplementedError:
                raise Refused(f"{archive.name} is packed in a way that is not read here; use zip or tar.xz.") from None
            if len(content) != member.file_size:
                raise EOFError
            yield member.filename, content
