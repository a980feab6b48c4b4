"""PSD: written so that other libraries read it, read layer by layer in a process of its own, and never trusted."""

from __future__ import annotations

import io
import os
import struct
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from psd_tools import PSDImage
from psd_tools.constants import BlendMode, Compression, Resource, SheetColorType, Tag

from gesso.documents.painting import Group, Guide, Painting, composite, new_id
from gesso.files import apart, icc, layered, limits, paintings, pictures, psd_head, psd_reading
from gesso.files.assembly import assemble
from gesso.files.psd_words import KEYS, opacity_of
from gesso.values import Box, Cancelled, Picture, Progress, Size, Trouble
from tests.desktop.files import made, painted
from tests.desktop.files.painted import RECORD, layer, mask, painting, told


def here(path: Path) -> Painting:
    """Read in this process, which is quicker; that it is the same apart is a test of its own."""
    return assemble(psd_reading.tell(path, Progress.silent()), path.stem).painting


@settings(max_examples=25)
@given(given_=painted.paintings(masks=True), kind=st.sampled_from(["psd", "psb"]))
def test_layers_groups_and_masks_come_back_bit_for_bit(
    tmp_path_factory: pytest.TempPathFactory, given_: Painting, kind: str
) -> None:
    path = tmp_path_factory.mktemp("psd") / f"层 a.{kind}"
    nodes = {id: replace(node, opacity=round(node.opacity * 100) / 100) for id, node in given_.nodes.items()}
    given_ = replace(given_, nodes=nodes, active=given_.layers()[-1].id)
    assert not paintings.write(given_, path)
    back = here(path)
    assert told(back) == told(given_)
    assert np.array_equal(composite(back), composite(given_))


@pytest.mark.parametrize("kind", ["psd", "psb"])
def test_read_in_a_process_of_its_own(tmp_path: Path, kind: str) -> None:
    size = Size(400, 300)
    inside = [layer(size, Box(-0, 0, 50, 300)), layer(size, Box(20, 20, 100, 100), seed=2, clipped=True)]
    given_ = painting(
        size, layer(size, size.box, seed=5, locked=True, label="violet"),
        (Group(new_id(), "组", blend="screen", mask=mask(size, Box(5, 5, 300, 200), 255)), inside),
        layer(size, Box(3, 3, 9, 9), seed=9, mask=mask(size, Box(0, 0, 20, 20)), masks=False, alpha_locked=True),
    )  # fmt: skip
    path = tmp_path / f"a.{kind}"
    paintings.write(given_, path)
    heard: list[float] = []
    found = paintings.read(path, progress=Progress(lambda at, _: heard.append(at)))
    assert told(found.painting) == told(given_) and not found.notes and found.format == kind.upper()
    ground, group, top = (found.painting.nodes[id] for id in found.painting.root.children)
    assert isinstance(group, Group) and found.painting.layer(group.children[1]).clipped
    assert (ground.locked, ground.label, top.masks) == (True, "violet", False)
    assert found.painting.layer(top.id).alpha_locked and heard == sorted(heard)


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("kind", ["psd", "psb"])
def test_another_library_reads_what_is_written(tmp_path: Path, kind: str, depth: int) -> None:
    dtype = np.uint16 if depth == 16 else np.uint8
    size = Size(90, 40)
    inside = [layer(size, Box(3, 4, 50, 20), dtype, name="in")]
    ground = layer(size, size.box, dtype, 5, name="ground", opacity=0.5, visible=False, blend="soft-light", label="red")
    given_ = painting(size, ground, (Group(new_id(), "group 组", opacity=0.25, blend="screen"), inside), depth=depth)
    paintings.write(given_, tmp_path / f"a.{kind}")
    document = PSDImage.open(tmp_path / f"a.{kind}")
    assert document.size == (90, 40) and document.depth == depth and document.has_preview()
    low, group = document
    assert (low.name, low.opacity, low.visible, low.blend_mode) == ("ground", 128, False, BlendMode.SOFT_LIGHT)
    assert (group.name, group.opacity, group.blend_mode) == ("group 组", 64, BlendMode.SCREEN)
    assert low.tagged_blocks.get_data(Tag.SHEET_COLOR_SETTING) == SheetColorType.RED
    top = np.iinfo(dtype).max
    seen = np.rint(group[0].numpy() * top).astype(dtype)
    box = Box(group[0].left, group[0].top, group[0].width, group[0].height)
    assert np.array_equal(seen, inside[0].tiles.read(box))
    merged = np.rint(document.numpy() * top).astype(dtype)
    assert np.array_equal(merged[..., 3], composite(given_)[..., 3])


