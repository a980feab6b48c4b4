"""The ledger of losses: whatever a painting can have either survives a file, or is named before that is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from gesso.documents.painting import (
    Adjustment,
    Credit,
    Group,
    Guide,
    Layer,
    Painting,
    Recipe,
    Symmetry,
    Text,
    Tiles,
    composite,
    new_id,
)
from gesso.documents.painting.blend import BLENDS
from gesso.files import paintings, pictures, project, psd_reading
from gesso.files.assembly import assemble
from gesso.files.losses import losses
from gesso.values import Box, Progress, Size
from tests.desktop.files import painted
from tests.desktop.files.painted import RECORD, layer, mask, painting, pixels, told

SIZE = Size(48, 32)
FORMATS = (project.SUFFIX, *pictures.WRITABLE)
LAYERS = (project.SUFFIX, ".ora", ".psd", ".psb")
LOSSLESS = (*LAYERS, ".png", ".tif", ".tiff")


def opaque(dtype: type = np.uint8, **more: object) -> Layer:
    full = pixels(SIZE.width, SIZE.height, dtype)
    full[..., 3] = np.iinfo(dtype).max
    return Layer(new_id(), "ground", tiles=Tiles.from_array(full), **more)


def veil() -> Tiles:
    return mask(SIZE, Box(5, 5, 20, 20), 255)


def top(back: Painting) -> Layer:
    return back.layers()[-1]


def plain(**changes: object) -> Painting:
    return replace(painting(SIZE, opaque()), **changes)


def over(one: Layer | Adjustment) -> Painting:
    return painting(SIZE, opaque(), one)


def patch(**more: object) -> Layer:
    return layer(SIZE, Box(4, 4, 30, 20), name="patch", **more)


@dataclass(frozen=True)
class Feature:
    """Something that a painting can have."""

    given: Painting
    survives: Callable[[Painting], bool]
    """Whether it is there when the file is read again."""
    kept_by: tuple[str, ...]
    """Formats that must not lose it; all others must name it, if it does not survive."""


RECIPE = Recipe("ground", "painting.stylise", {"strength": 0.5}, "stylise", "1.0.0", (0, 0, 48, 32), "digest")
ALONE = painting(SIZE, opaque(recipe=RECIPE))
LETTERS = painting(SIZE, opaque(text=Text("鹭")))
FEATURES = {
    "layers": Feature(over(patch()), lambda back: [one.name for one in back.layers()] == ["ground", "patch"], LAYERS),
    "groups": Feature(
        painting(SIZE, opaque(), (Group(new_id(), "group", opacity=0.5), [patch()])),
        lambda back: any(isinstance(node, Group) and node.opacity == 0.5 for node, _ in back.walk()),
        LAYERS,
    ),
    "masks": Feature(
        over(patch(mask=veil())),
        lambda back: top(back).mask is not None and np.array_equal(top(back).mask.read(), veil().read()),
        (project.SUFFIX, ".psd", ".psb"),
    ),
    "the mask of a group": Feature(
        painting(SIZE, opaque(), (Group(new_id(), "group", mask=veil()), [patch()])),
        lambda back: any(isinstance(node, Group) and node.mask is not None for node, _ in back.walk()),
        (project.SUFFIX, ".psd", ".psb"),
    ),
    "a mask that is off": Feature(
        over(patch(mask=veil(), masks=False)),
        lambda back: top(back).mask is not None and not top(back).masks,
        (project.SUFFIX, ".psd", ".psb"),
    ),
    "the mask of the only layer": Feature(
        painting(SIZE, opaque(mask=veil())), lambda back: top(back).mask is not None, (project.SUFFIX, ".psd", ".psb")
    ),
    "clipping": Feature(over(patch(clipped=True)), lambda back: top(back).clipped, (project.SUFFIX, ".psd", ".psb")),
    "opacity": Feature(over(patch(opacity=0.4)), lambda back: top(back).opacity == 0.4, LAYERS),
    "hidden layers": Feature(over(patch(visible=False)), lambda back: not top(back).visible, LAYERS),
    **{
        f"blending: {mode}": Feature(
            over(patch(blend=mode)), lambda back, mode=mode: top(back).blend == mode and len(back.layers()) == 2,
            LAYERS if mode != "exclusion" else (project.SUFFIX, ".psd", ".psb"),
        )
        for mode in BLENDS
        if mode != "normal"
    },
    "locks": Feature(over(patch(locked=True)), lambda back: top(back).locked, LAYERS),
    "the lock of the only layer": Feature(painting(SIZE, opaque(locked=True)), lambda back: top(back).locked, LAYERS),
    "alpha locks": Feature(
        over(patch(alpha_locked=True)), lambda back: top(back).alpha_locked, (project.SUFFIX, ".psd", ".psb")
    ),
    "colour labels": Feature(
        over(patch(label="red")), lambda back: top(back).label == "red", (project.SUFFIX, ".psd", ".psb")
    ),
    "adjustments": Feature(
        over(Adjustment(new_id(), "brighter", kind="hue-saturation", values={"hue": 90})),
        lambda back: any(isinstance(node, Adjustment) for node, _ in back.walk()),
        (project.SUFFIX,),
    ),
    "AI filter layers": Feature(
        over(patch(recipe=RECIPE)), lambda back: top(back).recipe == RECIPE, (project.SUFFIX,)
    ),
    "an AI filter layer alone": Feature(ALONE, lambda back: top(back).recipe == RECIPE, (project.SUFFIX,)),
    "text": Feature(over(patch(text=Text("鹭"))), lambda back: top(back).text == Text("鹭"), (project.SUFFIX,)),
    "text alone": Feature(LETTERS, lambda back: top(back).text == Text("鹭"), (project.SUFFIX,)),
    "linear light": Feature(
        replace(over(patch(blend="screen")), linear=True), lambda back: back.linear, (project.SUFFIX,)
    ),
    "the selection": Feature(
        plain(selection=veil()), lambda back: back.selection is not None, (project.SUFFIX,)
    ),
    "guides": Feature(
        plain(guides=(Guide("vertical", 7.5),)), lambda back: back.guides == (Guide("vertical", 7.5),),
        (project.SUFFIX, ".psd", ".psb"),
    ),
    "axes of symmetry": Feature(
        plain(symmetry=Symmetry.amid(SIZE, "both")), lambda back: back.symmetry is not None, (project.SUFFIX,)
    ),
    "16 bit": Feature(
        painting(SIZE, opaque(np.uint16), depth=16), lambda back: back.depth == 16, (*LOSSLESS, ".pdf")
    ),
    "alpha": Feature(
        painting(SIZE, patch()), lambda back: bool((composite(back)[..., 3] < 255).any()),
        tuple(suffix for suffix in FORMATS if suffix not in (".jpg", ".jpeg", ".pdf")),
    ),
    "the resolution": Feature(
        plain(dpi=(300.0, 300.0)),
        lambda back: back.dpi is not None and back.dpi == pytest.approx((300, 300), abs=0.02),
        FORMATS,
    ),
    "the maker": Feature(
        plain(credit=Credit("林", "© 林", "鹭")), lambda back: back.credit == Credit("林", "© 林", "鹭"), FORMATS
    ),
    "the part of models": Feature(
        painting(SIZE, opaque(provenance=(RECORD,))), lambda back: top(back).provenance == (RECORD,), FORMATS
    ),
    "which layer models had a part in": Feature(
        over(patch(provenance=(RECORD,))), lambda back: top(back).provenance == (RECORD,) and len(back.layers()) == 2,
        (project.SUFFIX, ".ora"),
    ),
}  # fmt: skip


def again(given: Painting, path: Path) -> Painting:
    if path.suffix == project.SUFFIX:
        project.save(given, path)
        return project.load(path)
    paintings.write(given, path)
    if path.suffix in (".psd", ".psb"):  # in this process, which is quicker
        return assemble(psd_reading.tell(path, Progress.silent()), path.stem).painting
    return paintings.read(path).painting


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("name", FEATURES)
def test_it_survives_or_is_named(tmp_path: Path, name: str, suffix: str) -> None:
    feature, path = FEATURES[name], tmp_path / f"a{suffix}"
    named = losses(feature.given, path)
    if suffix in feature.kept_by:
        assert not [note for note in named if "dpi" not in str(note)], "nothing is lost, so nothing is said"
    if suffix == ".pdf":  # which is not read as a picture again: test_pdf looks into it
        assert named or suffix in feature.kept_by
        return
    back = again(feature.given, path)
    assert feature.survives(back) or named
    assert feature.survives(back) or suffix not in feature.kept_by


@pytest.mark.parametrize("suffix", LOSSLESS[1:])
@pytest.mark.parametrize("name", FEATURES)
def test_it_looks_the_same_in_any_case(tmp_path: Path, name: str, suffix: str) -> None:
    """As far as a format can: what blends in linear light, or in a mode it does not know, is said to look different."""
    given = FEATURES[name].given
    said = " ".join(str(note) for note in losses(given, tmp_path / f"a{suffix}"))
    if "look different" in said or "linear light" in said:
        return
    back = composite(again(given, tmp_path / f"a{suffix}"))
    seen = composite(given)
    if back.dtype != seen.dtype:
        back = back.astype(np.uint16) * 257
    assert painted.unlike(back, seen) <= 2


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg", ".webp", ".avif", ".psd"])
def test_every_file_says_which_colours_its_numbers_mean(tmp_path: Path, suffix: str) -> None:
    paintings.write(plain(), tmp_path / f"a{suffix}")
    content = (tmp_path / f"a{suffix}").read_bytes()
    assert b"sRGB" in content or b"acsp" in content or b"nclx" in content


def test_projects_keep_everything() -> None:
    for name, feature in FEATURES.items():
        assert project.SUFFIX in feature.kept_by, name
        assert not losses(feature.given, Path("a" + project.SUFFIX)), name


def test_the_ledger_reads_nothing_into_a_painting() -> None:
    given = FEATURES["adjustments"].given
    before = told(painting(SIZE, *given.layers()))
    for suffix in FORMATS:
        losses(given, Path("a" + suffix))
    assert told(painting(SIZE, *given.layers())) == before
