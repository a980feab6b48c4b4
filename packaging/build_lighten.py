"""Make the frozen app lighter on Linux: stand-ins for libraries never called, no libraries nobody loads, no symbols.

OpenCV is linked with FFmpeg and an AVIF codec. Gesso reads no film through it and AVIF through Pillow, so that both
are 50 MB that would never run; the loader only wants their names. A stand-in has the same names, and nothing behind.
"""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import build_icu

STAND_INS = {
    r"lib(avcodec|avformat|avutil|swscale)-\w+\.so[.\d]*": "abort(); return 0;",
    r"libavif-\w+\.so[.\d]*": "return 0;",  # asked of every picture: "no decoder" is an answer
}
"""Libraries beside OpenCV -> what each of their functions does."""
OPENED_BY_NAME = r"libpython3.*|libdbus-1\.so.*|libcrypto\.so\.3"
"""Not linked to anything: the program's start, Qt, and Python's hashes look for them."""
STRIPPED = r"libpython.*|.*/lib-dynload/.*|.*/_rust\.abi3\.so|[^/]*\.so[.\d]*"
"""Wheels' own libraries are left as they are: their tables were moved about, which `strip` does not forgive."""


def output(*command: object) -> str:
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True).stdout


def libraries(app: Path) -> Iterator[Path]:
    """Every library and module, in a fixed order, links left out."""
    for path in sorted(app.rglob("*")):
        if ".so" in path.name and path.is_file() and not path.is_symlink():
            yield path


def needed(library: Path) -> set[str]:
    """The names of the libraries that the loader wants for one."""
    return set(re.findall(r"\(NEEDED\).*\[(.+)\]", output("readelf", "-d", library)))


def symbols(library: Path, which: str) -> dict[str, str]:
    """Names that a library defines or lacks -> their version, which may be empty."""
    found = {}
    for line in output("nm", "-D", which, library).splitlines():
        name, _, version = line.split()[-1].partition("@")
        found[name] = version.lstrip("@")
    return found


def stand_in(library: Path, wanted: Sequence[tuple[str, str]], body: str) -> None:
    """Put a library with these versioned names and nothing behind them in the place of another."""
    with tempfile.TemporaryDirectory() as folder:
        code, script = Path(folder) / "stand_in.c", Path(folder) / "versions"
        code.write_text(
            "#include <stdlib.h>\n" + "".join(f"void *{name}(void) {{ {body} }}\n" for name, _ in wanted), "ascii"
        )
        versions = sorted({version for _, version in wanted})
        script.write_text(
            "".join(
                f"{version} {{ global: {' '.join(f'{n};' for n, v in wanted if v == version)} }};\n"
                for version in versions
                if version
            ),
            "ascii",
        )
        link = [f"-Wl,--version-script={script}"] if any(versions) else []
        output("cc", "-shared", "-fPIC", "-Os", "-w", "-s", f"-Wl,-soname,{library.name}", *link, "-o", library, code)


def put_stand_ins(app: Path) -> list[str]:
    """Replace what is linked and never called; the names of what was replaced."""
    done = []
    everything = list(libraries(app))
    for pattern, body in STAND_INS.items():
        for library in [path for path in everything if re.fullmatch(pattern, path.name)]:
            if library.parent.name.startswith("opencv"):
                users = [path for path in everything if library.name in needed(path) and not _is_stood_in(path)]
                if any(user.name != "cv2.abi3.so" for user in users):
                    raise SystemExit(f"{library.name} is used by {users}: it can have no stand-in any more.")
                defined = symbols(library, "--defined-only")
                lacking = {name for user in users for name in symbols(user, "--undefined-only")}
                stand_in(library, sorted((name, defined[name]) for name in lacking & defined.keys()), body)
                done.append(library.name)
    return done


def _is_stood_in(path: Path) -> bool:
    """Whether a library is, or will be, a stand-in or reached through one alone."""
    return path.parent.name.startswith("opencv")


