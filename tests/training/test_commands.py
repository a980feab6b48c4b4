"""The routine round a model: judge all, compare, sweep, promote, history and report, with a model that is quick to learn."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from gesso_training import ladder, ledger, package, registry, signing
from gesso_training.ladder import standing
from gesso_training.loop import Schedule
from gesso_training.registry import Model, Places, Rung, Table
from tests import packages
from tests.training.shell import Shell
from tests.training.test_loop import Sharpen

PNG = bytes.fromhex("89504e470d0a1a0a")


@dataclass(frozen=True)
class Recipe:
    schedule: Schedule
    loud: float = 1.0
    start_from: str = ""
    terms: tuple[str, ...] = ("free",)


class Learning(Sharpen):
    """A recipe louder than 100 diverges."""

    def __init__(self, recipe: Recipe) -> None:
        super().__init__(range(1000) if recipe.loud > 100 else range(0))
        self.recipe = recipe

    def loss(self, network: nn.Module, batch: Mapping[str, Tensor], step: int) -> tuple[Tensor, dict[str, float]]:
        loss, notes = super().loss(network, batch, step)
        return loss * self.recipe.loud, notes


def judged(places: Places, options: Mapping[str, Any], report: Callable[[str], None]) -> Table:
    folder = package.newest(places.shelf, "toy-one")
    if folder is None:
        return []
    ours = {"judge": "toys", "model": "toy-one", "version": folder.name, "accuracy": 0.93, "coverage": 0.8}
    return [{"judge": "toys", "model": "guess", "accuracy": 0.5}, ours]


def scored(folder: Path, places: Places) -> dict[str, float]:
    """Written in the package; of a run, the number of its steps."""
    if (folder / "checkpoint.pt").exists():
        return {name: float(torch.load(folder / "checkpoint.pt", weights_only=True)["step"]) for name in "ab"}
    found: dict[str, float] = json.loads((folder / "scores.json").read_text(encoding="utf-8"))
    return found


def nothing(*_: object) -> Any:
    raise AssertionError("not asked for in these tests")


RUNG = Rung("toys", "accuracy", "toy-one", "guess", floor=0.9, goal=0.95, published={"Others": 0.94}, source="a paper")
TOY = Model(
    {"one": Recipe(Schedule(6, warm_up=1, validate_every=3))},
    lambda recipe, places: Learning(recipe),
    judged,
    nothing,
    (),
    lambda variant: f"toy-{variant}",
    lambda places: [],
    ladder=(RUNG, replace(RUNG, judge="games")),
    items=scored,
    failures=lambda places: [("a toy <taken> for a game", PNG)],
)


def absent(places: Places, options: Mapping[str, Any], report: Callable[[str], None]) -> Table:
    raise FileNotFoundError("The set 'games' is not here.")


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    models = {"toy": TOY, "absent": replace(TOY, judge=absent, ladder=(), items=None, package_name=lambda v: f"no-{v}")}
    monkeypatch.setattr(registry, "models", lambda: models)
    monkeypatch.delenv("GESSO_RELEASE_KEY", raising=False)
    (tmp_path / "data").mkdir()
    return Shell.at(tmp_path, tmp_path / "data", capsys)


class Doubling(nn.Module):
    def forward(self, picture: Tensor) -> Tensor:
        return picture * 2


def shelve(shell: Shell, version: str, scores: Mapping[str, float], name: str = "toy-one") -> Path:
    """A signed package with these scores in it."""
    private = signing.read_private(Path(shell.key()))
    graphs = {"model": {"file": "model.onnx", "inputs": [packages.port("picture")], "outputs": [packages.port("out")]}}
    card = packages.card(name, version, graphs=graphs, tiling=packages.tiling())
    graph = package.Graph("model.onnx", Doubling(), {"picture": package.sample(8, 8, 1)}, ["out"])
    golden = {"model": {"picture": package.sample(8, 8, 1)}}
    return package.write(
        shell.root / "models", card, {"model": graph}, golden, private, {"scores.json": json.dumps(scores).encode()}
    )


GOOD = {f"p{n}": 30.0 + n for n in range(12)}
BETTER = {name: value + 0.2 + 0.01 * number for number, (name, value) in enumerate(GOOD.items())}


def test_judge_all_sets_ours_beside_published_scores_baseline_floor_and_goal(shell: Shell) -> None:
    assert "Nothing was judged" in shell.refused("judge", "toy")
    shelve(shell, "1.0.0", GOOD)
    rows = json.loads(shell.run("judge", "all", "--json"))
    assert rows[0] == {
        "model": "toy-one", "version": "1.0.0", "judge": "toys", "metric": "accuracy", "ours": 0.93,
        "baseline": "guess 0.5", "floor": 0.9, "goal": 0.95, "published": "Others 0.94 (a paper)",
        "stands": "floor reached",
    }  # fmt: skip
    assert [row["stands"] for row in rows[1:]] == ["not judged", "not judged"]
    said = shell.run("judge", "toy")
    assert "| toy-one |" in said and "floor reached" in said
    assert ladder.kept(shell.root / "runs", "toy")[1][1]["accuracy"] == 0.93


@pytest.mark.parametrize(
    ("value", "less", "stands"),
    [(0.96, False, "goal reached"), (0.91, False, "floor reached"), (0.5, False, "below floor"), (None, False, "not judged"),
     (0.5, True, "goal reached"), (0.97, True, "below floor")],
)  # fmt: skip
def test_where_a_score_stands(value: float | None, less: bool, stands: str) -> None:
    rung = replace(RUNG, floor=0.96, goal=0.95, less_is_better=True) if less else RUNG
    assert standing(rung, value) == stands
    assert standing(Rung("toys", "accuracy"), 0.1) == "judged"


def test_compare_goes_picture_by_picture_and_gives_an_interval(shell: Shell) -> None:
    shelve(shell, "1.0.0", GOOD)
    shelve(shell, "1.1.0", {**BETTER, "new": 1.0})
    said = shell.run("compare", "toy-one@1.0.0", "toy-one")
    assert "| p3 " in said and "12 of 12 score more with toy-one: the second is better." in said and "new" not in said
    one, two = (json.loads(shell.run("compare", "toy-one@1.0.0", "toy-one@1.1.0", "--json")) for _ in range(2))
    assert one == two and 0.2 < one["low"] < one["difference"] < one["high"] < 0.32
    back = json.loads(shell.run("compare", "toy-one@1.1.0", "toy-one@1.0.0", "--json"))
    assert back["difference"] == pytest.approx(-one["difference"]) and back["verdict"] == "the second is worse"
    same = json.loads(shell.run("compare", "toy-one", "toy-one", "--json"))
    assert (same["low"], same["high"], same["verdict"]) == (0, 0, "no difference beyond chance")

    shell.run("fit", "toy", "--variant", "one")
    assert "nothing in common" in shell.refused("compare", "toy-one", "toy/one")
    assert "There is no run 'toy/two'" in shell.refused("compare", "toy-one", "toy/two")
    assert "There is no package 'toy-two'" in shell.refused("compare", "toy-one", "toy-two")
    shelve(shell, "1.0.0", GOOD, "no-one")
    assert "are of different models" in shell.refused("compare", "toy-one", "no-one")
    assert "gives no score for each picture" in shell.refused("compare", "no-one", "no-one")


def test_promote_marks_a_version_unless_it_is_worse_beyond_chance(shell: Shell) -> None:
    shelf = shell.root / "models"
    shelve(shell, "1.0.0", GOOD)
    assert "promoted toy-one 1.0.0" in shell.run("promote", "toy-one", "1.0.0")
    worse = {name: value - 0.3 for name, value in GOOD.items()}
    shelve(shell, "1.1.0", worse)
    said = shell.refused("promote", "toy-one", "1.1.0")
    assert said.startswith("toy-one 1.1.0 is worse than 1.0.0 and was not promoted") and "-0.3000" in said
    assert json.loads((shelf / "promoted.json").read_text())["toy-one"]["version"] == "1.0.0"
    shelve(shell, "1.2.0", BETTER)
    assert "beside 1.0.0: " in shell.run("promote", "toy-one", "1.2.0")
    entry = json.loads((shelf / "promoted.json").read_text())["toy-one"]
    assert entry["version"] == "1.2.0" and entry["beside"] == "1.0.0" and entry["interval"][0] > 0.2
    (shelf / "toy-one" / "1.1.0" / "scores.json").write_text("{}")
    assert "cannot be promoted: scores.json differs" in shell.refused("promote", "toy-one", "1.1.0")
    assert "There is no package 'toy-one@9.0.0'" in shell.refused("promote", "toy-one", "9.0.0")
    (shelf / "promoted.json").write_text("{")
    assert "is damaged; mend or remove it." in shell.refused("promote", "toy-one", "1.0.0")


def test_a_sweep_goes_on_where_it_was_and_never_counts_as_a_run(shell: Shell) -> None:
    words = ("sweep", "toy", "--variant", "one", "--seeds", "2", "--steps", "4", "--set", "learning_rate=1e-3,2e-3")
    said = shell.run(*words, "--set", "loud=1.0,500")
    rows = [line for line in said.splitlines() if line.startswith("| learning_rate")]
    assert len(rows) == 4 and "| learning_rate=0.001,loud=1.0" in rows[0] and " ± " in rows[0]
    runs = ledger.read(shell.root / "ledger.jsonl")
    assert {run.kind for run in runs} == {"sweep"} and len(runs) == 8
    assert ledger.last(shell.root / "ledger.jsonl", "toy", "one") is None
    assert {run.seed for run in runs} == {1, 2} and {run.recipe["loud"] for run in runs} == {1.0, 500.0}
    again = shell.run(*words, "--set", "loud=1.0")
    assert again.count("nothing was learnt") == 4
    assert len(ledger.read(shell.root / "ledger.jsonl")) == 8
    repeated = next(line for line in again.splitlines() if line.startswith("| learning_rate=0.001"))
    assert repeated.split("|")[3] == rows[0].split("|")[3]
    assert shell.refused(*words, "--set", "colour=1").startswith("A recipe has no setting 'colour' to sweep; it has ")
    assert "is no value for 'loud'" in shell.refused(*words, "--set", "loud=much")


def test_the_ledger_is_searched_by_fields_scores_and_recipe(shell: Shell) -> None:
    assert shell.refused("history") == "The ledger knows no such run."
    shell.run("fit", "toy", "--variant", "one", "--steps", "3")
    shell.run("fit", "toy", "--variant", "one")
    runs = json.loads(shell.run("history", "toy", "--json"))
    assert [run["steps"] for run in runs] == [3, 6]
    for where, steps in (("steps>3", [6]), ("finished=true", [3, 6]), ("weight>0", [3, 6]), ("loud=1", [3, 6]),
                         ("variant~ON", [3, 6]), ("learning_rate<=0.001", [3, 6]), ("steps!=6", [3])):  # fmt: skip
        found = json.loads(shell.run("history", "--where", where, "--json"))
        assert [run["steps"] for run in found] == steps, where
    assert "no such run" in shell.refused("history", "--where", "weight<0")
    assert "is no condition" in shell.refused("history", "--where", "better")
    said = shell.run("history", "toy", "--curves", str(shell.root / "c"), "--tensorboard", str(shell.root / "t"))
    assert "| toy " in said and "3 files" in said and "1 files" in said
    assert (shell.root / "c" / "toy-one-validation-weight.svg").read_text(encoding="utf-8").startswith("<svg")
    assert len(list((shell.root / "t" / "toy" / "one").glob("events.out.tfevents.*"))) == 1


def test_the_report_tells_all_on_pages_that_need_nothing_besides(shell: Shell) -> None:
    shelve(shell, "1.0.0", GOOD)
    shell.run("fit", "toy", "--variant", "one")
    shell.run("judge", "all")
    said = {"tool": "painting.test", "model": "toy-one", "model_version": "1.0.0"}
    told = [{**said, "verdict": "kept", "seconds": 30.0}, {**said, "verdict": "edited", "seconds": 30.0},
            {**said, "verdict": "rejected", "seconds": 60.0}, {**said, "verdict": None, "seconds": None},
            {**said, "model": "other", "verdict": "kept", "seconds": 1.0}]  # fmt: skip
    export = shell.root / "feedback.jsonl"
    export.write_text("".join(json.dumps(line) + "\n" for line in told), encoding="utf-8")
    out = shell.root / "pages"
    words = ("report", "--out", str(out), "--feedback", str(export))
    shell.run(*words, "--by-hand", "painting.test=5")
    assert sorted(file.name for file in out.iterdir()) == ["absent.html", "index.html", "toy.html"]
    page = (out / "toy.html").read_text(encoding="utf-8")
    for part in ("floor reached", "Others 0.94 (a paper)", "coverage", "67%", "<b>8 min</b>", "<svg", "A tiny model",
                 "a toy &lt;taken&gt; for a game", "data:image/png;base64,", "prefers-color-scheme", "@media print"):  # fmt: skip
        assert part in page, part
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "") and "<script" not in page
    index = (out / "index.html").read_text(encoding="utf-8")
    assert "href='toy.html'" in index and "1 floor reached, 1 not judged" in index
    shell.run(*words)
    assert "say --by-hand TOOL=MINUTES" in (out / "toy.html").read_text(encoding="utf-8")
    export.write_text(export.read_text(encoding="utf-8") + '{"tool": "x"}\n', encoding="utf-8")
    assert shell.refused(*words) == "Line 6 of feedback.jsonl is no proposal of Gesso's feedback export."
    assert "says no time by hand" in shell.refused("report", "--out", str(out), "--by-hand", "painting.test")
