"""The option bar of texts: what letters are like and how they are set, for what is selected, written, chosen or next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QColor, QEnterEvent, QFont, QFontDatabase, QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QColorDialog,
    QComboBox,
    QCompleter,
    QDoubleSpinBox,
    QFontComboBox,
    QLabel,
    QToolButton,
    QWidget,
)

from gesso.documents.painting import Layer, Text
from gesso.documents.painting.locks import check_unlocked
from gesso.documents.painting.text import LEAST_PX, MOST_PX, Style
from gesso.ui.brush_bar import BrushBar, Swatch
from gesso.ui.canvas.hands.options import HandOptions
from gesso.ui.canvas.hands.text import BAR, Write
from gesso.ui.canvas.view import CanvasView
from gesso.ui.look import Look
from gesso.ui.option_bar import OptionBar, show_value
from gesso.ui.speech import Speech, mark
from gesso.ui.text_fonts import missing_family, usual_family
from gesso.ui.text_pixels import changed_text
from gesso.ui.text_setting import in_box, in_columns
from gesso.ui.widgets.controls import icon_button
from gesso.values import Colour, Trouble

WEIGHTS = (
    (mark("Thin"), 100), (mark("Light weight"), 300), (mark("Regular"), 400), (mark("Medium weight"), 500),
    (mark("Semibold"), 600), (mark("Bold"), 700), (mark("Black weight"), 900),
)  # fmt: skip
DIRECTIONS = ((mark("By the letters"), "auto"), (mark("Left to right"), "ltr"), (mark("Right to left"), "rtl"))
ALIGNMENTS = (
    ("text-start", mark("At the start of the line"), "start"),
    ("text-centre", mark("Centred"), "centre"),
    ("text-end", mark("At the end of the line"), "end"),
    ("text-justify", mark("Justified"), "justify"),
)
WAYS = (
    ("text-lines", mark("In lines"), False),
    ("text-columns", mark("In columns, from the right to the left"), True),
)
POINTS_PER_INCH = 72.0
UNITS = ((mark("Pixels"), "px"), (mark("Points"), "pt"))


class TextBar(OptionBar):
    """Changes what is selected of the text that is written, or what is written next; else the active text layer.

    What is said of a whole text is also what the next one begins with.
    """

    def __init__(
        self, canvas: CanvasView, options: HandOptions, look: Look, speech: Speech, brush_bar: BrushBar
    ) -> None:
        super().__init__(options, look, speech)
        self.setObjectName(BAR)
        self._canvas, self._brush_bar, self._unit = canvas, brush_bar, "px"
        self._colour = brush_bar.brush.colour
        self.font_choice = QFontComboBox(self)
        self.font_choice.setFixedWidth(160)
        completer = QCompleter(self.font_choice.model(), self.font_choice)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.font_choice.setCompleter(completer)
        self.font_choice.setCurrentFont(QFont(usual_family()))
        self.font_choice.textActivated.connect(self._choose_font)
        completer.activated[str].connect(self._choose_font)
        self.tell_texts(self.font_choice, mark("Font"), mark("Type a part of its name to find it."))
        self.add(self.font_choice)
        self.size = self.number(mark("Size"), LEAST_PX, MOST_PX, "", self._resize, decimals=1)
        self.unit = self.choice(mark("Unit"), UNITS, self._count_in, is_labelled=False)
        self.weight = self.choice(mark("Weight"), WEIGHTS, lambda weight: self._put(weight=weight), is_labelled=False)
        self.italic = self._toggle("text-italic", mark("Italic"), lambda on: self._put(italic=on))
        self.underline = self._toggle("text-underline", mark("Underline"), lambda on: self._put(underline=on))
        self.swatch = Swatch(look, 24, self)
        self.swatch.clicked.connect(self._ask_colour)
        self.tell_texts(self.swatch, mark("Colour"))
        self.add(self.swatch)
        self.alignments = self.buttons(ALIGNMENTS, lambda value: self._put(alignment=value))
        self.ways = self.buttons(WAYS, self._turn)
        self.box = self.switch(
            mark("Text box"), self._box, help=mark("Lines break at its end, which you can pull while you write.")
        )
        self.line_height = self.number(
            mark("Line height"), 50, 400, " %", lambda v: self._put(line_height=v / 100), step=5
        )
        self.spacing = self.number(
            mark("Tracking"), -50, 200, " %", lambda v: self._put(spacing=v / 100), decimals=1,
            help=mark("In parts of the size of the letters."),
        )  # fmt: skip
        self.direction = self.choice(mark("Direction"), DIRECTIONS, lambda value: self._put(direction=value))
        self.antialias = self.switch(mark("Smooth letters"), lambda on: self._put(antialias=on))
        self.missing = QLabel(self)
        self.add(self.missing)
        self.done = self.push(mark("Done"), canvas.finish_gesture, "primary")
        speech.tell(self.missing, self._say_missing)
        options.live_changed.connect(self._show)
        options.changed.connect(self._show)
        brush_bar.changed.connect(lambda _: self._recolour())
        self._show()

    def _toggle(self, icon: str, title: str, chosen: Callable[[bool], None]) -> QToolButton:
        """A switch that is an icon."""
        found = icon_button(self.look, self.speech, icon, title)
        found.setCheckable(True)
        found.toggled.connect(chosen)
        self.add(found)
        return found

    # --- which text ----------------------------------------------------------------------------------------------

    @property
    def live(self) -> Write | None:
        """The text that is being written."""
        found = self.options.live
        return found if isinstance(found, Write) else None

    @property
    def layer(self) -> Layer | None:
        """The active layer, if it is a text."""
        painting = self._canvas.painting
        found = painting.active_layer if painting is not None else None
        return found if found is not None and found.text is not None else None

    @property
    def text(self) -> Text:
        """What the bar shows."""
        if self.live is not None:
            return self.live.text
        layer = self.layer
        return layer.text if layer is not None and layer.text is not None else self.options[Text]

    def _choose_font(self, family: str) -> None:
        """What was typed counts once it is the name of a font."""
        if QFontDatabase.hasFamily(family):
            self._put(family=family)
        self._show_font()

    @property
    def styles(self) -> tuple[Style, ...]:
        """Those of the letters that a change is about."""
        return self.live.typing.styles if self.live is not None else self.text.styles

    def _put(self, **parts: Any) -> None:
        live, layer = self.live, self.layer
        is_part = live is not None and not live.typing.is_whole(parts)
        if live is not None:
            live.restyle(**parts)
            self._canvas.setFocus()  # and the next key is a letter again
        elif layer is not None and layer.text is not None:
            self._change(layer, layer.text.restyled(**parts))
        if not is_part:
            self.options.set(Text, **parts)
        self._show()

    def _set(self, text: Text) -> None:
        """The same letters set in another way."""
        if self.live is not None:
            self.live.set_text(text)
            self._canvas.setFocus()
        elif self.layer is not None:
            self._change(self.layer, text)
        self._show()

    def _turn(self, vertical: bool) -> None:
        self._set(in_columns(self.text, vertical))
        self.options.set(Text, vertical=vertical)

    def _box(self, on: bool) -> None:
        self._set(in_box(self.text, on))

    def _change(self, layer: Layer, text: Text) -> None:
        history = self._canvas.history
        if history is None:
            return
        try:
            check_unlocked(history.document, layer.id)
            edits = changed_text(history.document, layer, text)
            if edits:
                history.apply(mark("Text style"), *edits)
        except Trouble as trouble:
            self._canvas.refused.emit(trouble)

    def _recolour(self) -> None:
        """The brush's colour is that of the letters, too."""
        colour = self._brush_bar.brush.colour
        if colour != self._colour:
            self._colour = colour
            is_meant = self.live is not None or (self.layer is not None and self._canvas.tool == "text")
            # Several colours are the artist's work: all of them go only where that was said by a selection.
            if is_meant and (self.live is not None or len({style.colour for style in self.styles}) == 1):
                self._put(colour=(colour.red, colour.green, colour.blue))
        self._show_colour()

    @property
    def colour(self) -> Colour:
        """That of the letters that are meant, if they have one; else that of the brush, in which the next text begins."""
        colours = {style.colour for style in self.styles}
        is_there = self.live is not None or self.layer is not None
        return Colour(*colours.pop()) if is_there and len(colours) == 1 else self._brush_bar.brush.colour

    def _ask_colour(self) -> None:
        now = self.colour
        found = QColorDialog.getColor(QColor.fromRgbF(now.red, now.green, now.blue), self, self.speech.say("Colour"))
        if found.isValid():
            self._colour = colour = Colour(found.redF(), found.greenF(), found.blueF())
            self._brush_bar.set_colour(colour)
            self._put(colour=(colour.red, colour.green, colour.blue))

    def _show_colour(self) -> None:
        self.swatch.show_colour(self.colour)

    # --- size ----------------------------------------------------------------------------------------------------

    @property
    def _px_per_unit(self) -> float:
        dpi = self._canvas.painting.dpi if self._canvas.painting is not None else None
        return 1.0 if self._unit == "px" or dpi is None else dpi[1] / POINTS_PER_INCH

    def _resize(self, size: float) -> None:
        self._put(size_px=min(max(size * self._px_per_unit, LEAST_PX), MOST_PX))

    def _count_in(self, unit: str) -> None:
        self._unit = unit
        self._show()

    # --- what is shown -------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._show()

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._show()

    def _show(self) -> None:
        live, text, styles = self.live, self.text, self.styles
        if not self.font_choice.lineEdit().hasFocus():
            self._show_font()
        _show_each(self.size, [style.size_px / self._px_per_unit for style in styles])
        show_value(self.unit, self._unit)
        _show_each(self.weight, [min((w for _, w in WEIGHTS), key=lambda w: abs(w - s.weight)) for s in styles])
        _show_each(self.italic, [style.italic for style in styles])
        _show_each(self.underline, [style.underline for style in styles])
        _show_each(self.spacing, [100 * style.spacing for style in styles])
        show_value(self.line_height, 100 * text.line_height)
        show_value(self.direction, text.direction)
        show_value(self.antialias, text.antialias)
        self._show_alignments(live.typing.alignments if live is not None else tuple(dict.fromkeys(text.alignments)))
        show_value(self.ways[text.vertical], True)
        show_value(self.box, text.width_px is not None)
        self.box.setEnabled(live is not None or self.layer is not None)
        self._show_colour()
        self.done.setEnabled(live is not None)
        self._say_missing()

    def _show_alignments(self, alignments: tuple[str, ...]) -> None:
        """The one that all paragraphs have, or none where they differ."""
        group = self.alignments["start"].group()
        group.setExclusive(False)
        for alignment, one in self.alignments.items():
            show_value(one, alignments == (alignment,))
        group.setExclusive(True)

    def _show_font(self) -> None:
        blocked = QSignalBlocker(self.font_choice)
        families = {style.family or usual_family() for style in self.styles}
        if len(families) == 1:
            self.font_choice.setCurrentFont(QFont(families.pop()))
        else:
            self.font_choice.setCurrentIndex(-1)
            self.font_choice.lineEdit().clear()
        blocked.unblock()

    def _say_missing(self) -> None:
        missing = missing_family(self.text)
        self.missing.setVisible(bool(missing))
        self.missing.setText(self.speech.say("“{font}” is missing here.", font=missing))


def _show_each(control: QWidget, values: list[Any]) -> None:
    """What all letters have, or nothing where they differ."""
    differ = len(set(values)) > 1
    show_value(control, False if differ and isinstance(control, QAbstractButton) else values[0])
    blocked = QSignalBlocker(control)
    if differ and isinstance(control, QDoubleSpinBox):
        control.lineEdit().clear()
    elif differ and isinstance(control, QComboBox):
        control.setCurrentIndex(-1)
    blocked.unblock()
