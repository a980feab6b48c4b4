"""`gesso-train` as it is used: fit, package, judge, card, start again; and one sentence for whatever is wrong."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import torch

from gesso_training import bench, claim, cli, ledger, loop, package, registry
from gesso_training.commands.command import ROOT
from gesso_training.loop import Schedule
from gesso_training.models.stylise import own as stylise_own
from gesso_training.models.stylise import publish as stylise_publish
from gesso_training.models.stylise import recipe as stylise_recipe
from gesso_training.models.stylise import room as stylise_room
from gesso_training.models.stylise import sheets
from gesso_training.models.stylise.judge import Kept, contents_for_judging
from gesso_training.models.stylise.perception import Perception
from gesso_training.models.stylise.styles import Work
from gesso_training.models.upscale import recipe as upscale_recipe
from gesso_training.models.upscale import room as upscale_room
from gesso_training.registry import Places, Timed, package_to_start_from
from tests.training.shell import Shell

SHIPPED = (Work("first", "w0.png", "First", "一"), Work("second", "w1.png", "Second", "二"))


@pytest.fixture
def shell(
    data: Path,
    tmp_path: Path,
    manifests: Path,
    own_manifests: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Shell:
    """Small recipes, small data, everything written below the test's own folder."""
    shutil.copytree(manifests, own_manifests)
    small = upscale_recipe.Recipe(2, 6, 1, Schedule(3, warm_up=1), patch=16, count=2)
    monkeypatch.setitem(upscale_recipe.RECIPES, "x2-fast", small)
    painted = stylise_recipe.Recipe(Schedule(2, warm_up=1), width=8, blocks=1, crop_px=32, count=1, views=2)
    monkeypatch.setitem(stylise_recipe.RECIPES, "whole-128", painted)
    for room in (stylise_room, stylise_publish, stylise_own, stylise_recipe):
        monkeypatch.setattr(room, "SHIPPED", SHIPPED)
    alone = stylise_own.OwnRecipe(Schedule(2, warm_up=1), width=8, blocks=1, crop_px=32, only="first")
    monkeypatch.setitem(stylise_own.OWN, "own-first", alone)
    monkeypatch.setattr(sheets, "LARGE_PX", 64)
    monkeypatch.setattr(stylise_room, "contact_sheet", partial(sheets.contact_sheet, count=3))
    monkeypatch.delenv("GESSO_RELEASE_KEY", raising=False)
    return Shell.at(tmp_path, data, capsys)


