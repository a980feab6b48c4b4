"""What can be done to layers beyond the buttons: for the layer menu, the context menu and the command palette."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gesso.documents.painting import Group, Layer, Node, merging
from gesso.documents.painting.adjustments import ADJUSTMENTS
from gesso.ui.actions import Act
from gesso.ui.speech import mark
from gesso.ui.text_deeds import rasterise_text

if TYPE_CHECKING:
    from gesso.ui.layers import LayersPanel


@dataclass(frozen=True)
class LayerDeed:
    """One thing to do to the active node."""

    id: str
    title: str
    run: Callable[[], object]
    can: Callable[[Node], bool]
    icon: str = ""
    keys: str = ""
    is_on: Callable[[Node], bool] | None = None
    """For what can be ticked."""


def layer_deeds(panel: LayersPanel) -> list[list[LayerDeed]]:
    """In groups, in the order of a menu."""
    work = panel.work

    def is_layer(node: Node) -> bool:
        return isinstance(node, Layer)

    def is_masked(node: Node) -> bool:
        return node.mask is not None

    def is_selected(node: Node) -> bool:
        return panel.painting is not None and panel.painting.selection is not None

    def can_merge(node: Node) -> bool:
        return panel.painting is not None and merging.below(panel.painting, node.id) is not None

    def can_clip(node: Node) -> bool:
        return node.clipped or (panel.painting is not None and panel.painting.clip_base(node.id) is not None)

    def always(node: Node) -> bool:
        return True

    return [
        [
            LayerDeed("layer-merge-down", mark("Merge down"), work.merge_down, can_merge, "merge"),
            LayerDeed("layer-merge-group", mark("Merge group"), work.merge_group, lambda n: isinstance(n, Group)),
            LayerDeed(
                "layer-merge-visible", mark("Merge visible into new layer"), work.merge_visible, always, "", "Ctrl+Shift+E"
            ),
            LayerDeed("layer-flatten", mark("Flatten picture"), work.flatten, always),
        ],
        [
            LayerDeed(
                "layer-clip", mark("Clip to the layer below"), lambda: panel.switch("clipped"), can_clip, "clip",
                "Ctrl+Alt+G", lambda n: n.clipped,
            ),
            LayerDeed(
                "layer-lock-alpha", mark("Lock alpha"), lambda: panel.switch("alpha_locked"), is_layer, "alpha-lock", "/",
                lambda n: isinstance(n, Layer) and n.alpha_locked,
            ),
            LayerDeed(
                "layer-lock", mark("Lock layer"), lambda: panel.switch("locked"), always, "lock", "", lambda n: n.locked
            ),
        ],
        [
            LayerDeed(
                "layer-from-copy", mark("Copy selection to new layer"), lambda: work.lift(cut=False), is_layer, "", "Ctrl+Alt+J"
            ),
            LayerDeed(
                "layer-from-cut", mark("Cut selection to new layer"), lambda: work.lift(cut=True),
                lambda n: is_layer(n) and is_selected(n), "", "Ctrl+Shift+J",
            ),
        ],
        [
            LayerDeed("mask-add", mark("Add mask"), work.add_mask, lambda n: n.mask is None, "mask"),
            LayerDeed("mask-from-selection", mark("Mask from selection"), work.mask_from_selection, is_selected),
            LayerDeed(
                "mask-apply", mark("Apply mask"), work.apply_mask, lambda n: is_layer(n) and is_masked(n)
            ),
            LayerDeed("mask-invert", mark("Invert mask"), work.invert_mask, is_masked),
            LayerDeed(
                "mask-use", mark("Use mask"), lambda: panel.switch("masks"), is_masked, "", "", lambda n: n.masks
            ),
            LayerDeed("mask-remove", mark("Remove mask"), work.remove_mask, is_masked),
        ],
        [
            LayerDeed(
                "filter-raster", mark("Make it editable"), work.rasterise,
                lambda n: isinstance(n, Layer) and n.recipe is not None, "filter",
            ),
            LayerDeed(
                "text-raster", mark("Rasterise text"), lambda: rasterise_text(panel),
                lambda n: isinstance(n, Layer) and n.text is not None, "text",
            ),
        ],
    ]  # fmt: skip


def layer_acts(panel: LayersPanel) -> list[Act]:
    """For the window's menu and palette; one that does not fit the active node does nothing."""
    found = [
        Act(deed.id, deed.title, _checked(panel, deed), deed.icon, deed.keys, "layer", "painting")
        for group in layer_deeds(panel)
        for deed in group
    ]
    return found + [
        Act("layer-up", mark("Move layer up"), lambda: panel.shift(1), "up", "Ctrl+PgUp", "layer", "painting"),
        Act("layer-down", mark("Move layer down"), lambda: panel.shift(-1), "down", "Ctrl+PgDown", "layer", "painting"),
    ] + [
        Act(
            f"adjust-{kind.id}", kind.title, lambda k=kind.id: panel.add_adjustment(k), "adjust", "", "", "painting",
            keywords=kind.summary,
        )
        for kind in ADJUSTMENTS.values()
    ]  # fmt: skip


def _checked(panel: LayersPanel, deed: LayerDeed) -> Callable[[], object]:
    def run() -> None:
        node = panel.active
        if node is not None and deed.can(node):
            deed.run()

    return run
