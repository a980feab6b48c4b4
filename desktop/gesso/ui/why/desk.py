"""Asks why for a window: about the proposal that is looked at, or the settings of the tool as they are."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from gesso.engine import explanations
from gesso.jobs import Job, Outcome, State
from gesso.tools.painting.on_layer import EVERYTHING, proxy_of
from gesso.tools.why import SMALL_PX, Why, looks_at_everything, point_in, where_it_looked, why
from gesso.ui.glance import Glance, for_small
from gesso.ui.speech import mark
from gesso.ui.why.overlay import WhyOverlay
from gesso.values import Progress

if TYPE_CHECKING:
    from gesso.ui.window import Window

LOOK_MS = 100


class WhyDesk(QObject):
    """One question at a time; another one takes its place."""

    _found = Signal(object, int)
    """A coarser answer with the number of its question, from the thread that works."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.overlay = WhyOverlay(window.canvas, window.look, window.speech)
        self._job: Job | None = None
        self._question = 0
        self._clock = QTimer(self)
        self._clock.setInterval(LOOK_MS)
        self._clock.timeout.connect(self._look)
        self.overlay.asked.connect(self.ask_at)
        self.overlay.close_asked.connect(self.close)
        self.overlay.legend.stop_asked.connect(self._stop)
        self._found.connect(self._put_coarse)
        window.easel.opened.connect(self.close)
        window.assist.tool_changed.connect(self.close)
        window.assist.values_changed.connect(self._settings_changed)

    @property
    def is_open(self) -> bool:
        return not self.overlay.isHidden()

    @property
    def is_running(self) -> bool:
        return self._job is not None

    def ask(self) -> None:
        """Let the artist point at a place; again, and it closes."""
        if self.is_open:
            self.close()
        elif self._window.easel.painting is not None:
            self._window.canvas.finish_gesture()
            self.overlay.begin()

    def close(self) -> None:
        self._stop()
        if self.is_open:
            had_focus = self.overlay.hasFocus() or self.overlay.legend.isAncestorOf(self._window.focusWidget())
            self.overlay.hide()
            if had_focus:
                self._window.canvas.setFocus()

    def _settings_changed(self) -> None:
        """What is shown is about other settings."""
        if self.is_open and self.overlay.why is not None:
            self._stop()
            self.overlay.clear()
            self.overlay.legend.ask()

    def ask_at(self, point: tuple[float, float]) -> None:
        """What moved this place of the painting, in the lane of the models."""
        window, assist = self._window, self._window.assist
        painting = window.easel.painting
        if painting is None:
            return
        self._stop()
        self._question += 1
        question, proposal = self._question, assist.chosen
        tool = proposal.tool if proposal is not None else assist.tool
        values = dict(proposal.values if proposal is not None else assist.values)
        layer = proposal.layer if proposal is not None else assist.source_layer
        glance = Glance(painting.snapshot(), layer if tool.scale_of(values) == 1 else EVERYTHING)
        studio = window.studio

        def work(progress: Progress) -> Why:
            package, source, asked = studio.package_of(tool, values), glance.whole(), values
            point_in(source, point)
            maps = [one for one in explanations(package) if one.method == "cam"]
            if maps:
                return where_it_looked(package, maps[0], source, point, studio, progress)
            if looks_at_everything(package):
                source = proxy_of(source, SMALL_PX)
                asked = for_small(tool, values, source)
            return why(
                studio.apply, package, tool, asked, source, point, progress, lambda one: self._found.emit(one, question)
            )

        def done(outcome: Outcome[Why]) -> None:
            with suppress(RuntimeError):  # the window is gone
                if question == self._question and self._job is job:
                    self._end(outcome)
            if outcome.bug is not None:
                raise outcome.bug

        job = window.jobs.submit(mark("Why?"), work, done)
        self._job = job
        self.overlay.legend.run()
        self._clock.start()

    def _put_coarse(self, found: Why, question: int) -> None:
        if question == self._question and self._job is not None and self.is_open:
            self.overlay.put(found, is_done=False)

    def _end(self, outcome: Outcome[Why]) -> None:
        self._job = None
        self._clock.stop()
        if not self.is_open:
            return
        if outcome.value is not None:
            self.overlay.put(outcome.value, is_done=True)
            self._window.assist.ran.emit()
        elif outcome.state is not State.CANCELLED:
            self.overlay.legend.stand(outcome.trouble)

    def _stop(self) -> None:
        """What was found so far stays."""
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._clock.stop()
        self.overlay.legend.stand()

    def _look(self) -> None:
        if self._job is not None:
            self.overlay.legend.bar.setValue(round(1000 * self._job.fraction))
