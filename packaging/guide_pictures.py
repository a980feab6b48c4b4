"""Make the pictures of the guide by walking through the real window: `python packaging/guide_pictures.py [NAME…]`.

In English the theme is dark, in Chinese light, so that readers of either see the studio as it may look. They are written
into resources/guide/<language>; with names, only those.
"""

from __future__ import annotations

import sys

from walk import ROOT, Walk, walking

SIZE = "1024x640"
THEMES = {"en": "dark", "zh_CN": "light"}
QUALITY = 82


class Pictures:
    """Takes them, whole or cut out around what they are about."""

    def __init__(self, walk: Walk, names: set[str]) -> None:
        self.walk, self.names = walk, names

    def take(self, name: str, *about: object, margin: int = 12) -> None:
        """The window, or the part of it around some widgets; a pop-up among them is laid where it stands."""
        from PySide6.QtCore import QPoint, QRect
        from PySide6.QtGui import QPainter

        window = self.walk.window
        if self.names and name not in self.names:
            return
        self.walk.settle()
        whole, around = window.grab(), QRect()
        for widget in about:
            place = QRect(window.mapFromGlobal(widget.mapToGlobal(QPoint(0, 0))), widget.rect().size())
            if widget.isWindow():
                painter = QPainter(whole)
                painter.drawPixmap(place.topLeft(), widget.grab())
                painter.end()
            around = around.united(place)
        if about:
            whole = whole.copy(around.adjusted(-margin, -margin, margin, margin).intersected(whole.rect()))
        self.save(name, whole)

    def save(self, name: str, picture: object) -> None:
        folder = ROOT / "resources" / "guide" / self.walk.window.speech.language
        folder.mkdir(parents=True, exist_ok=True)
        picture.save(str(folder / f"{name}.webp"), "WEBP", QUALITY)

    def wanted(self, *names: str) -> bool:
        return not self.names or bool(self.names & set(names))


def home(walk: Walk, pictures: Pictures) -> None:
    walk.wait(1500)
    pictures.take("home")


def brushes(walk: Walk, pictures: Pictures) -> None:
    window = walk.window
    walk.open("sea")
    window.actions_["tool-brush"].trigger()
    window.brush_bar.show_picker()
    walk.wait(1500)
    pictures.take("brushes", window.brush_bar, window.brush_bar.picker, margin=0)
    window.brush_bar.picker.hide()
    window.easel.close()


def layers(walk: Walk, pictures: Pictures) -> None:
    window = walk.window
    walk.open("still-life")
    window.layers.add_layer()
    window.actions_["adjust-curves"].trigger()
    window.panels.show("layers")
    curve = window.layers.active
    assert curve is not None
    pictures.take("layers", window.canvas, window.panels["layers"], margin=0)
    window.easel.close()


def transform(walk: Walk, pictures: Pictures) -> None:
    from PySide6.QtCore import QPointF, Qt
    from PySide6.QtTest import QTest

    window = walk.window
    walk.open("leaves")
    size = window.easel.painting.size
    canvas = window.canvas
    window.actions_["tool-ellipse"].trigger()

    def at(x: float, y: float) -> object:
        return canvas.from_image(QPointF(x * size.width, y * size.height)).toPoint()

    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at(0.5, 0.4))
    for step in range(1, 6):
        QTest.mouseMove(canvas, at(0.5 + 0.044 * step, 0.4 + 0.1 * step))
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at(0.72, 0.9))
    window.actions_["tool-transform"].trigger()
    walk.wait(500)
    bar = window.option_bars["transform"]
    bar.parts["angle"].setValue(-24)
    pictures.take("transform", bar, canvas, margin=0)
    canvas.cancel_gesture()
    window.set_tool("brush")
    window.easel.close()


