"""The check of the Debian package, on small packages that are right, and on ones with one thing wrong."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
Script = Callable[[str], ModuleType]
Spoil = Callable[[Path], object]
SYMBOL = "usr/share/icons/hicolor/scalable"


@pytest.fixture
def checked(script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Spoil], list[str]]:
    """Pack a made-up app after `spoil` had its way with the package's tree, and name what was not right."""
    monkeypatch.syspath_prepend(str(ROOT / "packaging"))
    build, check = script("build_deb.py"), script("build_check_deb.py")

    def pack(spoil: Spoil) -> list[str]:
        app, icons = tmp_path / "app", tmp_path / "icons"
        for name in ("_internal/resources/icons/gesso.svg", *(f"_internal/{library}" for library in check.INSIDE)):
            (app / name).parent.mkdir(parents=True, exist_ok=True)
            (app / name).write_text("x")
        (app / "gesso").write_text("#!/bin/sh\necho gesso 1.2.3\n")
        (app / "gesso").chmod(0o755)
        icons.mkdir()
        for size in (16, 48, 256):
            (icons / f"{size}.png").write_bytes(b"png")
        root = build.lay_out(app, icons, tmp_path / "tree", "1.2.3", "x86_64", ["libc6 (>= 2.35)", "zlib1g"])
        spoil(root)
        package = tmp_path / "gesso_1.2.3_amd64.deb"
        command = ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", str(root), str(package)]
        subprocess.run(command, check=True, capture_output=True)
        return [name.removeprefix("package: ") for name in check.check(package, "1.2.3")]

    return pack


def test_a_package_that_is_right_is_installed_looked_at_and_removed(
    checked: Callable[[Spoil], list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert checked(lambda root: None) == []
    assert capsys.readouterr().out.count("ok   package: ") == 9


def edited(name: str, old: str, new: str) -> Spoil:
    def spoil(root: Path) -> None:
        file = root / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.unlink()  # it may be a second name of a file of the app
        file.write_text(text.replace(old, new), encoding="utf-8")
        file.chmod(0o755 if name.startswith("usr/lib") else 0o644)

    return spoil


def linked_away(root: Path) -> None:
    (root / "usr" / "lib" / "gesso" / "_internal" / "libaway.so").symlink_to("/usr/lib/libaway.so")


@pytest.mark.parametrize(
    ("spoil", "failed"),
    [
        (edited("DEBIAN/control", "Version: 1.2.3", "Version: 1.2.4"), {"control"}),
        (edited("DEBIAN/control", "zlib1g", "zlib1g, python3"), {"control"}),
        (lambda root: (root / "usr/share/doc/gesso/copyright").chmod(0o666), {"owners"}),
        (lambda root: (root / "opt").mkdir(), {"owners"}),
        (edited("usr/share/applications/gesso.desktop", "TryExec=gesso", "TryExec=gessoo"), {"desktop file"}),
        (edited("usr/share/applications/gesso.desktop", "Icon=gesso", "Icon=other"), {"desktop file"}),
        (lambda root: (root / SYMBOL / "mimetypes/application-x-gesso.svg").unlink(), {"file type"}),
        (edited("usr/share/mime/packages/gesso.xml", "*.gesso", "*.gess"), {"file type"}),
        (lambda root: (root / "usr/lib/gesso/_internal/libxcb-cursor.so.0").unlink(), {"bundled libraries"}),
        (linked_away, {"bundled libraries"}),
        (lambda root: os.truncate(root / "usr/share/man/man1/gesso.1.gz", 40), {"manual"}),
        (edited("usr/lib/gesso/gesso", "1.2.3", "1.2.2"), {"start"}),
        (edited("usr/lib/gesso/gesso", "echo", "echo a warning >&2; echo"), {"start"}),
    ],
)
def test_what_is_not_right_with_the_package_is_named(
    checked: Callable[[Spoil], list[str]], spoil: Spoil, failed: set[str]
) -> None:
    assert set(checked(spoil)) == failed
