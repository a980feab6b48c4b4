"""The checks find what they are for: each is seen red once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

Script = Callable[[str], ModuleType]
CODE = """
raise Trouble("{name} is gone.", "All is safe.", next="Look again." if x else "Wait.", name=name)
say("Open"); speech.say("Close {count}", count=2); mark("Later")
Amount(name="x", title="Strength", help="How much.", unit="px")
class Full(Trouble):
    def __init__(self): super().__init__("The disk is full.", "It is safe.", "Free some.")
class Fuller(Full):
    def __init__(self): super().__init__("It is fuller.")
class Other(Window):
    def __init__(self): super().__init__("an object's name")
print("not visible"); say(variable); other(title="not visible either")
"""
VISIBLE = {
    "{name} is gone.", "All is safe.", "Look again.", "Wait.", "Open", "Close {count}", "Later", "Strength", "How much.", "px",
    "The disk is full.", "It is safe.", "Free some.", "It is fuller.",
}  # fmt: skip


@pytest.fixture
def catalogue(tmp_path: Path) -> Callable[[dict[str, str]], Path]:
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "a.py").write_text(CODE)

    def write(words: dict[str, str], name: str = "a") -> Path:
        (tmp_path / "zh").mkdir(exist_ok=True)
        (tmp_path / "zh" / f"{name}.json").write_text(json.dumps(words))
        return tmp_path / "zh"

    return write


def test_visible_texts_are_collected(script: Script) -> None:
    assert set(script("checks/translations.py").templates(CODE)) == VISIBLE


def test_a_catalogue_that_says_everything_is_fine(script: Script, catalogue: Callable, tmp_path: Path) -> None:
    whole = {text: text for text in VISIBLE}
    assert script("checks/translations.py").faults(tmp_path / "code", catalogue(whole)) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda words: words.pop("Open"), "not translated: 'Open'"),
        (lambda words: words.update({"Nobody says this": "x"}), "left over: 'Nobody says this'"),
        (lambda words: words.update({"Close {count}": "关闭 {number}"}), "other places: 'Close {count}'"),
    ],
)
def test_a_fault_in_the_catalogue_is_named(
    script: Script, catalogue: Callable, tmp_path: Path, change: Callable, said: str
) -> None:
    words = {text: text for text in VISIBLE}
    change(words)
    found = script("checks/translations.py").faults(tmp_path / "code", catalogue(words))
    assert len(found) == 1 and said in found[0]


def test_a_text_stands_in_one_catalogue_only(script: Script, catalogue: Callable, tmp_path: Path) -> None:
    catalogue({"Open": "打开"}, "b")
    found = script("checks/translations.py").faults(tmp_path / "code", catalogue({text: text for text in VISIBLE}))
    assert found == ["translated twice: 'Open' (b.json)"]


def test_every_kind_of_knob_is_collected(script: Script) -> None:
    from gesso.tools import declaration

    kinds = {kind.__name__ for kind in declaration.Knob.__args__} | {"Tool", "Option", "Command"}
    assert kinds <= script("checks/translations.py").DECLARED


def test_dead_links_are_found(script: Script, tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("")
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.png").write_bytes(b"")
    page = tmp_path / "README.md"
    page.write_text(
        "[a](there.md) [b](there.md#part) [c](gone.md) [d](https://example.org/x) [e](#here) "
        '![f](pictures/a.png) <img src="pictures/b.png"> <a href="there.md">g</a>'
    )
    assert script("checks/links.py").dead_links(page) == ["README.md: gone.md", "README.md: pictures/b.png"]


def test_a_file_that_is_too_long_is_found(script: Script, tmp_path: Path) -> None:
    for part in ("desktop", "training", "tests", "packaging"):
        (tmp_path / part).mkdir()
    (tmp_path / "tests" / "long.py").write_text("x = 1\n" * 501)
    (tmp_path / "desktop" / "fits.py").write_text("x = 1\n" * 500)
    assert script("checks/long_files.py").long_files(tmp_path) == ["tests/long.py: 501 lines"]
