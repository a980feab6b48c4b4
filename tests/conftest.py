"""What holds for every test: a throw-away home, no network, no leaked threads, processes or windows."""

from __future__ import annotations

import gc
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
settings.register_profile(
    "gesso", deadline=None, max_examples=40, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("gesso")

OPENED: list[str] = []
SOCKETS = {"socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}


def _hear(event: str, arguments: tuple[object, ...]) -> None:
    if event in SOCKETS:
        address = arguments[1] if len(arguments) > 1 else arguments[0]
        if not isinstance(address, (str, bytes)) or event.endswith(("getaddrinfo", "gethostbyname")):
            OPENED.append(f"{event} {address!r}")


sys.addaudithook(_hear)


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The artist's own folder, thrown away after the test."""
    folder = tmp_path_factory.mktemp("家 home")
    monkeypatch.setenv("GESSO_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def no_network() -> Iterator[None]:
    """Whatever a test does opens no socket to any address."""
    OPENED.clear()
    yield
    assert not OPENED, f"a socket was opened: {OPENED}"


@pytest.fixture(autouse=True)
def nothing_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """No thread or child process outlives its test, unless a wider fixture holds it."""
    held = "engine" in request.fixturenames  # the module's engine keeps its worker
    threads, children = set(threading.enumerate()), set(multiprocessing.active_children())
    yield
    if apart := sys.modules.get("gesso.files.apart"):
        apart.let_go()  # it would wait a minute for another file
    deadline = time.monotonic() + 3

    def left() -> list[object]:
        more = [
            t for t in threading.enumerate() if t not in threads and t.is_alive() and not t.name.startswith("Dummy")
        ]
        return [*more, *(c for c in multiprocessing.active_children() if c not in children and not held)]

    while left() and time.monotonic() < deadline:
        gc.collect()
        time.sleep(0.02)
    assert not left(), f"left running: {left()}"
