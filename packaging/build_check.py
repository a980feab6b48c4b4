"""Open the built app as an artist's machine would: no Python, no network, an awkward path; every model, every format.

Standard library only. Prints a line for each thing that was seen, and ends with 1 if one of them was not right.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import platform
import shutil
import struct
import subprocess
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from build_terms import is_chosen, names_left

AWKWARD = "测试 空格é"
PATIENCE_SECONDS = 300
SAVED = {".gesso", ".png", ".jpg", ".webp", ".tif", ".avif", ".pdf", ".ora", ".psd", ".psb"}
"""What the window has to save, at least; all but PDF it has to open again."""
EXACT = {".gesso", ".png", ".tif", ".ora", ".psd", ".psb"}
CLOSE = 0.12
"""As far apart as a value may be after a format that throws some of it away, as a share of the whole range."""
LICENCES = (
    "Gesso.txt", "Python.txt", "Qt.txt", "Qt/LGPL-3.0.txt", "Qt/GPL-3.0.txt", "cryptography/*", "numpy/*",
    "onnxruntime*/*ThirdPartyNotices*", "opencv*/*3RD-PARTY*", "pillow/*", "psd-tools/*", "pypinyin/*", "resvg_py/*",
)  # fmt: skip
NO_SCREEN = "This plugin does not support "
"""What Qt's offscreen platform says for things that only a screen can do."""


def small_picture(file: Path, width: int = 48, height: int = 32) -> None:
    """A PNG with a ramp in each colour."""
    rows = b"".join(
        b"\0" + b"".join(bytes((5 * x, 7 * y, 3 * (x + y) % 256)) for x in range(width)) for y in range(height)
    )

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    file.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def small_svg(file: Path) -> None:
    """A drawing, which the SVG library has to read."""
    file.write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="32"><path fill="teal" d="M0 0H30V20Z"/></svg>',
        encoding="utf-8",
    )


def small_psd(file: Path, width: int = 48, height: int = 32) -> None:
    """A flat PSD whose rows are packed, which the PSD library's compiled part has to read."""
    row = bytes((257 - width, 90))  # one value, `width` times
    file.write_bytes(
        b"8BPS" + struct.pack(">H6xHIIHH", 1, 3, height, width, 8, 3) + bytes(12)
        + struct.pack(f">H{3 * height}H", 1, *[len(row)] * (3 * height)) + row * (3 * height)
    )  # fmt: skip


DRAWN = {".png": small_picture, ".svg": small_svg, ".psd": small_psd}
"""Pictures of one size, by a library each; the first is read by every tool."""


def size_of_png(file: Path) -> tuple[int, int]:
    head = file.read_bytes()[:24]
    return struct.unpack(">II", head[16:24]) if head[:4] == b"\x89PNG" else (0, 0)


@dataclass
class Opened:
    """A built app in a place where it was never built, and what became of each look at it."""

    program: Path
    root: Path
    before: list[str]
    """What every call begins with, to be without a network."""
    failed: list[str] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        home = self.root / "home 家"
        for folder in (home, self.root / "empty"):
            folder.mkdir(exist_ok=True)
        kept = ("SYSTEMROOT", "TEMP", "TMP", "WINDIR")
        return {
            **{name: os.environ[name] for name in kept if name in os.environ},
            "PATH": str(self.root / "empty"), "HOME": str(home), "USERPROFILE": str(home), "LANG": "C.UTF-8",
            "GESSO_HOME": str(home / "gesso"), "XDG_RUNTIME_DIR": str(home),
        }  # fmt: skip

    def call(self, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*self.before, str(self.program), *map(str, arguments)],
            cwd=self.root,
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=PATIENCE_SECONDS,
        )

    def look(self, what: str, found: Callable[[], str | None]) -> None:
        look(what, found, self.failed)


