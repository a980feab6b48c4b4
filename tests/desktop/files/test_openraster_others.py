"""OpenRaster files as Krita, MyPaint, GIMP and Drawpile write them: read for what they mean, and named where that is lost."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gesso.documents.painting import Group, composite
from gesso.files import paintings
from gesso.values import Size
from tests.desktop.files.painted import layer, painting

RED, CLEAR = (200, 30, 20, 255), (0, 0, 0, 0)


def png(size: tuple[int, int], colour: object, mode: str = "RGBA") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, "PNG")
    return out.getvalue()


def file(path: Path, stack: str, **pictures: bytes) -> Path:
    """The archive in the order of the specification; each picture by the name it has in the list."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "image/openraster", zipfile.ZIP_STORED)
        archive.writestr("stack.xml", f'<?xml version="1.0" encoding="UTF-8"?>\n{stack}', zipfile.ZIP_DEFLATED)
        for name, content in pictures.items():
            archive.writestr(name.replace("__", "/") + ".png", content, zipfile.ZIP_STORED)
    return path


def words(path: Path) -> str:
    return " ".join(str(note) for note in paintings.read(path).notes)


KRITA = """<image version="0.0.1" w="8" h="6" xres="300" yres="300">
 <stack composite-op="svg:src-over" opacity="1" name="root" visibility="visible" isolation="isolate">
  <layer name="Layer 2" src="data/layer1.png" composite-op="{op}" opacity="0.50196" visibility="visible" x="2" y="1" edit-locked="true"/>
  <stack composite-op="svg:src-over" opacity="1" name="组" visibility="hidden" isolation="auto">
   <layer name="图层 1" src="data/layer0.png" composite-op="svg:src-over" opacity="1" visibility="visible" x="0" y="0" selected="true"/>
  </stack>
 </stack>
</image>"""


def krita(path: Path, op: str) -> Path:
    return file(
        path, KRITA.format(op=op),
        data__layer1=png((3, 3), RED), data__layer0=png((8, 6), (9, 9, 9, 255)), mergedimage=png((8, 6), (1, 2, 3, 255)),
    )  # fmt: skip


def test_a_file_of_krita(tmp_path: Path) -> None:
    found = paintings.read(krita(tmp_path / "a.ora", "svg:multiply"))
    group, top = (found.painting.nodes[id] for id in found.painting.root.children)
    assert isinstance(group, Group) and (group.name, group.visible) == ("组", False)
    assert (top.blend, round(top.opacity, 3), top.locked, top.name) == ("multiply", 0.502, True, "Layer 2")
    assert found.painting.dpi == (300, 300) and found.painting.active == group.children[0]
    assert found.painting.layer(top.id).tiles.read()[1:4, 2:5].reshape(-1, 4).tolist() == [list(RED)] * 9
    assert not found.notes, "nothing is lost, and no hidden layer is needed"


@pytest.mark.parametrize(
    "op, blend",
    [
        ("svg:exclusion", "exclusion"), ("krita:exclusion", "exclusion"), ("krita:soft_light", "soft-light"),
        ("gimp:hue", "hue"), ("svg:Hard-Light", "hard-light"), ("multiply", "multiply"), ("krita:normal", "normal"),
        ("gimp:luminosity", "luminosity"),
    ],
)  # fmt: skip
def test_one_mode_by_many_names(tmp_path: Path, op: str, blend: str) -> None:
    found = paintings.read(krita(tmp_path / "a.ora", op))
    assert found.painting.layers()[-1].blend == blend and not found.notes


@pytest.mark.parametrize(
    "op", ["krita:linear light", "svg:add", "svg:plus", "svg:dst-out", "svg:src-atop", "-dp-erase", "krita:pin_light"]
)
def test_unknown_modes_are_named_and_the_merged_picture_shows_what_was_meant(tmp_path: Path, op: str) -> None:
    found = paintings.read(krita(tmp_path / "a.ora", op))
    said = " ".join(str(note) for note in found.notes)
    assert "“Layer 2” are not known to Gesso" in said and "How it looked is a hidden layer at the top." in said
    top = found.painting.nodes[found.painting.root.children[-1]]
    assert (top.name, top.visible) == ("mergedimage.png", False)
    assert found.painting.layer(top.id).tiles.read()[0, 0].tolist() == [1, 2, 3, 255]
    assert not composite(found.painting)[5, 7].any(), "it is there to be looked at, not part of the picture"


