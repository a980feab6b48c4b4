"""The guide in its own window beside the picture: contents, search in every language, and links that do what they say."""

from __future__ import annotations

import html
from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QImage, QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from gesso.ui.guide_markup import SHORTCUTS, html_of
from gesso.ui.guide_pages import PAGES, GuidePages
from gesso.ui.look import Look
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import icon_button, label

Run = Callable[[str], str]
"""Does the command of an id; returns what to say when it cannot be done now, or nothing."""
MARGIN_PX = 28
MOST_PX = 760
"""Pictures and lines are no wider than is good to read."""
SECTION = Qt.ItemDataRole.UserRole + 1
_SHEET = """
body {{ color: {text}; }}
h1 {{ font-size: 24px; font-weight: 400; margin-top: 4px; margin-bottom: 14px; }}
h2 {{ font-size: 16px; font-weight: 600; margin-top: 26px; margin-bottom: 6px; }}
h3 {{ font-size: 14px; font-weight: 600; margin-top: 18px; margin-bottom: 4px; }}
p, li {{ margin-top: 0px; margin-bottom: 9px; line-height: 130%; }}
p.picture {{ margin-top: 12px; margin-bottom: 4px; line-height: 100%; }}
p.caption {{ color: {muted}; margin-bottom: 16px; }}
a {{ color: {link}; text-decoration: none; }}
.key {{ background-color: {raised}; color: {text}; }}
pre {{ background-color: {raised}; margin-top: 6px; margin-bottom: 12px; }}
th {{ color: {muted}; font-weight: 600; }}
td {{ border-top: 1px solid {line}; }}
"""


class _Sheet(QTextBrowser):
    """The page itself. Nothing is ever fetched from anywhere but the guide's own folder."""

    widened = Signal()

    def loadResource(self, kind: int, name: QUrl) -> object:
        if name.isRelative() or name.isLocalFile():
            return super().loadResource(kind, name)
        return QImage()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.widened.emit()


