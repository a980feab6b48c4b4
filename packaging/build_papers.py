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
Their source: https://download.qt.io/official_releases/ ; the licence: https://www.gnu.org/licenses/lgpl-3.0.html
"""


def collect(folder: Path, distributions: Iterable[str], root: Path, system_libraries: Iterable[Path]) -> list[str]:
    """Copy the papers of Python distributions and of the system's own libraries; the names of those without any."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copyfile(root / "LICENSE", folder / "Gesso.txt")
    (folder / "Qt.txt").write_text(QT_NOTICE, encoding="utf-8")
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
            said = terms.get("License-Expression") or terms.get("License") or "see its home page"
            home = terms.get("Home-page") or ", ".join(terms.get_all("Project-URL") or [])
            (folder / name / "terms.txt").write_text(f"{name} {terms['Version']}\n{said}\n{home}\n", encoding="utf-8")
            without.append(name)
    for package in sorted(packages_of(system_libraries)):
        paper = Path("/usr/share/doc") / package / "copyright"
        if paper.is_file():
            (folder / "system").mkdir(exist_ok=True)
            shutil.copyfile(paper, folder / "system" / f"{package}.txt")
    return without


def packages_of(libraries: Iterable[Path]) -> set[str]:
    """The Debian packages that files belong to; empty where there is no dpkg."""
    if not shutil.which("dpkg-query"):
        return set()
    found = set()
    for library in libraries:
        for path in {library, Path(str(library).replace("/lib/", "/usr/lib/", 1)), library.resolve()}:
            done = subprocess.run(["dpkg-query", "-S", str(path)], capture_output=True, text=True)
            if done.returncode == 0:
                found.add(done.stdout.split(":")[0].strip())
                break
    return found
