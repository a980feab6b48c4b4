"""Paintings: layers in tiles, their blending, adjustments, and the edits that change them."""

from __future__ import annotations

from gesso.documents.painting.composite import composite
from gesso.documents.painting.guides import Guide, Symmetry
from gesso.documents.painting.painting import (
    LABELS,
    Adjustment,
    Credit,
    Group,
    Layer,
    Node,
    Painting,
    Provenance,
    Recipe,
    new_id,
)
from gesso.documents.painting.text import Text
from gesso.documents.painting.tiles import TILE, Tiles

__all__ = [
    "LABELS", "TILE", "Adjustment", "Credit", "Group", "Guide", "Layer", "Node", "Painting", "Provenance", "Recipe", "Symmetry", "Text",
    "Tiles", "composite", "new_id",
]  # fmt: skip
