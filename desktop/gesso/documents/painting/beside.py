"""What lies beside the pixels and goes along with them: guides, axes, resolution, credit, and the edits that change these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from gesso.documents.edit import Change
from gesso.documents.painting.adjustments import at_scale
from gesso.documents.painting.guides import Guide, Matrix, Symmetry, guides_by, symmetry_by
from gesso.documents.painting.painting import Adjustment, Credit, Layer, Painting, Recipe
from gesso.documents.painting.text import Text
from gesso.values import Size

SMALL = 200
"""Bytes that a small edit is counted with."""


@dataclass
class SetGuides:
    """Exchange all guides."""

    guides: tuple[Guide, ...]

    def flip(self, painting: Painting) -> Change:
        painting.guides, self.guides = self.guides, painting.guides
        return Change()

    @property
    def byte_size(self) -> int:
        return SMALL


@dataclass
class SetSymmetry:
    """Exchange what strokes are repeated by."""

    symmetry: Symmetry | None

    def flip(self, painting: Painting) -> Change:
        painting.symmetry, self.symmetry = self.symmetry, painting.symmetry
        return Change()

    @property
    def byte_size(self) -> int:
        return SMALL


@dataclass
class SetResolution:
    """Exchange the pixels to the inch, in print."""

    dpi: tuple[float, float] | None

    def flip(self, painting: Painting) -> Change:
        painting.dpi, self.dpi = self.dpi, painting.dpi
        return Change()

    @property
    def byte_size(self) -> int:
        return SMALL


@dataclass
class SetCredit:
    """Exchange what the painting is called, who made it and whose it is."""

    credit: Credit

    def flip(self, painting: Painting) -> Change:
        painting.credit, self.credit = self.credit, painting.credit
        return Change()

    @property
    def byte_size(self) -> int:
        return SMALL


@dataclass
class SetLight:
    """Exchange whether layers are blended in linear light."""

    linear: bool

    def flip(self, painting: Painting) -> Change:
        painting.linear, self.linear = self.linear, painting.linear
        return Change(painting.size.box, structure=True)

    @property
    def byte_size(self) -> int:
        return SMALL


@dataclass(frozen=True)
class Along:
    """What goes along with a change of the canvas besides pixels."""

    guides: tuple[Guide, ...]
    symmetry: Symmetry | None
    dpi: tuple[float, float] | None
    recipes: Mapping[str, Recipe]
    """Of filter layers, by id: where they were made from."""
    values: Mapping[str, Mapping[str, Any]]
    """Of adjustments, by id: some are counted in pixels."""
    texts: Mapping[str, Text] = field(default_factory=dict)
    """Of text layers, by id: where they stand."""

    @classmethod
    def of(cls, painting: Painting) -> Along:
        """As it is now."""
        nodes = painting.nodes.values()
        return cls(
            painting.guides,
            painting.symmetry,
            painting.dpi,
            {node.id: node.recipe for node in nodes if isinstance(node, Layer) and node.recipe is not None},
            {node.id: node.values for node in nodes if isinstance(node, Adjustment)},
            {node.id: node.text for node in nodes if isinstance(node, Layer) and node.text is not None},
        )

    def put(self, painting: Painting) -> None:
        """So it is to be."""
        painting.guides, painting.symmetry, painting.dpi = self.guides, self.symmetry, self.dpi
        for id, recipe in self.recipes.items():
            painting.nodes[id] = replace(painting.layer(id), recipe=recipe)
        for id, values in self.values.items():
            painting.nodes[id] = replace(painting.adjustment(id), values=values)
        for id, text in self.texts.items():
            painting.nodes[id] = replace(painting.layer(id), text=text)

    @classmethod
    def by(cls, painting: Painting, size: Size, matrix: Matrix, growth: float | None = None) -> Along:
        """Through a matrix onto a canvas of another size.

        `growth` says that the picture itself was scaled: what adjustments count in pixels grows with it.
        """
        now = cls.of(painting)
        symmetry = None if now.symmetry is None else symmetry_by(now.symmetry, matrix)
        dpi = now.dpi if now.dpi is None or abs(matrix[0, 0]) > abs(matrix[0, 1]) else (now.dpi[1], now.dpi[0])
        recipes = {id: replace(recipe, box=box_by(recipe.box, matrix)) for id, recipe in now.recipes.items()}
        values = now.values
        if growth is not None:
            values = {id: at_scale(painting.adjustment(id).kind, kept, growth) for id, kept in values.items()}
        texts = {id: text.placed(matrix) for id, text in now.texts.items()}
        return cls(guides_by(now.guides, matrix, size), symmetry, dpi, recipes, values, texts)


def box_by(box: tuple[int, int, int, int], matrix: Matrix) -> tuple[int, int, int, int]:
    """The whole pixels around where a box comes to lie; what reaches beyond the canvas is not forgotten."""
    x, y, width, height = box
    corners = matrix @ np.array([[x, x + width] * 2, [y, y, y + height, y + height], [1.0] * 4])
    across, down = corners[0] / corners[2], corners[1] / corners[2]
    left, top = (int(np.floor(side.min() + 1e-6)) for side in (across, down))
    right, bottom = (int(np.ceil(side.max() - 1e-6)) for side in (across, down))
    return left, top, right - left, bottom - top
