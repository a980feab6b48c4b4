"""`gesso bench`: speed, start, memory, files, library, canvas and live preview on this machine, as medians."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from argparse import Namespace
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import Any

from gesso.cli.command import Command, Parser, Usage
from gesso.cli.terminal import OK, TROUBLE, Terminal
from gesso.cli.work import interruptible
from gesso.tools.studio import Studio
from gesso.values import Cancelled, Progress, Trouble

STARTS = 5
MEMORY_LIMIT_BYTES = 2_000_000_000
LISTEN_SECONDS = 0.05


def speed(terminal: Terminal, progress: Progress) -> dict[str, Any]:
    from gesso.cli.bench_speed import Bench

    with Studio() as studio:
        bench = Bench(studio, progress)
        found = bench.run()
    for trouble in bench.skipped:
        terminal.note(trouble.sentence(terminal.say))
    return found


def startup(terminal: Terminal, progress: Progress) -> dict[str, Any]:
    """From the start of the process to the line that the window prints when it can be used."""
    taken = []
    for at in range(STARTS + 1):  # the first one warms the disk's cache
        progress.at(at / (STARTS + 1))
        began = time.monotonic()
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "GESSO_BENCH_START": "1"}
        lines, code = _process([sys.executable, "-m", "gesso"], environment, progress)
        ready = [moment - began for moment, line in lines if line.startswith("ready ")]
        if not ready or code:
            raise Trouble("The window did not start.", "", "Look for the reason with: gesso doctor")
        taken.append(ready[0])
    return {"seconds": round(median(taken[1:]), 3), "each": [round(t, 3) for t in taken[1:]]}


def memory(terminal: Terminal, progress: Progress) -> dict[str, Any]:
    found = []
    tools = ("painting.stylise", "painting.upscale")
    for at, id in enumerate(tools):
        part = progress.part(at / len(tools), (at + 1) / len(tools))
        lines, code = _process([sys.executable, "-m", "gesso.cli.bench_memory", id], None, part, errors=True)
        if code:
            raise Trouble("{tool} could not be measured.", "", "Look for the reason with: gesso doctor", tool=id)
        found.append(json.loads(lines[-1][1]))
    return {"limit_bytes": MEMORY_LIMIT_BYTES, "rows": found}


def files(terminal: Terminal, progress: Progress, size: Sequence[str] = ()) -> dict[str, Any]:
    """In a process of its own, so that it can be ended at any moment and leaves nothing."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "gesso.cli.bench_files", folder, *size]
        lines, code = _process(command, None, progress, errors=True)
    if code or not lines:
        raise Trouble("Opening and saving could not be measured.", "", "Look for the reason with: gesso doctor")
    return dict(json.loads(lines[-1][1]))


def library(terminal: Terminal, progress: Progress) -> dict[str, Any]:
    from gesso.cli.bench_library import measured

    return measured(progress)


def canvas(terminal: Terminal, progress: Progress) -> dict[str, Any]:
    """In a process of its own, with a screen: the shell itself has none."""
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    lines, code = _process([sys.executable, "-m", "gesso.ui.canvas.measure"], environment, progress)
    if code or not lines:
        raise Trouble("The canvas could not be measured.", "", "Look for the reason with: gesso doctor")
    return {"rows": [json.loads(line) for _, line in lines]}