def test_a_merged_picture_that_does_not_fit_or_is_broken_stays_out(tmp_path: Path) -> None:
    stack = KRITA.format(op="svg:add")
    rest = {"data__layer1": png((3, 3), RED), "data__layer0": png((8, 6), CLEAR)}
    for name, merged in (("small", png((4, 3), RED)), ("broken", png((8, 6), RED)[:60]), ("none", b"")):
        found = paintings.read(file(tmp_path / f"{name}.ora", stack, **rest, mergedimage=merged))
        assert len(found.painting.layers()) == 2 and not any("hidden layer" in str(note) for note in found.notes)


def test_what_is_no_layer_of_pixels_is_counted(tmp_path: Path) -> None:
    """Texts and filters of the draft, which nobody writes as pixels."""
    stack = '<image w="8" h="6"><stack><text x="1" y="2">x</text><filter type="a"/><layer src="l.png"/></stack></image>'
    found = paintings.read(file(tmp_path / "a.ora", stack, l=png((8, 6), RED), mergedimage=png((8, 6), RED)))
    said = " ".join(str(note) for note in found.notes)
    assert "2 things" in said and "hidden layer" in said and found.painting.layers()[0].tiles.tiles


def test_a_file_of_mypaint(tmp_path: Path) -> None:
    """A background of its own, strokes that nobody else reads, and layers that reach beyond the canvas."""
    stack = """<image xres="72" yres="72" w="8" h="6" version="0.0.3">
 <stack name="" opacity="1.0" visibility="visible" composite-op="svg:src-over" isolation="auto">
  <layer composite-op="svg:src-over" mypaint_strokemap_v2="data/layer001_strokemap.dat" opacity="1.0" src="data/layer001.png"
   visibility="visible" selected="true" x="-4" y="-4" initially-selected="true"/>
  <layer background-tile="data/background_tile.png" composite-op="svg:src-over" name="background" opacity="1.0"
   src="data/background.png" visibility="visible" x="0" y="0"/>
 </stack>
</image>"""
    path = file(
        tmp_path / "a.ora",
        stack,
        data__layer001=png((16, 16), RED),
        data__background=png((8, 6), (255, 255, 255), "RGB"),
    )
    found = paintings.read(path)
    ground, top = found.painting.layers()
    assert ground.name == "background" and top.name == "" and found.painting.active == top.id
    assert composite(found.painting).reshape(-1, 4).tolist() == [list(RED)] * 48
    assert [str(note) for note in found.notes] == ["Parts of layers outside the canvas were cut off."]


@pytest.mark.parametrize(
    "mode, colour", [("L", 70), ("LA", (70, 255)), ("P", 0), ("1", 1), ("RGB", (1, 2, 3)), ("I;16", 500)]
)
def test_layers_in_pngs_of_every_kind(tmp_path: Path, mode: str, colour: object) -> None:
    stack = '<image w="8" h="6"><stack><layer name="画" src="data/l.png"/></stack></image>'
    found = paintings.read(file(tmp_path / "a.ora", stack, data__l=png((8, 6), colour, mode)))
    pixels = found.painting.layers()[0].tiles.read()
    assert (
        found.painting.depth == (16 if mode == "I;16" else 8) and (pixels[..., 3] == np.iinfo(pixels.dtype).max).all()
    )


def test_locks_come_back(tmp_path: Path) -> None:
    size = Size(8, 6)
    paintings.write(painting(size, layer(size, size.box, locked=True), layer(size, size.box)), tmp_path / "a.ora")
    assert [one.locked for one in paintings.read(tmp_path / "a.ora").painting.layers()] == [True, False]
