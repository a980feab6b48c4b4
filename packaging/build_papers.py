"""The licences of everything inside the app, in one folder of it: what is given on has to say whose it is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path

PAPER = re.compile(r"(^|/)(LICEN[CS]ES?|COPYING|NOTICE|AUTHORS|ThirdPartyNotices)[^/]*(/[^/]+)?$", re.IGNORECASE)
QT_NOTICE = """Gesso uses Qt and Qt for Python (PySide6) under the GNU Lesser General Public License, version 3.
They are dynamic libraries in this app's folder PySide6 and may be replaced by other builds of the same version.
Their source: https://download.qt.io/official_releases/ ; the licence: Qt/LGPL-3.0.txt, which builds on Qt/GPL-3.0.txt.
"""
TEXTS = Path(__file__).resolve().parent / "licences"
COMMON = Path("/usr/share/common-licenses")
"""Where Debian's papers refer to."""


def collect(folder: Path, distributions: Iterable[str], root: Path, system_libraries: Iterable[Path]) -> list[str]:
    """Copy the papers of Python distributions and of the system's own libraries; the names of what has none at all.

    A distribution that brings no text is told by its terms, as its makers say them, and its home page.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copyfile(root / "LICENSE", folder / "Gesso.txt")
    (folder / "Qt.txt").write_text(QT_NOTICE, encoding="utf-8")
    shutil.copytree(TEXTS, folder / "Qt")
    python = Path(sys.base_prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "LICENSE.txt"
    for paper in (python, Path(sys.base_prefix) / "LICENSE.txt"):
        if paper.is_file():
            shutil.copyfile(paper, folder / "Python.txt")
    without = []
    for name in distributions:
        try:
            files = metadata.distribution(name).files or []
        except metadata.PackageNotFoundError:
            continue
        papers = [file for file in files if PAPER.search(str(file)) and file.suffix not in (".py", ".pyc")]
        for file in papers:
            target = folder / name / re.sub(r"^.*?\.dist-info/(licenses/)?", "", str(file)).replace("/", "_")
            target.parent.mkdir(exist_ok=True)
            shutil.copyfile(file.locate(), target)
        if not papers:
            terms = metadata.metadata(name)
            (folder / name).mkdir(exist_ok=True)
            said = terms.get("License-Expression") or terms.get("License") or ""
            home = terms.get("Home-page") or ", ".join(terms.get_all("Project-URL") or [])
            (folder / name / "terms.txt").write_text(f"{name} {terms['Version']}\n{said}\n{home}\n", encoding="utf-8")
            without += [] if said else [name]
    return [*without, *_collect_system(folder / "system", list(system_libraries))]


def _collect_system(folder: Path, libraries: list[Path]) -> list[str]:
    """Debian's papers, and the whole texts that they refer to; the libraries that have none."""
    owners = owners_of(libraries)
    without = [library.name for library in libraries if library not in owners]
    for package in sorted(set(owners.values())):
        paper = Path("/usr/share/doc") / package / "copyright"
        if not paper.is_file():
            without.append(package)
            continue
        folder.mkdir(exist_ok=True)
        shutil.copyfile(paper, folder / f"{package}.txt")
        for name in re.findall(rf"{COMMON}/([\w.-]*\w)", paper.read_text(encoding="utf-8", errors="replace")):
            if (COMMON / name).is_file():
                (folder / "texts").mkdir(exist_ok=True)
                shutil.copyfile(COMMON / name, folder / "texts" / f"{name}.txt")
    return without


def owners_of(libraries: Iterable[Path]) -> dict[Path, str]:
    """The Debian package that each file belongs to; empty where there is no dpkg.

    It knows files by where they were put, which may be `/lib` where the same folder is `/usr/lib` now, or a link's target.
    """
    if not shutil.which("dpkg-query"):
        return {}
    names: dict[str, Path] = {}
    for library in libraries:
        for path in (library, library.resolve()):
            short = str(path).removeprefix("/usr")
            names |= {short: library, f"/usr{short}": library}
    done = subprocess.run(["dpkg-query", "-S", *names], capture_output=True, text=True) if names else None
    found = {}
    for line in done.stdout.splitlines() if done else ():
        package, _, path = line.rpartition(": ")
        if path in names and not package.startswith("diversion "):
            found[names[path]] = package.split(":")[0].split(",")[0].strip()
    return found


def packages_of(libraries: Iterable[Path]) -> set[str]:
    """The Debian packages that files belong to; empty where there is no dpkg."""
    return set(owners_of(libraries).values())
