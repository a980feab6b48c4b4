"""Manifests: what is dropped and why, what stays the same, and what a training may not see."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gesso_training import terms
from gesso_training.corpora import CORPORA
from gesso_training.corpora.corpus import Corpus, Item, likeness, mirrored, strictest, terms_of
from gesso_training.corpora.manifest import Manifest, build
from tests.training.conftest import drawn, save


def listed(root: Path) -> list[Item]:
    return [Item(p.name, "free", "test" if p.name.startswith("held") else "train") for p in sorted(root.glob("*.*"))]


SET = Corpus("made", "images/made", "Made up", "tests", "CC0", listed)


def reasons(data: Path) -> dict[str, str]:
    return {dropped.file: dropped.reason for dropped in build(SET, data).dropped}


def test_a_set_is_walked_and_each_picture_hashed(tmp_path: Path) -> None:
    for number in range(3):
        save(drawn(number), tmp_path / SET.folder / f"{number}.png")
    made = build(SET, tmp_path)
    assert [item.file for item in made.items] == ["0.png", "1.png", "2.png"] and not made.dropped
    assert len({item.sha256 for item in made.items}) == 3
    assert Manifest.from_json(made.to_json()) == made
    assert build(SET, tmp_path).digest == made.digest


def test_the_digest_follows_every_byte(tmp_path: Path) -> None:
    save(drawn(1), tmp_path / SET.folder / "a.png")
    before = build(SET, tmp_path).digest
    changed = drawn(1)
    changed[0, 0, 0] ^= 1
    save(changed, tmp_path / SET.folder / "a.png")
    assert build(SET, tmp_path).digest != before


def test_broken_small_and_empty_pictures_are_dropped_with_their_reason(tmp_path: Path) -> None:
    folder = tmp_path / SET.folder
    save(drawn(1), folder / "good.png")
    save(drawn(2, 90, 300), folder / "small.png")
    save(np.full((200, 200, 3), 90, np.uint8), folder / "flat.png")
    (folder / "cut.png").write_bytes((folder / "good.png").read_bytes()[:900])
    (folder / "noise.jpg").write_bytes(b"no picture at all")
    found = reasons(tmp_path)
    assert set(found) == {"small.png", "flat.png", "cut.png", "noise.jpg"}
    assert found["small.png"] == "smaller than 96 px"
    assert found["flat.png"] == "nearly one colour"
    assert found["cut.png"].startswith("cannot be decoded")


def test_a_repeat_is_dropped_even_when_saved_smaller_and_lossily(tmp_path: Path) -> None:
    folder = tmp_path / SET.folder
    save(drawn(1), folder / "a.png")
    Image.fromarray(drawn(1)).resize((180, 156)).save(folder / "b.jpg", quality=60)
    save(drawn(2), folder / "c.png")
    assert reasons(tmp_path) == {"b.jpg": "shows what a.png shows"}


def test_a_mirrored_repeat_is_found_too(tmp_path: Path) -> None:
    save(drawn(1), tmp_path / SET.folder / "a.png")
    save(np.ascontiguousarray(drawn(1)[:, ::-1]), tmp_path / SET.folder / "b.png")
    assert reasons(tmp_path) == {"b.png": "shows what a.png shows"}
    assert (mirrored(likeness(drawn(2))) ^ likeness(drawn(2)[:, ::-1])).bit_count() <= 2  # equal neighbours differ
    assert mirrored(mirrored(12345)) == 12345


def test_of_a_repeat_across_splits_the_held_out_picture_stays(tmp_path: Path) -> None:
    folder = tmp_path / SET.folder
    save(drawn(1), folder / "a.png")
    save(drawn(1), folder / "held.png")
    assert reasons(tmp_path) == {"a.png": "shows what held.png shows"}


def test_training_sees_no_twin_of_a_held_out_picture_of_another_set(
    data: Path, tmp_path: Path, own_manifests: Path
) -> None:
    mine = tmp_path / "data"
    shutil.copytree(data, mine)
    Image.fromarray(drawn(1)).save(mine / "images" / "sr" / "set5" / "twin.webp", quality=80)  # cq100's c1, once more
    allowed = ("free", "attribution")
    assert {i.file for i in terms.admit("cq100", "train", allowed, data)} == {"c1.png", "c2.png", "c4.png"}
    assert {i.file for i in terms.admit("cq100", "train", allowed, mine)} == {"c2.png", "c4.png"}
    (twin,) = terms.leaks(["cq100"], allowed, ["sr"], mine)
    assert (twin.file, twin.other_file) == ("c1.png", "set5/twin.webp")
    assert terms.card_entries(["cq100"], allowed, mine)[0]["pictures"] == 2


def test_whoever_has_to_be_named_stands_in_the_cards_credits(data: Path, own_manifests: Path) -> None:
    (entry,) = terms.card_entries(["cq100"], ("free", "attribution", "share-alike"), data)
    assert entry["terms"] == "share-alike"
    assert entry["credits"] == ["A, CC BY 4.0, here", "A, CC BY-SA 4.0, here"]


def test_nothing_learns_from_pictures_that_are_for_judging(data: Path, own_manifests: Path) -> None:
    with pytest.raises(ValueError, match="may only be judged with"):
        terms.admit("sr", "train", ("free", "judging-only"), data)


def test_a_picture_that_is_not_the_manifests_is_refused(data: Path, tmp_path: Path, own_manifests: Path) -> None:
    mine = tmp_path / "data"
    shutil.copytree(data, mine)
    (own_manifests / "photos").mkdir(parents=True)
    (own_manifests / "photos" / "manifest.json").write_text(build(CORPORA["photos"], mine).to_json(), encoding="utf-8")
    assert len(list(terms.pictures("photos", "train", ("free",), mine))) == 8
    save(drawn(999), mine / "images" / "photos" / "p3.png")
    with pytest.raises(ValueError, match=r"photos/p3\.png is not what its manifest knows"):
        list(terms.pictures("photos", "train", ("free",), mine))


@pytest.mark.parametrize("name", ["cq100", "photos", "paintings"])
def test_splits_stay_when_the_index_is_in_another_order(data: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(data / "images" / name, tmp_path / "images" / name)
    index = tmp_path / "images" / name / "index.json"
    index.write_text(json.dumps(json.loads(index.read_text())[::-1]))
    first, other = ({item.file: item.split for item in CORPORA[name].items(root)} for root in (data, tmp_path))
    assert first == other and len(set(first.values())) == 2


def test_every_committed_manifest_keeps_benchmarks_out_of_training() -> None:
    for name, corpus in CORPORA.items():
        made = Manifest.from_json((terms.MANIFESTS / name / "manifest.json").read_text(encoding="utf-8"))
        assert made.corpus == corpus.name and (made.items or made.archive)
        assert all(len(item.sha256) == 64 for item in made.items)
        assert not [item for item in made.items if item.split == "train" and item.terms == "judging-only"]
        if name == "bsds500":  # BSD100 and BSD68 lie in its `val`
            assert {item.split for item in made.items if item.file.startswith("val/")} == {"test"}


def test_likeness_survives_size_and_compression_but_not_another_picture() -> None:
    picture = drawn(4)
    small = np.asarray(Image.fromarray(picture).resize((120, 104)))
    assert (likeness(picture) ^ likeness(small)).bit_count() <= 6
    assert (likeness(picture) ^ likeness(drawn(5))).bit_count() > 6


@pytest.mark.parametrize(
    ("licence", "expected"),
    [("CC0", "free"), ("Public domain", "free"), ("CC BY 2.0", "attribution"), ("CC BY-SA 3.0", "share-alike"),
     ("CC BY-SA 3.0 AT", "share-alike"), ("CC BY-NC 4.0", "non-commercial"), ("CC BY-NC-SA 4.0", "non-commercial"),
     ("CC BY-ND 4.0", "judging-only"), ("all rights reserved", "judging-only"), ("", "judging-only")],
)  # fmt: skip
def test_terms_are_read_off_a_licence(licence: str, expected: str) -> None:
    assert terms_of(licence) == expected


def test_the_strictest_terms_win() -> None:
    assert strictest(["free", "share-alike", "attribution"]) == "share-alike"
    assert strictest([]) == "free"
