"""Make the pictures of the README by walking through the real window: `python packaging/screenshots.py [FOLDER [SIZE]]`.

Each is taken in both languages and themes, at 1280x800 or the given size and, with QT_SCALE_FACTOR=2, at twice the
density. Without a folder, only those that the README shows are written, into resources/screenshots. With
`--situations FOLDER [NAME…]`, many situations of an artist's day are played and taken, for somebody picky to look at.
"""

from __future__ import annotations

import sys
from pathlib import Path

from situations import take_situations
from walk import ROOT, Walk, walking

SHOWN = {"home-en-dark", "suggest-en-dark", "suggest-zh_CN-light", "upscale-en-dark"}


class Album:
    """Takes pictures in both themes; without a folder, those that the README shows."""

    def __init__(self, walk: Walk, folder: Path | None) -> None:
        self.walk, self.folder = walk, folder
        self.out = folder or ROOT / "resources" / "screenshots"
        self.out.mkdir(parents=True, exist_ok=True)

    def take(self, name: str) -> None:
        window = self.walk.window
        for theme in ("dark", "light"):
            window.look.theme = theme
            self.walk.settle()
            full = f"{name}-{window.speech.language}-{theme}"
            if self.folder is None and full not in SHOWN:
                continue
            suffix = "png" if self.folder else "webp"
            window.grab().save(str(self.out / f"{full}.{suffix}"), suffix.upper(), 88)


def around(walk: Walk, album: Album) -> None:
    """From a picture through proposals to what was kept, and to an enlarged one."""
    window = walk.window
    window.panels.show("assist")
    walk.open("mountains")
    album.take("open")
    window.actions_["tool:painting.stylise"].trigger()
    window.assist.set_value("style", "starry-night")
    walk.suggest()
    album.take("suggest")
    window.assist.keep(window.assist.proposals[0])
    walk.until(lambda: window.easel.history is not None and window.easel.history.can_undo)
    window.panels.show("layers")
    album.take("kept")
    window.actions_["palette"].trigger()
    album.take("palette")
    window.palette_.dismiss()
    window.easel.close()
    walk.open("leaves")
    window.actions_["tool:painting.upscale"].trigger()
    window.canvas.set_zoom(3.0)
    window.canvas.pan(-560, -420)  # to the leaf in the middle
    walk.suggest()
    album.take("upscale")
    window.easel.close()


def main(folder: Path | None, size: str = "1280x800") -> int:
    with walking(size) as walk:
        album, window = Album(walk, folder), walk.window
        walk.wait(1500)
        for language in ("en", "zh_CN"):
            window.speech.set_language(language)
            album.take("home")
        walk.warm_up()
        for language in ("en", "zh_CN"):
            window.speech.set_language(language)
            around(walk, album)
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--situations"] and len(sys.argv) > 2:
        raise SystemExit(take_situations(Path(sys.argv[2]), set(sys.argv[3:])))
    raise SystemExit(main(Path(sys.argv[1]) if len(sys.argv) > 1 else None, *sys.argv[2:3]))
