"""The law of the compiled sums: they give what numpy gives, to the bit, and without them everything goes by numpy."""

from __future__ import annotations

import _ctypes
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesso.documents.painting import Adjustment, Group, Layer, Painting, Tiles, composite, native
from gesso.documents.painting.blend import BLENDS
from gesso.documents.painting.painting import ROOT
from gesso.documents.painting.runs import Sheet, look_of, planes_of
from tests.desktop.documents.test_adjustments import STRONG
from tests.desktop.documents.test_composite import paintings, some_pixels
from tests.desktop.documents.test_painting import painting

Array = np.ndarray
OPACITIES = [1.0, 1.0, 0.96, 0.5, 0.03, 1e-30]


def both(work: Callable[[], Array]) -> Array:
    """What comes of it either way, which is the same."""
    found = work()
    with native.by_numpy():
        assert np.array_equal(found, work())
    return found


def some_codes(rng: np.random.Generator, kind: str, count: int, dtype: type) -> Array:
    """Pixels (count, 4) of an alpha that is whole, none, even, or all of these by turns."""
    top = np.iinfo(dtype).max
    found = rng.integers(0, top + 1, (count, 4)).astype(dtype)
    if kind == "extreme":
        found = np.where(found > top // 2, top, 0).astype(dtype)
    elif kind == "patchy":
        third = count // 3
        found[:third, 3], found[third : 2 * third, 3] = top, 0
    elif kind != "noise":
        found[:, 3] = {"opaque": top, "even": top // 3, "clear": 0}[kind]
    if kind == "even":
        found[:, :3] = found[:, :1]
    return found


def some_mask(rng: np.random.Generator, kind: str, count: int) -> Array | None:
    if kind == "none":
        return None
    found = rng.integers(0, 256, count).astype(np.uint8)
    if kind == "hard":
        found = np.where(found > 127, 255, 0).astype(np.uint8)
        found[: count // 2] = 0
    elif kind != "soft":
        found[:] = {"whole": 255, "even": 130, "hidden": 0}[kind]
    return found


@st.composite
def stacks(draw: st.DrawFn, count: int, dtype: type) -> list[Sheet]:
    """Up to four sheets, and groups of them three deep."""
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))

    def grow(depth: int) -> list[Sheet]:
        found = []
        for _ in range(draw(st.integers(1, 4))):
            mask = some_mask(
                rng, draw(st.sampled_from(["none", "none", "soft", "hard", "whole", "even", "hidden"])), count
            )
            sheet = Sheet(draw(st.sampled_from(OPACITIES)), draw(st.sampled_from(list(BLENDS))), mask)
            sheet.atop = draw(st.integers(0, 3)) == 0
            if depth < 3 and draw(st.integers(0, 3)) == 0:
                sheet.inside = grow(depth + 1)
            else:
                kind = draw(st.sampled_from(["noise", "opaque", "patchy", "even", "clear", "extreme"]))
                sheet.tile = sheet.flat = some_codes(rng, kind, count, dtype)
            found.append(sheet)
        if draw(st.integers(0, 3)) == 0:
            planes = planes_of(found, count, False)
            found[: draw(st.integers(1, len(found)))] = [Sheet(1.0, "normal", None, ground=planes)]
        return found

    return grow(0)


@given(
    dtype=st.sampled_from([np.uint8, np.uint16]),
    count=st.sampled_from([1, 7, 511, 512, 513, 3000]),
    linear=st.booleans(),
    data=st.data(),
)
@settings(max_examples=150)
def test_any_stack_looks_the_same_to_the_bit(dtype: type, count: int, linear: bool, data: st.DataObject) -> None:
    sheets = data.draw(stacks(count, dtype))

    def look() -> Array:
        out = np.empty((1, count, 4), dtype)
        look_of(sheets, out, linear)
        return out

    both(look)
    both(lambda: planes_of(sheets, count, linear))


@pytest.mark.parametrize("linear", [False, True])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("mode", list(BLENDS))
def test_every_pair_of_colours_mixes_the_same(mode: str, dtype: type, linear: bool) -> None:
    unit = np.iinfo(dtype).max // 255
    below = np.empty((65536, 4), dtype)
    below[:, 0], below[:, 1], below[:, 2] = np.arange(65536) // 256 * unit, 77 * unit, np.arange(65536) % 251 * unit
    above = below[::-1].copy()
    above[:, 0] = np.arange(65536) % 256 * unit
    for alpha, opacity in ((255, 1.0), (255, 0.6), (90, 1.0)):
        for under in (255, 90):
            below[:, 3], above[:, 3] = under * unit, alpha * unit
            for atop in (False, True):
                sheets = [Sheet(1.0, "normal", None, flat=below), Sheet(opacity, mode, None, flat=above, atop=atop)]

                def look(sheets: list[Sheet] = sheets) -> Array:
                    out = np.empty((256, 256, 4), dtype)
                    look_of(sheets, out, linear)
                    return out

                both(look)


@given(
    height=st.integers(1, 40),
    width=st.integers(1, 700),
    dtype=st.sampled_from([np.uint8, np.uint16]),
    linear=st.booleans(),
    seed=st.integers(0, 99),
)
def test_a_part_of_a_picture_is_written_and_nothing_beside_it(
    height: int, width: int, dtype: type, linear: bool, seed: int
) -> None:
    rng, count = np.random.default_rng(seed), height * width
    sheets = [Sheet(0.7, "normal", None, flat=some_codes(rng, kind, count, dtype)) for kind in ("patchy", "noise")]

    def look() -> Array:
        picture = np.full((height + 5, width + 7, 4), 9, dtype)
        look_of(sheets, picture[2 : 2 + height, 3 : 3 + width], linear)
        return picture

    whole, alone = both(look), np.empty((height, width, 4), dtype)
    look_of(sheets, alone, linear)
    assert np.array_equal(whole[2:-3, 3:-4], alone)
    whole[2:-3, 3:-4] = 9
    assert (whole == 9).all()


def fresh(p: Painting) -> Painting:
    """The same, of which nothing is kept from before."""
    found = p.snapshot()
    for id, node in p.nodes.items():
        found.nodes[id] = replace(node)
    return found


@given(
    p=paintings(),
    kinds=st.lists(st.sampled_from(list(STRONG)), min_size=1, max_size=3),
    blend=st.sampled_from(["normal", "multiply", "hue"]),
    linear=st.booleans(),
    data=st.data(),
)
@settings(max_examples=25)
def test_adjustments_between_layers_are_numpys_and_change_nothing_else(
    p: Painting, kinds: list[str], blend: str, linear: bool, data: st.DataObject
) -> None:
    p.linear = linear
    groups = [node.id for node in p.nodes.values() if isinstance(node, Group)]
    for number, kind in enumerate(kinds):
        id, group = f"a{number}", p.nodes[data.draw(st.sampled_from(groups))]
        assert isinstance(group, Group)
        at = data.draw(st.integers(0, len(group.children)))
        opacity = data.draw(st.sampled_from([1.0, 0.5]))
        p.nodes[id] = Adjustment(id, "", opacity=opacity, blend=blend, kind=kind, values=STRONG[kind])
        p.nodes[group.id] = replace(group, children=(*group.children[:at], id, *group.children[at:]))
    both(lambda: composite(fresh(p)))


@pytest.mark.parametrize("depth", [native.DEEPEST - 1, native.DEEPEST, native.DEEPEST + 1, 3 * native.DEEPEST])
def test_groups_in_groups_are_as_deep_as_they_like(depth: int) -> None:
    p = painting()
    below, child = p.root.children, "deep"
    p.nodes["deep"] = Layer("deep", "", blend="overlay", tiles=Tiles.from_array(some_pixels(3, "noise", np.uint8)))
    for number in range(depth):
        p.nodes[f"g{number}"] = Group(f"g{number}", "", opacity=0.9, children=(child,))
        child = f"g{number}"
    p.nodes[ROOT] = replace(p.root, children=(*below, child))
    assert not np.array_equal(both(lambda: composite(p)), composite(p, exclude={child}))


def test_threads_do_not_disturb_each_other() -> None:
    p = painting()
    expected = both(lambda: composite(p))
    with ThreadPoolExecutor(4) as threads:
        assert all(np.array_equal(found, expected) for found in threads.map(lambda _: composite(p), range(12)))


# --- with and without ------------------------------------------------------------------------------------------------


def test_they_are_used_where_they_were_built() -> None:
    """`dev.py test` builds them wherever there is a compiler."""
    assert native.is_available() or not any(shutil.which(name) for name in ("cc", "gcc", "clang"))
    with native.by_numpy():
        assert not native.is_available()
    assert list(native.MODES) == list(BLENDS)


@contextmanager
def library_at(path: Path) -> Iterator[None]:
    """With the library looked for at another place."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(native, "LIBRARY", path)
        native._library.cache_clear()
        yield
    native._library.cache_clear()


def test_without_the_library_a_painting_looks_the_same(tmp_path: Path) -> None:
    p = painting()
    expected = composite(p)
    with library_at(tmp_path / native.LIBRARY.name):
        assert not native.is_available()
        assert np.array_equal(composite(p), expected)


def test_a_library_that_is_none_or_not_ours_or_of_another_form_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / native.LIBRARY.name
    broken.write_bytes(b"not a library")
    for path in (broken, Path(_ctypes.__file__)):
        with library_at(path):
            assert not native.is_available()
    monkeypatch.setattr(native, "FORM", native.FORM + 1)
    with library_at(native.LIBRARY):
        assert not native.is_available()
