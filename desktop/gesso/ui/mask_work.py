"""Which mask is painted on, and how it is looked at: alone, or as red over the picture; and the quick mask."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from gesso.documents.edit import Change
from gesso.documents.painting import Painting
from gesso.documents.painting.sheets import SELECTION, mask_alone, under_veil
from gesso.ui.actions import Act
from gesso.ui.speech import mark

if TYPE_CHECKING:
    from gesso.ui.window import Window

LOOKS = {"alone": mask_alone, "veil": under_veil}


class MaskWork(QObject):
    """Works on the active node of the layers panel. Choosing what is painted on is no step of the history."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._look, self._id = "", ""
        tree = window.layers.tree
        tree.part_chosen.connect(self.paint_on)
        tree.mask_wanted.connect(partial(self.look_at, "alone"))
        window.layers.active_changed.connect(lambda id: self._follow())
        window.easel.opened.connect(self._another)
        self._stop = lambda: None
        QTimer.singleShot(0, self, self._show)  # once there are actions to tick

    @property
    def _painting(self) -> Painting | None:
        return self._window.easel.painting

    def _another(self) -> None:
        """Another painting is on the easel; it is seen as it is."""
        self._stop()
        history = self._window.easel.history
        self._stop = history.watch(self._changed) if history is not None else lambda: None
        self._look, self._id = "", ""
        QTimer.singleShot(0, self, self._again)  # once the canvas shows it, too

    def _again(self) -> None:
        """A painting whose selection was being painted comes back so."""
        if self._painting is not None and self._painting.is_quick:
            self._put("veil", SELECTION)
        self._show()

    def _changed(self, change: Change) -> None:
        if change.structure:
            self._follow()

    def _follow(self) -> None:
        """A mask that is gone, or of a node that is not the active one, is not looked at any more."""
        painting = self._painting
        node = painting.nodes.get(self._id) if painting is not None else None
        gone = node is None or node.mask is None or painting is None or painting.active != self._id
        if self._look and self._id != SELECTION and gone:
            self._put("", "")
        self._show()

    def _show(self) -> None:
        painting = self._painting
        self._window.actions_.check(
            {
                "mask-paint": painting is not None and painting.masked_node is not None,
                "mask-alone": self._look == "alone",
                "mask-veil": self._look == "veil" and self._id != SELECTION,
                "quick-mask": painting is not None and painting.is_quick,
            }
        )

    def _put(self, look: str, id: str) -> None:
        self._look, self._id = look, id
        make = LOOKS.get(look)
        self._window.canvas.see_as(None if make is None else lambda painting: make(painting, id))
        self._show()

    # --- what the artist asks for ----------------------------------------------------------------------------------

    def paint_on(self, id: str, is_mask: bool) -> None:
        """The mask of a node, or the node itself; it becomes the active one."""
        painting = self._painting
        if painting is None or id not in painting.nodes:
            return
        self._window.canvas.finish_gesture()
        self._end_quick()
        self._window.layers.choose(id)
        painting.mask_of = id if is_mask and painting.nodes[id].mask is not None else ""
        if not is_mask and self._look == "alone":
            self._put("", "")  # or nothing would be seen of what is painted
        self._window.layers.tree.show_target()
        self._show()

    def switch(self) -> None:
        """From the active node to its mask, and back."""
        painting = self._painting
        if painting is not None and painting.active in painting.nodes:
            self.paint_on(painting.active, painting.masked_node is None)
        self._show()

    def look_at(self, look: str, id: str = "") -> None:
        """Its mask alone or in red, on which is painted then; or the picture again."""
        painting = self._painting
        id = id or (painting.active if painting is not None else "")
        node = painting.nodes.get(id) if painting is not None else None
        if node is None or node.mask is None or (self._look, self._id) == (look, id):
            if self._id != SELECTION:
                self._put("", "")
        else:
            self.paint_on(id, True)
            self._put(look, id)
        self._show()

    def quick(self) -> None:
        """Paint on the selection, in red; again, and it is a selection."""
        painting = self._painting
        if painting is not None:
            self._window.canvas.finish_gesture()
            if not self._end_quick():
                painting.is_quick = True
                self._put("veil", SELECTION)
        self._show()

    def _end_quick(self) -> bool:
        painting = self._painting
        if painting is None or not painting.is_quick:
            return False
        painting.is_quick = False
        self._put("", "")
        return True


def mask_acts(window: Window) -> list[Act]:
    """For the menus and the palette."""
    work = MaskWork(window)
    return [
        Act("mask-paint", mark("Paint on the mask"), work.switch, "mask", "Ctrl+\\", "layer", "painting", checkable=True),
        Act("mask-alone", mark("Show the mask alone"), partial(work.look_at, "alone"), "", "", "layer", "painting", checkable=True),
        Act("mask-veil", mark("Show the mask in red"), partial(work.look_at, "veil"), "", "", "layer", "painting", checkable=True, keywords="rubylith overlay"),
        Act("quick-mask", mark("Quick mask"), work.quick, "", "Q", "select", "painting", checkable=True, keywords="paint selection rubylith"),
    ]  # fmt: skip
