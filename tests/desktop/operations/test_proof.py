"""Seeing a picture as a screen needs it, and as another device would show it."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageCms

from gesso.operations.painting.proof import Proof, profile_name, screen_profile_name, sight
from gesso.values import Colour, Trouble
from tests.desktop.files.made import press_profile, wide_profile

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
ALARM = Colour(1.0, 0.0, 1.0)


def small_device() -> bytes:
    """A screen of sRGB's curve and white whose colours reach half as far from grey."""
    wide = np.array([[0.43607, 0.38515, 0.14307], [0.22249, 0.71687, 0.06061], [0.01392, 0.09708, 0.71410]])
    white = wide.sum(axis=1)
    narrow = 0.5 * wide + 0.5 * white[:, None] * wide[1] / white[1]
    profile = bytearray(wide_profile(2.2))
    for name, column in zip((b"rXYZ", b"gXYZ", b"bXYZ"), narrow.T, strict=True):
        entry = profile.index(name, 128)
        start = struct.unpack_from(">I", profile, entry + 4)[0]
        struct.pack_into(">3i", profile, start + 8, *(round(part * 65536) for part in column))
    return bytes(profile)


def pixels(*colours: tuple[int, int, int, int]) -> np.ndarray:
    return np.array([colours], np.uint8)


def test_without_a_profile_there_is_nothing_to_do() -> None:
    assert sight() is None


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 255)] * 4), min_size=1, max_size=30))
def test_a_screen_that_is_srgb_is_given_what_was_painted_and_alpha_is_never_touched(
    colours: list[tuple[int, int, int, int]],
) -> None:
    see = sight(SRGB)
    assert see is not None
    given_, found = pixels(*colours), see(pixels(*colours))
    assert np.abs(found.astype(int) - given_)[..., :3].max() <= 1
    assert (found[..., 3] == given_[..., 3]).all()


def test_a_screen_of_wider_primaries_is_driven_less_hard() -> None:
    see = sight(wide_profile(2.2))
    assert see is not None
    red, grey = see(pixels((255, 0, 0, 255), (128, 128, 128, 90)))[0]
    assert red[0] < 240
    assert np.ptp(grey[:3].astype(int)) <= 1 and grey[3] == 90


def test_16_bit_is_seen_as_8_bit_is() -> None:
    see = sight(wide_profile(2.2))
    assert see is not None
    eight = pixels((255, 0, 0, 255), (12, 200, 77, 128))
    assert (see(eight.astype(np.uint16) * 257) == see(eight)).all()


def test_a_proof_shows_what_the_device_can_and_alarms_at_what_it_lacks() -> None:
    colours = pixels((255, 0, 0, 255), (130, 120, 125, 255))
    plain, alarmed = sight(proof=Proof(small_device())), sight(proof=Proof(small_device(), alarm=ALARM))
    assert plain is not None and alarmed is not None
    red, greyish = plain(colours)[0].astype(int)
    assert red[0] - red[1] < 200, "the device has no such red"
    assert np.abs(greyish - colours[0, 1]).max() <= 3, "what it has stays as it is"
    marked = alarmed(colours)[0]
    assert tuple(marked[0][:3]) == ALARM.bytes()[:3]
    assert tuple(marked[1]) == tuple(plain(colours)[0, 1])


@pytest.mark.parametrize("broken", [b"", b"not a profile", SRGB[:200], bytes(9 << 20)])
def test_what_is_no_profile_is_refused_in_a_sentence(broken: bytes) -> None:
    for use in (profile_name, screen_profile_name, lambda profile: sight(proof=Proof(profile))):
        with pytest.raises(Trouble):
            use(broken)


def test_a_press_is_no_screen_and_one_that_cannot_be_counted_back_is_not_proofed() -> None:
    with pytest.raises(Trouble):
        screen_profile_name(press_profile())
    with pytest.raises(Trouble):
        sight(proof=Proof(press_profile()))
    assert profile_name(SRGB).startswith("sRGB")
