"""The first page: begin, go on, recover, or try a sample."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QImage, QImageReader, QPixmap, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gesso.ui.glimpses import kept_picture, small_picture
from gesso.ui.look import Look
from gesso.ui.moments import moment
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.cards import CARD, GAP, PICTURE, Card, Shelf
from gesso.ui.widgets.controls import button, label
from gesso.values import Progress
from gesso.values.paths import resources

if TYPE_CHECKING:
    from gesso.files.session import Recoverable

Read = Callable[[Progress], QImage | None]
Later = Callable[[Read, Callable[[QImage | None], None]], None]
"""Runs the first in the background and hands its result to the second on the window's thread."""
GO_ON = mark("Go on with {name}")
SHOWN = 15
"""Recent files on the page."""
_PROJECT = ".gesso"


@dataclass(frozen=True)
class Sample:
    """A picture that ships with Gesso."""

    path: Path
    titles: dict[str, str]
    credits: dict[str, str]


def samples(folder: Path | None = None) -> list[Sample]:
    """What `samples.json` lists, in its order."""
    folder = folder or resources() / "samples"
    listed = folder / "samples.json"
    if not listed.is_file():
        return []
    found = json.loads(listed.read_text(encoding="utf-8"))
    return [Sample(folder / one["file"], one["title"], one["credit"]) for one in found]


def sample_picture(path: Path, size: QSize) -> QImage | None:
    """A picture that ships with Gesso, just large enough to cover `size`: no stranger, so it is decoded here."""
    reader = QImageReader(str(path))
    whole = reader.size()
    scaled = whole.scaled(size, Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    if scaled.width() < whole.width():
        reader.setScaledSize(scaled)
    picture = reader.read()
    return None if picture.isNull() else picture


def _kept_by(session: Recoverable, size: QSize, progress: Progress) -> QImage | None:
    return kept_picture(session.path.name, session.thumbnail or b"", size, progress)


class _Pictures(QObject):
    """Fills cards one after the other: in the background if somebody lends a hand, else a slice at a time."""

    def __init__(self, later: Later | None, parent: QObject) -> None:
        super().__init__(parent)
        self._later = later
        self._wanted: list[tuple[Read, Callable[[QImage | None], None]]] = []
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._step)

    def ask(self, read: Read, put: Callable[[QImage | None], None]) -> None:
        self._wanted.append((read, put))
        self._timer.start()

    def _step(self) -> None:
        if not self._wanted:
            self._timer.stop()
            return
        read, put = self._wanted.pop(0)
        if self._later is not None:
            self._later(read, put)
        else:
            put(read(Progress.silent()))


