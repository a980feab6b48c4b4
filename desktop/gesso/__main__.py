"""`python -m gesso`, and the start of the frozen app."""

from __future__ import annotations

import multiprocessing
import os
import runpy
import sys


def _speak_to_nobody() -> None:
    """A windowed app on Windows has no output at all, and `None` cannot be written to."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for the process's whole life


def _give_paths_back() -> None:
    """Where the frozen start looked for our libraries is not for others: the file manager, the browser, `fc-list`.

    This process has read it already, and our own others find it out anew.
    """
    if getattr(sys, "frozen", False):
        for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
            before = os.environ.pop(f"{name}_ORIG", None)
            os.environ.pop(name, None)
            if before is not None:
                os.environ[name] = before


def _called_module() -> str:
    """The module that a frozen Gesso calls of itself with `-m`, as from a checkout: no Python lies beside it."""
    if not getattr(sys, "frozen", False) or sys.argv[1:2] != ["-m"]:
        return ""
    module = "".join(sys.argv[2:3])
    return module if module == "gesso" or module.startswith("gesso.") else ""


if __name__ == "__main__":
    _give_paths_back()
    multiprocessing.freeze_support()
    _speak_to_nobody()
    called = _called_module()
    if called:
        del sys.argv[1:3]
    if called not in ("", "gesso"):
        runpy.run_module(called, run_name="__main__", alter_sys=True)
        sys.exit()
    from gesso.cli.main import main

    sys.exit(main())