def look(what: str, found: Callable[[], str | None], failed: list[str]) -> None:
    """One thing: `found` says what was seen, or raises, and then its name is put to those that failed."""
    began = time.monotonic()
    try:
        seen = found()
    except (AssertionError, subprocess.SubprocessError, OSError, ValueError, KeyError) as error:
        failed.append(what)
        print(f"FAIL {what}: {type(error).__name__} {error}", flush=True)
    else:
        print(f"ok   {what}{': ' + seen if seen else ''} ({time.monotonic() - began:.1f} s)", flush=True)


def said(done: subprocess.CompletedProcess[str]) -> str:
    """What a call printed; an error unless it ended well and its error stream is silent."""
    assert done.returncode == 0, f"code {done.returncode}: {done.stdout[-500:]} {done.stderr[-1500:]}"
    assert not done.stderr.strip(), done.stderr[-1500:]
    return done.stdout


def version(app: Opened, wanted: str) -> str:
    found = said(app.call("--version")).strip()
    assert found == f"gesso {wanted}", found
    return found


def models(app: Opened, wanted: set[str]) -> str:
    """Every package that ships, its golden sample run on the device that is really held."""
    found = json.loads(said(app.call("models", "verify", "--json")))
    assert {facts["name"] for facts in found} == wanted, f"{found} instead of {wanted}"
    assert all(facts["sound"] and not facts["barred"] for facts in found), found
    return f"{len(found)} sound, on {', '.join(sorted({facts['device'] for facts in found}))}"


def device(app: Opened) -> str:
    found = json.loads(said(app.call("doctor", "--json")))
    assert found["can_work"] and found["device"], found["trouble"]
    assert all(found["libraries"].values()), found["libraries"]
    return ". ".join([found["device"], *found["reasons"]])


def tools(app: Opened) -> Iterator[tuple[str, list[str]]]:
    """Every tool with its defaults, and in each scale and quality that it has."""
    for tool in json.loads(said(app.call("tool", "list", "--json"))):
        choices = [
            [f"--{knob['name']}={option['value']}" for option in knob["options"]]
            for knob in tool["knobs"]
            if knob["kind"] == "choice" and knob["name"] in ("scale", "quality", "grade")
        ]
        for chosen in itertools.product(*choices):
            yield tool["id"], list(chosen)


def listed(app: Opened, ways: list[tuple[str, list[str]]]) -> str:
    ways += tools(app)
    assert ways, "there is none"
    return f"{len(ways)} ways to run them"


def run_tool(app: Opened, id: str, chosen: list[str], suffix: str = ".png") -> str:
    picture, result = app.root / f"画 in{suffix}", app.root / "画 out.png"
    result.unlink(missing_ok=True)
    DRAWN[suffix](picture)
    found = json.loads(said(app.call("tool", "run", id, picture, "-o", result, "--force", "--json", *chosen)))
    times = next((int(word.partition("=")[2]) for word in chosen if word.startswith("--scale=")), 1)
    assert size_of_png(result) == (48 * times, 32 * times), size_of_png(result)
    used = found[0] if isinstance(found, list) else found
    return f"{used.get('model', '')} {used.get('version', '')} on {used.get('device', '')}".strip()


def heard(done: subprocess.CompletedProcess[str]) -> str:
    """The same for a process that tells its progress on the error stream, as numbers from 0 to 1."""
    done.stderr = "".join(line for line in done.stderr.splitlines() if not line.startswith(("0.", "1.")))
    return said(done)


def resources(app: Opened, wanted: Path, without: Mapping[str, str]) -> str:
    """All that the sources have, byte by byte, but for the README's pictures and the packages that were left out."""
    found = next((path.parent for path in app.program.parents[1].rglob("resources/models")), None)
    assert found is not None, "there are none"
    names = {
        path.relative_to(wanted).as_posix()
        for path in wanted.rglob("*")
        if path.is_file()
        and path.relative_to(wanted).parts[0] != "screenshots"
        and is_chosen(path.relative_to(wanted).as_posix(), without)
    }
    lacking = sorted(
        name
        for name in names
        if not (found / name).is_file() or (found / name).read_bytes() != (wanted / name).read_bytes()
    )
    assert not lacking, f"missing or other: {lacking[:10]}"
    there = [folder for folder in without if (found / folder).exists()]
    assert not there, f"should have been left out: {there}"
    assert any(name.startswith("guide/") for name in names), "the sources have no guide"
    return f"{len(names)} files of {', '.join(sorted({name.split('/')[0] for name in names if '/' in name}))}"