def share_openblas(app: Path) -> str:
    """Let OpenCV use NumPy's OpenBLAS; its own one's name, or nothing where the two wheels are not as they were."""
    own = next(app.glob("opencv*.libs/libopenblas*"), None)
    others = next(app.glob("numpy.libs/libscipy_openblas64_*"), None)
    if own is None or others is None:
        return ""
    asked = symbols(app / "cv2" / "cv2.abi3.so", "--undefined-only").keys() & symbols(own, "--defined-only").keys()
    code = Path(__file__).resolve().parent / "linux" / "one_openblas.c"
    made = own.with_suffix(".new")
    flags = ["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-s", f"-Wl,-soname,{own.name}"]
    output("cc", *flags, "-Wl,-rpath,$ORIGIN/../numpy.libs", "-Wl,--allow-shlib-undefined", "-o", made, code, others)
    lacking = asked - symbols(made, "--defined-only").keys()
    if lacking:
        raise SystemExit(f"OpenCV asks OpenBLAS for more than linux/one_openblas.c answers: {sorted(lacking)}")
    os.replace(made, own)
    subprocess.run([sys.executable, "-c", SAME_ALGEBRA, str(app)], check=True)
    return own.name


SAME_ALGEBRA = """
import sys
import numpy as np
sys.path.insert(0, sys.argv[1])
import cv2
assert cv2.__file__.startswith(sys.argv[1]), cv2.__file__
random = np.random.default_rng(1)
for kind, close in ((np.float32, 2e-3), (np.float64, 1e-9)):
    a = random.standard_normal((240, 240)).astype(kind) + 20 * np.eye(240, dtype=kind)
    b, tall = random.standard_normal((240, 7)).astype(kind), random.standard_normal((300, 180)).astype(kind)
    def same(found, wanted):
        assert found is not None and np.allclose(found, wanted, rtol=close, atol=close), np.abs(found - wanted).max()
    same(cv2.gemm(a, b, 2.0, None, 0.0), 2 * a @ b)
    same(cv2.solve(a, b, flags=cv2.DECOMP_LU)[1], np.linalg.solve(a, b))
    same(cv2.solve(a, b, flags=cv2.DECOMP_QR)[1], np.linalg.solve(a, b))
    same(cv2.solve(a @ a.T, b, flags=cv2.DECOMP_CHOLESKY)[1], np.linalg.solve(a @ a.T, b))
    same(cv2.invert(a)[1], np.linalg.inv(a))
    log = np.linalg.slogdet(a / 20)
    same(np.log(cv2.determinant(a / 20)), log[1])
    w, u, vt = cv2.SVDecomp(tall)
    same(w[:, 0], np.linalg.svd(tall, compute_uv=False))
    same(u @ np.diag(w[:, 0]) @ vt, tall)
    same(cv2.solve(tall, b[:1].repeat(300, 0), flags=cv2.DECOMP_QR)[1], np.linalg.lstsq(tall, b[:1].repeat(300, 0))[0])
even = random.standard_normal((120, 120)); even += even.T
values, _ = cv2.eigenNonSymmetric(even)
assert np.allclose(np.sort(values[:, 0]), np.linalg.eigvalsh(even), atol=1e-6)
"""
"""Run by the build's own Python with the app's OpenCV: sizes at which it goes to OpenBLAS, against NumPy."""


def drop_orphans(app: Path) -> list[str]:
    """Take away shared libraries that no program, module or plug-in leads to; the names of what went."""
    everything = list(libraries(app))
    shared = {
        path.name: path
        for path in everything
        if path.parent == app or path.parent.name.endswith(".libs") or path.parent.name == "lib"
    }
    loose = {name for name, path in shared.items() if path.parent == app and re.search(r"\.cpython-|\.abi3\.", name)}
    kept = {name for name in shared if re.fullmatch(OPENED_BY_NAME, name)} | loose
    waiting = [path for path in everything if path.name not in shared or path.name in kept]
    while waiting:
        for name in needed(waiting.pop()) & shared.keys() - kept:
            kept.add(name)
            waiting.append(shared[name])
    orphans = sorted(shared.keys() - kept)
    for name in orphans:
        shared[name].unlink()
    for link in app.rglob("*"):
        if link.is_symlink() and not link.exists():
            link.unlink()
    return orphans


def unresolved(app: Path) -> list[str]:
    """Libraries that something in the app needs and that are neither in it nor on this machine.

    Wayland's are each desktop's own; without them Qt's plug-in stays shut and the X one serves.
    """
    environment = {**os.environ, "LD_LIBRARY_PATH": str(app)}  # as the frozen program starts
    found = set()
    for path in libraries(app):
        done = subprocess.run(["ldd", str(path)], env=environment, capture_output=True, text=True)
        lacking = re.findall(r"(\S+) => not found", done.stdout)
        found |= {f"{name} for {path.name}" for name in lacking if not name.startswith("libwayland-")}
    return sorted(found)


