"""Freezing and packing: what goes into the app, the Debian package, the GPU pack, the recipes of other systems."""

from __future__ import annotations

import base64
import os
import plistlib
import re
import subprocess
import sys
import xml.etree.ElementTree as xml
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gesso.engine.gpu_pack import PROVIDER, GpuPacks
from gesso.files.pictures import READABLE
from gesso.values import Progress
from tests.packages import new_key, trust_in

ROOT = Path(__file__).resolve().parents[2]
PACKAGING = ROOT / "packaging"
Script = Callable[[str], ModuleType]


@pytest.fixture(autouse=True)
def beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """The scripts of the build know each other by name."""
    monkeypatch.syspath_prepend(str(PACKAGING))


@pytest.mark.parametrize(
    ("inside", "system", "wanted"),
    [
        ("onnxruntime/capi/onnxruntime_pybind11_state.cpython-311-x86_64-linux-gnu.so", "linux", True),
        ("onnxruntime/capi/libonnxruntime_providers_shared.so", "linux", True),
        ("onnxruntime/capi/libonnxruntime_providers_cuda.so", "linux", False),
        ("onnxruntime/capi/libonnxruntime_providers_tensorrt.so", "linux", False),
        ("onnxruntime/capi/libonnxruntime.so.1.31.1", "linux", False),
        ("onnxruntime\\capi\\onnxruntime_providers_cuda.dll", "win32", False),
        ("PySide6/Qt/lib/libQt6Gui.so.6", "linux", True),
        ("PySide6/Qt/lib/libQt6Quick.so.6", "linux", False),
        ("PySide6/QtWebEngineCore.abi3.so", "linux", False),
        ("PySide6/QtGui.abi3.so", "linux", True),
        ("PySide6\\Qt6Widgets.dll", "win32", True),
        ("PySide6\\Qt6Pdf.dll", "win32", False),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", "linux", True),
        ("PySide6/Qt/plugins/platforms/libqeglfs.so", "linux", False),
        ("PySide6/Qt/plugins/imageformats/libqpdf.so", "linux", False),
        ("PySide6/Qt/plugins/sqldrivers/libqsqlite.so", "linux", False),
        ("PySide6/Qt/plugins/platforminputcontexts/libibusplatforminputcontextplugin.so", "linux", True),
        ("PySide6/plugins/platforms/qwindows.dll", "win32", True),
        ("PySide6/Qt/translations/qtbase_zh_CN.qm", "linux", False),
        ("cv2/qt/plugins/platforms/libqxcb.so", "linux", False),
        ("cv2/cv2.abi3.so", "linux", True),
        ("libxcb-cursor.so.0", "linux", True),
        ("libstdc++.so.6", "linux", False),
        ("libfontconfig.so.1", "linux", False),
        ("gesso.egg-info/PKG-INFO", "linux", False),
        ("gesso-0.1.0.dist-info/METADATA", "linux", False),
        ("numpy-2.4.6.dist-info/METADATA", "linux", True),
    ],
)
def test_what_goes_into_the_app(script: Script, inside: str, system: str, wanted: bool) -> None:
    assert script("build_parts.py").is_wanted(inside, system) is wanted


def test_the_frozen_app_stands_on_the_versions_that_are_tested(script: Script) -> None:
    lock = script("dev.py").frozen_lock()
    tested = (PACKAGING / "locks" / "app.txt").read_text().splitlines()
    assert {line.replace("-headless", "") for line in lock} >= set(tested) - {
        line for line in tested if line.startswith(("PySide6==", "PySide6_Addons=="))
    }
    text = "\n".join(lock)
    assert re.search(r"^PySide6_Essentials==", text, re.MULTILINE) and "Addons" not in text and "torch" not in text
    assert "pyinstaller==" in text and all("==" in line for line in lock)


