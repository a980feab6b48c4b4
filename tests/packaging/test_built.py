"""What opens the built app sees what it should, right and wrong: here on programs that only say what they are told.

The app itself is opened by `python3 packaging/dev.py build check`, which has a built one to open.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Script = Callable[[str], ModuleType]

PROGRAM = """#!{python} -IS
import json, os, struct, subprocess, sys
answers = json.loads({answers!r})
words = sys.argv[1:]
sys.stderr.write(answers["chatter"])
if os.environ.get("GESSO_LOOK_OVER"):
    for name in answers["window"]["saved"]:
        open(os.path.join(os.environ["GESSO_LOOK_OVER"], name), "w").write("x")
    sys.stderr.write("This plugin does not support raise()\\n")
    print(json.dumps(answers["window"]))
elif words == ["--help"]:
    print(answers["help"][os.environ["LANG"].startswith("zh")])
elif words[:2] == ["bench", "files"]:
    print(json.dumps(answers["measured"]["files"]))
elif words[:1] == ["bench"]:
    print(json.dumps({{"startup": {{"seconds": 1.5}}}}))
elif words[:1] == ["-m"]:
    print("0.5000", file=sys.stderr)
    print(json.dumps(answers["measured"][words[1]]))
elif words == ["--version"]:
    print("gesso " + answers["version"])
elif words[:2] == ["models", "verify"]:
    print(json.dumps(answers["models"]))
elif words[:1] == ["doctor"]:
    for folder in os.environ["PATH"].split(":"):
        if os.path.exists(os.path.join(folder, "fc-list")):
            subprocess.run([os.path.join(folder, "fc-list")], env={{**os.environ, **answers["handed on"]}}, stdout=-3)
    print(json.dumps(answers["doctor"]))
elif words[:2] == ["tool", "list"]:
    print(json.dumps(answers["tools"]))
elif words[:2] == ["tool", "run"]:
    assert open(words[3], "rb").read(4) in (b"\\x89PNG", b"<svg", b"8BPS") and not os.environ["PATH"].startswith("/usr")
    if words[3].endswith(answers["unread"]):
        sys.exit("it cannot be read")
    times = int(next((word[-1] for word in words if word.startswith("--scale=")), "1")) * answers["wrong"]
    open(words[5], "wb").write(b"\\x89PNG" + bytes(12) + struct.pack(">II", 48 * times, 32 * times))
    print(json.dumps({{"model": "m", "version": "1.0.0", "device": "cpu"}}))
else:
    print("ready 1.0" if "GESSO_BENCH_START" in os.environ else json.dumps({{"what": "preview"}}))
    if answers["says"]:
        print("a word too many")
sys.exit(answers["code"])
"""
FORMATS = ("gesso", "png", "jpg", "webp", "tif", "avif", "ora", "psd", "psb")
PAGES = {"pages": 9, "pictures": 8, "missing": []}
WINDOW = {
    "opened": [
        *({"name": f"given.{suffix}", "size": [48, 32]} for suffix in ("png", "svg", "psd")),
        *({"name": f"a.{suffix}", "size": [48, 32], "apart": 0.01 * (suffix in "jpg webp avif")} for suffix in FORMATS),
    ],
    "saved": [f"a.{suffix}" for suffix in (*FORMATS, "pdf")],
    "readers": [77],
    "guide": {"en": PAGES, "zh_CN": PAGES},
    "brushes": [f"brush {number}" for number in range(16)],
}
"""What the window tells when it has looked itself over."""
RIGHT = {
    "window": WINDOW,
    "help": ["Usage", "用法"],
    "handed on": {},
    "measured": {
        "files": {"files": {"rows": [{"what": what, "size": "96x64"} for what in ("PNG", "PSD", "OpenRaster")]}},
        "gesso.cli.bench_memory": {"beyond_bytes": 9, "model": "m"},
    },
    "version": "1.2.3",
    "chatter": "",
    "code": 0,
    "says": False,
    "wrong": 1,
    "unread": "nothing",
    "models": [{"name": "m", "sound": True, "barred": [], "device": "CPU"}],
    "doctor": {"can_work": True, "device": "CPU", "reasons": ["no driver"], "libraries": {"Qt": "6"}, "trouble": []},
    "tools": [
        {"id": "plain", "knobs": [{"kind": "switch", "name": "scale"}]},
        {"id": "up", "knobs": [{"kind": "choice", "name": "scale", "options": [{"value": "2"}, {"value": "4"}]}]},
    ],
}


@pytest.fixture
def look(script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Open a made-up app and name what was not right."""
    check = script("build_check.py")
    monkeypatch.setattr(check.shutil, "which", lambda name: None)  # neither unshare nor a screen

    def opened(*lacking: str, **changed: object) -> list[str]:
        program, sources = tmp_path / "app" / "gesso", tmp_path / "sources"
        shipped = ("models/m/card.json", "guide/en/a.md", "guide/en/a.webp")
        there = program.parent / "_internal" / "resources"
        written = [sources / name for name in (*shipped, "screenshots/s.webp")]
        written += [there / name for name in shipped if name not in lacking]
        papers = [pattern for pattern in check.LICENCES if pattern not in lacking]
        written += [program.parent / "licences" / pattern.replace("*", "a") for pattern in papers]
        for file in written:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(file.name)
        program.write_text(PROGRAM.format(python=sys.executable, answers=json.dumps({**RIGHT, **changed})))
        program.chmod(0o755)
        return check.check(program.parent, "1.2.3", sources)

    return opened


