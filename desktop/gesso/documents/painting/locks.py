"""What is kept from change: locked layers, locked alpha, and the pixels of filter and text layers, which are made."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.documents.painting.painting import Layer, Painting
from gesso.values import Trouble


def check_unlocked(painting: Painting, id: str) -> None:
    """Raises `Trouble` when a node, or a group that it lies in, is locked."""
    if painting.is_locked(id):
        raise Trouble(
            "The layer “{name}” is locked.",
            "Nothing was changed.",
            "Unlock it in the layer list first.",
            name=painting.nodes[id].name,
        )


def check_paintable(painting: Painting, id: str) -> None:
    """Raises `Trouble` when the pixels of a layer are not the artist's to change now."""
    check_unlocked(painting, id)
    node = painting.nodes[id]
    if isinstance(node, Layer) and node.recipe is not None:
        raise Trouble(
            "“{name}” is a filter layer: its pixels are made anew with every update.",
            "Nothing was changed.",
            "Make it editable in the layer list, or paint on another layer.",
            name=node.name,
        )
    if isinstance(node, Layer) and node.text is not None:
        raise Trouble(
            "“{name}” is a text layer: its pixels are letters.",
            "Nothing was changed.",
            "Rasterise the text in the layer list, or paint on another layer.",
            name=node.name,
        )


def solid(pixels: NDArray[Any]) -> NDArray[Any]:
    """Pixels (h, w, 4) as if they were opaque: what is painted on where alpha is locked."""
    found = pixels.copy()
    found[..., 3] = np.iinfo(pixels.dtype).max
    return found


def keep_alpha(old: NDArray[Any], new: NDArray[Any]) -> NDArray[Any]:
    """The colours of what was painted on `solid(old)` with the alpha that was there, and nothing where nothing was."""
    found = np.where(old[..., 3:] > 0, new, old)
    found[..., 3] = old[..., 3]
    return found