def licences(app: Opened) -> str:
    folder = next((path for path in app.program.parents[1].rglob("licences") if path.is_dir()), None)
    assert folder is not None, "there are none"
    lacking = [pattern for pattern in LICENCES if not any(path.stat().st_size for path in folder.glob(pattern))]
    assert not lacking, f"missing: {lacking}"
    return f"of {len(list(folder.iterdir()))} parts"


def languages(app: Opened) -> str:
    """The catalogues are found: help comes in another language when the system speaks it."""
    english, chinese = (said(app.call("--help", LANG=code, LC_ALL=code)) for code in ("C.UTF-8", "zh_CN.UTF-8"))
    assert english != chinese and any("\u4e00" <= sign <= "\u9fff" for sign in chinese), chinese
    return chinese.splitlines()[0]


def own_libraries(app: Opened) -> str:
    """Programs of the system are not started with the app's libraries; `fc-list` is one that the check-up asks."""
    folder = app.root / "programs"
    folder.mkdir()
    (folder / "fc-list").write_text(
        '#!/bin/sh\necho "[$LD_LIBRARY_PATH][$QT_PLUGIN_PATH]" > "${0%/*}/seen"\necho a font\n'
    )
    (folder / "fc-list").chmod(0o755)
    said(app.call("doctor", "--json", PATH=str(folder)))
    seen = (folder / "seen").read_text().strip()
    assert seen == "[][]", seen
    return "as the system has them"


def measured(app: Opened) -> str:
    """`gesso bench` starts Gesso again: the window, and modules of its own on something small."""
    seconds = json.loads(said(app.call("bench", "startup", "--json")))["startup"]["seconds"]
    files = json.loads(said(app.call("bench", "files", "--size", "96x64", "--json")))["files"]["rows"]
    assert {"PNG", "PSD", "OpenRaster"} <= {row["what"] for row in files} and files[0]["size"] == "96x64", files
    memory = json.loads(heard(app.call("-m", "gesso.cli.bench_memory", "painting.upscale", "64", "48")))
    assert memory["beyond_bytes"] > 0, memory
    return f"a window after {seconds} s; {len(files)} formats; {memory['model']}"


def looked_over(app: Opened, **more: str) -> str:
    """The real window opens files of others, saves in every format, opens those again; guide and brushes are there."""
    place = app.root / "看 saved"
    place.mkdir()
    given = []
    for suffix, draw in DRAWN.items():
        given.append(app.root / f"给 given{suffix}")
        draw(given[-1])
    done = app.call("open", *given, GESSO_LOOK_OVER=str(place), **more)
    done.stderr = "\n".join(line for line in done.stderr.splitlines() if not line.startswith(NO_SCREEN))
    found = json.loads(said(done))
    assert "trouble" not in found, found["trouble"]
    saved = {Path(name).suffix for name in found["saved"]}
    assert saved >= SAVED and all((place / name).stat().st_size for name in found["saved"]), found["saved"]
    opened = {Path(one["name"]).suffix: one for one in found["opened"][len(given) :]}
    assert set(opened) >= SAVED - {".pdf"}, sorted(opened)
    assert all(one["size"] == [48, 32] for one in found["opened"]), found["opened"]
    assert all(one["apart"] <= (0 if suffix in EXACT else CLOSE) for suffix, one in opened.items()), opened
    assert len(found["readers"]) == 1, f"processes that read: {found['readers']}"
    guide, brushes = found["guide"], found["brushes"]
    assert len(guide) >= 2 and all(
        told["pages"] and told["pictures"] and not told["missing"] for told in guide.values()
    )
    assert len(brushes) >= 16, brushes
    pages = ", ".join(
        f"{told['pages']} pages and {told['pictures']} pictures in {name}" for name, told in guide.items()
    )
    return f"{len(opened)} formats by one reader; {pages}; {len(brushes)} brushes"


