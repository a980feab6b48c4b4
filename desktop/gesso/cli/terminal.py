"""Where the shell's words go: lines and JSON to the output, troubles and the progress bar to the error stream."""

from __future__ import annotations

import json
import shutil
import sys
import threading
import unicodedata
from collections.abc import Sequence
from typing import Any, TextIO

from gesso.values import Trouble, Words

OK, TROUBLE, USAGE, CANCELLED = 0, 1, 2, 130
"""Exit codes: done, something failed, the command was not understood, cancelled with Ctrl+C."""


def width(text: str) -> int:
    """Columns on a terminal; Chinese takes two a character."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


class Terminal:
    """One run's output, in one language. With `as_json`, the output holds one object and nothing else."""

    def __init__(self, words: Words, out: TextIO | None = None, err: TextIO | None = None) -> None:
        self.words = words
        self.out, self.err = out or sys.stdout, err or sys.stderr
        self.as_json = False
        self._shown = 0
        self._lock = threading.RLock()
        for stream in (self.out, self.err):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")  # file names need not be text

    @property
    def is_watched(self) -> bool:
        """Whether someone may be looking at the error stream."""
        return self.err.isatty()

    def say(self, template: str, /, **values: object) -> str:
        return self.words.say(template, **values)

    def line(self, text: str = "") -> None:
        """A line of the result; left out when the result is JSON."""
        if not self.as_json:
            self._print(text, self.out)

    def note(self, text: str) -> None:
        """Something worth knowing that is not the result."""
        self._print(text, self.err)

    def _print(self, text: str, stream: TextIO) -> None:
        with self._lock:  # the work's thread speaks while the main one draws the bar
            self.clear()
            print(text, file=stream, flush=True)

    def table(self, rows: Sequence[Sequence[str]]) -> None:
        """Rows in columns, the last one as long as it likes."""
        widths = [max(map(width, column)) for column in zip(*(row[:-1] for row in rows), strict=True)]
        for row in rows:
            cells = [text + " " * (wide - width(text)) for text, wide in zip(row, widths, strict=False)]
            self.line("  ".join([*cells, row[-1]]).rstrip())

    def json(self, found: Any) -> None:
        """The one object of `--json`."""
        plain = "utf" not in (self.out.encoding or "utf-8").lower()
        print(json.dumps(found, ensure_ascii=plain, indent=1), file=self.out, flush=True)

    def trouble(self, trouble: Trouble, code: int = TROUBLE) -> int:
        """Say it in one line; the exit code."""
        sentence = trouble.sentence(self.say)
        self.note(sentence)
        if self.as_json:
            self.json({"trouble": sentence})
        return code

    def bar(self, fraction: float, note: str = "") -> None:
        """The progress bar, over and over in one line of a watched terminal."""
        if not self.is_watched:
            return
        done = round(30 * min(1.0, max(0.0, fraction)))
        text = f"[{'#' * done}{'-' * (30 - done)}] {fraction:4.0%} {self.say(note)}"
        columns = shutil.get_terminal_size().columns - 1
        while width(text) > columns:
            text = text[:-1]
        with self._lock:
            self.err.write("\r" + text + " " * max(0, self._shown - width(text)))
            self.err.flush()
            self._shown = width(text)

    def clear(self) -> None:
        """Take the progress bar away."""
        with self._lock:
            if self._shown:
                self.err.write("\r" + " " * self._shown + "\r")
                self.err.flush()
                self._shown = 0
