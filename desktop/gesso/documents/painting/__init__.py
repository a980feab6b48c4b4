"""Paintings: layers in tiles, their blending, and the edits that change them."""

from __future__ import annotations

from gesso.documents.painting.composite import composite
from gesso.documents.painting.painting import Group, Layer, Node, Painting, Provenance, new_id
from gesso.documents.painting.tiles import TILE, Tiles

__all__ = ["TILE", "Group", "Layer", "Node", "Painting", "Provenance", "Tiles", "composite", "new_id"]
