"""The studio opens no socket: neither the shell nor the worker that it starts, proven in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.desktop.cli.conftest import World, paint

HOOK = """
import os, sys

def hear(event, arguments):
    if event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname"):
        address = arguments[1] if len(arguments) > 1 else None
        if not isinstance(address, (str, bytes)):  # a name of a file is a socket on this computer's disk
            with open(os.environ["GESSO_HEARD"], "a") as file:
                file.write(f"{event} {address!r}\\n")

sys.addaudithook(hear)
with open(os.environ["GESSO_HEARD"] + ".started", "a") as file:
    file.write(f"{os.getpid()}\\n")
"""
"""A `sitecustomize`: every Python process below us loads it first, the workers too."""


def heard(world: World, *command: str, screen: str = "") -> tuple[str, int]:
    """What the sockets of a command were used for, and how many processes listened."""
    spy = world.root / "spy"
    spy.mkdir(exist_ok=True)
    (spy / "sitecustomize.py").write_text(HOOK)
    log = world.root / "heard"
    environment = {**world.environment, "PYTHONPATH": str(spy), "GESSO_HEARD": str(log)}
    if screen:
        environment |= {"QT_QPA_PLATFORM": screen, "GESSO_BENCH_START": "1"}
    done = subprocess.run([*command], env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    started = len((world.root / "heard.started").read_text().split())
    return (log.read_text() if log.exists() else ""), started


@pytest.mark.parametrize(
    "arguments",
    [("doctor",), ("models", "verify"), ("tool", "run", "painting.stylise", "a.png", "-o", "b.png"), ("tool", "run", "painting.upscale", "in", "-o", "out")],
)  # fmt: skip
def test_the_shell_and_its_worker_open_no_socket(world: World, arguments: tuple[str, ...]) -> None:
    paint(Path("a.png"))
    paint(Path("in/b.png"))
    said, processes = heard(world, sys.executable, "-m", "gesso", *arguments)
    assert said == "" and processes >= 2, "shell and worker both listened"


def test_the_window_opens_no_socket(world: World) -> None:
    said, processes = heard(world, sys.executable, "-m", "gesso", screen="offscreen")
    assert said == "" and processes >= 1


def test_the_ear_hears(world: World) -> None:
    said, _ = heard(
        world,
        sys.executable,
        "-c",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('127.0.0.1', 9))",
    )
    assert "socket.connect" in said
