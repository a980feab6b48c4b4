"""What a package brings along to explain itself: the card's optional `explain` entry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gesso.engine.card import Card
from gesso.engine.package import Package

METHODS = ("cam", "receptive_field", "occlusion")


@dataclass(frozen=True)
class Explanation:
    """One way of explaining: `cam` by a graph of the package, `receptive_field` by a picture in it, `occlusion` by the studio."""

    method: str
    graph: str = ""
    asset: str = ""


@dataclass(frozen=True)
class Reach:
    """How far around a place of the result a network looks."""

    px: int
    """In pixels of its input, on each side."""
    sees_all: bool
    """Whether it looks besides at the whole picture, made small."""


def explanations(package: Package) -> list[Explanation]:
    """Those that this studio knows how to show and that are whole; a newer card may name others."""
    entry = package.card.everything.get("explain")
    found = []
    for one in entry if isinstance(entry, list) else [entry]:
        if not isinstance(one, Mapping) or one.get("method") not in METHODS:
            continue
        made = Explanation(one["method"], str(one.get("graph", "")), str(one.get("asset", "")))
        lacks_graph = made.method == "cam" and made.graph not in package.card.graphs
        lacks_asset = made.method == "receptive_field" and made.asset not in package.files
        if not lacks_graph and not lacks_asset:
            found.append(made)
    return found


def reach(card: Card) -> Reach | None:
    """From how the card says that a picture may be cut; nothing for what is not a picture network."""
    if card.tiling is None:
        return None
    return Reach(card.tiling.halo_px, card.tiling.statistics is not None)
