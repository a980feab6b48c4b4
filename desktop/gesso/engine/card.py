"""A model's card: everything the studio has to know about a package, checked against its schema."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gesso.values import Note, Trouble, mark
from gesso.values.paths import resources

ENGINE_VERSION = 3
"""2: weights of their own are added to those of a graph (`adapted`)."""
Version = tuple[int, int, int]


def parse_version(text: str) -> Version:
    """`1.2.3` as numbers that compare."""
    major, minor, patch = (int(part) for part in text.split("."))
    return major, minor, patch


@dataclass(frozen=True)
class Port:
    name: str
    kind: str
    shape: tuple[int | None, ...]


@dataclass(frozen=True)
class GraphPorts:
    file: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]


@dataclass(frozen=True)
class Statistics:
    """A network with statistics of the whole picture: measured once, then fed to every tile."""

    graph: str
    input: str
    output: str
    from_px: int
    """Side of the square copy that they are measured on, a multiple of the alignment: pictures of all sizes and shapes
    are measured alike."""


@dataclass(frozen=True)
class Tiling:
    """How a picture is cut for the network; all in input pixels."""

    tile_px: int
    """A tile holds about this squared."""
    halo_px: int
    """Context that a tile needs on each side for its middle to come out as in the whole."""
    align_px: int
    scale: int
    edge_px: int
    """Mirrored context around the whole picture."""
    statistics: Statistics | None = None


@dataclass(frozen=True)
class State:
    input: str
    output: str
    shape: tuple[int, ...]


@dataclass(frozen=True)
class Card:
    """What the engine uses of `card.json`; `everything` holds the rest."""

    name: str
    version: str
    title: str
    task: str
    grade: str
    terms: str
    licence: str
    graphs: Mapping[str, GraphPorts]
    tiling: Tiling | None
    states: tuple[State, ...]
    golden_tolerance: float
    everything: Mapping[str, Any]

    @property
    def number(self) -> Version:
        return parse_version(self.version)


@cache
def _validator(schema: str) -> Any:
    import jsonschema

    return jsonschema.Draft202012Validator(json.loads(schema))


def read_card(text: bytes, schema_file: Path | None = None) -> Card:
    """Raises `Trouble` naming the first place that does not fit the schema."""
    try:
        found = json.loads(text)
    except ValueError:
        raise _unfit(mark("it is not JSON")) from None
    schema = (schema_file or resources() / "model-card.schema.json").read_text(encoding="utf-8")
    for fault in _validator(schema).iter_errors(found):
        where = "/".join(str(part) for part in fault.absolute_path) or Note(mark("the card"))
        raise _unfit(mark("{part}: {fault}"), part=where, fault=fault.message[:120])
    if found["minimum_engine"] > ENGINE_VERSION:
        raise Trouble(
            "The model {name} needs a newer Gesso.",
            "Nothing was changed.",
            "Update Gesso, or use an older version of the model.",
            name=found["name"],
        )
    return _card(found)


def _unfit(reason: str, **values: object) -> Trouble:
    return Trouble(
        "The model's card cannot be used: {reason}.",
        "It was not opened.",
        "Get the package again from where it came from.",
        reason=Note(reason, values),
    )


def _card(found: Mapping[str, Any]) -> Card:
    def ports(listed: list[Mapping[str, Any]]) -> tuple[Port, ...]:
        return tuple(Port(port["name"], port["kind"], tuple(port["shape"])) for port in listed)

    tiling = found.get("tiling")
    recurrent = found.get("recurrent")
    return Card(
        name=found["name"],
        version=found["version"],
        title=found["title"],
        task=found["task"],
        grade=found["grade"],
        terms=found["terms"],
        licence=found["licence"],
        graphs={
            key: GraphPorts(graph["file"], ports(graph["inputs"]), ports(graph["outputs"]))
            for key, graph in found["graphs"].items()
        },
        tiling=None
        if tiling is None
        else Tiling(
            tiling["tile_px"],
            tiling["halo_px"],
            tiling["align_px"],
            tiling["scale"],
            tiling["edge_px"],
            Statistics(**tiling["statistics"]) if tiling.get("statistics") else None,
        ),
        states=tuple(State(s["input"], s["output"], tuple(s["shape"])) for s in recurrent["states"])
        if recurrent
        else (),
        golden_tolerance=float(found["golden"]["tolerance"]),
        everything=found,
    )
