"""What stands below the layer list: the form of an adjustment or of a filter layer, when one of them is active."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QScrollArea, QWidget

from gesso.documents.painting import Adjustment, Layer, Node, Painting, filters
from gesso.documents.painting.histogram import histogram
from gesso.tools.painting.stylise import ShippedStyle
from gesso.ui.adjustment_filter import FilterForm, Versions
from gesso.ui.adjustment_form import AdjustmentForm
from gesso.ui.look import Look
from gesso.ui.speech import Speech

COUNT_MS = 120
LEAST_PX = 150


class LayerForm(QScrollArea):
    """Hides when the active node has nothing to set."""

    def __init__(
        self, look: Look, speech: Speech, versions: Versions, styles: Callable[[str], Sequence[ShippedStyle]],
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self.adjustment = AdjustmentForm(look, speech)
        self.filter = FilterForm(look, speech, versions, styles)
        for form in (self.adjustment, self.filter):
            form.setParent(self)  # or it would be a window of its own
            form.hide()
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # As in the inspector: it must not come and go.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setMinimumHeight(LEAST_PX)
        self._painting: Painting | None = None
        self._id = ""
        self._count_later = QTimer(self)
        self._count_later.setSingleShot(True)
        self._count_later.setInterval(COUNT_MS)
        self._count_later.timeout.connect(self._count)
        self.hide()

    def show_node(self, painting: Painting | None, node: Node | None, freshness: Mapping[str, str]) -> None:
        """Fit to a node of a painting, or to none."""
        self._painting, self._id = painting, node.id if node is not None else ""
        if isinstance(node, Adjustment):
            self.adjustment.show_node(node)
            self._turn_to(self.adjustment)
            self.count_again()
        elif isinstance(node, Layer) and node.recipe is not None:
            self.filter.show_layer(node, freshness.get(node.id, filters.FRESH))
            self._turn_to(self.filter)
        else:
            self.hide()
            return
        self.show()

    def _turn_to(self, form: QWidget) -> None:
        if self.widget() is form:
            return
        shown = self.takeWidget()
        if shown is not None:
            shown.setParent(self)
            shown.hide()
        self.setWidget(form)
        form.show()

    def count_again(self) -> None:
        """What lies below may look different now."""
        if self.adjustment.wants_histogram and not self._count_later.isActive():
            self._count_later.start()

    def _count(self) -> None:
        painting = self._painting
        node = painting.nodes.get(self._id) if painting is not None else None
        if painting is not None and isinstance(node, Adjustment) and self.adjustment.wants_histogram:
            self.adjustment.show_histogram(histogram(painting, node.id))
