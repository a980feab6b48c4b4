"""Ctrl+C is heard even where Python can only ignore it."""

from __future__ import annotations

import subprocess
import sys

IGNORED = """
import sys, time, weakref
from gesso.cli import main, shell

class Kept: pass

def interrupted(_):
    raise {kind}

def run(arguments, window):
    one = Kept()
    watched = weakref.ref(one, interrupted)
    del one  # as the lock of an import goes, with its callback
    until = time.monotonic() + 20
    while time.monotonic() < until:
        time.sleep(0.01)
        if {kind} is not KeyboardInterrupt:
            return 7
    return 0

shell.run = run
sys.exit(main.main([]))
"""


def ended(kind: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", IGNORED.format(kind=kind)], capture_output=True, text=True, encoding="utf-8", timeout=60
    )


def test_an_interruption_that_a_callback_swallowed_ends_the_command_without_a_traceback() -> None:
    found = ended("KeyboardInterrupt")
    assert found.returncode == 130 and found.stderr == ""


def test_other_faults_of_callbacks_are_told_as_ever() -> None:
    found = ended("ValueError")
    assert found.returncode == 7 and "ValueError" in found.stderr
