"""`packaging/dev.py`: one clear sentence for everything that can be missing, and nothing done twice."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
Script = Callable[[str], ModuleType]


@pytest.fixture
def dev(script: Script) -> ModuleType:
    return script("dev.py")


@pytest.fixture
def called(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What would have been run; nothing is."""
    commands: list[list[str]] = []

    def call(*command: object, **_: object) -> int:
        commands.append([str(part) for part in command])
        return 0

    monkeypatch.setattr(dev, "call", call)
    return commands


def test_only_the_standard_library_is_needed() -> None:
    tree = ast.parse((ROOT / "packaging" / "dev.py").read_text(encoding="utf-8"))
    names = {name.name.split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
    names |= {(node.module or "").split(".")[0] for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= set(sys.stdlib_module_names)


def test_an_old_python_is_one_sentence(dev: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    dev.check_python((3, 11))
    with pytest.raises(SystemExit) as left:
        dev.check_python((3, 9))
    said = capsys.readouterr().err
    assert left.value.code == 1 and "3.11 or newer" in said and "this is 3.9" in said and said.count("\n") == 1


def test_an_old_python_can_still_read_the_script() -> None:
    ast.parse((ROOT / "packaging" / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_missing_libraries_are_named_by_their_packages(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.platform, "system", lambda: "Linux")
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    fonts = subprocess.CompletedProcess([], 0, "WenQuanYi\n", "")
    monkeypatch.setattr(dev.subprocess, "run", lambda *_, **__: fonts)
    everything = "\n".join(dev.LIBRARIES)
    assert dev.missing_libraries(everything) == []
    assert dev.missing_libraries(everything.replace("libEGL.so.1", "")) == ["libegl1"]
    fonts.stdout = ""
    assert dev.missing_libraries(everything) == ["fonts-wqy-microhei"]
    monkeypatch.setattr(dev.importlib.util, "find_spec", lambda name: None)
    assert dev.missing_libraries(everything)[-1] == "python{}.{}-venv".format(*sys.version_info[:2])
    monkeypatch.setattr(dev.platform, "system", lambda: "Darwin")
    assert dev.missing_libraries("") == []


def test_libraries_are_installed_by_whoever_may(
    dev: ModuleType, called: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    dev.install_libraries([], True, "")
    assert called == []
    dev.install_libraries(["libegl1"], True, "")
    assert called[-1] == ["apt-get", "install", "-y", "--no-install-recommends", "libegl1"]
    dev.install_libraries(["libegl1"], False, "/usr/bin/sudo")
    assert called[-1][:2] == ["/usr/bin/sudo", "apt-get"]
    count = len(called)
    capsys.readouterr()
    dev.install_libraries(["libegl1"], False, "")
    assert len(called) == count and "sudo apt-get install -y --no-install-recommends libegl1" in capsys.readouterr().out


def test_what_is_set_up_is_not_set_up_again(
    dev: ModuleType, called: list[list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "VENV", tmp_path / "venv")
    monkeypatch.setattr(dev, "missing_libraries", lambda: [])

    def create(folder: Path, with_pip: bool) -> None:
        dev.in_venv("python").parent.mkdir(parents=True)
        dev.in_venv("python").write_text("")

    monkeypatch.setattr(dev.venv, "create", create)
    dev.setup()
    assert len(called) == 2 and "app.txt" in " ".join(called[0])
    dev.setup()
    assert len(called) == 2
    dev.setup(("app", "dev"))
    assert len(called) == 4
    monkeypatch.setattr(dev, "digest", lambda locks: "something changed")
    dev.setup()
    assert len(called) == 6


def test_what_is_compiled_is_compiled_again_when_its_source_or_the_compiler_changed(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "composite.c"
    source.write_text("int one;")
    monkeypatch.setattr(dev, "NATIVE", tmp_path)
    monkeypatch.setattr(dev, "has_compiler", lambda: True)
    before = dev.digest(["app"])
    (tmp_path / "composite.so").write_text("made from it")
    assert dev.digest(["app"]) == before
    source.write_text("int two;")
    changed = dev.digest(["app"])
    monkeypatch.setattr(dev, "has_compiler", lambda: False)
    assert len({before, changed, dev.digest(["app"])}) == 3


def test_a_missing_compiler_is_a_package_like_others_and_stops_nothing(
    dev: ModuleType,
    called: list[list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(dev.platform, "system", lambda: "Linux")
    monkeypatch.setattr(dev.shutil, "which", lambda name: None if name in dev.COMPILERS else f"/usr/bin/{name}")
    monkeypatch.setenv("PROGRAMFILES(X86)", str(tmp_path))
    assert not dev.has_compiler() and dev.missing_libraries("\n".join(dev.LIBRARIES))[-2:] == ["gcc", "libc6-dev"]
    monkeypatch.setattr(dev, "NATIVE", tmp_path)
    dev.build_native("python")
    assert called[-1] == ["python", "setup.py", "-q", "build_ext", "--inplace"]
    assert "No C compiler was found" in capsys.readouterr().out
    (tmp_path / "composite.so").write_text("")
    dev.build_native("python")
    assert not capsys.readouterr().out


def test_an_environment_that_cannot_be_made_leaves_no_half_of_it(
    dev: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "VENV", tmp_path / "venv")
    monkeypatch.setattr(dev, "missing_libraries", lambda: [])

    def create(folder: Path, with_pip: bool) -> None:
        folder.mkdir()
        raise subprocess.CalledProcessError(1, ["ensurepip"])

    monkeypatch.setattr(dev.venv, "create", create)
    with pytest.raises(SystemExit):
        dev.setup()
    assert not (tmp_path / "venv").exists() and "could not be made" in capsys.readouterr().err


def test_without_a_screen_run_names_the_shells_commands(
    dev: ModuleType, called: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "setup", lambda *_: None)
    monkeypatch.setattr(dev.platform, "system", lambda: "Linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert dev.main(["run"]) == 0
    assert "tool run painting.upscale IN -o OUT" in capsys.readouterr().out and called == []
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    dev.main(["run", "a.png"])
    assert called[-1][1:] == ["-m", "gesso", "a.png"]


def test_commands_that_do_not_exist_are_2(dev: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert dev.main(["nonsense"]) == 2
    assert dev.main(["--help"]) == 0 and dev.main([]) == 0
    assert capsys.readouterr().out.count("packaging/dev.py setup") == 3


def test_check_fails_when_one_step_does(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "setup", lambda *_: None)

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        is_red = "mypy" in command
        return subprocess.CompletedProcess(command, 1 if is_red else 0, "a type is wrong" if is_red else "", "")

    monkeypatch.setattr(dev.subprocess, "run", run)
    assert dev.main(["check"]) == 1
    said = capsys.readouterr().out
    assert "FAIL types" in said and "a type is wrong" in said and "ok   arrows" in said


def test_the_ci_types_what_everybody_types() -> None:
    assert "python3 packaging/dev.py test" in (ROOT / ".ci" / "run").read_text()