def suggestions(walk: Walk, pictures: Pictures) -> None:
    window = walk.window
    walk.open("mountains")
    window.panels.show("assist")
    window.actions_["tool:painting.stylise"].trigger()
    window.assist.set_value("style", "starry-night")
    if pictures.wanted("suggest"):
        walk.suggest()
        pictures.take("suggest")
    if pictures.wanted("filter"):
        window.assist.as_filter = True
        window.assist.keep(window.assist.proposals[0] if window.assist.proposals else None)
        walk.until(lambda: window.easel.history is not None and window.easel.history.can_undo)
        window.assist.as_filter = False
        window.assist.clear()
        window.panels.show("layers")
        pictures.take("filter", window.canvas, window.panels["layers"], margin=0)
    window.easel.close()


def upscale(walk: Walk, pictures: Pictures) -> None:
    window, size = walk.window, walk.window.size()
    window.resize(size.width(), size.height() + 240)  # room for the canvas above the proposals
    walk.open("leaves")
    window.actions_["tool:painting.upscale"].trigger()
    window.canvas.set_zoom(3.0)
    window.canvas.pan(-560, -420)  # to the leaf in the middle
    walk.suggest()
    pictures.take("upscale", window.canvas, margin=0)
    window.easel.close()
    window.resize(size)


def history(walk: Walk, pictures: Pictures) -> None:
    """Three savings of a painting; the file lies in the throw-away profile."""
    import tempfile
    from pathlib import Path

    window = walk.window
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leaves.gesso"
        walk.open("leaves")
        for flip in ("horizontal", "vertical", "horizontal"):
            saved: list[bool] = []
            window.paperwork.write(path, lambda done=saved: done.append(True), window.easel.seal)
            walk.until(lambda done=saved: done)
            window.actions_[f"image-flip-{flip}"].trigger()
            walk.until(lambda: window.easel.is_modified)
        window.paperwork.care.show_history()
        walk.until(lambda: window.paperwork.care.history is not None)
        walk.settle()
        if pictures.wanted("history"):
            pictures.save("history", window.paperwork.care.history.grab())
        window.paperwork.care.history.close()
        window.easel.close()
        window.settings.recent.clear()
        window.status.say("")
        window.refresh_home()


def models(walk: Walk, pictures: Pictures) -> None:
    """The browser at the painter, and what moved a place of its result."""
    from PySide6.QtCore import QPointF

    from gesso.ui.models.deeds import ModelDesk

    window = walk.window
    desk = window.findChild(ModelDesk)
    assert isinstance(desk, ModelDesk)
    walk.open("leaves")
    if pictures.wanted("models"):
        desk.show_model("stylise")
        browser = desk.browser
        assert browser is not None
        walk.until(lambda: browser.model is not None and browser.model.name == "stylise")
        browser.resize(960, 560)
        walk.wait(500)
        pictures.save("models", browser.grab())
        browser.close()
    if pictures.wanted("why"):
        window.actions_["tool:painting.stylise"].trigger()
        desk.why.ask()
        desk.why.overlay.ask(QPointF(1190, 470))
        walk.until(lambda: desk.why.overlay.why is not None and not desk.why.is_running)
        pictures.take("why", window.canvas, margin=0)
        desk.why.close()
    window.easel.close()


SCENES = {
    home: {"home"}, brushes: {"brushes"}, layers: {"layers"}, transform: {"transform"}, suggestions: {"suggest", "filter"},
    upscale: {"upscale"}, history: {"history"},
    models: {"models", "why"},
}  # fmt: skip
"""What each walk shows."""


def main(names: set[str]) -> int:
    with walking(SIZE) as walk:
        window = walk.window
        walk.wait(1000)
        walk.warm_up()
        for language, theme in THEMES.items():
            window.speech.set_language(language)
            window.look.theme = theme
            for scene, shown in SCENES.items():
                if not names or names & shown:
                    scene(walk, Pictures(walk, names))
    return 0


if __name__ == "__main__":
    raise SystemExit(main(set(sys.argv[1:])))
