"""Photoshop files as other programs write them: each feature that is claimed, and a name for each that is not kept."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from psd_tools import PSDImage
from psd_tools.api.layers import Group as TheirGroup
from psd_tools.constants import BlendMode, Tag
from psd_tools.psd.layer_and_mask import MaskParameters

from gesso.documents.painting import Group, Painting, composite
from gesso.files import paintings, psd_reading
from gesso.files.assembly import Assembled, assemble
from gesso.files.psd_words import BLENDS
from gesso.values import Box, Progress

SIZE = (20, 10)
LEAF = np.random.default_rng(4).integers(0, 255, (6, 8, 4)).astype(np.uint8)
LEAF[..., 3] = 255  # psd-tools would make a mask of any other


def here(path: Path) -> Assembled:
    return assemble(psd_reading.tell(path, Progress.silent()), path.stem)


def read(document: PSDImage, path: Path) -> Assembled:
    document.save(path)
    return here(path)


def leaf(document: PSDImage, name: str = "leaf", top: int = 2, left: int = 3, **more: Any) -> Any:
    made = document.create_pixel_layer(Image.fromarray(LEAF[..., :3]), name="leaf", top=top, left=left, **more)
    made.name = name
    return made


def words(found: Assembled) -> str:
    return " ".join(str(note) for note in found.notes)


def tree(painting: Painting, group: Group | None = None) -> list[Any]:
    nodes = [painting.nodes[id] for id in (group or painting.root).children]
    return [(node.name, tree(painting, node)) if isinstance(node, Group) else node.name for node in nodes]


def masked(layer: Any, values: np.ndarray, top: int, left: int, outside: int = 0, **more: Any) -> None:
    """Give a layer of psd-tools a mask, and what a file may say of one besides."""
    layer.create_mask(Image.fromarray(values), top, left)
    said = layer._record.mask_data
    said.background_color = outside
    said.flags.mask_disabled = more.pop("off", False)
    if parameters := more.pop("parameters", None):
        said.flags.parameters_applied, said.parameters = True, parameters
    assert not more


def test_groups_in_groups_in_the_order_they_lie(tmp_path: Path) -> None:
    document = PSDImage.new("RGB", SIZE)
    outer = document.create_group(name="outer")
    outer.name = "外 outer"
    inner = document.create_group(name="inner")
    outer.append(leaf(document, "a"))
    inner.append(leaf(document, "b"))
    inner.append(leaf(document, "c"))
    outer.append(inner)
    leaf(document, "top")
    found = read(document, tmp_path / "a.psd")
    assert tree(found.painting) == [("外 outer", ["a", ("inner", ["b", "c"])]), "top"]
    assert found.painting.layers()[0].opacity == 1 and "blended with those below" not in words(found)


@pytest.mark.parametrize("mode", list(BlendMode))
def test_every_blend_mode_is_known_or_named(tmp_path: Path, mode: BlendMode) -> None:
    if mode is BlendMode.PASS_THROUGH:  # a group's alone
        document = PSDImage.new("RGB", SIZE)
        group: TheirGroup = document.create_group(name="through")
        group.blend_mode = mode
        group.append(leaf(document, "in", blend_mode=BlendMode.MULTIPLY))
        assert "“through” blended with those below" in words(read(document, tmp_path / "a.psd"))
        return
    document = PSDImage.new("RGB", SIZE)
    leaf(document, blend_mode=mode, opacity=51)
    found = read(document, tmp_path / "a.psd")
    layer = next(one for one in found.painting.layers() if one.name == "leaf")
    assert layer.opacity == 0.2 and layer.blend == BLENDS.get(mode.value, "normal")
    assert ("“leaf” are not known" in words(found)) == (mode.value not in BLENDS)


def test_sixteen_modes_are_common_ground() -> None:
    assert len(BLENDS) == 16 and set(BLENDS) <= {mode.value for mode in BlendMode}


@pytest.mark.parametrize("top, left", [(-3, -2), (-3, 15), (7, -5), (8, 17), (-50, 3), (90, 90)])
def test_layers_reach_beyond_every_edge_of_the_canvas(tmp_path: Path, top: int, left: int) -> None:
    document = PSDImage.new("RGB", SIZE)
    leaf(document, top=top, left=left)
    found = read(document, tmp_path / "a.psd")
    expected = np.zeros((10, 20, 4), np.uint8)
    for y in range(6):
        for x in range(8):
            if 0 <= top + y < 10 and 0 <= left + x < 20:
                expected[top + y, left + x] = LEAF[y, x]
    assert np.array_equal(found.painting.layers()[0].tiles.read(), expected)
    assert "outside the canvas" in words(found)


@pytest.mark.parametrize("outside", [0, 255])
@pytest.mark.parametrize("top, left", [(0, 0), (-2, -3), (6, 14)])
def test_masks_that_begin_anywhere(tmp_path: Path, outside: int, top: int, left: int) -> None:
    document = PSDImage.new("RGB", SIZE)
    values = np.random.default_rng(7).integers(0, 255, (7, 9)).astype(np.uint8)
    masked(leaf(document), values, top, left, outside)
    found = read(document, tmp_path / "a.psd")
    expected = np.full((10, 20), outside, np.uint8)
    for y in range(7):
        for x in range(9):
            if 0 <= top + y < 10 and 0 <= left + x < 20:
                expected[top + y, left + x] = values[y, x]
    mask = found.painting.layers()[0].mask
    assert mask is not None and np.array_equal(mask.read()[..., 0], expected)


def test_masks_switched_off_thin_or_soft(tmp_path: Path) -> None:
    values = np.array([[0, 100, 255]], np.uint8)
    document = PSDImage.new("RGB", SIZE)
    masked(leaf(document, "off"), values, 3, 4, off=True)
    masked(leaf(document, "thin"), values, 3, 4, 0, parameters=MaskParameters(128, None, None, None))
    masked(leaf(document, "soft"), values, 3, 4, 0, parameters=MaskParameters(255, 2.5, None, None))
    found = read(document, tmp_path / "a.psd")
    off, thin, soft = (one for one in found.painting.layers() if one.visible)
    assert (off.masks, thin.masks) == (False, True) and soft.mask is not None and thin.mask is not None
    assert thin.mask.read(Box(4, 3, 3, 1))[0, :, 0].tolist() == [127, 177, 255]
    assert thin.mask.read(Box(0, 0, 1, 1)).item() == 127, "what the mask does not reach, too"
    assert soft.mask.read(Box(4, 3, 3, 1))[0, :, 0].tolist() == [0, 100, 255]
    assert "masks of “soft” were left out" in words(found) and "“thin”" not in words(found)


def test_clipped_layers_and_fill_opacity(tmp_path: Path) -> None:
    document = PSDImage.new("RGB", SIZE)
    leaf(document, "base")
    shade = leaf(document, "shade", blend_mode=BlendMode.MULTIPLY)
    shade.clipping = True
    shade.tagged_blocks.set_data(Tag.BLEND_FILL_OPACITY, 128)
    found = read(document, tmp_path / "a.psd")
    base, top = found.painting.layers()
    assert (base.clipped, top.clipped, top.opacity) == (False, True, 0.5)
    shown = composite(found.painting)
    assert not shown[0].any() and shown[3, 4, 3] == 255


def test_blending_ranges_are_named(tmp_path: Path) -> None:
    document = PSDImage.new("RGB", SIZE)
    leaf(document, "plain")
    leaf(document, "split")._record.blending_ranges.composite_ranges = [(0, 65535), (5140, 65535)]
    said = words(read(document, tmp_path / "a.psd"))
    assert "blending ranges of “split” were left out" in said and "“plain”" not in said


def without_unicode_name(path: Path, name: bytes, new: bytes) -> None:
    """As programs write it that know the short name alone."""
    content = path.read_bytes()
    at = content.index(b"8BIMluni")
    assert content[at + 8 : at + 12] and content.count(b"8BIMluni") == 1
    content = content[: at + 4] + b"junk" + content[at + 8 :]
    assert content.count(name) == 1 and len(name) == len(new)
    path.write_bytes(content.replace(name, new))


@pytest.mark.parametrize(
    "new, said", [("画a".encode(), "画a"), ("Éø€x".encode("mac_roman"), "Éø€x"), (b"leaf", "leaf")]
)
def test_names_of_programs_that_know_no_unicode(tmp_path: Path, new: bytes, said: str) -> None:
    document = PSDImage.new("RGB", SIZE)
    leaf(document, "leaf")
    document.save(tmp_path / "a.psd")
    without_unicode_name(tmp_path / "a.psd", b"\x04leaf", b"\x04" + new)
    assert here(tmp_path / "a.psd").painting.layers()[0].name == said


@pytest.mark.parametrize("name", ["图层 1 副本", "Ünïcødé 🎨", "a" * 200, "", "مرحبا", "tab\tline\n"])
def test_names_in_any_script(tmp_path: Path, name: str) -> None:
    document = PSDImage.new("RGB", SIZE)
    leaf(document, name)
    found = read(document, tmp_path / "a.psd").painting.layers()[0]
    assert found.name == "".join(letter for letter in name if letter.isprintable())


# --- byte by byte, by Adobe's specification ------------------------------------------------------------------------------


def block(key: bytes, content: bytes) -> bytes:
    return b"8BIM" + key + struct.pack(">I", len(content)) + content + bytes(-len(content) % 2)


def record(box: Box, planes: dict[int, np.ndarray], *, extra: bytes = b"", key: bytes = b"norm", flags: int = 0) -> Any:
    """A layer's record and its channels, raw."""
    channels = {
        number: bytes(2) + plane.astype(plane.dtype.newbyteorder(">")).tobytes() for number, plane in planes.items()
    }
    head = struct.pack(">4iH", box.y, box.x, box.bottom, box.right, len(channels))
    head += b"".join(struct.pack(">hI", number, len(content)) for number, content in channels.items())
    said = struct.pack(">I", 0) + struct.pack(">I", 0) + b"\x01x\0\0" + extra
    return head + struct.pack(">4s4sBBBxI", b"8BIM", key, 255, 0, flags, len(said)) + said, b"".join(channels.values())


