"""Make the pictures of the README by walking through the real window: `python packaging/screenshots.py [FOLDER [SIZE]]`.

Each situation is taken in both languages and themes, at 1280x800 or the given size and, with QT_SCALE_FACTOR=2, at twice
the density. Without a folder, only those that the README shows are written, into resources/screenshots.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SHOWN = {"home-en-dark", "suggest-en-dark", "suggest-zh_CN-light", "upscale-en-dark"}
PATIENCE_MS = 600_000


def main(folder: Path | None, size: str = "1280x800") -> int:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["GESSO_HOME"] = tempfile.mkdtemp()
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from gesso.app import build, warm_up

    app = QApplication([])
    window = build(app)
    window.resize(*(int(side) for side in size.split("x")))
    window.show()
    out = folder or ROOT / "resources" / "screenshots"
    out.mkdir(parents=True, exist_ok=True)

    def until(true: Callable[[], object]) -> None:
        waited = 0
        while not true():
            QTest.qWait(50)
            waited += 50
            if waited > PATIENCE_MS:
                raise TimeoutError("the window did not get there")

    def take(name: str) -> None:
        for theme in ("dark", "light"):
            window.look.theme = theme
            QTest.qWait(500)
            until(lambda: not window.canvas.isVisible() or not window.canvas.pane.is_owed)
            full = f"{name}-{window.speech.language}-{theme}"
            if folder is None and full not in SHOWN:
                continue
            suffix = "png" if folder else "webp"
            window.grab().save(str(out / f"{full}.{suffix}"), suffix.upper(), 88)

    def opened(sample: str) -> None:
        window.paperwork.open(ROOT / "resources" / "samples" / f"{sample}.webp", keep_recent=False)
        until(lambda: window.easel.painting is not None and window.easel.title == sample)
        QTest.qWait(1500)

    def suggested() -> None:
        window.assist.propose()
        until(lambda: window.assist.proposals and all(p.result or p.trouble for p in window.assist.proposals))
        window.assist.choose(window.assist.proposals[0])

    def walk() -> None:
        window.panels.show("assist")
        opened("mountains")
        take("open")
        window.actions_["tool:painting.stylise"].trigger()
        window.assist.set_value("style", "starry-night")
        suggested()
        take("suggest")
        window.assist.keep(window.assist.proposals[0])
        until(lambda: window.easel.history is not None and window.easel.history.can_undo)
        window.panels.show("layers")
        take("kept")
        window.actions_["palette"].trigger()
        take("palette")
        window.palette_.dismiss()
        window.easel.close()
        opened("leaves")
        window.actions_["tool:painting.upscale"].trigger()
        window.canvas.set_zoom(3.0)
        window.canvas.pan(-560, -420)  # to the leaf in the middle
        suggested()
        take("upscale")
        window.easel.close()

    QTest.qWait(1500)
    for language in ("en", "zh_CN"):
        window.speech.set_language(language)
        take("home")
    warm_up(window)
    until(lambda: window.status.truth and any(window.assist.styles.values()))
    for language in ("en", "zh_CN"):
        window.speech.set_language(language)
        walk()
    window.close_down()
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None, *sys.argv[2:3]))