class Guide(QDialog):
    """Not modal: it is read while one paints."""

    def __init__(
        self,
        look: Look,
        speech: Speech,
        run: Run,
        keys: Callable[[str], str],
        shortcuts: Callable[[], str],
        parent: QWidget | None = None,
        pages: GuidePages | None = None,
    ) -> None:
        """`keys` gives the keys of a command as they are now; `shortcuts` the table of all of them, as HTML."""
        super().__init__(parent)
        self._look, self._speech, self._run, self._keys, self._shortcuts = look, speech, run, keys, shortcuts
        self.pages = pages or GuidePages()
        self.page = PAGES[0]
        self._back: list[str] = []
        self._forth: list[str] = []
        self.query, self.contents, self.sheet = QLineEdit(), QListWidget(), _Sheet()
        self.query.setClearButtonEnabled(True)
        self.contents.setWordWrap(True)
        self.contents.setSpacing(4)
        self.contents.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.sheet.setOpenLinks(False)
        self.sheet.setFrameShape(QFrame.Shape.NoFrame)
        self.sheet.document().setDocumentMargin(MARGIN_PX)
        self.back = icon_button(look, speech, "undo", mark("Back to the page before"), "Alt+Left")
        self.forth = icon_button(look, speech, "redo", mark("Forward again"), "Alt+Right")
        self.note = label(speech, "", "warn")
        self.note.hide()
        self._build()
        self._draw = QTimer(self)
        self._draw.setSingleShot(True)
        self._draw.setInterval(0)
        self._draw.timeout.connect(self._redraw)
        self.query.textChanged.connect(self._list)
        self.query.returnPressed.connect(lambda: self._open(self.contents.item(0)))
        self.contents.itemClicked.connect(self._open)
        self.contents.itemActivated.connect(self._open)
        self.sheet.anchorClicked.connect(self._follow)
        self.sheet.widened.connect(self._draw.start)
        self.back.clicked.connect(lambda: self._step(self._back, self._forth))
        self.forth.clicked.connect(lambda: self._step(self._forth, self._back))
        self.back.setShortcut("Alt+Left")
        self.forth.setShortcut("Alt+Right")
        QShortcut(QKeySequence.StandardKey.Find, self, self.query.setFocus)
        speech.tell(self, self._say)
        look.tell(self, self._draw.start)
        self.resize(QSize(1000, 720))
        self.sheet.setFocus()  # the arrow keys scroll; Ctrl+F goes to the search

    def _build(self) -> None:
        steps = QHBoxLayout()
        steps.setContentsMargins(0, 0, 0, 0)
        steps.setSpacing(2)
        steps.addWidget(self.query, 1)
        steps.addWidget(self.back)
        steps.addWidget(self.forth)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(12, 12, 4, 12)
        column.setSpacing(8)
        column.addLayout(steps)
        column.addWidget(self.contents, 1)
        right = QWidget()
        pane = QVBoxLayout(right)
        pane.setContentsMargins(0, 0, 0, 0)
        pane.setSpacing(0)
        pane.addWidget(self.sheet, 1)
        self.note.setContentsMargins(MARGIN_PX, 8, MARGIN_PX, 8)
        pane.addWidget(self.note)
        both = QSplitter()
        both.setChildrenCollapsible(False)
        both.addWidget(left)
        both.addWidget(right)
        both.setStretchFactor(1, 1)
        both.setSizes([260, 740])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(both)

    # --- what is shown -------------------------------------------------------------------------------------------

    def show_page(self, id: str, section: int = 0) -> None:
        """Turn to a page; the one before can be gone back to."""
        if id != self.page:
            self._back.append(self.page)
            self._forth.clear()
        self._turn(id, section)

    def _turn(self, id: str, section: int = 0) -> None:
        self.page = id
        self.note.hide()
        self._redraw()
        if section:
            self.sheet.scrollToAnchor(f"s{section}")
        else:
            self.sheet.verticalScrollBar().setValue(0)
        self.back.setEnabled(bool(self._back))
        self.forth.setEnabled(bool(self._forth))
        self._mark_page()

    def _step(self, from_: list[str], to: list[str]) -> None:
        if from_:
            to.append(self.page)
            self._turn(from_.pop())

    def _redraw(self) -> None:
        """The page in the language, colours and width of the moment, at the place where it was."""
        page = self.pages.of(self._speech.language).get(self.page)
        if page is None:
            return
        place = self.sheet.verticalScrollBar().value()
        document = self.sheet.document()
        names = ("text", "muted", "raised", "line")
        colours = {name: self._look.colour(name).name() for name in names}
        colours["link"] = self._look.colour("accent").name()
        document.setDefaultStyleSheet(_SHEET.format(**colours))
        # A relative picture is looked for beside the page.
        document.setBaseUrl(QUrl.fromLocalFile(f"{page.folder}/"))
        width = min(MOST_PX, max(240, self.sheet.viewport().width() - 2 * MARGIN_PX))
        table = self._shortcuts() if SHORTCUTS in page.source else ""
        self.sheet.setHtml(f"<body>{html_of(page.source, self._keys, width, table)}</body>")
        self.sheet.verticalScrollBar().setValue(place)

    def _say(self) -> None:
        say = self._speech.say
        self.setWindowTitle(say("Guide"))
        self.query.setPlaceholderText(say("Search the guide"))
        self.query.setAccessibleName(say("Search the guide"))
        self.contents.setAccessibleName(say("Contents"))
        self.sheet.setAccessibleName(say("Page of the guide"))
        self._list()
        self._draw.start()

    def _list(self) -> None:
        """The contents, or what was found for the words in the field."""
        self.contents.clear()
        pages, query = self.pages.of(self._speech.language), self.query.text().strip()
        if not query:
            for page in pages.values():
                self._add(page.title, page.id, 0)
        for hit in self.pages.search(query, self._speech.language):
            page = pages[hit.page]
            heading = page.sections[hit.section].split("\n")[0]
            above = "" if hit.section == 0 else f"{page.title} · "
            self._add(f"{above}{heading}\n{hit.snippet}", hit.page, hit.section)
        if query and not self.contents.count():
            item = QListWidgetItem(self._speech.say("Nothing in the guide has all these words."), self.contents)
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        self._mark_page()

    def _add(self, text: str, page: str, section: int) -> None:
        item = QListWidgetItem(text, self.contents)
        item.setData(Qt.ItemDataRole.UserRole, page)
        item.setData(SECTION, section)

    def _mark_page(self) -> None:
        if not self.query.text().strip():
            for row in range(self.contents.count()):
                if self.contents.item(row).data(Qt.ItemDataRole.UserRole) == self.page:
                    self.contents.setCurrentRow(row)

    # --- what links do -------------------------------------------------------------------------------------------

    def _open(self, item: QListWidgetItem | None) -> None:
        page = item.data(Qt.ItemDataRole.UserRole) if item is not None else None
        if item is not None and page:
            self.show_page(page, item.data(SECTION))

    def _follow(self, link: QUrl) -> None:
        """`act:ID` does a command; `NAME.md` turns to a page; nothing else is followed."""
        if link.scheme() == "act":
            refusal = self._run(link.path())
            self.note.setText(refusal)
            self.note.setVisible(bool(refusal))
        elif link.isRelative() and link.path().removesuffix(".md") in PAGES:
            self.show_page(link.path().removesuffix(".md"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.query.text():
            self.query.clear()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):  # Enter in the field is a search, not an ending
            super().keyPressEvent(event)


def shortcut_rows(head: tuple[str, str], rows: list[tuple[str, str]]) -> list[list[str]]:
    """A table's rows of HTML: what is done, and with which keys."""
    return [[html.escape(cell) for cell in head], *([html.escape(title), keys] for title, keys in rows)]
