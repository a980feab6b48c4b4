"""The recipes of systems that this machine is not: every file that they name is there, or is made by the build."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path, PureWindowsPath
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
SPEC = (PACKAGING / "gesso.spec").read_text(encoding="utf-8")
WINDOWS = (PACKAGING / "windows" / "gesso.iss").read_text(encoding="utf-8")
MAC = (PACKAGING / "macos" / "package.sh").read_text(encoding="utf-8")
Script = Callable[[str], ModuleType]


@pytest.fixture
def made(script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What a build leaves in `build` and `dist`, by its own word."""
    monkeypatch.syspath_prepend(str(PACKAGING))
    icons = script("build_icons.py").make(ROOT / "resources" / "icons" / "gesso.svg", tmp_path)
    (folder,) = re.findall(r'COLLECT\(.*\bname="(\w+)"\)', SPEC)
    (bundle,) = re.findall(r'BUNDLE\(\s*folder,\s*name="([\w.]+)"', SPEC)
    return {*(f"build/icons/{file.name}" for file in icons), f"dist/{folder}/*", f"dist/{bundle}"}


def test_what_the_windows_recipe_packs_is_there(made: set[str]) -> None:
    (up,) = re.findall(r"^SourceDir=(.*)$", WINDOWS, re.MULTILINE)
    base = (PACKAGING / "windows" / PureWindowsPath(up)).resolve()
    assert base == ROOT
    named = re.findall(r'^(?:LicenseFile|SetupIconFile)=(.*)$|^Source: "([^"]*)"', WINDOWS, re.MULTILINE)
    files = {PureWindowsPath(one or other).as_posix() for one, other in named}
    assert files == {"LICENSE", "build/icons/gesso.ico", "dist/gesso/*"}
    assert all((ROOT / file).is_file() or file in made for file in files)


def test_every_program_and_folder_that_windows_starts_or_clears_is_in_the_app() -> None:
    programs = {f"{name}.exe" for name in re.findall(r'EXE\(.*?name="([\w-]+)"', SPEC)}
    assert programs == {"gesso.exe", "gesso-studio.exe"}
    named = set(re.findall(r"\{app\}\\([\w.-]+)", WINDOWS))
    assert named - programs == {"_internal"}, "the folder in which PyInstaller puts all but the programs"


def test_what_the_windows_recipe_calls_itself_is_what_the_build_looks_for(script: Script) -> None:
    build = (PACKAGING / "build.py").read_text(encoding="utf-8")
    assert "OutputBaseFilename=gesso-{#Version}-setup" in WINDOWS and 'f"gesso-{version()}-setup.exe"' in build
    assert '"packaging" / "windows" / "gesso.iss"' in build and "/DVersion=" in build
    sections = re.split(r"^\[(\w+)\]$", WINDOWS, flags=re.MULTILINE)
    parts = dict(zip(sections[1::2], sections[2::2], strict=True))
    tasks = set(re.findall(r'^Name: "(\w+)"', parts["Tasks"], re.MULTILINE))
    used = re.findall(r"Tasks: (\w+)", WINDOWS.replace("\nTasks:", ""))
    assert used and set(used) <= tasks, "a task that nobody can choose"
    functions = set(re.findall(r"^function (\w+)", parts["Code"], re.MULTILINE))
    called = set(re.findall(r"Check: (\w+)|\{code:(\w+)\}", WINDOWS))
    assert {one or other for one, other in called} <= functions
    assert parts["Code"].count("begin") == len(re.findall(r"\bend;", parts["Code"]))
    conditions = [len(re.findall(rf"^#{word}\b", WINDOWS, re.MULTILINE)) for word in ("(?:if|ifdef|ifndef)", "endif")]
    assert conditions[0] == conditions[1]


def test_what_the_mac_recipe_packs_is_there(made: set[str]) -> None:
    assert set(re.findall(r"\$dist/(\w+\.app)", MAC)) == {"Gesso.app"} and "dist/Gesso.app" in made
    assert set(re.findall(r"\$here/(\w[\w.]+)", MAC)) == {"entitlements.plist"}
    assert (PACKAGING / "macos" / "entitlements.plist").is_file()
    assert set(re.findall(r'ICONS / "([\w.]+)"', SPEC)) == {"gesso.ico", "gesso.icns"}
    assert {f"build/icons/{name}" for name in ("gesso.ico", "gesso.icns")} <= made
    build = (PACKAGING / "build.py").read_text(encoding="utf-8")
    assert '"packaging" / "macos" / "package.sh"' in build and 'image="$dist/gesso-$version.dmg"' in MAC
    assert 'f"gesso-{version()}.dmg"' in build
