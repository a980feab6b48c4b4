"""A model's card as a page: what it does, how well, where it fails, what it learned from, how it was made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from gesso.engine import Card, Package, explanations, reach
from gesso.tools.model_shelf import Model, Version
from gesso.tools.model_words import GRADES, TERMS_TOLD, metric, published_scores, told
from gesso.ui.look import Look
from gesso.ui.models.parts import (
    TERMS_INK,
    Chip,
    amount,
    number,
    plain,
    section,
    size_title,
    strong,
    table,
    terms_title,
    tested_ink,
    tested_sentence,
    tested_title,
    title_of,
)
from gesso.ui.models.pictures import Wide, curves_of, read, sheet_of, sheets_of
from gesso.ui.speech import Speech
from gesso.ui.widgets.flow import Flow

EDGE_PX = 16
GAP_PX = 18


class CardPage(QScrollArea):
    """Drawn anew for each version and in each language."""

    def __init__(self, look: Look, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look, self._speech = look, speech
        self._model: Model | None = None
        self._version: Version | None = None
        self._is_foreign = False
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # As in the inspector: it must not come and go with texts that wrap.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        speech.tell(self, self._fill)

    def show_version(self, model: Model | None, version: Version | None) -> None:
        """Its card; nothing for None."""
        is_other = version is None or self._version is None or version.folder != self._version.folder
        self._model, self._version = model, version
        self._fill()
        if is_other:
            self.verticalScrollBar().setValue(0)

    def _fill(self) -> None:
        say, at = self._speech.say, self.verticalScrollBar().value()
        self.setAccessibleName(say("The model's card"))
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(EDGE_PX, 4, EDGE_PX, EDGE_PX)
        column.setSpacing(GAP_PX)
        self._is_foreign = False
        version = self._version
        if version is None:
            column.addWidget(plain(say("Choose a model at the left."), "muted"))
        elif version.package is None:
            self._fill_refused(column, version)
        else:
            for part in self._parts(version, version.package):
                column.addWidget(part)
        column.addStretch(1)
        self.setWidget(page)
        self.verticalScrollBar().setValue(at)

    def _fill_refused(self, column: QVBoxLayout, version: Version) -> None:
        banner = QFrame()
        banner.setProperty("role", "banner")
        inside = QVBoxLayout(banner)
        assert version.trouble is not None
        inside.addWidget(plain(version.trouble.sentence(self._speech.say)))
        column.addWidget(strong(f"{version.name} {version.version}"))
        column.addWidget(banner)

    def _said(self, text: str) -> str:
        """A text of the card; that one of them stays in English is noted below."""
        found = told(text, self._speech.say)
        self._is_foreign |= not found.is_known and self._speech.language != "en"
        return found.text

    def _parts(self, version: Version, package: Package) -> list[QWidget]:
        """In the order of an artist's questions."""
        say, card = self._speech.say, package.card
        everything = card.everything
        summary = plain(self._said(str(everything["summary"])))
        parts = [
            self._head(version, card),
            summary,
            section(say("Terms"), plain(say(TERMS_TOLD[card.terms]))),
            self._scores(everything["scores"], str(everything.get("published", ""))),
            section(say("Limits"), *(plain("•  " + self._said(str(limit))) for limit in everything["limits"])),
        ]
        if self._model is not None and len(self._model.versions) > 1:
            parts.insert(2, self._versions(self._model))
        sheet, curves = sheet_of(package, self._look, self._speech), curves_of(package, self._speech)
        shown = [*([sheet] if sheet is not None else []), *sheets_of(package, self._speech)]
        if shown:
            parts.append(section(say("Pictures"), *shown))
        if curves:
            parts.append(section(say("How it learned"), *curves))
        parts += [self._seen(package), self._data(everything["data"]), self._making(version, package)]
        if self._is_foreign:
            parts.insert(1, plain(say("Some texts of this card are there in English only."), "muted"))
        return parts

    def _head(self, version: Version, card: Card) -> QWidget:
        say, look = self._speech.say, self._look
        title = strong(f"{title_of(version, self._speech)}  {version.version}")
        font = title.font()
        font.setPointSizeF(font.pointSizeF() * 1.4)
        title.setFont(font)
        chips = Flow(gap_px=6)
        terms = terms_title(card.terms, self._speech)
        chips.add(Chip(look, terms, TERMS_INK[card.terms], say(TERMS_TOLD[card.terms])))
        chips.add(Chip(look, say(GRADES[card.grade])))
        sentence = tested_sentence(version.tested, self._speech)
        chips.add(Chip(look, tested_title(version.tested, self._speech), tested_ink(version.tested), sentence))
        chips.add(Chip(look, say("Came with Gesso") if version.is_shipped else say("Installed by you")))
        if version.is_pinned:
            chips.add(Chip(look, say("Pinned"), "accent"))
        elif version.is_used:
            chips.add(Chip(look, say("In use"), "accent"))
        found = QWidget()
        column = QVBoxLayout(found)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(chips)
        return found

    def _versions(self, model: Model) -> QWidget:
        """All versions side by side, with what the first judge said of each."""
        say, rows = self._speech.say, []
        for version in model.versions:
            states = [
                say("in use") if version.is_used else "",
                say("pinned") if version.is_pinned else "",
                say("came with Gesso") if version.is_shipped else say("installed by you"),
            ]
            first = version.card.everything["scores"][0] if version.card is not None else None
            rows.append(
                [
                    strong(version.version),
                    plain(" · ".join(filter(None, states))),
                    plain(number(first["value"]) if first is not None else say("Refused")),
                    plain(size_title(version.size_bytes, self._speech)),
                    plain(tested_title(version.tested, self._speech) if version.card is not None else "—"),
                ]
            )
        heads = [say("Version"), say("State"), say("First score"), say("Size on disk"), say("Here")]
        return section(say("Versions"), table(heads, rows, [2, 4, 2, 2, 3]))

    def _scores(self, scores: Sequence[dict[str, Any]], published: str) -> QWidget:
        """Ours beside the simple way and beside what others have published."""
        say, rows = self._speech.say, []
        for score in scores:
            what = QWidget()
            column = QVBoxLayout(what)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            column.addWidget(plain(self._said(str(score["judge"]))))
            counted = metric(str(score["metric"]), say)
            self._is_foreign |= not counted.is_known and self._speech.language != "en"
            column.addWidget(plain(counted.text, "muted"))
            simple = [f"{self._said(str(name))}\u00a0{number(value)}" for name, value in score["baseline"].items()]
            others = [
                f"{name} {value}"
                for name, value in published_scores(str(score.get("published", "")))
                if name not in score["baseline"]
            ]
            rows.append(
                [what, strong(number(score["value"])), plain("\n".join(simple) or "—"), plain("\n".join(others) or "—")]
            )
        heads = [say("What was measured"), say("This model"), say("Beside it"), say("Published by others")]
        columns = 4 if any(score.get("published") for score in scores) else 3
        shown = table(heads[:columns], [row[:columns] for row in rows], [6, 2, 5, 4][:columns])
        parts: list[QWidget] = [shown]
        if published and not published_scores(published):
            parts.append(plain(self._said(published), "muted"))
        return section(say("How well it does"), *parts)

    def _seen(self, package: Package) -> QWidget:
        """How far the network looks, and how its results can be explained."""
        say, found = self._speech.say, reach(package.card)
        lines = []
        if found is not None:
            lines.append(say("For each place of the result it looks {px} px around it.", px=found.px))
            if found.sees_all:
                lines.append(say("Besides, it looks at the whole picture, made small."))
            lines.append(
                say("“Why?” in the Assist panel shows which parts of your picture moved a place of the result.")
            )
        if any(one.method == "cam" for one in explanations(package)):
            lines.append(say("It brings along a map of where it looked."))
        parts: list[QWidget] = [plain(line) for line in lines]
        for one in explanations(package):
            image = read(package.files[one.asset]) if one.method == "receptive_field" else None
            if image is not None:
                parts.append(Wide(image, say("What the model sees from one place")))
        return section(say("What it sees"), *parts)

    def _data(self, listed: Sequence[dict[str, Any]]) -> QWidget:
        say, rows, credits = self._speech.say, [], []
        for one in listed:
            what = QWidget()
            column = QVBoxLayout(what)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            column.addWidget(plain(self._said(str(one["name"]))))
            column.addWidget(plain(self._said(str(one["source"])), "muted"))
            licence, terms = self._said(str(one["licence"])), terms_title(one["terms"], self._speech)
            rows.append([what, plain(f"{one['pictures']:,}"), plain(licence), plain(terms)])
            credits += [str(line) for line in one.get("credits", [])]
        heads = [say("Set"), say("Works"), say("Their licence"), say("Terms")]
        parts: list[QWidget] = [table(heads, rows, [6, 2, 4, 3])]
        if credits:
            parts += _folded(say("Show the credits ({count})", count=len(credits)), "\n".join(credits))
        return section(say("What it learned from"), *parts)

    def _making(self, version: Version, package: Package) -> QWidget:
        say, card, training = self._speech.say, package.card, package.card.everything["training"]
        machine = self._said(str(training["hardware"]))
        rows = [
            (say("Licence of the weights"), card.licence),
            (say("Signed by"), f"{package.signer.owner} {package.signer.id}".strip()),
            (say("Trained on"), machine or "—"),
            (say("Time"), say("{minutes} minutes, {steps} steps", minutes=amount(training["minutes"]), steps=f"{training['steps']:,}")),
            (say("Seed"), str(training["seed"])),
            (say("Recipe's version"), str(training["commit"]) or "—"),
            (say("Size on disk"), size_title(version.size_bytes, self._speech)),
            (say("Fingerprint"), package.digest[:16]),
            (say("Lies in"), str(version.folder)),
        ]  # fmt: skip
        if training.get("losses"):
            rows.insert(4, (say("Judged by, in training"), self._said(str(training["losses"]))))
        cells = [[plain(name, "muted"), plain(value, selectable=True)] for name, value in rows]
        return section(say("How it was made"), table(["", ""], cells, [3, 9]))


def _folded(title: str, text: str) -> list[QWidget]:
    """A button that shows and hides a long text."""
    switch, body = QToolButton(), plain(text, "muted", selectable=True)
    switch.setText(title)
    switch.setAccessibleName(title)
    switch.setCheckable(True)
    switch.toggled.connect(body.setVisible)
    body.hide()
    return [switch, body]


def labels_of(page: CardPage) -> list[str]:
    """Every text that is on it."""
    return [label.text() for label in page.widget().findChildren(QLabel)]
