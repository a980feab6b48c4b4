"""What the layers panel does that has to composite first or is about masks and filters: each one step of the history."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gesso.documents.history import History
from gesso.documents.painting import Layer, Painting, filters, merging
from gesso.documents.painting.edits import SetMask
from gesso.jobs import Jobs, Outcome, State
from gesso.ui import layer_steps as steps
from gesso.ui.speech import Speech, mark
from gesso.values import Progress, Trouble

if TYPE_CHECKING:
    from gesso.ui.layers import LayersPanel


class LayerWork:
    """Works for one panel, on its active node."""

    def __init__(self, panel: LayersPanel, speech: Speech, jobs: Jobs | None) -> None:
        self._panel, self._speech, self._jobs = panel, speech, jobs
        self.freshness: dict[str, str] = {}
        """Of the filter layers, as far as it is known."""

    def check_filters(self) -> None:
        """Find out which filter layers are stale; it takes a while to read large pictures."""
        painting = self._panel.painting
        ids = [layer.id for layer in painting.layers() if layer.recipe is not None] if painting is not None else []
        if painting is None or not ids:
            self.freshness = {}
            return
        snapshot = painting.snapshot()

        def done(outcome: Outcome[dict[str, str]]) -> None:
            if outcome.value is not None and self._panel.painting is painting and outcome.value != self.freshness:
                self.freshness = outcome.value
                self._panel.show_freshness()

        self._work("", lambda progress: {id: filters.freshness(snapshot, id) for id in ids}, done, quiet=True)

    def _work(
        self, title: str, work: Callable[[Progress], Any], done: Callable[[Outcome[Any]], None], quiet: bool = False
    ) -> None:
        """Do it beside the window, or at once where there is nothing beside it."""
        if self._jobs is not None:
            self._jobs.submit(title, work, done, lane="disk", quiet=quiet)
            return
        try:
            done(Outcome(State.DONE, work(Progress.silent())))
        except Trouble as trouble:
            done(Outcome(State.FAILED, trouble=trouble))

    def _merge(self, title: str, make: Callable[[Painting, Progress], steps.Steps]) -> None:
        """One step that has to composite first: made of a snapshot, and done if the painting is still the same."""
        painting, history = self._panel.painting, self._panel.history
        if painting is None or history is None:
            return
        self._panel.settle()
        snapshot = painting.snapshot()

        def done(outcome: Outcome[steps.Steps]) -> None:
            if outcome.trouble is not None:
                self._panel.failed.emit(outcome.trouble)
            if outcome.bug is not None:
                raise outcome.bug
            if not outcome.value:
                return
            if (painting.nodes, painting.size) != (snapshot.nodes, snapshot.size):
                self._panel.failed.emit(
                    Trouble("The painting changed meanwhile.", "It is as you left it.", "Do it once more.")
                )
            elif self._panel.history is not history:
                self._apply_behind(history, title, outcome.value)
            elif self._panel.apply(title, outcome.value):
                self._panel.tell_active()

        self._work(title, lambda progress: make(snapshot, progress), done)

    def _apply_behind(self, history: History[Painting], title: str, edits: steps.Steps) -> None:
        """To a painting that is not shown now. One that was closed meanwhile is seen by nobody any more."""
        try:
            history.apply(title, *edits)
        except Trouble as trouble:
            self._panel.failed.emit(trouble)

    # --- one step each -------------------------------------------------------------------------------------------

    def merge_down(self) -> None:
        if (node := self._panel.active) is not None:
            self._merge(mark("Merge down"), lambda now, progress: merging.merge_down(now, node.id, progress))

    def merge_group(self) -> None:
        if (node := self._panel.active) is not None:
            self._merge(mark("Merge group"), lambda now, progress: merging.merge_group(now, node.id, progress))

    def merge_visible(self) -> None:
        name = self._speech.say("All that is seen")
        self._merge(mark("Merge visible"), lambda now, progress: merging.merge_visible(now, name, progress))

    def flatten(self) -> None:
        name = self._speech.say("Picture")
        self._merge(mark("Flatten picture"), lambda now, progress: merging.flatten(now, name, progress))

    def lift(self, *, cut: bool) -> None:
        """The selected pixels onto a layer of their own."""
        painting, node = self._panel.painting, self._panel.active
        if painting is not None and isinstance(node, Layer):
            name = self._speech.say("{name} part", name=node.name or self._panel.kind_of(node))
            title = mark("Cut to new layer") if cut else mark("Copy to new layer")
            self._merge(title, lambda now, progress: merging.layer_from_selection(now, node.id, name, cut=cut))

    def add_mask(self) -> None:
        """A mask of the selection, or one that hides nothing yet."""
        painting, node = self._panel.painting, self._panel.active
        if painting is not None and node is not None:
            self._panel.apply(mark("Add mask"), [SetMask(node.id, painting.selection or merging.white_mask(painting))])

    def mask_from_selection(self) -> None:
        painting, node = self._panel.painting, self._panel.active
        if painting is not None and node is not None:
            self._panel.apply(mark("Mask from selection"), steps.mask_from_selection(painting, node.id))

    def apply_mask(self) -> None:
        painting, node = self._panel.painting, self._panel.active
        if painting is not None and isinstance(node, Layer):
            self._panel.attempt(mark("Apply mask"), lambda: merging.apply_mask(painting, node.id))

    def invert_mask(self) -> None:
        painting, node = self._panel.painting, self._panel.active
        if painting is not None and node is not None:
            self._panel.apply(mark("Invert mask"), merging.invert_mask(painting, node.id))

    def remove_mask(self) -> None:
        if (node := self._panel.active) is not None and node.mask is not None:
            self._panel.apply(mark("Remove mask"), [SetMask(node.id, None)])

    def rasterise(self) -> None:
        """The filter layer keeps its pixels and becomes a layer like any other."""
        painting, node = self._panel.painting, self._panel.active
        if painting is not None and isinstance(node, Layer):
            self._panel.apply(mark("Make it editable"), filters.rasterised(painting, node.id))
