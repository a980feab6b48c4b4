"""Every format read in a process of its own comes out the same, and so do its troubles."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import tifffile

from gesso.files import limits, paintings, pictures, pictures_apart
from gesso.values import Cancelled, Picture, Progress, Trouble, Words, paths
from tests.desktop.files import painted

LOSSLESS = [(".png", 8), (".png", 16), (".tif", 16), (".webp", 8), (".ora", 16), (".psd", 8), (".avif", 8), (".jpg", 8)]


@pytest.mark.parametrize("suffix, depth", LOSSLESS)
def test_it_is_the_same_picture(tmp_path: Path, suffix: str, depth: int) -> None:
    picture = Picture.from_rgba(painted.pixels(70, 50, np.uint16 if depth == 16 else np.uint8))
    path = tmp_path / f"画 a{suffix}"
    pictures.write(Picture(picture.colour, picture.alpha, (150, 150)), path)
    heard: list[float] = []
    here, there = pictures.read(path), pictures_apart.read(path, progress=Progress(lambda at, _: heard.append(at)))
    assert np.array_equal(there.picture.rgba(), here.picture.rgba())
    assert (there.notes, there.format, there.picture.dpi) == (here.notes, here.format, here.picture.dpi)
    assert heard[-1] == 1.0
    apart = paintings.read(path, is_apart=True)
    assert painted.told(apart.painting) == painted.told(paintings.read(path).painting)


def test_troubles_are_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = tmp_path / "a.png"
    pictures.write(Picture.from_rgba(painted.pixels(70, 50)), whole)
    (tmp_path / "cut.png").write_bytes(whole.read_bytes()[:300])
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "text.jpg").write_text("hello")
    for name in ("cut.png", "empty.png", "text.jpg", "gone.png"):
        with pytest.raises(Trouble) as here:
            pictures.read(tmp_path / name)
        with pytest.raises(Trouble) as there:
            pictures_apart.read(tmp_path / name)
        assert str(there.value) == str(here.value)
    with pytest.raises(Trouble, match="megapixels"):
        pictures_apart.read(whole, limit_px=100)
    with pytest.raises(Cancelled):
        pictures_apart.read(whole, progress=Progress(cancelled=lambda: True))
    assert limits.free_bytes() > 0


@pytest.mark.parametrize("suffix, depth", [(".png", 8), (".png", 16), (".tif", 16), (".webp", 8)])
def test_what_lies_in_no_file_is_read_there_too(tmp_path: Path, suffix: str, depth: int) -> None:
    path = tmp_path / f"a{suffix}"
    picture = Picture.from_rgba(painted.pixels(70, 50, np.uint16 if depth == 16 else np.uint8))
    pictures.write(Picture(picture.colour, picture.alpha, (150, 150)), path)
    here, there = pictures.read(path), pictures_apart.read_content("The clipboard", path.read_bytes())
    assert np.array_equal(there.picture.rgba(), here.picture.rgba())
    assert (there.notes, there.format, there.picture.dpi) == (here.notes, here.format, here.picture.dpi)


@pytest.mark.parametrize("content", [b"", b"hello", b"\x89PNG\r\n\x1a\n" + bytes(100), b"<svg/>"])
def test_trouble_with_what_lies_in_no_file_calls_it_by_its_name(content: bytes) -> None:
    with pytest.raises(Trouble, match="The clipboard is"):
        pictures_apart.read_content("The clipboard", content)


def test_the_systems_own_clipboard_is_asked_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs over there, run here, since this system has no such clipboard."""
    from PIL import Image, ImageGrab

    def collected() -> Picture:
        said = pictures_apart._tell_clipboard(Path("The clipboard"), Progress.silent())
        return pictures_apart._collected(said).picture

    pixels = painted.pixels(300, 200)
    monkeypatch.setattr(ImageGrab, "grabclipboard", lambda: Image.fromarray(pixels))
    assert np.array_equal(collected().rgba(), pixels)
    monkeypatch.setattr(ImageGrab, "grabclipboard", lambda: Image.new("L", (9, 9), 7))
    assert collected().alpha is None

    def cannot() -> None:
        raise NotImplementedError

    for answer in (lambda: None, lambda: ["/a.png"], cannot):
        monkeypatch.setattr(ImageGrab, "grabclipboard", answer)
        with pytest.raises(Trouble, match="no picture on the clipboard"):
            collected()


def test_troubles_come_over_in_the_artists_language(tmp_path: Path) -> None:
    tifffile.imwrite(tmp_path / "a.tif", np.zeros((4, 4, 3), np.float32), photometric="rgb")
    say = Words.load("zh_CN", paths.resources() / "translations").say
    said = []
    for read in (pictures.read, pictures_apart.read):
        with pytest.raises(Trouble) as refused:
            read(tmp_path / "a.tif")
        said.append(refused.value.sentence(say))
    assert said[0] == said[1] and "floating" not in said[0]
