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
import json, os, struct, sys
answers = json.loads({answers!r})
words = sys.argv[1:]
sys.stderr.write(answers["chatter"])
if words == ["--version"]:
    print("gesso " + answers["version"])
elif words[:2] == ["models", "verify"]:
    print(json.dumps(answers["models"]))
elif words[:1] == ["doctor"]:
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
RIGHT = {
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

    def opened(**changed: object) -> list[str]:
        program = tmp_path / "app" / "gesso"
        program.parent.mkdir()
        program.write_text(PROGRAM.format(python=sys.executable, answers=json.dumps({**RIGHT, **changed})))
        program.chmod(0o755)
        return check.check(program.parent, "1.2.3", {"m"})

    return opened


def test_an_app_that_is_right_is_opened_in_every_way(
    look: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert look() == []
    seen = capsys.readouterr().out
    assert "测试 空格é" in seen and "provider: CPU. no driver" in seen and "up --scale=4: m 1.0.0 on cpu" in seen
    assert "ok   reading .psd" in seen and "ok   reading .svg" in seen
    assert seen.count("ok   ") == 11 - (sys.platform != "linux")


EVERYTHING = {
    "version", "every model's golden sample", "provider", "tools", "window, offscreen",
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
        ({"tools": []}, {"tools"}),
        ({"chatter": "Qt: a warning"}, EVERYTHING),
        ({"code": 1}, EVERYTHING),
    ],
)
def test_what_is_not_right_is_named(
    look: Callable[..., list[str]], changed: dict[str, object], failed: set[str]
) -> None:
    assert set(look(**changed)) == failed
