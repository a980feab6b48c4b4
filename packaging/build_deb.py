"""The Debian package: the frozen app in /usr/lib/gesso, with what a desktop needs to know it by."""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
from email.utils import formatdate
from pathlib import Path

import build_lighten
import build_papers

LINUX = Path(__file__).resolve().parent / "linux"
MAINTAINER = "The makers of Gesso <gesso@invalid>"
COPYRIGHT = """Copyright: the makers of Gesso
License: Apache-2.0
 On Debian systems the whole text is in /usr/share/common-licenses/Apache-2.0.

The licences of everything that Gesso is made with lie in /usr/lib/gesso/licences.
"""
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
ALWAYS = ("libgl1", "libegl1", "libfontconfig1", "libwayland-client0", "libwayland-cursor0")
"""Loaded by name or by plug-ins that the machine of the build cannot open itself."""


def outside_libraries(app: Path) -> list[Path]:
    """The system's libraries that the app asks for by name and does not bring; what those need is their own affair."""
    programs = [*build_lighten.libraries(app), app / "gesso"]
    inside = {path.name for path in app.rglob("*.so*")}
    asked = {name for program in programs for name in build_lighten.needed(program)} - inside
    found: dict[str, Path] = {}
    for program in programs:
        for name, place in re.findall(r"^\s*(\S+) => (/\S+) \(", _ldd(program), re.MULTILINE):
            if name in asked:
                found[name] = Path(place)
    return [found[name] for name in sorted(found)]


def _ldd(library: Path) -> str:
    return subprocess.run(["ldd", str(library)], capture_output=True, text=True).stdout


def libc(app: Path) -> str:
    """The oldest C library that has everything the app calls, such as 2.34: often older than this machine's own."""
    newest = (0,)
    for program in [*build_lighten.libraries(app), app / "gesso"]:
        for version in build_lighten.symbols(program, "--undefined-only").values():
            if number := re.fullmatch(r"GLIBC_([\d.]+)", version):
                newest = max(newest, tuple(map(int, number[1].split("."))))
    return ".".join(map(str, newest))


def depends(app: Path) -> list[str]:
    """Debian packages of those libraries, the C library with the least version."""
    packages = build_papers.packages_of(outside_libraries(app)) | set(ALWAYS)
    return [f"libc6 (>= {libc(app)})", *sorted(packages - {"libc6"})]


def lay_out(app: Path, icons: Path, root: Path, version: str, machine: str, needs: list[str]) -> Path:
    """The package's tree, ready for dpkg-deb."""
    shutil.rmtree(root, ignore_errors=True)
    share = root / "usr" / "share"
    shutil.copytree(app, root / "usr" / "lib" / "gesso", symlinks=True, copy_function=_link)
    (root / "usr" / "bin").mkdir(parents=True)
    os.symlink("../lib/gesso/gesso", root / "usr" / "bin" / "gesso")
    _put(LINUX / "gesso.desktop", share / "applications" / "gesso.desktop")
    _put(LINUX / "gesso.xml", share / "mime" / "packages" / "gesso.xml")
    _put(LINUX / "studio.gesso.Gesso.metainfo.xml", share / "metainfo" / "studio.gesso.Gesso.metainfo.xml")
    for png in icons.glob("*.png"):
        folder = share / "icons" / "hicolor" / f"{png.stem}x{png.stem}"
        _put(png, folder / "apps" / "gesso.png")
        _put(png, folder / "mimetypes" / "application-x-gesso.png")
    svg = app / "_internal" / "resources" / "icons" / "gesso.svg"
    _put(svg, share / "icons" / "hicolor" / "scalable" / "apps" / "gesso.svg")
    _put(svg, share / "icons" / "hicolor" / "scalable" / "mimetypes" / "application-x-gesso.svg")
    _pack(LINUX / "gesso.1", share / "man" / "man1" / "gesso.1.gz")
    _documents(share / "doc" / "gesso", version)
    size_kib = sum(os.lstat(path).st_size for path in root.rglob("*") if not path.is_dir()) // 1024
    (root / "DEBIAN").mkdir()
    (root / "DEBIAN" / "control").write_text(
        f"Package: gesso\nVersion: {version}\nArchitecture: {ARCHITECTURES.get(machine, machine)}\n"
        f"Maintainer: {MAINTAINER}\nInstalled-Size: {size_kib}\nSection: graphics\nPriority: optional\n"
        f"Depends: {', '.join(needs)}\n"
        "Recommends: fonts-noto-cjk | fonts-wqy-microhei, shared-mime-info, desktop-file-utils\n"
        "Description: offline studio in which small neural networks assist artists\n"
        " Paint on layers, and ask small neural networks for proposals that you keep,\n"
        " change or put away. Everything happens on this computer, without a network.\n",
        encoding="utf-8",
    )
    return root


def _documents(folder: Path, version: str) -> None:
    """What Debian wants of every package: whose it is, and its changes in Debian's form; ours lie beside them."""
    news = LINUX.parents[1] / "CHANGELOG.md"
    _pack(news, folder / "NEWS.md.gz")
    dated = formatdate(int(os.environ.get("SOURCE_DATE_EPOCH", news.stat().st_mtime)))
    changes = f"gesso ({version}) unstable; urgency=medium\n\n  * See NEWS.md.gz.\n\n -- {MAINTAINER}  {dated}\n"
    (folder / "changelog.gz").write_bytes(gzip.compress(changes.encode(), 9, mtime=0))
    (folder / "copyright").write_text(COPYRIGHT, encoding="utf-8")


def _link(source: str, target: str) -> None:
    """A second name for the file instead of a second copy, where the disk can."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _put(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)


def _pack(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress(source.read_bytes(), 9, mtime=0))


def build(app: Path, icons: Path, work: Path, dist: Path, version: str, machine: str) -> Path:
    """`gesso_<version>_<architecture>.deb` in the folder of results."""
    root = lay_out(app, icons, work / "deb", version, machine, depends(app))
    made = dist / f"gesso_{version}_{ARCHITECTURES.get(machine, machine)}.deb"
    part = made.with_suffix(".part")
    done = subprocess.run(
        ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z9", "--build", str(root), str(part)], stdout=subprocess.DEVNULL
    )
    shutil.rmtree(root)
    if done.returncode:
        part.unlink(missing_ok=True)
        raise SystemExit("The Debian package could not be made; what dpkg-deb said stands above.")
    os.replace(part, made)
    return made
