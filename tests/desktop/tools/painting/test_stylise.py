"""Stylise as it is used: styles mixed, colours kept, strength, seed, brush size, alpha and depth."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gesso.tools import tool
from gesso.tools.painting.stylise import STYLISE, shipped_styles
from gesso.tools.studio import Studio
from gesso.values import Picture, Progress, Trouble


def picture(height: int = 40, width: int = 56, dtype: type = np.uint8, alpha: bool = False) -> Picture:
    rng = np.random.default_rng(4)
    top = np.iinfo(dtype).max
    colour = rng.integers(0, top, (height, width, 3), dtype=dtype)
    return Picture(colour, rng.integers(0, top, (height, width), dtype=dtype) if alpha else None, (300.0, 300.0))


def painted(studio: Studio, source: Picture, **values: object) -> Picture:
    return studio.apply(STYLISE, source, STYLISE.checked(values), Progress.silent())[0]


def test_a_picture_comes_out_as_large_as_it_went_in_and_different(studio: Studio) -> None:
    source = picture()
    found = painted(studio, source)
    assert (found.size, found.depth, found.dpi) == (source.size, 8, (300.0, 300.0))
    assert np.abs(found.colour.astype(int) - source.colour).mean() > 5


def test_the_palette_becomes_the_styles(studio: Studio) -> None:
    dark = painted(studio, picture(), style="starry-night").colour.mean(axis=(0, 1))
    warm = painted(studio, picture(), style="scream").colour.mean(axis=(0, 1))
    assert dark[2] > dark[0] and warm[0] > warm[2]


def test_no_strength_is_the_original_to_the_bit(studio: Studio) -> None:
    assert np.array_equal(painted(studio, picture(), strength=0).colour, picture().colour)


def test_keeping_colours_keeps_chroma_and_takes_lightness(studio: Studio) -> None:
    source = Picture(np.full((24, 24, 3), (60, 120, 90), np.uint8))
    found = painted(studio, source, keep_colours=1).colour[12, 12].astype(int)
    moved = found - source.colour[12, 12]
    assert moved.max() - moved.min() <= 1


def test_the_same_seed_gives_the_same_and_another_something_else(studio: Studio) -> None:
    one, again, other = (painted(studio, picture(), variation=0.8, seed=seed).colour for seed in (3, 3, 4))
    assert np.array_equal(one, again) and not np.array_equal(one, other)


def test_a_mix_lies_between_its_styles(studio: Studio) -> None:
    a, b = (painted(studio, picture(), style=style).colour.mean() for style in ("starry-night", "scream"))
    mixed = painted(studio, picture(), style=["starry-night:1", "scream:1"]).colour.mean()
    assert min(a, b) < mixed < max(a, b)


def test_a_style_is_painted_by_weights_of_its_own_and_a_mix_by_mixed_ones(studio: Studio) -> None:
    flat = Picture(np.full((64, 64, 3), 128, np.uint8))

    def speckled(*style: str) -> float:
        return float(painted(studio, flat, style=list(style)).colour[..., 1].astype(float).std())

    shared, own, mixed = speckled("starry-night"), speckled("scream"), speckled("starry-night:1", "scream:1")
    assert own == pytest.approx(6 * shared, rel=0.2) and mixed == pytest.approx(3.5 * shared, rel=0.2)
    assert speckled("starry-night") == shared


@pytest.mark.parametrize("brush", ["fine", "medium", "broad"])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_any_brush_any_depth_any_remainder(studio: Studio, brush: str, dtype: type) -> None:
    source = picture(37, 61, dtype)
    found = painted(studio, source, brush=brush)
    assert found.size == source.size and found.colour.dtype == dtype


def test_transparency_survives_and_what_nobody_sees_is_left_alone(studio: Studio) -> None:
    source = picture(alpha=True)
    assert source.alpha is not None
    source.alpha[:10] = 0
    found = painted(studio, source)
    assert found.alpha is not None and np.array_equal(found.alpha, source.alpha)
    assert np.array_equal(found.colour[:10], source.colour[:10])


def test_any_picture_of_the_artist_is_a_style(studio: Studio, tmp_path: Path) -> None:
    own = tmp_path / "我的 画.png"
    Image.new("RGB", (300, 200), (220, 40, 40)).save(own)
    found = painted(studio, picture(), style=str(own)).colour.mean(axis=(0, 1))
    assert found[0] > found[1] + 20


def test_a_style_that_is_not_there_is_one_sentence(studio: Studio, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"nothing\.png"):
        painted(studio, picture(), style=str(tmp_path / "nothing.png"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("strength", float("nan")), ("strength", 2), ("strength", "much"), ("seed", -1), ("seed", "x"), ("brush", "huge"),
        ("style", []), ("style", ["a:0", "b:0"]), ("style", ["a", "b", "c", "d", "e"]), ("style", ["a:nan"]), ("nothing", 1),
    ],
)  # fmt: skip
def test_a_setting_that_does_not_fit_is_refused(name: str, value: object) -> None:
    with pytest.raises(Trouble, match=name):
        STYLISE.checked({name: value})


def test_weights_come_out_as_shares() -> None:
    values = STYLISE.checked({"style": ["great-wave:3", r"C:\pictures\mine.png"]})
    assert values["style"] == (("great-wave", 0.75), (r"C:\pictures\mine.png", 0.25))


def test_proposals_differ_and_the_first_is_what_was_asked() -> None:
    asked = STYLISE.checked({"strength": 0.9})
    found = [STYLISE.checked(values) for values in STYLISE.proposals(asked)]
    assert found[0] == asked
    assert len({str(values) for values in found}) == len(found) >= 4


def test_the_package_names_its_styles(studio: Studio) -> None:
    styles = shipped_styles(studio.open("painting.stylise"))
    assert [s.id for s in styles] == ["great-wave", "starry-night", "scream"] and all(s.thumbnail for s in styles)


def test_the_record_says_how_it_was_made(studio: Studio, tmp_path: Path) -> None:
    own = tmp_path / "mine.png"
    Image.new("RGB", (300, 200), (220, 40, 40)).save(own)
    _, made = studio.apply(STYLISE, picture(), STYLISE.checked({"style": str(own), "seed": 9}), Progress.silent())
    assert (made.tool, made.model, made.model_version, made.seed) == ("painting.stylise", "stylise", "1.0.0", 9)
    assert made.knobs["style"] == [[str(own), 1.0]], "enough to make it again"
    assert made.kind == "compositeWithTrainedAlgorithmicMedia"


def test_tools_are_found_by_id() -> None:
    assert tool("painting.stylise") is STYLISE
    with pytest.raises(Trouble, match=r"painting\.nothing"):
        tool("painting.nothing")
