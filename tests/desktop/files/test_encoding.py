"""Pictures on their way into files: slow encoders in a process of their own, all of them stopped when not wanted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from gesso.documents.painting import Painting
from gesso.files import apart, encoding, paintings, pictures, pictures_apart, tiff
from gesso.values import Cancelled, Picture, Progress, Trouble
from tests.desktop.files import painted

SUFFIXES = (".png", ".jpg", ".webp", ".avif", ".tif", ".pdf", ".ora", ".psd")
LARGE = Picture(np.zeros((1100, 1000, 3), np.uint8))


@pytest.mark.parametrize("suffix", [".avif", ".webp"])
@pytest.mark.parametrize("has_alpha", [True, False])
def test_it_is_the_same_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, has_alpha: bool) -> None:
    pixels = painted.pixels(70, 50)
    picture = Picture(pixels[..., :3], pixels[..., 3] if has_alpha else None, (150, 72))
    here, there = tmp_path / f"here{suffix}", tmp_path / f"there{suffix}"
    pictures.write(picture, here)
    monkeypatch.setattr(encoding, "BLINK_PX", 0)
    heard: list[float] = []
    pictures.write(picture, there, progress=Progress(lambda at, _: heard.append(at)))
    assert there.read_bytes() == here.read_bytes() and heard[-1] == 1.0


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("asked", [1, 2])
def test_writing_that_is_given_up_leaves_nothing(tmp_path: Path, suffix: str, asked: int) -> None:
    """Given up at the very beginning, and a little later."""
    times: list[int] = []

    def cancelled() -> bool:
        times.append(1)
        return len(times) >= asked

    with pytest.raises(Cancelled):
        pictures.write(LARGE, tmp_path / f"a{suffix}", progress=Progress(cancelled=cancelled))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_once_the_file_is_there_it_is_too_late_to_give_up(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    small = Picture(LARGE.colour[:40, :30])
    pictures.write(small, path, progress=Progress(cancelled=path.exists))
    assert path.exists()
    path.unlink()
    paintings.write(Painting.from_array(small.rgba()), path, progress=Progress(cancelled=path.exists))
    assert path.exists()


def dies(path: Path, progress: Progress, given: Iterator[Any], **_: Any) -> Iterator[bytes]:
    next(given)
    os._exit(11)
    yield b""


def starves(path: Path, progress: Progress, given: Iterator[Any], **told: Any) -> Iterator[bytes]:
    def no_memory(*_: Any) -> None:
        raise MemoryError

    encoding._pillow = no_memory
    yield from encoding._tell(path, progress, given, **told)


@pytest.mark.parametrize("tell, words", [(dies, "came to a stop"), (starves, "not enough memory to write")])
def test_an_encoder_that_dies_or_starves_is_one_sentence_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tell: Any, words: str
) -> None:
    path = tmp_path / "a.avif"
    pictures.write(Picture(LARGE.colour[:40, :30]), path)
    before = path.read_bytes()
    monkeypatch.setattr(encoding, "_tell", tell)
    with pytest.raises(Trouble, match=words) as refused:
        pictures.write(LARGE, path, overwrite=True)
    assert "a.avif" in str(refused.value)
    assert path.read_bytes() == before and [file.name for file in tmp_path.iterdir()] == ["a.avif"]


def test_more_than_four_gigabytes_go_into_a_tiff_that_can_count_so_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tiff, "CLASSIC_BYTES", 1000)
    picture = Picture.from_rgba(painted.pixels(70, 50, np.uint16))
    path = tmp_path / "a.tif"
    pictures.write(picture, path)
    assert path.read_bytes()[:4] == b"II+\0"
    assert np.array_equal(pictures.read(path).picture.rgba(), picture.rgba())
    with Image.open(path) as seen:
        assert seen.size == (70, 50)


def pid(path: Path, progress: Progress) -> Iterator[int]:
    yield os.getpid()


def test_one_process_serves_one_file_after_the_other(tmp_path: Path) -> None:
    ask = partial(apart.stream, pid, tmp_path / "a", 0, Progress.silent())
    first, second = list(ask()), list(ask())
    assert first == second != [os.getpid()]
    apart.let_go()
    third = list(ask())
    assert third != second
    apart._waiting[0]._process.kill()
    assert list(ask()) != third, "one that died while it waited is not missed"


def test_two_files_at_once_have_two_processes_of_which_one_stays(tmp_path: Path) -> None:
    one, two = (apart.stream(pid, tmp_path / "a", 0, Progress.silent()) for _ in range(2))
    assert next(one) != next(two)
    assert not list(one) and not list(two) and len(apart._waiting) == 1


def test_a_process_that_left_while_it_was_asked_is_not_missed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = list(apart.stream(pid, tmp_path / "a", 0, Progress.silent()))
    waiting = apart._waiting[0]._process
    waiting.kill()
    waiting.join()
    monkeypatch.setattr(apart._Helper, "is_alive", property(lambda helper: True))
    assert list(apart.stream(pid, tmp_path / "a", 0, Progress.silent())) != before
    apart._waiting[0]._process.kill()
    apart._waiting[0]._process.join()

    def refused(process: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("multiprocessing.process.BaseProcess.start", refused)
    with pytest.raises(Trouble, match="starts no process more"):
        list(apart.stream(pid, tmp_path / "a", 0, Progress.silent()))


def fails(path: Path, progress: Progress) -> Iterator[int]:
    yield 1
    raise ValueError


@pytest.mark.parametrize("ended", ["failed", "given up"])
def test_a_process_that_had_trouble_or_was_given_up_serves_nobody_more(tmp_path: Path, ended: str) -> None:
    heard = apart.stream(fails if ended == "failed" else pid, tmp_path / "a", 0, Progress.silent())
    next(heard)
    if ended == "failed":
        with pytest.raises(Trouble, match="damaged"):
            next(heard)
    else:
        heard.close()
    assert not apart._waiting


def test_a_computer_that_starts_no_process_more_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(process: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    apart.let_go()
    pictures.write(Picture(LARGE.colour[:40, :30]), tmp_path / "a.png")
    monkeypatch.setattr("multiprocessing.process.BaseProcess.start", refused)
    with pytest.raises(Trouble, match="starts no process more"):
        pictures_apart.read(tmp_path / "a.png")
    with pytest.raises(Trouble, match="starts no process more"):
        pictures.write(LARGE, tmp_path / "b.avif")
    assert [file.name for file in tmp_path.iterdir()] == ["a.png"]
    monkeypatch.undo()
    assert pictures_apart.read(tmp_path / "a.png").format == "PNG"
