"""The history of a file: every saving is kept, grows thinner with age, survives renaming, and never costs a saving."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.documents.painting import Painting
from gesso.documents.painting.edits import ReplaceTiles, SetProperty
from gesso.files import project
from gesso.files.generations import DAY, HOUR, Generations, kept
from gesso.values import Box, Trouble

BEGIN = 1_800_000_000.0


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def history(tmp_path: Path, clock: Clock) -> Generations:
    return Generations(tmp_path / "generations", clock=clock)


def noise(seed: int = 0, side: int = 600) -> Painting:
    pixels = np.random.default_rng(seed).integers(0, 256, (side, side, 4)).astype(np.uint8)
    return Painting.from_array(pixels, "ground", "work")


def dabbed(painting: Painting, value: int) -> Painting:
    """A small change: one tile of nine."""
    found = painting.snapshot()
    ReplaceTiles.of(found.layers()[0], Box(3, 3, 20, 20), np.full((20, 20, 4), value, np.uint8)).flip(found)
    return found


def size_of(history: Generations) -> int:
    return sum(path.stat().st_size for path in history.folder.glob("*.gesso"))


def test_each_saving_can_be_gone_back_to(history: Generations, clock: Clock, tmp_path: Path) -> None:
    path, states = tmp_path / "画.gesso", [dabbed(noise(), value) for value in range(4)]
    for state in states:
        assert history.save(state, path)[1] is None
        clock.now += 60
    found = history.of(path)
    assert [generation.made for generation in found] == [BEGIN + 180, BEGIN + 120, BEGIN + 60, BEGIN]
    assert all(history.open(g).same_as(state) for g, state in zip(found, states[::-1], strict=True))
    assert all((g.thumbnail or b"").startswith(b"\x89PNG") and (g.width, g.name) == (600, "画.gesso") for g in found)


def test_tiles_that_did_not_change_are_kept_once(history: Generations, tmp_path: Path) -> None:
    path, ground = tmp_path / "a.gesso", noise()
    for value in range(5):
        history.save(dabbed(ground, value), path)
    [kept_in] = history.folder.glob("*.gesso")
    with sqlite3.connect(kept_in) as connection:
        assert connection.execute("SELECT count(*) FROM blobs").fetchone() == (8 + 5,), "five dabs, not five pictures"
    connection.close()


def test_the_history_follows_a_file_that_is_renamed(history: Generations, tmp_path: Path) -> None:
    history.save(noise(1), tmp_path / "draft.gesso")
    (tmp_path / "elsewhere").mkdir()
    moved = (tmp_path / "draft.gesso").rename(tmp_path / "elsewhere" / "完成.gesso")
    history.save(noise(2), moved)
    assert [generation.name for generation in history.of(moved)] == ["完成.gesso", "draft.gesso"]


def test_another_file_has_a_history_of_its_own(history: Generations, tmp_path: Path) -> None:
    history.save(noise(1), tmp_path / "one.gesso")
    history.save(noise(1), tmp_path / "two.gesso")
    assert len(history.of(tmp_path / "one.gesso")) == len(history.of(tmp_path / "two.gesso")) == 1


def test_a_damaged_file_is_known_by_where_it_lies(history: Generations, tmp_path: Path) -> None:
    path = tmp_path / "a.gesso"
    history.save(noise(1), path)
    path.write_bytes(b"\0" * 1000)
    [generation] = history.of(path)
    assert history.open(generation).same_as(noise_like(noise(1), generation, history))


def noise_like(painting: Painting, generation: object, history: Generations) -> Painting:
    """The same pixels under the ids of what was kept: ids are new for each painting."""
    found = history.open(generation)
    assert np.array_equal(found.layers()[0].tiles.read(), painting.layers()[0].tiles.read())
    return found


def test_what_another_program_saved_meanwhile_is_kept_too(history: Generations, tmp_path: Path) -> None:
    path, theirs = tmp_path / "a.gesso", noise(2)
    history.save(noise(1), path)
    project.save(theirs, path)
    history.save(noise(3), path)
    assert len(history.of(path)) == 3 and history.open(history.of(path)[1]).same_as(theirs)


def test_keeping_the_same_state_again_adds_nothing(history: Generations, tmp_path: Path) -> None:
    path = tmp_path / "a.gesso"
    history.save(noise(1), path)
    assert not history.keep(path) and len(history.of(path)) == 1


def test_a_state_becomes_a_file_of_its_own(history: Generations, tmp_path: Path) -> None:
    path, first = tmp_path / "a.gesso", noise(1)
    history.save(first, path)
    history.save(noise(2), path)
    copy = tmp_path / "as it was.gesso"
    history.copy_to(history.of(path)[-1], copy)
    assert project.load(copy).same_as(replace(first, title="as it was"))
    history.keep(copy)
    assert len(history.of(copy)) == 1, "it has a history of its own"


# --- growing thinner ---------------------------------------------------------------------------------------------------


def test_an_old_history_is_thin(history: Generations, clock: Clock, tmp_path: Path) -> None:
    """Saved every ten minutes for three days, then not for a year."""
    made = [BEGIN + 600 * step for step in range(3 * 144)]
    now = made[-1]
    ages = [now - time for time, keep in zip(made, kept(made, now), strict=True) if keep]
    assert sum(age < HOUR for age in ages) == 6
    assert 23 <= sum(HOUR <= age < DAY for age in ages) <= 24
    assert 2 <= sum(age >= DAY for age in ages) <= 3
    assert sum(kept(made, now + 365 * DAY)) <= 2


times = st.lists(st.floats(0, 400 * DAY), max_size=60)


@given(gaps=times, later=st.floats(0, 800 * DAY))
def test_the_newest_stays_and_thinning_twice_thins_once(gaps: list[float], later: float) -> None:
    made = sorted(BEGIN + gap for gap in gaps)
    now = (made[-1] if made else BEGIN) + later
    keeps = kept(made, now)
    left = [time for time, keep in zip(made, keeps, strict=True) if keep]
    assert left[-1:] == made[-1:]
    assert all(kept(left, now))
    assert set(left) >= {time for time in made if now - time < HOUR}


@given(gaps=times, wrong=st.lists(st.tuples(st.integers(0, 60), st.floats(-3e9, 3e9)), max_size=5))
def test_a_clock_gone_wrong_thins_nothing_of_the_last_hour(gaps: list[float], wrong: list[tuple[int, float]]) -> None:
    now = BEGIN + 400 * DAY
    made = [*sorted(BEGIN + gap for gap in gaps), now - HOUR / 2, now - 60]
    for at, jump in wrong:
        made.insert(min(at, len(made)), now + jump)
    keeps = kept(made, now)
    assert keeps[-1]
    assert all(keep for time, keep in zip(made, keeps, strict=True) if 0 <= now - time < HOUR)
    assert all(kept(made, min(made) - 1)), "a clock that was set back finds everything young"


def test_savings_follow_each_other_though_the_clock_goes_back(
    history: Generations, clock: Clock, tmp_path: Path
) -> None:
    path, states = tmp_path / "a.gesso", [noise(seed) for seed in range(4)]
    for state, time in zip(states, (BEGIN, BEGIN + 1e8, BEGIN - 1e8, BEGIN + 5), strict=True):
        clock.now = time
        history.save(state, path)
    found = history.of(path)
    assert [history.open(generation).same_as(state) for generation, state in zip(found, states[::-1], strict=True)] == [
        True
    ] * 4


def test_what_is_thinned_gives_its_room_back(history: Generations, clock: Clock, tmp_path: Path) -> None:
    path = tmp_path / "a.gesso"
    for seed in range(6):
        history.save(noise(seed), path)
    full = size_of(history)
    clock.now += 100 * DAY
    history.save(noise(9), path)
    assert len(history.of(path)) == 2 and size_of(history) < full / 2
    assert all(history.open(generation) for generation in history.of(path))


def test_all_histories_together_keep_to_their_bytes(history: Generations, tmp_path: Path) -> None:
    large, small = tmp_path / "large.gesso", tmp_path / "small.gesso"
    history.save(noise(0, 100), small)
    history.save(noise(1), large)
    history.limit_bytes = 3 * size_of(history)
    for seed in range(2, 8):
        history.save(noise(seed), large)
        assert size_of(history) <= history.limit_bytes
    assert len(history.of(large)) == 3 and len(history.of(small)) == 1, "the largest gives first"
    assert history.open(history.of(large)[0]).layers()
    history.limit_bytes = 1000
    history.save(noise(8), large)
    assert len(history.of(large)) == 1 and not history.of(small), "the one that is worked on stays"


def test_no_bytes_means_no_history(tmp_path: Path) -> None:
    history = Generations(tmp_path / "generations", 0)
    history.save(noise(), tmp_path / "a.gesso")
    assert not history.folder.exists()


# --- never worth losing a saving for -----------------------------------------------------------------------------------


def test_a_folder_that_refuses_costs_only_the_history(tmp_path: Path) -> None:
    (tmp_path / "generations").write_bytes(b"a file in the folder's place")
    history, path = Generations(tmp_path / "generations"), tmp_path / "a.gesso"
    _, note = history.save(noise(), path)
    assert project.check(path) == [] and str(note).startswith("The history of this file did not grow")


def test_a_damaged_history_is_put_aside_and_begun_again(history: Generations, tmp_path: Path) -> None:
    path = tmp_path / "a.gesso"
    history.save(noise(1), path)
    [kept_in] = history.folder.glob("*.gesso")
    kept_in.write_bytes(b"\0" * 3000)
    assert history.save(noise(2), path)[1] is None
    assert [g.name for g in history.of(path)] == ["a.gesso", "a.gesso"], "the file itself still held the first"
    assert kept_in.with_suffix(".damaged").stat().st_size == 3000


def test_a_history_that_was_being_written_when_the_studio_was_killed_is_there_at_once(
    history: Generations, tmp_path: Path
) -> None:
    """What lies on the disk in the middle of a transaction: half-written pages, and the old ones beside them."""
    path, first = tmp_path / "a.gesso", noise(1)
    history.save(first, path)
    [kept_in] = history.folder.glob("*.gesso")
    left = Generations(tmp_path / "left")
    left.folder.mkdir()
    connection = sqlite3.connect(kept_in, isolation_level=None)
    connection.execute("PRAGMA cache_size=2")
    connection.execute("BEGIN")
    for number in range(20):
        connection.execute("INSERT INTO blobs VALUES (?, ?)", (f"{number:032}", os.urandom(50_000)))
    for file in history.folder.glob("*.gesso*"):
        (left.folder / file.name).write_bytes(file.read_bytes())
    connection.execute("ROLLBACK")
    connection.close()
    assert len(list(left.folder.iterdir())) == 2, "the journal is there"
    [generation] = left.of(path)
    assert left.open(generation).same_as(first)


def test_a_state_that_was_thinned_meanwhile_is_one_sentence(history: Generations, tmp_path: Path) -> None:
    history.save(noise(1), tmp_path / "a.gesso")
    [generation] = history.of(tmp_path / "a.gesso")
    with pytest.raises(Trouble, match="not kept any more"):
        history.open(replace(generation, number=77))


def test_a_flipped_byte_in_the_history_is_noticed(history: Generations, tmp_path: Path) -> None:
    path = tmp_path / "a.gesso"
    history.save(noise(1), path)
    [kept_in] = history.folder.glob("*.gesso")
    with sqlite3.connect(kept_in) as connection:
        name, blob = connection.execute("SELECT name, content FROM blobs LIMIT 1").fetchone()
        connection.execute("UPDATE blobs SET content = ? WHERE name = ?", (blob[:-9] + b"\0" + blob[-8:], name))
    connection.close()
    with pytest.raises(Trouble, match="damaged"):
        history.open(history.of(path)[0])


def test_an_id_from_a_strangers_file_leads_nowhere_else(history: Generations, tmp_path: Path) -> None:
    path = tmp_path / "a.gesso"
    project.save(noise(1), path, document=f"..{os.sep}..{os.sep}evil")
    history.keep(path)
    assert [file.name for file in history.folder.iterdir()] == ["evil.gesso"]


def test_the_history_of_an_edit_of_the_layers_alone_is_small(history: Generations, tmp_path: Path) -> None:
    path, painting = tmp_path / "a.gesso", noise()
    history.save(painting, path)
    before = size_of(history)
    SetProperty(painting.active, "opacity", 0.5).flip(painting)
    history.save(painting, path)
    assert size_of(history) < before + 500_000, "a picture and a list, no tiles"


def test_a_history_damaged_in_its_middle_is_put_aside_too(history: Generations, tmp_path: Path) -> None:
    """Its first pages are sound, so that it opens, and nothing can be written into it."""
    path = tmp_path / "a.gesso"
    for value in range(3):
        history.save(dabbed(noise(), value), path)
    [kept_in] = history.folder.glob("*.gesso")
    content = bytearray(kept_in.read_bytes())
    content[4096 * 2 :] = b"\xff" * (len(content) - 4096 * 2)
    kept_in.write_bytes(content)
    _, note = history.save(dabbed(noise(), 7), path)
    assert note is None and len(history.of(path)) == 2, "the file itself still held the one before"
    assert kept_in.with_suffix(".damaged").exists()


def test_a_history_that_goes_away_meanwhile_costs_no_saving(history: Generations, tmp_path: Path) -> None:
    history.folder.mkdir()
    (history.folder / "gone.gesso").symlink_to(tmp_path / "nowhere")
    state = dabbed(noise(), 1)
    history.save(state, tmp_path / "a.gesso")
    assert project.load(tmp_path / "a.gesso").same_as(state) and len(history.of(tmp_path / "a.gesso")) == 1


def test_a_state_whose_list_of_layers_was_altered_is_not_believed(history: Generations, tmp_path: Path) -> None:
    path = tmp_path / "a.gesso"
    history.save(noise(1), path)
    [kept_in] = history.folder.glob("*.gesso")
    connection = sqlite3.connect(kept_in)
    connection.execute('UPDATE snapshots SET document = replace(document, \'"title": "\', \'"title": "x\')')
    connection.commit()
    connection.close()
    with pytest.raises(Trouble, match="list of its layers is damaged"):
        history.open(history.of(path)[0])