def test_an_app_that_is_right_is_opened_in_every_way(
    look: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert look() == []
    seen = capsys.readouterr().out
    assert "测试 空格é" in seen and "provider: CPU. no driver" in seen and "up --scale=4: m 1.0.0 on cpu" in seen
    assert "ok   reading .psd" in seen and "ok   reading .svg" in seen
    assert seen.count("ok   ") == 17 - 2 * (sys.platform != "linux")
    assert "9 formats by one reader" in seen and "16 brushes" in seen


EVERYTHING = {
    "version", "languages", "every model's golden sample", "provider", "tools", "measuring", "window, offscreen",
    "files, guide and brushes in the window", *(["other programs"] if sys.platform == "linux" else []),
}  # fmt: skip
"""What any fault of the whole program turns red; no tool is run when none could be listed."""


@pytest.mark.parametrize(
    ("changed", "failed"),
    [
        ({"version": "1.2.4"}, {"version"}),
        ({"models": []}, {"every model's golden sample"}),
        ({"models": [{**RIGHT["models"][0], "sound": False}]}, {"every model's golden sample"}),
        ({"models": [{**RIGHT["models"][0], "barred": ["wrong on CUDA"]}]}, {"every model's golden sample"}),
        ({"doctor": {**RIGHT["doctor"], "can_work": False}}, {"provider"}),
        ({"doctor": {**RIGHT["doctor"], "libraries": {"Qt": ""}}}, {"provider"}),
        ({"wrong": 3}, {"plain", "up --scale=2", "up --scale=4", "reading .svg", "reading .psd"}),
        ({"unread": ".psd"}, {"reading .psd"}),
        ({"says": True}, {"window, offscreen"}),
        ({"help": ["Usage", "Usage"]}, {"languages"}),
        ({"measured": {**RIGHT["measured"], "gesso.cli.bench_memory": {"beyond_bytes": 0}}}, {"measuring"}),
        ({"measured": {**RIGHT["measured"], "files": {"files": {"rows": []}}}}, {"measuring"}),
        ({"handed on": {"LD_LIBRARY_PATH": "/opt/gesso"}}, {"other programs"}),
        ({"handed on": {"QT_PLUGIN_PATH": "/opt/gesso"}}, {"other programs"}),
        ({"tools": []}, {"tools"}),
        ({"chatter": "Qt: a warning"}, EVERYTHING),
        ({"code": 1}, EVERYTHING),
    ],
)
def test_what_is_not_right_is_named(
    look: Callable[..., list[str]], changed: dict[str, object], failed: set[str]
) -> None:
    assert set(look(**changed)) == failed


IN_THE_WINDOW = "files, guide and brushes in the window"
OPENED = WINDOW["opened"]


@pytest.mark.parametrize(
    "changed",
    [
        {"trouble": "TimeoutError: the window did not get there"},
        {"saved": WINDOW["saved"][1:]},
        {"opened": [one for one in OPENED if one["name"] != "a.avif"]},
        {"opened": [{**one, "size": [48, 31]} if one["name"] == "given.svg" else one for one in OPENED]},
        {"opened": [{**one, "apart": 0.004} if one["name"] == "a.psd" else one for one in OPENED]},
        {"opened": [{**one, "apart": 0.5} if one["name"] == "a.jpg" else one for one in OPENED]},
        {"readers": [77, 78]},
        {"readers": []},
        {"guide": {"en": PAGES, "zh_CN": {**PAGES, "missing": ["a.webp"]}}},
        {"guide": {"en": PAGES}},
        {"brushes": ["pencil"]},
    ],
)
def test_what_is_not_right_in_the_window_is_named(look: Callable[..., list[str]], changed: dict[str, object]) -> None:
    assert look(window={**WINDOW, **changed}) == [IN_THE_WINDOW]


@pytest.mark.parametrize(
    ("lacking", "failed"),
    [("guide/en/a.webp", "resources"), ("Qt/LGPL-3.0.txt", "licences"), ("resvg_py/*", "licences")],
)
def test_what_was_left_out_of_the_app_is_named(look: Callable[..., list[str]], lacking: str, failed: str) -> None:
    assert look(lacking) == [failed]
