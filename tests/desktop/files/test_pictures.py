"""Picture files: every kind comes in as sRGB, upright and exact; what is written comes back."""

from __future__ import annotations

import io
import os
import struct
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, ImageCms, ImageOps

from gesso.files import icc, pictures
from gesso.files.pictures import WRITABLE, probe, read, write
from gesso.values import Cancelled, Picture, Progress, Size, Trouble
from tests.desktop.files.made import chunk, grey_profile, png, png_of, press_profile, wide_profile


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "画 夹 é"
    found.mkdir()
    return found


def noise(*shape: int, dtype: type = np.uint8) -> np.ndarray:
    return np.random.default_rng(7).integers(0, np.iinfo(dtype).max, shape, endpoint=True).astype(dtype)


def kept(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def notes_of(path: Path) -> str:
    return " ".join(str(note) for note in read(path).notes)


# --- what comes in -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", ["png", "tif", "bmp", "webp"])
def test_eight_bits_come_in_exactly(folder: Path, suffix: str) -> None:
    pixels = noise(23, 31, 3)
    path = folder / f"一 张.{suffix}"
    Image.fromarray(pixels).save(path, **({"lossless": True} if suffix == "webp" else {}))
    opened = read(path)
    assert np.array_equal(opened.picture.colour, pixels)
    assert opened.picture.alpha is None and opened.notes == ()
    facts = probe(path)
    assert (facts.size, facts.depth, facts.frames) == (Size(31, 23), 8, 1)


@pytest.mark.parametrize("suffix", ["jpg", "avif", "gif"])
def test_lossy_formats_come_in_as_their_own_decoder_gives_them(folder: Path, suffix: str) -> None:
    path = folder / f"a.{suffix}"
    Image.fromarray(noise(20, 30, 3)).save(path)
    with Image.open(path) as image:
        assert np.array_equal(read(path).picture.colour, np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("kind, channels", [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_sixteen_bits_of_a_png_keep_every_bit(folder: Path, kind: int, channels: int) -> None:
    pixels = noise(9, 14, channels, dtype=np.uint16)
    picture = read(kept(folder / "a.png", png_of(pixels, kind))).picture
    assert picture.depth == 16
    colour = pixels[..., :3] if channels > 2 else np.repeat(pixels[..., :1], 3, -1)
    assert np.array_equal(picture.colour, colour)
    if channels in (2, 4):
        assert picture.alpha is not None and np.array_equal(picture.alpha, pixels[..., -1])
    else:
        assert picture.alpha is None


@pytest.mark.parametrize("kind, channels", [(0, 1), (2, 3)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_one_colour_may_stand_for_transparent(folder: Path, kind: int, channels: int, dtype: type) -> None:
    pixels = np.arange(12 * channels).reshape(3, 4, channels).astype(dtype) * 5
    key = struct.pack(f">{channels}H", *pixels[1, 2])
    picture = read(kept(folder / "a.png", png_of(pixels, kind, chunk(b"tRNS", key)))).picture
    assert picture.alpha is not None
    assert picture.alpha[1, 2] == 0 and (np.delete(picture.alpha.ravel(), 6) == picture.top).all()


def test_a_palette_and_its_transparency_come_in(folder: Path) -> None:
    image = Image.fromarray(np.array([[0, 1, 2]], np.uint8), "P")
    image.putpalette([255, 0, 0, 0, 255, 0, 0, 0, 255])
    image.save(folder / "a.png", transparency=bytes([255, 128, 0]))
    picture = read(folder / "a.png").picture
    assert picture.colour.tolist() == [[[255, 0, 0], [0, 255, 0], [0, 0, 255]]]
    assert picture.alpha is not None and picture.alpha.tolist() == [[255, 128, 0]]


@pytest.mark.parametrize("depth, row, shown", [(1, 0b10100000, [255, 0, 255]), (2, 0b00011100, [0, 85, 255])])
def test_few_bits_become_eight(folder: Path, depth: int, row: int, shown: list[int]) -> None:
    picture = read(kept(folder / "a.png", png(3, 1, depth, 0, bytes([0, row])))).picture
    assert picture.colour[0, :, 1].tolist() == shown


def test_bits_of_a_fax_come_in(folder: Path) -> None:
    bits = noise(10, 17) > 127
    Image.fromarray(bits).save(folder / "a.tif", compression="group4")
    assert np.array_equal(read(folder / "a.tif").picture.colour[..., 0], bits * np.uint8(255))


def test_grey_with_alpha_comes_in(folder: Path) -> None:
    pixels = noise(6, 7, 2)
    Image.fromarray(pixels, "LA").save(folder / "a.png")
    picture = read(folder / "a.png").picture
    assert picture.alpha is not None
    assert np.array_equal(picture.colour[..., 2], pixels[..., 0]) and np.array_equal(picture.alpha, pixels[..., 1])


@pytest.mark.parametrize(
    "ways",
    [
        {}, {"byteorder": ">"}, {"compression": "zlib"}, {"compression": "zlib", "predictor": True, "rowsperstrip": 5},
        {"tile": (16, 16)}, {"tile": (16, 32), "compression": "zlib", "predictor": True}, {"bigtiff": True},
    ],
)  # fmt: skip
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_sixteen_bits_of_a_tiff_keep_every_bit(folder: Path, ways: dict, channels: int) -> None:
    pixels = noise(37, 45, channels, dtype=np.uint16)
    extra = {"extrasamples": ["unassalpha"]} if channels == 4 else {}
    photometric = "minisblack" if channels == 1 else "rgb"
    given = pixels[..., 0] if channels == 1 else pixels
    tifffile.imwrite(folder / "a.tif", given, photometric=photometric, **ways, **extra)
    picture = read(folder / "a.tif").picture
    assert np.array_equal(picture.colour, np.repeat(pixels, 3, -1) if channels == 1 else pixels[..., :3])
    assert channels != 4 or (picture.alpha is not None and np.array_equal(picture.alpha, pixels[..., 3]))


def test_separate_planes_of_a_tiff_come_in(folder: Path) -> None:
    pixels = noise(20, 30, 3, dtype=np.uint16)
    planes = np.moveaxis(pixels, -1, 0)
    tifffile.imwrite(folder / "a.tif", planes, photometric="rgb", planarconfig="separate", rowsperstrip=8)
    assert np.array_equal(read(folder / "a.tif").picture.colour, pixels)


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_lzw_at_sixteen_bits_comes_in(folder: Path, channels: int) -> None:
    pixels = noise(20, 30, channels, dtype=np.uint16)
    turned = pixels if channels == 1 else pixels[..., [2, 1, 0, 3][:channels]]
    _, content = cv2.imencode(".tif", turned, [cv2.IMWRITE_TIFF_COMPRESSION, 5])
    picture = read(kept(folder / "a.tif", content.tobytes())).picture
    assert np.array_equal(picture.colour, np.repeat(pixels, 3, -1) if channels == 1 else pixels[..., :3])


def test_white_may_be_zero_and_alpha_may_be_multiplied_in(folder: Path) -> None:
    grey = noise(5, 6, dtype=np.uint16)
    tifffile.imwrite(folder / "white.tif", grey, photometric="miniswhite")
    assert np.array_equal(read(folder / "white.tif").picture.colour[..., 0], 65535 - grey)
    straight = np.array([[[60000, 30000, 10, 32768], [1, 2, 3, 0]]], np.uint16)
    multiplied = straight.copy()
    multiplied[..., :3] = np.round(straight[..., :3] * (straight[..., 3:] / 65535))
    tifffile.imwrite(folder / "multiplied.tif", multiplied, photometric="rgb", extrasamples=["assocalpha"])
    picture = read(folder / "multiplied.tif").picture
    assert np.abs(picture.colour[0, 0].astype(int) - straight[0, 0, :3]).max() <= 1
    assert picture.alpha is not None and picture.alpha.tolist() == [[32768, 0]]


@pytest.mark.parametrize("kind", [*range(1, 9)])
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "avif", "tif"])
def test_a_turned_camera_gives_an_upright_picture(folder: Path, kind: int, suffix: str) -> None:
    exif = Image.Exif()
    exif[274] = kind
    Image.fromarray(noise(16, 24, 3)).save(folder / f"a.{suffix}", exif=exif)
    with Image.open(folder / f"a.{suffix}") as image:
        upright = np.asarray(ImageOps.exif_transpose(image).convert("RGB"))
    picture = read(folder / f"a.{suffix}").picture
    assert np.array_equal(picture.colour, upright)
    assert probe(folder / f"a.{suffix}").size == picture.size == (Size(16, 24) if kind > 4 else Size(24, 16))


@pytest.mark.parametrize("compression", ["none", "zlib", "lzw"])
def test_a_turned_tiff_of_sixteen_bits_is_upright(folder: Path, compression: str) -> None:
    pixels = noise(16, 24, 3, dtype=np.uint16)
    if compression == "lzw":
        _, content = cv2.imencode(".tif", pixels[..., ::-1], [cv2.IMWRITE_TIFF_COMPRESSION, 5])
        kept(folder / "a.tif", content.tobytes())
        with tifffile.TiffFile(folder / "a.tif") as tiff:
            assert 274 not in tiff.pages.first.tags or tiff.pages.first.tags[274].value == 1
        return
    turned = [(274, 3, 1, 6, True)]
    ways = {} if compression == "none" else {"compression": compression}
    tifffile.imwrite(folder / "a.tif", pixels, photometric="rgb", extratags=turned, **ways)
    assert np.array_equal(read(folder / "a.tif").picture.colour, np.rot90(pixels, -1))


@pytest.mark.parametrize("suffix", ["gif", "png", "webp", "tif"])
def test_of_several_pictures_the_first_is_read_and_said_so(folder: Path, suffix: str) -> None:
    frames = [Image.new("RGB", (8, 6), colour) for colour in ("red", "lime", "blue")]
    options = {"lossless": True} if suffix == "webp" else {}
    frames[0].save(folder / f"a.{suffix}", save_all=True, append_images=frames[1:], **options)
    opened = read(folder / f"a.{suffix}")
    assert opened.picture.colour[0, 0].tolist() == [255, 0, 0]
    assert "first of the 3" in str(opened.notes[0])
    assert probe(folder / f"a.{suffix}").frames == 3


def test_a_wrong_ending_does_not_hide_the_picture(folder: Path) -> None:
    Image.fromarray(noise(5, 5, 3)).save(folder / "a.jpg", "PNG")
    assert "ends in .jpg, but the file holds a PNG" in notes_of(folder / "a.jpg")
    assert np.array_equal(read(folder / "a.jpg").picture.colour, noise(5, 5, 3))


# --- colours -----------------------------------------------------------------------------------------------------------


def littlecms(pixels: np.ndarray, profile: bytes, mode: str = "RGB") -> np.ndarray:
    """What Little CMS itself makes of 8-bit numbers, as a whole."""
    given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    size = (pixels.shape[1], pixels.shape[0])
    image = Image.frombytes(mode, size, pixels.tobytes())
    turned = ImageCms.profileToProfile(
        image, given, ImageCms.createProfile("sRGB"), ImageCms.Intent.RELATIVE_COLORIMETRIC, "RGB",
        flags=ImageCms.Flags.BLACKPOINTCOMPENSATION,
    )  # fmt: skip
    return np.asarray(turned)


def test_a_wide_profile_becomes_srgb(folder: Path) -> None:
    pixels = noise(30, 40, 3)
    Image.fromarray(pixels).save(folder / "a.png", icc_profile=wide_profile())
    opened = read(folder / "a.png")
    assert np.array_equal(opened.picture.colour, littlecms(pixels, wide_profile()))
    assert np.abs(opened.picture.colour.astype(int) - pixels).max() > 20
    assert "converted from made for a test to sRGB" in str(opened.notes[0])


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_a_wide_profile_at_sixteen_bits_keeps_its_precision(folder: Path, suffix: str) -> None:
    small = noise(30, 40, 3)
    pixels = small.astype(np.uint16) * 257
    path = folder / f"a.{suffix}"
    if suffix == "png":
        import zlib

        kept(path, png_of(pixels, 2, chunk(b"iCCP", b"wide\0\0" + zlib.compress(wide_profile()))))
    else:
        tifffile.imwrite(path, pixels, photometric="rgb", iccprofile=wide_profile())
    opened = read(path)
    assert opened.picture.depth == 16 and "to sRGB" in str(opened.notes[0])
    expected = littlecms(small, wide_profile())
    assert np.abs(opened.picture.colour / 257 - expected).max() < 1.25  # Little CMS itself is off by one at 8 bit
    ramp = np.repeat(np.arange(20000, 24000, dtype=np.uint16)[None, :, None], 3, -1)
    tifffile.imwrite(folder / "ramp.tif", ramp, photometric="rgb", iccprofile=wide_profile())
    found = read(folder / "ramp.tif").picture.colour[0, :, 1]
    assert len(np.unique(found)) > 3500
    light = (ramp[0, :, 1] / 65535) ** (563 / 256)
    assert np.abs(found / 65535 - (1.055 * light ** (1 / 2.4) - 0.055)).max() < 0.0002


@pytest.mark.parametrize("gamma", [1.0, 1.8])
def test_grey_profiles_are_exact_at_both_depths(folder: Path, gamma: float) -> None:
    grey = np.arange(256, dtype=np.uint8)[None]
    Image.fromarray(grey).save(folder / "a.png", icc_profile=grey_profile(gamma))
    wide = grey.astype(np.uint16) * 257
    tifffile.imwrite(folder / "a.tif", wide, photometric="minisblack", iccprofile=grey_profile(gamma))
    light = (grey[0] / 255) ** (round(gamma * 256) / 256)
    encoded = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    small, large = read(folder / "a.png").picture.colour, read(folder / "a.tif").picture.colour
    assert np.abs(large[0, :, 0] - encoded * 65535).max() <= 1
    assert np.abs(small[0, :, 2] - encoded * 255).max() < 0.51


def test_a_profile_for_colours_fits_a_grey_picture(folder: Path) -> None:
    grey = noise(8, 9)
    Image.fromarray(grey).save(folder / "a.jpg", quality=100, icc_profile=wide_profile(1.0))
    with Image.open(folder / "a.jpg") as image:
        stored = np.repeat(np.asarray(image)[..., None], 3, -1)
    assert np.array_equal(read(folder / "a.jpg").picture.colour, littlecms(stored, wide_profile(1.0)))


def test_an_srgb_profile_changes_nothing(folder: Path) -> None:
    pixels = noise(20, 20, 3)
    Image.fromarray(pixels).save(folder / "a.png", icc_profile=icc.srgb())
    opened = read(folder / "a.png")
    assert np.array_equal(opened.picture.colour, pixels) and not opened.notes


def test_inks_go_through_their_profile(folder: Path) -> None:
    inks = noise(10, 12, 4)
    Image.fromarray(inks, "CMYK").save(folder / "a.tif", icc_profile=press_profile())
    opened = read(folder / "a.tif")
    assert np.array_equal(opened.picture.colour, littlecms(inks, press_profile(), "CMYK"))
    assert "through its profile, made for a test" in str(opened.notes[0])


@pytest.mark.parametrize("profile", [None, wide_profile()])
def test_inks_without_a_fitting_profile_take_the_plain_formula(folder: Path, profile: bytes | None) -> None:
    inks = np.array([[[0, 0, 0, 0], [255, 0, 0, 0], [0, 0, 0, 255], [0, 128, 0, 128]]], np.uint8)
    Image.fromarray(inks, "CMYK").save(folder / "a.tif", **({"icc_profile": profile} if profile else {}))
    opened = read(folder / "a.tif")
    shown = [[255, 255, 255], [0, 255, 255], [0, 0, 0], [127, 63, 127]]
    assert np.abs(opened.picture.colour[0].astype(int) - shown).max() <= 1
    assert "plain formula" in str(opened.notes[0])


def test_inks_of_sixteen_bits_become_colours_of_eight(folder: Path) -> None:
    inks = noise(10, 12, 4, dtype=np.uint16)
    tifffile.imwrite(folder / "a.tif", inks, photometric="separated", iccprofile=press_profile())
    opened = read(folder / "a.tif")
    assert opened.picture.depth == 8 and "16 bit became" in str(opened.notes[-1])


# --- what goes out -----------------------------------------------------------------------------------------------------


def pictures_of(dtype: type) -> st.SearchStrategy[Picture]:
    @st.composite
    def made(draw: st.DrawFn) -> Picture:
        height, width = draw(st.integers(1, 12)), draw(st.integers(1, 12))
        colour = draw(hnp.arrays(dtype, (height, width, 3)))
        alpha = draw(hnp.arrays(dtype, (height, width))) if draw(st.booleans()) else None
        if alpha is not None:
            alpha[0, 0] = 1  # a fully opaque one comes back without
        return Picture(colour, alpha, draw(st.none() | st.just((300.0, 150.0))))

    return made()


@given(picture=pictures_of(np.uint8) | pictures_of(np.uint16), suffix=st.sampled_from(["png", "tif"]))
def test_lossless_formats_give_back_every_bit(
    tmp_path_factory: pytest.TempPathFactory, picture: Picture, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("out") / f"一.{suffix}"
    assert write(picture, path) == ()
    opened = read(path)
    assert opened.notes == ()
    assert opened.picture.depth == picture.depth and np.array_equal(opened.picture.colour, picture.colour)
    assert (opened.picture.alpha is None) == (picture.alpha is None)
    if picture.alpha is not None and opened.picture.alpha is not None:
        assert np.array_equal(opened.picture.alpha, picture.alpha)
    assert (opened.picture.dpi is None) == (picture.dpi is None)
    if picture.dpi and opened.picture.dpi:
        assert opened.picture.dpi == pytest.approx(picture.dpi, abs=0.02)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_other_decoders_agree_with_our_png(folder: Path, dtype: type) -> None:
    smooth = np.add.outer(np.arange(300), np.arange(700))[..., None] * np.array([1, 2, 3])
    picture = Picture((smooth % (np.iinfo(dtype).max + 1)).astype(dtype))
    write(picture, folder / "a.png")
    found = cv2.imdecode(np.frombuffer((folder / "a.png").read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(found[..., ::-1], picture.colour)
    with Image.open(folder / "a.png") as image:
        image.load()
        if dtype is np.uint8:
            assert np.array_equal(np.asarray(image), picture.colour)
    assert (folder / "a.png").stat().st_size < picture.byte_size / 20, "the filters earn something"


def test_webp_at_full_quality_is_lossless(folder: Path) -> None:
    picture = Picture(noise(20, 30, 3), noise(20, 30), (300, 300))
    assert write(picture, folder / "a.webp", quality=100) == ()
    found = read(folder / "a.webp").picture
    assert np.array_equal(found.colour, picture.colour)
    assert found.alpha is not None and picture.alpha is not None and np.array_equal(found.alpha, picture.alpha)
    assert found.dpi == pytest.approx((300, 300))


def test_jpeg_lays_transparency_over_white_and_says_so(folder: Path) -> None:
    colour, alpha = np.zeros((16, 16, 3), np.uint8), np.full((16, 16), 255, np.uint8)
    alpha[:, 8:] = 0
    notes = write(Picture(colour, alpha, (144, 144)), folder / "a.jpg")
    assert "over white" in str(notes[0])
    found = read(folder / "a.jpg").picture
    assert found.colour[:, :7].max() < 8 and found.colour[:, 9:].min() > 247
    assert found.dpi == (144, 144)


@pytest.mark.parametrize("suffix", ["jpg", "webp"])
def test_sixteen_bits_are_rounded_where_only_eight_fit(folder: Path, suffix: str) -> None:
    value = 100 * 257 + 200  # nearer to 101
    notes = write(Picture(np.full((16, 16, 3), value, np.uint16)), folder / f"a.{suffix}", quality=100)
    assert "rounded" in str(notes[0])
    assert np.abs(read(folder / f"a.{suffix}").picture.colour.astype(int) - 101).max() == 0


def test_avif_goes_in_and_out_with_alpha_and_size_in_print(folder: Path) -> None:
    across, down = np.meshgrid(np.arange(64), np.arange(48))
    colour = np.stack([across * 4, down * 4, across + down], -1).astype(np.uint8)
    alpha = np.where(across < 32, 255, 40).astype(np.uint8)
    assert not write(Picture(colour, alpha, (300, 300)), folder / "a.avif", quality=98)
    found = read(folder / "a.avif")
    assert found.format == "AVIF" and found.picture.dpi == (300, 300) and not found.notes
    assert np.abs(found.picture.colour.astype(int) - colour).max() <= 10
    assert found.picture.alpha is not None and np.abs(found.picture.alpha.astype(int) - alpha).max() <= 4
    with Image.open(folder / "a.avif") as image:
        assert image.info["icc_profile"] == icc.srgb()
    with pytest.raises(Trouble, match="16384"):
        write(Picture(np.zeros((1, 16385, 3), np.uint8)), folder / "wide.avif")


def test_a_file_is_never_replaced_unasked(folder: Path) -> None:
    path = kept(folder / "a.png", b"mine")
    with pytest.raises(Trouble, match="already there"):
        write(Picture(noise(4, 4, 3)), path)
    assert path.read_bytes() == b"mine"
    write(Picture(noise(4, 4, 3)), path, overwrite=True)
    assert np.array_equal(read(path).picture.colour, noise(4, 4, 3))
    assert [p.name for p in folder.iterdir()] == ["a.png"]


@pytest.mark.parametrize("suffix", WRITABLE)
def test_a_full_disk_leaves_the_old_file_and_nothing_else(
    folder: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = kept(folder / f"a{suffix}", b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Trouble, match="disk is full"):
        write(Picture(noise(4, 4, 3)), path, overwrite=True)
    assert path.read_bytes() == b"old" and [p.name for p in folder.iterdir()] == [path.name]


def test_writing_can_be_cancelled(folder: Path) -> None:
    with pytest.raises(Cancelled):
        write(Picture(noise(4, 4, 3)), folder / "a.png", progress=Progress(cancelled=lambda: True))
    assert not list(folder.iterdir())


def test_reading_can_be_cancelled_while_it_decodes(folder: Path) -> None:
    write(Picture(noise(600, 600, 3)), folder / "a.png")
    asked = iter(range(10_000))
    with pytest.raises(Cancelled):
        read(folder / "a.png", progress=Progress(cancelled=lambda: next(asked) > 12))
    assert next(asked) < 20, "it stopped at once"


def test_what_cannot_be_written_is_one_sentence(folder: Path) -> None:
    picture = Picture(noise(4, 4, 3))
    with pytest.raises(Trouble, match=r"end in \.gif"):
        write(picture, folder / "a.gif")
    with pytest.raises(Trouble, match="cannot write"):
        write(picture, folder / "a")
    with pytest.raises(Trouble, match="not there"):
        write(picture, folder / "no" / "a.png")
    (folder / "a.png").mkdir()
    with pytest.raises(Trouble, match="folder"):
        write(picture, folder / "a.png", overwrite=True)
    with pytest.raises(Trouble, match="16383"):
        write(Picture(np.zeros((1, 16384, 3), np.uint8)), folder / "wide.webp")


def test_suffixes_are_listed_once() -> None:
    assert set(WRITABLE) - {".pdf"} < set(pictures.READABLE) and len(set(pictures.READABLE)) == len(pictures.READABLE)
