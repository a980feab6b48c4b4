"""Twins: what of made-up pairs is found (recall), and whether what is found is true (precision)."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance

from gesso_training.corpora.catalogue import Catalogue
from gesso_training.corpora.collect import collect
from gesso_training.corpora.likeness import same_whole, shared_part, view_of
from gesso_training.corpora.pool import Pool
from gesso_training.corpora.twins import Families, within
from tests.training.corpora.drawings import keep, pixels, work
from tests.training.corpora.sets import folder_set

Change = Callable[[Image.Image], Image.Image]
Turn = Image.Transpose


def compressed(picture: Image.Image, quality: int = 55) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(io.BytesIO(file.getvalue())).convert("RGB")


def part(picture: Image.Image, share: float, at: tuple[float, float] = (0.7, 0.3)) -> Image.Image:
    width, height = round(picture.width * share), round(picture.height * share)
    x, y = round((picture.width - width) * at[0]), round((picture.height - height) * at[1])
    return picture.crop((x, y, x + width, y + height))


CHANGES: dict[str, Change] = {
    "smaller": lambda picture: compressed(picture.resize((250, 202))),
    "mirrored": lambda picture: picture.transpose(Turn.FLIP_LEFT_RIGHT),
    "turned": lambda picture: compressed(picture.transpose(Turn.ROTATE_90)),
    "turned over": lambda picture: picture.transpose(Turn.TRANSVERSE),
    "brighter": lambda picture: compressed(ImageEnhance.Brightness(picture).enhance(1.2)),
    "a part": lambda picture: compressed(part(picture, 0.7), 75),
    "a small part": lambda picture: compressed(part(picture, 0.55, (0.2, 0.9)), 75),
    "a part mirrored": lambda picture: part(picture, 0.65).transpose(Turn.FLIP_LEFT_RIGHT),
    "a part turned": lambda picture: compressed(part(picture, 0.65).transpose(Turn.ROTATE_270), 75),
    "trimmed": lambda picture: part(picture, 0.93, (0.5, 0.5)),
}


def test_copies_and_parts_are_found_and_nothing_else_is(tmp_path: Path) -> None:
    originals, alone = 20, 6
    wanted = set()
    for number in range(originals):
        picture = work(number)
        first = keep(picture, tmp_path / "works" / f"{number:02} original.png").name
        name, change = list(CHANGES.items())[number % len(CHANGES)]
        wanted.add((first, keep(change(picture), tmp_path / "works" / f"{number:02} {name}.png").name))
    for number in range(alone):
        keep(work(1000 + number), tmp_path / "works" / f"alone {number}.png")
    with Catalogue(tmp_path / "catalogue.sqlite") as catalogue, Pool(2) as pool:
        collect(folder_set("works"), tmp_path, catalogue, pool)
        families = Families()
        for pair in within(catalogue, pool):
            families.join(pair.one, pair.other)
        names = {listed.id: listed.item.file for listed in catalogue.listed()}
    met = {tuple(sorted(names[id] for id in ids)) for ids in families.members().values()}
    found = wanted & {(b, a) for a, b in met} | wanted & met
    recall, precision = len(found) / len(wanted), len({tuple(sorted(pair)) for pair in wanted} & met) / len(met)
    missed = sorted(wanted - found)
    assert recall >= 0.95, f"recall {recall:.2f}, missed {missed}"
    assert precision == 1, f"precision {precision:.2f}: {sorted(met)}"


@pytest.mark.parametrize("name", CHANGES)
def test_each_change_is_confirmed_and_told_apart_from_another_picture(name: str) -> None:
    picture = work(7)
    found = shared_part(view_of(pixels(picture)), view_of(pixels(CHANGES[name](picture))))
    assert found is not None
    assert found.is_copy == ("part" not in name), found
    assert found.is_mirrored == (name in ("mirrored", "turned over", "a part mirrored"))
    assert shared_part(view_of(pixels(work(8))), view_of(pixels(CHANGES[name](picture)))) is None


def test_a_plain_or_tiny_picture_has_no_part_to_share() -> None:
    plain = view_of(np.full((200, 200, 3), 90, np.uint8))
    assert shared_part(plain, view_of(pixels(work(1)))) is None
    assert shared_part(plain, plain) is None


def test_small_copies_match_in_the_position_they_are_in() -> None:
    grey = np.asarray(work(3).convert("L").resize((32, 32)))
    assert same_whole(grey, grey) == 0
    assert same_whole(grey, np.rot90(grey)) == 3
    assert same_whole(grey, grey[:, ::-1]) == 4
    assert same_whole(grey, np.asarray(work(4).convert("L").resize((32, 32)))) is None
