"""The doctor, the feedback log and the records of pictures."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gesso.documents.painting import native
from gesso.feedback import Feedback
from tests.desktop.cli.conftest import Answer, World, paint

Typed = Callable[..., Answer]


def test_a_studio_that_can_work_is_told_on_one_page(gesso: Typed, home: Path) -> None:
    answer = gesso("doctor")
    assert answer.code == 0, answer.out
    for said in (
        "Gesso",
        "Python",
        "Qt",
        "OpenCV",
        "ONNX Runtime",
        "CPU",
        str(home),
        "upscale-x2-best 1.0.0",
        "The studio can work.",
    ):
        assert said in answer.out
    assert answer.out.count("\n") < 40
    found = gesso("doctor", "--json").json
    assert found["can_work"] and found["cores"] >= 1 and {p["name"] for p in found["packages"]} >= {"stylise"}
    assert found["device"] != "CPU" or found["reasons"], "a fallback has a reason"


def test_what_composites_layers_is_said(gesso: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    assert gesso("doctor", "--json").json["native"] is native.is_available()
    monkeypatch.setenv("GESSO_NATIVE", "0")
    assert "by NumPy, several times slower" in gesso("doctor").out
    assert "由 NumPy 完成" in gesso("--lang", "zh_CN", "doctor").out


def test_what_is_in_the_way_is_said(gesso: Typed, world: World) -> None:
    shutil.rmtree(world.models / "stylise")
    (world.models / "upscale-x2-best" / "1.0.0" / "signature").unlink()
    answer = gesso("doctor")
    assert answer.code == 1 and "No model is there for Stylise." in answer.out and "not signed" in answer.out
    assert "画室" in gesso("--lang", "zh_CN", "doctor").out


def test_a_bundle_tells_what_it_holds_and_replaces_nothing_unasked(gesso: Typed, home: Path) -> None:
    answer = gesso("doctor", "--bundle", "诊断.zip")
    assert answer.code == 0 and "studio.json" in answer.out and "Nothing was sent anywhere." in answer.out
    with zipfile.ZipFile("诊断.zip") as bundle:
        whole = "\n".join(bundle.read(name).decode() for name in bundle.namelist())
    assert "upscale-x2-best" in whole and str(home) not in whole and str(Path.home()) not in whole
    assert gesso("doctor", "--bundle", "诊断.zip").code == 1
    assert gesso("doctor", "--bundle", "诊断.zip", "--force").code == 0


def test_feedback_is_shown_exported_paused_and_erased(gesso: Typed) -> None:
    with Feedback() as log:
        log.decide(
            log.propose("painting.stylise", "stylise", "1.0.0", {"style": [["/home/me/画.png", 1.0]]}, 3), "kept", 1.5
        )
    assert "painting.stylise" in gesso("feedback", "show").out
    assert gesso("feedback", "export", "log.jsonl").code == 0
    written = Path("log.jsonl").read_text(encoding="utf-8")
    assert json.loads(written)["verdict"] == "kept" and "/home/me" not in written
    assert gesso("feedback", "export", "log.jsonl").code == 1, "not without --force"
    assert gesso("feedback", "export", "log.jsonl", "--force").code == 0
    assert gesso("feedback", "pause").code == 0 and gesso("feedback", "show", "--json").json["paused"]
    assert gesso("feedback", "resume").code == 0 and not gesso("feedback", "show", "--json").json["paused"]
    assert gesso("feedback", "erase").code == 0 and gesso("feedback", "show", "--json").json["records"] == []


def test_a_picture_without_records_says_so(gesso: Typed) -> None:
    answer = gesso("provenance", paint(Path("a.png")))
    assert answer.code == 0 and "no record" in answer.out
