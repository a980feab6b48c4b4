"""The step of the history that a session of writing is: it grows with what is typed, so that a kill takes no more than a word.

Each time that something is kept, the history and its journal have it; still the artist undoes the session as one.
"""

from __future__ import annotations

from gesso.documents.history import History, Transaction
from gesso.documents.painting import Layer, Painting, Text, new_id
from gesso.documents.painting.edits import AnyEdit
from gesso.ui import layer_steps
from gesso.ui.speech import mark
from gesso.ui.text_pixels import changed_text, new_text


class WritingStep:
    """Of one text layer: one that is there, or one that comes with its first letter."""

    def __init__(self, history: History[Painting], layer: Layer | None) -> None:
        self._history = history
        self._before = layer.text if layer is not None else None
        self.id = layer.id if layer is not None else new_id()
        self._title = mark("Edit text") if layer is not None else mark("Text")
        self._step: Transaction[Painting] | None = None
        self.is_keeping = False
        """Whether the change that the painting tells of is this one's."""

    @property
    def layer(self) -> Layer | None:
        """As it is in the painting now."""
        found = self._history.document.nodes.get(self.id)
        return found if isinstance(found, Layer) else None

    @property
    def is_new(self) -> bool:
        """Whether nothing was there before the session."""
        return self._before is None

    @property
    def was_undone(self) -> bool:
        """Whether somebody took back what had been kept."""
        return self._step is not None and not self._history.has_done(self._step)

    def keep(self, text: Text) -> None:
        """What was written so far is part of the painting. Raises `Trouble` when the disk does not take it."""
        if self.layer is not None:
            self._do(changed_text(self._history.document, self.layer, text))
        elif self.is_new and text.string.strip() and not self.was_undone:
            self._do(new_text(self._history.document, text, self.id))

    def finish(self, text: Text) -> None:
        """The session is over. What came to nothing leaves no step; a text without letters leaves no layer."""
        painting, is_blank = self._history.document, not text.string.strip()
        is_nothing = is_blank if self.is_new else text == self._before
        if is_nothing and self._goes_on:
            self.is_keeping = True
            try:
                self._history.withdraw()
            finally:
                self.is_keeping = False
        elif is_blank and self.layer is not None and layer_steps.can_remove(painting, self.id):
            self._do(layer_steps.removal(painting, self.id))
        else:
            self.keep(text)

    @property
    def _goes_on(self) -> bool:
        """Whether nothing else was done since."""
        return self._step is not None and self._history.last is self._step

    def _do(self, edits: list[AnyEdit]) -> None:
        if not edits:
            return
        self.is_keeping = True
        try:
            if self._goes_on:
                self._history.extend(*edits)
            else:
                self._history.apply(self._title, *edits)
                self._step = self._history.last
        finally:
            self.is_keeping = False
