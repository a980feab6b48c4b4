"""The form of a tool, drawn from its declaration, and the buttons that ask."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gesso.documents.painting import Layer
from gesso.tools import TOOLS, Styles, Tool
from gesso.tools.painting.on_layer import EVERYTHING
from gesso.tools.painting.stylise import shipped_styles
from gesso.tools.studio import Studio
from gesso.ui.assist import Assist
from gesso.ui.easel import Easel
from gesso.ui.knobs import CONTROLS, KnobControl
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.ui.styles import StylesControl
from gesso.values import Trouble


class Inspector(QWidget):
    """Which tool, on what, how; then preview, suggest or apply."""

    def __init__(
        self, look: Look, speech: Speech, assist: Assist, easel: Easel, studio: Studio, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.look, self.speech, self.assist, self.easel, self.studio = look, speech, assist, easel, studio
        self.controls: dict[str, KnobControl] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        column.addLayout(self._tool_row())
        self.summary = QLabel(self)
        self.summary.setWordWrap(True)
        self.summary.setProperty("role", "muted")
        column.addWidget(self.summary)
        column.addLayout(self._source_row())
        self.scroll = QScrollArea(self)
        self.scroll.setWidgetResizable(True)
        self.scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self.scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.addWidget(self.scroll, 1)
        column.addLayout(self._ask_rows())
        speech.tell(self, self._say)
        assist.tool_changed.connect(self._build)
        assist.values_changed.connect(self._show_values)
        easel.opened.connect(self._show_sources)
        easel.changed.connect(self._show_sources)
        self._build()
        self._show_sources()

    # --- parts ---------------------------------------------------------------------------------------------------

    def _tool_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.tools = QButtonGroup(self)
        self.tool_buttons: dict[str, QToolButton] = {}
        for tool in TOOLS:
            button = QToolButton(self)
            button.setCheckable(True)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            button.setIconSize(QSize(20, 20))
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
            self.look.tell(button, lambda b=button, t=tool: b.setIcon(self.look.icon(t.name)))
            button.clicked.connect(lambda checked=False, t=tool: self.assist.set_tool(t))
            self.tools.addButton(button)
            self.tool_buttons[tool.id] = button
            row.addWidget(button, 1)
        return row

    def _source_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        self.from_label = QLabel(self)
        self.source = QComboBox(self)
        self.source.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.from_label.setBuddy(self.source)
        self.source.activated.connect(lambda index: self.assist.set_source(self.source.itemData(index)))
        row.addWidget(self.from_label)
        row.addWidget(self.source, 1)
        return row

    def _ask_rows(self) -> QVBoxLayout:
        rows = QVBoxLayout()
        rows.setSpacing(8)
        self.live = QCheckBox(self)
        self.live.clicked.connect(self.assist.set_live)
        rows.addWidget(self.live)
        self.suggest = QPushButton(self)
        self.suggest.clicked.connect(self.assist.propose)
        self.apply = QPushButton(self)
        self.apply.setProperty("role", "primary")
        self.apply.clicked.connect(lambda: self.assist.keep())
        self.look.tell(self.suggest, lambda: self.suggest.setIcon(self.look.icon("sparkle")))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.suggest, 1)
        buttons.addWidget(self.apply, 1)
        rows.addLayout(buttons)
        return rows

    # --- the form ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        """The chosen tool's knobs, from its declaration."""
        tool = self.assist.tool
        self.tool_buttons[tool.id].setChecked(True)
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(12)
        self.controls = {}
        for knob in tool.knobs:
            control: KnobControl
            if isinstance(knob, Styles):
                control = StylesControl(knob, self.look, self.speech, self._styles(tool), form)
            else:
                control = CONTROLS[type(knob)](knob, self.look, self.speech, form)
            control.moved.connect(lambda value, name=knob.name: self._moved(name, value))
            self.controls[knob.name] = control
            column.addWidget(control)
        column.addStretch(1)
        self.scroll.setWidget(form)
        self._say()
        self._show_values()

    def _styles(self, tool: Tool) -> list:
        try:
            return shipped_styles(self.studio.open(tool.task))
        except Trouble as trouble:
            self.assist.troubled.emit(trouble)
            return []

    def _moved(self, name: str, value: object) -> None:
        try:
            self.assist.set_value(name, value)
        except Trouble as trouble:
            self.assist.troubled.emit(trouble)
            self._show_values()

    def _show_values(self) -> None:
        for name, control in self.controls.items():
            control.show_value(self.assist.values[name])
        self.live.setChecked(self.assist.is_live)

    def _show_sources(self) -> None:
        painting = self.easel.painting
        self.source.clear()
        self.source.addItem(self.speech.say("Everything visible"), EVERYTHING)
        for node, depth in painting.walk() if painting else ():
            if isinstance(node, Layer):
                self.source.addItem("   " * depth + node.name, node.id)
        index = self.source.findData(self.assist.source_layer)
        self.source.setCurrentIndex(max(0, index))
        for widget in (self.source, self.live, self.suggest, self.apply):
            widget.setEnabled(painting is not None)

    def _say(self) -> None:
        say = self.speech.say
        for tool in TOOLS:
            button = self.tool_buttons[tool.id]
            button.setText(say(tool.title))
            button.setToolTip(say(tool.summary))
            button.setAccessibleName(say(tool.title))
        tool = self.assist.tool
        self.summary.setText(say(tool.summary))
        self.from_label.setText(say("From"))
        self.source.setAccessibleName(say("From"))
        self.source.setToolTip(say("What the tool works on; a selection limits it further."))
        self.live.setText(say("Live preview"))
        self.live.setToolTip(say("Show the result on the canvas while the settings change."))
        self.suggest.setText(say("Suggest"))
        self.suggest.setToolTip(say("Several results around these settings, side by side."))
        larger = tool.scale_of(self.assist.values) > 1
        self.apply.setText(say("Enlarge picture") if larger else say("Apply as layer"))
        self.apply.setToolTip(say("Make it in full with these settings; undo takes it back."))
        for button in (self.suggest, self.apply, self.live):
            button.setAccessibleName(button.text())
        self._show_sources()
