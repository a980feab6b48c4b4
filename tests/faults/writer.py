"""Somebody who types on the canvas and says so, to be killed: `python -m tests.faults.writer FOLDER`.

After each word, and after the pause at the end, "kept N" goes to the standard output: so many characters were typed so far.
Nothing ends the text.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gesso.documents.painting import Painting
from gesso.files.session import Session
from gesso.ui.canvas import CanvasView
from gesso.ui.look import Look
from gesso.ui.speech import Speech

WORDS = "nothing that was written here is ever lost by a kill whenever it comes".split()


def work(folder: Path) -> None:
    application = QApplication([])
    ground = np.full((300, 900, 4), 255, np.uint8)
    session = Session.begin(folder, Painting.from_array(ground, "ground", "letters"))
    view = CanvasView(Look("dark"), Speech())
    view.resize(960, 400)
    view.show()
    view.show_document(session.history)
    view.tool = "text"
    at = view.from_image(QPointF(20, 120)).toPoint()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    typed = ""
    for word in WORDS:
        QTest.keyClicks(view, word + " ")
        typed += word + " "
        os.write(1, f"kept {len(typed)}\n".encode())
    QTest.keyClicks(view, "and then a pause")
    typed += "and then a pause"
    os.write(1, f"typed {len(typed)}\n".encode())
    changes = session.changes
    while session.changes == changes:
        application.processEvents()
    os.write(1, f"kept {len(typed)}\n".encode())
    while True:
        application.processEvents()


if __name__ == "__main__":
    work(Path(sys.argv[1]))
