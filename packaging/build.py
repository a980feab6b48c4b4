"""Freeze the studio and pack it for this system; `dev.py build` runs it in an environment made for that.

    build.py app [--no-installer] [--free-only] | check [--free-only] | gpu-pack [--key FILE]

`--free-only` leaves out the models on stricter terms than attribution. Results lie in `dist/`: the folder `gesso`, its installer, and the GPU pack.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import build_check
import build_check_deb
import build_icons
import build_lighten
import build_papers
import build_terms

ROOT = Path(__file__).resolve().parents[1]
WORK, DIST = ROOT / "build", ROOT / "dist"
APP = DIST / "gesso"
MOST_BYTES = 350_000_000
PAPERS = ("PySide6_Essentials", "opencv-python-headless", "onnxruntime-gpu", "onnxruntime", "numpy")
"""Distributions whose version `gesso doctor` tells."""
TOOLS = {"pip", "setuptools", "altgraph", "macholib", "pefile", "pywin32-ctypes", "pyinstaller-hooks-contrib"}
"""What the build needs and the app does not hold; PyInstaller's own start of the program is in it."""
PARTS = {
    "Qt": ("PySide6", "shiboken6"),
    "OpenCV": ("cv2", "opencv_python_headless.libs"),
    "ONNX Runtime": ("onnxruntime",),
    "NumPy": ("numpy", "numpy.libs"),
    "Pillow": ("PIL", "pillow.libs"),
    "cryptography": ("cryptography", "_cffi_backend*"),
    "PSD, SVG and pinyin": ("psd_tools", "resvg_py", "pypinyin"),
    "Python": ("libpython*", "python3*", "base_library.zip", "Python*"),
    "libraries of the system": ("lib*.so*",),
    "models": ("resources/models",),
    "guide": ("resources/guide",),
    "other resources": ("resources",),
    "programs, with all code of Python": ("../gesso", "../gesso.exe", "../gesso-studio.exe", "../MacOS"),
    "licences": ("../licences", "../Resources/licences"),
}
"""Part -> what of the app belongs to it, seen from its folder of libraries; the first that fits counts."""


def version() -> str:
    """The studio's own; this environment holds everything but the studio."""
    code = (ROOT / "desktop" / "gesso" / "__init__.py").read_text(encoding="utf-8")
    return re.findall(r'^__version__ = "(.+)"$', code, re.MULTILINE)[0]


def inside() -> Path:
    """The folder of libraries and resources in the app."""
    return DIST / "Gesso.app" / "Contents" / "Frameworks" if sys.platform == "darwin" else APP / "_internal"


def freeze(free_only: bool = False) -> None:
    icons = WORK / "icons"
    build_icons.make(ROOT / "resources" / "icons" / "gesso.svg", icons)
    there = [name for name in PAPERS if _is_installed(name)]
    environment = {
        **os.environ, "GESSO_VERSION": version(), "GESSO_ICONS": str(icons), "GESSO_PAPERS": " ".join(there),
        "GESSO_FREE_ONLY": "1" if free_only else "",
    }  # fmt: skip
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", "--distpath", str(DIST)]
    command += ["--workpath", str(WORK / "pyinstaller"), str(ROOT / "packaging" / "gesso.spec")]
    subprocess.run(command, check=True, env=environment, cwd=ROOT)


def _is_installed(name: str) -> bool:
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def sizes(folder: Path, whole: int) -> dict[str, int]:
    """Bytes by part, largest first; what of the whole app belongs to none is `the rest`."""
    found = dict.fromkeys(PARTS, 0)
    counted: set[Path] = set()
    for part, patterns in PARTS.items():
        for pattern in patterns:
            for path in folder.glob(pattern):
                files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
                fresh = {file for file in files if not file.is_symlink()} - counted
                found[part] += sum(file.stat().st_size for file in fresh)
                counted |= fresh
    found["the rest"] = whole - sum(found.values())
    return dict(sorted(found.items(), key=lambda part: -part[1]))


def tell_sizes() -> int:
    """Print how large the app is, by part; the whole in bytes."""
    whole = build_lighten.size_of(DIST / "Gesso.app" if sys.platform == "darwin" else APP)
    for part, size in sizes(inside(), whole).items():
        print(f"{size / 1e6:8.1f} MB  {part}")
    print(f"{whole / 1e6:8.1f} MB  the app, unpacked")
    return whole


