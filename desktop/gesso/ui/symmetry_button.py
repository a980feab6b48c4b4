"""The switch of symmetry beside the brush: pressed while there is one, and a click offers the kinds."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QMenu, QToolButton

from gesso.ui.actions import Actions
from gesso.ui.aid_deeds import SYMMETRIES
from gesso.ui.canvas.aids import Aids
from gesso.ui.look import Look
from gesso.ui.speech import Speech

ICON_PX = 18


class SymmetryButton(QToolButton):
    """Shows what is so; its menu holds the commands that change it."""

    def __init__(self, actions: Actions, aids: Aids, look: Look, speech: Speech) -> None:
        super().__init__()
        self._aids, self._speech = aids, speech
        self.setAutoRaise(True)
        self.setCheckable(True)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        for kind, _ in SYMMETRIES:
            menu.addAction(actions[f"symmetry-{kind}"])
        menu.addSeparator()
        menu.addAction(actions["symmetry-centre"])
        self.setMenu(menu)
        menu.aboutToHide.connect(self._put)
        aids.changed.connect(self._put)
        look.tell(self, lambda: self.setIcon(look.icon("symmetry", ICON_PX)))
        speech.tell(self, self._put)

    def _put(self) -> None:
        symmetry, say = self._aids.symmetry, self._speech.say
        self.setChecked(symmetry is not None)
        kinds = dict(SYMMETRIES)
        words = say("Symmetry: {kind}", kind=say(kinds[symmetry.kind]).rstrip("…")) if symmetry else say("Symmetry")
        self.setAccessibleName(words)
        self.setToolTip(words)