def file(path: Path, mode: int, depth: int, channels: int, records: list[Any]) -> Path:
    width, height = SIZE
    layers = struct.pack(">h", len(records)) + b"".join(one[0] for one in records) + b"".join(one[1] for one in records)
    layers += bytes(-len(layers) % 4)
    inner = struct.pack(">I", len(layers)) + layers if depth == 8 else struct.pack(">II", 0, 0) + block(b"Lr16", layers)
    merged = bytes(2) + bytes(width * height * channels * depth // 8)
    head = struct.pack(">4sH6xHIIHH", b"8BPS", 1, channels, height, width, depth, mode)
    path.write_bytes(head + struct.pack(">II", 0, 0) + struct.pack(">I", len(inner)) + inner + merged)
    return path


@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("mode, inks", [(1, 1), (3, 3), (4, 4), (9, 3)])
def test_layers_of_every_kind_of_colour_and_depth(tmp_path: Path, mode: int, inks: int, depth: int) -> None:
    dtype, top = (np.uint8, 255) if depth == 8 else (np.uint16, 65535)
    box = Box(-2, 3, 8, 6)
    rng = np.random.default_rng(mode)
    planes = {n: rng.integers(0, top, (6, 8), endpoint=True).astype(dtype) for n in (-1, *range(inks))}
    found = here(file(tmp_path / "a.psd", mode, depth, inks, [record(box, planes)]))
    assert found.painting.depth == (depth if mode in (1, 3) else 8)
    seen = found.painting.layers()[0].tiles.read(Box(0, 3, 6, 6))
    alpha = planes[-1][:, 2:]
    assert np.array_equal(
        seen[..., 3], alpha if mode in (1, 3) or depth == 8 else np.rint(alpha / 257).astype(np.uint8)
    )
    if mode == 3:
        assert np.array_equal(seen[..., :3], np.stack([planes[n][:, 2:] for n in range(3)], -1))
    elif mode == 1:
        assert np.array_equal(seen[..., :3], np.repeat(planes[0][:, 2:, None], 3, -1))
    elif mode == 4:
        share = [planes[n][:, 2:].astype(float) / top for n in range(4)]
        expected = np.stack([share[n] * share[3] * 255 for n in range(3)], -1)
        assert np.abs(seen[..., :3] - expected).max() <= 1.5, "paper is counted, not ink"


def test_a_background_without_alpha_and_groups_as_gimp_writes_them(tmp_path: Path) -> None:
    """A full layer of three channels, a divider and a closed folder, and no block but these."""
    whole, nothing = Box(0, 0, *SIZE), Box(0, 0, 0, 0)
    planes = {n: np.full((10, 20), 10 * n, np.uint8) for n in range(3)}
    inside = {n: np.full((2, 2), 200, np.uint8) for n in (-1, 0, 1, 2)}
    divider, folder = block(b"lsct", struct.pack(">I", 3)), block(b"lsct", struct.pack(">I4s4s", 2, b"8BIM", b"scrn"))
    records = [
        record(whole, planes),
        record(nothing, {}, extra=divider),
        record(Box(1, 1, 2, 2), inside),
        record(nothing, {}, extra=folder, key=b"scrn"),
        record(nothing, {n: np.zeros((0, 0), np.uint8) for n in (-1, 0, 1, 2)}, flags=2),
    ]
    found = here(file(tmp_path / "a.psd", 3, 8, 3, records))
    ground, group, empty = (found.painting.nodes[id] for id in found.painting.root.children)
    assert isinstance(group, Group) and group.blend == "screen" and len(group.children) == 1
    assert found.painting.layer(ground.id).tiles.read()[0, 0].tolist() == [0, 10, 20, 255], "all of it is opaque"
    assert not empty.visible and not found.painting.layer(empty.id).tiles.tiles


def test_read_apart_it_is_the_same(tmp_path: Path) -> None:
    document = PSDImage.new("RGB", SIZE)
    masked(leaf(document, "画"), np.full((3, 3), 90, np.uint8), -1, -1, 255)
    document.save(tmp_path / "a.psd")
    found, there = here(tmp_path / "a.psd"), paintings.read(tmp_path / "a.psd", is_apart=True)
    assert np.array_equal(composite(found.painting), composite(there.painting)) and found.notes == there.notes