def installer() -> Path | None:
    """The system's own kind of package, made with the system's own program; nothing where that is missing."""
    if sys.platform == "linux" and shutil.which("dpkg-deb"):
        import build_deb

        return build_deb.build(APP, WORK / "icons", WORK, DIST, version(), platform.machine())
    if sys.platform == "win32":
        compiler = shutil.which("ISCC") or str(Path(os.environ.get("PROGRAMFILES(X86)", "")) / "Inno Setup 6/ISCC.exe")
        if Path(compiler).is_file():
            recipe = ROOT / "packaging" / "windows" / "gesso.iss"
            subprocess.run([compiler, "/Q", f"/DVersion={version()}", f"/O{DIST}", str(recipe)], check=True)
            return DIST / f"gesso-{version()}-setup.exe"
    if sys.platform == "darwin":
        subprocess.run(["bash", str(ROOT / "packaging" / "macos" / "package.sh"), version()], check=True)
        return DIST / f"gesso-{version()}.dmg"
    return None


def system_libraries() -> list[Path]:
    """Where the system's own libraries in the app came from; Python's own comes with Python's paper."""
    folders = [
        Path(folder) for folder in ("/usr/lib/x86_64-linux-gnu", "/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib")
    ]
    libraries = (path.name for path in inside().glob("lib*.so*") if not path.is_symlink())
    names = [name for name in libraries if not name.startswith("libpython")]
    return [
        place for name in names for place in [next((f / name for f in folders if (f / name).exists()), None)] if place
    ]


def app(arguments: list[str]) -> int:
    free_only = "--free-only" in arguments
    freeze(free_only)
    for package, terms in build_terms.left_out(ROOT / "resources").items() if free_only else ():
        print(f"left out: {package} ({terms})")
    if sys.platform == "linux":
        for line in build_lighten.lighten(inside()):
            print(line)
    licences = (inside().parent / "Resources" if sys.platform == "darwin" else APP) / "licences"
    names = sorted({distribution.metadata["Name"] for distribution in metadata.distributions()})
    lacking = build_papers.collect(licences, [name for name in names if name not in TOOLS], ROOT, system_libraries())
    if lacking:
        print(f"No licence was found for what the app brings: {', '.join(lacking)}", file=sys.stderr)
        return 1
    whole = tell_sizes()
    if whole > MOST_BYTES:
        print(f"The app is larger than {MOST_BYTES / 1e6:.0f} MB: look at the parts above.", file=sys.stderr)
        return 1
    if "--no-installer" not in arguments:
        made = installer()
        if made is None:
            print("No installer was made: this system's program for it (dpkg-deb, Inno Setup, hdiutil) is not here.")
        else:
            print(f"{made.stat().st_size / 1e6:8.1f} MB  {made.relative_to(ROOT)}")
    if sys.platform != "darwin" and not list(DIST.glob(f"gesso-gpu-{version()}-*.zip")):
        print(
            "No GPU pack of this version lies in dist: without one NVIDIA GPUs stay idle. dev.py build gpu-pack --key FILE"
        )
    return 0


def check(arguments: list[str]) -> int:
    """Open the built app, see `build_check.py`."""
    folder, program = (DIST / "Gesso.app", "Contents/MacOS/gesso") if sys.platform == "darwin" else (APP, "gesso")
    if not folder.is_dir():
        print("There is no built app yet: python3 packaging/dev.py build", file=sys.stderr)
        return 1
    program += ".exe" if sys.platform == "win32" else ""
    without = build_terms.left_out(ROOT / "resources") if "--free-only" in arguments else {}
    failed = build_check.check(folder, version(), ROOT / "resources", program, without)
    package = next(DIST.glob(f"gesso_{version()}_*.deb"), None)
    if package is not None and shutil.which("dpkg-deb"):
        failed += build_check_deb.check(package, version())
    print("The built app is right." if not failed else f"Not right: {', '.join(failed)}")
    return 1 if failed else 0


def gpu_pack(arguments: list[str]) -> int:
    import build_gpu_pack

    key = Path(arguments[arguments.index("--key") + 1]) if "--key" in arguments[:-1] else None
    made = build_gpu_pack.build(WORK, DIST, version(), key)
    print(f"{made.stat().st_size / 1e6:8.1f} MB  {made.relative_to(ROOT)}")
    return 0


COMMANDS = {"app": app, "check": check, "gpu-pack": gpu_pack}

if __name__ == "__main__":
    if sys.argv[1:2] == [] or sys.argv[1] not in COMMANDS:
        print(__doc__)
        sys.exit(2)
    sys.exit(COMMANDS[sys.argv[1]](sys.argv[2:]))