def test_the_merged_picture_is_what_is_seen(tmp_path: Path) -> None:
    size = Size(300, 280)
    pixels = painted.pixels(300, 280)
    pixels[..., 3] = 255
    paintings.write(Painting.from_array(pixels, "a"), tmp_path / "full.psd")
    with Image.open(tmp_path / "full.psd") as image:
        assert image.mode == "RGB" and np.array_equal(np.asarray(image), pixels[..., :3])
        assert image.info["icc_profile"] == icc.srgb()
    clear = painting(size, layer(size, Box(10, 10, 100, 100)))
    paintings.write(clear, tmp_path / "clear.psd")
    with Image.open(tmp_path / "clear.psd") as image:
        assert np.array_equal(np.asarray(image.convert("RGBA"))[..., 3], composite(clear)[..., 3])


@pytest.mark.parametrize("suffix", [".psd", ".psb", ".ora"])
def test_a_small_picture_is_had_without_reading_the_large_one(tmp_path: Path, suffix: str) -> None:
    size = Size(600, 300)
    paintings.write(painting(size, layer(size, size.box)), tmp_path / f"a{suffix}")
    found = layered.thumbnail(tmp_path / f"a{suffix}")
    assert found is not None
    with Image.open(io.BytesIO(found)) as image:
        assert 150 <= max(image.size) <= 256 and image.width == pytest.approx(2 * image.height, abs=2)
    (tmp_path / "other.psd").write_bytes(b"8BPS")
    assert layered.thumbnail(tmp_path / "other.psd") is None and layered.thumbnail(tmp_path / "gone.ora") is None


def test_a_picture_goes_in_and_out_flat(tmp_path: Path) -> None:
    picture = Picture.from_rgba(painted.pixels(40, 30, np.uint16))
    assert not pictures.write(picture, tmp_path / "a.psd", provenance=[RECORD])
    facts, found = pictures.probe(tmp_path / "a.psd"), pictures.read(tmp_path / "a.psd")
    assert (facts.size, facts.depth, facts.format) == (Size(40, 30), 16, "PSD")
    assert np.array_equal(found.picture.rgba(), picture.rgba())
    assert pictures.read_provenance(tmp_path / "a.psd").records == (RECORD,)
    assert here(tmp_path / "a.psd").layers()[0].provenance == (RECORD,)


def test_percents_come_back() -> None:
    assert [opacity_of(round(percent * 255 / 100)) for percent in range(101)] == [p / 100 for p in range(101)]


def test_what_it_cannot_hold_is_said(tmp_path: Path) -> None:
    size = Size(60, 40)
    inside = [layer(size, Box(0, 0, 30, 30), seed=4)]
    base = (Group(new_id(), "base"), inside)
    notes = paintings.write(painting(size, base, layer(size, size.box, clipped=True)), tmp_path / "a.psd")
    assert "cannot clip" in str(notes[0]) and "“base”" in str(notes[0])


