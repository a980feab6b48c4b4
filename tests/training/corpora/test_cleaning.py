"""What is dropped, by measured faults, and what looks alike and stays."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageDraw, ImageFilter, ImageOps

from gesso_training.corpora.cleaning import KINDS, fault_of
from gesso_training.corpora.normal import TooLarge, is_picture, normalised, read_picture
from tests.training.corpora.drawings import pixels, work


def page_of_text(width: int = 620, height: int = 860) -> Image.Image:
    picture = Image.new("RGB", (width, height), (244, 240, 230))
    pen, rng = ImageDraw.Draw(picture), np.random.default_rng(1)
    for y in range(60, height - 60, 24):
        line = " ".join("".join(map(chr, rng.integers(97, 123, int(rng.integers(2, 9))))) for _ in range(16))
        pen.text((60, y), line[:80], fill=(30, 28, 26), font_size=14)
    return picture


def framed(picture: Image.Image, share: float) -> Image.Image:
    return ImageOps.expand(picture, round(picture.width * share), "#efe6d0")


def blown(picture: Image.Image) -> Image.Image:
    return picture.point(lambda value: 255 if value > 128 else 0)


def kind_of(picture: Image.Image, accepts: frozenset[str] = frozenset()) -> str:
    fault = fault_of(pixels(picture), 96, accepts)
    return fault.kind if fault else ""


FAULTY = {
    "size": work(1, 200, 90),
    "flat": Image.new("RGB", (300, 200), "#887766"),
    "grey": work(1).convert("L"),
    "blur": work(1, 640, 480).filter(ImageFilter.GaussianBlur(14)),
    "text": page_of_text(),
    "border": framed(work(1), 0.25),
    "clipping": ImageOps.posterize(blown(work(1).convert("L").filter(ImageFilter.GaussianBlur(9))).convert("RGB"), 8),
}


@pytest.mark.parametrize("kind", FAULTY)
def test_each_fault_is_named(kind: str) -> None:
    others = frozenset(KINDS) - {kind}
    assert kind_of(FAULTY[kind], others) == kind
    assert kind_of(
        FAULTY[kind], frozenset(KINDS) - {"size", "flat"} if kind in ("size", "flat") else frozenset(KINDS)
    ) == (kind if kind in ("size", "flat") else "")


@pytest.mark.parametrize("seed", range(6))
def test_sound_works_have_no_fault(seed: int) -> None:
    assert kind_of(work(seed)) == ""
    assert kind_of(framed(work(seed), 0.04)) == ""
    assert kind_of(work(seed, 1600, 1300)) == ""


def test_a_sharp_subject_before_a_soft_ground_is_sharp() -> None:
    soft = work(2, 640, 480).filter(ImageFilter.GaussianBlur(14))
    soft.paste(work(3, 200, 160), (240, 180))
    assert kind_of(soft) == ""


def test_an_ink_drawing_is_no_page_of_text() -> None:
    sheet = Image.new("RGB", (700, 700), (244, 240, 230))
    pen, rng = ImageDraw.Draw(sheet), np.random.default_rng(5)
    for _ in range(260):
        x, y = map(int, rng.integers(80, 620, 2))
        dx, dy = map(int, rng.integers(-70, 71, 2))
        pen.line((x, y, x + dx, y + dy), fill=(40, 34, 30), width=int(rng.integers(1, 5)))
    assert kind_of(sheet, frozenset({"grey", "border"})) == ""


def test_pictures_come_upright_in_srgb_and_on_white() -> None:
    lying = Image.new("RGB", (60, 40), "red")
    lying.paste("blue", (0, 0, 10, 40))
    exif = Image.Exif()
    exif[274] = 6  # to be turned a quarter to the right
    file = io.BytesIO()
    lying.save(file, "PNG", exif=exif)
    upright = read_picture(file.getvalue())
    assert upright.shape == (60, 40, 3) and tuple(upright[0, 0]) == (0, 0, 255)

    clear = Image.new("RGBA", (8, 8), (200, 0, 0, 0))
    file = io.BytesIO()
    clear.save(file, "PNG")
    assert (read_picture(file.getvalue()) == 255).all()

    deep = Image.fromarray(np.full((8, 8), 32896, np.uint16))
    file = io.BytesIO()
    deep.save(file, "PNG")
    assert np.abs(read_picture(file.getvalue()).astype(int) - 128).max() <= 1


def test_a_profile_is_taken_into_srgb_and_a_broken_one_is_let_be() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB", colorTemp=5000))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    in_lab = ImageCms.profileToProfile(Image.new("RGB", (9, 9), (200, 60, 30)), srgb, lab, outputMode="LAB")
    assert in_lab is not None
    in_lab.info["icc_profile"] = lab.tobytes()
    assert np.abs(np.asarray(normalised(in_lab), int)[4, 4] - (200, 60, 30)).max() <= 4
    broken = Image.new("RGB", (9, 9), (200, 60, 30))
    broken.info["icc_profile"] = b"no profile"
    assert tuple(np.asarray(normalised(broken))[4, 4]) == (200, 60, 30)


def test_size_has_a_limit_on_both_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "large.jpg"
    work(1, 1600, 1200).save(file)
    assert read_picture(file, 500).shape == (375, 500, 3)
    assert read_picture(file, 5000).shape == (1200, 1600, 3)
    monkeypatch.setattr("gesso_training.corpora.normal.MOST_PIXELS", 1_000_000)
    with pytest.raises(TooLarge, match="megapixels"):
        read_picture(file)


def test_pictures_are_known_by_their_names() -> None:
    assert is_picture("a/b.JPG") and is_picture("画.png")
    assert not is_picture("a/.b.jpg") and not is_picture("notes.txt") and not is_picture("__MACOSX/a.png")