def preview(terminal: Terminal, progress: Progress) -> dict[str, Any]:
    """In the real window, which ends by itself."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "GESSO_BENCH_PREVIEW": "1"}
    lines, code = _process([sys.executable, "-m", "gesso"], environment, progress)
    rows = [json.loads(line) for _, line in lines if line.startswith("{")]
    if code or len(rows) < 2:
        raise Trouble("The live preview could not be measured.", "", "Look for the reason with: gesso doctor")
    return {"rows": rows}


def _process(
    command: Sequence[str], environment: dict[str, str] | None, progress: Progress, errors: bool = False
) -> tuple[list[tuple[float, str]], int]:
    """Run a process of our own; its lines with the moment of each, and its exit code. Ended when it is not wanted."""
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    )
    lines: list[tuple[float, str]] = []
    far = [0.0]

    def hear() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            lines.append((time.monotonic(), line.rstrip("\n")))

    def watch() -> None:
        assert process.stderr is not None
        for line in process.stderr:
            if errors and line[:2] in ("0.", "1."):
                far[0] = float(line)

    threads = [threading.Thread(target=hear), threading.Thread(target=watch)]
    for thread in threads:
        thread.start()
    try:
        while process.poll() is None:
            if errors:
                progress.at(far[0])
            else:
                progress.check()
            time.sleep(LISTEN_SECONDS)
    except Cancelled:
        process.kill()
        raise
    finally:
        process.wait()
        for thread in threads:
            thread.join()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
    return lines, process.returncode


def _tell_speed(found: dict[str, Any], terminal: Terminal) -> bool:
    say = terminal.say
    terminal.line(
        say(
            "Speed on {device}, {cores} cores; this machine multiplies matrices at {peak} GFLOP/s",
            device=found["device"], cores=found["cores"], peak=found["peak_gflops"],
        )
    )  # fmt: skip
    rows = [
        (
            "",
            say("picture"),
            say("seconds"),
            say("GFLOP"),
            say("share of the peak"),
            say("times as fast as Johnson 2016"),
        )
    ]
    for row in found["rows"]:
        share = "" if row["share"] is None else f"{row['share']:.0%}"
        times = "" if row["times_johnson"] is None else f"{row['times_johnson']:.1f}"
        rows.append((row["what"], row["size"], f"{row['seconds']:.3f}", f"{row['gflop']:.1f}", share, times))
    terminal.table(rows)
    return True


def _tell_startup(found: dict[str, Any], terminal: Terminal) -> bool:
    each = ", ".join(map(str, found["each"]))
    terminal.line(
        terminal.say("Start to usable window: {seconds} s (median of {each})", seconds=found["seconds"], each=each)
    )
    return True


def _tell_memory(found: dict[str, Any], terminal: Terminal) -> bool:
    for row in found["rows"]:
        terminal.line(
            terminal.say(
                "{tool} on {size}: {beyond} GB beyond the pictures' own {own} GB, {seconds} s, {reports} reports of progress",
                tool=row["tool"], size=row["size"], beyond=f"{row['beyond_bytes'] / 1e9:.2f}",
                own=f"{row['own_bytes'] / 1e9:.2f}", seconds=row["seconds"], reports=row["reports"],
            )
        )  # fmt: skip
    return all(row["beyond_bytes"] < found["limit_bytes"] for row in found["rows"])


def _tell_files(found: dict[str, Any], terminal: Terminal) -> bool:
    say = terminal.say
    heads = (say("picture"), say("opened in"), say("saved in"), say("beside"), say("opens it in"), say("saves it in"))
    rows = [("", *heads)]
    for row in found["rows"]:
        ours = (f"{row['open_seconds']:.2f} s", f"{row['save_seconds']:.2f} s")
        theirs = [row["beside_open_seconds"], row["beside_save_seconds"]]
        told = ("" if taken is None else f"{taken:.2f} s" for taken in theirs)
        rows.append((row["what"], row["size"], *ours, row["beside"], *told))
    terminal.table(rows)
    return True


def _tell_library(found: dict[str, Any], terminal: Terminal) -> bool:
    say = terminal.say
    terminal.line(say("A library of {count} pictures answers in:", count=found["pictures"]))
    terminal.table([(say(row["what"]), f"{row['milliseconds']:.1f} ms") for row in found["rows"]])
    return all(row["milliseconds"] < found["limit_ms"] for row in found["rows"])


def _tell_rows(found: dict[str, Any], terminal: Terminal) -> bool:
    terminal.table([(row["what"], f"{row['milliseconds']:.1f} ms") for row in found["rows"]])
    return True


Measure = Callable[[Terminal, Progress], dict[str, Any]]
KINDS: dict[str, tuple[Measure, Callable[[dict[str, Any], Terminal], bool]]] = {
    "speed": (speed, _tell_speed),
    "startup": (startup, _tell_startup),
    "memory": (memory, _tell_memory),
    "files": (files, _tell_files),
    "library": (library, _tell_library),
    "canvas": (canvas, _tell_rows),
    "preview": (preview, _tell_rows),
}


def _run(given: Namespace, terminal: Terminal) -> int:
    everything: dict[str, Any] = {}
    fine = True
    for kind in given.kinds:
        if kind not in KINDS:
            raise Usage(terminal.say("there is nothing to measure that is called {kind}", kind=kind), "gesso bench")
    size = re.fullmatch(r"([1-9]\d{1,4})x([1-9]\d{1,4})", given.size or "")
    if given.size and size is None:
        raise Usage(terminal.say("{size} is no size such as 640x480", size=given.size), "gesso bench")
    for kind in given.kinds or ["speed", "startup"]:
        measure, tell = KINDS[kind]
        if kind == "files" and size is not None:
            measure = partial(files, size=size.groups())
        found = interruptible(partial(measure, terminal), terminal)
        everything[kind] = found
        fine = tell(found, terminal) and fine
    if given.json:
        terminal.json(everything)
    return OK if fine else TROUBLE


def _arguments(parser: Parser) -> None:
    parser.add_argument(
        "kinds", nargs="*", metavar="|".join(KINDS),
        help=parser.say("what to measure; speed and startup when left out"),
    )  # fmt: skip
    parser.add_argument(
        "--size", metavar=parser.say("WIDTHxHEIGHT"),
        help=parser.say("how large the pictures of `files` are; 3840x2160 when left out"),
    )  # fmt: skip
    parser.json_switch()


BENCH = Command(name="bench", summary="Measure how fast Gesso is on this machine.", arguments=_arguments, run=_run)
