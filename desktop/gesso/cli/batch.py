"""A folder of pictures through one tool, with a ledger that a killed run goes on from."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from gesso.cli.fault import no_memory, own_fault
from gesso.cli.making import check_suffix, check_target, discard_orphans, endings, make, targets
from gesso.cli.settings import Naming
from gesso.cli.terminal import OK, TROUBLE, Terminal
from gesso.cli.work import interruptible
from gesso.documents.painting import Credit
from gesso.files.trouble import disk_trouble
from gesso.tools import Styles, Tool
from gesso.tools.studio import Studio
from gesso.values import Cancelled, Progress, Trouble

LEDGER = "gesso-ledger.jsonl"


class Ledger:
    """What happened to each picture: JSON lines, each flushed before the next thing is done, the last one counts.

    A line names the picture with its size, time and the digest of the settings, so that a picture that was changed,
    or other settings, are work anew. `begun` stands before anything is written: a result found after a kill is
    known to be ours.
    """

    def __init__(self, folder: Path) -> None:
        self._file = folder / LEDGER
        self._last: dict[str, dict[str, Any]] = {}
        self._out: TextIO | None = None

    def __enter__(self) -> Ledger:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            text = self._file.read_text(encoding="utf-8", errors="surrogateescape") if self._file.exists() else ""
            for line in text.splitlines():
                try:
                    entry = json.loads(line)
                    self._last[entry["input"]] = entry
                except (ValueError, TypeError, KeyError):
                    continue  # the line that a kill cut off
            self._out = self._file.open("a", encoding="utf-8", errors="surrogateescape")
            if text and not text.endswith("\n"):
                self._out.write("\n")
        except OSError as error:
            raise disk_trouble(self._file, error) from None
        return self

    def __exit__(self, *_: object) -> None:
        if self._out is not None:
            self._out.close()

    def state(self, mark: dict[str, Any]) -> str:
        """`done`, `begun` or `failed` for this very picture with these very settings; otherwise nothing."""
        entry = self._last.get(mark["input"], {})
        return str(entry.get("state", "")) if all(entry.get(key) == value for key, value in mark.items()) else ""

    def write(self, mark: dict[str, Any], state: str, **more: Any) -> None:
        assert self._out is not None
        entry = {**mark, "state": state, **more}
        self._last[mark["input"]] = entry
        try:
            self._out.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self._out.flush()
        except OSError as error:
            raise disk_trouble(self._file, error) from None


@dataclass
class Count:
    done: int = 0
    skipped: int = 0
    failed: int = 0


class Batch:
    """One tool with one set of values over many pictures."""

    def __init__(
        self,
        studio: Studio,
        tool: Tool,
        values: dict[str, Any],
        folder: Path,
        suffix: str | None,
        force: bool,
        naming: Naming,
    ) -> None:
        self._studio, self._tool, self._values = studio, tool, values
        self._folder, self._suffix, self._force, self._naming = folder, suffix, force, naming
        self._count = Count()
        self._files: list[dict[str, Any]] = []

    def run(self, inputs: Sequence[Path], terminal: Terminal) -> int:
        """The exit code: 0 only when every picture is there."""
        if self._suffix is not None:
            check_suffix("." + self._suffix.lstrip("."), endings(self._tool))
        if self._folder.exists() and not self._folder.is_dir():
            raise Trouble(
                "{name} is not a folder.",
                "Nothing was written.",
                "Name a folder for the results.",
                name=self._folder.name,
            )
        pairs = targets(inputs, self._folder, self._suffix)
        if not pairs:
            raise Trouble(
                "There is no picture in {name}.", "Nothing was written.", "Name another folder.", name=inputs[0]
            )
        discard_orphans(self._folder)
        settings = self._digest()  # also says at once when the model is missing
        try:
            with Ledger(self._folder) as ledger:
                interruptible(lambda progress: self._all(pairs, inputs, settings, ledger, terminal, progress), terminal)
        except Cancelled:
            self._tell(len(pairs), terminal)
            raise
        self._tell(len(pairs), terminal)
        return TROUBLE if self._count.failed else OK

    def _all(
        self,
        pairs: Sequence[tuple[Path, Path]],
        inputs: Sequence[Path],
        settings: str,
        ledger: Ledger,
        terminal: Terminal,
        progress: Progress,
    ) -> None:
        for at, (source, target) in enumerate(pairs):
            part = progress.part(at / len(pairs), (at + 1) / len(pairs))
            part.at(0.0, source.name)
            self._each(source, target, _named(source, inputs), settings, ledger, terminal, part)

    def _each(
        self,
        source: Path,
        target: Path,
        name: str,
        settings: str,
        ledger: Ledger,
        terminal: Terminal,
        progress: Progress,
    ) -> None:
        say = terminal.say
        mark = {**_mark(source, name), "settings": settings, "output": str(target.relative_to(self._folder))}
        state = ledger.state(mark)
        if state == "done" and target.is_file():
            self._count.skipped += 1
            self._files.append({"input": str(source), "output": str(target), "state": "skipped"})
            terminal.line(say("{name}: finished before", name=name))
            return
        began = time.monotonic()
        force = self._force or (state == "begun" and target.is_file())
        try:
            check_target(source, target, force, endings(self._tool))
            ledger.write(mark, "begun")
            made = make(self._studio, self._tool, self._values, source, target, force, self._naming, progress)
        except Cancelled:
            raise
        except Exception as error:  # whatever befalls one picture, the others get their turn
            trouble = _as_trouble(source, error)
            sentence = trouble.sentence(say)
            self._count.failed += 1
            self._files.append({"input": str(source), "state": "failed", "trouble": sentence})
            ledger.write(mark, "failed", sentence=str(trouble), seconds=round(time.monotonic() - began, 3))
            terminal.note(f"{name}: {sentence}")
            return
        seconds = round(time.monotonic() - began, 3)
        self._count.done += 1
        self._files.append(
            {
                "input": str(source),
                "output": str(target),
                "state": "done",
                "seconds": seconds,
                "notes": [note.sentence(say) for note in made.notes],
            }
        )
        ledger.write(mark, "done", seconds=seconds, model=made.record.model, version=made.record.model_version)
        terminal.line(say("{name}: {seconds} s", name=name, seconds=f"{seconds:.1f}"))

    def _tell(self, wanted: int, terminal: Terminal) -> None:
        """The sum of it; `finished` is said only of all."""
        count = self._count
        left = wanted - count.done - count.skipped - count.failed
        if terminal.as_json:
            terminal.json(
                {
                    "output": str(self._folder), "wanted": wanted, "done": count.done, "skipped": count.skipped,
                    "failed": count.failed, "left": left, "device": self._studio.truth().held, "files": self._files,
                }
            )  # fmt: skip
        elif count.failed or left:
            terminal.note(
                terminal.say(
                    "Not complete: of {wanted} pictures {done} were made, {skipped} were finished before, {failed} failed and {left} are left.",
                    wanted=wanted, done=count.done, skipped=count.skipped, failed=count.failed, left=left,
                )
            )  # fmt: skip
        else:
            terminal.line(
                terminal.say(
                    "Finished: all {wanted} pictures are in {folder}; {skipped} of them were finished before.",
                    wanted=wanted, folder=self._folder, skipped=count.skipped,
                )
            )  # fmt: skip

    def _digest(self) -> str:
        """Tool, values, model, the styles' own bytes and whom results are to name: what makes them the same."""
        state = hashlib.sha256()
        package = self._studio.package_of(self._tool, self._values)
        state.update(json.dumps([self._tool.id, package.digest, self._values], sort_keys=True, default=str).encode())
        for knob in self._tool.knobs:
            if isinstance(knob, Styles):
                for content in _contents(style for style, _ in self._values[knob.name]):
                    state.update(content)
        if self._naming.asked != Credit():
            state.update(json.dumps(vars(self._naming.asked)).encode())
        return state.hexdigest()[:16]


def _contents(names: Iterable[str]) -> Iterable[bytes]:
    for name in names:
        if os.path.isfile(name):
            yield Path(name).read_bytes()


def _named(source: Path, inputs: Sequence[Path]) -> str:
    """The picture's name in the ledger: below its folder, with the folder's name when there are several inputs."""
    for given in inputs:
        if given.is_dir() and source.is_relative_to(given):
            inside = source.relative_to(given).as_posix()
            return inside if len(inputs) == 1 else f"{given.name}/{inside}"
    return source.name


def _mark(source: Path, name: str) -> dict[str, Any]:
    try:
        facts = source.stat()
    except OSError:
        return {"input": name, "size": -1, "mtime_ns": -1}
    return {"input": name, "size": facts.st_size, "mtime_ns": facts.st_mtime_ns}


def _as_trouble(source: Path, error: Exception) -> Trouble:
    if isinstance(error, Trouble):
        return error
    if isinstance(error, OSError):
        return disk_trouble(source, error)
    return no_memory() if isinstance(error, MemoryError) else own_fault()
