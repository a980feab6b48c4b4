"""Filter layers are made again: a job like any other, and one step of the history."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal

from gesso.documents.painting import Layer, filters
from gesso.documents.painting.edits import AnyEdit
from gesso.documents.painting.locks import check_unlocked
from gesso.jobs import Job, Jobs, Outcome
from gesso.tools import tool
from gesso.ui.assist import Hands
from gesso.ui.easel import Easel
from gesso.ui.job_traces import leads_to_layer
from gesso.ui.speech import mark
from gesso.values import Picture, Progress, Trouble


class FilterLayers(QObject):
    """Runs the tool of a filter layer on its source as it is now."""

    troubled = Signal(object)
    layer_asked = Signal(str)
    """Back to a layer that was remade, by its id."""
    remade = Signal(str)
    """The id of a filter layer that was brought up to date."""

    def __init__(self, studio: Hands, jobs: Jobs, easel: Easel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._studio, self._jobs, self._easel = studio, jobs, easel
        self._under_way: dict[tuple[object, str], Job] = {}
        """By history and layer: paintings that were one once have layers of the same id."""

    def remake(self, id: str, values: Mapping[str, Any]) -> Job | None:
        """Make a filter layer's pixels again with these values; one that is being made already is started anew."""
        painting, history = self._easel.painting, self._easel.history
        node = painting.nodes.get(id) if painting is not None else None
        if painting is None or history is None or not isinstance(node, Layer) or node.recipe is None:
            return None
        try:
            check_unlocked(painting, id)
            chosen = tool(node.recipe.tool)
            checked = chosen.checked(values)
            if filters.freshness(painting, id) == filters.ORPHAN:
                raise _lost(node)
        except Trouble as trouble:
            self.troubled.emit(trouble)
            return None
        before = self._under_way.pop((history, id), None)
        if before is not None:
            before.cancel()
        snapshot, write_ahead = painting.snapshot(), self._easel.write_ahead

        def work(progress: Progress) -> list[AnyEdit]:
            pixels, box = filters.source_pixels(snapshot, id)
            if not pixels[..., 3].any():
                raise Trouble(
                    "There is nothing to work on: the layer is empty here.",
                    "Nothing was changed.",
                    "Choose a layer with something on it, or another selection.",
                )
            result, made = self._studio.apply(chosen, Picture.from_rgba(pixels), checked, progress)
            ready = filters.remade(snapshot, id, result.rgba(), box, made)
            write_ahead(ready)
            return ready

        def done(outcome: Outcome[list[AnyEdit]]) -> None:
            if self._under_way.get((history, id)) is job:
                del self._under_way[history, id]
            if outcome.trouble is not None:
                self.troubled.emit(outcome.trouble)
            if outcome.bug is not None:
                raise outcome.bug
            if outcome.value is None or not self._easel.has(history):
                return
            now = history.document
            there = now.nodes.get(id)
            try:
                if not isinstance(there, Layer) or there.tiles is not node.tiles or there.recipe != node.recipe:
                    raise Trouble(
                        "The painting changed while the result was made.",
                        "It is as you left it.",
                        "Ask for the result again.",
                    )
                history.apply(mark("Update filter layer"), *outcome.value)
            except Trouble as trouble:
                self.troubled.emit(trouble)
                return
            leads_to_layer(job, self._easel, history, id, self.layer_asked.emit, self.troubled.emit)
            self.remade.emit(id)

        job = self._jobs.submit(mark(chosen.title), work, done)
        self._under_way[history, id] = job
        return job


def _lost(layer: Layer) -> Trouble:
    return Trouble(
        "The layer that “{name}” was made from is gone.",
        "The picture it made is kept.",
        "Make it editable, or undo until the layer is back.",
        name=layer.name,
    )
