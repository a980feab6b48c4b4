"""Pictures of every bad kind, given to the shell: handled, or refused in one sentence with nothing written."""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.desktop.cli.conftest import Answer, paint, pixels

Typed = Callable[..., Answer]
RUN = ("tool", "run", "painting.upscale")


def png(width: int, height: int, packed: bytes) -> bytes:
    """A grey PNG of 8 bit that claims a size and holds what it is given as packed pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def truncated(suffix: str) -> bytes:
    file = paint(Path("whole" + suffix), (64, 64))
    content = file.read_bytes()
    file.unlink()
    return content[: len(content) // 2]


REFUSED: dict[str, Callable[[], bytes]] = {
    "empty.png": lambda: b"",
    "truncated.png": lambda: truncated(".png"),
    "truncated.jpg": lambda: truncated(".jpg"),
    "truncated.tif": lambda: truncated(".tif"),
    "random.png": lambda: np.random.default_rng(1).bytes(4000),
    "random.jpg": lambda: b"\xff\xd8\xff" + np.random.default_rng(1).bytes(4000),
    "text.png": lambda: "不是图片".encode(),
    "claims 30000.png": lambda: png(30000, 30000, zlib.compress(b"\0" * 1000)),
    "claims much more.png": lambda: png(2**31 - 1, 2**31 - 1, zlib.compress(b"\0" * 1000)),
    "nothing wide.png": lambda: png(0, 10, zlib.compress(b"\0" * 10)),
    "bomb.png": lambda: png(60000, 60000, bytes(4_000_000)),
    "is a pdf.png": lambda: b"%PDF-1.7\n",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_picture_is_one_sentence(gesso: Typed, name: str) -> None:
    source = Path(name)
    source.write_bytes(REFUSED[name]())
    before, listed = source.read_bytes(), sorted(os.listdir())
    for command in ((*RUN, source, "-o", "out.png"), ("provenance", source)):
        answer = gesso(*command)
        if command[0] == "provenance" and answer.code == 0:
            continue  # a whole header tells where a picture comes from, even when its pixels are cut short
        assert answer.code == 1 and name in answer.err and answer.err.count("\n") == 1 and not answer.out
    assert source.read_bytes() == before and sorted(os.listdir()) == listed


def test_a_picture_too_large_for_the_memory_is_judged_by_its_head(
    gesso: Typed, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("large.png").write_bytes(png(30000, 30000, bytes(1_000_000)))
    monkeypatch.setattr("gesso.files.limits.free_bytes", lambda: 8_000_000_000)
    monkeypatch.setattr("gesso.files.pictures.read", None)  # nothing may be decoded
    answer = gesso(*RUN, "large.png", "-o", "out.png")
    assert answer.code == 1 and "60000 × 60000" in answer.err and "8.0 GB are free" in answer.err


@pytest.mark.parametrize("name", ["", ".", "missing.png", "folder/missing.png", "a\0b.png", "x" * 300 + ".png"])
def test_what_is_not_there_is_one_sentence(gesso: Typed, name: str) -> None:
    answer = gesso(*RUN, name, "-o", "out.png")
    assert answer.code == 1 and answer.err.count("\n") == 1 and not os.listdir()


def test_a_folder_that_looks_like_a_picture_is_a_folder(gesso: Typed) -> None:
    Path("in.png").mkdir()
    assert "no picture" in gesso(*RUN, "in.png", "-o", "out").err
    assert "folder" in gesso("provenance", "in.png").err
    Path("out.png").mkdir()
    paint(Path("a.png"))
    assert gesso(*RUN, "a.png", "-o", "out.png").code == 0, "a folder given for the result takes it in"
    assert pixels("out.png/a.png").shape == (32, 48, 3)


def test_a_picture_that_may_not_be_read_is_one_sentence(gesso: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    source, plain = paint(Path("locked.png")), Path.open

    def refused(path: Path, mode: str = "r", *more: object, **options: object) -> object:
        if path.name == "locked.png" and "r" in mode:  # what the system says to those who are not root
            raise PermissionError(13, "Permission denied")
        return plain(path, mode, *more, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", refused)
    answer = gesso(*RUN, source, "-o", "out.png")
    assert answer.code == 1 and "locked.png" in answer.err and answer.err.count("\n") == 1


def test_a_folder_that_may_not_be_written_is_one_sentence(gesso: Typed) -> None:
    paint(Path("a.png"))
    Path("file").write_text("in the way")
    for target in ("file/b.png", "file/deeper/b.png"):
        answer = gesso(*RUN, "a.png", "-o", target)
        assert answer.code == 1 and answer.err.count("\n") == 1
    assert Path("file").read_text() == "in the way"


def odd_pictures(folder: Path) -> dict[str, tuple[int, int]]:
    """Pictures that are odd and sound, with the size in which they are shown."""
    folder.mkdir()
    paint(folder / "one.png", (1, 1))
    paint(folder / "tall.png", (1, 60000))
    paint(folder / "cmyk.jpg", (20, 10), "CMYK")
    paint(folder / "palette.png", (20, 10), "P")
    paint(folder / "grey.png", (20, 10), "L")
    paint(folder / "bits.png", (20, 10), "1")
    clear = np.random.default_rng(2).integers(0, 256, (10, 20, 4)).astype(np.uint8)
    Image.fromarray(clear).save(folder / "alpha.png")
    paint(folder / "有 空格 的.png", (20, 10))
    paint(folder / "broken icc.png", (20, 10), icc_profile=b"not a profile")
    frames = [Image.new("RGB", (20, 10), colour) for colour in ("red", "blue")]
    frames[0].save(folder / "animated.gif", save_all=True, append_images=frames[1:])
    paint(folder / "jpeg inside.jpg", (20, 10)).rename(folder / "jpeg inside.png")
    exif = Image.Exif()
    exif[274] = 6
    paint(folder / "turned.jpg", (20, 10), exif=exif)
    deep = np.arange(200, dtype=np.uint16).reshape(10, 20) * 300
    Image.fromarray(deep).save(folder / "sixteen.png")
    sizes = dict.fromkeys((path.name for path in folder.iterdir()), (20, 10))
    return {**sizes, "one.png": (1, 1), "tall.png": (1, 60000), "turned.jpg": (10, 20)}


def test_odd_pictures_come_out_twice_as_large(gesso: Typed) -> None:
    import cv2

    sizes = odd_pictures(Path("odd 怪"))
    answer = gesso(*RUN, "odd 怪", "-o", "out")
    assert answer.code == 0, answer.err
    for name, (width, height) in sizes.items():
        made = Path("out") / (name if not name.endswith(".gif") else name.replace(".gif", ".png"))
        assert pixels(made).shape[:2] == (2 * height, 2 * width), name
    assert pixels("out/alpha.png").shape == (20, 40, 4)
    sixteen = cv2.imread("out/sixteen.png", cv2.IMREAD_UNCHANGED)
    assert sixteen.dtype == np.uint16


@pytest.mark.parametrize(
    ("name", "said"), [("animated.gif", "first"), ("broken icc.png", "profile"), ("jpeg inside.png", "JPEG")]
)
def test_what_is_odd_is_said(gesso: Typed, name: str, said: str) -> None:
    odd_pictures(Path("odd"))
    answer = gesso(*RUN, Path("odd") / name, "-o", "out.png")
    assert answer.code == 0 and said in answer.err
