"""Damaged projects and journals: what is whole comes back to the last bit, what is not is named, the file stays as it is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesso.documents.painting import Group, Layer, Painting, Tiles, new_id
from gesso.documents.painting.edits import SetMask, SetProperty, SetSelection, add_layer
from gesso.documents.painting.painting import ROOT
from gesso.files import project
from gesso.files.repair import LAYER, LIST, MASK, PIXELS, SELECTION, repair, repaired_path, salvage
from gesso.files.session import Session, recover, recoverable
from gesso.values import Size, Trouble

WIDTH, HEIGHT = 700, 520


def noise(seed: int, channels: int = 4) -> np.ndarray:
    return np.random.default_rng(seed).integers(1, 256, (HEIGHT, WIDTH, channels)).astype(np.uint8)


def work() -> Painting:
    """Two layers in a group, one of them with a mask, and a selection: 2 x 9 tiles and 9 + 9 of one channel."""
    painting = Painting.from_array(noise(1), "ground", "work")
    above = Layer(new_id(), "天空", 0.5, tiles=Tiles.from_array(noise(2)))
    for edit in add_layer(painting, above, painting.active):
        edit.flip(painting)
    SetMask(above.id, Tiles.from_array(noise(3, 1))).flip(painting)
    SetSelection(Tiles.from_array(noise(4, 1))).flip(painting)
    group = Group(new_id(), "set", children=painting.root.children)
    painting.nodes[group.id] = group
    painting.nodes[ROOT] = replace(painting.root, children=(group.id,))
    return painting


PAINTING = work()


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("sound") / "work.gesso"
    project.save(PAINTING, path)
    return path.read_bytes()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "作品.gesso"


def honest(found: Painting, losses: list) -> None:
    """Every tile is as it was or is named as lost; nothing is altered in silence."""
    named = {(loss.layer, loss.part): loss.missing for loss in losses}
    for layer in PAINTING.layers():
        if layer.id not in found.nodes:
            assert (layer.name, LAYER) in named or (LIST in {part for _, part in named})
            continue
        again = found.layer(layer.id)
        lost = 0
        for index, tile in layer.tiles.tiles.items():
            if index in again.tiles.tiles:
                assert np.array_equal(again.tiles.tiles[index], tile)
            else:
                lost += 1
        assert lost == named.get((layer.name, PIXELS), 0)
        assert (again.name, again.opacity) == (layer.name, layer.opacity) or ("", LIST) in named
        if layer.mask is not None and again.mask is not None:
            strange = [i for i, t in layer.mask.tiles.items() if not np.array_equal(again.mask.tiles[i], t)]
            assert len(strange) == named.get((layer.name, MASK), 0)
            assert all((again.mask.tiles[index] == 255).all() for index in strange), "what was masked stays in sight"
    if not losses:
        assert found.same_as(PAINTING)


def test_a_sound_project_is_left_as_it_is(path: Path, sound: bytes) -> None:
    path.write_bytes(sound)
    assert repair(path) is None and [file.name for file in path.parent.iterdir()] == [path.name]


def test_the_wreck_of_a_sound_project_is_the_project(path: Path, sound: bytes) -> None:
    path.write_bytes(sound)
    found = salvage(path)
    assert found.is_whole and found.painting.same_as(PAINTING)


def test_a_repair_lies_beside_the_damaged_file(path: Path, sound: bytes) -> None:
    damaged = sound[: len(sound) // 2]
    path.write_bytes(damaged)
    repaired_path(path).write_bytes(b"in the way")
    made = repair(path)
    assert made is not None
    to, losses = made
    assert to.name == "作品 repaired 2.gesso" and project.check(to) == []
    assert path.read_bytes() == damaged and losses
    honest(project.load(to), losses)
    with pytest.raises(Trouble, match="already there"):
        repair(path, to)


@given(cut=st.floats(0.05, 1))
@settings(max_examples=15)
def test_a_truncated_project_gives_what_is_left(
    tmp_path_factory: pytest.TempPathFactory, sound: bytes, cut: float
) -> None:
    path = tmp_path_factory.mktemp("cut") / "work.gesso"
    path.write_bytes(sound[: int(len(sound) * cut)])
    found = salvage(path)
    honest(found.painting, found.losses)
    lost = sum(loss.missing for loss in found.losses)
    assert lost <= 36 * (1 - cut) + 9, "no more than what was cut off, and the tiles that the torn leaf names"


def test_a_torn_last_page_costs_nothing(path: Path, sound: bytes) -> None:
    """The end of a file holds only what stands elsewhere, too."""
    path.write_bytes(sound[:-1000])
    with pytest.raises(Trouble, match="its end is missing"):
        project.load(path)
    assert salvage(path).painting.same_as(PAINTING)


@given(places=st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=8), bit=st.integers(0, 7))
@settings(max_examples=40)
def test_flipped_bytes_are_found_or_harmless_and_never_believed(
    tmp_path_factory: pytest.TempPathFactory, sound: bytes, places: list[float], bit: int
) -> None:
    path = tmp_path_factory.mktemp("flip") / "work.gesso"
    content = bytearray(sound)
    for place in places:
        content[int(place * len(content))] ^= 1 << bit
    path.write_bytes(content)
    try:
        assert project.load(path).same_as(PAINTING), "what opens is what was saved"
    except Trouble:
        found = salvage(path)
        honest(found.painting, found.losses)
        assert sum(loss.missing for loss in found.losses) <= 2 * len(places)


@pytest.mark.parametrize("page", range(12))
def test_any_of_the_first_pages_may_be_gone(path: Path, sound: bytes, page: int) -> None:
    """The header, the schema, the roots of all trees."""
    content = bytearray(sound)
    content[page * 4096 : (page + 1) * 4096] = bytes(4096)
    path.write_bytes(content)
    found = salvage(path)
    honest(found.painting, found.losses)
    assert sum(loss.missing for loss in found.losses) <= 6


def test_a_header_that_lies_about_its_pages_is_not_believed(path: Path, sound: bytes) -> None:
    path.write_bytes(sound[:16] + (8192).to_bytes(2, "big") + sound[18:])
    assert salvage(path).painting.same_as(PAINTING)


def changed(path: Path, sound: bytes, change: Callable[[sqlite3.Connection], object]) -> None:
    path.write_bytes(sound)
    connection = sqlite3.connect(path)
    change(connection)
    connection.commit()
    connection.close()


def test_a_layer_that_makes_no_sense_is_named_and_the_others_stay(path: Path, sound: bytes) -> None:
    def spoil(connection: sqlite3.Connection) -> None:
        text = connection.execute("SELECT document FROM snapshots").fetchone()[0]
        document = project.unsealed(text)[0]
        del document["digest"]
        for node in document["nodes"]:
            if node["name"] == "天空":
                node["tiles"]["dtype"] = "<f8"
        connection.execute("UPDATE snapshots SET document = ?", (project.sealed(document),))

    changed(path, sound, spoil)
    found = salvage(path)
    assert [(loss.part, loss.layer) for loss in found.losses] == [(LAYER, "天空")]
    assert [layer.name for layer in found.painting.layers()] == ["ground"]
    assert str(found.losses[0].note) == "天空: the layer is lost."


def test_a_list_of_layers_that_cannot_prove_itself_is_used_and_said(path: Path, sound: bytes) -> None:
    def spoil(connection: sqlite3.Connection) -> None:
        text = connection.execute("SELECT document FROM snapshots").fetchone()[0].replace("ground", "grouch")
        connection.execute("UPDATE snapshots SET document = ?", (text,))
        connection.execute("DELETE FROM facts WHERE key = 'copy'")

    changed(path, sound, spoil)
    found = salvage(path)
    assert [loss.part for loss in found.losses] == [LIST] and found.painting.layers()[0].name == "grouch"


def test_a_lost_selection_and_a_lost_group_cost_only_themselves(path: Path, sound: bytes) -> None:
    def spoil(connection: sqlite3.Connection) -> None:
        document = project.unsealed(connection.execute("SELECT document FROM snapshots").fetchone()[0])[0]
        del document["digest"]
        document["nodes"] = [node for node in document["nodes"] if node["name"] != "set"]
        document["selection"]["tiles"][0][2] = "0" * 32
        connection.execute("UPDATE snapshots SET document = ?", (project.sealed(document),))

    changed(path, sound, spoil)
    found = salvage(path)
    assert [loss.part for loss in found.losses] == [SELECTION] and found.painting.selection is None
    assert {layer.name for layer in found.painting.layers()} == {"ground", "天空"}


def test_a_file_of_the_first_gesso_is_recovered_too(path: Path, sound: bytes) -> None:
    """Its list of layers carries no digest and stands once."""

    def older(connection: sqlite3.Connection) -> None:
        document = project.unsealed(connection.execute("SELECT document FROM snapshots").fetchone()[0])[0]
        del document["digest"]
        connection.execute("UPDATE snapshots SET document = ?", (json.dumps(document),))
        connection.execute("DELETE FROM facts WHERE key IN ('copy', 'document', 'written')")
        connection.execute("DELETE FROM blobs WHERE name = (SELECT min(name) FROM blobs)")

    changed(path, sound, older)
    found = salvage(path)
    assert sum(loss.missing for loss in found.losses if loss.part != SELECTION) <= 1
    honest(found.painting, found.losses)


@pytest.mark.parametrize("content", [b"", b"\0" * 9000, b"SQLite format 3\0" + b"\xff" * 9000, bytes(range(256)) * 99])
def test_nothing_comes_of_nothing(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(Trouble, match=r"Nothing of .* could be recovered"):
        repair(path)
    assert path.read_bytes() == content and len(list(path.parent.iterdir())) == 1


def test_a_newer_file_is_not_a_damaged_one(path: Path, sound: bytes) -> None:
    changed(path, sound, lambda connection: connection.execute("PRAGMA user_version=99"))
    with pytest.raises(Trouble, match="newer Gesso"):
        repair(path)
    assert len(list(path.parent.iterdir())) == 1


def test_the_repaired_file_goes_on_with_the_history_of_the_damaged_one(path: Path) -> None:
    project.save(PAINTING, path, document="a" * 32)
    path.write_bytes(path.read_bytes()[:-4096])
    made = repair(path)
    assert made is not None
    from gesso.files.seal import Seal

    assert Seal.of(made[0]).document == "a" * 32


# --- journals ----------------------------------------------------------------------------------------------------------


def begun(folder: Path) -> tuple[Session, list[Painting]]:
    """Five strokes and the states between them."""
    painting = PAINTING.snapshot()
    session, states = Session.begin(folder, painting), [painting.snapshot()]
    for step in range(1, 6):
        session.history.apply("Fade", SetProperty(painting.active, "opacity", step / 10))
        states.append(painting.snapshot())
    return session, states


def test_a_damaged_journal_gives_the_edits_before_the_damage(tmp_path: Path) -> None:
    session, states = begun(tmp_path)
    connection = session._container.connection
    connection.execute("UPDATE journal SET edits = replace(edits, '0.3', '0.9') WHERE number = 3")
    session.let_go()
    found = recover(session.path)
    assert found.painting.same_as(states[2]) and found.missing == 3, "a changed line is not believed"


@given(place=st.floats(0, 1, exclude_max=True))
@settings(max_examples=20)
def test_a_flipped_byte_in_a_journal_costs_no_more_than_what_it_hit(
    tmp_path_factory: pytest.TempPathFactory, place: float
) -> None:
    folder = tmp_path_factory.mktemp("sessions")
    session, states = begun(folder)
    session._container.set_fact("process", "999999999 1")
    session.let_go()
    content = bytearray(session.path.read_bytes())
    content[int(place * len(content))] ^= 16
    session.path.write_bytes(content)
    [offered] = recoverable(folder)
    found = recover(offered.path)
    faded = found.painting.layer(PAINTING.active) if PAINTING.active in found.painting.nodes else None
    assert found.missing or (faded and faded.opacity == 0.5) or found.losses
    if not found.notes:
        assert found.painting.same_as(states[-1])


def test_a_session_that_does_not_open_is_offered_and_gives_what_is_whole(tmp_path: Path) -> None:
    session, states = begun(tmp_path)
    session.let_go()
    content = session.path.read_bytes()
    session.path.write_bytes(bytes(4096) + content[4096:])
    [offered] = recoverable(tmp_path)
    assert offered.is_damaged and offered.when
    found = recover(offered.path)
    assert found.painting.same_as(states[-1]) and not found.notes


def test_a_journal_of_which_nothing_is_left_is_one_sentence(tmp_path: Path) -> None:
    session, _ = begun(tmp_path)
    session.let_go()
    session.path.write_bytes(bytes(session.path.stat().st_size))
    with pytest.raises(Trouble, match="Nothing of this unsaved work can be read"):
        recover(recoverable(tmp_path)[0].path)
    assert session.path.exists()


def test_the_size_is_kept(path: Path, sound: bytes) -> None:
    path.write_bytes(sound[:200_000])
    assert salvage(path).painting.size == Size(WIDTH, HEIGHT)


def test_a_layer_with_impossible_settings_is_named_and_the_others_stay(tmp_path: Path) -> None:
    """In a list of layers of the first Gesso, which proves nothing of itself."""
    path = tmp_path / "a.gesso"
    project.save(work(), path)
    connection = sqlite3.connect(path)
    document = json.loads(connection.execute("SELECT document FROM snapshots").fetchone()[0])
    document.pop("digest")
    next(node for node in document["nodes"] if node["name"] == "天空")["opacity"] = "half"
    connection.execute("UPDATE snapshots SET document = ?", (json.dumps(document),))
    connection.execute("DELETE FROM facts WHERE key = 'copy'")
    connection.commit()
    connection.close()
    found = salvage(path)
    assert [(loss.part, loss.layer) for loss in found.losses] == [(LAYER, "天空")]
    assert [layer.name for layer in found.painting.layers()] == ["ground"]
