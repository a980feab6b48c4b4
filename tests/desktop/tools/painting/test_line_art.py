"""Line art as it is used."""

from __future__ import annotations

from xml.etree import ElementTree

import cv2
import numpy as np
import pytest

from gesso.tools.painting.line_art import LINE_ART, drawing_of, on_paper
from gesso.tools.studio import Studio
from gesso.values import Picture, Progress


def ring(side: int = 120, dtype: type = np.uint8) -> Picture:
    """A soft dark ring on white, which the tiny model takes for a line."""
    colour = np.full((side, side, 3), 255, np.uint8)
    cv2.circle(colour, (side // 2, side // 2), side // 3, (0, 0, 0), max(1, side // 60))
    colour = cv2.GaussianBlur(colour, (0, 0), 1.2)
    scale = 257 if dtype is np.uint16 else 1
    return Picture(colour.astype(dtype) * dtype(scale), dpi=(300.0, 300.0))


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_ink_on_nothing_where_the_lines_are(studio: Studio, dtype: type) -> None:
    values = LINE_ART.checked({"line_weight": 15, "clean_up": 0})
    found, made = studio.apply(LINE_ART, ring(dtype=dtype), values, Progress.silent())
    assert found.size == ring().size and found.dpi == (300.0, 300.0) and found.colour.dtype == dtype
    assert found.alpha is not None and found.alpha.dtype == dtype
    cover = found.alpha / found.top
    assert cover[60, 20] > 0.5 and cover[60, 60] == 0 and cover[2, 2] == 0
    assert made.model == "line-art" and made.kind == "trainedAlgorithmicMedia"


def test_the_ink_has_the_chosen_colour(studio: Studio) -> None:
    found, _ = studio.apply(LINE_ART, ring(), LINE_ART.checked({"ink": "sepia"}), Progress.silent())
    assert found.colour[60, 20].tolist() == [92, 58, 34]


def test_a_large_picture_gets_lines_in_proportion(studio: Studio) -> None:
    values = LINE_ART.checked({"line_weight": 10, "clean_up": 0, "detail": 0})
    covers = []
    for side in (400, 1600):
        found, _ = studio.apply(LINE_ART, ring(side), values, Progress.silent())
        assert found.alpha is not None
        covers.append(float((found.alpha / 255).sum()) / side**2)
    assert covers[0] == pytest.approx(covers[1], rel=0.15)


def test_a_heavier_line_covers_more(studio: Studio) -> None:
    def cover(weight: float) -> int:
        values = LINE_ART.checked({"line_weight": weight})
        found, _ = studio.apply(LINE_ART, ring(), values, Progress.silent())
        assert found.alpha is not None
        return int(found.alpha.sum())

    assert cover(15) > 1.5 * cover(5)


def test_clean_up_leaves_short_pieces_out(studio: Studio) -> None:
    colour = np.array(ring(200).colour)
    cv2.line(colour, (95, 100), (103, 100), (0, 0, 0), 2)
    picture = Picture(colour)
    rough, clean = (
        drawing_of(picture, studio, LINE_ART.checked({"clean_up": share}), Progress.silent()).strokes
        for share in (0, 1)
    )
    assert len(clean) == 1 and len(rough) > 1


def test_what_is_transparent_is_white_paper() -> None:
    colour = np.zeros((2, 2, 3), np.uint8)
    alpha = np.array([[0, 255], [51, 255]], np.uint8)
    assert on_paper(Picture(colour, alpha))[..., 0] == pytest.approx(np.array([[1.0, 0.0], [0.8, 0.0]]))


def test_the_paths_are_those_of_the_ink(studio: Studio) -> None:
    assert LINE_ART.draw is not None
    text = LINE_ART.draw(ring(), studio, LINE_ART.checked({"ink": "blue"}), Progress.silent())
    root = ElementTree.fromstring(text)
    [group] = root
    assert group.attrib["stroke"] == "#263e82" and root.attrib["width"] == "120"
    assert any(path.attrib["d"].endswith("Z") for path in group), "the ring is closed"


def test_proposals_fit_the_knobs() -> None:
    for start in ({}, {"detail": 1.0, "clean_up": 1.0, "line_weight": 15.0}, {"detail": 0.0, "line_weight": 0.5}):
        for proposal in LINE_ART.proposals(LINE_ART.checked(start)):
            assert LINE_ART.checked(proposal) == proposal
