"""What a format cannot hold is known before anything is written, and is what writing then says."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gesso.documents.painting import Group, Guide, Painting, Tiles, composite, new_id
from gesso.documents.painting.painting import Adjustment
from gesso.files import paintings, pictures
from gesso.files.losses import losses
from gesso.values import Box, Size
from tests.desktop.files import painted
from tests.desktop.files.painted import layer, mask, painting, pixels

SIZE = Size(60, 40)


def said(given: Painting, name: str) -> str:
    return " ".join(str(note) for note in losses(given, Path(name)))


def opaque(dtype: type = np.uint8) -> Painting:
    full = pixels(60, 40, dtype)
    full[..., 3] = np.iinfo(dtype).max
    return Painting.from_array(full, "ground")


@pytest.mark.parametrize("suffix", [".gesso", *pictures.WRITABLE])
def test_one_opaque_layer_of_eight_bit_fits_everywhere(suffix: str) -> None:
    assert not losses(opaque(), Path("a" + suffix))


@pytest.mark.parametrize("suffix", [".ora", ".psd"])
def test_guides_and_axes_stay_in_projects(suffix: str) -> None:
    given = opaque()
    given.guides = (Guide("vertical", 3.0),)
    assert ("does not keep guides" in said(given, "a" + suffix)) == (suffix == ".ora")
    assert not said(given, "a.gesso") and "does not keep guides" in said(given, "a.png")


@pytest.mark.parametrize("suffix", [".ora", ".psd"])
def test_linear_light_stays_in_projects_and_the_flat_picture_is_right(suffix: str, tmp_path: Path) -> None:
    ground = Tiles.from_array(np.full((40, 60, 4), 255, np.uint8))
    given = painting(SIZE, layer(SIZE, SIZE.box), layer(SIZE, SIZE.box, seed=2, name="草稿"))
    low = given.layers()[0].id
    given.nodes[low] = replace(given.layer(low), tiles=ground)
    assert "linear light" not in said(given, "a" + suffix)
    given.linear = True
    assert "does not keep that layers are blended in linear light" in said(given, "a" + suffix)
    assert not said(given, "a.gesso") and "linear" not in said(given, "a.png")
    path = tmp_path / f"a{suffix}"
    paintings.write(given, path)
    merged = path if suffix != ".ora" else io.BytesIO(zipfile.ZipFile(path).read("mergedimage.png"))
    with Image.open(merged) as flat:
        assert np.array_equal(np.asarray(flat.convert("RGB")), composite(given)[..., :3])
    one = opaque()
    one.linear = True
    assert not said(one, "a" + suffix), "one layer alone looks the same"


def test_flat_formats_hold_neither_layers_nor_what_is_hidden() -> None:
    given = painting(SIZE, layer(SIZE, SIZE.box), layer(SIZE, SIZE.box, seed=2, name="草稿", visible=False))
    for suffix in (".png", ".tif", ".webp", ".jpg", ".avif", ".pdf"):
        assert "the 2 layers are laid over each other" in said(given, "a" + suffix)
        assert "left out: “草稿”" in said(given, "a" + suffix)
    assert not said(given, "a.ora") and not said(given, "a.psd") and not said(given, "a.gesso")


def test_alpha_and_depth() -> None:
    clear, deep = painting(SIZE, layer(SIZE, SIZE.box)), opaque(np.uint16)
    assert "JPEG holds no transparency" in said(clear, "a.jpg") and "PDF holds no" in said(clear, "a.pdf")
    assert not said(clear, "a.png") and not said(clear, "a.avif")
    for name in ("a.jpg", "a.webp", "a.avif"):
        assert "holds 8 bit" in said(deep, name)
    assert not said(deep, "a.png") and not said(deep, "a.tif") and not said(deep, "a.psb")


def test_two_half_layers_that_cover_everything_are_opaque() -> None:
    left, right = pixels(60, 40), pixels(60, 40)
    left[..., 3], right[..., 3] = 0, 255
    left[:, :30, 3], right[:, :30, 3] = 255, 0
    made = [replace(layer(SIZE, Box(0, 0, 0, 0)), tiles=Tiles.from_array(one)) for one in (left, right)]
    assert "transparency" not in said(painting(SIZE, *made), "a.jpg")


def test_formats_of_layers() -> None:
    veil = mask(SIZE, Box(3, 3, 30, 30))
    given = painting(
        SIZE, layer(SIZE, SIZE.box, name="base", blend="exclusion", mask=veil),
        layer(SIZE, SIZE.box, name="shade", clipped=True, label="red"),
    )  # fmt: skip
    assert not said(given, "a.psd")
    assert "cannot clip layers: “base”" in said(given, "a.ora") and "blend modes of “base”" in said(given, "a.ora")
    given.selection = veil
    assert all("does not keep the selection" in said(given, name) for name in ("a.psd", "a.png"))


def test_adjustments_become_pixels_that_look_the_same(tmp_path: Path) -> None:
    shift = Adjustment(new_id(), "darker", kind="hue-saturation", values={"hue": 120, "lightness": -0.3})
    group = (Group(new_id(), "g", opacity=0.5), [layer(SIZE, Box(0, 0, 30, 30), seed=4), shift])
    given = painting(SIZE, layer(SIZE, SIZE.box), group)
    assert "“darker” become pixels" in said(given, "a.ora")
    for suffix in (".ora", ".psd"):
        paintings.write(given, tmp_path / f"a{suffix}")
        back = paintings.read(tmp_path / f"a{suffix}").painting
        assert painted.unlike(composite(back), composite(given)) <= 2
        assert [len(back.nodes), *(node.name for node, _ in back.walk())][:2] == [4, "g"]


def test_clipped_layers_become_one_with_what_they_are_clipped_to_and_look_the_same(tmp_path: Path) -> None:
    base = layer(SIZE, Box(5, 5, 40, 30), seed=3, name="base", opacity=0.6, blend="multiply", mask=mask(SIZE, SIZE.box))
    shade = Adjustment(new_id(), "shade", kind="hue-saturation", values={"hue": 90}, clipped=True)
    given = painting(SIZE, layer(SIZE, SIZE.box), base, layer(SIZE, SIZE.box, seed=7, clipped=True, opacity=0.5), shade)
    for suffix in (".ora", ".psd"):
        assert "cannot clip" in said(given, "a" + suffix), "PSD clips layers, but no adjustments of ours"
        paintings.write(given, tmp_path / f"a{suffix}")
        back = paintings.read(tmp_path / f"a{suffix}").painting
        assert [one.name for one in back.layers()][1:] == ["base"]
        assert painted.unlike(composite(back), composite(given)) <= 2


@settings(max_examples=25)
@given(given_=painted.paintings(masks=True), suffix=st.sampled_from([".ora", ".psd"]))
def test_what_is_announced_is_what_writing_says(
    tmp_path_factory: pytest.TempPathFactory, given_: Painting, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("losses") / f"a{suffix}"
    assert losses(given_, path) == list(paintings.write(given_, path))
