"""Tools from the shell: one picture, what it refuses, what it writes."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from gesso.cli.tool import flag
from gesso.files.settings import Settings
from gesso.tools import TOOLS, Tool
from gesso.values.paths import user_data
from tests.desktop.cli.conftest import Answer, World, paint, pixels

Typed = Callable[..., Answer]


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.id)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_knob_of_every_tool_stands_in_its_help(gesso: Typed, tool: Tool, language: str) -> None:
    answer = gesso("--lang", language, "tool", "run", tool.id, "--help")
    assert answer.code == 0
    for knob in tool.knobs:
        assert flag(knob) in answer.out


def test_tools_are_listed_for_people_and_for_programs(gesso: Typed) -> None:
    assert all(tool.id in gesso("tool", "list").out for tool in TOOLS)
    listed = gesso("tool", "list", "--json").json
    assert [entry["id"] for entry in listed] == [tool.id for tool in TOOLS]
    assert {knob["name"] for knob in listed[0]["knobs"]} == {knob.name for knob in TOOLS[0].knobs}


def test_a_picture_is_upscaled_and_says_how(gesso: Typed, world: World) -> None:
    source = paint(Path("画 one.png"))
    answer = gesso("tool", "run", "painting.upscale", source, "-o", "out/结果.png", "--json", "--device", "cpu")
    assert answer.code == 0
    said = answer.json
    assert said["output"] == str(Path("out/结果.png")) and pixels("out/结果.png").shape == (32, 48, 3)
    assert (said["model"], said["version"], said["device"]) == ("upscale-x2-best", "1.0.0", "cpu")
    assert said["knobs"] == {"scale": "2", "quality": "best"} and said["seconds"] > 0
    records = gesso("provenance", "out/结果.png", "--json").json
    assert records["source_type"] == "algorithmicallyEnhanced"
    assert [record["tool"] for record in records["records"]] == ["painting.upscale"]


def test_records_add_up_from_step_to_step(gesso: Typed) -> None:
    source = paint(Path("a.png"))
    assert gesso("tool", "run", "painting.stylise", source, "-o", "b.png", "--seed", "7").code == 0
    assert gesso("tool", "run", "painting.upscale", "b.png", "-o", "c.png").code == 0
    said = gesso("provenance", "c.png").out
    assert said.index("painting.stylise") < said.index("painting.upscale") and "seed 7" in said


def test_results_name_whom_they_are_told_to_and_nobody_else(gesso: Typed, world: World) -> None:
    source = paint(Path("a.png"))
    step = ("tool", "run", "painting.upscale")

    def named(file: str) -> tuple[str, str, str]:
        said = gesso("provenance", file, "--json").json
        return said["author"], said["rights"], said["title"]

    assert gesso(*step, source, "-o", "b.png").code == 0 and named("b.png") == ("", "", "")
    assert gesso(*step, source, "-o", "c.png", "--author", "林 Ada", "--copyright", "© 林", "--title", "鹭").code == 0
    assert named("c.png") == ("林 Ada", "© 林", "鹭") and "林 Ada" in gesso("provenance", "c.png").out
    settings = Settings.load(user_data() / "settings.json")
    settings.author = "Me"
    settings.save()
    assert gesso(*step, "c.png", "-o", "d.png").code == 0 and named("d.png") == named("c.png"), "it is theirs"
    assert gesso(*step, source, "-o", "e.png").code == 0 and named("e.png") == ("Me", "", "")
    assert gesso(*step, source, "-o", "f.png", "--author", "").code == 0 and named("f.png") == ("", "", "")


def test_styles_may_be_mixed_and_come_from_pictures(gesso: Typed) -> None:
    source, style = paint(Path("a.png")), paint(Path("我的 style.png"), (300, 280))
    command = ("tool", "run", "painting.stylise", source, "--style", "starry-night:2", "--style", style)
    assert gesso(*command, "-o", "b.png", "--strength", "0.8").code == 0
    assert gesso(*command, "-o", "c.png", "--strength", "0.8").code == 0
    assert np.array_equal(pixels("b.png"), pixels("c.png")), "the same again"
    assert gesso("tool", "run", "painting.stylise", source, "--style", "nothing.png", "-o", "d.png").code == 1
    assert not Path("d.png").exists()


@pytest.mark.parametrize(
    ("knob", "value"),
    [("strength", "nan"), ("strength", "inf"), ("strength", "2"), ("strength", "-0.5"), ("strength", "much"),
     ("brush", "huge"), ("seed", "-1"), ("seed", "4294967296"), ("seed", "nan"), ("style", "x:nan"), ("style", "")],
)  # fmt: skip
def test_a_bad_value_is_one_sentence(gesso: Typed, knob: str, value: str) -> None:
    source = paint(Path("a.png"))
    answer = gesso("tool", "run", "painting.stylise", source, "-o", "b.png", f"--{knob}={value}")
    assert answer.code == 2 and knob in answer.err and answer.err.count("\n") == 1
    assert sorted(path.name for path in Path().iterdir()) == ["a.png"]


@pytest.mark.parametrize(
    "arguments",
    [("tool",), ("tool", "run"), ("tool", "run", "painting.nothing"), ("tool", "run", "painting.upscale", "a.png"),
     ("tool", "run", "painting.upscale", "a.png", "-o", "b.png", "--sharpness", "1"), ("models", "pin", "x"),
     ("--nonsense",), ("--lang", "xx", "doctor"), ("bench", "nonsense"), ("tool", "run", "painting.upscale", "a.png", "-o", "b.png", "--device", "abacus")],
)  # fmt: skip
def test_what_is_not_understood_is_2(gesso: Typed, arguments: tuple[str, ...]) -> None:
    paint(Path("a.png"))
    answer = gesso(*arguments)
    assert answer.code == 2 and answer.err.startswith("This command was not understood") and not answer.out


def test_nothing_is_written_over_without_force(gesso: Typed) -> None:
    source, other = paint(Path("a.png")), paint(Path("b.png"), (5, 5))
    before = other.read_bytes()
    answer = gesso("tool", "run", "painting.upscale", source, "-o", other)
    assert answer.code == 1 and "already there" in answer.err and other.read_bytes() == before
    assert gesso("tool", "run", "painting.upscale", source, "-o", other, "--force").code == 0
    assert pixels(other).shape == (32, 48, 3)


def test_the_source_is_never_the_target(gesso: Typed) -> None:
    source = paint(Path("a.png"))
    before = source.read_bytes()
    Path("link.png").symlink_to(source)
    for name in ("a.png", "./a.png", "link.png"):
        assert gesso("tool", "run", "painting.upscale", source, "-o", name, "--force").code == 1
    assert source.read_bytes() == before


def test_a_result_that_cannot_be_written_is_said_before_the_work(gesso: Typed, monkeypatch: pytest.MonkeyPatch) -> None:
    source = paint(Path("a.png"))
    monkeypatch.setattr("gesso.tools.studio.Studio.apply", None)
    answer = gesso("tool", "run", "painting.upscale", source, "-o", "b.docx")
    assert answer.code == 1 and ".docx" in answer.err
    paint(Path("long.png"), (40000, 1))
    answer = gesso("tool", "run", "painting.upscale", "long.png", "-o", "long.jpg")
    assert answer.code == 1 and "65535" in answer.err
    monkeypatch.setattr("gesso.files.limits.free_bytes", lambda: 1000)
    answer = gesso("tool", "run", "painting.upscale", source, "-o", "b.png", "--json")
    assert answer.code == 1 and "memory" in answer.json["trouble"]


def test_another_grade_is_said(gesso: Typed, world: World) -> None:
    shutil.rmtree(world.models / "upscale-x2-best")
    answer = gesso("tool", "run", "painting.upscale", paint(Path("a.png")), "-o", "b.png")
    assert answer.code == 0 and "upscale-x2-fast was used instead" in answer.err


def test_a_missing_model_is_said(gesso: Typed, world: World) -> None:
    answer = gesso("tool", "run", "painting.upscale", paint(Path("a.png")), "-o", "b.png", "--scale", "4")
    assert answer.code == 1 and "scale 4" in answer.err
    shutil.rmtree(world.models / "stylise")
    answer = gesso("tool", "run", "painting.stylise", "a.png", "-o", "b.png")
    assert answer.code == 1 and "gesso models install" in answer.err


def test_a_fault_of_our_own_is_one_sentence_and_a_file(
    gesso: Typed, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr("gesso.tools.studio.Studio.apply", broken)
    answer = gesso("tool", "run", "painting.upscale", paint(Path("a.png")), "-o", "b.png")
    assert answer.code == 1 and answer.err.count("\n") == 1 and "a bug" not in answer.err
    assert "a bug" in (home / "shell-fault.txt").read_text(encoding="utf-8")


def test_the_language_is_asked_for_set_or_the_systems(
    gesso: Typed, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    english, chinese = "Nothing was written", "没有写入任何文件"
    command = ("tool", "run", "painting.upscale", paint(Path("a.png")), "-o", "b.docx")
    assert english in gesso(*command).err
    assert chinese in gesso("--lang=zh_CN", *command).err
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert chinese in gesso(*command).err
    (home / "settings.json").write_text('{"language": "en"}')
    assert english in gesso(*command).err
    assert chinese in gesso(*command[:1], "--lang", "zh_CN", *command[1:]).err


def test_without_a_screen_the_window_says_what_works_instead(gesso: Typed) -> None:
    for command in ((), ("open", "a.png"), ("a.png",)):
        answer = gesso(*command)
        assert answer.code == 1 and "gesso tool list" in answer.err


def test_the_version_is_said(gesso: Typed) -> None:
    from gesso import __version__

    assert gesso("--version").out == f"gesso {__version__}\n"


def test_exit_codes_stand_in_the_help(gesso: Typed) -> None:
    assert "130 cancelled" in gesso("--help").out.replace("\n", " ")