def test_guides_and_resolution_come_back_and_other_libraries_find_them(tmp_path: Path) -> None:
    size = Size(90, 40)
    guides = (Guide("vertical", 0.0), Guide("vertical", 45.5), Guide("horizontal", 40.0), Guide("horizontal", 7.25))
    given_ = replace(painting(size, layer(size, size.box)), guides=guides, dpi=(300.0, 118.11))
    for kind in ("psd", "psb"):
        assert not paintings.write(given_, tmp_path / f"a.{kind}")
        back = here(tmp_path / f"a.{kind}")
        assert back.guides == guides and back.dpi == pytest.approx((300, 118.11), abs=1e-4)
    resources = PSDImage.open(tmp_path / "a.psd").image_resources
    lines = resources.get_data(Resource.GRID_AND_GUIDES_INFO)
    assert (lines.horizontal, lines.vertical) == (576, 576), "a grid of 18 pixels, as nobody has changed it"
    assert [tuple(line) for line in lines.data] == [(0, 0), (1456, 0), (1280, 1), (232, 1)]
    in_print = resources.get_data(Resource.RESOLUTION_INFO)
    assert in_print.horizontal == 300 * 65536 and in_print.horizontal_unit == 1, "to the inch"
    with Image.open(tmp_path / "a.psd") as image:
        assert image.size == (90, 40)


def test_guides_of_others_beside_the_canvas_twice_or_cut_short_do_no_harm(tmp_path: Path) -> None:
    head = struct.pack(">4I", 1, 1, 1, 99)
    lines = b"".join(struct.pack(">iB", at, way) for at, way in ((-32, 0), (64, 0), (64, 0), (1 << 30, 1), (96, 1)))
    paintings.write(painting(Size(9, 9), layer(Size(9, 9), Box(0, 0, 9, 9))), tmp_path / "a.psd")
    foreign = struct.pack(">4sHHI", b"MeSa", 7, 0, 3) + b"abc\0"
    rewritten(tmp_path / "a.psd", foreign + resource(1032, head + lines + b"\0\0"))
    assert psd_head.head(tmp_path / "a.psd").guides == (Guide("vertical", 2.0), Guide("horizontal", 3.0))
    for content in (b"", head[:7], head):
        rewritten(tmp_path / "a.psd", resource(1032, content))
        assert not psd_head.head(tmp_path / "a.psd").guides


# --- files of others ---------------------------------------------------------------------------------------------------


def theirs(path: Path, mode: str, pixels: np.ndarray, profile: bytes | None = None) -> Path:
    """A file of one layer at (3, 2), made by psd-tools."""
    document = PSDImage.new(mode, (20, 10))
    image = Image.fromarray(pixels, mode) if mode != "CMYK" else Image.frombytes(mode, (8, 6), pixels.tobytes())
    if profile:
        image.info["icc_profile"] = profile
    document.create_pixel_layer(image, name="leaf", top=2, left=3, compression=Compression.RLE, opacity=128)
    document.save(path)
    return path


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_grey_and_inks_become_colours(tmp_path: Path) -> None:
    grey = np.arange(48, dtype=np.uint8).reshape(6, 8)
    found = here(theirs(tmp_path / "grey.psd", "L", grey)).layers()[0]
    assert (found.name, found.opacity) == ("leaf", 0.5)
    assert np.array_equal(found.tiles.read(Box(3, 2, 8, 6))[..., :3], np.repeat(grey[..., None], 3, -1))
    inks = np.zeros((6, 8, 4), np.uint8)
    inks[..., 0], inks[:, 4:, 3] = 255, 255
    found = here(theirs(tmp_path / "inks.psd", "CMYK", inks)).layers()[0]
    pixels = found.tiles.read(Box(3, 2, 8, 6))
    assert tuple(pixels[0, 0]) == (0, 255, 255, 255) and tuple(pixels[0, 7]) == (0, 0, 0, 255)


def rewritten(path: Path, resources: bytes = b"", mode: int = 3) -> Path:
    """With other image resources, and another colour mode in its head."""
    content = path.read_bytes()
    old = struct.unpack(">I", content[30:34])[0]
    content = (
        content[:24]
        + struct.pack(">H", mode)
        + content[26:30]
        + struct.pack(">I", len(resources))
        + resources
        + content[34 + old :]
    )
    path.write_bytes(content)
    return path


