"""The project file: what is saved comes back, and nothing good is ever overwritten by something bad."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.documents.painting import Layer, Painting, Provenance, new_id
from gesso.documents.painting.edits import SetProperty, SetProvenance, SetSelection, add_layer
from gesso.files import container, project
from gesso.files import session as session_file
from gesso.files.project import check, load, previous, read_thumbnail, save
from gesso.files.seal import CHANGED, GONE, SAME, ChangedElsewhere, Seal
from gesso.files.session import Session, recover, recoverable, sweep
from gesso.values import Box, Trouble
from tests.desktop.documents.test_painting import edits, mask_of, painting


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "画 一.gesso"


def test_a_file_that_is_marked_read_only_is_not_replaced(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(painting(), path)
    before = path.read_bytes()
    allowed = os.access  # the tests may run as root, whom no mark stops
    monkeypatch.setattr(os, "access", lambda file, mode: Path(file) != path and allowed(file, mode))
    with pytest.raises(Trouble, match="may not use"):
        save(painting(), path)
    assert path.read_bytes() == before and [file.name for file in path.parent.iterdir()] == [path.name]


def test_what_is_saved_comes_back(path: Path) -> None:
    p = painting()
    SetSelection(mask_of(3)).flip(p)
    SetProvenance("two", (Provenance("painting.stylise", "stylise", "1.0.0", {"strength": 0.5}, 7, "2026"),)).flip(p)
    p.icc, p.title = b"\x00profile", "标题"
    save(p, path)
    assert load(path).same_as(p)
    assert check(path) == []
    assert (read_thumbnail(path) or b"").startswith(b"\x89PNG")


def test_saving_again_keeps_the_copy_before(path: Path) -> None:
    first, second = painting(), painting()
    SetProperty("two", "opacity", 0.25).flip(second)
    save(first, path)
    save(second, path)
    assert load(path).same_as(second)
    assert load(previous(path)).same_as(first)
    assert sorted(p.name for p in path.parent.iterdir()) == sorted([path.name, path.name + "~"])


def test_a_save_that_was_killed_between_its_two_renamings_leaves_nothing_behind(path: Path) -> None:
    first, second = painting(), painting()
    save(first, path)
    os.link(path, previous(path))  # so far it came
    save(second, path)
    assert load(path).same_as(second) and load(previous(path)).same_as(first)
    assert {left.name for left in path.parent.iterdir()} == {path.name, previous(path).name}


def test_a_disk_that_fills_up_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(painting(), path)
    before = path.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(project, "sync", full)
    with pytest.raises(Trouble, match="disk is full"):
        save(painting(), path)
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_write_that_reads_back_wrong_is_not_put_in_place(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(painting(), path)
    before = path.read_bytes()
    monkeypatch.setattr(project, "load", lambda _: Painting.from_array(np.zeros((2, 2, 4), np.uint8)))
    with pytest.raises(Trouble, match="did not read back"):
        save(painting(), path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"short", b"\x00" * 5000, b"SQLite format 3\0" + b"\x00" * 200])
def test_what_is_no_project_is_refused_and_left_alone(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(Trouble, match="not a Gesso project"):
        load(path)
    assert path.read_bytes() == content


@given(cut=st.floats(0.02, 0.98))
def test_a_truncated_project_is_noticed(tmp_path_factory: pytest.TempPathFactory, cut: float) -> None:
    path = tmp_path_factory.mktemp("cut") / "a.gesso"
    save(Painting.from_array(np.full((60, 60, 4), 200, np.uint8)), path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * cut)])
    assert check(path)


def test_a_flipped_byte_in_a_tile_is_noticed(path: Path) -> None:
    p = painting()
    save(p, path)
    with sqlite3.connect(path) as connection:
        name, blob = connection.execute("SELECT name, content FROM blobs LIMIT 1").fetchone()
        damaged = bytearray(blob)
        damaged[len(damaged) // 2] ^= 4
        connection.execute("UPDATE blobs SET content = ? WHERE name = ?", (bytes(damaged), name))
    connection.close()
    with pytest.raises(Trouble, match="damaged"):
        load(path)
    assert check(path)


def test_a_newer_file_says_so(path: Path) -> None:
    save(painting(), path)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(Trouble, match="newer Gesso"):
        load(path)


def test_an_older_file_is_lifted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(painting(), path)
    monkeypatch.setattr(container, "VERSION", container.VERSION + 1)
    lift = (*container.MIGRATIONS, lambda c: c.execute("CREATE TABLE extra (x)"))
    monkeypatch.setattr(container, "MIGRATIONS", lift)
    opened = container.Container.open(path)
    assert opened.connection.execute("PRAGMA user_version").fetchone() == (container.VERSION,)
    assert opened.connection.execute("SELECT count(*) FROM extra").fetchone() == (0,)
    opened.close()


# --- the file and others who write it -----------------------------------------------------------------------------------


def test_a_file_that_another_program_changed_is_not_replaced_unasked(path: Path) -> None:
    seal, theirs = save(painting(), path), painting()
    SetProperty("two", "opacity", 0.25).flip(theirs)
    assert seal.state() == SAME
    save(theirs, path)
    assert seal.state() == CHANGED
    with pytest.raises(ChangedElsewhere, match="changed by another program"):
        save(painting(), path, over=seal)
    assert load(path).same_as(theirs) and len(list(path.parent.iterdir())) == 2
    mine = painting()
    assert save(mine, path).state() == SAME
    assert load(path).same_as(mine) and load(previous(path)).same_as(theirs)


def test_a_file_that_is_changed_while_it_is_written_is_not_replaced(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seal = save(painting(), path)
    monkeypatch.setattr(project, "sync", lambda _: path.write_bytes(b"theirs"))
    with pytest.raises(ChangedElsewhere):
        save(painting(), path, over=seal)
    assert path.read_bytes() == b"theirs" and [file.name for file in path.parent.iterdir()] == [path.name]


def test_a_file_that_was_touched_or_copied_back_is_the_same(path: Path) -> None:
    seal = save(painting(), path)
    os.utime(path, (1, 1))
    assert seal.state() == SAME
    content = path.read_bytes()
    path.unlink()
    assert seal.state() == GONE
    path.write_bytes(content)
    assert seal.state() == SAME
    path.write_bytes(content[:-1])
    assert seal.state() == CHANGED


def test_a_drive_that_is_gone_and_back_is_one_sentence_and_no_loss(tmp_path: Path) -> None:
    drive, away = tmp_path / "drive", tmp_path / "unplugged"
    drive.mkdir()
    seal = save(painting(), drive / "a.gesso")
    drive.rename(away)
    assert seal.state() == GONE
    with pytest.raises(Trouble, match=r"Your work is still open and safe\. It may have been moved, or its disk is not"):
        save(painting(), drive / "a.gesso", over=seal)
    away.rename(drive)
    assert save(painting(), drive / "a.gesso", over=seal).document == seal.document


def test_the_work_keeps_its_id_for_life(path: Path) -> None:
    first = save(painting(), path)
    again = save(painting(), path)
    moved = path.rename(path.with_name("renamed.gesso"))
    assert first.document == again.document == Seal.of(moved).document
    assert save(painting(), path, document=first.document).document == first.document, "though the file was away"
    assert save(painting(), path.with_name("other.gesso")).document != first.document
    assert first.written != again.written


def test_a_missing_folder_or_a_folder_instead_of_a_file_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="not there"):
        load(tmp_path / "nothing.gesso")
    with pytest.raises(Trouble, match="folder"):
        load(tmp_path)
    with pytest.raises(Trouble):
        save(painting(), tmp_path / "no" / "such" / "a.gesso")


# --- the journal -------------------------------------------------------------------------------------------------


@given(makers=st.lists(edits(), min_size=1, max_size=6), backs=st.integers(0, 3))
def test_the_journal_alone_gives_the_document(
    tmp_path_factory: pytest.TempPathFactory, makers: list, backs: int
) -> None:
    p = painting()
    session = Session.begin(tmp_path_factory.mktemp("sessions"), p)
    for make in makers:
        session.history.apply("edit", make(p))
    for _ in range(backs):
        session.history.undo()
    session.history.redo()
    found = recover(session.path)
    assert found.painting.same_as(p) and not found.notes
    session.end()
    assert not list(session.path.parent.iterdir())


def test_tiles_written_ahead_by_another_thread_are_not_written_again(tmp_path: Path) -> None:
    p = painting()
    session = Session.begin(tmp_path, p)
    pixels = np.random.default_rng(1).integers(0, 255, (300, 300, 4), dtype=np.uint8)
    layer = Layer(
        new_id(),
        "new",
        tiles=p.empty_tiles().written(Box(0, 0, 300, 300).clip(p.size), pixels[: p.size.height, : p.size.width]),
    )
    edit = add_layer(p, layer, "two")
    ahead = threading.Thread(target=session.write_ahead, args=(list(edit),))
    ahead.start()
    ahead.join()

    def kept() -> int:
        return int(session._container.connection.execute("SELECT count(*) FROM blobs").fetchone()[0])

    before = kept()
    session.history.apply("Add", *edit)
    assert kept() == before
    found = recover(session.path)
    assert found.painting.same_as(p) and not found.notes
    session.end()
    session.write_ahead(list(edit))  # a job that ends later than the painting was closed
    assert not list(tmp_path.iterdir())


def test_only_sessions_of_programs_that_are_gone_are_offered(tmp_path: Path) -> None:
    p = painting()
    session = Session.begin(tmp_path, p, Path("/somewhere/画.gesso"))
    session.history.apply("Fade", SetProperty("two", "opacity", 0.5))
    assert recoverable(tmp_path) == []
    session._container.set_fact("process", "999999999 1")
    session.let_go()
    found = recoverable(tmp_path)
    assert [(f.edits, Path(f.origin).name) for f in found] == [(1, "画.gesso")]
    assert found[0].thumbnail


def test_sessions_in_which_nothing_was_done_are_swept_away_once_their_program_is_gone(tmp_path: Path) -> None:
    idle, busy, living = (Session.begin(tmp_path, painting()) for _ in range(3))
    busy.history.apply("Fade", SetProperty("two", "opacity", 0.5))
    for session in (idle, busy):
        session._container.set_fact("process", "999999999 1")
        session.let_go()
    sweep(tmp_path)
    assert not idle.path.exists() and busy.path.exists() and living.path.exists()
    living.end()


def gone(session: Session) -> Path:
    """As a program leaves a session that was killed."""
    session._container.set_fact("process", "999999999 1")
    session.let_go()
    return session.path


def test_a_picture_that_was_only_opened_is_offered_once_its_file_is_gone(tmp_path: Path) -> None:
    """Nothing is lost with it while the picture lies where it came from."""
    picture, sessions = tmp_path / "照片.png", tmp_path / "sessions"
    picture.write_bytes(b"...")
    opened = painting()
    left = gone(Session.begin(sessions, opened, picture))
    assert recoverable(sessions) == []
    picture.unlink()
    [offered] = recoverable(sessions)
    assert (offered.path, offered.edits) == (left, 0) and offered.when and offered.thumbnail
    sweep(sessions)
    assert recover(left).painting.same_as(opened)
    picture.write_bytes(b"...")
    sweep(sessions)
    assert not left.exists()


def test_work_that_was_saved_with_its_last_edit_is_not_offered_while_its_file_is_there(tmp_path: Path) -> None:
    sessions, path, p = tmp_path / "sessions", tmp_path / "a.gesso", painting()
    session = Session.begin(sessions, p, is_unsaved=True)
    for opacity in (0.5, 0.25):
        session.history.apply("Fade", SetProperty("two", "opacity", opacity))
        save(p, path)
        session.was_saved(path, session.changes)
    left = gone(session)
    assert recoverable(sessions) == []
    path.rename(tmp_path / "away")
    assert [offered.path for offered in recoverable(sessions)] == [left]
    (tmp_path / "away").rename(path)
    sweep(sessions)
    assert not left.exists()


def test_edits_after_the_last_saving_are_offered(tmp_path: Path) -> None:
    sessions, path, p = tmp_path / "sessions", tmp_path / "a.gesso", painting()
    session = Session.begin(sessions, p)
    session.history.apply("Fade", SetProperty("two", "opacity", 0.5))
    save(p, path)
    session.was_saved(path, session.changes)
    session.history.undo()
    left = gone(session)
    assert [offered.edits for offered in recoverable(sessions)] == [2] and recover(left).painting.same_as(p)


def test_what_was_never_in_a_file_is_offered_without_an_edit(tmp_path: Path) -> None:
    left = gone(Session.begin(tmp_path, painting(), is_unsaved=True))
    sweep(tmp_path)
    assert [offered.path for offered in recoverable(tmp_path)] == [left]


def test_sessions_follow_each_other_though_the_clock_goes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []
    for year in (2026, 2031, 1980):
        monkeypatch.setattr(session_file, "now", lambda year=year: f"{year}-01-01T00:00:00Z")
        begun.append(Session.begin(tmp_path, painting()))
        begun[-1].history.apply("Fade", SetProperty("two", "opacity", 0.5))
    for session in begun:
        gone(session)
    old = tmp_path / "2040-01-01T00-00-00Z 00000000.gesso"  # as the first Gesso named them
    old.write_bytes(begun[0].path.read_bytes())
    found = recoverable(tmp_path)
    assert [offered.path for offered in found] == [begun[2].path, begun[1].path, begun[0].path, old]
    assert [offered.when[:4] for offered in found] == ["1980", "2031", "2026", "2026"], "told as the clock said"


def test_a_session_of_a_newer_gesso_is_left_alone(tmp_path: Path) -> None:
    session = Session.begin(tmp_path, painting())
    session.history.apply("Fade", SetProperty("two", "opacity", 0.5))
    session._container.connection.execute("PRAGMA user_version=99")
    left = gone(session)
    sweep(tmp_path)
    assert recoverable(tmp_path) == [] and left.exists()


def test_a_journal_of_the_first_gesso_is_read(tmp_path: Path) -> None:
    p = painting()
    session = Session.begin(tmp_path, p)
    session.history.apply("Fade", SetProperty("two", "opacity", 0.5))
    session._container.connection.execute("UPDATE journal SET made = '2026-01-01T00:00:00Z'")
    found = recover(gone(session))
    assert found.painting.same_as(p) and not found.notes


@pytest.mark.parametrize("pages", [0, 1, 6])
def test_a_journal_that_was_hardly_begun_is_not_offered_and_swept_away_later(tmp_path: Path, pages: int) -> None:
    whole = tmp_path / "begun.gesso"
    container.Container.create(whole).close()
    stub = tmp_path / "000001 stub.gesso"
    stub.write_bytes(whole.read_bytes()[: pages * 4096])
    whole.unlink()
    sweep(tmp_path)
    assert recoverable(tmp_path) == [] and stub.exists(), "another window may be beginning it now"
    os.utime(stub, (1, 1))
    sweep(tmp_path)
    assert not stub.exists()


def test_a_damaged_edit_ends_recovery_before_it_and_says_how_many_are_missing(tmp_path: Path) -> None:
    p = painting()
    session = Session.begin(tmp_path, p)
    session.history.apply("one", SetProperty("two", "opacity", 0.5))
    half = p.snapshot()
    session.history.apply("two", SetProperty("two", "opacity", 0.25))
    session.history.apply("three", SetProperty("two", "opacity", 0.1))
    session._container.connection.execute('UPDATE journal SET edits = \'[{"$": "Nonsense"}]\' WHERE number = 2')
    session.let_go()
    found = recover(session.path)
    assert found.painting.same_as(half) and found.missing == 2


def test_a_read_only_folder_is_one_sentence(tmp_path: Path) -> None:
    if os.name == "nt" or os.geteuid() == 0:
        with pytest.raises(Trouble):  # root may write anywhere: a file in the folder's place refuses even root
            (tmp_path / "file").write_bytes(b"")
            save(painting(), tmp_path / "file" / "a.gesso")
        return
    tmp_path.chmod(0o500)
    with pytest.raises(Trouble, match="may not"):
        save(painting(), tmp_path / "a.gesso")


def test_a_project_behind_a_link_is_saved_where_it_lies(tmp_path: Path) -> None:
    there, link = tmp_path / "there" / "画.gesso", tmp_path / "link.gesso"
    there.parent.mkdir()
    first, second = painting(), painting()
    SetProperty("two", "opacity", 0.25).flip(second)
    save(first, there)
    link.symlink_to(there)
    seal = Seal.of(link)
    after = save(second, link, over=seal)
    assert link.is_symlink() and load(there).same_as(second) and load(previous(there)).same_as(first)
    assert after.path == link and after.state() == SAME
    assert sorted(file.name for file in tmp_path.rglob("*.gesso*")) == sorted([link.name, there.name, there.name + "~"])


def test_a_copy_before_that_does_not_fit_leaves_nothing(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Disks without hard links, such as memory sticks, need room for it."""

    def no_links(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    def full(source: Path, copy: Path) -> None:
        copy.write_bytes(source.read_bytes()[:100])
        raise OSError(28, "No space left on device")

    save(painting(), path)
    monkeypatch.setattr(os, "link", no_links)
    monkeypatch.setattr("shutil.copyfile", full)
    save(painting(), path)
    assert [file.name for file in path.parent.iterdir()] == [path.name]


DEEP = '{"a": ' * 100_000 + "1" + "}" * 100_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"size": [10_000_000, 10_000_000]}, {"size": [0, 0]}, {"size": [-300, 270]}, {"size": ["a", 270]},
        {"size": [300.5, 270]}, {"depth": 7}, {"dpi": [1e400, 1]}, {"nodes": []}, {"nodes": 3},
        {"nodes": [{"$": "Group", "id": "root", "name": "", "children": ["a"]},
                   {"$": "Group", "id": "a", "name": "", "children": ["a"]}]},
        {"nodes": [{"$": "Group", "id": "root", "name": "", "children": ["a", "a"]},
                   {"$": "Group", "id": "a", "name": "", "children": []}]},
        {"nodes": [{"$": "Group", "id": "root", "name": "", "children": [], "opacity": "half"}]},
        {"nodes": [{"$": "Group", "id": "root", "name": "", "children": [], "blend": "no such mode"}]},
        DEEP,
    ],
)  # fmt: skip
def test_a_list_of_layers_that_no_painting_has_is_refused(path: Path, wrong: dict[str, object] | str) -> None:
    """Well sealed, and made by a program that is not ours, or made to hurt."""
    save(painting(), path)
    connection = sqlite3.connect(path)
    document = json.loads(connection.execute("SELECT document FROM snapshots").fetchone()[0])
    document.pop("digest")
    written = wrong if isinstance(wrong, str) else project.sealed({**document, **wrong})
    connection.execute("UPDATE snapshots SET document = ?", (written,))
    connection.execute("DELETE FROM facts WHERE key = 'copy'")
    connection.commit()
    connection.close()
    before = path.read_bytes()
    with pytest.raises(Trouble) as refused:
        load(path)
    assert path.name in str(refused.value) and check(path)
    assert path.read_bytes() == before
