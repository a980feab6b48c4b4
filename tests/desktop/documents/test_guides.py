"""Guides, axes and resolution: they are the painting's, go along with its canvas, and every change of them goes back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.documents.history import History
from gesso.documents.painting import Adjustment, Credit, Group, Guide, Layer, Painting, Recipe, Symmetry, Tiles
from gesso.documents.painting.beside import SetCredit, SetGuides, SetResolution, SetSymmetry
from gesso.documents.painting.edits import AnyEdit
from gesso.documents.painting.painting import ROOT
from gesso.files import paintings
from gesso.files.project import load, save
from gesso.files.session import Session, recover
from gesso.tools.painting.on_layer import larger_canvas
from gesso.ui import canvas_steps as steps
from gesso.values import Box, Picture, Progress, Size

GUIDES = (Guide("vertical", 10.0), Guide("horizontal", 30.5), Guide("vertical", 60.0))


def painting(width: int = 80, height: int = 50) -> Painting:
    made = Painting(Size(width, height), title="work", active="ground")
    tiles = Tiles.from_array(np.full((height, width, 4), 200, np.uint8))
    made.nodes = {ROOT: Group(ROOT, "", children=("ground",)), "ground": Layer("ground", "", tiles=tiles)}
    made.guides, made.symmetry, made.dpi = GUIDES, Symmetry("vertical", 20.5, 10.0), (300.0, 150.0)
    return made


def changed(made: Painting, edit: AnyEdit) -> Painting:
    """After an edit; that it goes back is checked on the way."""
    before = made.snapshot()
    edit.flip(made)
    edit.flip(made)
    assert made.same_as(before)
    edit.flip(made)
    return made


@pytest.mark.parametrize(
    "edit",
    [
        lambda: SetGuides((Guide("vertical", 3.0),)),
        lambda: SetSymmetry(Symmetry("radial", 4.0, 4.0, 15.0, 7)),
        lambda: SetSymmetry(None),
        lambda: SetResolution((72.0, 72.0)),
        lambda: SetResolution(None),
        lambda: SetCredit(Credit("林 Ada", "© Ada", "鹭")),
    ],
)
def test_what_is_set_is_taken_back(edit: Callable[[], AnyEdit]) -> None:
    made = edit()
    found = painting()
    before = found.snapshot()
    changed(found, made)
    assert not found.same_as(before)


def test_a_crop_takes_guides_and_axis_along_and_forgets_those_outside() -> None:
    found = changed(painting(), steps.cut(painting(), Box(5, 10, 40, 30)))
    assert found.guides == (Guide("vertical", 5.0), Guide("horizontal", 20.5))
    assert found.symmetry is not None and (found.symmetry.x, found.symmetry.y) == (15.5, 0.0)


def test_a_quarter_turn_lays_upright_guides_down() -> None:
    found = changed(painting(), steps.turned(painting(), "right"))
    assert found.guides == (Guide("horizontal", 10.0), Guide("vertical", 50 - 30.5), Guide("horizontal", 60.0))
    assert found.symmetry == Symmetry("horizontal", 40.0, 20.5)
    assert found.dpi == (150.0, 300.0)


def test_a_scaled_picture_has_its_guides_at_the_same_places() -> None:
    found = changed(painting(), steps.scaled(painting(), Size(160, 100), "nearest"))
    assert found.guides == tuple(replace(guide, at=2 * guide.at) for guide in GUIDES)
    assert found.dpi == (300.0, 150.0)


@given(st.lists(st.sampled_from(("right", "left", "half", "horizontal", "vertical")), max_size=6))
def test_turns_and_flips_made_backwards_give_everything_back(ways: list[str]) -> None:
    found, before = painting(), painting()
    before.nodes, before.active = dict(found.nodes), found.active
    for way in ways:
        (steps.turned(found, way) if way in steps.TURNS else steps.flipped(found, way)).flip(found)
    back = {"right": "left", "left": "right"}
    for way in reversed(ways):
        way = back.get(way, way)
        (steps.turned(found, way) if way in steps.TURNS else steps.flipped(found, way)).flip(found)
    assert set(found.guides) == set(before.guides) and found.dpi == before.dpi
    assert found.symmetry == before.symmetry


def test_filter_layers_know_where_they_were_made_from_after_a_crop() -> None:
    made = painting()
    recipe = Recipe("below", "painting.stylise", {}, "stylise", "1.0.0", (10, 10, 20, 20), "as it was")
    made.nodes["filter"] = Layer("filter", "", tiles=made.empty_tiles(), recipe=recipe)
    made.nodes[ROOT] = replace(made.root, children=(*made.root.children, "filter"))
    found = changed(made, steps.cut(made, Box(5, 10, 40, 30)))
    assert found.layer("filter").recipe == replace(recipe, box=(5, 0, 20, 20))


@pytest.mark.parametrize("way", ["steps", "model"])
def test_a_blur_is_as_wide_in_an_enlarged_picture(way: str) -> None:
    made = painting()
    made.nodes["soft"] = Adjustment("soft", "", kind="blur", values={"radius": 4.0})
    made.nodes[ROOT] = replace(made.root, children=(*made.root.children, "soft"))
    if way == "steps":
        edit = steps.scaled(made, Size(160, 100), "nearest")
    else:
        edit = larger_canvas(
            made, 2, lambda p, _: Picture.from_rgba(p.rgba().repeat(2, 0).repeat(2, 1)), Progress.silent()
        )
    assert changed(made, edit).adjustment("soft").values["radius"] == 8.0
    cut = steps.cut(made, Box(0, 0, 20, 20))
    assert changed(made, cut).adjustment("soft").values["radius"] == 8.0, "nothing becomes larger by a crop"


def test_a_project_and_a_journal_keep_them(tmp_path: Path) -> None:
    made = painting()
    save(made, tmp_path / "work.gesso")
    assert load(tmp_path / "work.gesso").same_as(made)
    session = Session.begin(tmp_path, painting())
    history: History[Painting] = session.history
    history.apply("guide", SetGuides((*GUIDES, Guide("horizontal", 7.0))))
    history.apply("axis", SetSymmetry(Symmetry("radial", 40.0, 25.0, 30.0, 5)))
    history.apply("dpi", SetResolution((96.0, 96.0)))
    history.apply("turn", steps.turned(history.document, "left"))
    wanted = history.document.snapshot()
    session.let_go()
    assert recover(session.path).painting.same_as(wanted)


def test_a_painting_of_before_has_none(tmp_path: Path) -> None:
    plain = Painting.from_array(np.full((5, 5, 4), 9, np.uint8))
    save(plain, tmp_path / "plain.gesso")
    found = load(tmp_path / "plain.gesso")
    assert (found.guides, found.symmetry, found.dpi) == ((), None, None)


@pytest.mark.parametrize("suffix", [".png", ".tiff", ".ora", ".psd", ".jpg"])
def test_files_carry_the_resolution(tmp_path: Path, suffix: str) -> None:
    paintings.write(painting(), tmp_path / f"work{suffix}")
    found = paintings.read(tmp_path / f"work{suffix}").painting.dpi
    assert found is not None and found == pytest.approx((300.0, 150.0), rel=1e-3)


@pytest.mark.parametrize("parts", [("radial", 1), ("radial", 33), ("spiral", 6)])
def test_impossible_symmetries_are_none(parts: tuple[str, int]) -> None:
    with pytest.raises(ValueError, match="no such symmetry"):
        Symmetry(parts[0], rays=parts[1])