def start_and_quit(app: Opened, before: list[str], **more: str) -> str:
    """The window comes up, is closed, and nothing is said but what was asked for."""
    inside = Opened(app.program, app.root, [*before, *app.before])
    lines = said(inside.call(**more)).splitlines()
    assert lines, "no sign of the window"
    assert all(line.startswith(("ready ", "{")) for line in lines), lines
    return "; ".join(lines)


def nothing_left(app: Opened) -> str:
    """No process of the app is still there."""
    for _ in range(50):
        left = [path for path in Path("/proc").glob("[0-9]*/exe") if _leads_to(path, app.program)]
        if not left:
            return "no process left"
        time.sleep(0.1)
    raise AssertionError(f"still running: {left}")


def _leads_to(link: Path, program: Path) -> bool:
    try:
        return os.readlink(link) == str(program)
    except OSError:
        return False


def without_network() -> list[str]:
    """What a call has to begin with to have no network, where that is allowed."""
    if shutil.which("unshare") and subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode == 0:
        return [str(shutil.which("unshare")), "-rn"]
    return []


@contextlib.contextmanager
def screen() -> Iterator[str | None]:
    """A virtual X screen, where there is one to be had."""
    program = shutil.which("Xvfb")
    if program is None:
        yield None
        return
    reading, writing = os.pipe()
    server = subprocess.Popen(
        [program, "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as number:
        name = ":" + number.readline().strip()
    try:
        yield name
    finally:
        server.terminate()
        server.wait(10)


def check(
    app_folder: Path,
    wanted_version: str,
    wanted_resources: Path,
    program: str = "gesso",
    without: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    """Look at everything; the names of what was not right. `without` names the packages that were left out."""
    wanted_models = names_left(wanted_resources, without)
    with tempfile.TemporaryDirectory() as made:
        root = Path(made).resolve() / AWKWARD
        root.mkdir()
        shutil.copytree(app_folder, root / app_folder.name, symlinks=True, copy_function=_second_name)
        app = Opened(root / app_folder.name / program, root, without_network())
        print(f"in {root}, {'without a network' if app.before else 'with whatever network there is'}", flush=True)
        app.look("version", lambda: version(app, wanted_version))
        app.look("resources", lambda: resources(app, wanted_resources, without))
        app.look("licences", lambda: licences(app))
        app.look("languages", lambda: languages(app))
        app.look("every model's golden sample", lambda: models(app, wanted_models))
        app.look("provider", lambda: device(app))
        ways: list[tuple[str, list[str]]] = []
        app.look("tools", lambda: listed(app, ways))
        for id, chosen in ways:
            app.look(" ".join([id, *chosen]), lambda id=id, chosen=chosen: run_tool(app, id, chosen))
        for suffix in list(DRAWN)[1:] if ways else ():
            app.look(f"reading {suffix}", lambda suffix=suffix: run_tool(app, *ways[0], suffix))
        app.look("measuring", lambda: measured(app))
        app.look(
            "window, offscreen", lambda: start_and_quit(app, [], QT_QPA_PLATFORM="offscreen", GESSO_BENCH_START="1")
        )
        with screen() as name:
            on = {"QT_QPA_PLATFORM": "offscreen"} if name is None else {"DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}
            app.look("files, guide and brushes in the window", lambda: looked_over(app, **on))
            if name is not None:
                app.look(
                    "window, on X, with a model at work",
                    lambda: start_and_quit(app, [], DISPLAY=name, QT_QPA_PLATFORM="xcb", GESSO_BENCH_PREVIEW="1"),
                )
        if platform.system() == "Linux":
            app.look("other programs", lambda: own_libraries(app))
            app.look("quit", lambda: nothing_left(app))
        return app.failed


def _second_name(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