def test_upscale_from_fit_to_a_package_that_another_training_starts_from(shell: Shell) -> None:
    said = shell.run("fit", "upscale", "--variant", "x2-fast")
    assert "x2-fast: 3 steps" in said and "finished: True" in said
    (run,) = ledger.read(shell.root / "ledger.jsonl")
    assert (run.model, run.variant, run.steps, run.finished, run.seed) == ("upscale", "x2-fast", 3, True, 1)
    assert run.recipe["width"] == 6 and run.hardware and run.versions["torch"] == torch.__version__
    assert set(run.data) == {"cq100", "photos", "paintings"} and all(len(mark) == 64 for mark in run.data.values())
    assert set(run.scores) == {"psnr_db", "ssim"} and run.minutes >= 0

    assert "nothing was learnt" in shell.run("fit", "upscale", "--variant", "x2-fast")
    assert len(ledger.read(shell.root / "ledger.jsonl")) == 1

    shell.run("package", "upscale", "--variant", "x2-fast", "--version", "1.0.0", "--key", shell.key())
    folder = shell.root / "models" / "upscale-x2-fast" / "1.0.0"
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert card["terms"] == "attribution" and card["training"]["steps"] == 3
    assert {entry["pictures"] for entry in card["data"]} == {3, 8}
    assert "sound" in shell.run("verify")
    assert "is there already" in shell.refused(
        "package", "upscale", "--variant", "x2-fast", "--version", "1.0.0", "--key", shell.key()
    )

    rows = json.loads(shell.run("judge", "upscale", "--json"))
    assert {(row["judge"], row["model"]) for row in rows if row["judge"] == "set5 x2"} == {
        ("set5 x2", "bicubic"), ("set5 x2", "upscale-x2-fast"),
    }  # fmt: skip
    judged = next(row for row in rows if (row["judge"], row["model"]) == ("set5 x2", "upscale-x2-fast"))
    assert judged["psnr_db"] == pytest.approx(card["scores"][0]["value"], abs=0.05) and judged["floor_db"] == 36.8
    told = shell.run("card", "upscale-x2-fast")
    assert f"| {card['scores'][0]['value']} " in told and "| bicubic" in told and "3 steps" in told
    assert "on from" not in told
    card["training"]["recipe"]["start_from"] = "package:upscale-x2-fast"
    assert "min on from package:upscale-x2-fast, seed 1" in claim.of(card)[1]

    kept = loop.averaged_weights(shell.root / "runs" / "upscale" / "x2-fast")
    shutil.rmtree(shell.root / "runs")
    start = upscale_recipe.Recipe(2, 6, 1, Schedule(1), patch=16, count=2, start_from="package:upscale-x2-fast")
    task = upscale_room.task(start, Places(Path(shell.places[1]), shell.root / "runs", shell.root / "models"))
    assert all(torch.equal(value, kept[name]) for name, value in task.network.state_dict().items())
    with pytest.raises(ValueError, match="terms 'attribution', stricter than this recipe may learn from"):
        upscale_room.task(
            replace(start, terms=("free",)), Places(Path(shell.places[1]), shell.root, shell.root / "models")
        )
    said = shell.run(
        "fit", "upscale", "--variant", "x2-fast", "--steps", "1", "--start-from", "package:upscale-x2-fast"
    )
    assert "1 steps" in said
    last = ledger.read(shell.root / "ledger.jsonl")[-1]
    assert last.recipe["start_from"] == "package:upscale-x2-fast@1.0.0"  # which one it was, though none was named
    assert last.memory_mb is not None and last.memory_mb > 50 and last.processes == 1
    newest = Places(Path(shell.places[1]), shell.root / "runs", shell.root / "models")
    assert package_to_start_from("package:upscale-x2-fast@1.0.0", newest) == folder
    assert shell.refused(
        "fit", "upscale", "--variant", "x2-fast", "--anew", "--start-from", "package:upscale-x2-fast@9.0.0"
    ) == ("There is no package 'upscale-x2-fast' 9.0.0 on the shelf to start from.")
    assert (shell.root / "runs" / "upscale" / "x2-fast.before-1" / "checkpoint.pt").is_file()
    shutil.move(shell.root / "runs" / "upscale" / "x2-fast.before-1", shell.root / "runs" / "upscale" / "x2-fast")
    assert "began with another start_from" in shell.refused("fit", "upscale", "--variant", "x2-fast")


def test_a_run_whose_call_was_killed_before_the_ledger_was_written_is_written_by_the_next_call(shell: Shell) -> None:
    shell.run("fit", "upscale", "--variant", "x2-fast")
    file = shell.root / "ledger.jsonl"
    (whole,) = ledger.read(file)
    file.unlink()
    shell.run("fit", "upscale", "--variant", "x2-fast")
    (run,) = ledger.read(file)
    assert (run.steps, run.finished, run.scores) == (whole.steps, True, whole.scores)
    assert "nothing was learnt" in shell.run("fit", "upscale", "--variant", "x2-fast")
    assert len(ledger.read(file)) == 1


