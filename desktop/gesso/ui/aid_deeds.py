"""What the menus do with rulers, guides and symmetry; and the digits that set an opacity."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QWidget

from gesso.documents.painting.guides import HORIZONTAL, LEAST_RAYS, MOST_RAYS, VERTICAL
from gesso.ui.actions import Act
from gesso.ui.sizes import ask
from gesso.ui.speech import Speech, mark
from gesso.ui.widgets.controls import spin_box
from gesso.values import Size

if TYPE_CHECKING:
    from gesso.ui.window import Window

SYMMETRIES = (
    ("none", mark("No symmetry")),
    ("vertical", mark("Mirror left and right")),
    ("horizontal", mark("Mirror up and down")),
    ("both", mark("Mirror both ways")),
    ("radial", mark("Radial symmetry…")),
)
WISHES = (
    ("rulers", mark("Rulers"), "Ctrl+R"),
    ("guides", mark("Guides"), "Ctrl+;"),
    ("snap", mark("Snap to guides"), "Ctrl+Shift+; | Ctrl+:"),
    ("lock-guides", mark("Lock guides"), "Ctrl+Alt+;"),
)


class _Dialogue(QDialog):
    """Some numbers, to be accepted or not."""

    def __init__(self, title: str, speech: Speech, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.speech = speech
        self.setWindowTitle(speech.say(title).rstrip("…"))
        self.form = QFormLayout(self)
        self.setMinimumWidth(300)

    def row(self, title: str, control: QWidget) -> None:
        self.form.addRow(self.speech.say(title), control)
        control.setAccessibleName(self.speech.say(title))

    def finish(self, accept: str) -> None:
        """The buttons, below all else."""
        buttons = QDialogButtonBox(self)
        buttons.addButton(self.speech.say(accept), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(self.speech.say("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.form.addRow(buttons)


class NewGuide(_Dialogue):
    """Which way a guide runs, and how many pixels from the edge."""

    def __init__(self, size: Size, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(mark("New guide…"), speech, parent)
        self._size = size
        self.way = QComboBox(self)
        for title, way in ((mark("Upright"), VERTICAL), (mark("Lying"), HORIZONTAL)):
            self.way.addItem(speech.say(title), way)
        self.at = spin_box(0, size.width, " px")
        self.at.setValue(size.width // 2)
        self.row(mark("Direction"), self.way)
        self.row(mark("Position"), self.at)
        self.finish(mark("Add the guide"))
        self.way.currentIndexChanged.connect(self._follow)
        self.at.setFocus()
        self.at.selectAll()

    def _follow(self) -> None:
        """To the middle of the other side, unless another place was typed."""
        old, new = self._size.width, self._size.height
        if self.way.currentData() == VERTICAL:
            old, new = new, old
        was_middle = self.at.value() == old // 2
        self.at.setMaximum(new)
        if was_middle:
            self.at.setValue(new // 2)


class Rays(_Dialogue):
    """How often a stroke is repeated around the centre."""

    def __init__(self, rays: int, speech: Speech, parent: QWidget | None = None) -> None:
        super().__init__(mark("Radial symmetry…"), speech, parent)
        self.rays = spin_box(LEAST_RAYS, MOST_RAYS)
        self.rays.setValue(rays)
        self.rays.selectAll()
        self.row(mark("Repetitions"), self.rays)
        self.finish(mark("Apply"))


class AidDeeds(QObject):
    """Works on the canvas of a window, and keeps what is to be seen there in the settings."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window, self._aids = window, window.canvas.aids
        for name, wanted in window.settings.aids.items():
            if name in self._aids.wishes:
                self._aids.wish(name, bool(wanted))
        self._aids.changed.connect(self._show)
        window.canvas.opacity_typed.connect(self.set_opacity)
        QTimer.singleShot(0, self, self._show)  # once there are actions to tick

    def _show(self) -> None:
        if self._window.settings.aids != self._aids.wishes:
            self._window.settings.aids = dict(self._aids.wishes)
            self._window.settings.save()
        ticks = {f"symmetry-{kind}": False for kind, _ in SYMMETRIES} | self._aids.ticks
        self._window.actions_.check(ticks)

    def switch(self, name: str) -> None:
        """The other way round."""
        self._aids.wish(name, not self._aids.wishes[name])

    def ask_guide(self) -> None:
        painting = self._window.easel.painting
        if painting is None:
            return
        dialogue = NewGuide(painting.size, self._window.speech, self._window)
        add = self._aids.add_guide
        ask(
            dialogue,
            lambda: self._window.attempt(lambda: add(dialogue.way.currentData(), float(dialogue.at.value()))),
        )

    def clear_guides(self) -> None:
        self._window.attempt(self._aids.clear_guides)

    def choose_symmetry(self, kind: str) -> None:
        painting = self._window.easel.painting
        self._show()  # the menu ticked what was clicked; it is not so before it is done
        if painting is None:
            return
        if kind != "radial":
            self._window.attempt(lambda: self._aids.set_symmetry(kind))
            return
        rays = painting.symmetry.rays if painting.symmetry is not None else 6
        dialogue = Rays(rays, self._window.speech, self._window)
        ask(
            dialogue,
            lambda: self._window.attempt(lambda: self._aids.set_symmetry("radial", dialogue.rays.value())),
        )

    def centre(self) -> None:
        self._window.attempt(self._aids.centre_symmetry)

    def set_opacity(self, percent: int) -> None:
        """Of the brush while one is in hand, of the layer else."""
        window = self._window
        if window.canvas.hand.has_ring:
            window.brush_bar.opacity.setValue(max(1, percent))
        else:
            window.layers.slide(percent)


def aid_acts(window: Window) -> list[Act]:
    """For the View and the Image menu and the palette."""
    deeds = AidDeeds(window)
    return [
        *(
            Act(id, title, partial(deeds.switch, id), "", keys, "view", "painting", checkable=True)
            for id, title, keys in WISHES
        ),
        Act("guide-new", mark("New guide…"), deeds.ask_guide, "", "", "view", "painting"),
        Act("guides-clear", mark("Clear guides"), deeds.clear_guides, "", "", "view", "painting"),
        *(
            Act(
                f"symmetry-{kind}", title, partial(deeds.choose_symmetry, kind), "", "", "image", "painting", "symmetry",
                keywords="symmetry mirror axis kaleidoscope",
            )
            for kind, title in SYMMETRIES
        ),
        Act("symmetry-centre", mark("Axis to the middle"), deeds.centre, "", "", "image", "painting", keywords="symmetry"),
    ]  # fmt: skip
