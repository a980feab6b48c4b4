"""Bad picture files: each is read properly or refused in one sentence, and never touched."""

from __future__ import annotations

import io
import os
import stat
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gesso.files import limits
from gesso.files.pictures import WRITABLE, probe, read, read_provenance, write
from gesso.values import Picture, Size, Trouble, Words
from gesso.values.paths import resources
from tests.desktop.files.made import chunk, png, png_of, wide_profile

SUFFIXES = ["png", "jpg", "webp", "tif", "bmp", "gif", "avif"]


def noise(*shape: int, dtype: type = np.uint8) -> np.ndarray:
    return np.random.default_rng(7).integers(0, np.iinfo(dtype).max, shape, endpoint=True).astype(dtype)


def encoded(suffix: str, depth: int = 8) -> bytes:
    """A small whole file."""
    if depth == 16 and suffix == "png":
        return png_of(noise(24, 32, 3, dtype=np.uint16), 2)
    out = io.BytesIO()
    if depth == 16:
        tifffile.imwrite(out, noise(24, 32, 3, dtype=np.uint16), photometric="rgb", compression="zlib", rowsperstrip=4)
    else:
        format = {"jpg": "JPEG", "tif": "TIFF"}.get(suffix, suffix.upper())
        options = {"compression": "tiff_lzw"} if suffix == "tif" else {}
        Image.fromarray(noise(24, 32, 3)).save(out, format, **options)
    return out.getvalue()


def kept(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def refused(path: Path, words: str) -> Trouble:
    """Both looking and reading are refused in one sentence each, and the file stays as it was."""
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(Trouble, match=words) as caught:
        read(path)
    assert 2 <= len(caught.value.parts()) <= 3 and "\n" not in str(caught.value)
    assert not path.is_file() or path.read_bytes() == before
    return caught.value


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_file(tmp_path: Path, suffix: str) -> None:
    refused(kept(tmp_path / f"空 a.{suffix}", b""), "is empty")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_missing_file(tmp_path: Path, suffix: str) -> None:
    refused(tmp_path / f"a.{suffix}", "is not there")


def test_a_folder_and_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "a.png").mkdir()
    refused(tmp_path / "a.png", "is a folder")
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "b.png")
        assert stat.S_ISFIFO((tmp_path / "b.png").stat().st_mode)
        refused(tmp_path / "b.png", "not a picture")


def test_an_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path / "a.png", encoded("png"))

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)
    with pytest.raises(Trouble, match="may not read"):
        read(path)


