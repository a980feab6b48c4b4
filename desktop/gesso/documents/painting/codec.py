"""Paintings and their edits as plain JSON, their tiles as separate blobs named by their content."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import MISSING, Field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting import beside, edits
from gesso.documents.painting.guides import Guide, Symmetry
from gesso.documents.painting.painting import Adjustment, Credit, Group, Layer, Node, Painting, Provenance, Recipe
from gesso.documents.painting.text import Run, SetText, Style, Text
from gesso.documents.painting.tiles import Tiles
from gesso.values import Size

Array = NDArray[Any]
Put = Callable[[Array], str]
"""Keep an array; its name."""
Get = Callable[[str], Array]

KINDS: dict[str, type] = {
    kind.__name__: kind
    for kind in (
        Size, Provenance, Recipe, Credit, Guide, Symmetry, Text, Run, Style, beside.Along, Layer, Group, Adjustment,
        edits.ReplaceTiles, edits.PlaceNode, edits.MoveNode, edits.SetProperty, edits.SetMask, edits.SetSelection,
        edits.SetActive, edits.SetProvenance, edits.SetValues, edits.SetRecipe, edits.SetCanvas,
        edits.ReplaceMask, SetText, beside.SetGuides, beside.SetSymmetry, beside.SetResolution,
        beside.SetLight, beside.SetCredit,
    )
}  # fmt: skip
"""Everything that may stand in a file; nothing else is ever built from one."""


def name_of(array: Array) -> str:
    """The digest of an array of uint8 or uint16."""
    digest = hashlib.blake2b(_head(array), digest_size=16)
    digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def pack(array: Array) -> bytes:
    """An array of uint8 or uint16 as it stands in a file."""
    return _head(array) + zlib.compress(np.ascontiguousarray(array).data, 1)


def _head(array: Array) -> bytes:
    return f"{array.dtype.str} {' '.join(str(n) for n in array.shape)}\n".encode()


def unpack(name: str, blob: bytes) -> Array:
    """Raises ValueError when the content is not what the name says."""
    head, _, packed = blob.partition(b"\n")
    try:
        dtype, *shape = head.decode("ascii").split()
        sides = [int(n) for n in shape]
        if dtype not in ("|u1", "<u2") or len(sides) != 3 or min(sides) < 1 or max(sides) > 4096:
            raise ValueError
        size = int(np.prod(sides)) * (2 if dtype == "<u2" else 1)
        opened = zlib.decompressobj()
        raw = opened.decompress(packed, size + 1)
    except (ValueError, zlib.error, UnicodeDecodeError):
        raise ValueError("a tile is damaged") from None
    if len(raw) != size or hashlib.blake2b(head + b"\n" + raw, digest_size=16).hexdigest() != name:
        raise ValueError("a tile is damaged")
    found = np.frombuffer(raw, np.dtype(dtype)).reshape(sides)
    found.flags.writeable = False
    return found


def encode(value: Any, put: Put) -> Any:
    """A value as JSON; tiles go through `put`."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return {"$": "array", "name": put(value)}
    if isinstance(value, Tiles):
        return {
            "$": "Tiles",
            "size": [value.size.width, value.size.height],
            "dtype": value.dtype.str,
            "channels": value.channels,
            "tiles": [[column, row, put(tile)] for (column, row), tile in sorted(value.tiles.items())],
        }
    if isinstance(value, (list, tuple)):
        return [encode(item, put) for item in value]
    if isinstance(value, dict):
        return {"$": "map", "items": [[encode(key, put), encode(item, put)] for key, item in value.items()]}
    if type(value).__name__ in KINDS:
        listed = {field.name: getattr(value, field.name) for field in fields(value)}
        # What stands at its default is left out: a painting without newer features can be read by an older Gesso.
        kept = {
            field.name: encode(listed[field.name], put) for field in fields(value) if not _is_default(field, listed)
        }
        return {"$": type(value).__name__, **kept}
    raise TypeError(f"{type(value).__name__} cannot be kept in a file")


def _is_default(field: Field[Any], values: dict[str, Any]) -> bool:
    value = values[field.name]
    return field.default is not MISSING and type(value) is type(field.default) and bool(value == field.default)


def decode(value: Any, get: Get) -> Any:
    """The value again; lists become tuples. Raises ValueError or TypeError for what no painting holds."""
    if isinstance(value, list):
        return tuple(decode(item, get) for item in value)
    if not isinstance(value, dict):
        return value
    kind = value.get("$")
    if kind == "array":
        return get(value["name"])
    if kind == "map":
        return {decode(key, get): decode(item, get) for key, item in value["items"]}
    if kind == "Tiles":
        width, height = value["size"]
        dtype, channels = np.dtype(value["dtype"]), int(value["channels"])
        if dtype.str not in ("|u1", "<u2") or channels not in (1, 4):
            raise ValueError("impossible pixels")
        empty = Tiles(Size(width, height), dtype, channels)
        tiles = {}
        for column, row, name in value["tiles"]:
            tile, place = get(name), empty.tile_box((column, row))
            if tile.shape != (place.height, place.width, channels) or tile.dtype != dtype:
                raise ValueError("a tile does not fit")
            tiles[(column, row)] = tile
        return Tiles(Size(width, height), dtype, channels, tiles)
    if kind in KINDS:
        return KINDS[kind](**{name: decode(item, get) for name, item in value.items() if name != "$"})
    raise ValueError(f"unknown kind {kind!r}")


def encode_painting(painting: Painting, put: Put) -> dict[str, Any]:
    found = {
        "size": [painting.size.width, painting.size.height],
        "depth": painting.depth,
        "title": painting.title,
        "nodes": [encode(node, put) for node in painting.nodes.values()],
        "selection": encode(painting.selection, put),
        "active": painting.active,
        "icc": painting.icc.hex() if painting.icc else None,
    }
    # What there is not is left out, as with nodes.
    kept = {
        "dpi": painting.dpi,
        "guides": painting.guides,
        "symmetry": painting.symmetry,
        "linear": painting.linear,
        "credit": painting.credit if painting.credit != Credit() else None,
    }
    return found | {name: encode(value, put) for name, value in kept.items() if value}


def decode_painting(value: dict[str, Any], get: Get) -> Painting:
    """Raises ValueError, KeyError or TypeError for what is not a whole painting."""
    nodes = [decode(node, get) for node in value["nodes"]]
    if not all(isinstance(node, Node) for node in nodes):
        raise ValueError("not a layer")
    guides, symmetry = decode(value.get("guides", []), get), decode(value.get("symmetry"), get)
    if not all(isinstance(guide, Guide) for guide in guides) or not isinstance(symmetry, Symmetry | None):
        raise ValueError("not a guide")
    credit = decode(value.get("credit"), get) or Credit()
    if not isinstance(credit, Credit) or not all(isinstance(said, str) for said in vars(credit).values()):
        raise ValueError("not a credit")
    painting = Painting(
        Size(*value["size"]),
        int(value["depth"]),
        str(value["title"]),
        {node.id: node for node in nodes},
        decode(value["selection"], get),
        str(value["active"]),
        bytes.fromhex(value["icc"]) if value["icc"] else None,
        _dpi(value.get("dpi")),
        guides,
        symmetry,
        value.get("linear") is True,
        credit,
    )
    list(painting.walk())  # every child must be there
    return painting


def _dpi(value: Any) -> tuple[float, float] | None:
    """Raises ValueError for what no print has."""
    if value is None:
        return None
    across, down = (float(side) for side in value)
    if not (0 < across < 1e6 and 0 < down < 1e6):
        raise ValueError("an impossible resolution")
    return across, down