def resource(number: int, content: bytes) -> bytes:
    return struct.pack(">4sHHI", b"8BIM", number, 0, len(content)) + content + bytes(len(content) & 1)


@pytest.mark.parametrize("depth", [8, 16])
def test_a_profile_is_converted(tmp_path: Path, depth: int) -> None:
    size = Size(30, 20)
    dtype = np.uint16 if depth == 16 else np.uint8
    paintings.write(painting(size, layer(size, size.box, dtype), depth=depth), tmp_path / "a.psd")
    before = here(tmp_path / "a.psd").layers()[0].tiles.read()
    rewritten(tmp_path / "a.psd", resource(1039, made.wide_profile()))
    found = paintings.read(tmp_path / "a.psd")
    after = found.painting.layers()[0].tiles.read()
    convert, _ = icc.conversion(made.wide_profile(), "RGB", depth)
    assert np.array_equal(after[..., :3], convert(before[..., :3])) and not np.array_equal(after, before)
    assert "made for a test" in str(found.notes[0])


def test_lab_becomes_colours(tmp_path: Path) -> None:
    """The numbers of a red, by CIE: L* 54.3, a* 80.8, b* 69.9 under D50."""
    size = Size(8, 8)
    numbers = np.zeros((8, 8, 4), np.uint8)
    numbers[...] = (round(54.3 * 2.55), 128 + 81, 128 + 70, 255)
    paintings.write(Painting.from_array(numbers, "red"), tmp_path / "a.psd")
    found = here(rewritten(tmp_path / "a.psd", mode=9)).layers()[0].tiles.read(Box(0, 0, 1, 1))[0, 0]
    assert np.abs(found.astype(int) - (255, 0, 0, 255)).max() <= 6, size


def test_a_file_without_layers_is_its_picture(tmp_path: Path) -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (12, 17, 3)).astype(np.uint8)
    document = PSDImage.frompil(Image.fromarray(pixels))
    for one in list(document):
        document.remove(one)
    document.save(tmp_path / "flat.psd")
    found = here(tmp_path / "flat.psd")
    assert len(found.layers()) == 1 and found.layers()[0].name == "flat"
    if len(PSDImage.open(tmp_path / "flat.psd")) == 0:
        assert found.layers()[0].tiles.read().shape == (12, 17, 4)


def flat_file(path: Path, mode: int, planes: np.ndarray, colours: bytes = b"", resources: bytes = b"") -> Path:
    """A file of nothing but its picture, (channels, h, w), or packed rows of bits."""
    depth = 1 if mode == 0 else 8 * planes.dtype.itemsize
    width = planes.shape[2] * (8 if mode == 0 else 1)
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, planes.shape[0], planes.shape[1], width, depth, mode)
    blocks = b"".join(struct.pack(">I", len(block)) + block for block in (colours, resources, b""))
    path.write_bytes(head + blocks + bytes(2) + planes.astype(planes.dtype.newbyteorder(">")).tobytes())
    return path


def pixels_of(path: Path) -> np.ndarray:
    found = paintings.read(path)
    assert psd_head.look(path).depth == found.painting.depth
    return found.painting.layers()[0].tiles.read()