def test_build_is_told_what_to_make(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    dev = script("dev.py")
    called: list[list[str]] = []
    monkeypatch.setattr(dev, "setup_build", lambda: Path("python"))
    monkeypatch.setattr(dev, "build_native", lambda python: None)
    monkeypatch.setattr(dev, "call", lambda *command: called.append([str(part) for part in command]) or 0)
    for words in ([], ["--no-installer"], ["check"], ["gpu-pack", "--key", "k"]):
        assert dev.main(["build", *words]) == 0
    assert [command[2:] for command in called] == [
        ["app"], ["app", "--no-installer"], ["check"], ["gpu-pack", "--key", "k"],
    ]  # fmt: skip
    assert dev.main(["build", "nonsense"]) == 2 and len(called) == 4


def test_sizes_add_up_and_count_nothing_twice(script: Script, tmp_path: Path) -> None:
    for name, size in {
        "cv2/a.so": 5, "resources/models/m/x.onnx": 7, "resources/icons/i.svg": 2, "odd.bin": 3, "numpy/n.so": 4,
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(bytes(size))
    os.symlink(tmp_path / "cv2" / "a.so", tmp_path / "a.so")
    found = script("build.py").sizes(tmp_path, 30)
    assert (found["OpenCV"], found["models"], found["other resources"], found["the rest"]) == (5, 7, 2, 12)
    assert sum(found.values()) == 30


def test_the_debian_package_is_laid_out(script: Script, tmp_path: Path) -> None:
    app, icons = tmp_path / "gesso", tmp_path / "icons"
    (app / "_internal" / "resources" / "icons").mkdir(parents=True)
    (app / "licences").mkdir()
    (app / "gesso").write_text("program")
    (app / "licences" / "Gesso.txt").write_text("terms")
    (app / "_internal" / "resources" / "icons" / "gesso.svg").write_text("<svg/>")
    icons.mkdir()
    for size in (16, 256):
        (icons / f"{size}.png").write_bytes(b"png")
    root = script("build_deb.py").lay_out(
        app, icons, tmp_path / "deb", "1.2.3", "x86_64", ["libc6 (>= 2.36)", "zlib1g"]
    )
    files = {path.relative_to(root).as_posix() for path in root.rglob("*") if not path.is_dir()}
    assert files >= {
        "DEBIAN/control", "usr/lib/gesso/gesso", "usr/bin/gesso", "usr/share/applications/gesso.desktop",
        "usr/share/mime/packages/gesso.xml", "usr/share/man/man1/gesso.1.gz", "usr/share/doc/gesso/copyright",
        "usr/share/icons/hicolor/256x256/apps/gesso.png", "usr/share/icons/hicolor/scalable/apps/gesso.svg",
        "usr/share/icons/hicolor/16x16/mimetypes/application-x-gesso.png",
    }  # fmt: skip
    assert (root / "usr" / "bin" / "gesso").resolve() == (root / "usr" / "lib" / "gesso" / "gesso")
    control = dict(
        line.split(": ", 1) for line in (root / "DEBIAN" / "control").read_text().splitlines() if line[0] > " "
    )
    assert control["Version"] == "1.2.3" and control["Architecture"] == "amd64"
    assert control["Depends"] == "libc6 (>= 2.36), zlib1g" and int(control["Installed-Size"]) >= 0


@pytest.fixture
def compiled(tmp_path: Path) -> Callable[..., Path]:
    """A small library, linked with what is given."""

    def compile(name: str, *options: str, code: str = "double f(double x) { return x; }") -> Path:
        source, made = tmp_path / f"{name}.c", tmp_path / "app" / "_internal" / f"lib{name}.so"
        made.parent.mkdir(parents=True, exist_ok=True)
        source.write_text(code)
        subprocess.run(["cc", "-shared", "-fPIC", "-o", made, source, *options], check=True)
        return made

    return compile


def places(library: Path) -> list[str]:
    listed = subprocess.run(["readelf", "-d", str(library)], capture_output=True, text=True, check=True).stdout
    return re.findall(r"R(?:UN)?PATH.*\[(.*)\]", listed)


@pytest.mark.parametrize("way", ["--enable-new-dtags", "--disable-new-dtags"])
def test_libraries_forget_where_they_were_built(script: Script, compiled: Callable[..., Path], way: str) -> None:
    import ctypes

    lighten = script("build_lighten.py")
    far = compiled("far", f"-Wl,{way}", "-Wl,-rpath,/home/maker/python/lib", "-lm", code=COSINE)
    near = compiled("near", f"-Wl,{way}", "-Wl,-rpath,$ORIGIN/../lib")
    none = compiled("none")
    app, needs = far.parent, lighten.needed(far)
    before = [library.read_bytes() for library in (near, none)]
    assert places(far) == ["/home/maker/python/lib"] and needs >= {"libm.so.6"}
    assert lighten.forget_places(app) == ["libfar.so"]
    assert places(far) == [] and b"/home/maker" not in far.read_bytes() and lighten.needed(far) == needs
    assert [library.read_bytes() for library in (near, none)] == before and places(near) == ["$ORIGIN/../lib"]
    function = ctypes.CDLL(str(far)).lib
    function.restype = ctypes.c_double
    assert function() == 1.0
    assert lighten.forget_places(app) == []


COSINE = "#include <math.h>\ndouble zero;\ndouble lib(void) { return cos(zero); }"
"""Its name is the end of the place that is forgotten, and a linker may write both but once."""


def test_the_debian_package_asks_for_what_is_called_and_no_more(script: Script, compiled: Callable[..., Path]) -> None:
    deb = script("build_deb.py")
    app = compiled("own").parent.parent
    user = compiled(
        "user", "-lm", f"-L{app / '_internal'}", "-lown", "-Wl,--no-as-needed", "-Wl,-rpath,$ORIGIN", code=COSINE
    )
    (app / "gesso").write_bytes(user.read_bytes())
    asked = {path.name for path in deb.outside_libraries(app)}
    assert asked >= {"libm.so.6", "libc.so.6"} and "libown.so" not in asked
    assert re.fullmatch(r"2\.\d+(\.\d+)?", deb.libc(app))
    here = tuple(map(int, os.confstr("CS_GNU_LIBC_VERSION").split()[1].split(".")))
    assert tuple(map(int, deb.libc(app).split("."))) <= here


def test_everything_in_the_app_has_its_licence(script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    papers = script("build_papers.py")
    stray = tmp_path / "libstray.so.1"
    stray.write_bytes(b"")
    folder = tmp_path / "licences"
    assert papers.collect(folder, ["pillow", "psd-tools", "PySide6_Essentials"], ROOT, [stray]) == ["libstray.so.1"]
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in (folder / "Qt" / "LGPL-3.0.txt").read_text()
    assert "GNU GENERAL PUBLIC LICENSE" in (folder / "Qt" / "GPL-3.0.txt").read_text()
    assert (
        "HPND" in (folder / "pillow" / "LICENSE").read_text() or (folder / "pillow" / "LICENSE").stat().st_size > 1000
    )
    assert "LGPL" in (folder / "PySide6_Essentials" / "terms.txt").read_text()
    assert (folder / "Gesso.txt").read_bytes() == (ROOT / "LICENSE").read_bytes()


def test_debian_knows_a_library_wherever_it_says_that_it_lies(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = script("build_papers.py")
    asked: list[str] = []

    def run(command: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.extend(command)
        answer = (
            "diversion by x from: /lib/a/libb.so.1\nlibb1:amd64: /lib/a/libb.so.1\nlibc1:amd64: /usr/lib/a/libc.so\n"
        )
        return subprocess.CompletedProcess(command, 1, answer, "no path found")

    monkeypatch.setattr(papers.shutil, "which", lambda name: name)
    monkeypatch.setattr(papers.subprocess, "run", run)
    b, c, d = (Path("/usr/lib/a") / name for name in ("libb.so.1", "libc.so", "libd.so"))
    assert papers.owners_of([b, c, d]) == {b: "libb1", c: "libc1"}
    assert {"/lib/a/libb.so.1", "/usr/lib/a/libb.so.1"} <= set(asked)


def test_a_built_gpu_pack_is_one_that_the_studio_installs(
    script: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    builder = script("build_gpu_pack.py")
    private = new_key(tmp_path / "release")
    key = tmp_path / "release.key"
    raw = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    key.write_bytes(base64.b64encode(raw) + b"\n")
    library = tmp_path / "a.so"
    library.write_bytes(bytes(5000))
    read = builder.private_key(key)
    assert isinstance(read, Ed25519PrivateKey)
    builder.write(tmp_path / "pack.zip", {PROVIDER: library, "licences/a.txt": key}, "1.2.3", read)
    packs = GpuPacks(tmp_path / "gpu", trust_in(tmp_path))
    assert packs.install(tmp_path / "pack.zip", Progress.silent()).version == "1.2.3"
    monkeypatch.delenv("GESSO_RELEASE_KEY", raising=False)
    with pytest.raises(SystemExit, match="has to be signed"):
        builder.private_key(None)


def test_the_libraries_of_a_wheel_are_taken(script: Script, tmp_path: Path) -> None:
    import zipfile

    wheel = tmp_path / "nvidia_x-1.0-py3-none-any.whl"
    names = (
        "nvidia/cu13/lib/libcublas.so.13", "nvidia/cu13/lib/libnvblas.so.13", "nvidia/cu13/include/a.h",
        "nvidia_x-1.0.dist-info/License.txt", "nvidia/cu13/bin/x86_64/cudart64_13.dll", "nvidia/__init__.py",
    )  # fmt: skip
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in names:
            archive.writestr(name, name)
    found = dict(script("build_gpu_pack.py").taken_from(wheel, tmp_path / "out"))
    assert set(found) == {"libcublas.so.13", "cudart64_13.dll", "licences/nvidia_x-License.txt"}
    assert all(file.is_file() for file in found.values())


def test_icons_are_drawn_in_every_size(script: Script, tmp_path: Path) -> None:
    from PIL import Image

    made = script("build_icons.py").make(ROOT / "resources" / "icons" / "gesso.svg", tmp_path)
    for file in made:
        with Image.open(file) as image:
            alpha = image.convert("RGBA").getchannel("A")
            assert file.suffix != ".png" or image.width == image.height == int(file.stem)
            assert alpha.getextrema() == (0, 255), file.name
    with Image.open(tmp_path / "gesso.ico") as icon:
        assert {(16, 16), (32, 32), (256, 256)} <= icon.info["sizes"]


def test_the_desktop_knows_the_project_file_by_one_name() -> None:
    mime = xml.parse(PACKAGING / "linux" / "gesso.xml").getroot()
    space = {"m": "http://www.freedesktop.org/standards/shared-mime-info"}
    assert [glob.get("pattern") for glob in mime.iterfind(".//m:glob", space)] == ["*.gesso"]
    assert mime.find("m:mime-type", space).get("type") == "application/x-gesso"
    desktop = dict(
        line.split("=", 1) for line in (PACKAGING / "linux" / "gesso.desktop").read_text().splitlines() if "=" in line
    )
    assert "application/x-gesso" in desktop["MimeType"].split(";") and desktop["Exec"] == "gesso open -- %F"
    assert 'app.setDesktopFileName("gesso")' in (ROOT / "desktop" / "gesso" / "app.py").read_text()
    xml.parse(PACKAGING / "linux" / "studio.gesso.Gesso.metainfo.xml")
    windows = (PACKAGING / "windows" / "gesso.iss").read_text(encoding="utf-8")
    spec = (PACKAGING / "gesso.spec").read_text(encoding="utf-8")
    assert 'ValueData: "application/x-gesso"' in windows and '"public.mime-type": "application/x-gesso"' in spec
    assert 'name="gesso-studio"' in spec and "{app}\\gesso-studio.exe" in windows


MEDIA = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".jpe": "image/jpeg", ".webp": "image/webp",
    ".tif": "image/tiff", ".tiff": "image/tiff", ".bmp": "image/bmp", ".gif": "image/gif", ".avif": "image/avif",
    ".svg": "image/svg+xml", ".ora": "image/openraster", ".psd": "image/vnd.adobe.photoshop",
    ".psb": "image/vnd.adobe.photoshop",
}  # fmt: skip
"""The names of freedesktop.org's shared-mime-info."""


def test_the_desktop_offers_gesso_for_every_picture_that_it_reads() -> None:
    desktop = (PACKAGING / "linux" / "gesso.desktop").read_text()
    (listed,) = re.findall(r"^MimeType=(.*);$", desktop, re.MULTILINE)
    assert set(listed.split(";")) == {"application/x-gesso", *(MEDIA[suffix] for suffix in READABLE)}


def test_the_windows_recipe_asks_for_no_administrator() -> None:
    recipe = (PACKAGING / "windows" / "gesso.iss").read_text(encoding="utf-8")
    sections = re.findall(r"^\[(\w+)\]$", recipe, re.MULTILINE)
    assert len(sections) == len(set(sections)) and {"Setup", "Files", "Registry", "Code"} <= set(sections)
    assert "PrivilegesRequired=lowest" in recipe and "Root: HKLM" not in recipe and "{autopf}" in recipe
    registry = recipe.partition("[Registry]")[2].partition("[Run]")[0].strip().splitlines()
    for line in registry:  # quotes are doubled inside a value, so that they are even in number
        assert line.startswith("Root: HKA;") and line.count('"') % 2 == 0, "an /ALLUSERS setup is for all of them"
    assert re.findall(r"\{cm:(\w+)[,}]", recipe) and all(
        name == "LaunchProgram" or f"en.{name}=" in recipe for name in re.findall(r"\{cm:(\w+)[,}]", recipe)
    )


def test_the_mac_recipe_signs_from_the_inside_out() -> None:
    recipe = PACKAGING / "macos" / "package.sh"
    bash = subprocess.run(["bash", "-n", str(recipe)], capture_output=True, text=True)
    assert bash.returncode == 0, bash.stderr
    steps = [
        "-name '*.dylib' -o -name '*.so'", "-name '*.framework'", 'find "$app/Contents/MacOS"',
        '"$here/entitlements.plist" "$app"', "--verify", "hdiutil create", "notarytool submit", "stapler staple",
    ]  # fmt: skip
    text = recipe.read_text()
    places = [text.index(step) for step in steps]
    assert places == sorted(places)
    entitlements = plistlib.loads((PACKAGING / "macos" / "entitlements.plist").read_bytes())
    assert set(entitlements.values()) == {True}


def test_a_frozen_gesso_calls_its_own_modules_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    from gesso import __main__ as start

    for words, found in (
        (["gesso", "-m", "gesso.cli.bench_memory", "x"], "gesso.cli.bench_memory"),
        (["gesso", "-m", "gesso"], "gesso"),
        (["gesso", "-m", "os"], ""),
        (["gesso", "-m"], ""),
        (["gesso", "a.png"], ""),
    ):
        monkeypatch.setattr(sys, "argv", words)
        monkeypatch.setattr(sys, "frozen", True, raising=False)
        assert start._called_module() == found
        monkeypatch.delattr(sys, "frozen")
        assert start._called_module() == ""


def test_other_programs_do_not_get_the_libraries_of_a_frozen_gesso(monkeypatch: pytest.MonkeyPatch) -> None:
    from gesso import __main__ as start

    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/gesso/_internal")
    monkeypatch.delenv("LD_LIBRARY_PATH_ORIG", raising=False)
    start._give_paths_back()
    assert os.environ["LD_LIBRARY_PATH"] == "/opt/gesso/_internal", "a checkout leaves it alone"
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    start._give_paths_back()
    assert "LD_LIBRARY_PATH" not in os.environ
    monkeypatch.setenv("LD_LIBRARY_PATH", "/opt/gesso/_internal:/mine")
    monkeypatch.setenv("LD_LIBRARY_PATH_ORIG", "/mine")
    start._give_paths_back()
    assert os.environ["LD_LIBRARY_PATH"] == "/mine" and "LD_LIBRARY_PATH_ORIG" not in os.environ
