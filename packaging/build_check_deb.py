"""Install the Debian package into a root of its own and look at it as a desktop would. Standard library only."""

from __future__ import annotations

import configparser
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import build_check

APP = Path("usr/lib/gesso")
INSIDE = ("libxcb-cursor.so.0", "libxcb-icccm.so.4", "libxkbcommon-x11.so.0")
"""What Qt needs on X and many desktops do not have."""


def output(*command: object) -> str:
    """What a program said; an error that tells all of it when it did not end well."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    assert done.returncode == 0, (done.stdout + done.stderr)[-1500:]
    return done.stdout


def install(package: Path, root: Path) -> str:
    """By dpkg where that is allowed, which also sees files in each other's way; otherwise by unpacking."""
    if os.geteuid() != 0 or not shutil.which("dpkg"):
        output("dpkg-deb", "-x", package, root)
        return "unpacked"
    base = root / "var" / "lib" / "dpkg"
    for folder in ("info", "updates"):
        (base / folder).mkdir(parents=True)
    (base / "status").touch()
    output("dpkg", f"--root={root}", "--force-depends", "--no-triggers", "-i", package)
    status = output("dpkg-query", f"--admindir={base}", "-W", "-f", "${db:Status-Status} ${Version}", "gesso")
    return f"by dpkg: {status}"


def control(package: Path, version: str) -> str:
    fields = dict(line.split(": ", 1) for line in output("dpkg-deb", "-f", package).splitlines() if line[0] > " ")
    assert fields["Package"] == "gesso" and fields["Version"] == version, fields
    depends = fields["Depends"].split(", ")
    assert len(depends) == len(set(depends)) and depends[0].startswith("libc6 (>= "), depends
    assert not any(name.startswith(("python", "libpython", "libxcb-cursor")) for name in depends), depends
    return f"{len(depends)} packages, {depends[0]}"


def owned(package: Path) -> str:
    """Everything is root's, nothing can be written by others, nothing lies outside /usr."""
    listed = output("dpkg-deb", "-c", package).splitlines()
    for line in listed:
        rights, owner, path = line.split()[0], line.split()[1], line.split(None, 5)[5]
        assert owner == "root/root", line
        assert rights[0] == "l" or rights[8] != "w", line
        assert path.startswith("./usr/") or path in ("./", "./usr"), line
    return f"{len(listed)} entries"


def desktop(root: Path) -> str:
    """What the desktop file names is there, and its own judge is content where it is at hand."""
    file = root / "usr" / "share" / "applications" / "gesso.desktop"
    entry = configparser.RawConfigParser(delimiters="=", interpolation=None)
    entry.optionxform = str
    entry.read_string(file.read_text(encoding="utf-8"))
    told = entry["Desktop Entry"]
    for program in (told["TryExec"], told["Exec"].split()[0]):
        started = root / "usr" / "bin" / program
        assert os.access(started, os.X_OK) and started.resolve() == (root / APP / "gesso").resolve(), program
    themes = root / "usr" / "share" / "icons" / "hicolor"
    sizes = sorted(path.parts[-3] for path in themes.glob(f"*/apps/{told['Icon']}.*"))
    assert {"16x16", "48x48", "256x256", "scalable"} <= set(sizes), sizes
    assert "application/x-gesso" in told["MimeType"].split(";")
    judged = []
    meta = root / "usr" / "share" / "metainfo" / "studio.gesso.Gesso.metainfo.xml"
    for command in (("desktop-file-validate", file), ("appstreamcli", "validate", "--no-net", meta)):
        if shutil.which(command[0]):
            output(*command)
            judged.append(command[0])
    return f"icons of {len(sizes)} sizes; {', '.join(judged) or 'no judge of it is here'}"


def mime(root: Path) -> str:
    """The system's own program learns from the package what a `.gesso` file is, and its icon is there."""
    folder = root / "usr" / "share" / "mime"
    kind = "application-x-gesso"
    assert list((root / "usr/share/icons/hicolor").glob(f"scalable/mimetypes/{kind}.svg")), "no icon"
    if not shutil.which("update-mime-database"):
        assert "*.gesso" in (folder / "packages" / "gesso.xml").read_text(encoding="utf-8")
        return "as written; update-mime-database is not here"
    output("update-mime-database", folder)
    learnt = (folder / "globs2").read_text(encoding="utf-8").splitlines()
    assert "60:application/x-gesso:*.gesso" in learnt, learnt
    assert (folder / "application" / "x-gesso.xml").is_file()
    return learnt[-1]


def bundled(root: Path) -> str:
    libraries = root / APP / "_internal"
    lacking = [name for name in INSIDE if not (libraries / name).is_file()]
    assert not lacking, f"missing: {lacking}"
    astray = [
        str(path)
        for path in root.rglob("*")
        if path.is_symlink() and (path.readlink().is_absolute() or not path.resolve().is_relative_to(root.resolve()))
    ]
    assert not astray, f"links out of the package: {astray[:5]}"
    return ", ".join(INSIDE)


def manual(root: Path) -> str:
    share = root / "usr" / "share"
    page = output("gzip", "-dc", share / "man" / "man1" / "gesso.1.gz")
    assert page.startswith(".TH GESSO 1") and ".SH SYNOPSIS" in page
    assert (share / "doc" / "gesso" / "copyright").stat().st_size
    return "gesso(1)"


def starts(root: Path, version: str) -> str:
    """By the name that the shell and the desktop use."""
    done = subprocess.run(
        [root / "usr" / "bin" / "gesso", "--version"], env={"PATH": "/none", "HOME": str(root), "LANG": "C.UTF-8"},
        capture_output=True, text=True, timeout=build_check.PATIENCE_SECONDS,
    )  # fmt: skip
    assert build_check.said(done).strip() == f"gesso {version}", done.stdout
    return done.stdout.strip()


def removed(root: Path) -> str:
    """Nothing of it stays."""
    base = root / "var" / "lib" / "dpkg"
    if not base.is_dir():
        return "not installed by dpkg"
    output("dpkg", f"--root={root}", "--no-triggers", "-P", "gesso")
    left = [path for path in (root / "usr").rglob("*") if re.search(r"gesso", path.name) and "mime/" not in str(path)]
    assert not left, left
    return "nothing left"


def check(package: Path, version: str) -> list[str]:
    """Look at everything; the names of what was not right."""
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as made:
        root = Path(made) / "root"
        root.mkdir()
        looks: dict[str, Callable[[], str]] = {
            "control": lambda: control(package, version),
            "owners": lambda: owned(package),
            "install": lambda: install(package, root),
            "desktop file": lambda: desktop(root),
            "bundled libraries": lambda: bundled(root),
            "manual": lambda: manual(root),
            "start": lambda: starts(root, version),
            "file type": lambda: mime(root),
            "removal": lambda: removed(root),
        }
        for name, found in looks.items():
            build_check.look(f"package: {name}", found, failed)
    return failed
