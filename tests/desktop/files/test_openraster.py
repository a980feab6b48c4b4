"""OpenRaster: layers come back as they went, other programs' files are read, and bad ones are refused in one sentence."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pyora import Project

from gesso.documents.painting import Group, Layer, Painting, composite, new_id
from gesso.files import limits, openraster, paintings, pictures
from gesso.files.openraster import OPERATORS
from gesso.values import Box, Cancelled, Picture, Progress, Size, Trouble
from tests.desktop.files import painted
from tests.desktop.files.painted import RECORD, layer, mask, painting, told


def through(given: Painting, path: Path) -> Painting:
    paintings.write(given, path, overwrite=True)
    return paintings.read(path).painting


@given(given_=painted.paintings(blends=tuple(OPERATORS)))
def test_whatever_is_written_comes_back_bit_for_bit(tmp_path_factory: pytest.TempPathFactory, given_: Painting) -> None:
    path = tmp_path_factory.mktemp("ora") / "层 a.ora"
    back = through(given_, path)
    assert told(back) == told(given_) and back.title == "层 a"
    assert np.array_equal(composite(back), composite(given_))
    before = path.read_bytes()
    through(given_, path)
    assert path.read_bytes() == before, "the same painting gives the same file"


def test_the_file_is_as_the_specification_wants_it(tmp_path: Path) -> None:
    size = Size(700, 300)
    made = painting(size, layer(size, Box(0, 0, 700, 300)), layer(size, Box(300, 10, 20, 20), seed=2, blend="multiply"))
    paintings.write(made, tmp_path / "a.ora")
    raw = (tmp_path / "a.ora").read_bytes()
    assert raw[30:54] == b"mimetypeimage/openraster", "first, and not compressed"
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        assert {"stack.xml", "mergedimage.png", "Thumbnails/thumbnail.png"} <= set(archive.namelist())
        merged = np.asarray(Image.open(archive.open("mergedimage.png")).convert("RGBA"))
        small = Image.open(archive.open("Thumbnails/thumbnail.png"))
        assert max(small.size) == 256
    assert np.array_equal(merged, composite(made))


def test_another_library_reads_what_is_written(tmp_path: Path) -> None:
    size = Size(90, 40)
    inside = [layer(size, Box(3, 4, 50, 20), name="in")]
    made = painting(size, layer(size, Box(0, 0, 90, 40), seed=5, name="ground", opacity=0.5, visible=False),
                    (Group(new_id(), "group", opacity=0.25, blend="screen"), inside))  # fmt: skip
    paintings.write(made, tmp_path / "a.ora")
    found = Project.load(str(tmp_path / "a.ora"))
    assert found.dimensions == (90, 40) and [one.name for one in found.children] == ["group", "ground"]
    ground, group = found["/ground"], found["/group"]
    assert (ground.opacity, ground.visible) == (0.5, False)
    assert (group.opacity, group.composite_op, group.isolated) == (0.25, "svg:screen", True)
    seen = np.asarray(found["/group/in"].get_image_data(raw=False).convert("RGBA"))
    assert np.array_equal(seen, made.layers()[1].tiles.read())


def test_files_of_another_library_are_read(tmp_path: Path) -> None:
    project = Project.new(60, 50)
    project.add_layer(Image.new("RGBA", (60, 50), (200, 100, 50, 255)), "/ground")
    group = project.add_group("/组")
    group.isolated = True
    project.add_layer(
        Image.new("RGBA", (20, 10), (10, 200, 30, 128)), "/组/leaf", offsets=(-5, 7), opacity=0.5,
        composite_op="svg:multiply", visible=False,
    )  # fmt: skip
    project.save(str(tmp_path / "theirs.ora"))
    found = paintings.read(tmp_path / "theirs.ora")
    root = [found.painting.nodes[id] for id in found.painting.root.children]
    assert [node.name for node in root] == ["ground", "组"] and isinstance(root[1], Group)
    leaf = found.painting.layer(root[1].children[0])
    assert (leaf.opacity, leaf.visible, leaf.blend) == (0.5, False, "multiply")
    expected = np.zeros((50, 60, 4), np.uint8)
    expected[7:17, :15] = (10, 200, 30, 128)
    assert np.array_equal(leaf.tiles.read(), expected)
    assert [str(note) for note in found.notes] == ["Parts of layers outside the canvas were cut off."]
    assert found.format == "OpenRaster"


def test_what_it_cannot_hold_is_kept_in_the_pixels_and_said(tmp_path: Path) -> None:
    size = Size(80, 60)
    veil = mask(size, Box(10, 10, 40, 40))
    under = layer(size, Box(0, 0, 80, 60), seed=4, name="under")
    inside = [layer(size, Box(0, 0, 60, 60), name="leaf", opacity=0.7)]
    made = painting(
        size, under, layer(size, Box(0, 0, 50, 50), seed=8, name="masked", mask=veil),
        (Group(new_id(), "group", mask=veil, blend="multiply", opacity=0.5), inside),
        layer(size, Box(0, 0, 80, 20), seed=6, name="difference", blend="exclusion"),
    )  # fmt: skip
    notes = paintings.write(made, tmp_path / "a.ora")
    said = " ".join(str(note) for note in notes)
    assert "“masked”" in said and "“group”" in said and "“difference”" in said
    back = paintings.read(tmp_path / "a.ora").painting
    assert not any(node.mask for node in back.nodes.values())
    assert [back.nodes[id].name for id in back.root.children] == ["under", "masked", "group", "difference"]
    plain = {
        id: replace(node, blend="normal") if node.name == "difference" else node for id, node in made.nodes.items()
    }
    seen = composite(replace(made, nodes=plain))
    assert painted.unlike(composite(back), seen) <= 2, "it looks the same, but for rounding"


def test_sixteen_and_eight_bit_in_one_file(tmp_path: Path) -> None:
    size = Size(30, 20)
    paintings.write(painting(size, layer(size, size.box, np.uint16), depth=16), tmp_path / "a.ora")
    with zipfile.ZipFile(tmp_path / "a.ora") as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    eight = io.BytesIO()
    Image.fromarray(painted.pixels(30, 20, seed=9)).save(eight, "PNG")
    content["stack.xml"] = content["stack.xml"].replace(b"<stack>", b'<stack><layer name="eight" src="e.png"/>', 1)
    with zipfile.ZipFile(tmp_path / "b.ora", "w") as archive:
        for name, kept in {**content, "e.png": eight.getvalue()}.items():
            archive.writestr(name, kept)
    found = paintings.read(tmp_path / "b.ora").painting
    assert found.depth == 16
    assert np.array_equal(found.layers()[1].tiles.read(), painted.pixels(30, 20, seed=9).astype(np.uint16) * 257)


def test_how_it_was_made_comes_back_with_each_layer(tmp_path: Path) -> None:
    size = Size(20, 20)
    made = painting(size, layer(size, size.box), layer(size, size.box, seed=2, provenance=(RECORD,)))
    back = through(made, tmp_path / "a.ora")
    assert [one.provenance for one in back.layers()] == [(), (RECORD,)]
    assert pictures.read_provenance(tmp_path / "a.ora").records == (RECORD,)


def test_a_flat_picture_goes_in_and_out(tmp_path: Path) -> None:
    picture = Picture.from_rgba(painted.pixels(40, 30, np.uint16))
    assert not pictures.write(picture, tmp_path / "a.ora", provenance=[RECORD])
    facts, found = pictures.probe(tmp_path / "a.ora"), pictures.read(tmp_path / "a.ora")
    assert (facts.size, facts.depth, facts.format) == (Size(40, 30), 16, "OpenRaster")
    assert np.array_equal(found.picture.rgba(), picture.rgba())
    with pytest.raises(Trouble, match="already there"):
        pictures.write(picture, tmp_path / "a.ora")


# --- bad files ---------------------------------------------------------------------------------------------------------

LAYER = '<layer name="a" src="data/a.png"/>'


def png_bytes(width: int = 10, height: int = 10) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (width, height), (1, 2, 3, 255)).save(out, "PNG")
    return out.getvalue()


def ora(path: Path, stack: str, files: dict[str, bytes] | None = None, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        archive.writestr("mimetype", "image/openraster", zipfile.ZIP_STORED)
        archive.writestr("stack.xml", stack)
        for name, content in (files or {"data/a.png": png_bytes()}).items():
            archive.writestr(name, content)
    return path


def image(inside: str, w: str = "10", h: str = "10") -> str:
    return f'<?xml version="1.0"?><image w="{w}" h="{h}"><stack>{inside}</stack></image>'


def refused(path: Path, words: str) -> None:
    before = path.read_bytes()
    for read in (paintings.read, pictures.read, pictures.probe):
        with pytest.raises(Trouble, match=words) as caught:
            read(path)
        assert caught.value.safe and path.read_bytes() == before


@pytest.mark.parametrize(
    "stack",
    [
        "", "no xml", "<image/>", image(LAYER)[:-9], image(LAYER, w="0"), image(LAYER, w="-5"), image(LAYER, w="nan"),
        image(LAYER, w="1e99"), image('<layer src="data/a.png" x="inf"/>'), image('<layer src="data/a.png" x="9e9"/>'),
        image("<stack>" * 90 + "</stack>" * 90), image(LAYER * 6000), "<html><stack/></html>",
        '<!DOCTYPE i [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + image('<layer name="&b;" src="data/a.png"/>')[21:],
    ],
)  # fmt: skip
def test_a_list_of_layers_that_is_none(tmp_path: Path, stack: str) -> None:
    refused(ora(tmp_path / "a.ora", stack), "damaged")


def test_a_canvas_too_large_for_anything(tmp_path: Path) -> None:
    refused_at = ora(tmp_path / "a.ora", image(LAYER, w="900000", h="900000"))
    with pytest.raises(Trouble, match="more than the 1,000 megapixels"):
        paintings.read(refused_at)


def test_a_small_file_that_wants_all_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One picture, asked for a thousand times."""
    path = ora(tmp_path / "a.ora", image(LAYER * 1000, w="1000", h="1000"), {"data/a.png": png_bytes(1000, 1000)})
    monkeypatch.setattr(limits, "free_bytes", lambda: 1 << 30)
    with pytest.raises(Trouble, match="reading it needs 4"):
        paintings.read(path)


