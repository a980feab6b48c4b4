"""The small picture in a project is the large one, shrunk."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from gesso.documents.painting import Painting, composite
from gesso.files.project import THUMBNAIL_PX, thumbnail_of
from gesso.values import Size
from tests.desktop.documents.test_painting import painting


def shown(p: Painting) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(thumbnail_of(p)))).astype(int)


def shrunk(p: Painting) -> np.ndarray:
    size, pixels = p.size.within(THUMBNAIL_PX), composite(p)
    eight = (pixels >> 8).astype(np.uint8) if p.depth == 16 else pixels
    return np.asarray(Image.fromarray(eight).resize((size.width, size.height), Image.Resampling.BOX)).astype(int)


@given(width=st.integers(1, 3000), height=st.integers(1, 1500), dtype=st.sampled_from([np.uint8, np.uint16]))
@settings(max_examples=15)
def test_a_thumbnail_is_the_picture_shrunk(width: int, height: int, dtype: type) -> None:
    top, size = np.iinfo(dtype).max, Size(width, height)
    pixels = np.zeros((size.height, size.width, 4), dtype)
    pixels[..., 0] = np.linspace(0, top, width)
    pixels[..., 1] = np.linspace(0, top, height)[:, None]
    pixels[..., 3] = top
    p = Painting.from_array(pixels)
    assert shown(p).shape[:2] == (size.within(THUMBNAIL_PX).height, size.within(THUMBNAIL_PX).width)
    assert np.abs(shown(p) - shrunk(p)).max() <= 2


def test_a_thumbnail_shows_all_layers() -> None:
    assert np.array_equal(shown(painting()), shrunk(painting())), "a picture that is small enough is shown as it is"


@pytest.mark.parametrize("side", [1, 2])
def test_every_pixel_counts(side: int) -> None:
    """A fine chequerboard is grey, not one of its two colours."""
    y, x = np.mgrid[:1300, :1300] // side
    pixels = np.full((1300, 1300, 4), 255, np.uint8)
    pixels[..., :3] = (((x + y) % 2) * 255)[..., None]
    found = shown(Painting.from_array(pixels))[..., :3]
    assert abs(found.mean() - 127.5) < 2 and found.min() > 90 and found.max() < 165


def test_what_is_clear_stays_clear_and_darkens_no_edge() -> None:
    pixels = np.zeros((1280, 1280, 4), np.uint8)
    pixels[:, 643:] = (250, 200, 150, 255)
    found = shown(Painting.from_array(pixels))
    assert not found[:, :160, 3].any() and (found[:, 161:, 3] == 255).all()
    assert np.abs(found[:, 160:, :3] - (250, 200, 150)).max() <= 2