def test_a_run_that_diverged_stands_in_the_ledger(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(*_: object) -> tuple[torch.Tensor, dict[str, float]]:
        return torch.tensor(float("nan"), requires_grad=True), {}

    monkeypatch.setattr(upscale_recipe.Learning, "loss", nowhere)
    said = shell.refused("fit", "upscale", "--variant", "x2-fast", "--steps", "50")
    assert said.startswith("Learning stopped at step 20: the loss was not finite 20 times in a row")
    (run,) = ledger.read(shell.root / "ledger.jsonl")
    assert (run.steps, run.finished, run.note, run.scores) == (20, False, said, {})


def test_anew_sets_the_run_aside_and_resume_wants_one(shell: Shell) -> None:
    fit = ("fit", "upscale", "--variant", "x2-fast")
    assert shell.refused(*fit, "--resume").startswith("There is no run of upscale x2-fast to go on from")
    shell.run(*fit, "--steps", "2")
    before = (shell.root / "runs" / "upscale" / "x2-fast" / "checkpoint.pt").read_bytes()
    assert "the run before was set aside as x2-fast.before-1" in shell.run(*fit, "--anew")
    assert (shell.root / "runs" / "upscale" / "x2-fast.before-1" / "checkpoint.pt").read_bytes() == before
    assert [run.steps for run in ledger.read(shell.root / "ledger.jsonl")] == [2, 3]
    assert "nothing was learnt" in shell.run(*fit, "--resume")


def test_stylise_from_fit_to_a_package_with_styles_sheets_and_a_judge(shell: Shell) -> None:
    shell.run("fit", "stylise", "--variant", "whole-128")
    assert "own-first: 2 steps" in shell.run("fit", "stylise", "--variant", "own-first")
    assert "There is no variant 'own-first'" in shell.refused(
        "package", "stylise", "--variant", "own-first", "--version", "0.1.0", "--key", shell.key()
    )
    shell.run("package", "stylise", "--variant", "whole-128", "--version", "0.1.0", "--key", shell.key())
    folder = shell.root / "models" / "stylise" / "0.1.0"
    assert package.verify(folder, shell.root / "keys") == []
    card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
    assert card["training"]["own_weights"]["styles"] == 1 and card["training"]["own_weights"]["steps"] == 2
    assert (folder / "styles" / "first.npz").is_file() and not (folder / "styles" / "second.npz").exists()
    styles = json.loads((folder / "styles.json").read_text(encoding="utf-8"))
    assert [style["id"] for style in styles] == ["first", "second"] and styles[0]["title_zh"] == "一"
    assert (folder / "styles" / "first.jpg").is_file() and (folder / "docs" / "sheet-1.webp").is_file()
    rows = json.loads(shell.run("judge", "stylise", "--json", "--contents", "2", "--gatys", "0"))
    assert [row["judge"] for row in rows] == ["stylise, shipped styles", "stylise, held-out styles"]
    assert all(row["ours"] > 0 and row["recoloured"] > 0 and row["pairs"] == 2 for row in rows)

    kept = loop.averaged_weights(shell.root / "runs" / "stylise" / "whole-128")
    back = {name: value for name, value in stylise_publish.weights_in(folder).items() if name != "own.weight"}
    assert all(torch.equal(value, kept[name]) for name, value in back.items())
    assert kept.keys() == stylise_publish.weights_in(folder).keys()


def test_a_card_sets_gatys_beside_ours_once_every_pair_was_judged(shell: Shell, data: Path) -> None:
    places = Places(data, shell.root / "runs", shell.root / "models")
    perception = Perception(data / stylise_recipe.PERCEPTION)
    shipped = stylise_room.shipped_styles(data, perception)

    def scored() -> list[dict[str, Any]]:
        return stylise_room._scores(lambda recoloured, _: recoloured, shipped, places, perception)

    before = scored()
    assert [set(row["baseline"]) for row in before] == [{"recoloured alone"}] * 2
    assert all(row["value"] == pytest.approx(row["baseline"]["recoloured alone"], rel=1e-3) for row in before)
    kept = Kept(shell.root / "runs" / "stylise" / "gatys.json", perception)
    for styles in (shipped, stylise_room.held_out_styles(data, perception)):
        for number, (_, content) in enumerate(contents_for_judging(data)):
            kept.put(content, styles[number * 7 % len(styles)][1], {20: 3.0, 50: 2.0})
    after = scored()
    assert after[0]["baseline"]["Gatys at 20 steps"] == 3.0 and after[2]["baseline"]["Gatys at 50 steps"] == 2.0
    assert after[1]["metric"].startswith("share") and after[1]["value"] == pytest.approx(0, abs=1e-3)


def test_bench_puts_both_runtimes_in_one_row(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    from gesso_training.models.upscale.network import Upscale
    from gesso_training.models.upscale.publish import Clipped, graph_of

    network = Upscale(2, 6, 1)
    timed = Timed("tiny", Clipped(network), package.export(graph_of(network)), {"picture": package.sample(24, 32, 1)})
    (row,) = bench.table([timed], 3, lambda line: None)
    assert row["network"] == "tiny" and row["parameters"] == sum(p.numel() for p in network.parameters())
    assert row["ONNX Runtime, ms"] > 0 and row["torch eager, ms"] > 0 and row["ratio"] > 0
    only = registry.models()["upscale"]
    monkeypatch.setattr(
        registry, "models", lambda: {"upscale": type(only)(**{**vars(only), "timed": lambda places: [timed]})}
    )
    assert "| tiny " in shell.run("bench", "--repeats", "1")


@pytest.mark.parametrize(("model", "variant"), [("upscale", "x2-fast"), ("stylise", "whole-128")])
def test_a_missing_data_folder_is_one_sentence(shell: Shell, model: str, variant: str) -> None:
    said = shell.refused("fit", model, "--variant", variant, "--data", str(shell.root / "nowhere"))
    assert "is not in" in said and "nowhere" in said and said.endswith(".")


def test_unknown_names_are_answered_with_the_known_ones(shell: Shell) -> None:
    assert shell.refused("fit", "portrait").startswith("There is no model 'portrait'; known are upscale, ")
    assert shell.refused("judge", "portrait").startswith("There is no model 'portrait'")
    assert "known are x2-best" in shell.refused("fit", "upscale", "--variant", "x9")
    assert shell.refused("data", "report", "holiday").startswith("There is no set 'holiday'; known are bsds500,")
    assert shell.refused("card", "portrait") == "There is no package 'portrait' on the shelf; there are none."
    assert "no device 'tpu9'" in shell.refused("fit", "upscale", "--device", "tpu9")
    assert shell.refused("fit", "upscale", "--variant", "x2-fast", "--start-from", "package:none") == (
        "There is no package 'none' on the shelf to start from."
    )
    assert shell.refused("fit", "upscale", "--variant", "x4-fast").startswith("There is no run in")


def test_packaging_needs_a_key_a_run_and_a_version(shell: Shell) -> None:
    package_it = ("package", "upscale", "--variant", "x2-fast", "--version", "1.0.0")
    assert shell.refused(*package_it) == "No private key: name its file with --key or in GESSO_RELEASE_KEY."
    assert "No private key" in shell.refused(*package_it, "--key", str(shell.root / "gone.key"))
    (shell.root / "odd.key").write_text("hello")
    assert shell.refused(*package_it, "--key", str(shell.root / "odd.key")).startswith("odd.key holds no private key")
    assert "knows no run" in shell.refused(*package_it, "--key", shell.key())
    assert "is no version" in shell.refused("package", "upscale", "--version", "one", "--key", shell.key())
    shell.run("fit", "upscale", "--variant", "x2-fast", "--budget", "0")
    assert "knows no run" in shell.refused(*package_it, "--key", shell.key())
    shell.run("fit", "upscale", "--variant", "x2-fast")
    shutil.rmtree(shell.root / "runs")
    assert shell.refused(*package_it, "--key", shell.key()).startswith("There is no run in")


def test_an_unfinished_run_and_a_checkpoint_that_went_on_are_not_packaged_unasked(shell: Shell) -> None:
    shell.run("fit", "upscale", "--variant", "x2-fast")
    written = ledger.read(shell.root / "ledger.jsonl")[0]
    package_it = ("package", "upscale", "--variant", "x2-fast", "--version", "1.0.0", "--key", shell.key())
    ledger.write(shell.root / "ledger.jsonl", ledger.Run(**{**vars(written), "finished": False}))
    assert "say --unfinished" in shell.refused(*package_it)
    ledger.write(shell.root / "ledger.jsonl", ledger.Run(**{**vars(written), "steps": 2}))
    assert "stands at step 3, the ledger's run at 2" in shell.refused(*package_it)
    assert not (shell.root / "models").exists()


def test_a_run_is_packaged_only_by_the_recipe_and_the_data_it_learnt_by(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, own_manifests: Path
) -> None:
    shell.run("fit", "upscale", "--variant", "x2-fast", "--steps", "2")
    package_it = ("package", "upscale", "--variant", "x2-fast", "--version", "1.0.0", "--key", shell.key())
    small = upscale_recipe.RECIPES["x2-fast"]
    monkeypatch.setitem(upscale_recipe.RECIPES, "x2-fast", replace(small, terms=("free",), width=8))
    assert shell.refused(*package_it) == "Since the run of x2-fast this has changed: terms, width; fit it anew."
    monkeypatch.setitem(upscale_recipe.RECIPES, "x2-fast", small)
    file = own_manifests / "photos" / "manifest.json"
    written = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**written, "digest": "0" * 64}), encoding="utf-8")
    assert shell.refused(*package_it) == "Since the run of x2-fast this has changed: photos; fit it anew."