def strip(app: Path) -> None:
    """Take the symbol tables out that only a debugger reads."""
    for path in libraries(app):
        if re.fullmatch(STRIPPED, path.relative_to(app).as_posix()):
            output("strip", "--strip-unneeded", path)


PROGRAM_HEADER, SECTION = struct.Struct("<IIQQQQQQ"), struct.Struct("<qQ")
LOAD, DYNAMIC, END, STRINGS, OLD_PATH, PATH = 1, 2, 0, 5, 15, 29
"""What ELF calls PT_LOAD, PT_DYNAMIC, DT_NULL, DT_STRTAB, DT_RPATH and DT_RUNPATH."""


def forget_places(app: Path) -> list[str]:
    """Take out of libraries where they lay on the machine of the build: nothing is to be loaded from there.

    Places beside the library itself (`$ORIGIN`) stay. The names of what was changed, programs' included.
    """
    return [path.name for path in [*libraries(app), app.parent / "gesso"] if path.is_file() and _forget_place(path)]


def _forget_place(library: Path) -> bool:
    content = bytearray(library.read_bytes())
    if content[:6] != b"\x7fELF\x02\x01":
        return False
    (table,), (size, count) = struct.unpack_from("<Q", content, 32), struct.unpack_from("<HH", content, 54)
    headers = [PROGRAM_HEADER.unpack_from(content, table + size * number) for number in range(count)]

    def in_file(address: int) -> int:
        return next(h[2] + address - h[3] for h in headers if h[0] == LOAD and h[3] <= address < h[3] + h[5])

    start, length = next(((h[2], h[5]) for h in headers if h[0] == DYNAMIC), (0, 0))
    entries = list(SECTION.iter_unpack(content[start : start + length]))
    strings = next((in_file(value) for tag, value in entries if tag == STRINGS), 0)
    kept = []
    for tag, value in entries:
        if tag in (OLD_PATH, PATH):
            at = strings + value
            text = bytes(content[at : content.index(0, at)])
            if any(part.startswith(b"/") for part in text.split(b":")):
                end = at + text.rindex(b"/") + 1  # another name may be the end of this one
                content[at:end] = bytes(end - at)
                continue
        kept.append((tag, value))
    if len(kept) == len(entries):
        return False
    kept += [(END, 0)] * (len(entries) - len(kept))
    content[start : start + length] = b"".join(SECTION.pack(*entry) for entry in kept)
    library.write_bytes(content)
    return True


def shrink_icu(app: Path) -> int:
    """Leave out what Qt never asks ICU for; how many bytes went. What it does ask is answered as before, or it ends."""
    data = next((app / "PySide6" / "Qt" / "lib").glob("libicudata.so.*"), None)
    if data is None:
        return 0
    before = build_icu.answers(data.parent)
    gone = build_icu.shrink_library(data)
    if build_icu.answers(data.parent) != before:
        raise SystemExit("ICU answers otherwise without what was left out of its data: look at build_icu.py.")
    return gone


def lighten(app: Path) -> list[str]:
    """All of it, for an app's `_internal` folder; what was done, in lines to print."""
    said = []
    if shutil.which("cc"):
        said.append("never called, replaced by stand-ins: " + ", ".join(put_stand_ins(app)))
        said.append("there twice, OpenCV uses NumPy's: " + (share_openblas(app) or "no, the wheels are others now"))
        said.append(f"never asked for, left out of ICU: {shrink_icu(app) / 1e6:.1f} MB")
    else:
        said.append("no C compiler is here: what OpenCV never calls and Qt never asks for stays as it is (65 MB)")
    said.append("led to by nothing, left out: " + ", ".join(drop_orphans(app)))
    strip(app)
    said.append(f"made to forget where it was built: {len(forget_places(app))} libraries")
    for path in libraries(app):
        path.chmod(0o644)  # a library is no program
    if lacking := unresolved(app):
        raise SystemExit(f"The app lacks libraries: {', '.join(lacking)}")
    return said


def size_of(path: Path) -> int:
    """Bytes of a file or of all files in a folder; a link counts nothing."""
    files = [path] if path.is_file() else list(path.rglob("*"))
    return sum(os.lstat(file).st_size for file in files if file.is_file() and not file.is_symlink())
