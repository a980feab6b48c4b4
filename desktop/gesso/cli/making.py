"""One picture through one tool to one file, with everything checked that can be checked before the model runs."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from gesso.cli.settings import Naming
from gesso.documents.painting import Provenance
from gesso.engine import Package
from gesso.files import limits, pictures, svg_drawing
from gesso.files.pictures import Facts
from gesso.files.trouble import disk_trouble
from gesso.tools import Models, Tool, Values
from gesso.tools.studio import Studio
from gesso.values import Note, Picture, Progress, Size, Trouble, mark

DRAWING = ".svg"
"""What tools that draw lines can also write."""
PART = ".gesso-{pid}-*.part"
"""What a result is called while it is being written beside its place."""


@dataclass(frozen=True)
class Made:
    """What came of it."""

    record: Provenance
    notes: Sequence[Note]


def make(
    studio: Studio,
    tool: Tool,
    values: dict[str, Any],
    source: Path,
    target: Path,
    force: bool,
    naming: Naming,
    progress: Progress,
) -> Made:
    """Raises `Trouble` before anything is read or run when it cannot end well; the source is never written."""
    check_target(source, target, force, endings(tool))
    paths = _Paths(tool) if target.suffix.lower() == DRAWING else None
    check_room(source, target if paths is None else None, tool.scale_of(values))
    package = studio.package_of(tool, values)  # says now, not after reading, when there is none
    opened = pictures.read(source, progress=progress.part(0.0, 0.05))
    used = tool if paths is None else paths.tool
    result, record = studio.apply(used, opened.picture, values, progress.part(0.05, 0.9))
    progress.check()
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise disk_trouble(target.parent, error) from None
    records, rest = [*opened.origin.records, record], progress.part(0.9, 1.0)
    whose = naming.of(opened.origin.credit)
    lost: Sequence[Note] = ()
    if paths is not None:
        svg_drawing.write(paths.drawing, target, provenance=records, credit=whose, overwrite=force)
    else:
        lost = pictures.write(result, target, provenance=records, credit=whose, overwrite=force, progress=rest)
    return Made(record, [*opened.notes, *_other_grade(package, tool.grade_of(values)), *lost])


def endings(tool: Tool) -> tuple[str, ...]:
    """What a tool's results may be called beside what pictures are called."""
    return (DRAWING,) if tool.draw is not None else ()


class _Paths:
    """A tool that draws paths instead of pixels, and gives the picture back as it was."""

    def __init__(self, tool: Tool) -> None:
        self.drawing = ""
        self._draw = tool.draw
        self.tool = replace(tool, run=self._run)

    def _run(self, picture: Picture, models: Models, values: Values, progress: Progress) -> Picture:
        assert self._draw is not None
        self.drawing = self._draw(picture, models, values, progress)
        return picture


def _other_grade(package: Package, wanted: str) -> list[Note]:
    if package.card.grade == wanted:
        return []
    return [
        Note(
            mark("No model of grade {grade} is installed; {model} was used instead."),
            {"grade": wanted, "model": package.name},
        )
    ]


def check_target(source: Path, target: Path, force: bool, also: Sequence[str] = ()) -> None:
    """Whether the result may be written where it is wanted; `also` are endings beside those of pictures."""
    check_suffix(target.suffix, also)
    if target.is_dir():
        raise disk_trouble(target, IsADirectoryError())
    if target.exists():
        if source.exists() and target.samefile(source):
            raise Trouble(
                "The result would replace {name}, the picture that it is made from.",
                "It was left exactly as it is.",
                "Choose another name for the result.",
                name=source.name,
            )
        if not force:
            raise Trouble(
                "{name} is already there.",
                "It was left exactly as it is.",
                "Choose another name, or write over it with --force.",
                name=target.name,
            )


def check_suffix(suffix: str, also: Sequence[str] = ()) -> None:
    if suffix.lower() not in (*pictures.WRITABLE, *also):
        raise Trouble(
            "Gesso cannot write pictures that end in {suffix}.",
            "Nothing was written.",
            "Choose a name that ends in {endings}.",
            suffix=suffix or "…",
            endings=", ".join((*pictures.WRITABLE, *also)),
        )


def check_room(source: Path, target: Path | None, scale: int) -> None:
    """Whether picture and result fit into memory, and the result into its format, by what the file's head says.

    A result of paths, which has no target here, fits anywhere.
    """
    facts: Facts = pictures.probe(source)
    limits.admit(source.name, facts.size, facts.bytes_needed)
    if target is None:
        return
    size = Size(facts.size.width * scale, facts.size.height * scale)
    needed, free = facts.bytes_needed + size.area * 4 * facts.depth // 8, limits.free_bytes()
    if needed > free:
        raise Trouble(
            "The result for {name} has {width} × {height} pixels: making it needs {need} of memory, and only {free} are free.",
            "Nothing was written.",
            "Close other programs, or make the picture smaller first.",
            name=source.name,
            width=size.width,
            height=size.height,
            need=limits.spoken(needed),
            free=limits.spoken(free),
        )
    pictures.refuse_too_long(size, target, mark("Nothing was written."))


def discard(folder: Path, deep: bool) -> None:
    """Take away what this process was writing in a folder, or also below it, when it must end at once."""
    mine = PART.format(pid=os.getpid())
    for part in folder.rglob(mine) if deep else folder.glob(mine):
        with contextlib.suppress(OSError):
            part.unlink()


def discard_orphans(folder: Path) -> None:
    """Take away what processes that were killed had been writing in a folder or below it."""
    for part in folder.rglob(PART.format(pid="*")):
        number = part.name.split("-")[1]
        if number.isdigit() and not psutil.pid_exists(int(number)):
            with contextlib.suppress(OSError):
                part.unlink()


def targets(inputs: Sequence[Path], output: Path, suffix: str | None) -> list[tuple[Path, Path]]:
    """Each picture with the file of its result; raises `Trouble` when two results would be one file.

    One picture goes to `output` itself, unless that is a folder; several, and those in folders, go under it.
    """
    one = len(inputs) == 1 and not inputs[0].is_dir()
    if one and not output.is_dir() and not str(output).endswith(("/", os.sep)):
        return [(inputs[0], output)]
    found: list[tuple[Path, Path]] = []
    for given in inputs:
        if given.is_dir():
            found += [(file, output / _named(file.relative_to(given), suffix)) for file in _pictures(given, output)]
        else:
            found.append((given, output / _named(Path(given.name), suffix)))
    taken: dict[str, Path] = {}
    for source, target in found:
        other = taken.setdefault(str(target).casefold(), source)
        if other is not source:
            raise Trouble(
                "{first} and {second} would both become {name}.",
                "Nothing was written.",
                "Rename one of them, or run them one by one.",
                first=other,
                second=source,
                name=target.name,
            )
    return found


def _named(inside: Path, suffix: str | None) -> Path:
    """The result's name: in the format asked for, else the picture's own, else PNG."""
    if suffix is not None:
        return inside.with_suffix("." + suffix.lower().lstrip("."))
    return inside if inside.suffix.lower() in pictures.WRITABLE else inside.with_suffix(".png")


def _pictures(folder: Path, output: Path) -> list[Path]:
    """Every picture in a folder and those below, without what is hidden and without our own results."""
    kept_out = output.resolve()
    found = []
    for where, folders, files in os.walk(folder):
        here = Path(where)
        folders[:] = sorted(f for f in folders if not f.startswith(".") and (here / f).resolve() != kept_out)
        found += [
            here / f for f in sorted(files) if not f.startswith(".") and Path(f).suffix.lower() in pictures.READABLE
        ]
    return found
