"""Laws of paintings: flip twice is nothing, undone is the start, what is written is read."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesso.documents.history import History
from gesso.documents.painting import (
    LABELS,
    Adjustment,
    Group,
    Layer,
    Painting,
    Provenance,
    Recipe,
    Tiles,
    composite,
    new_id,
)
from gesso.documents.painting.beside import SetLight
from gesso.documents.painting.blend import BLENDS
from gesso.documents.painting.codec import decode, encode, name_of, pack, unpack
from gesso.documents.painting.edits import (
    AnyEdit,
    MoveNode,
    PlaceNode,
    ReplaceTiles,
    SetActive,
    SetCanvas,
    SetMask,
    SetProperty,
    SetProvenance,
    SetRecipe,
    SetSelection,
    SetValues,
    add_layer,
)
from gesso.values import Box, Size

SIZE = Size(300, 270)  # more than one tile each way, with remainders


def pixels(seed: int, size: Size = SIZE, dtype: type = np.uint8) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, np.iinfo(dtype).max + 1, (size.height, size.width, 4)).astype(dtype)


def mask_of(seed: int) -> Tiles:
    soft = np.random.default_rng(seed).integers(0, 256, (SIZE.height, SIZE.width, 1)).astype(np.uint8)
    soft[:, :100] = 0
    return Tiles.from_array(soft)


def painting() -> Painting:
    """Two layers, a group with one, and an adjustment on top."""
    made = Painting(SIZE)
    history = History(made)
    history.apply("ground", *add_layer(made, Layer("ground", "ground", tiles=Tiles.from_array(pixels(1)))))
    history.apply("layer", *add_layer(made, Layer("two", "two", tiles=Tiles.from_array(pixels(2)))))
    inner = Layer("inner", "inner", tiles=Tiles.from_array(pixels(3)))
    group = Group("group", "group", children=("inner",), opacity=0.7, blend="multiply")
    history.apply("group", PlaceNode.add(group, "root", 1, {"inner": inner}))
    history.apply("adjustment", PlaceNode.add(Adjustment("warm", "warm", kind="colour-balance"), "root", 3))
    return made


Draw = st.DrawFn


@st.composite
def edits(draw: Draw) -> Callable[[Painting], AnyEdit]:
    """A random edit, made to fit the painting when it is applied."""
    kind = draw(st.integers(0, 16))
    seed = draw(st.integers(0, 50))
    pick = draw(st.integers(0, 1000))

    def make(p: Painting) -> AnyEdit:
        layers = [node for node in p.nodes.values() if isinstance(node, Layer)]
        nodes = [node for node, _ in p.walk()]
        layer, node = layers[pick % len(layers)], nodes[pick % len(nodes)]
        rng = np.random.default_rng(seed)
        if kind == 0:
            box = Box(int(rng.integers(200)), int(rng.integers(200)), 40, 30)
            mask = rng.integers(0, 256, (30, 40, 1)).astype(np.uint8)
            return ReplaceTiles.of(layer, box, pixels(seed, box.size), mask)
        if kind == 1:
            return PlaceNode.add(
                Layer(new_id(), "new", tiles=p.empty_tiles()), "root", pick % (len(p.root.children) + 1)
            )
        if kind == 2 and len(layers) > 1 and len(p.root.children) > 1:
            return PlaceNode.remove(p, node.id)
        if kind == 3:
            return MoveNode(node.id, "root", 0)
        if kind == 4:
            return SetProperty(node.id, "opacity", float(rng.random()))
        if kind == 5:
            return SetProperty(node.id, "blend", list(BLENDS)[seed % len(BLENDS)])
        if kind == 6:
            return SetMask(node.id, mask_of(seed) if seed % 3 else None)
        if kind == 7:
            return SetSelection(mask_of(seed))
        if kind == 8:
            return SetProvenance(
                layer.id, (Provenance("painting.stylise", "m", "1.0.0", {"strength": 0.5}, seed, "now"),)
            )
        if kind == 9:
            return SetProperty(node.id, ("clipped", "locked", "masks")[seed % 3], bool(seed % 2))
        if kind == 10:
            return SetProperty(node.id, "label", LABELS[seed % len(LABELS)])
        if kind == 11:
            return SetProperty(layer.id, "alpha_locked", True)
        if kind == 12:
            points = ((0.0, 0.1), (0.4, float(rng.random())), (1.0, 1.0))
            return PlaceNode.add(Adjustment(new_id(), "c", kind="curves", values={"red": points}), "root", 0)
        if kind == 13 and "warm" in p.nodes:
            return SetValues("warm", {"shadows_red": float(rng.random()), "keep_brightness": bool(seed % 2)})
        if kind == 14:
            recipe = Recipe(
                "ground", "painting.stylise", {"styles": (("wave", 1.0),)}, "m", "1.0.0", (0, 0, 9, 9), "aa"
            )
            return SetRecipe(layer.id, recipe)
        if kind == 15:
            return SetLight(not p.linear)
        return SetActive(layer.id)

    return make


@given(make=edits())
def test_flip_twice_is_nothing(make: Callable[[Painting], AnyEdit]) -> None:
    p = painting()
    before = p.snapshot()
    edit = make(p)
    edit.flip(p)
    edit.flip(p)
    assert p.same_as(before)


@given(makers=st.lists(edits(), min_size=1, max_size=8))
@settings(max_examples=25)
def test_any_sequence_undone_is_the_start_and_redone_the_end(makers: list[Callable[[Painting], AnyEdit]]) -> None:
    p = painting()
    history = History(p)
    start = p.snapshot()
    for make in makers:
        history.apply("edit", make(p))
    end = p.snapshot()
    history.go_to(0)
    assert p.same_as(start)
    history.go_to(len(makers))
    assert p.same_as(end)


@given(make=edits())
def test_edits_survive_being_written_down(make: Callable[[Painting], AnyEdit]) -> None:
    p, twin = painting(), painting()
    blobs: dict[str, bytes] = {}

    def put(array: np.ndarray) -> str:
        name = name_of(array)
        blobs[name] = pack(array)
        return name

    twin.nodes = dict(p.nodes)
    twin.active = p.active
    edit = make(p)
    again = decode(encode(edit, put), lambda name: unpack(name, blobs[name]))
    edit.flip(p)
    again.flip(twin)
    assert p.same_as(twin)


def test_a_transaction_that_raises_takes_everything_back() -> None:
    p = painting()
    before = p.snapshot()
    history = History(p)
    with pytest.raises(ZeroDivisionError), history.transaction("half"):
        history.do(SetProperty("two", "opacity", 0.1))
        history.do(PlaceNode.remove(p, "group"))
        raise ZeroDivisionError
    assert p.same_as(before) and not history.can_undo


def test_a_journal_that_cannot_write_takes_the_edit_back() -> None:
    p = painting()
    before = p.snapshot()
    history = History(p)

    def full(what: str, transaction: object) -> None:
        raise OSError("disk full")

    history.journal(full)
    with pytest.raises(OSError, match="disk full"):
        history.apply("edit", SetProperty("two", "visible", False))
    assert p.same_as(before)


@given(limit=st.integers(0, 3_000_000), seeds=st.lists(st.integers(0, 9), min_size=1, max_size=12))
def test_history_keeps_its_bound_but_never_forgets_the_last(limit: int, seeds: list[int]) -> None:
    p = painting()
    history = History(p, limit_bytes=limit)
    for seed in seeds:
        layer = p.layer("two")
        history.apply(
            "paint", ReplaceTiles.of(layer, Box(0, 0, 50, 50), pixels(seed + len(history.titles), Size(50, 50)))
        )
        assert history.byte_size <= limit or len(history.titles) == 1
    assert history.can_undo


def test_the_selection_limits_to_the_bit() -> None:
    p = painting()
    layer = p.layer("two")
    mask = mask_of(4).read()
    edit = ReplaceTiles.of(layer, SIZE.box, pixels(9), mask)
    before = layer.tiles.read()
    edit.flip(p)
    after = p.layer("two").tiles.read()
    outside = mask[..., 0] == 0
    assert np.array_equal(before[outside], after[outside])
    assert np.array_equal(after[mask[..., 0] == 255], pixels(9)[mask[..., 0] == 255])


def test_canvas_changes_flip() -> None:
    p = painting()
    before = p.snapshot()
    small = Size(90, 80)
    layers = {node.id: Tiles.from_array(pixels(5, small)) for node in p.nodes.values() if isinstance(node, Layer)}
    edit = SetCanvas(small, layers, {}, None)
    edit.flip(p)
    assert p.size == small and composite(p).shape == (80, 90, 4)
    edit.flip(p)
    assert p.same_as(before)


# --- tiles -------------------------------------------------------------------------------------------------------


@given(x=st.integers(-40, 320), y=st.integers(-40, 300), width=st.integers(1, 280), height=st.integers(1, 280))
def test_what_is_written_is_read(x: int, y: int, width: int, height: int) -> None:
    box = Box(x, y, width, height)
    base = Tiles.from_array(pixels(1))
    new = pixels(2, box.size)
    after = base.written(box, new)
    assert np.array_equal(after.read(box.clip(SIZE)), new[box.clip(SIZE).moved(-x, -y).slices()])
    outside = np.ones((SIZE.height, SIZE.width), bool)
    outside[box.clip(SIZE).slices()] = False
    assert np.array_equal(after.read()[outside], base.read()[outside])
    untouched = set(base.tiles) - set(base.touched(box))
    assert all(after.tiles[index] is base.tiles[index] for index in untouched), "tiles are shared"


def test_empty_tiles_cost_nothing() -> None:
    assert Tiles.from_array(np.zeros((1000, 1000, 4), np.uint8)).byte_size == 0


def test_a_plain_painting_is_written_as_it_always_was() -> None:
    """Without newer features, nothing stands in a file that an older Gesso does not know."""
    written = encode(Layer("two", "two", tiles=Tiles.from_array(pixels(2))), name_of)
    assert set(written) == {"$", "id", "name", "tiles"}


def test_a_change_names_all_that_looks_different() -> None:
    p = painting()
    before = composite(p)
    for edit in (
        SetProperty("two", "clipped", True),
        SetProperty("group", "clipped", True),
        PlaceNode.add(Adjustment("soft", "soft", kind="blur", values={"radius": 3.0}), "root", 3),
        ReplaceTiles.of(p.layer("ground"), Box(4, 4, 9, 9), pixels(5, Size(9, 9))),
        SetProperty("ground", "visible", False),
        MoveNode("two", "root", 0),
    ):
        change = edit.flip(p)
        after = composite(p)
        differs = (before != after).any(axis=2)
        assert change.box is not None
        differs[change.box.slices()] = False
        assert not differs.any()
        before = after
