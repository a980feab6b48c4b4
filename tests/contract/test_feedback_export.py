"""What the studio exports of its feedback is what the training house reads, and what it erases is gone there, too."""

from __future__ import annotations

from pathlib import Path

from gesso.feedback import Feedback
from gesso_training.corpora import behaviour


def test_an_export_of_the_studio_becomes_a_set_and_erasing_empties_the_next_one(tmp_path: Path) -> None:
    file, sets = tmp_path / "export.jsonl", tmp_path / "sets"
    with Feedback(tmp_path / "feedback.sqlite") as log:
        for seed, verdict in ((1, "kept"), (2, "edited"), (3, "rejected")):
            log.decide(log.propose("painting.stylise", "stylise", "0.4.0", {"strength": 0.5}, seed), verdict, 1.5)
        log.propose("painting.upscale", "upscale-x2-fast", "1.1.0", {}, 4)
        log.export(file)
        assert behaviour.build([file], "mine", sets).records == 0  # nobody has agreed yet
        log.may_teach = True
        log.export(file)
        made = behaviour.build([file], "mine", sets)
        assert (made.records, made.undecided, made.refused) == (3, 1, 0)
        records = list(behaviour.read(sets / "mine"))
        assert [entry["seed"] for entry in records] == [1, 2, 3] and records[0]["knobs"] == {"strength": 0.5}

        log.erase()
        log.decide(log.propose("painting.stylise", "stylise", "0.4.0", {}, 77), "kept", 1)
        log.export(file)
    behaviour.build([file], "mine", sets)
    assert [entry["seed"] for entry in behaviour.read(sets / "mine")] == [77]
    with Feedback(tmp_path / "feedback.sqlite") as log:
        log.erase()
        log.export(file)
    assert behaviour.build([file], "mine", sets).records == 0
    assert list(behaviour.read(sets / "mine")) == []
