"""A machine looks a new installation over before a person does: files, guide and brushes in the real window."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PySide6.QtCore import QEventLoop, QTimer, QUrl
from PySide6.QtGui import QTextDocument

from gesso.documents.painting import Layer, Painting, Tiles, composite
from gesso.documents.painting.edits import add_layer
from gesso.ui.guide import Guide
from gesso.ui.guide_markup import pictures as pictures_of
from gesso.ui.window import Window
from gesso.values import Trouble
from gesso.values.words import LANGUAGES

STEP_MS, PATIENCE_MS = 30, 120_000
NAME = "画 é"
READER = "gesso-reader"
"""What `gesso.files.apart` calls its process."""


class LookOver:
    """What an artist would do with each part, one after the other; what came of it is in `found`."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._troubles: list[Trouble] = []
        self.found: dict[str, Any] = {"opened": [], "saved": [], "readers": [], "guide": {}, "brushes": []}
        window.paperwork.troubled.connect(self._troubles.append)

    def everything(self, files: Sequence[Path], folder: Path) -> None:
        """Open files, save the first one in every format and open those again, then read the guide.

        Raises TimeoutError, or the `Trouble` that came up.
        """
        for file in files:
            self._open(file)
        self._save_and_open(folder)
        self._read_guide()
        shelf = self._window.brush_bar.shelf
        self.found["brushes"] = [one.id for one in shelf.brushes.values() if not one.is_own]

    def _until(self, true: Callable[[], object]) -> None:
        loop, timer = QEventLoop(), QTimer()
        left = PATIENCE_MS // STEP_MS

        def look() -> None:
            nonlocal left
            left -= 1
            if true() or self._troubles or not left:
                loop.quit()

        timer.timeout.connect(look)
        timer.start(STEP_MS)
        loop.exec()
        timer.stop()
        if self._troubles:
            raise self._troubles[0]
        if not left:
            raise TimeoutError("the window did not get there")

    def _open(self, file: Path, like: Painting | None = None) -> Painting:
        easel = self._window.easel
        self._window.paperwork.open(file)
        self._until(lambda: easel.at(file))
        one = easel.at(file)
        assert one is not None
        size = one.painting.size
        told: dict[str, Any] = {"name": file.name, "size": [size.width, size.height]}
        told["layers"] = len(list(one.painting.layers()))
        if like is not None:
            told["apart"] = _apart(like, one.painting)
        self.found["opened"].append(told)
        readers = {child.pid for child in multiprocessing.active_children() if child.name == READER}
        self.found["readers"] = sorted(readers.union(self.found["readers"]))
        return one.painting

    def _save_and_open(self, folder: Path) -> None:
        """Saved with a second layer, so that formats of layers have something to hold."""
        from gesso.files import project
        from gesso.files.pictures import WRITABLE

        window, easel = self._window, self._window.easel
        easel.show(easel.paintings[0])
        first = easel.paintings[0]
        first.history.apply("", *add_layer(first.painting, _glaze(first.painting)))
        like = first.painting.snapshot()
        saved = [folder / f"{NAME}{suffix}" for suffix in WRITABLE]
        for path in saved:
            window.paperwork.export(path)
        own = folder / f"{NAME}{project.SUFFIX}"
        window.paperwork.write(own, None, None)
        self._until(lambda: first.path == own and not window.jobs.running)
        self.found["saved"] = [path.name for path in (*saved, own) if path.stat().st_size]
        easel.close(first)
        for path in (own, *(path for path in saved if path.suffix != ".pdf")):
            self._open(path, like)

    def _read_guide(self) -> None:
        """Every page in every language; a picture counts when it can be drawn."""
        window = self._window
        spoken = window.speech.language
        window.actions_["guide"].trigger()
        guide = window.findChild(Guide)
        for language in LANGUAGES:
            window.speech.set_language(language)
            pages = guide.pages.of(language)
            drawn, missing = 0, []
            for page in pages.values():
                guide.show_page(page.id)
                for file in pictures_of(page.source):
                    seen = guide.sheet.document().resource(QTextDocument.ResourceType.ImageResource, QUrl(file))
                    if seen is None or seen.isNull():
                        missing.append(file)
                    else:
                        drawn += 1
            said = window.speech.say("Guide")
            self.found["guide"][language] = {"pages": len(pages), "pictures": drawn, "missing": missing, "title": said}
        window.speech.set_language(spoken)
        guide.close()


def _glaze(painting: Painting) -> Layer:
    """Half transparent, on the left half."""
    size = painting.size
    pixels = np.zeros((size.height, size.width, 4), painting.dtype)
    most = np.iinfo(painting.dtype).max
    pixels[:, : size.width // 2] = (most // 3, most // 2, most, most // 2)
    return Layer("glaze", "Glaze", tiles=Tiles.from_array(pixels))


def _apart(one: Painting, other: Painting) -> float:
    """The largest difference of any value, as a share of the whole range; 1 for other sizes."""
    if one.size != other.size:
        return 1.0
    both = [composite(each) / float(np.iinfo(each.dtype).max) for each in (one, other)]
    return round(float(np.abs(both[0] - both[1]).max()), 4)
