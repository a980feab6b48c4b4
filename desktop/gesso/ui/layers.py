"""The layers panel: the list, opacity and blend mode of the active layer, and what can be done to it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gesso.documents.edit import Change
from gesso.documents.history import History
from gesso.documents.painting import Group, Layer, Node, Painting
from gesso.documents.painting.blend import BLENDS
from gesso.documents.painting.edits import SetActive, SetMask, SetProperty
from gesso.documents.painting.painting import ROOT
from gesso.ui import layer_steps as steps
from gesso.ui.layer_tree import BLEND_TITLES, LayerTree
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import icon_button, label, spin_box
from gesso.values import Trouble

_THUMBS_MS, _SETTLE_MS = 150, 350


class LayersPanel(QWidget):
    """Shows and changes the layers of one history's painting; every change is one undo step.

    Choosing another layer is no step: it must not cost the artist what could be redone.
    """

    active_changed = Signal(str)
    previewed = Signal(object)
    """A `Change` that is not in the history yet: the opacity slider is being dragged."""
    failed = Signal(object)
    """A `Trouble`: nothing was changed."""

    def __init__(
        self,
        look: Look,
        speech: Speech,
        tool_title: Callable[[str], str] = lambda id: id,
        parent: QWidget | None = None,
    ) -> None:
        """`tool_title` gives the English title of a tool's id, for the mark of AI edits."""
        super().__init__(parent)
        self._look, self._speech, self._tool_title = look, speech, tool_title
        self._history: History[Painting] | None = None
        self._stop: Callable[[], None] = lambda: None
        self._held: tuple[str, float] | None = None
        """The layer whose opacity is being dragged, and what it was."""
        self._build()
        self._later = self._timer(0, self.refresh)
        self._thumbs_later = self._timer(_THUMBS_MS, self._repaint_thumbs)
        self._settle_later = self._timer(_SETTLE_MS, self.settle)
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
        self._tree = LayerTree(look, speech, self._made_with)
        self._empty = label(speech, mark("Open a picture or start one, and its layers are listed here."), "muted")
        self._empty.setContentsMargins(12, 8, 12, 8)
        self._add = icon_button(look, speech, "layer-add", mark("New layer"), "Ctrl+Shift+N")
        self._group = icon_button(look, speech, "group-add", mark("Group layer"))
        self._up = icon_button(look, speech, "up", mark("Move layer up"), "Ctrl+]")
        self._down = icon_button(look, speech, "down", mark("Move layer down"), "Ctrl+[")
        self._more = icon_button(look, speech, "more", mark("More for this layer"))
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._delete = icon_button(look, speech, "trash", mark("Delete layer"), "Del")
        for found, keys in ((self._up, "Ctrl+]"), (self._down, "Ctrl+[")):
            found.setShortcut(keys)
        self._caption = QLabel()
        self._caption.setBuddy(self._slider)

        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._caption)
        top.addWidget(self._slider, 1)
        top.addWidget(self._amount)
        foot = QHBoxLayout()
        foot.setSpacing(2)
        for part in (self._add, self._group, self._up, self._down):
            foot.addWidget(part)
        foot.addStretch(1)
        foot.addWidget(self._more)
        foot.addWidget(self._delete)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self._blend)
        layout.addLayout(top)
        layout.addWidget(self._empty)
        layout.addWidget(self._tree, 1)
        layout.addLayout(foot)

        self._blend.activated.connect(
            lambda row: self._set(mark("Change blend mode"), "blend", self._blend.itemData(row))
        )
        self._slider.valueChanged.connect(self._slide)
        self._slider.sliderReleased.connect(self.settle)
        self._amount.valueChanged.connect(self._slide)
        self._tree.chosen.connect(self.choose)
        self._tree.seen.connect(self.toggle_visible)
        self._tree.named.connect(self.rename)
        self._tree.dropped.connect(self.move_to)
        self._tree.unwanted.connect(lambda id: self.delete())
        self._tree.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._tree.customContextMenuRequested.connect(self._show_menu)
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
        self._tree.setAccessibleName(say("Layers"))
        self.refresh()

    def _retint(self) -> None:
        self._tree.retint()
        self.refresh()

    # --- the painting shown --------------------------------------------------------------------------------------

    @property
    def painting(self) -> Painting | None:
        return self._history.document if self._history is not None else None

    @property
    def _active(self) -> Node | None:
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
        self._tree.setVisible(painting is not None)
        self._empty.setVisible(painting is None)
        self._tree.fill(painting)
        self._show_active()

    def _repaint_thumbs(self) -> None:
        if self.painting is not None:
            self._tree.repaint_thumbs(self.painting)

    def _show_active(self) -> None:
        """Fit the controls to the active node."""
        painting, node = self.painting, self._active
        for part in (self._blend, self._slider, self._amount, self._caption, self._more):
            part.setEnabled(node is not None)
        self._add.setEnabled(painting is not None)
        self._group.setEnabled(painting is not None)
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

    def _apply(self, title: str, edits: steps.Steps) -> bool:
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

    def _tell_active(self) -> None:
        if self.painting is not None:
            self.active_changed.emit(self.painting.active)

    def _set(self, title: str, name: str, value: str | float | bool, id: str = "") -> None:
        painting = self.painting
        node = (painting.nodes.get(id) if painting is not None else None) if id else self._active
        if node is not None and getattr(node, name) != value:
            self._apply(title, [SetProperty(node.id, name, value)])

    def choose(self, id: str) -> None:
        """Make a node the active one."""
        painting = self.painting
        if painting is None or painting.active == id or id not in painting.nodes:
            return
        self.settle()
        SetActive(id).flip(painting)
        self._tree.show_active(id)
        self._show_active()
        self._tell_active()

    def add_layer(self) -> None:
        """An empty layer above the active one."""
        painting = self.painting
        if painting is not None:
            name = self._speech.say("Layer {number}", number=len(painting.layers()) + 1)
            if self._apply(mark("New layer"), steps.new_layer(painting, name)):
                self._tell_active()

    def add_group(self) -> None:
        """A group around the active layer."""
        if self.painting is not None:
            self._apply(mark("Group layer"), steps.new_group(self.painting, self._speech.say("Group")))

    def duplicate(self) -> None:
        """A copy of the active layer or group above it."""
        painting, node = self.painting, self._active
        if painting is not None and node is not None:
            name = self._speech.say("{name} copy", name=node.name or self._kind(node))
            if self._apply(mark("Duplicate layer"), steps.duplicate(painting, node.id, name)):
                self._tell_active()

    def delete(self) -> None:
        """Take the active layer or group out, unless it is the last."""
        painting, node = self.painting, self._active
        if painting is not None and node is not None and steps.can_remove(painting, node.id):
            title = mark("Delete group") if isinstance(node, Group) else mark("Delete layer")
            if self._apply(title, steps.removal(painting, node.id)):
                self._tell_active()

    def shift(self, by: int) -> None:
        """The active node one step up (+1) or down (-1)."""
        painting, node = self.painting, self._active
        if painting is not None and node is not None:
            title = mark("Move layer up") if by > 0 else mark("Move layer down")
            self._apply(title, steps.shift(painting, node.id, by))

    def move_to(self, id: str, target: str | None, where: str) -> None:
        """A node `above`, `below` or `into` another; to the bottom without one."""
        if self.painting is not None:
            self._apply(mark("Move layer"), steps.drop(self.painting, id, target, where))

    def toggle_visible(self, id: str) -> None:
        if self.painting is not None:
            visible = self.painting.nodes[id].visible
            self._set(mark("Hide layer") if visible else mark("Show layer"), "visible", not visible, id)

    def rename(self, id: str, name: str) -> None:
        """An empty name is no name: the old one stays."""
        if name:
            self._set(mark("Rename layer"), "name", name, id)
        self._later.start()

    def _kind(self, node: Node) -> str:
        return self._speech.say("Group") if isinstance(node, Group) else self._speech.say("Layer")

    # --- opacity -------------------------------------------------------------------------------------------------

    def _slide(self, percent: int) -> None:
        """Show the new opacity at once; it becomes one step when the slider is let go or has rested."""
        painting, node = self.painting, self._active
        if painting is None or node is None:
            return
        if self._held is not None and self._held[0] != node.id:
            self.settle()
        if self._held is None:
            self._held = (node.id, node.opacity)
        self.previewed.emit(SetProperty(node.id, "opacity", percent / 100).flip(painting))
        for part in (self._slider, self._amount):
            part.blockSignals(True)
            part.setValue(percent)
            part.blockSignals(False)
        if not self._slider.isSliderDown():
            self._settle_later.start()

    def settle(self) -> None:
        """Make the opacity under the artist's hand a step of the history; call before saving or undoing."""
        held, self._held = self._held, None
        painting = self.painting
        if held is None or painting is None or held[0] not in painting.nodes:
            return
        id, before = held
        wanted = painting.nodes[id].opacity
        if wanted != before:
            SetProperty(id, "opacity", before).flip(painting)
            self._apply(mark("Change opacity"), [SetProperty(id, "opacity", wanted)])

    # --- the menu ------------------------------------------------------------------------------------------------

    def _fill_menu(self) -> None:
        say, painting, node = self._speech.say, self.painting, self._active
        self._menu.clear()
        if painting is None or node is None:
            return
        id = node.id
        listed: list[tuple[str, Callable[[], object], bool]] = [
            (say("Rename"), lambda: self._tree.edit_name(id), True),
            (say("Duplicate"), self.duplicate, True),
            (
                say("Mask from selection"),
                lambda: self._apply(mark("Mask from selection"), steps.mask_from_selection(painting, id)),
                painting.selection is not None,
            ),
            (say("Remove mask"), lambda: self._apply(mark("Remove mask"), [SetMask(id, None)]), node.mask is not None),
        ]
        for text, call, enabled in listed:
            action = self._menu.addAction(text)
            action.setEnabled(enabled)
            action.triggered.connect(lambda checked=False, call=call: call())

    def _show_menu(self, place: QPoint) -> None:
        if self._tree.itemAt(place) is not None:
            self._menu.popup(self._tree.viewport().mapToGlobal(place))
