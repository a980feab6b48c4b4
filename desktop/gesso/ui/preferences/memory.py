"""What Gesso remembers of the artist's verdicts: seen, taken along, paused, erased."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QCheckBox, QFileDialog

from gesso.feedback import Feedback
from gesso.files.settings import Settings
from gesso.ui.preferences.page import Page
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import button, label
from gesso.values import Trouble


class MemoryPage(Page):
    """Settings and verdicts only, never pictures."""

    id, title = "memory", mark("What Gesso remembers")

    def __init__(self, settings: Settings, speech: Speech, feedback: Feedback) -> None:
        self.feedback = feedback
        super().__init__(settings, speech)

    def build(self) -> None:
        self.remember = QCheckBox()
        self.remember.setChecked(not self.feedback.paused)
        self.remember.clicked.connect(lambda on: setattr(self.feedback, "paused", not on))
        self.row(
            mark("Remember which proposals I keep"),
            self.remember,
            about=mark(
                "Settings and verdicts only, never pictures; they stay on this computer and can be erased at any time."
            ),
            keywords=("feedback", "privacy", "隐私"),
            named=False,
        )
        self.export = button(self.speech, mark("Export…"))
        self.erase = button(self.speech, mark("Delete"))
        self.export.clicked.connect(self._export)
        self.erase.clicked.connect(self._erase)
        self.tally = label(self.speech, "", "muted")
        self.tally.setContentsMargins(8, 4, 8, 0)
        self.column.addWidget(self.tally)
        self.row(mark("Export what was remembered"), self.export, keywords=("feedback",))
        self.teach = QCheckBox()
        self.teach.setChecked(self.feedback.may_teach)
        self.teach.clicked.connect(lambda on: setattr(self.feedback, "may_teach", on))
        self.row(
            mark("Models may learn from what I export"),
            self.teach,
            about=mark("An export says so in every line, and who makes models must leave out what does not."),
            keywords=("consent training", "同意"),
            named=False,
        )
        self.row(mark("Erase what was remembered"), self.erase, keywords=("delete forget",))
        self.speech.tell(self, self._count)

    def _export(self) -> None:
        title = self.speech.say("Export what was remembered")
        chosen, _ = QFileDialog.getSaveFileName(
            self, title, str(Path.home() / "gesso-proposals.jsonl"), "JSON (*.jsonl)"
        )
        if chosen:
            try:
                self.feedback.export(Path(chosen))
            except Trouble as trouble:
                self.troubled.emit(trouble)

    def _erase(self) -> None:
        try:
            self.feedback.erase()
        except Trouble as trouble:
            self.troubled.emit(trouble)
        self._count()

    def _count(self) -> None:
        """What the log holds now, in numbers."""
        try:
            tallies = self.feedback.summary()
        except Trouble:
            tallies = []
        counts = {
            "count": sum(t.proposed for t in tallies),
            "kept": sum(t.kept + t.edited for t in tallies),
            "rejected": sum(t.rejected for t in tallies),
        }
        self.tally.setText(
            self.speech.say("{count} proposals remembered: {kept} kept, {rejected} rejected.", **counts)
            if counts["count"]
            else self.speech.say("No proposals are remembered.")
        )
        self.export.setAccessibleName(self.speech.say("Export what was remembered"))
        for one in (self.export, self.erase):
            one.setEnabled(bool(counts["count"]))