def test_a_zip_bomb_for_a_layer(tmp_path: Path) -> None:
    """A small picture with a gigabyte of zeros behind it is not unpacked."""
    bomb = png_bytes() + bytes(100 << 20)
    found = paintings.read(ora(tmp_path / "a.ora", image(LAYER), {"data/a.png": bomb}))
    assert not found.painting.layers()[0].tiles.tiles and "damaged" in str(found.notes[0])


def test_names_that_climb_out_write_nothing_anywhere(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name in ("../../evil.png", "/tmp/evil.png", "C:evil.png", "data/../../x.png"):
        stack = image(f'<layer name="a" src="{name}"/>')
        found = paintings.read(ora(tmp_path / "in" / "a.ora", stack, {name: png_bytes()}))
        assert found.painting.layers()[0].tiles.tiles
    assert [p.name for p in tmp_path.rglob("*") if p.is_file()] == ["a.ora"]


def test_layers_that_are_missing_or_damaged_are_named_and_the_others_read(tmp_path: Path) -> None:
    broken = bytearray(png_bytes())
    broken[40:50] = bytes(10)
    stack = image(
        LAYER + '<layer name="gone" src="data/b.png"/><layer name="text" src="c"/><layer name="bad" src="d"/>'
    )
    found = paintings.read(
        ora(tmp_path / "a.ora", stack, {"data/a.png": png_bytes(), "c": b"hello" * 20, "d": bytes(broken)})
    )
    assert [bool(one.tiles.tiles) for one in found.painting.layers()] == [False, False, False, True]
    said = [str(note) for note in found.notes]
    assert any("“text”, “gone”" in one and "stay empty" in one for one in said) and any("“bad”" in one for one in said)


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_packings_that_the_format_does_not_know(tmp_path: Path, method: int) -> None:
    refused(ora(tmp_path / "a.ora", image(LAYER), method=method), "damaged")


def test_a_zip_of_something_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.ora", "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    refused(tmp_path / "a.ora", "is a ZIP file")


def test_blend_modes_and_groups_of_others_are_said(tmp_path: Path) -> None:
    inside = '<layer name="b" composite-op="svg:multiply" src="data/a.png"/>'
    stack = image(f'<stack name="g">{inside}</stack><layer name="p" composite-op="krita:parallel" src="data/a.png"/>')
    said = " ".join(str(note) for note in paintings.read(ora(tmp_path / "a.ora", stack)).notes)
    assert "“p” are not known to Gesso" in said and "in “g” blended with those below" in said


@given(where=st.floats(0, 1), bit=st.integers(0, 7))
def test_a_flipped_bit_anywhere(tmp_path_factory: pytest.TempPathFactory, where: float, bit: int) -> None:
    path = tmp_path_factory.mktemp("flip") / "a.ora"
    size = Size(30, 20)
    paintings.write(painting(size, layer(size, size.box), layer(size, Box(3, 3, 9, 9), seed=2)), path)
    content = bytearray(path.read_bytes())
    content[min(len(content) - 1, int(where * len(content)))] ^= 1 << bit
    path.write_bytes(content)
    try:
        assert paintings.read(path).painting.size.area < 1 << 30
    except Trouble as trouble:
        assert trouble.safe


def test_a_truncated_file(tmp_path: Path) -> None:
    size = Size(30, 20)
    paintings.write(painting(size, layer(size, size.box)), tmp_path / "a.ora")
    whole = (tmp_path / "a.ora").read_bytes()
    for tenth in range(1, 10):
        (tmp_path / "a.ora").write_bytes(whole[: len(whole) * tenth // 10])
        refused(tmp_path / "a.ora", "damaged")


def test_it_can_be_given_up(tmp_path: Path) -> None:
    size = Size(600, 600)
    made = painting(size, layer(size, size.box), layer(size, size.box, seed=2))
    gone = Progress(cancelled=lambda: True)
    with pytest.raises(Cancelled):
        paintings.write(made, tmp_path / "a.ora", progress=gone)
    assert not list(tmp_path.iterdir())
    paintings.write(made, tmp_path / "a.ora")
    with pytest.raises(Cancelled):
        paintings.read(tmp_path / "a.ora", progress=gone)


def test_an_empty_layer_and_an_empty_group(tmp_path: Path) -> None:
    size = Size(30, 20)
    made = painting(size, layer(size, Box(0, 0, 0, 0)), (Group(new_id(), "nothing"), []))
    assert told(through(made, tmp_path / "a.ora")) == told(made)
    assert isinstance(made.layers()[0], Layer) and openraster.FORMAT == "OpenRaster"


def test_a_layer_whose_packing_is_damaged_is_named_and_the_others_read(tmp_path: Path) -> None:
    stack = image(LAYER + '<layer name="torn" src="data/b.png"/>')
    path = ora(tmp_path / "a.ora", stack, {"data/a.png": png_bytes(), "data/b.png": png_bytes(11, 11)})
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("data/b.png").header_offset + 30 + len("data/b.png")
    content = bytearray(path.read_bytes())
    content[start] = 0xFF  # a block of no kind
    path.write_bytes(content)
    found = paintings.read(path)
    assert [bool(one.tiles.tiles) for one in found.painting.layers()] == [False, True]
    assert any("“torn”" in str(note) for note in found.notes)