def test_palettes_and_bits(tmp_path: Path) -> None:
    palette = np.random.default_rng(1).integers(0, 255, (3, 256)).astype(np.uint8)
    numbers = np.arange(60, dtype=np.uint8).reshape(1, 6, 10)
    found = pixels_of(flat_file(tmp_path / "palette.psd", 2, numbers, palette.tobytes()))
    assert np.array_equal(found[..., :3], palette.T[numbers[0]]) and (found[..., 3] == 255).all()
    bits = np.array([[[0b10000001], [0b01111110]]], np.uint8)
    found = pixels_of(flat_file(tmp_path / "bits.psd", 0, bits))
    assert found[0, :, 0].tolist() == [0, 255, 255, 255, 255, 255, 255, 0], "ink is black"
    assert np.array_equal(found[1, :, 0], 255 - found[0, :, 0])


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_inks_go_through_their_profile(tmp_path: Path, dtype: type) -> None:
    top = np.iinfo(dtype).max
    inks = np.zeros((4, 4, 4), dtype)
    inks[0], inks[3, :, 2:] = top // 2, top // 5
    paper = resource(1039, made.press_profile())
    found = paintings.read(flat_file(tmp_path / "a.psd", 4, top - inks, resources=paper))
    convert, _ = icc.conversion(made.press_profile(), "CMYK", 8)
    eight = np.moveaxis(((inks.astype(np.uint32) * 255 + top // 2) // top).astype(np.uint8), 0, -1)
    off = found.painting.layers()[0].tiles.read()[..., :3].astype(int) - convert(eight)
    assert np.abs(off).max() <= 1 and "through its profile, made for a test" in str(found.notes[0])


def test_offsets_beyond_the_canvas_and_unknown_blend_modes(tmp_path: Path) -> None:
    document = PSDImage.new("RGB", (20, 10))
    document.create_pixel_layer(Image.new("RGB", (8, 6), (9, 8, 7)), name="leaf", top=-2, left=15)
    document.create_pixel_layer(Image.new("RGB", (8, 6), (9, 8, 7)), name="light", blend_mode=BlendMode.LINEAR_LIGHT)
    group = document.create_group(name="through")
    group.blend_mode = BlendMode.PASS_THROUGH
    inside = document.create_pixel_layer(Image.new("RGB", (8, 6)), name="in", blend_mode=BlendMode.MULTIPLY)
    group.append(inside)
    document.save(tmp_path / "a.psd")
    found = paintings.read(tmp_path / "a.psd")
    leaf = next(one for one in found.painting.layers() if one.name == "leaf")
    expected = np.zeros((10, 20, 4), np.uint8)
    expected[:4, 15:] = (9, 8, 7, 255)
    assert np.array_equal(leaf.tiles.read(), expected)
    said = " ".join(str(note) for note in found.notes)
    assert "“light” are not known" in said and "“through”" in said and "outside the canvas" in said


def test_what_has_no_pixels_is_left_out_and_how_it_looked_is_kept(tmp_path: Path) -> None:
    size = Size(20, 10)
    nothing = layer(size, Box(0, 0, 0, 0), name="invert")
    paintings.write(painting(size, layer(size, size.box), nothing), tmp_path / "a.psd")
    document = PSDImage.open(tmp_path / "a.psd")
    document[1]._record.tagged_blocks.set_data(Tag.INVERT)
    document.save(tmp_path / "b.psd")
    found = paintings.read(tmp_path / "b.psd")
    low, top = found.painting.layers()
    assert (top.name, top.visible) == ("Photoshop", False) and low.tiles.tiles
    said = " ".join(str(note) for note in found.notes)
    assert "“invert” are adjustments" in said and "hidden layer" in said


# --- bad files ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("sound") / "a.psd"
    size = Size(30, 20)
    inside = [layer(size, Box(2, 2, 9, 9), seed=2, mask=mask(size, Box(0, 0, 9, 9)))]
    paintings.write(painting(size, layer(size, size.box), (Group(new_id(), "g"), inside)), path)
    return path.read_bytes()


@settings(max_examples=80)
@given(where=st.floats(0, 1), value=st.integers(0, 255))
def test_any_changed_byte_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, sound: bytes, where: float, value: int
) -> None:
    path = tmp_path_factory.mktemp("flip") / "a.psd"
    content = bytearray(sound)
    content[min(len(content) - 1, int(where * len(content)))] = value
    path.write_bytes(content)
    try:
        limits.admit(path.name, psd_head.look(path).size, psd_head.look(path).bytes_needed)
    except Trouble as trouble:
        assert trouble.safe


def test_changed_and_truncated_files_end_in_one_sentence(tmp_path: Path, sound: bytes) -> None:
    """Apart, as the studio reads them: whatever happens, it is a painting or one sentence."""
    path = tmp_path / "a.psd"
    for content in (sound[:400], sound[: len(sound) // 2], sound[:60] + os.urandom(len(sound) - 60)):
        path.write_bytes(content)
        with pytest.raises(Trouble, match=r"damaged|came to a stop|memory") as caught:
            paintings.read(path)
        assert caught.value.safe and path.read_bytes() == content


def test_layers_outlive_a_merged_picture_that_is_cut_short(tmp_path: Path, sound: bytes) -> None:
    (tmp_path / "whole.psd").write_bytes(sound)
    (tmp_path / "short.psd").write_bytes(sound[:-10])
    assert told(here(tmp_path / "short.psd")) == told(here(tmp_path / "whole.psd"))


def test_a_huge_claim_is_refused_before_anything_is_read(tmp_path: Path, sound: bytes) -> None:
    path = tmp_path / "a.psb"
    path.write_bytes(sound[:4] + struct.pack(">H", 2) + sound[6:14] + struct.pack(">II", 300_000, 300_000) + sound[22:])
    with pytest.raises(Trouble, match=r"damaged|megapixels"):
        paintings.read(path)
    path.write_bytes(sound[:14] + struct.pack(">II", 31_000, 31_000) + sound[22:])
    with pytest.raises(Trouble, match="damaged"):
        paintings.read(path)


@pytest.mark.parametrize("depth, mode", [(32, 3), (8, 7), (8, 55)])
def test_kinds_that_cannot_be_read_are_named(tmp_path: Path, sound: bytes, depth: int, mode: int) -> None:
    (tmp_path / "a.psd").write_bytes(sound[:22] + struct.pack(">HH", depth, mode) + sound[26:])
    with pytest.raises(Trouble, match=r"floating-point|unusual kind"):
        paintings.read(tmp_path / "a.psd")


def crashes(path: Path, progress: Progress) -> Iterator[int]:
    yield 1
    os._exit(11)


def hangs(path: Path, progress: Progress) -> Iterator[int]:
    yield 1
    time.sleep(60)


def eats(path: Path, progress: Progress) -> Iterator[int]:
    yield len(np.ones(1 << (33 if sys.platform == "linux" else 46), np.uint8))  # only Linux holds it to less


def fails(path: Path, progress: Progress) -> Iterator[int]:
    raise Trouble("{name} is not whole.", "It was left.", name=path.name)
    yield 0


@pytest.mark.parametrize("tell, words", [(crashes, "came to a stop"), (hangs, "came to a stop"), (fails, "not whole")])
def test_a_reader_that_crashes_hangs_or_fails_is_one_sentence(
    tmp_path: Path, tell: Callable[[Path, Progress], Iterator[int]], words: str
) -> None:
    with pytest.raises(Trouble, match=words):
        list(apart.stream(tell, tmp_path / "a.psd", 0, Progress.silent(), silence_seconds=4))


def test_a_reader_gets_no_more_memory_than_the_file_needs(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="not enough memory"):
        list(apart.stream(eats, tmp_path / "a.psd", 1 << 20, Progress.silent()))


def test_reading_can_be_given_up(tmp_path: Path) -> None:
    began = time.monotonic()
    with pytest.raises(Cancelled):
        for _ in apart.stream(hangs, tmp_path / "a.psd", 0, Progress(cancelled=lambda: time.monotonic() > began + 1)):
            pass


def test_each_blend_mode_has_its_key() -> None:
    assert {BlendMode(key) for key in KEYS.values()} <= set(BlendMode) and len(set(KEYS.values())) == len(KEYS)
