"""Provenance in files: what was made by a model says so, to us and to others."""

from __future__ import annotations

import json
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gesso import __version__
from gesso.documents.painting import Provenance
from gesso.documents.painting.edits import SetProperty, SetProvenance
from gesso.documents.painting.painting import KINDS
from gesso.files.pictures import READABLE, WRITABLE, read, read_provenance, write
from gesso.files.xmp import SOURCE_TYPES, packet, parse, provenance_of
from gesso.values import Picture
from tests.desktop.documents.test_painting import painting


def record(**changes: object) -> Provenance:
    given = {
        "tool": "painting.stylise", "model": "stylise", "model_version": "1.2.0", "seed": 7, "when": "2026-05-01T10:00:00Z",
        "knobs": {"strength": 0.8, "styles": [["great-wave", 1.0]]}, "kind": "compositeWithTrainedAlgorithmicMedia",
    }  # fmt: skip
    return Provenance(**{**given, **changes})


def picture(depth: int = 8, alpha: bool = False) -> Picture:
    dtype = np.uint8 if depth == 8 else np.uint16
    return Picture(np.full((9, 12, 3), 90, dtype), np.full((9, 12), 120, dtype) if alpha else None)


@pytest.mark.parametrize("suffix", WRITABLE)
@pytest.mark.parametrize("depth", [8, 16])
@pytest.mark.parametrize("alpha", [False, True])
def test_every_format_carries_it_and_gives_it_back(tmp_path: Path, suffix: str, depth: int, alpha: bool) -> None:
    path = tmp_path / f"画 a{suffix}"
    records = [record(), record(tool="painting.upscale", knobs={"scale": "2"}, kind="algorithmicallyEnhanced", seed=0)]
    write(picture(depth, alpha), path, provenance=records)
    found = read_provenance(path)
    assert found.records == tuple(records)
    assert found.source_type == "compositeWithTrainedAlgorithmicMedia"
    assert SOURCE_TYPES.encode() in path.read_bytes(), "in plain text, for other programs"
    if suffix in READABLE:
        assert not [note for note in read(path).notes if "rounded" not in str(note)]


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_other_programs_find_the_packet(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    write(picture(), path, provenance=[record()])
    with Image.open(path) as image:
        image.load()
        found = image.info["xmp"]
    text = found if isinstance(found, str) else found.decode()
    assert f"<xmp:CreatorTool>Gesso {__version__}</xmp:CreatorTool>" in text
    assert f"DigitalSourceType>{SOURCE_TYPES}compositeWithTrainedAlgorithmicMedia<" in text


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_a_picture_without_a_model_says_nothing(tmp_path: Path, suffix: str) -> None:
    write(picture(), tmp_path / f"a{suffix}")
    assert read_provenance(tmp_path / f"a{suffix}").source_type == ""
    assert b"digitalsourcetype" not in (tmp_path / f"a{suffix}").read_bytes()


@given(kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=5))
def test_the_kind_most_made_by_a_model_counts(kinds: list[str]) -> None:
    said = parse(packet([record(kind=kind) for kind in kinds])).source_type
    assert said == KINDS[max(KINDS.index(kind) for kind in kinds)]


words = st.text(st.characters(codec="utf-8"), max_size=20)


@given(tool=words, when=words, seed=st.integers(0, 2**32 - 1), note=words.filter(lambda w: not set(w) & set("/\\.")))
def test_any_words_survive_the_packet(tool: str, when: str, seed: int, note: str) -> None:
    given_record = record(tool=tool, when=when, seed=seed, knobs={"note": note, "amount": 0.5, "on": True})
    assert parse(packet([given_record])).records == (given_record,)


def test_no_path_of_the_artist_leaves_with_the_picture(tmp_path: Path) -> None:
    knobs = {"styles": (("/home/作者/私人 a.png", 0.5), ("great-wave", 0.5)), "mask": r"C:\Users\me\mask.png"}
    write(picture(), tmp_path / "a.png", provenance=[record(knobs=knobs)])
    content = (tmp_path / "a.png").read_bytes()
    assert b"home" not in content and b"Users" not in content and "私人".encode() not in content
    found = read_provenance(tmp_path / "a.png").records[0].knobs
    assert found["styles"] == [["own picture", 0.5], ["great-wave", 0.5]]


def test_a_long_history_keeps_its_newest_part_where_a_jpeg_has_no_room(tmp_path: Path) -> None:
    records = [record(seed=seed) for seed in range(2000)]
    write(picture(), tmp_path / "a.jpg", provenance=records)
    found = read_provenance(tmp_path / "a.jpg")
    assert 50 < len(found.records) < 2000 and found.records == tuple(records[-len(found.records) :])


def test_entities_are_never_expanded() -> None:
    layers = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{layers}]><x>&a11;</x>'
    start = time.monotonic()
    for content in (bomb.encode(), bomb.encode("utf-16"), b"\xef\xbb\xbf" + bomb.encode()):
        assert parse(content).records == ()
    assert time.monotonic() - start < 1


@given(content=st.binary(max_size=200) | st.integers(0, 800).map(lambda cut: packet([record()])[:cut]))
def test_a_broken_packet_says_nothing(content: bytes) -> None:
    assert parse(content).records == ()


@pytest.mark.parametrize(
    "written", ["[]", "{}", "no json", json.dumps({**vars(record()), "seed": "seven"}), "[" * 100_000]
)
def test_a_broken_record_is_left_out(written: str) -> None:
    content = packet([record(), record(seed=9)]).decode()
    first = content.index("<rdf:li>") + 8
    broken = content[:first] + written.replace("<", "&lt;") + content[content.index("</rdf:li>") :]
    assert [found.seed for found in parse(broken.encode()).records] == [9]


def test_the_source_type_of_other_programs_is_understood() -> None:
    uri = f"{SOURCE_TYPES}trainedAlgorithmicMedia"
    around = '<x><d xmlns:e="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" {}>{}</d></x>'
    assert parse(around.format(f'e:DigitalSourceType="{uri}"', "").encode()).source_type == "trainedAlgorithmicMedia"
    rdf = 'xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
    inner = f'<e:DigitalSourceType {rdf} r:resource="{uri}"/>'
    assert parse(around.format("", inner).encode()).source_type == "trainedAlgorithmicMedia"


def test_only_layers_that_are_seen_count() -> None:
    p = painting()
    first, second = record(seed=1), record(seed=2)
    SetProvenance("two", (first,)).flip(p)
    SetProvenance("inner", (second, first)).flip(p)
    assert provenance_of(p) == (second, first), "each once, from the bottom up"
    SetProperty("group", "visible", False).flip(p)
    assert provenance_of(p) == (first,)
    SetProperty("two", "opacity", 0.0).flip(p)
    assert provenance_of(p) == ()
