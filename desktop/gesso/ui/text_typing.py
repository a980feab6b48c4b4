"""Typing: a text with a caret, what is selected of it, and the way back while it is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence

from gesso.documents.painting import Text
from gesso.documents.painting.text import LONGEST, STYLE, Style
from gesso.ui.text_fonts import cut, place_of, units
from gesso.ui.text_setting import Setting

Standard = QKeySequence.StandardKey
MOST_STEPS = 500
IN_COLUMNS = {
    Qt.Key.Key_Down: Qt.Key.Key_Right, Qt.Key.Key_Up: Qt.Key.Key_Left,
    Qt.Key.Key_Left: Qt.Key.Key_Down, Qt.Key.Key_Right: Qt.Key.Key_Up,
}  # fmt: skip
"""What the arrows are in a text that is turned by a quarter."""


@dataclass(frozen=True)
class State:
    """What undo goes back to."""

    text: Text
    caret: int
    anchor: int


class Typing:
    """One session of writing. Positions count as in `Setting`."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.caret = self.anchor = units(text.string)
        self.preedit, self.preedit_caret = "", 0
        """What an input method is about to write, and the caret in it."""
        self._past: list[State] = []
        self._future: list[State] = []
        self._joins = ""
        """The kind of change that the next one of the same kind is one step with."""
        self._next: Style | None = None
        """Of what is written next at the caret, where the artist has chosen another than the letters before it have."""
        self._set: tuple[Text, Setting] | None = None

    # --- what is there -------------------------------------------------------------------------------------------

    @property
    def shown(self) -> Text:
        """With what an input method is about to write."""
        if not self.preedit:
            return self.text
        place = place_of(self.text.string, self.caret)
        return self.text.written(place, place, self.preedit, self._next)

    @property
    def setting(self) -> Setting:
        """Of what is shown."""
        shown = self.shown
        if self._set is None or self._set[0] != shown:
            self._set = shown, Setting(shown)
        return self._set[1]

    @property
    def selected(self) -> tuple[int, int]:
        return min(self.caret, self.anchor), max(self.caret, self.anchor)

    @property
    def selection(self) -> str:
        return cut(self.text.string, *self.selected)

    @property
    def places(self) -> tuple[int, int]:
        """What is selected, counted in characters."""
        start, end = self.selected
        return place_of(self.text.string, start), place_of(self.text.string, end)

    @property
    def styles(self) -> tuple[Style, ...]:
        """Those that a change of the style is about: of what is selected, or of what is written next at the caret."""
        start, end = self.places
        return (self._next,) if self._next is not None else self.text.within(start, end)

    @property
    def alignments(self) -> tuple[str, ...]:
        """Of the paragraphs that the caret or the selection is in."""
        return self.text.alignments_within(*self.places)

    @property
    def shown_caret(self) -> int:
        return self.caret + (self.preedit_caret if self.preedit else 0)

    # --- changes -------------------------------------------------------------------------------------------------

    def restyle(self, text: Text) -> None:
        """The same letters in another style, size or place."""
        if text != self.text:
            self._keep("")
            self.text = text

    def is_whole(self, parts: dict[str, Any]) -> bool:
        """Whether all of the text is so once `style` did it, and not only letters or paragraphs of it."""
        if all(name in STYLE for name in parts):
            return not self.text.string
        return "alignment" not in parts or not self.text.aligned(*self.places, parts["alignment"]).paragraphs

    def style(self, parts: dict[str, Any]) -> None:
        """What is selected in another style, or what is written next; an alignment is that of the paragraphs there.

        What neither letters nor paragraphs have of their own is all the text's.
        """
        start, end = self.places
        if not self.text.string or not all(name in (*STYLE, "alignment") for name in parts):
            self.restyle(self.text.restyled(**parts))
            return
        letters = {name: value for name, value in parts.items() if name in STYLE}
        text = self.text.aligned(start, end, parts["alignment"]) if "alignment" in parts else self.text
        if start != end:
            text = text.styled(start, end, **letters)
        elif letters:
            self._next = replace(self.styles[0], **letters)
        self.restyle(text)

    def insert(self, string: str, joins: str = "typing") -> None:
        """Write in place of what is selected."""
        string = "".join(
            sign for sign in _lines(string) if sign == "\n" or sign == "\t" or sign.isprintable() or ord(sign) > 127
        )
        start, end = self.places
        whole = self.text.string
        if whole[start:end] == string or len(whole) - (end - start) + len(string) > LONGEST:
            return
        self._keep(joins if start == end else "")
        self._joins = joins
        self.caret = self.anchor = self.selected[0] + units(string)
        self.text = self.text.written(start, end, string, self._next)
        self._next = None  # what follows goes on like it

    def rub_out(self, way: int, *, words: bool = False) -> None:
        """What is selected, or the letter or word before (-1) or behind (1) the caret."""
        start, end = self.selected
        if start == end:
            other = self.setting.next(self.caret, way, words=words)
            start, end = min(self.caret, other), max(self.caret, other)
        if start == end:
            return
        self._keep("rubbing")
        self._next = None
        whole = self.text.string
        self.text = self.text.written(place_of(whole, start), place_of(whole, end), "")
        self.caret = self.anchor = start

    def compose(self, commit: str, preedit: str, caret: int, start: int = 0, length: int = 0) -> None:
        """What an input method writes now, and what it is about to; `start` and `length` say what it takes back."""
        self.preedit = ""
        if length:
            self.anchor, self.caret = self.caret + start, self.caret + start + length
        if commit:
            self.insert(commit)
        if preedit and self.caret != self.anchor:
            self.insert("", "")
        self.preedit, self.preedit_caret = preedit, min(max(caret, 0), units(preedit))

    def keep_preedit(self) -> None:
        """What was about to be written is written: nothing that could be seen is lost."""
        if self.preedit:
            self.compose(self.preedit, "", 0)

    def _keep(self, joins: str) -> None:
        if not joins or joins != self._joins:
            self._past.append(State(self.text, self.caret, self.anchor))
            del self._past[:-MOST_STEPS]
        self._future.clear()
        self._joins = joins

    def undo(self) -> None:
        self._swap(self._past, self._future)

    def redo(self) -> None:
        self._swap(self._future, self._past)

    def _swap(self, source: list[State], target: list[State]) -> None:
        if source:
            target.append(State(self.text, self.caret, self.anchor))
            state = source.pop()
            self.text, self.caret, self.anchor, self._joins = state.text, state.caret, state.anchor, ""
            self._next = None

    # --- the caret -----------------------------------------------------------------------------------------------

    def go(self, position: int, *, marking: bool = False) -> None:
        """The caret to a position; `marking` selects up to there."""
        self.caret = min(max(position, 0), units(self.text.string))
        if not marking:
            self.anchor = self.caret
        self._joins, self._next = "", None

    def choose_word(self, position: int) -> None:
        """The word around a position."""
        end = self.setting.next(position, 1, words=True)
        start = self.setting.next(end, -1, words=True)
        self.anchor, self.caret = start, start + units(cut(self.text.string, start, end).rstrip())
        self._joins, self._next = "", None

    def choose_all(self) -> None:
        self.anchor, self.caret, self._joins, self._next = 0, units(self.text.string), "", None

    def _line(self, way: int) -> int:
        """The position one line up or down, below the caret."""
        setting = self.setting
        number = setting.line_of(self.caret) + way
        if number < 0:
            return 0
        return (
            units(self.text.string)
            if number >= len(setting.lines)
            else setting.position_in(number, setting.along(self.caret))
        )

    # --- keys ----------------------------------------------------------------------------------------------------

    def key(self, event: QKeyEvent) -> bool:
        """Write, move or rub out; whether the key meant any of that."""
        if self._moves(event) or self._changes(event):
            return True
        held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier)
        is_graph = held == Qt.KeyboardModifier.ControlModifier and event.modifiers() & Qt.KeyboardModifier.AltModifier
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not held:
            self.insert("\n")
        elif event.text() and (event.text().isprintable() or event.key() == Qt.Key.Key_Tab) and (not held or is_graph):
            self.insert(event.text())
        else:
            return False
        return True

    def _moves(self, event: QKeyEvent) -> bool:
        setting, caret = self.setting, self.caret
        if self.text.vertical and event.key() in IN_COLUMNS:
            event = QKeyEvent(QEvent.Type.KeyPress, IN_COLUMNS[event.key()], event.modifiers())
        line = setting.lines[setting.line_of(caret)]
        ends = line.end if line.is_last else max(line.start, line.end - 1)
        ways = (
            (Standard.MoveToNextChar, Standard.SelectNextChar, lambda: self._sideways(1, event)),
            (Standard.MoveToPreviousChar, Standard.SelectPreviousChar, lambda: self._sideways(-1, event)),
            (Standard.MoveToNextWord, Standard.SelectNextWord, lambda: setting.next(caret, 1, words=True)),
            (Standard.MoveToPreviousWord, Standard.SelectPreviousWord, lambda: setting.next(caret, -1, words=True)),
            (Standard.MoveToNextLine, Standard.SelectNextLine, lambda: self._line(1)),
            (Standard.MoveToPreviousLine, Standard.SelectPreviousLine, lambda: self._line(-1)),
            (Standard.MoveToStartOfLine, Standard.SelectStartOfLine, lambda: line.start),
            (Standard.MoveToEndOfLine, Standard.SelectEndOfLine, lambda: ends),
            (Standard.MoveToStartOfDocument, Standard.SelectStartOfDocument, lambda: 0),
            (Standard.MoveToEndOfDocument, Standard.SelectEndOfDocument, lambda: units(self.text.string)),
        )
        for move, select, where in ways:
            if event.matches(move) or event.matches(select):
                self.go(where(), marking=event.matches(select))
                return True
        if event.matches(Standard.SelectAll):
            self.choose_all()
            return True
        return False

    def _sideways(self, way: int, event: QKeyEvent) -> int:
        """Out of a selection, the caret goes to its end."""
        start, end = self.selected
        if start != end and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            return end if way > 0 else start
        return self.setting.step(self.caret, way)

    def _changes(self, event: QKeyEvent) -> bool:
        clipboard = QGuiApplication.clipboard()
        is_plain_backspace = (
            event.key() == Qt.Key.Key_Backspace and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier
        )
        if event.matches(Standard.Undo):
            self.undo()
        elif event.matches(Standard.Redo):
            self.redo()
        elif event.matches(Standard.Copy) or event.matches(Standard.Cut):
            if self.selection:
                clipboard.setText(self.selection)
                if event.matches(Standard.Cut):
                    self.insert("", "")
        elif event.matches(Standard.Paste):
            self.insert(clipboard.text(), "")
        elif event.matches(Standard.DeleteStartOfWord):
            self.rub_out(-1, words=True)
        elif event.matches(Standard.DeleteEndOfWord):
            self.rub_out(1, words=True)
        elif is_plain_backspace:
            self.rub_out(-1)
        elif event.matches(Standard.Delete):
            self.rub_out(1)
        else:
            return False
        return True


def _lines(string: str) -> str:
    """One sign for the end of a line, whatever it was copied from."""
    return string.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n").replace("\u2028", "\n")
