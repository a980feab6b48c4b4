"""What a tool declares once: from it come the form, the shell command, the palette entry, undo, progress and records."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from gesso.engine import Added, Package
from gesso.values import Note, Picture, Progress, Seed, Trouble, mark

Values = Mapping[str, Any]
"""Knob name -> value, complete and checked."""


class Models(Protocol):
    """What a tool may ask of the engine room. Given to `run`, so that tools hold nothing."""

    def open(self, task: str, grade: str = "best", scale: int = 1) -> Package:
        """The package in use for a task, its result `scale` times as large; raises `Trouble` when none is installed."""

    def picture(
        self,
        package: Package,
        colour: Any,
        *,
        extra: Mapping[str, Any] | None = None,
        textures: Mapping[str, Any] | None = None,
        added: Added | None = None,
        recolour: Any | None = None,
        progress: Progress,
    ) -> Any:
        """(h, w, 3) of 8 or 16 bit through a picture network, tile by tile, at the card's scale; see `Engine.picture`."""

    def run(
        self, package: Package, inputs: Mapping[str, Any], progress: Progress, graph: str = "model"
    ) -> dict[str, Any]:
        """One graph of a package on whole arrays."""

    def read_picture(self, path: str) -> Picture:
        """A picture file that the artist named in a knob."""


def _refused(knob: str, reason: str, **values: object) -> Trouble:
    return Trouble(
        "The setting {knob} cannot be used: {reason}.",
        "Nothing was changed.",
        "Choose another value.",
        knob=knob,
        reason=Note(reason, values),
    )


@dataclass(frozen=True)
class Option:
    """One of a `Choice`."""

    value: str
    title: str


@dataclass(frozen=True)
class Amount:
    """A number on a slider, such as 0 to 1."""

    name: str
    title: str
    help: str
    default: float
    low: float = 0.0
    high: float = 1.0
    step: float = 0.01
    unit: str = "%"
    """`%` shows 0-1 as 0-100 %; empty shows the number."""

    def check(self, value: Any) -> float:
        """Raises `Trouble` for what is no number in the range, NaN included."""
        try:
            number = float(value)
        except (TypeError, ValueError):
            raise _refused(self.name, mark("{value} is not a number"), value=repr(value)) from None
        if not math.isfinite(number) or not self.low <= number <= self.high:
            raise _refused(
                self.name,
                mark("{value} does not lie in {low} to {high}"),
                value=value,
                low=f"{self.low:g}",
                high=f"{self.high:g}",
            )
        return number


@dataclass(frozen=True)
class Choice:
    """One of a few."""

    name: str
    title: str
    help: str
    default: str
    options: tuple[Option, ...]

    def check(self, value: Any) -> str:
        text = str(value)
        known = [option.value for option in self.options]
        if text not in known:
            raise _refused(self.name, mark("{value} is none of {known}"), value=text, known=", ".join(known))
        return text


@dataclass(frozen=True)
class Switch:
    """On or off."""

    name: str
    title: str
    help: str
    default: bool = False

    def check(self, value: Any) -> bool:
        if isinstance(value, bool):
            return value
        text = str(value).lower()
        if text not in ("yes", "no", "true", "false", "1", "0", "on", "off"):
            raise _refused(self.name, mark("{value} is neither yes nor no"), value=value)
        return text in ("yes", "true", "1", "on")


@dataclass(frozen=True)
class Styles:
    """Up to `most` styles, each the id of a shipped style or the path of any picture, with a weight."""

    name: str
    title: str
    help: str
    default: tuple[tuple[str, float], ...]
    most: int = 4

    def check(self, value: Any) -> tuple[tuple[str, float], ...]:
        """From pairs, or text such as `great-wave:2` or `my/picture.png`; weights come out adding up to 1."""
        listed = [value] if isinstance(value, str) else list(value)
        pairs = []
        for item in listed:
            style, weight = self._pair(item)
            if not style or not math.isfinite(weight) or weight <= 0:
                raise _refused(self.name, mark("{value} is no style with a weight above 0"), value=repr(item))
            pairs.append((style, weight))
        if not 1 <= len(pairs) <= self.most:
            raise _refused(self.name, mark("choose 1 to {most} styles"), most=self.most)
        total = sum(weight for _, weight in pairs)
        return tuple((style, weight / total) for style, weight in pairs)

    @staticmethod
    def _pair(item: Any) -> tuple[str, float]:
        if not isinstance(item, str):
            style, weight = item
            return str(style), float(weight)
        style, colon, weight = item.rpartition(":")
        try:
            return (style, float(weight)) if colon and style else (item, 1.0)
        except ValueError:
            return item, 1.0  # the colon belongs to a path


@dataclass(frozen=True)
class SeedKnob:
    """Which of many equal possibilities; the same seed gives the same result."""

    name: str = "seed"
    title: str = "Seed"
    help: str = "Which variation: the same number gives the same result again."
    default: int = 1

    def check(self, value: Any) -> int:
        try:
            return Seed(int(value)).value
        except (TypeError, ValueError, OverflowError):
            raise _refused(
                self.name, mark("{value} is not a whole number from 0 to 4294967295"), value=repr(value)
            ) from None


Knob = Amount | Choice | Switch | Styles | SeedKnob
Run = Callable[[Picture, Models, Values, Progress], Picture]
Draw = Callable[[Picture, Models, Values, Progress], str]


@dataclass(frozen=True)
class Tool:
    """A picture tool: a picture and its knobs in, a picture out; the same for window, shell and tests."""

    id: str
    """`<art>.<name>`."""
    title: str
    summary: str
    task: str
    """The model task of the packages that it can run with."""
    knobs: tuple[Knob, ...]
    run: Run
    kind: str
    """IPTC digital source type of what it makes."""
    scale_of: Callable[[Values], int] = lambda values: 1
    """How many times larger the result is, on each side."""
    grade_of: Callable[[Values], str] = lambda values: "best"
    proposals: Callable[[Values], Sequence[Values]] = lambda values: [values]
    """Several settings around the given ones, worth seeing side by side."""
    draw: Draw | None = None
    """The same result as an SVG drawing, of tools that make lines."""

    @property
    def art(self) -> str:
        return self.id.partition(".")[0]

    @property
    def name(self) -> str:
        return self.id.partition(".")[2]

    def knob(self, name: str) -> Knob:
        for knob in self.knobs:
            if knob.name == name:
                return knob
        raise _refused(name, mark("this tool does not have it"))

    def defaults(self) -> dict[str, Any]:
        return {knob.name: knob.check(knob.default) for knob in self.knobs}

    def checked(self, given: Values) -> dict[str, Any]:
        """The given values over the defaults; raises `Trouble` for the first that does not fit."""
        found = self.defaults()
        for name, value in given.items():
            found[name] = self.knob(name).check(value)
        return found

    def describe(self) -> dict[str, Any]:
        """As plain JSON, for `gesso tool list --json` and the documentation."""
        return {
            "id": self.id, "title": self.title, "summary": self.summary, "task": self.task, "makes": self.kind,
            "knobs": [dict(_facts(knob)) for knob in self.knobs],
        }  # fmt: skip


def _facts(knob: Knob) -> Iterator[tuple[str, Any]]:
    yield "kind", type(knob).__name__.lower().removesuffix("knob")
    for name, value in vars(knob).items():
        yield name, [vars(option) for option in value] if name == "options" else value
