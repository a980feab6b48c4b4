"""The feedback log: it remembers what became of proposals, on this computer, and forgets for good when asked."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesso.feedback import Feedback, shareable
from gesso.values import Trouble
from gesso.values.paths import user_data

KNOBS = {"strength": 0.7, "styles": (("great-wave", 0.5), ("/home/我/秘密 a.png", 0.5)), "keep_colours": True}


@pytest.fixture
def log() -> Iterator[Feedback]:
    with Feedback() as found:
        yield found


def propose(log: Feedback, tool: str = "painting.stylise", seed: int = 7) -> int | None:
    return log.propose(tool, "stylise", "1.0.0", KNOBS, seed)


def test_a_proposal_and_what_became_of_it_are_remembered(log: Feedback) -> None:
    number = propose(log)
    assert [(r.verdict, r.seconds) for r in log.records()] == [(None, None)]
    log.decide(number, "kept", 3.25)
    log.close()
    with Feedback() as again:
        (record,) = again.records()
    assert (record.tool, record.model, record.model_version, record.seed) == ("painting.stylise", "stylise", "1.0.0", 7)
    assert (record.verdict, record.seconds, record.has_picture) == ("kept", 3.25, False)
    assert record.knobs == {
        "strength": 0.7,
        "styles": [["great-wave", 0.5], ["own picture", 0.5]],
        "keep_colours": True,
    }
    assert record.made.endswith("Z")


def test_it_lies_in_the_artists_own_folder(log: Feedback) -> None:
    assert log.path == user_data() / "feedback.sqlite" and log.path.is_file()


def test_the_last_decision_counts(log: Feedback) -> None:
    number = propose(log)
    log.decide(number, "kept", 1)
    log.decide(number, "edited", 9)
    assert [(r.verdict, r.seconds) for r in log.records()] == [("edited", 9.0)]


def test_a_summary_counts_each_tool(log: Feedback) -> None:
    for verdict in ("kept", "edited", "rejected", "rejected"):
        log.decide(propose(log), verdict, 1)
    propose(log)
    propose(log, "painting.upscale")
    stylise, upscale = log.summary()
    assert (stylise.proposed, stylise.kept, stylise.edited, stylise.rejected) == (5, 1, 1, 2)
    assert stylise.share_kept == 0.5
    assert (upscale.tool, upscale.proposed, upscale.share_kept) == ("painting.upscale", 1, None)


def test_paused_means_that_nothing_is_written_now_and_next_time(log: Feedback) -> None:
    number = propose(log)
    log.paused = True
    assert propose(log) is None
    log.decide(number, "kept", 1)
    log.decide(None, "kept", 1)
    log.close()
    with Feedback() as again:
        assert again.paused
        assert propose(again) is None
        assert [r.verdict for r in again.records()] == [None]
        again.paused = False
        assert propose(again) is not None


@pytest.mark.parametrize("verdict, seconds", [("liked", 1.0), ("kept", -1.0), ("kept", float("nan"))])
def test_only_real_decisions_are_taken(log: Feedback, verdict: str, seconds: float) -> None:
    with pytest.raises(ValueError):
        log.decide(propose(log), verdict, seconds)  # the window offers three buttons and a clock


def test_pictures_are_kept_only_with_consent_and_go_with_it(log: Feedback) -> None:
    pixels = b"PIXELS of the artist " * 300
    number = propose(log)
    assert not log.share_pictures and log.attach(number, pixels) is False
    assert pixels[:20] not in log.path.read_bytes()
    log.share_pictures = True
    assert log.attach(number, pixels) and log.picture(number or 0) == pixels and log.records()[0].has_picture
    log.share_pictures = False
    assert log.picture(number or 0) is None and not log.records()[0].has_picture
    assert pixels[:20] not in log.path.read_bytes()


def test_export_is_json_lines_without_pictures_or_paths(log: Feedback, tmp_path: Path) -> None:
    log.share_pictures = True
    log.attach(propose(log), b"PIXELS")
    propose(log, seed=8)
    target = tmp_path / "导出 all.jsonl"
    target.write_text("old", encoding="utf-8")
    assert log.export(target) == 2
    lines = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [line["seed"] for line in lines] == [7, 8]
    assert lines[0]["has_picture"] is True and not any(line["consent"] for line in lines)
    log.may_teach = True
    log.export(target)
    assert all(json.loads(line)["consent"] for line in target.read_text(encoding="utf-8").splitlines())
    assert not {"PIXELS", "home", "秘密"} & set(target.read_text(encoding="utf-8").replace('"', " ").split())
    with pytest.raises(Trouble, match="not there"):
        log.export(tmp_path / "no" / "a.jsonl")
    assert [p.name for p in tmp_path.iterdir()] == [target.name]


def test_erased_is_gone_from_the_disk(log: Feedback) -> None:
    for seed in range(40):
        log.decide(
            log.propose("painting.stylise", "findable-model", "1.0.0", {"note": "findable words"}, seed), "kept", 1
        )
    assert b"findable" in log.path.read_bytes()
    log.paused = True
    log.erase()
    assert log.records() == [] and log.summary() == []
    assert b"findable" not in log.path.read_bytes()
    assert log.paused, "what the artist chose stays"
    assert [p.name for p in log.path.parent.glob("feedback*")] == ["feedback.sqlite"]


@pytest.mark.parametrize("content", [b"no database at all " * 50, b"SQLite format 3\0" + os.urandom(2000)])
def test_a_damaged_log_is_set_aside_and_a_new_one_begun(content: bytes) -> None:
    path = user_data() / "feedback.sqlite"
    path.write_bytes(content)
    with Feedback() as log:
        assert len(log.notes) == 1 and "set aside as feedback.damaged-" in str(log.notes[0])
        (aside,) = path.parent.glob("feedback.damaged-*")
        assert aside.read_bytes() == content
        assert propose(log) is not None and len(log.records()) == 1
        log.erase()
        assert not aside.exists(), "erasing forgets the damaged one, too"


def test_a_log_that_is_torn_in_the_middle_is_set_aside() -> None:
    with Feedback() as log:
        for _ in range(90):
            propose(log)
        path = log.path
    content = bytearray(path.read_bytes())
    assert len(content) > 16_000
    content[4096:16_000] = os.urandom(11_904)
    path.write_bytes(content)
    with Feedback() as log:
        assert len(log.notes) == 1 and log.records() == []


def test_another_programs_database_is_not_written_into() -> None:
    path = user_data() / "feedback.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    with Feedback() as log:
        assert log.notes and propose(log) is not None
    assert list(path.parent.glob("feedback.damaged-*"))


def test_a_log_that_cannot_be_opened_never_stops_the_work(tmp_path: Path) -> None:
    (tmp_path / "folder.sqlite").mkdir()
    with Feedback(tmp_path / "folder.sqlite") as log:
        assert log.paused
        number = propose(log)
        log.decide(number, "kept", 1)
        log.share_pictures = True
        assert number is None and not log.share_pictures
        assert [str(note) for note in log.notes] == [
            "The feedback log could not be written; your work is not concerned."
        ]
        with pytest.raises(Trouble):
            log.records()
        with pytest.raises(Trouble):
            log.erase()


def test_a_locked_log_lets_the_proposal_go(log: Feedback) -> None:
    propose(log)
    other = sqlite3.connect(log.path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        assert propose(log) is None and log.notes
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert propose(log) is not None and len(log.records()) == 2


# --- what may be written down ------------------------------------------------------------------------------------------


def test_shipped_styles_stay_and_own_pictures_lose_their_name() -> None:
    styles = [("great-wave", 0.25), ("私人.png", 0.25), ("C:\\me\\a.png", 0.25), ("Holiday", 0.25)]
    found = shareable({"styles": styles})["styles"]
    assert [name for name, _ in found] == ["great-wave", "own picture", "own picture", "own picture"]


def test_a_path_becomes_a_mark_of_its_file_name() -> None:
    one = shareable({"mask": "/home/me/mask.png"})["mask"]
    assert one == shareable({"mask": "D:\\work\\mask.png"})["mask"] == shareable({"mask": Path("mask.png")})["mask"]
    assert one.startswith("file:") and "mask" not in one
    assert one != shareable({"mask": "/home/me/other.png"})["mask"]


def test_ordinary_settings_stay_as_they_are() -> None:
    knobs = {"scale": "2", "strength": 0.5, "on": True, "none": None, "grade": "best", "words": "two words"}
    assert shareable(knobs) == knobs


@given(
    folder=st.sampled_from(["/home/secret/", "C:\\secret\\", "\\\\server\\secret\\", "secret/"]),
    name=st.text(st.characters(codec="utf-8", exclude_characters="/\\"), max_size=12),
    deep=st.booleans(),
)
def test_no_folder_ever_comes_through(folder: str, name: str, deep: bool) -> None:
    path = folder + name
    knobs = {"a": path, "b": [(path, 1.0)], "c": {"d": [path]} if deep else path, "e": Path(path.replace("\0", ""))}
    assert "secret" not in json.dumps(shareable(knobs))
