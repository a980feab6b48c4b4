"""The painting on the easel: begun, changed, saved, taken away; its journal goes with it, or stays for recovery."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gesso.documents.painting import composite
from gesso.documents.painting.edits import SetProperty
from gesso.files.session import recoverable
from gesso.ui.easel import blank, forget
from gesso.values import Colour, Size
from tests.desktop.ui.conftest import Desk, Until, stripes


def fade(desk: Desk, opacity: float = 0.5) -> None:
    desk.easel.history.apply("Fade", SetProperty(desk.easel.painting.active, "opacity", opacity))


def test_a_huge_white_canvas_costs_a_handful_of_tiles() -> None:
    painting = blank(Size(30_000, 30_000), Colour(1, 1, 1), "Untitled", "Background")
    tiles = painting.active_layer.tiles
    assert len({id(tile) for tile in tiles.tiles.values()}) == 4, "one whole, two borders, one corner"
    assert tiles.extent() == painting.size.box


def test_a_blank_canvas_is_white_all_over_or_nothing_at_all() -> None:
    assert (composite(blank(Size(300, 270), Colour(1, 1, 1), "", "x")) == 255).all()
    assert not composite(blank(Size(300, 270), None, "", "x")).any()


def test_changes_count_until_they_are_saved(desk: Desk, until: Until, tmp_path: Path) -> None:
    desk.put(stripes())
    assert not desk.easel.is_modified
    fade(desk)
    at = desk.easel.mark()
    fade(desk, 0.2)
    desk.easel.saved(tmp_path / "画.gesso", at)
    assert desk.easel.is_modified and desk.easel.title == "画.gesso", "painted on while it was written"
    desk.easel.saved(tmp_path / "画.gesso", desk.easel.mark())
    assert not desk.easel.is_modified


def test_a_closed_painting_leaves_nothing_behind(desk: Desk, home: Path) -> None:
    desk.put(stripes())
    fade(desk)
    desk.easel.close()
    assert desk.easel.painting is None and not list((home / "sessions").iterdir())


def test_the_next_painting_comes_without_an_empty_easel_between(desk: Desk) -> None:
    desk.put(stripes())
    seen = []
    desk.easel.opened.connect(lambda: seen.append(desk.easel.painting))
    second = desk.put(stripes(20, 20))
    assert seen == [second]


def test_the_neighbour_follows_a_closed_painting_and_each_keeps_its_own(desk: Desk, home: Path) -> None:
    first, second, third = (desk.put(stripes(side, side)) for side in (20, 30, 40))
    easel = desk.easel
    fade(desk)
    easel.show(easel.paintings[1])
    assert not easel.is_modified and easel.paintings[2].is_modified
    easel.move(1, 2)
    assert [one.painting for one in easel.paintings] == [first, third, second]
    easel.close()
    assert easel.painting is third and len(list((home / "sessions").glob("*.gesso"))) == 2
    easel.close(easel.paintings[0])
    assert easel.painting is third, "another one was closed"
    easel.show(None)
    assert easel.painting is None and easel.journal is not None, "at home it is still open"
    easel.close_all()
    assert not list((home / "sessions").iterdir())


def test_when_the_studio_breaks_down_every_journal_stays(desk: Desk, home: Path) -> None:
    for _ in range(2):
        desk.put(stripes())
        fade(desk)
    desk.easel.let_go_all()
    assert len(recoverable(home / "sessions")) == 2 and not desk.easel.paintings


def test_in_trouble_the_journal_stays(desk: Desk, home: Path) -> None:
    desk.put(stripes())
    fade(desk)
    journal = desk.easel.journal
    desk.easel.let_go()
    assert journal.exists() and desk.easel.painting is None
    forget(journal)
    assert not list((home / "sessions").iterdir())


def test_recovery_is_kept_until_the_work_is_saved(desk: Desk, home: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.gesso"
    old.write_bytes(b"a session")
    desk.easel.put(desk.easel.begin(stripes()), recovered=old)
    assert desk.easel.is_modified, "what was recovered is nowhere else"
    desk.easel.saved(tmp_path / "new.gesso", desk.easel.mark())
    assert not old.exists() and not desk.easel.is_modified


def test_a_session_of_this_process_is_not_offered_to_it(desk: Desk, home: Path) -> None:
    desk.put(stripes())
    fade(desk)
    assert not recoverable(home / "sessions")


def test_a_journal_begun_elsewhere_belongs_to_the_window_afterwards(desk: Desk, until: Until) -> None:
    ready = []
    painting = stripes()
    desk.jobs.submit("", lambda progress: desk.easel.begin(painting), ready.append, lane="disk", quiet=True)
    until(lambda: ready)
    desk.easel.put(ready[0].value)
    before = composite(painting)
    fade(desk)
    desk.easel.history.undo()
    assert np.array_equal(composite(desk.easel.painting), before)
