"""The first-run page: language, theme, what runs where, a pen to try and pictures to begin with. Short, and can be skipped."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QFormLayout, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gesso.engine import DeviceTruth
from gesso.files.settings import Settings
from gesso.ui.home import Read, sample_picture, samples
from gesso.ui.look import THEMES, Look
from gesso.ui.pen_strip import Felt, PenStrip
from gesso.ui.preferences import THEME_TITLES
from gesso.ui.presets import PRESETS
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.cards import GAP, PICTURE, Card
from gesso.ui.widgets.controls import button, icon_button, label
from gesso.values.words import LANGUAGES

Ask = Callable[[Card, Read], None]
"""Reads a card's picture in the background."""
SAMPLES = 3


class Welcome(QFrame):
    """A card for the home page. What is chosen counts at once."""

    closed = Signal()
    """It was read or skipped, and need not come again."""
    steps_asked = Signal()
    """The artist wants the guide's first steps."""
    sample_chosen = Signal(object)
    """A `Path`."""

    def __init__(
        self,
        look: Look,
        speech: Speech,
        settings: Settings,
        ask: Ask,
        truth: Callable[[], DeviceTruth | None],
        use_keys: Callable[[str], object],
    ) -> None:
        """`use_keys` takes the id of a preset of keys."""
        super().__init__()
        self._look, self._speech, self._settings, self._truth = look, speech, settings, truth
        self.setProperty("role", "card")
        self.language, self.theme, self.keys = QComboBox(), QComboBox(), QComboBox()
        self.strip = PenStrip(look, speech)
        self._felt: Felt | None = None
        self.pen, self.device = label(speech, "", "muted"), label(speech, "")
        self.done = button(speech, mark("Begin"), "primary")
        self.steps = button(speech, mark("First steps"), look=look, icon="info")
        self.skip = icon_button(look, speech, "close", mark("Skip this page"))
        self.cards: list[Card] = []
        self._build(ask)
        self.language.setCurrentIndex(self.language.findData(speech.language))
        self.keys.setCurrentIndex(max(0, self.keys.findData(settings.key_preset)))
        self.keys.activated.connect(lambda _: use_keys(self.keys.currentData()))
        self.language.activated.connect(lambda _: self._choose_language())
        self.theme.activated.connect(lambda _: self._choose_theme())
        self.strip.felt.connect(self._feel)
        self.done.clicked.connect(self.closed)
        self.skip.clicked.connect(self.closed)
        self.steps.clicked.connect(self.steps_asked)
        speech.tell(self, self._say)
        look.tell(self, lambda: self.theme.setCurrentIndex(self.theme.findData(look.theme)))

    def _build(self, ask: Ask) -> None:
        speech = self._speech
        for code, title in LANGUAGES.items():
            self.language.addItem(title, code)
        for theme in THEMES:
            self.theme.addItem("", theme)
        for id in PRESETS:
            self.keys.addItem("", id)
        self._names = [QLabel() for _ in range(3)]
        self.form = QFormLayout()
        self.form.setHorizontalSpacing(12)
        self.form.setVerticalSpacing(8)
        for name, box in zip(self._names, (self.language, self.theme, self.keys), strict=True):
            name.setBuddy(box)
            name.setMinimumHeight(28)  # beside the box, not above its middle
            self.form.addRow(name, box)
        head = QHBoxLayout()
        head.addWidget(label(speech, mark("Welcome. A few things, then the brush is yours."), "heading"), 1)
        head.addWidget(self.skip)
        left = QVBoxLayout()
        left.setSpacing(10)
        left.addLayout(self.form)
        left.addWidget(label(speech, mark("Nothing leaves this computer: no account, no network, no telemetry.")))
        left.addWidget(self.device)
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addWidget(self.strip, 1)
        right.addWidget(self.pen)
        both = QHBoxLayout()
        both.setSpacing(24)
        both.addLayout(left, 1)
        both.addLayout(right, 1)
        begin = QHBoxLayout()
        begin.setSpacing(GAP)
        size = PICTURE * max(1.0, self.devicePixelRatioF())
        for sample in samples()[:SAMPLES]:
            card = Card(self._look)
            card.clicked.connect(lambda checked=False, path=sample.path: self._take(path))
            speech.tell(
                card,
                lambda c=card, s=sample: c.set_words(
                    s.titles.get(speech.language, s.titles["en"]), s.credits.get(speech.language, s.credits["en"])
                ),
            )
            ask(card, lambda progress, path=sample.path: sample_picture(path, size))
            self.cards.append(card)
            begin.addWidget(card)
        ends = QVBoxLayout()
        ends.setSpacing(8)
        ends.addStretch(1)
        ends.addWidget(self.steps)
        ends.addWidget(self.done)
        begin.addStretch(1)
        begin.addLayout(ends)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 20, 20)
        column.setSpacing(12)
        column.addLayout(head)
        column.addLayout(both)
        column.addSpacing(4)
        column.addWidget(label(speech, mark("Begin with one of these, or with a picture of yours"), "heading"))
        column.addLayout(begin)
        chain: list[QWidget] = [self.language, self.theme, self.keys, *self.cards, self.steps, self.done, self.skip]
        for one, following in pairwise(chain):
            QWidget.setTabOrder(one, following)

    def _take(self, path: object) -> None:
        self.closed.emit()
        self.sample_chosen.emit(path)

    def _choose_language(self) -> None:
        self._settings.language = self.language.currentData()
        self._settings.save()
        self._speech.set_language(self._settings.language)

    def _choose_theme(self) -> None:
        self._look.theme = self._settings.theme = self.theme.currentData()
        self._settings.save()

    def _feel(self, felt: Felt) -> None:
        self._felt = felt
        self._say_pen()

    def _say(self) -> None:
        say = self._speech.say
        boxes, words = (self.language, self.theme, self.keys), (say("Language"), say("Theme"), say("Keys as in"))
        for name, box, text in zip(self._names, boxes, words, strict=True):
            name.setText(text)
            box.setAccessibleName(text)
        for row in range(self.keys.count()):
            self.keys.setItemText(row, say(PRESETS[self.keys.itemData(row)].title))
        for row in range(self.theme.count()):
            self.theme.setItemText(row, say(THEME_TITLES[self.theme.itemData(row)]))
        self.language.setCurrentIndex(self.language.findData(self._speech.language))
        self.setAccessibleName(say("First-run page"))
        self.show_truth()
        self._say_pen()

    def show_truth(self) -> None:
        """What suggestions are made on, as soon as it is known."""
        truth, say = self._truth(), self._speech.say
        if truth is None:
            self.device.setText(say("Suggestions are made here; the line at the bottom soon says on what."))
        else:
            self.device.setText(say("Suggestions are made here, on: {device}.", device=truth.title))
        self.device.setToolTip("\n".join(reason.sentence(say) for reason in truth.reasons) if truth else "")

    def _say_pen(self) -> None:
        felt, say = self._felt, self._speech.say
        if felt is None:
            self.pen.setText(say("Try your pen here: the line is as wide as you press."))
        elif felt.is_pen:
            percent = round(felt.pressure * 100)
            self.pen.setText(say("A pen: pressure {percent} %, tilt {tilt}°.", percent=percent, tilt=round(felt.tilt)))
        else:
            self.pen.setText(say("A mouse or a finger, without pressure. A pen would show it here."))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)
