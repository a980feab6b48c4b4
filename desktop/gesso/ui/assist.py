"""What the network is asked and what it proposes: live preview, several proposals, one of them kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Protocol

from PySide6.QtCore import QObject, Signal

from gesso.documents.history import History
from gesso.documents.painting import Group, Painting, Provenance
from gesso.documents.painting.edits import AnyEdit, SetProvenance
from gesso.documents.painting.filters import kept_as_filter
from gesso.feedback import Feedback
from gesso.jobs import Job, Jobs, Outcome, State
from gesso.tools import TOOLS, Styles, Tool, Values
from gesso.tools.painting.on_layer import EVERYTHING, Source, as_layer, larger_canvas, shown
from gesso.tools.painting.stylise import ShippedStyle, shipped_styles
from gesso.ui.easel import Easel, OpenPainting
from gesso.ui.glance import Glance, for_small
from gesso.ui.job_traces import leads_to_layer
from gesso.ui.proposal import Proposal, give_up
from gesso.ui.speech import Speech, mark
from gesso.ui.styles import title_of
from gesso.values import Box, Picture, Progress, Trouble

PREVIEW_PX = 640
"""Longest side of a live preview: what two cores paint within 300 ms."""
CARD_PX = 512
Layering = Callable[[Painting], Sequence[AnyEdit]]
"""From the painting as it is by then to the edits that put a result into it; raises `Trouble`."""


class Hands(Protocol):
    """The studio, as far as it is needed here."""

    def apply(self, tool: Tool, picture: Picture, values: Values, progress: Progress) -> tuple[Picture, Provenance]: ...

    def open(self, task: str) -> Any: ...


class Assist(QObject):
    """The model behind the inspector and the proposals strip."""

    tool_changed = Signal()
    values_changed = Signal()
    proposals_changed = Signal()
    chosen_changed = Signal()
    styles_changed = Signal()
    previewed = Signal(object, object)
    """A Picture and the Box of the painting that it lies over, or None twice."""
    troubled = Signal(object)
    layer_asked = Signal(str)
    """Back to a layer that was made before, by its id."""
    kept = Signal()
    kept_behind = Signal(str)
    """Into a painting that is not shown any more: its title."""
    ran = Signal()
    """A model has run: what it ran on may be different now."""

    def __init__(
        self, studio: Hands, jobs: Jobs, easel: Easel, feedback: Feedback, speech: Speech, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._studio, self._jobs, self._easel, self._feedback, self._speech = studio, jobs, easel, feedback, speech
        self.tool: Tool = TOOLS[0]
        self._values: dict[str, dict[str, Any]] = {tool.id: tool.defaults() for tool in TOOLS}
        self.source_layer = EVERYTHING
        self.as_filter = False
        """Whether what is kept remembers how it was made, to be made again with other settings."""
        self.visible_box: Callable[[], Box] = lambda: Box(0, 0, 0, 0)
        """The part of the painting on the screen; the window says."""
        self.styles: dict[str, list[ShippedStyle]] = {}
        """Those that come with a tool's model, once they are read."""
        self.proposals: list[Proposal] = []
        self.chosen: Proposal | None = None
        self._glance: Glance | None = None
        self._live = False
        self._running: Job | None = None
        self._again = False
        self._adopted: Proposal | None = None
        self._keeping: tuple[tuple[object, ...], Job] | None = None
        self._history: History[Painting] | None = None
        """Of the painting that everything here is about."""
        self._aside: dict[History[Painting], list[Proposal]] = {}
        """Proposals for paintings that are open and not shown; those that are being made go on."""
        easel.opened.connect(self._another)
        easel.closed.connect(self._closed)

    # --- settings ------------------------------------------------------------------------------------------------

    @property
    def values(self) -> dict[str, Any]:
        return self._values[self.tool.id]

    def set_tool(self, tool: Tool) -> None:
        if tool is not self.tool:
            self.clear()
            self.tool = tool
            self.previewed.emit(None, None)
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
            self.source_layer, self._glance = layer, None
            self._preview()

    def load_styles(self) -> None:
        """Read the styles that come with the models, once and in the background."""
        wanted = [
            tool for tool in TOOLS if tool.id not in self.styles and any(isinstance(k, Styles) for k in tool.knobs)
        ]
        for tool in wanted:
            self.styles[tool.id] = []

            def done(outcome: Outcome[list[ShippedStyle]], tool: Tool = tool) -> None:
                if outcome.value is not None:
                    self.styles[tool.id] = outcome.value
                    self.styles_changed.emit()
                else:
                    del self.styles[tool.id]  # the next painting asks again
                self._meet(outcome)

            self._jobs.submit(
                "", lambda progress, t=tool: shipped_styles(self._studio.open(t.task)), done, lane="disk", quiet=True
            )

    def _look(self, painting: Painting) -> Glance:
        if self._glance is None:
            self._glance = Glance(painting.snapshot(), self.source_layer)
        return self._glance

    # --- live preview --------------------------------------------------------------------------------------------

    @property
    def is_live(self) -> bool:
        return self._live

    def set_live(self, live: bool) -> None:
        if live != self._live:
            self._live = live
            if live:
                self.choose(None)
            elif self.chosen is None:
                self.previewed.emit(None, None)
            self.values_changed.emit()

    def refresh(self) -> None:
        """The painting looks different now."""
        self._glance = None
        self._show_chosen()
        self._preview()

    def _preview(self) -> None:
        """Ask for a preview; while one is being made, the latest wish waits for it."""
        painting = self._easel.painting
        if not self._live or painting is None or self.chosen is not None:
            return
        if self._running is not None:
            self._again = True
            return
        tool, values, history = self.tool, dict(self.values), self._easel.history
        glance, seen = self._look(painting), self.visible_box()

        def work(progress: Progress) -> tuple[Picture, Box]:
            source = glance.of(tool, values, PREVIEW_PX, seen)
            progress.check()
            result, _ = self._studio.apply(tool, source.picture, for_small(tool, values, source), progress)
            return shown(source, result), source.box

        def done(outcome: Outcome[tuple[Picture, Box]]) -> None:
            self._running = None
            is_same = self._easel.history is history and self.tool is tool
            again, self._again = self._again, False
            if outcome.state is State.FAILED and is_same:
                self.set_live(False)
                self._meet(outcome)
                return
            if outcome.value is not None and is_same and self._live and self.chosen is None:
                self.previewed.emit(*outcome.value)
                self.ran.emit()
            if again or not is_same:
                self._preview()

        self._running = self._jobs.submit(self.tool.title, work, done, quiet=True)

    # --- proposals -----------------------------------------------------------------------------------------------

    def propose(self) -> None:
        """Ask for several results around the settings; what was proposed before is forgotten."""
        painting = self._easel.painting
        if painting is None:
            return
        self.clear()
        if self._running is not None:
            self._running.cancel()  # a preview nobody waits for any more
        tool, base, glance, seen = self.tool, dict(self.values), self._look(painting), self.visible_box()
        for values in tool.proposals(base):
            proposal = Proposal(tool, tool.checked(values), base, glance.layer)
            self.proposals.append(proposal)
            proposal.job = self._make(proposal, glance, seen)
        self.proposals_changed.emit()

    def again(self) -> None:
        """New possibilities: the seed goes on."""
        if "seed" in self.values:
            self.set_value("seed", (int(self.values["seed"]) + 7) % 2**32)
        self.propose()

    def _make(self, proposal: Proposal, glance: Glance, seen: Box) -> Job:
        def work(progress: Progress) -> tuple[Source, Picture, Provenance]:
            source = glance.of(proposal.tool, proposal.values, CARD_PX, seen)
            progress.check()
            values = for_small(proposal.tool, proposal.values, source)
            return source, *self._studio.apply(proposal.tool, source.picture, values, progress)

        def done(outcome: Outcome[tuple[Source, Picture, Provenance]]) -> None:
            if not self._is_wanted(proposal):
                return
            if outcome.value is not None:
                proposal.source, proposal.result, made = outcome.value
                proposal.made = made
                # What was asked for, not what was painted small.
                knobs = {**made.knobs, **{k: v for k, v in proposal.values.items() if k == "brush"}}
                proposal.record = self._feedback.propose(made.tool, made.model, made.model_version, knobs, made.seed)
                if self.chosen is proposal:
                    self._show_chosen()
                self.ran.emit()
            else:
                proposal.trouble = outcome.trouble
            self.proposals_changed.emit()
            self._meet(outcome)

        return self._jobs.submit(mark("Proposal"), work, done, quiet=True)

    def choose(self, proposal: Proposal | None) -> None:
        """Show one on the canvas, or none."""
        self.chosen = proposal
        if proposal is None or proposal.result is None:
            self.previewed.emit(None, None)
        self._show_chosen()
        self._preview()
        self.chosen_changed.emit()

    def _show_chosen(self) -> None:
        """As it would be kept now: only where the selection is at this moment."""
        painting, chosen = self._easel.painting, self.chosen
        if painting is None or chosen is None or chosen.source is None or chosen.result is None:
            return
        source = replace(chosen.source, selection=painting.selection)
        self.previewed.emit(shown(source, chosen.result), source.box)

    def adopt(self, proposal: Proposal) -> None:
        """Take a proposal's settings into the form, to go on from there."""
        self._adopted = proposal
        self._values[proposal.tool.id].update(proposal.values)
        if not self._live:
            self.set_live(True)
        else:
            self.choose(None)
        self.values_changed.emit()

    def reject(self, proposal: Proposal) -> None:
        self._decide(proposal, "rejected")
        if proposal.job is not None:
            proposal.job.cancel()
        self.proposals.remove(proposal)
        if self.chosen is proposal:
            self.choose(None)
        self.proposals_changed.emit()

    def clear(self) -> None:
        """Forget the proposals that nobody decided on."""
        give_up(self.proposals)
        if self.chosen is not None:
            self.choose(None)
        self.proposals_changed.emit()

    def _decide(self, proposal: Proposal, verdict: str) -> None:
        if proposal.record is not None:
            self._feedback.decide(proposal.record, verdict, time.monotonic() - proposal.asked)
            proposal.record = None

    # --- keeping -------------------------------------------------------------------------------------------------

    def keep(self, proposal: Proposal | None = None) -> Job | None:
        """Make a proposal, or the settings as they are, in full and put it into the painting as one edit."""
        painting, history = self._easel.painting, self._easel.history
        if painting is None or history is None:
            return None
        tool = proposal.tool if proposal else self.tool
        values = dict(proposal.values if proposal else self.values)
        layer = proposal.layer if proposal else self.source_layer
        wish = (history, proposal, tool.id, repr(values), layer)
        if self._keeping is not None and self._keeping[0] == wish and not self._keeping[1].is_ended:
            return self._keeping[1]  # asked twice
        if proposal is not None and proposal.keeping is not None:
            return proposal.keeping
        snapshot = painting.snapshot()
        name, write_ahead, as_filter = self.name_of(tool, values), self._easel.write_ahead, self.as_filter
        adopted = self._adopted if proposal is None else None

        def repainted(progress: Progress) -> tuple[Layering, Provenance]:
            source = Glance(snapshot, layer).whole()
            progress.check()
            result, made = self._studio.apply(tool, source.picture, values, progress)

            def put(painting: Painting) -> list[AnyEdit]:
                edits = as_layer(painting, source, result, name, made)
                return kept_as_filter(painting, edits, source.layer, source.box, made) if as_filter else edits

            ready = put(snapshot)  # here: it takes its time with a large picture
            write_ahead(ready)

            def layering(now: Painting) -> list[AnyEdit]:
                return ready if _tree(now) == _tree(snapshot) else put(now)

            return layering, made

        def enlarged(progress: Progress) -> tuple[Layering, Provenance]:
            records: list[Provenance] = []

            def enlarge(picture: Picture, part: Progress) -> Picture:
                result, made = self._studio.apply(tool, picture, values, part)
                records.append(made)
                return result

            edit = larger_canvas(snapshot, tool.scale_of(values), enlarge, progress)
            write_ahead([edit])

            def layering(now: Painting) -> list[AnyEdit]:
                if now.nodes != snapshot.nodes:
                    raise _outrun()
                more = [SetProvenance(one.id, (*one.provenance, *records[:1])) for one in now.layers()]
                return [edit, *more]

            return layering, records[0]

        def done(outcome: Outcome[tuple[Layering, Provenance]]) -> None:
            if proposal is not None:
                proposal.keeping = None
            if outcome.value is not None and self._easel.has(history):
                layering, made = outcome.value
                try:
                    if history.document.size != snapshot.size:
                        raise _outrun()
                    self._put(history, tool, layering(history.document), made, proposal, adopted)
                    id = history.document.active if tool.scale_of(values) == 1 else ""
                    leads_to_layer(job, self._easel, history, id, self.layer_asked.emit, self.troubled.emit)
                except Trouble as trouble:
                    self.troubled.emit(trouble)
                self.ran.emit()
            if proposal is not None:
                self.proposals_changed.emit()
            self._meet(outcome)

        work = repainted if tool.scale_of(values) == 1 else enlarged
        job = self._jobs.submit(mark(tool.title), work, done)
        self._keeping = (wish, job)
        if proposal is not None:
            proposal.keeping = job
            self.proposals_changed.emit()
        return job

    def _put(
        self,
        history: History[Painting],
        tool: Tool,
        edits: Sequence[AnyEdit],
        made: Provenance,
        proposal: Proposal | None,
        adopted: Proposal | None,
    ) -> None:
        """What was made in full becomes one step of its own painting's history; raises `Trouble`.

        Where the artist looks at another painting by now, nothing before their eyes changes.
        """
        is_shown = history is self._easel.history
        looked_at = self.chosen
        if is_shown:
            self._live = False  # or the next preview would paint over what was just painted
        before = history.document.size
        history.apply(tool.title, *edits)
        self._remember(proposal, made, adopted)
        waiting = self.proposals if is_shown else self._aside.get(history, [])
        if proposal in waiting:
            waiting.remove(proposal)
        is_resized = history.document.size != before  # the proposals were made of the smaller one
        if not is_shown:
            if is_resized:
                give_up(self._aside.pop(history, []))
            one = self._easel.of(history)
            self.kept_behind.emit(one.title if one is not None else "")
            return
        if is_resized:
            self.clear()
        if proposal is None or looked_at in (proposal, None):
            self.choose(None)
        self.values_changed.emit()
        self.kept.emit()

    def _remember(self, proposal: Proposal | None, made: Provenance, adopted: Proposal | None) -> None:
        if proposal is not None:
            self._decide(proposal, "kept")
        elif adopted is not None and adopted.record is not None:
            self._decide(adopted, "edited")
        else:
            record = self._feedback.propose(made.tool, made.model, made.model_version, made.knobs, made.seed)
            self._feedback.decide(record, "kept", 0.0)
        if self._adopted is adopted or proposal is not None:
            self._adopted = None

    def name_of(self, tool: Tool, values: Values) -> str:
        """What a kept layer is called: the tool, and the styles if it has any."""
        known = {style.id: style for style in self.styles.get(tool.id, [])}
        styles = [
            title_of(style, known, self._speech.language)
            for knob in tool.knobs
            if isinstance(knob, Styles)
            for style, _ in values[knob.name]
        ]
        return " · ".join([self._speech.say(tool.title), *([" + ".join(styles)] if styles else [])])

    # --- endings -------------------------------------------------------------------------------------------------

    def _another(self) -> None:
        """Another painting is shown: previews end, proposals wait for theirs to come back."""
        self._live, self._glance, self._adopted = False, None, None
        if self._running is not None:
            self._running.cancel()
        before, self._history = self._history, self._easel.history
        if before is not None and self.proposals and self._easel.has(before):
            self._aside[before] = self.proposals
            self.proposals = []
        self.clear()
        if self._history is not None:
            self.proposals = self._aside.pop(self._history, [])
        self.source_layer = EVERYTHING
        painting = self._easel.painting
        if painting is not None:
            self.load_styles()
            if painting.active_layer is not None:
                self.source_layer = painting.active
        if self.proposals and self.proposals[0].tool is not self.tool:
            self.tool = self.proposals[0].tool
            self.tool_changed.emit()
        if self.proposals:
            self.proposals_changed.emit()
        self.previewed.emit(None, None)
        self.values_changed.emit()

    def _closed(self, one: OpenPainting) -> None:
        """Nobody waits any more for what is being made for it."""
        give_up(self._aside.pop(one.history, []))
        if self._keeping is not None and self._keeping[0][0] is one.history:
            self._keeping[1].cancel()

    def _is_wanted(self, proposal: Proposal) -> bool:
        return proposal in self.proposals or any(proposal in waiting for waiting in self._aside.values())

    def _meet(self, outcome: Outcome[Any]) -> None:
        """Trouble is told; a bug goes on to the one door."""
        if outcome.trouble is not None:
            self.troubled.emit(outcome.trouble)
        if outcome.bug is not None:
            raise outcome.bug


def _tree(painting: Painting) -> dict[str, tuple[str, ...]]:
    return {node.id: node.children for node in painting.nodes.values() if isinstance(node, Group)}


def _outrun() -> Trouble:
    return Trouble(
        "The painting changed while the result was made.", "It is as you left it.", "Ask for the result again."
    )