def test_a_disk_that_fails_while_reading_is_not_called_a_damaged_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept(tmp_path / "a.png", encoded("png"))

    class Failing(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(Path, "open", lambda *_, **__: Failing())
    with pytest.raises(Trouble, match="disk refused"):
        read(path)


def test_a_name_that_no_disk_knows(tmp_path: Path) -> None:
    refused(Path("a\0b.png"), "not there")
    with pytest.raises(Trouble, match="disk refused"):
        read(tmp_path / ("长" * 300 + ".png"))


@pytest.mark.parametrize("content", [b"x", b"\x00" * 500, b"hello, this is a text\n" * 9, os.urandom(5) + bytes(99)])
def test_what_is_no_picture(tmp_path: Path, content: bytes) -> None:
    refused(kept(tmp_path / "a.png", content), "not a picture that Gesso can read")


@pytest.mark.parametrize(
    "content, name", [(b"gimp xcf v011", "XCF"), (b"%PDF-1.7", "PDF"), (b"\0\0\0\x18ftypheic", "HEIF")]
)
def test_a_foreign_format_is_named(tmp_path: Path, content: bytes, name: str) -> None:
    refused(kept(tmp_path / "a.png", content + bytes(60)), f"is a {name} file")


@given(content=st.binary(min_size=0, max_size=300), kind=st.sampled_from(SUFFIXES), head=st.integers(4, 64))
def test_random_bytes_after_a_true_beginning(
    tmp_path_factory: pytest.TempPathFactory, content: bytes, kind: str, head: int
) -> None:
    path = kept(tmp_path_factory.mktemp("random") / f"a.{kind}", encoded(kind)[:head] + content)
    try:
        assert read(path).picture.size.area > 0
    except Trouble as trouble:
        assert trouble.safe
    read_provenance(path)


@pytest.mark.parametrize("depth, suffix", [*((8, suffix) for suffix in SUFFIXES), (16, "png"), (16, "tif")])
def test_a_truncated_file(tmp_path: Path, depth: int, suffix: str) -> None:
    whole = encoded(suffix, depth)
    for tenth in range(1, 10):
        refused(kept(tmp_path / f"a.{suffix}", whole[: len(whole) * tenth // 10]), "damaged|not a picture")


@given(where=st.floats(0, 1), bit=st.integers(0, 7), kind=st.sampled_from([*SUFFIXES, "png16", "tif16"]))
def test_a_flipped_bit_is_survived(tmp_path_factory: pytest.TempPathFactory, where: float, bit: int, kind: str) -> None:
    suffix, depth = kind.removesuffix("16"), 16 if kind.endswith("16") else 8
    content = bytearray(encoded(suffix, depth))
    content[min(len(content) - 1, int(where * len(content)))] ^= 1 << bit
    path = kept(tmp_path_factory.mktemp("flipped") / f"a.{suffix}", bytes(content))
    try:
        picture = read(path).picture
        assert picture.size == probe(path).size
    except Trouble as trouble:
        assert trouble.safe


@pytest.mark.parametrize("size", [(1, 1), (1, 60000), (60000, 1)])
@pytest.mark.parametrize("suffix", ["png", "jpg", "tif", "bmp"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_extreme_shapes_go_in_and_out(tmp_path: Path, size: tuple[int, int], suffix: str, dtype: type) -> None:
    pixels = np.full((size[1], size[0], 3), 77, dtype)
    path = tmp_path / f"a.{suffix}"
    if f".{suffix}" in WRITABLE:
        write(Picture(pixels), path)
    else:
        Image.fromarray(pixels.astype(np.uint8)).save(path)
    picture = read(path).picture
    assert picture.size == Size(*size) == probe(path).size
    lossy = suffix == "jpg" or picture.depth == 8
    assert lossy or np.array_equal(picture.colour, pixels)


# --- size before pixels ------------------------------------------------------------------------------------------------


def blank(width: int, height: int) -> bytes:
    """A true PNG of one-bit rows, all zero, compressed as far as it goes."""
    deflate = zlib.compressobj(9)
    rows = bytes(1 + (width + 7) // 8) * 1000
    begin = deflate.compress(rows) + deflate.flush(zlib.Z_FULL_FLUSH)
    again = deflate.compress(rows) + deflate.flush(zlib.Z_FULL_FLUSH)  # the same bytes for every further thousand
    check = 1
    for _ in range(height // 1000):
        check = zlib.adler32(rows, check)
    stream = begin + again * (height // 1000 - 1) + b"\3\0" + struct.pack(">I", check)
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", stream) + chunk(b"IEND", b"")


def test_thirty_thousand_pixels_a_side_are_estimated_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = kept(tmp_path / "巨大 a.png", blank(30_000, 30_000))
    assert path.stat().st_size < 200_000
    small = kept(tmp_path / "small.png", blank(100, 3000))
    assert not read(small).picture.colour.any(), "and it is a sound file, too"
    facts = probe(path)
    assert facts.size == Size(30_000, 30_000) and 3.5e9 < facts.bytes_needed < 8e9
    monkeypatch.setattr(limits, "free_bytes", lambda: 2_000_000_000)
    trouble = refused(path, "reading it needs 3.6 GB of memory, and only 2.0 GB are free")
    assert trouble.values["width"] == 30_000


def test_more_than_a_thousand_megapixels_are_refused_whatever_the_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "free_bytes", lambda: 1 << 50)
    refused(kept(tmp_path / "a.png", blank(40_000, 30_000)), "more than the 1,000 megapixels")


def test_a_smaller_limit_may_be_given(tmp_path: Path) -> None:
    path = kept(tmp_path / "a.png", encoded("png"))
    with pytest.raises(Trouble, match="more than the 0 megapixels"):
        read(path, limit_px=100)


def test_our_limit_is_pillows_limit_and_no_other() -> None:
    assert Image.MAX_IMAGE_PIXELS == limits.MOST_PIXELS


@pytest.mark.parametrize("depth, kind", [(8, 2), (16, 2), (8, 6), (1, 0)])
def test_a_tiny_file_that_claims_a_huge_size(tmp_path: Path, depth: int, kind: int) -> None:
    refused(kept(tmp_path / "a.png", png(20_000, 20_000, depth, kind, bytes(1000))), "damaged, or only a part")


@pytest.mark.parametrize("suffix", ["jpg", "bmp", "gif", "webp", "tif"])
def test_a_huge_size_in_the_header_is_not_believed(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "free_bytes", lambda: 100_000_000)
    content = bytearray(encoded(suffix))
    if suffix == "jpg":
        at = content.index(b"\xff\xc0") + 5
        content[at : at + 4] = struct.pack(">HH", 60_000, 60_000)
    elif suffix == "bmp":
        content[18:26] = struct.pack("<ii", 30_000, 30_000)
    elif suffix == "gif":
        content[6:10] = struct.pack("<HH", 65_000, 65_000)
    elif suffix == "webp":
        at = content.index(b"\x9d\x01\x2a") + 3
        content[at : at + 4] = struct.pack("<HH", 16_383, 16_383)
    else:
        out = io.BytesIO()
        tifffile.imwrite(out, noise(24, 32, dtype=np.uint16), photometric="minisblack")
        content = bytearray(out.getvalue())
        with tifffile.TiffFile(io.BytesIO(out.getvalue())) as tiff:
            for tag in (256, 257):
                at = tiff.pages.first.tags[tag].valueoffset
                content[at : at + 4] = struct.pack("<I", 60_000)
    refused(kept(tmp_path / f"a.{suffix}", bytes(content)), "megapixels|of memory|damaged")


# --- bombs beside the pixels -------------------------------------------------------------------------------------------

BOMB = zlib.compress(bytes(200 << 20), 9)


@pytest.mark.parametrize("depth", [8, 16])
def test_bombs_in_text_and_profile_do_not_go_off(tmp_path: Path, depth: int) -> None:
    pixels = noise(6, 7, 3, dtype=np.uint16 if depth == 16 else np.uint8)
    extra = [
        chunk(b"iCCP", b"bomb\0\0" + BOMB),
        chunk(b"zTXt", b"Comment\0\0" + BOMB),
        chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + BOMB),
        chunk(b"tEXt", b"Comment\0" + b"x" * (2 << 20)),
    ]
    path = kept(tmp_path / "a.png", png_of(pixels, 2, *extra))
    opened = read(path)
    assert np.array_equal(opened.picture.colour, pixels)
    assert "profile is damaged and was ignored" in str(opened.notes[0])
    assert read_provenance(path).records == ()


def test_a_bomb_in_a_strip_does_not_go_off(tmp_path: Path) -> None:
    out = io.BytesIO()
    tifffile.imwrite(out, noise(64, 64, dtype=np.uint16), photometric="minisblack", compression="zlib", rowsperstrip=64)
    content = bytearray(out.getvalue())
    with tifffile.TiffFile(io.BytesIO(out.getvalue())) as tiff:
        page = tiff.pages.first
        offset, count = page.tags[273].valueoffset, page.tags[279].valueoffset
        assert page.tags[273].dtype == page.tags[279].dtype == 4, "both are 32 bit wide"
        content[offset : offset + 4] = struct.pack("<I", len(content))
        content[count : count + 4] = struct.pack("<I", len(BOMB))
    picture = read(kept(tmp_path / "a.tif", bytes(content) + BOMB)).picture
    assert picture.size == Size(64, 64) and not picture.colour.any()


@pytest.mark.parametrize("profile", [b"nonsense", wide_profile()[:200], wide_profile()[:-40] + bytes(40), bytes(5000)])
@pytest.mark.parametrize("depth", [8, 16])
def test_a_broken_profile_is_ignored_and_said_so(tmp_path: Path, profile: bytes, depth: int) -> None:
    pixels = noise(8, 9, 3, dtype=np.uint16 if depth == 16 else np.uint8)
    tifffile.imwrite(tmp_path / "a.tif", pixels, photometric="rgb", iccprofile=profile)
    opened = read(tmp_path / "a.tif")
    assert opened.picture.size == Size(9, 8)
    if "ignored" in " ".join(map(str, opened.notes)):
        assert np.array_equal(opened.picture.colour, pixels)
    else:
        assert profile[:4] == wide_profile()[:4], "only one whose tables were overwritten may still be applied"


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.uint32, np.int16])
def test_numbers_that_are_no_colours_are_refused_by_name(tmp_path: Path, dtype: type) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((9, 9, 3), dtype), photometric="rgb")
    refused(tmp_path / "a.tif", r"holds (16|32|64)-bit .*numbers, which Gesso cannot read")


def test_pillow_complains_unheard(tmp_path: Path) -> None:
    image = Image.fromarray(noise(8, 8, 3))
    exif = b"Exif\0\0II*\0\x08\0\0\0\x05\0" + b"\xff" * 30  # a table that runs over its end
    image.save(tmp_path / "a.jpg", exif=exif)
    assert read(tmp_path / "a.jpg").picture.size == Size(8, 8)  # warnings are errors here


def test_a_refusal_is_one_language_throughout(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "画.tif", np.zeros((9, 9, 3), np.float32), photometric="rgb")
    chinese = Words.load("zh_CN", resources() / "translations")
    trouble = refused(tmp_path / "画.tif", "32-bit floating-point numbers")
    assert trouble.sentence(chinese.say).startswith("画.tif 含有 32 位浮点数，Gesso 无法读取。")
