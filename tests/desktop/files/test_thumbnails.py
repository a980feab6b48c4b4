"""Small pictures of files: of every kind, upright, in the right colours, and never decoded in the window's process."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFile

from gesso.files import paintings, pictures, project
from gesso.files.thumbnails import MOST_KEPT_BYTES, small, small_of
from gesso.values import Cancelled, Picture, Progress, Size
from tests.desktop.files import made
from tests.desktop.files.painted import layer, painting

FIT = Size(40, 30)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="20"><rect width="80" height="20" fill="#f00"/></svg>'


def plain(depth: int = 8, width: int = 160, height: int = 90) -> Picture:
    dtype, top = (np.uint16, 65535) if depth == 16 else (np.uint8, 255)
    colour = np.zeros((height, width, 3), dtype)
    colour[..., 0], colour[:, : width // 2, 1] = top, top // 2
    return Picture(colour)


@pytest.fixture
def nothing_decodes_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process; the other one is another."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("decoded in the window's process")

    monkeypatch.setattr(Image, "open", never)
    monkeypatch.setattr(ImageFile.ImageFile, "load", never)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif", ".avif"])
def test_of_pictures(tmp_path: Path, suffix: str, depth: int, nothing_decodes_here: None) -> None:
    path = tmp_path / f"图 a{suffix}"
    pictures.write(plain(depth), path)
    found = small(path, FIT)
    assert found is not None and found.shape[:2] == (30, 53) and found.dtype == np.uint8
    assert np.abs(found[15, 5].astype(int) - (255, 127, 0, 255)).max() < 12
    assert np.abs(found[15, 48].astype(int) - (255, 0, 0, 255)).max() < 12


def test_of_projects_layers_and_drawings(tmp_path: Path) -> None:
    given = painting(Size(400, 300), layer(Size(400, 300), Size(400, 300).box))
    project.save(given, tmp_path / "a.gesso")
    for suffix in (".ora", ".psd"):
        paintings.write(given, tmp_path / f"a{suffix}")
    (tmp_path / "a.svg").write_text(SVG)
    for suffix in (".gesso", ".ora", ".psd"):
        found = small(tmp_path / f"a{suffix}", FIT)
        assert found is not None and found.shape == (30, 40, 4), suffix
    drawn = small(tmp_path / "a.svg", FIT)
    assert drawn is not None and drawn[5, 5].tolist() == [255, 0, 0, 255]


def test_photographs_are_upright_and_in_their_own_colours(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6
    pixels = plain().colour
    Image.fromarray(pixels).save(tmp_path / "a.jpg", exif=exif, icc_profile=made.wide_profile(), quality=95)
    found = small(tmp_path / "a.jpg", FIT)
    assert found is not None and found.shape[:2] == (71, 40), "turned by a quarter"
    whole = pictures.read(tmp_path / "a.jpg").picture.colour
    assert np.abs(found[10, 20, :3].astype(int) - whole[20, 40].astype(int)).max() < 12
    grey = Image.fromarray(pixels).convert("L")
    grey.save(tmp_path / "grey.jpg")
    grey.convert("CMYK").save(tmp_path / "inks.jpg")
    assert all(small(tmp_path / name, FIT) is not None for name in ("grey.jpg", "inks.jpg"))


def test_what_is_no_picture_has_none(tmp_path: Path) -> None:
    for name in ("a.png", "a.gesso", "a.psd", "a.ora", "a.jpg", "a.svg"):
        (tmp_path / name).write_bytes(b"\x89PNG nothing of the kind")
        assert small(tmp_path / name, FIT) is None
    assert small(tmp_path / "gone.png", FIT) is None
    out = io.BytesIO()
    Image.new("RGB", (40, 40)).save(out, "PNG")
    assert small_of("kept", out.getvalue(), FIT) is not None
    for content in (b"", b"none", out.getvalue()[:40], bytes(MOST_KEPT_BYTES + 1)):
        assert small_of("kept", content, FIT) is None


def test_a_picture_that_claims_to_be_huge_is_not_decoded(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(made.png(60_000, 60_000, 8, 0, b""))
    assert small(tmp_path / "a.png", FIT) is None
    assert small_of("kept", made.png(60_000, 60_000, 8, 0, b""), FIT) is None


def test_it_can_be_given_up(tmp_path: Path) -> None:
    pictures.write(plain(), tmp_path / "a.png")
    with pytest.raises(Cancelled):
        small(tmp_path / "a.png", FIT, Progress(cancelled=lambda: True))
