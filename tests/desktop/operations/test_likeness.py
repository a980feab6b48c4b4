"""Colours and light in words, and likeness in numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.operations.painting.likeness import (
    COLOURS,
    LOOKS,
    PLACE,
    SIDE,
    as_bytes,
    as_input,
    by_colour,
    least_looks,
    likenesses,
    looks,
    squared,
)


def even(*colour: int) -> np.ndarray:
    return np.full((SIDE, SIDE, 3), colour, np.uint8)


@pytest.mark.parametrize(
    ("name", "colour"),
    [
        ("red", (210, 40, 40)), ("orange", (235, 140, 40)), ("yellow", (240, 220, 60)), ("green", (60, 150, 60)),
        ("turquoise", (50, 180, 175)), ("blue", (50, 90, 200)), ("purple", (130, 70, 190)), ("pink", (240, 160, 190)),
        ("brown", (110, 75, 45)), ("black", (15, 15, 18)), ("grey", (128, 130, 128)), ("white", (250, 250, 248)),
    ],
)  # fmt: skip
def test_an_even_colour_has_its_name_alone(name: str, colour: tuple[int, int, int]) -> None:
    found = looks(even(*colour))
    assert {one: round(found[one]) for one in COLOURS} == {one: int(one == name) for one in COLOURS}


def test_light_is_told_by_words() -> None:
    said = {name for name, value in looks(even(20, 20, 22)).items() if value >= least_looks()[name]}
    assert {"dark", "black", "black-and-white", "soft"} == said
    halves = np.concatenate([even(0, 0, 0)[:64], even(255, 255, 255)[:64]])
    assert looks(halves)["contrasty"] == 1 and looks(halves)["soft"] == 0
    assert looks(even(255, 30, 30))["colourful"] == 1


@given(st.integers(0, 2**32 - 1))
def test_every_look_is_a_share_and_colours_share_the_picture(seed: int) -> None:
    square = np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE, 3), np.uint8)
    found = looks(square)
    assert tuple(found) == LOOKS and all(0 <= value <= 1 for value in found.values())
    assert sum(found[name] for name in COLOURS) == pytest.approx(1)


def test_what_is_clear_lies_on_white() -> None:
    picture = np.zeros((40, 60, 4), np.uint8)
    picture[:, 30:, 3] = 255
    square = squared(picture)
    assert square.shape == (SIDE, SIDE, 3)
    assert square[5, 5].tolist() == [255, 255, 255] and square[5, -5].tolist() == [0, 0, 0]
    assert as_input(square).shape == (1, 3, SIDE, SIDE) and as_input(square).max() == 1


def test_pictures_of_like_colours_are_near() -> None:
    places = np.stack([as_bytes(by_colour(even(*c))) for c in ((200, 40, 40), (210, 50, 45), (40, 60, 200))])
    assert places.shape == (3, PLACE)
    found = likenesses(places, places[0])
    assert found[0] == pytest.approx(1, abs=0.02) and found[1] > 0.9 and found[2] < 0.1


@given(st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_likeness_is_the_product_of_places_however_many_there_are(parts: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    places = rng.integers(-127, 128, (2048 * parts - 5, PLACE), np.int8)
    wanted = places[7].astype(np.float64) / 127
    assert np.allclose(likenesses(places, places[7]), places.astype(np.float64) / 127 @ wanted, atol=1e-4)
