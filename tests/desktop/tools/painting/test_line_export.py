"""The ink of a layer as paths."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from gesso.documents.painting import Painting, Tiles
from gesso.documents.painting.painting import ROOT
from gesso.tools.painting.line_export import lines_of
from gesso.values import Progress, Trouble


def inked(dtype: type = np.uint8) -> Painting:
    """One layer with a blue line and a blue ring."""
    cover = np.zeros((100, 140), np.uint8)
    cv2.line(cover, (10, 20), (120, 20), 255, 3)
    cv2.circle(cover, (60, 65), 20, 255, 3)
    pixels = np.zeros((100, 140, 4), dtype)
    pixels[..., :3], pixels[..., 3] = (38, 62, 130), cover
    return Painting.from_array(pixels * dtype(257) if dtype is np.uint16 else pixels)


def paths(text: str) -> tuple[ElementTree.Element, list[str]]:
    [group] = ElementTree.fromstring(text)
    return group, [path.attrib["d"] for path in group]


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_each_line_is_a_path_in_the_layers_colour(dtype: type) -> None:
    painting = inked(dtype)
    group, found = paths(lines_of(painting, painting.active, Progress.silent()))
    assert len(found) == 2 and sum(path.endswith("Z") for path in found) == 1
    assert group.attrib["stroke"] == "#263e82"


def test_what_the_mask_hides_is_not_written() -> None:
    painting = inked()
    mask = np.full((100, 140, 1), 255, np.uint8)
    mask[40:] = 0
    layer = painting.layer(painting.active)
    painting.nodes[layer.id] = replace(layer, mask=Tiles.from_array(mask))
    assert len(paths(lines_of(painting, layer.id, Progress.silent()))[1]) == 1


def test_a_photograph_an_empty_layer_and_a_group_are_refused_in_a_sentence() -> None:
    full = Painting.from_array(np.full((30, 40, 4), 255, np.uint8))
    empty = Painting.from_array(np.zeros((30, 40, 4), np.uint8))
    for painting, id, said in (
        (full, full.active, "filled nearly everywhere"),
        (empty, empty.active, "no lines"),
        (full, ROOT, "Only a layer"),
    ):
        with pytest.raises(Trouble, match=said):
            lines_of(painting, id, Progress.silent())
