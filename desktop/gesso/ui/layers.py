"""The layers panel: the list, how the active layer looks and stands, its adjustment or filter, and what can be done to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSlider,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gesso.documents.edit import Change
from gesso.documents.history import History
from gesso.documents.painting import Adjustment, Group, Layer, Node, Painting
from gesso.documents.painting.adjustments import ADJUSTMENTS
from gesso.documents.painting.blend import BLENDS
from gesso.documents.painting.edits import AnyEdit, SetActive, SetProperty, SetValues
from gesso.documents.painting.locks import check_unlocked
from gesso.documents.painting.painting import ROOT
from gesso.jobs import Jobs
from gesso.tools.painting.stylise import ShippedStyle
from gesso.ui import layer_steps as steps
from gesso.ui.layer_bar import LayerBar, fill_labels
from gesso.ui.layer_deeds import layer_deeds
from gesso.ui.layer_form import LayerForm
from gesso.ui.layer_tree import BLEND_TITLES, LayerTree
from gesso.ui.layer_work import LayerWork
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import icon_button, label, spin_box
from gesso.values import Trouble

_THUMBS_MS, _SETTLE_MS = 150, 350
PROPERTY_STEPS = {
    "clipped": mark("Clip layer"),
    "alpha_locked": mark("Lock alpha"),
    "locked": mark("Lock layer"),
    "label": mark("Label layer"),
    "masks": mark("Use mask"),
}
"""What a change of each property is called in the history."""


def _exchange(id: str, name: str, value: Any) -> AnyEdit:
    return SetValues(id, value) if name == "values" else SetProperty(id, name, value)


class LayersPanel(QWidget):
    """Shows and changes the layers of one history's painting; every change is one undo step.

    Choosing another layer is no step: it must not cost the artist what could be redone.
    """

    active_changed = Signal(str)
    previewed = Signal(object)
    """A `Change` that is not in the history yet: the opacity slider is being dragged."""
    failed = Signal(object)
    """A `Trouble`: nothing was changed."""
    update_asked = Signal(str, object)
    """A filter layer is to be made again: its id and the values for its tool."""

    def __init__(
        self,
        look: Look,
        speech: Speech,
        tool_title: Callable[[str], str] = lambda id: id,
        parent: QWidget | None = None,
        *,
        jobs: Jobs | None = None,
        versions: Callable[[str], Sequence[str]] = lambda model: (),
        styles: Callable[[str], Sequence[ShippedStyle]] = lambda tool: (),
    ) -> None:
        """`tool_title` gives the English title of a tool's id, for the mark of AI edits.

        With `jobs`, what takes long goes on beside the window; `versions` tells which versions of a model are installed,
        `styles` which ones come with a tool.
        """
        super().__init__(parent)
        self._look, self._speech, self._tool_title = look, speech, tool_title
        self.work = LayerWork(self, speech, jobs)
        self._form = LayerForm(look, speech, versions, styles)
        self._history: History[Painting] | None = None
        self._stop: Callable[[], None] = lambda: None
        self._held: tuple[str, str, Any] | None = None
        """The node and the property under the artist's hand, and what it was."""
        self._build()
        self._later = self._timer(0, self.refresh)
        self._thumbs_later = self._timer(_THUMBS_MS, self._repaint_thumbs)
        self._settle_later = self._timer(_SETTLE_MS, self._rest)
        speech.tell(self, self._put)
        look.tell(self, self._retint)

    def _timer(self, ms: int, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(ms)
        timer.timeout.connect(call)
        return timer

    def _build(self) -> None:
        look, speech = self._look, self._speech
        self._blend = QComboBox()
        for name in BLENDS:
            self._blend.addItem("", name)
        self._blend.setMaxVisibleItems(len(BLENDS))
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, 100)
        self._slider.setPageStep(10)
        self._amount = spin_box(0, 100, " %")
        self.tree = LayerTree(look, speech, self._made_with)
        self._empty = label(speech, mark("Open a picture or start one, and its layers are listed here."), "muted")
        self._empty.setContentsMargins(12, 8, 12, 8)
        self._bar = LayerBar(look, speech)
        self._adjust = icon_button(look, speech, "adjust", mark("New adjustment layer"))
        self._adjust.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._adjustments = QMenu(self)
        self._adjust.setMenu(self._adjustments)
        self._add = icon_button(look, speech, "layer-add", mark("New layer"))
        self._group = icon_button(look, speech, "group-add", mark("Group layer"))
        self._up = icon_button(look, speech, "up", mark("Move layer up"))
        self._down = icon_button(look, speech, "down", mark("Move layer down"))
        self._more = icon_button(look, speech, "more", mark("More for this layer"))
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._delete = icon_button(look, speech, "trash", mark("Delete layer"), "Del")
        self._caption = QLabel()
        self._caption.setBuddy(self._slider)

        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._caption)
        top.addWidget(self._slider, 1)
        top.addWidget(self._amount)
        foot = QHBoxLayout()
        foot.setSpacing(2)
        for part in (self._add, self._group, self._adjust, self._up, self._down):
            foot.addWidget(part)
        foot.addStretch(1)
        foot.addWidget(self._more)
        foot.addWidget(self._delete)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self._blend)
        layout.addLayout(top)
        layout.addWidget(self._bar)
        layout.addWidget(self._empty)
        self._parts = QSplitter(Qt.Orientation.Vertical)
        self._parts.setChildrenCollapsible(False)
        self._parts.addWidget(self.tree)
        self._parts.addWidget(self._form)
        layout.addWidget(self._parts, 1)
        layout.addLayout(foot)

        self._blend.activated.connect(
            lambda row: self._set(mark("Change blend mode"), "blend", self._blend.itemData(row))
        )
        self._slider.valueChanged.connect(self.slide)
        self._slider.sliderReleased.connect(self.settle)
        self._amount.valueChanged.connect(self.slide)
        self._bar.asked.connect(self.set_property)
        self._form.adjustment.moved.connect(lambda values: self._try("values", values))
        self._form.filter.update_asked.connect(self.update_asked.emit)
        self._form.filter.raster_asked.connect(lambda id: self.work.rasterise())
        self._adjustments.aboutToShow.connect(self._fill_adjustments)
        self.tree.chosen.connect(self.choose)
        self.tree.seen.connect(self.toggle_visible)
        self.tree.named.connect(self.rename)
        self.tree.dropped.connect(self.move_to)
        self.tree.unwanted.connect(lambda id: self.delete())
        self.tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.tree.customContextMenuRequested.connect(self._show_menu)
        self._menu = QMenu(self)
        self._menu.aboutToShow.connect(self._fill_menu)
        self._more.setMenu(self._menu)
        for found, call in (
            (self._add, self.add_layer), (self._group, self.add_group), (self._delete, self.delete),
            (self._up, lambda: self.shift(1)), (self._down, lambda: self.shift(-1)),
        ):  # fmt: skip
            found.clicked.connect(lambda checked=False, call=call: call())

    def _put(self) -> None:
        say = self._speech.say
        for row, name in enumerate(BLENDS):
            self._blend.setItemText(row, say(BLEND_TITLES[name]))
        self._blend.setAccessibleName(say("Blend mode"))
        self._blend.setToolTip(say("Blend mode: how the layer mixes with what lies below"))
        self._caption.setText(say("Opacity"))
        for part in (self._slider, self._amount):
            part.setAccessibleName(say("Opacity"))
            part.setToolTip(say("Opacity of the layer"))
        self.tree.setAccessibleName(say("Layers"))
        self.refresh()

    def _retint(self) -> None:
        self.tree.retint()
        self.refresh()

    # --- the painting shown --------------------------------------------------------------------------------------

    @property
    def painting(self) -> Painting | None:
        return self._history.document if self._history is not None else None

    @property
    def active(self) -> Node | None:
        """The node that the controls are about."""
        painting = self.painting
        return painting.nodes.get(painting.active) if painting is not None and painting.active != ROOT else None

    def set_history(self, history: History[Painting] | None) -> None:
        """Show another document, or none."""
        self.settle()
        self._stop()
        self._history = history
        self._stop = history.watch(self._changed) if history is not None else lambda: None
        self.refresh()

    def _changed(self, change: Change) -> None:
        if change.structure:
            self._later.start()
        elif not self._thumbs_later.isActive():
            self._thumbs_later.start()

    def refresh(self) -> None:
        """Show everything as it is now."""
        self.settle()
        painting = self.painting
        self.tree.setVisible(painting is not None)
        self._empty.setVisible(painting is None)
        self.work.check_filters()
        self.tree.fill(painting, self.work.freshness)
        self._show_active()

    def show_freshness(self) -> None:
        """It is known now which filter layers are stale."""
        self.tree.fill(self.painting, self.work.freshness)
        self._show_active()

    @property
    def history(self) -> History[Painting] | None:
        return self._history

    def _repaint_thumbs(self) -> None:
        if self.painting is not None:
            self.tree.repaint_thumbs(self.painting)
            self.work.check_filters()
            self._form.count_again()

    def _show_active(self) -> None:
        """Fit the controls to the active node."""
        painting, node = self.painting, self.active
        for part in (self._blend, self._slider, self._amount, self._caption, self._more):
            part.setEnabled(node is not None)
        for part in (self._add, self._group, self._adjust):
            part.setEnabled(painting is not None)
        self._bar.show_node(painting, node)
        self._form.show_node(painting, node, self.work.freshness)
        self._delete.setEnabled(painting is not None and node is not None and steps.can_remove(painting, node.id))
        for found, by in ((self._up, 1), (self._down, -1)):
            found.setEnabled(painting is not None and node is not None and bool(steps.shift(painting, node.id, by)))
        percent = round(node.opacity * 100) if node is not None else 100
        for part in (self._slider, self._amount):
            part.blockSignals(True)
            part.setValue(percent)
            part.blockSignals(False)
        self._blend.setCurrentIndex(list(BLENDS).index(node.blend if node is not None else "normal"))

    def _made_with(self, layer: Layer) -> str:
        say = self._speech.say
        return "\n".join(
            say(
                "Made with AI: {tool}, model {model} {version}, seed {seed}",
                tool=say(self._tool_title(one.tool)), model=one.model, version=one.model_version, seed=one.seed,
            )
            for one in layer.provenance
        )  # fmt: skip

    # --- one step each -------------------------------------------------------------------------------------------

    def apply(self, title: str, edits: steps.Steps) -> bool:
        """These edits as one step; whether there was one."""
        if self._history is None or not edits:
            return False
        self.settle()
        try:
            self._history.apply(title, *edits)
        except Trouble as trouble:
            self.failed.emit(trouble)
            self._later.start()
            return False
        return True

    def attempt(self, title: str, make: Callable[[], steps.Steps]) -> bool:
        """Edits that may be refused, such as those of locked layers."""
        self.settle()
        try:
            found = make()
        except Trouble as trouble:
            self.failed.emit(trouble)
            return False
        return self.apply(title, found)

    def tell_active(self) -> None:
        """Another node is active now."""
        if self.painting is not None:
            self.active_changed.emit(self.painting.active)

    def _set(self, title: str, name: str, value: str | float | bool, id: str = "") -> None:
        painting = self.painting
        node = (painting.nodes.get(id) if painting is not None else None) if id else self.active
        if node is not None and getattr(node, name) != value:
            self.apply(title, [SetProperty(node.id, name, value)])

    def choose(self, id: str) -> None:
        """Make a node the active one."""
        painting = self.painting
        if painting is None or painting.active == id or id not in painting.nodes:
            return
        self.settle()
        SetActive(id).flip(painting)
        self.tree.show_active(id)
        self._show_active()
        self.tell_active()

    def add_layer(self) -> None:
        """An empty layer above the active one."""
        painting = self.painting
        if painting is not None:
            name = self._speech.say("Layer {number}", number=len(painting.layers()) + 1)
            if self.apply(mark("New layer"), steps.new_layer(painting, name)):
                self.tell_active()

    def add_group(self) -> None:
        """A group around the active layer."""
        if self.painting is not None:
            self.apply(mark("Group layer"), steps.new_group(self.painting, self._speech.say("Group")))

    def duplicate(self) -> None:
        """A copy of the active layer or group above it."""
        painting, node = self.painting, self.active
        if painting is not None and node is not None:
            name = self._speech.say("{name} copy", name=node.name or self.kind_of(node))
            if self.apply(mark("Duplicate layer"), steps.duplicate(painting, node.id, name)):
                self.tell_active()

    def delete(self) -> None:
        """Take the active layer or group out, unless it is the last."""
        painting, node = self.painting, self.active
        if painting is not None and node is not None and steps.can_remove(painting, node.id):
            title = mark("Delete group") if isinstance(node, Group) else mark("Delete layer")

            def removal() -> steps.Steps:
                for id in steps.tree_of(painting, node.id):
                    check_unlocked(painting, id)
                return steps.removal(painting, node.id)

            if self.attempt(title, removal):
                self.tell_active()

    def shift(self, by: int) -> None:
        """The active node one step up (+1) or down (-1)."""
        painting, node = self.painting, self.active
        if painting is not None and node is not None:
            title = mark("Move layer up") if by > 0 else mark("Move layer down")
            self.apply(title, steps.shift(painting, node.id, by))

    def move_to(self, id: str, target: str | None, where: str) -> None:
        """A node `above`, `below` or `into` another; to the bottom without one."""
        if self.painting is not None:
            self.apply(mark("Move layer"), steps.drop(self.painting, id, target, where))

    def toggle_visible(self, id: str) -> None:
        if self.painting is not None:
            visible = self.painting.nodes[id].visible
            self._set(mark("Hide layer") if visible else mark("Show layer"), "visible", not visible, id)

    def rename(self, id: str, name: str) -> None:
        """An empty name is no name: the old one stays."""
        if name:
            self._set(mark("Rename layer"), "name", name, id)
        self._later.start()

    def kind_of(self, node: Node) -> str:
        """What a node without a name is called."""
        return self._speech.say(
            "Group" if isinstance(node, Group) else "Adjustment" if isinstance(node, Adjustment) else "Layer"
        )

    # --- standing --------------------------------------------------------------------------------

    def set_property(self, name: str, value: Any) -> None:
        """Clipping, locks, label or use of the mask of the active node."""
        self._set(PROPERTY_STEPS[name], name, value)
        self._show_active()  # a button that was pressed shows what became of it

    def switch(self, name: str) -> None:
        """The other way round."""
        if self.active is not None and hasattr(self.active, name):
            self.set_property(name, not getattr(self.active, name))

    def add_adjustment(self, kind: str) -> None:
        """An adjustment above the active node, with the selection for its mask."""
        if self.painting is not None:
            name = self._speech.say(ADJUSTMENTS[kind].title)
            if self.apply(mark("New adjustment layer"), steps.new_adjustment(self.painting, kind, name)):
                self.tell_active()

    def show_styles(self) -> None:
        """The styles of a tool were read."""
        self._form.filter.show_styles()

    # --- under the hand ------------------------------------------------------------------------------------------

    def slide(self, percent: int) -> None:
        """The opacity of the active node; one step once it rests."""
        self._try("opacity", percent / 100)
        for part in (self._slider, self._amount):
            part.blockSignals(True)
            part.setValue(percent)
            part.blockSignals(False)

    def _try(self, name: str, value: Any) -> None:
        """Show a new opacity or new values at once; they become one step when the hand lets go or has rested."""
        painting, node = self.painting, self.active
        if painting is None or node is None:
            return
        if self._held is not None and self._held[:2] != (node.id, name):
            self.settle()
        if self._held is None:
            self._held = (node.id, name, getattr(node, name))
        self.previewed.emit(_exchange(node.id, name, value).flip(painting))
        if not self._slider.isSliderDown():
            self._settle_later.start()

    def _rest(self) -> None:
        """Nothing moved for a while; while a button is held down, the hand only rests."""
        if QApplication.mouseButtons() & Qt.MouseButton.LeftButton:
            self._settle_later.start()
        else:
            self.settle()

    def settle(self) -> None:
        """Make what is under the artist's hand a step of the history; call before saving or undoing."""
        held, self._held = self._held, None
        painting = self.painting
        if held is None or painting is None or held[0] not in painting.nodes:
            return
        id, name, before = held
        wanted = getattr(painting.nodes[id], name)
        if wanted != before:
            _exchange(id, name, before).flip(painting)
            title = mark("Change opacity") if name == "opacity" else mark("Change adjustment")
            self.apply(title, [_exchange(id, name, wanted)])

    # --- the menu ------------------------------------------------------------------------------------------------

    def _fill_menu(self) -> None:
        say, painting, node = self._speech.say, self.painting, self.active
        self._menu.clear()
        if painting is None or node is None:
            return
        id = node.id
        self._menu.addAction(say("Rename")).triggered.connect(lambda checked=False: self.tree.edit_name(id))
        self._menu.addAction(say("Duplicate")).triggered.connect(lambda checked=False: self.duplicate())
        labels = self._menu.addMenu(say("Colour label"))
        fill_labels(labels, self._look, self._speech, node.label, lambda label: self.set_property("label", label))
        for group in layer_deeds(self):
            self._menu.addSeparator()
            for deed in group:
                action = self._menu.addAction(say(deed.title))
                action.setEnabled(deed.can(node))
                if deed.is_on is not None:
                    action.setCheckable(True)
                    action.setChecked(deed.is_on(node))
                action.triggered.connect(lambda checked=False, run=deed.run: run())

    def _fill_adjustments(self) -> None:
        self._adjustments.clear()
        for kind in ADJUSTMENTS.values():
            action = self._adjustments.addAction(self._speech.say(kind.title))
            action.setToolTip(self._speech.say(kind.summary))
            action.triggered.connect(lambda checked=False, id=kind.id: self.add_adjustment(id))

    def _show_menu(self, place: QPoint) -> None:
        if self.tree.itemAt(place) is not None:
            self._menu.popup(self.tree.viewport().mapToGlobal(place))
