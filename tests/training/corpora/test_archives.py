"""Archives stream; what is broken, or meant badly, is refused in one sentence."""

from __future__ import annotations

import io
import tarfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gesso_training.corpora import archives
from gesso_training.corpora.archives import Refused, members


def tar(path: Path, files: dict[str, bytes], mode: str = "w:xz") -> Path:
    with tarfile.open(path, mode) as made:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            made.addfile(entry, io.BytesIO(content))
    return path


def packed(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name, content)
    return path


MAKERS: list[tuple[str, Callable[[Path, dict[str, bytes]], Path]]] = [
    ("a.tar.xz", tar),
    ("a.tar", lambda path, files: tar(path, files, "w")),
    ("a.tar.gz", lambda path, files: tar(path, files, "w:gz")),
    ("a.tar.bz2", lambda path, files: tar(path, files, "w:bz2")),
    ("a.zip", packed),
]
both = pytest.mark.parametrize(("name", "make"), MAKERS, ids=[name for name, _ in MAKERS])
Maker = Callable[[Path, dict[str, bytes]], Path]


def sentence(path: Path) -> str:
    with pytest.raises(Refused) as refused:
        list(members(path))
    said = str(refused.value)
    assert said.startswith(path.name) and said.endswith(".") and "\n" not in said
    return said


@both
def test_members_come_in_order(name: str, make: Maker, tmp_path: Path) -> None:
    files = {"train/one.jpg": b"1" * 900, "train/two.jpg": b"2", "empty.jpg": b""}
    assert dict(members(make(tmp_path / name, files))) == files


@both
@pytest.mark.parametrize(
    "inside", ["../out.jpg", "a/../../out.jpg", "/etc/out.jpg", "C:/out.jpg", "a\\..\\..\\out.jpg"]
)
def test_a_name_that_leads_out_is_refused(name: str, make: Maker, inside: str, tmp_path: Path) -> None:
    assert "lies outside of it" in sentence(make(tmp_path / name, {inside: b"x"}))


@both
def test_an_archive_cut_short_is_refused(name: str, make: Maker, tmp_path: Path) -> None:
    import random

    whole = make(tmp_path / name, {f"{i}.jpg": random.Random(i).randbytes(5000) for i in range(8)})
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])
    assert "damaged or cut short" in sentence(whole)
    whole.write_bytes(b"not an archive at all, only words" * 40)
    assert "damaged or cut short" in sentence(whole)
    whole.write_bytes(b"")
    assert "damaged or cut short" in sentence(whole)


@both
def test_a_flipped_byte_is_noticed_or_harmless_to_read(name: str, make: Maker, tmp_path: Path) -> None:
    whole = make(tmp_path / name, {f"{i}.jpg": bytes(range(256)) * 20 for i in range(4)})
    sound = whole.read_bytes()
    for at in range(0, len(sound), max(1, len(sound) // 24)):
        whole.write_bytes(sound[:at] + bytes([sound[at] ^ 0x55]) + sound[at + 1 :])
        try:
            list(members(whole))
        except Refused as refused:
            assert str(refused).endswith(".")


@pytest.mark.parametrize(("name", "make"), [entry for entry in MAKERS if entry[0] != "a.tar"])
def test_a_bomb_is_refused_before_it_goes_off(name: str, make: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.setattr(archives, "LEAST_ALLOWED_BYTES", 1_000_000)
    many = make(tmp_path / name, {f"{i}.jpg": bytes(900_000) for i in range(12)})
    assert "times its size" in sentence(many)
    monkeypatch.setattr(archives, "MOST_MEMBER_BYTES", 800_000)
    tracemalloc.start()
    try:
        assert "too large for a picture" in sentence(many)
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


def test_more_members_than_anybody_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MOST_MEMBERS", 5)
    assert "more than 5 files" in sentence(tar(tmp_path / "a.tar", {f"{i}.jpg": b"x" for i in range(6)}, "w"))


def test_links_are_refused(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as made:
        link = tarfile.TarInfo("a.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        made.addfile(link)
    assert "a link or a device" in sentence(tmp_path / "a.tar")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as made_zip:
        entry = zipfile.ZipInfo("a.jpg")
        entry.external_attr = 0o120777 << 16
        made_zip.writestr(entry, "/etc/passwd")
    assert "is a link" in sentence(tmp_path / "a.zip")


def test_a_zip_that_lies_about_a_size_is_noticed(tmp_path: Path) -> None:
    path = packed(tmp_path / "a.zip", {"a.jpg": b"z" * 5000})
    told = path.read_bytes().replace((5000).to_bytes(4, "little"), (50).to_bytes(4, "little"))
    path.write_bytes(told)
    assert "damaged or cut short" in sentence(path)


def test_a_long_archive_streams_in_little_memory(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar", {f"{i:05}.jpg": b"x" * 1500 for i in range(6000)}, "w")
    list(members(tar(tmp_path / "warm.tar", {"a.jpg": b"x"}, "w")))
    tracemalloc.start()
    try:
        assert sum(1 for _ in members(path)) == 6000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 700_000, peak  # the archive has 12 MB