def test_a_private_key_is_never_made_inside_the_repository(shell: Shell) -> None:
    inside = ROOT / "resources" / "keys" / "release.key"
    assert shell.refused("key", "new", "--key", str(inside)).startswith(
        "The private half must not lie in the repository"
    )
    assert not inside.exists() and not (shell.root / "keys").exists()
    assert "Say with --key" in shell.refused("key", "new")
    before = Path(shell.key()).read_bytes()
    assert "is there already" in shell.refused("key", "new", "--key", shell.key())
    assert Path(shell.key()).read_bytes() == before


def test_judging_nothing_is_refused_at_the_shell(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (
        ("judge", "stylise", "--contents", "0"),
        ("judge", "stylise", "--gatys", "-1"),
        ("bench", "--repeats", "0"),
    ):
        with pytest.raises(SystemExit) as left:
            cli.main([words[0], *shell.places, *words[1:]])
        assert left.value.code == 2 and "is not" in capsys.readouterr().err


def test_verify_names_the_package_that_is_not_sound(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    folder = shell.root / "models" / "tiny" / "1.0.0"
    folder.mkdir(parents=True)
    (folder / "card.json").write_text("{}")
    assert cli.main(["verify", *shell.places]) == 1
    assert capsys.readouterr().out == "tiny 1.0.0: it is incomplete or damaged (FileNotFoundError)\n"


def test_data_ingest_writes_what_report_says(shell: Shell, own_manifests: Path) -> None:
    (own_manifests / "photos" / "manifest.json").unlink()
    said = shell.run("data", "ingest", "photos")
    assert said.startswith("photos: 9 pictures {'train': 8, 'validation': 0, 'test': 1}, 0 dropped, digest ")
    written: Any = json.loads((own_manifests / "photos" / "manifest.json").read_text(encoding="utf-8"))
    assert len(written["items"]) == 9 and said.split()[-1] == written["digest"][:12]
    assert shell.run("data", "report", "photos") == said


def test_judging_an_empty_shelf_says_so(shell: Shell) -> None:
    assert shell.refused("judge", "stylise") == "Nothing was judged: there is no package on the shelf."
