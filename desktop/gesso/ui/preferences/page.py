"""A page of the preferences: rows of a name, a control and a word about it, each of which search can find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gesso.files.settings import Settings
from gesso.ui.speech import Speech
from gesso.ui.widgets.controls import label

NAME_PX = 190


@dataclass
class Row:
    """One setting."""

    title: str
    """An English template."""
    frame: QWidget
    keywords: tuple[str, ...] = ()

    def mark(self, is_found: bool) -> None:
        """Lay a ground under it while search has found it."""
        if self.frame.property("found") != is_found:
            self.frame.setProperty("found", is_found)
            self.frame.style().unpolish(self.frame)
            self.frame.style().polish(self.frame)


class Page(QScrollArea):
    """Put into the dialogue by its title; its rows stand below each other."""

    troubled = Signal(object)
    changed = Signal()
    """A setting that others have to heed at once is another."""
    id = ""
    title = ""
    fills = False
    """Whether a list on it takes all the height there is."""

    def __init__(self, settings: Settings, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.settings, self.speech = settings, speech
        self.rows: list[Row] = []
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QWidget()
        self.column = QVBoxLayout(body)
        self.column.setContentsMargins(16, 12, 16, 12)
        self.column.setSpacing(4)
        heading = label(speech, self.title, "title")
        heading.setContentsMargins(8, 0, 0, 8)
        self.column.addWidget(heading)
        self.setWidget(body)
        self.build()
        if not self.fills:
            self.column.addStretch(1)

    def build(self) -> None:
        """Make the rows."""
        raise NotImplementedError

    def row(
        self, title: str, *controls: QWidget, about: str = "", keywords: Sequence[str] = (), named: bool = True
    ) -> Row:
        """Add a setting; its first control bears the title as its name. `named` puts the title beside it."""
        frame = QWidget()
        frame.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        down = QVBoxLayout(frame)
        down.setContentsMargins(8, 6, 8, 6)
        down.setSpacing(4)
        across = QHBoxLayout()
        across.setSpacing(8)
        if named:
            name = label(self.speech, title)
            name.setFixedWidth(NAME_PX)
            name.setBuddy(controls[0])
            across.addWidget(name)
            across.setAlignment(name, Qt.AlignmentFlag.AlignVCenter)
        for control in controls:
            across.addWidget(control, 1 if isinstance(control, QLabel) else 0)
        if not any(isinstance(control, QLabel) for control in controls):
            across.addStretch(1)
        down.addLayout(across)
        if about:
            down.addWidget(label(self.speech, about, "muted"))
        first = controls[0]
        if isinstance(first, QCheckBox):
            self.speech.tell(first, lambda: first.setText(self.speech.say(title)))
        if not isinstance(first, (QPushButton, QLabel)):
            self.speech.tell(first, lambda: first.setAccessibleName(self.speech.say(title)))
        self.column.addWidget(frame)
        found = Row(title, frame, tuple(keywords))
        self.rows.append(found)
        return found

    def choice(self, titles: dict[str, str], now: str, translated: bool = True) -> QComboBox:
        """A box of values by their titles."""
        box = QComboBox()
        box.setMinimumWidth(220)
        for value, title in titles.items():
            box.addItem(title, value)
        box.setCurrentIndex(max(0, box.findData(now)))
        if translated:

            def put() -> None:
                for at, title in enumerate(titles.values()):
                    box.setItemText(at, self.speech.say(title))

            self.speech.tell(box, put)
        return box

    def keep(self, name: str, value: object) -> None:
        """Write a setting down and tell whoever heeds it."""
        setattr(self.settings, name, value)
        self.settings.save()
        self.changed.emit()
