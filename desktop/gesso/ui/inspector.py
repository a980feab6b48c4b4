"""The form of a tool, drawn from its declaration, and the buttons that ask."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
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
from gesso.tools import TOOLS, Tool
from gesso.tools.painting.on_layer import EVERYTHING
from gesso.ui.assist import Assist
from gesso.ui.easel import Easel
from gesso.ui.knobs import KnobControl
from gesso.ui.look import Look
from gesso.ui.speech import Speech
from gesso.ui.styles import CONTROLS, StylesControl
from gesso.values import Trouble


class Inspector(QWidget):
    """Which tool, on what, how; then preview, suggest or apply."""

    why_asked = Signal()

    def __init__(self, look: Look, speech: Speech, assist: Assist, easel: Easel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look, self.speech, self.assist, self.easel = look, speech, assist, easel
        self.controls: dict[str, KnobControl] = {}
        self._forms: dict[str, tuple[QWidget, dict[str, KnobControl]]] = {}
        """Tool id -> its form, kept while another one is shown."""
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
        # A bar that comes and goes with a text that wraps around it sets Qt going in a circle until the stack is full.
        self.scroll.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        column.addWidget(self.scroll, 1)
        column.addLayout(self._ask_rows())
        speech.tell(self, self._say)
        assist.tool_changed.connect(self._show_form)
        assist.values_changed.connect(self._show_values)
        assist.styles_changed.connect(self._show_styles)
        easel.opened.connect(self._show_sources)
        easel.changed.connect(self._show_sources)
        self._show_form()
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
        self.why = QPushButton(self)
        self.why.setProperty("role", "quiet")
        self.why.clicked.connect(self.why_asked)
        self.look.tell(self.why, lambda: self.why.setIcon(self.look.icon("why")))
        seen = QHBoxLayout()
        seen.addWidget(self.live, 1)
        seen.addWidget(self.why)
        rows.addLayout(seen)
        self.as_filter = QCheckBox(self)
        self.as_filter.clicked.connect(lambda on: setattr(self.assist, "as_filter", on))
        rows.addWidget(self.as_filter)
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

    def _show_form(self) -> None:
        """The chosen tool's knobs."""
        tool = self.assist.tool
        self.tool_buttons[tool.id].setChecked(True)
        shown = self.scroll.takeWidget()
        if shown is not None:
            shown.setParent(self)  # or it would be a window of its own
            shown.hide()
        if tool.id not in self._forms:
            self._forms[tool.id] = self._form(tool)
        form, self.controls = self._forms[tool.id]
        self.scroll.setWidget(form)
        form.show()
        self._say()
        self._show_values()

    def _form(self, tool: Tool) -> tuple[QWidget, dict[str, KnobControl]]:
        """From the declaration alone."""
        form = QWidget()
        column = QVBoxLayout(form)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        controls: dict[str, KnobControl] = {}
        for knob in tool.knobs:
            control = CONTROLS[type(knob)](knob, self.look, self.speech, form)
            control.moved.connect(lambda value, name=knob.name: self._moved(name, value))
            if isinstance(control, StylesControl):
                control.set_shipped(self.assist.styles.get(tool.id, []))
            controls[knob.name] = control
            column.addWidget(control)
        column.addStretch(1)
        return form, controls

    def _show_styles(self) -> None:
        for id, (_, controls) in self._forms.items():
            for control in controls.values():
                if isinstance(control, StylesControl):
                    control.set_shipped(self.assist.styles.get(id, []))

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
        self._say_apply()

    def _show_sources(self) -> None:
        painting = self.easel.painting
        self.source.clear()
        self.source.addItem(self.speech.say("Everything visible"), EVERYTHING)
        for node, depth in painting.walk() if painting else ():
            if isinstance(node, Layer):
                self.source.addItem("   " * depth + (node.name or self.speech.say("Layer")), node.id)
        index = self.source.findData(self.assist.source_layer)
        self.source.setCurrentIndex(max(0, index))
        for widget in (self.source, self.live, self.why, self.suggest, self.apply):
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
        self.as_filter.setText(say("Keep as filter layer"))
        self.as_filter.setToolTip(say("The layer remembers how it was made: change its settings later, and update it."))
        self.suggest.setText(say("Suggest"))
        self.suggest.setToolTip(say("Several results around these settings, side by side."))
        self.apply.setToolTip(say("Make it in full with these settings; undo takes it back."))
        self.why.setText(say("Why?"))
        self.why.setToolTip(say("Point at a place of the picture, and see what moved the result there."))
        for button in (self.suggest, self.live, self.why, self.as_filter):
            button.setAccessibleName(button.text())
        self._say_apply()
        self._show_sources()

    def _say_apply(self) -> None:
        """Whether it gives a layer or a larger picture; the latter is made of every layer, wherever one looks."""
        larger = self.assist.tool.scale_of(self.assist.values) > 1
        self.apply.setText(self.speech.say("Enlarge picture") if larger else self.speech.say("Apply as layer"))
        self.apply.setAccessibleName(self.apply.text())
        for widget in (self.from_label, self.source, self.as_filter):
            widget.setVisible(not larger)
