"""Open the built app as an artist's machine would: no Python, no network, an awkward path; every model once.

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
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

AWKWARD = "测试 空格é"
PATIENCE_SECONDS = 300


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
        """One thing: `found` says what was seen, or raises."""
        began = time.monotonic()
        try:
            seen = found()
        except (AssertionError, subprocess.SubprocessError, OSError, ValueError, KeyError) as error:
            self.failed.append(what)
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


def check(app_folder: Path, wanted_version: str, wanted_models: set[str], program: str = "gesso") -> list[str]:
    """Look at everything; the names of what was not right."""
    with tempfile.TemporaryDirectory() as made:
        root = Path(made).resolve() / AWKWARD
        root.mkdir()
        shutil.copytree(app_folder, root / app_folder.name, symlinks=True, copy_function=_second_name)
        app = Opened(root / app_folder.name / program, root, without_network())
        print(f"in {root}, {'without a network' if app.before else 'with whatever network there is'}", flush=True)
        app.look("version", lambda: version(app, wanted_version))
        app.look("every model's golden sample", lambda: models(app, wanted_models))
        app.look("provider", lambda: device(app))
        ways: list[tuple[str, list[str]]] = []
        app.look("tools", lambda: listed(app, ways))
        for id, chosen in ways:
            app.look(" ".join([id, *chosen]), lambda id=id, chosen=chosen: run_tool(app, id, chosen))
        for suffix in list(DRAWN)[1:] if ways else ():
            app.look(f"reading {suffix}", lambda suffix=suffix: run_tool(app, *ways[0], suffix))
        app.look(
            "window, offscreen", lambda: start_and_quit(app, [], QT_QPA_PLATFORM="offscreen", GESSO_BENCH_START="1")
        )
        with screen() as name:
            if name is not None:
                app.look(
                    "window, on X, with a model at work",
                    lambda: start_and_quit(app, [], DISPLAY=name, QT_QPA_PLATFORM="xcb", GESSO_BENCH_PREVIEW="1"),
                )
        if platform.system() == "Linux":
            app.look("quit", lambda: nothing_left(app))
        return app.failed


def _second_name(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