class _Recovery(QFrame):
    """A session that nobody closed, with what can be done about it; throwing it away is asked twice."""

    recover = Signal()
    discard = Signal()

    def __init__(self, look: Look, speech: Speech, session: Recoverable) -> None:
        super().__init__()
        self.session = session
        self.setProperty("role", "card")
        picture = QLabel()
        picture.setFixedSize(96, 64)
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._look, self._picture, self._image = look, picture, QImage()
        look.tell(picture, self._draw)
        title, facts, question = label(speech, "", "heading"), label(speech, "", "muted"), label(speech, "", "warn")
        recover, discard = button(speech, mark("Recover"), "primary"), button(speech, mark("Discard…"))
        really, keep = button(speech, mark("Discard for good")), button(speech, mark("Keep it"), "primary")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(16)
        layout.addWidget(picture)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addStretch(1)
        for part in (title, facts, question):
            words.addWidget(part)
        words.addStretch(1)
        layout.addLayout(words, 1)
        for part in (discard, recover, really, keep):
            layout.addWidget(part)

        def ask(asking: bool) -> None:
            for part in (discard, recover, facts):
                part.setHidden(asking)
            for part in (really, keep, question):
                part.setHidden(not asking)
            (keep if asking else discard).setFocus()

        for part in (really, keep, question):
            part.hide()
        recover.clicked.connect(self.recover)
        discard.clicked.connect(lambda: ask(True))
        keep.clicked.connect(lambda: ask(False))
        really.clicked.connect(self.discard)

        def put() -> None:
            name = session.title or (Path(session.origin).stem if session.origin else "") or speech.say("Untitled")
            title.setText(name)
            when = QDateTime.fromString(session.when, Qt.DateFormat.ISODate).toLocalTime()
            shown = moment(when, speech) if when.isValid() else session.when
            if session.is_damaged:
                facts.setText(speech.say("Damaged, last written on {when}; what is whole can be recovered", when=shown))
            elif session.edits == 0:
                facts.setText(speech.say("Opened on {when}, unchanged; it is in no other file now", when=shown))
            elif session.edits == 1:
                facts.setText(speech.say("One edit, on {when}", when=shown))
            else:
                facts.setText(speech.say("{count} edits, the last on {when}", count=session.edits, when=shown))
            question.setText(speech.say("Throw this work away? It cannot be brought back."))
            self.setAccessibleName(f"{name}, {facts.text()}")
            recover.setAccessibleName(speech.say("Recover {name}", name=name))
            discard.setAccessibleName(speech.say("Discard {name}", name=name))

        speech.tell(self, put)

    def set_picture(self, image: QImage | None) -> None:
        """An icon stands there before, and for good when there is none."""
        self._image = image or QImage()
        self._draw()

    def _draw(self) -> None:
        density = self.devicePixelRatioF()
        if self._image.isNull():
            self._picture.setPixmap(self._look.pixmap("picture", 32, None, density))
            return
        fitted = self._image.scaled(
            self._picture.size() * density,
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        fitted.setDevicePixelRatio(density)
        self._picture.setPixmap(QPixmap.fromImage(fitted))


class HomePage(QWidget):
    """What the artist sees when no picture is open."""

    new_asked = Signal()
    open_asked = Signal()
    file_chosen = Signal(Path)
    sample_chosen = Signal(Path)
    recover_chosen = Signal(Path)
    discard_chosen = Signal(Path)

    def __init__(self, look: Look, speech: Speech, later: Later | None = None, parent: QWidget | None = None) -> None:
        """`later` reads pictures in the background; without it they are read between two events."""
        super().__init__(parent)
        self._look, self._speech = look, speech
        self._pictures = _Pictures(later, self)
        self.setAcceptDrops(True)
        self._column = QVBoxLayout()
        self._column.setContentsMargins(0, 48, 0, 48)
        self._column.setSpacing(12)
        self._build_head()
        self._recovery = self._section(mark("Unsaved work"))
        self._welcome_at = self._column.indexOf(self._recovery)
        self._welcome: QWidget | None = None
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        self._recovery.layout().addWidget(
            label(
                speech,
                mark("Gesso ended unexpectedly. This is how far you had come; it stays here until you decide."),
                "muted",
            )
        )
        self._recovery.layout().addLayout(self._rows)
        self._recovery.hide()
        self._recent_section = recent = self._section(mark("Recent"))
        self._no_recent = label(
            speech,
            mark("Pictures that you open are listed here. Drop one anywhere on this page, or begin with a sample."), "muted"
        )  # fmt: skip
        self._recent = Shelf()
        recent.layout().addWidget(self._no_recent)
        recent.layout().addWidget(self._recent)
        self._samples = Shelf()
        self._sample_section = self._section(mark("Samples to try things on"))
        self._sample_section.layout().addWidget(self._samples)
        self._column.addStretch(1)
        self._frame()
        self._fill_samples()

    def _build_head(self) -> None:
        look, speech = self._look, self._speech
        picture = QLabel()
        look.tell(
            picture, lambda: picture.setPixmap(look.pixmap("gesso", 56, None, max(2.0, self.devicePixelRatioF())))
        )
        self._new = button(speech, mark("New…"), "primary")
        self._open = button(speech, mark("Open…"))
        self._new.clicked.connect(self.new_asked)
        self._open.clicked.connect(self.open_asked)
        for found in (self._new, self._open):
            found.setMinimumWidth(104)
        name = label(speech, "", "title")
        name.setText("Gesso")  # a name is the same in every language
        line = label(speech, mark("A ground for your pictures. Everything stays on this computer."), "muted")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(name)
        words.addWidget(line)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(picture)
        head.addLayout(words, 1)
        head.addWidget(self._new)
        head.addWidget(self._open)
        self._column.addLayout(head)
        self._last = QHBoxLayout()
        self._last.setSpacing(8)
        self._column.addLayout(self._last)
        self._column.addSpacing(20)

    def _section(self, title: str) -> QWidget:
        section = QWidget()
        layout = QVBoxLayout(section)
        layout.setContentsMargins(0, 0, 0, 20)
        layout.setSpacing(12)
        layout.addWidget(label(self._speech, title, "heading"))
        self._column.addWidget(section)
        return section

    def _frame(self) -> None:
        """The column in the middle of whatever width there is, and the notice shown while something is dragged over."""
        self._inside = QWidget()
        self._inside.setLayout(self._column)
        middle = QWidget()
        row = QHBoxLayout(middle)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self._inside)
        row.addStretch(1)
        area = QScrollArea()
        area.setWidget(middle)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self._drop = label(self._speech, mark("Drop it to open it"), "drop")
        self._drop.setParent(self)
        self._drop.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._drop.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._drop.hide()
        self._fit()

    def _fit(self) -> None:
        """As many whole cards as fit, up to five."""
        room = self.width() - 2 * 32 - 12
        columns = min(5, max(1, (room + GAP) // (CARD.width() + GAP)))
        self._inside.setFixedWidth(columns * (CARD.width() + GAP) - GAP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()
        self._drop.setGeometry(self.rect())
        super().resizeEvent(event)

    # --- what is shown -------------------------------------------------------------------------------------------

    def set_recent(self, paths: Sequence[Path]) -> None:
        """The latest first; files that are gone are shown pale."""
        cards = [self._file_card(path) for path in list(paths)[:SHOWN]]
        self._recent.put(cards)
        self._recent.setVisible(bool(cards))
        self._no_recent.setVisible(not cards)
        self._order_focus()

    def set_welcome(self, welcome: QWidget | None) -> None:
        """The first-run page in place of recent files and samples, until it is taken away again."""
        if self._welcome is not None:
            self._column.removeWidget(self._welcome)
            self._welcome.hide()
            self._welcome.deleteLater()
        self._welcome = welcome
        if welcome is not None:
            self._column.insertWidget(self._welcome_at, welcome)
        self._recent_section.setVisible(welcome is None)
        self._sample_section.setVisible(welcome is None and bool(self._samples.cards))

    def ask_picture(self, card: Card, read: Read) -> None:
        """Show what `read` finds on a card; it runs in the background."""
        self._ask(card, read)

    def set_last(self, paths: Sequence[Path]) -> None:
        """What was open when the studio was left: offered, opened by nobody unasked; what is gone is left out."""
        while (item := self._last.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for path in paths:
            if path.is_file():
                again = button(self._speech, "", look=self._look, icon="again")
                self._speech.tell(again, partial(self._say_again, again, path.name))
                again.clicked.connect(lambda checked=False, path=path: self.file_chosen.emit(path))
                self._last.addWidget(again)
        self._last.addStretch(1)

    def _say_again(self, again: QPushButton, name: str) -> None:
        again.setText(self._speech.say(GO_ON, name=name))
        again.setAccessibleName(again.text())

    def set_recoverable(self, sessions: Sequence[Recoverable]) -> None:
        """Sessions that nobody closed; the section is there only if there are any."""
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for session in sessions:
            row = _Recovery(self._look, self._speech, session)
            row.recover.connect(lambda path=session.path: self.recover_chosen.emit(path))
            row.discard.connect(lambda path=session.path: self.discard_chosen.emit(path))
            self._rows.addWidget(row)
            if session.thumbnail is not None:
                self._ask(row, partial(_kept_by, session, self._read_size()))
        self._recovery.setVisible(bool(sessions))

    @property
    def recent_cards(self) -> list[Card]:
        return self._recent.cards

    @property
    def sample_cards(self) -> list[Card]:
        return self._samples.cards

    def _read_size(self) -> QSize:
        return PICTURE * max(1.0, self.devicePixelRatioF())

    def _file_card(self, path: Path) -> Card:
        card = Card(self._look, "gesso" if path.suffix.lower() == _PROJECT else "picture")
        card.clicked.connect(lambda: self.file_chosen.emit(path))
        size = self._read_size()
        state = {"missing": False}

        def put_words() -> None:
            line = self._speech.say("No longer there") if state["missing"] else path.parent.name
            card.set_words(path.stem if path.suffix.lower() == _PROJECT else path.name, line, str(path))

        def read(progress: Progress) -> QImage | None:
            state["missing"] = not path.is_file()
            return None if state["missing"] else small_picture(path, size, progress)

        self._speech.tell(card, put_words)
        self._ask(card, read, lambda: (card.set_pale(state["missing"]), put_words()))
        return card

    def _fill_samples(self) -> None:
        cards = []
        for sample in samples():
            card = Card(self._look)
            card.clicked.connect(lambda checked=False, path=sample.path: self.sample_chosen.emit(path))

            def put(card: Card = card, sample: Sample = sample) -> None:
                language = self._speech.language
                card.set_words(sample.titles[language], sample.credits[language])

            self._speech.tell(card, put)
            size = self._read_size()
            self._ask(card, lambda progress, path=sample.path, size=size: sample_picture(path, size))
            cards.append(card)
        self._samples.put(cards)
        self._sample_section.setVisible(bool(cards))
        self._order_focus()

    def _ask(self, card: Card | _Recovery, read: Read, then: Callable[[], object] = lambda: None) -> None:
        from shiboken6 import isValid

        def put(picture: QImage | None) -> None:
            if isValid(card):  # the list may have changed meanwhile
                card.set_picture(picture)
                then()

        self._pictures.ask(lambda progress: read(progress) if isValid(card) else None, put)

    def _order_focus(self) -> None:
        """Tab goes down the page as the eye does."""
        chain: list[QWidget] = [self._new, self._open, *self._recent.cards, *self._samples.cards]
        for one, following in pairwise(chain):
            QWidget.setTabOrder(one, following)

    # --- dropping files ------------------------------------------------------------------------------------------

    @staticmethod
    def _files(event: QDropEvent) -> list[Path]:
        return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._files(event):
            event.acceptProposedAction()
            self._drop.show()
            self._drop.raise_()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self._drop.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self._drop.hide()
        files = self._files(event)
        if files:
            event.acceptProposedAction()
            self.file_chosen.emit(files[0])
