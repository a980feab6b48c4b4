"""What the network is asked and what it proposes: live preview, several proposals, one of them kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from gesso.documents.painting import Layer, Painting, Provenance
from gesso.documents.painting.edits import SetCanvas
from gesso.feedback import Feedback
from gesso.jobs import Job, Jobs, Outcome, State
from gesso.tools import TOOLS, Tool, Values
from gesso.tools.painting.on_layer import EVERYTHING, Source, as_layer, larger_canvas, proxy_of, shown, source_of
from gesso.tools.studio import Studio
from gesso.ui.easel import Easel
from gesso.ui.speech import mark
from gesso.values import Box, Picture, Progress, Trouble

PREVIEW_PX = 640
"""Longest side of a live preview: what two cores paint within 300 ms."""
CARD_PX = 512
CROP_PX = 320
"""Side of the part on which an enlarging tool is previewed, at its real size."""


@dataclass(eq=False)
class Proposal:
    """One setting with its result at proxy size."""

    tool: Tool
    values: dict[str, Any]
    base: dict[str, Any]
    """The settings it varies."""
    source: Source
    result: Picture | None = None
    made: Provenance | None = None
    record: int | None = None
    """Its number in the feedback log."""
    trouble: Trouble | None = None
    asked: float = field(default_factory=time.monotonic)


class Assist(QObject):
    """The model behind the inspector and the proposals strip."""

    tool_changed = Signal()
    values_changed = Signal()
    proposals_changed = Signal()
    chosen_changed = Signal()
    previewed = Signal(object, object)
    """A Picture and the Box of the painting that it lies over, or None twice."""
    troubled = Signal(object)
    kept = Signal()

    def __init__(
        self, studio: Studio, jobs: Jobs, easel: Easel, feedback: Feedback, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._studio, self._jobs, self._easel, self._feedback = studio, jobs, easel, feedback
        self.tool: Tool = TOOLS[0]
        self._values: dict[str, dict[str, Any]] = {tool.id: tool.defaults() for tool in TOOLS}
        self.source_layer = EVERYTHING
        self.visible_box: Callable[[], Box] = lambda: Box(0, 0, 0, 0)
        """The part of the painting on the screen; the window says."""
        self.say: Callable[..., str] = lambda template, **values: template
        self.proposals: list[Proposal] = []
        self.chosen: Proposal | None = None
        self._live = False
        self._running: Job | None = None
        self._again = False
        self._asked: list[Job] = []
        self._adopted: Proposal | None = None
        easel.opened.connect(self._another)

    # --- settings ------------------------------------------------------------------------------------------------

    @property
    def values(self) -> dict[str, Any]:
        return self._values[self.tool.id]

    def set_tool(self, tool: Tool) -> None:
        if tool is not self.tool:
            self.clear()
            self.tool = tool
            self.tool_changed.emit()
            self._preview()

    def set_value(self, name: str, value: object) -> None:
        """Raises `Trouble` for a value that does not fit."""
        checked = self.tool.knob(name).check(value)
        if self.values[name] != checked:
            self.values[name] = checked
            self.values_changed.emit()
            self._preview()

    def set_source(self, layer: str) -> None:
        if layer != self.source_layer:
            self.source_layer = layer
            self._preview()

    def _source(self, painting: Painting) -> Source:
        layer = painting.nodes.get(self.source_layer)
        return source_of(painting, layer.id if isinstance(layer, Layer) else EVERYTHING)

    def _looked_at(self, painting: Painting, tool: Tool, values: Values, longest_px: int) -> Source:
        """What a preview works on: all of it small, or for an enlarging tool a part of it at its real size."""
        source = self._source(painting)
        if tool.scale_of(values) == 1:
            return proxy_of(source, longest_px)
        seen = self.visible_box().intersect(source.box)
        seen = source.box if seen.is_empty else seen
        width, height = min(CROP_PX, seen.width), min(CROP_PX, seen.height)
        box = Box(seen.x + (seen.width - width) // 2, seen.y + (seen.height - height) // 2, width, height)
        return replace(source, picture=source.picture.cut(box.moved(-source.box.x, -source.box.y)), box=box)

    # --- live preview --------------------------------------------------------------------------------------------

    @property
    def is_live(self) -> bool:
        return self._live

    def set_live(self, live: bool) -> None:
        if live != self._live:
            self._live = live
            if live:
                self._preview()
            elif self.chosen is None:
                self.previewed.emit(None, None)

    def refresh(self) -> None:
        """The painting looks different now."""
        self._preview()

    def _preview(self) -> None:
        """Ask for a preview; while one is being made, the latest wish waits for it."""
        if not self._live or self._easel.painting is None:
            return
        if self._running is not None:
            self._again = True
            return
        tool, values, painting = self.tool, dict(self.values), self._easel.painting.snapshot()

        def work(progress: Progress) -> tuple[Picture, Box]:
            source = self._looked_at(painting, tool, values, PREVIEW_PX)
            result, _ = self._studio.apply(tool, source.picture, _for_proxy(tool, values, source), progress)
            return shown(source, result), source.box

        def done(outcome: Outcome[tuple[Picture, Box]]) -> None:
            self._running = None
            if outcome.trouble is not None:
                self.set_live(False)
                self.troubled.emit(outcome.trouble)
                self.values_changed.emit()
            elif outcome.value is not None and self._live and self.chosen is None:
                self.previewed.emit(*outcome.value)
            _raise(outcome)
            if self._again:
                self._again = False
                self._preview()

        self._running = self._jobs.submit(self.tool.title, work, done, quiet=True)

    # --- proposals -----------------------------------------------------------------------------------------------

    def propose(self) -> None:
        """Ask for several results around the settings; what was proposed before is forgotten."""
        painting = self._easel.painting
        if painting is None:
            return
        self.clear()
        tool, base, snapshot = self.tool, dict(self.values), painting.snapshot()
        for values in tool.proposals(base):
            try:
                source = self._looked_at(snapshot, tool, values, CARD_PX)
            except Trouble as trouble:
                self.troubled.emit(trouble)
                return
            proposal = Proposal(tool, tool.checked(values), base, source)
            self.proposals.append(proposal)
            self._asked.append(self._make(proposal))
        self.proposals_changed.emit()

    def again(self) -> None:
        """New possibilities: the seed goes on."""
        if "seed" in self.values:
            self.set_value("seed", (int(self.values["seed"]) + 7) % 2**32)
        self.propose()

    def _make(self, proposal: Proposal) -> Job:
        def work(progress: Progress) -> tuple[Picture, Provenance]:
            values = _for_proxy(proposal.tool, proposal.values, proposal.source)
            return self._studio.apply(proposal.tool, proposal.source.picture, values, progress)

        def done(outcome: Outcome[tuple[Picture, Provenance]]) -> None:
            if proposal not in self.proposals:
                return
            if outcome.value is not None:
                proposal.result, proposal.made = outcome.value
                made = proposal.made
                proposal.record = self._feedback.propose(
                    made.tool, made.model, made.model_version, made.knobs, made.seed
                )
            elif outcome.state is State.FAILED:
                proposal.trouble = outcome.trouble
                if outcome.trouble is not None:
                    self.troubled.emit(outcome.trouble)
            self.proposals_changed.emit()
            _raise(outcome)

        return self._jobs.submit(mark("Proposal"), work, done, quiet=True)

    def choose(self, proposal: Proposal | None) -> None:
        """Show one on the canvas, or none."""
        self.chosen = proposal
        if proposal is not None and proposal.result is not None:
            self.previewed.emit(shown(proposal.source, proposal.result), proposal.source.box)
        else:
            self.previewed.emit(None, None)
            self._preview()
        self.chosen_changed.emit()

    def adopt(self, proposal: Proposal) -> None:
        """Take a proposal's settings into the form, to go on from there."""
        self._adopted = proposal
        self.values.update(proposal.values)
        self.choose(None)
        self.set_live(True)
        self.values_changed.emit()

    def reject(self, proposal: Proposal) -> None:
        self._decide(proposal, "rejected")
        self.proposals.remove(proposal)
        if self.chosen is proposal:
            self.choose(None)
        self.proposals_changed.emit()

    def clear(self) -> None:
        """Forget the proposals that nobody decided on."""
        for job in self._asked:
            job.cancel()
        self._asked.clear()
        self.proposals.clear()
        self.proposals_changed.emit()
        if self.chosen is not None:
            self.choose(None)

    def _decide(self, proposal: Proposal, verdict: str) -> None:
        if proposal.record is not None:
            self._feedback.decide(proposal.record, verdict, time.monotonic() - proposal.asked)
            proposal.record = None

    # --- keeping -------------------------------------------------------------------------------------------------

    def keep(self, proposal: Proposal | None = None) -> Job | None:
        """Make a proposal, or the settings as they are, in full and put it into the painting as one edit."""
        painting = self._easel.painting
        if painting is None:
            return None
        tool = proposal.tool if proposal else self.tool
        values = dict(proposal.values if proposal else self.values)
        snapshot, history = painting.snapshot(), self._easel.history
        title = mark(tool.title)

        def on_layer(progress: Progress) -> tuple[Source, Picture, Provenance]:
            source = self._source(snapshot)
            return source, *self._studio.apply(tool, source.picture, values, progress)

        def on_canvas(progress: Progress) -> tuple[SetCanvas, Provenance]:
            records: list[Provenance] = []

            def enlarge(picture: Picture, part: Progress) -> Picture:
                result, made = self._studio.apply(tool, picture, values, part)
                records.append(made)
                return result

            edit = larger_canvas(snapshot, tool.scale_of(values), enlarge, progress)
            return edit, records[0]

        def done(outcome: Outcome[Any]) -> None:
            if outcome.trouble is not None:
                self.troubled.emit(outcome.trouble)
            _raise(outcome)
            if outcome.value is None or self._easel.history is not history or history is None:
                return
            current = history.document
            if current.size != snapshot.size:
                self.troubled.emit(_outrun())
                return
            if tool.scale_of(values) == 1:
                source, result, made = outcome.value
                edits = as_layer(current, source, result, self.name_of(tool, values), made)
            else:
                edit, made = outcome.value
                if current.nodes != snapshot.nodes:
                    self.troubled.emit(_outrun())
                    return
                edits = [edit, *_recorded(current, made)]
            with history.transaction(title):
                for edit in edits:
                    history.do(edit)
            if proposal is not None:
                self._decide(proposal, "kept")
                if proposal in self.proposals:
                    self.proposals.remove(proposal)
                    self.proposals_changed.emit()
            elif self._adopted is not None and self._adopted.record is not None:
                self._decide(self._adopted, "edited")
            else:
                record = self._feedback.propose(made.tool, made.model, made.model_version, made.knobs, made.seed)
                self._feedback.decide(record, "kept", 0.0)
            self._adopted = None
            self.chosen = None
            self._live = False
            self.previewed.emit(None, None)
            self.chosen_changed.emit()
            self.values_changed.emit()
            self.kept.emit()

        work: Callable[[Progress], Any] = on_layer if tool.scale_of(values) == 1 else on_canvas
        return self._jobs.submit(title, work, done)

    def name_of(self, tool: Tool, values: Values) -> str:
        """What a kept layer is called."""
        return self.say(tool.title)

    def _another(self) -> None:
        """Another painting stands on the easel."""
        self.clear()
        self.source_layer = EVERYTHING
        painting = self._easel.painting
        if painting is not None and painting.active_layer is not None:
            self.source_layer = painting.active
        self._live = False
        self.previewed.emit(None, None)
        self.values_changed.emit()


def _recorded(painting: Painting, made: Provenance) -> list[Any]:
    from gesso.documents.painting.edits import SetProvenance

    return [SetProvenance(layer.id, (*layer.provenance, made)) for layer in painting.layers()]


def _outrun() -> Trouble:
    return Trouble(
        "The painting changed while the result was made.", "It is as you left it.", "Ask for the result again."
    )


def _for_proxy(tool: Tool, values: Values, source: Source) -> dict[str, Any]:
    """Settings for a small copy: strokes shrink with it as far as they can."""
    found = dict(values)
    shrink = source.box.width / max(1, source.picture.size.width)
    if "brush" in found and tool.scale_of(values) == 1 and shrink > 1.5:
        sizes = ["fine", "medium", "broad"]
        down = 1 if shrink < 3 else 2
        found["brush"] = sizes[max(0, sizes.index(found["brush"]) - down)]
    return found


def _raise(outcome: Outcome[Any]) -> None:
    """A bug goes on to the one door."""
    if outcome.bug is not None:
        raise outcome.bug
