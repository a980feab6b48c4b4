"""A text as the tiles of its layer: letters of one colour whose alpha is how much of each pixel they cover."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath

from gesso.documents.painting import Layer, Painting, Text, Tiles
from gesso.documents.painting.edits import AnyEdit, ReplaceTiles, SetProperty, add_layer
from gesso.documents.painting.text import SetText
from gesso.ui.text_setting import Setting, missing_family, transform_of, usual_family
from gesso.values import Box

MARGIN_PX = 2


def tiles_of(text: Text, empty: Tiles) -> Tiles:
    """The letters on nothing, as far as they lie on the canvas."""
    if not text.string.strip():
        return empty
    setting, placed = Setting(text), transform_of(text)
    path, pictures = placed.map(setting.outline()), setting.pictures()
    where = path.boundingRect()
    for run in pictures:
        box, s = run.boundingRect(), setting.scale
        where = where.united(placed.mapRect(QRectF(box.x() * s, box.y() * s, box.width() * s, box.height() * s)))
    box = _around(where).clip(empty.size)
    if box.is_empty:
        return empty
    pixels = np.zeros((box.height, box.width, 4), empty.dtype)
    cover = _coverage(path, box, text.antialias)
    pixels[..., :3] = np.rint(np.array(text.colour) * empty.top)
    pixels[..., 3] = cover.astype(np.uint32) * empty.top // 255
    if pictures:
        _lay_pictures(pixels, setting, box)
    pixels[pixels[..., 3] == 0] = 0
    return empty.written(box, pixels)


def _around(rect: QRectF) -> Box:
    left, top = floor(rect.left()) - MARGIN_PX, floor(rect.top()) - MARGIN_PX
    return Box.around(left, top, ceil(rect.right()) + MARGIN_PX, ceil(rect.bottom()) + MARGIN_PX)


def _coverage(path: QPainterPath, box: Box, antialias: bool) -> NDArray[np.uint8]:
    """How much of each pixel lies within an outline, 0-255."""
    image = QImage(box.width, box.height, QImage.Format.Format_Grayscale8)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, antialias)
    painter.translate(-box.x, -box.y)
    painter.fillPath(path, QColor(255, 255, 255))
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(box.height, image.bytesPerLine())
    return rows[:, : box.width].copy()


def _lay_pictures(pixels: NDArray[Any], setting: Setting, box: Box) -> None:
    """Coloured signs, which have no outline, where nothing else is."""
    image = QImage(box.width, box.height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    painter.translate(-box.x, -box.y)
    painter.setTransform(transform_of(setting.text), True)
    painter.scale(setting.scale, setting.scale)
    for run in setting.pictures():
        painter.drawGlyphRun(QPointF(0, 0), run)
    painter.end()
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(box.height, image.bytesPerLine())
    signs = rows[:, : 4 * box.width].reshape(box.height, box.width, 4).astype(np.uint32)
    top = int(np.iinfo(pixels.dtype).max)
    more = signs[..., 3] * top // 255 > pixels[..., 3]
    pixels[more] = (signs[more] * top // 255).astype(pixels.dtype)


def drawn_with(text: Text) -> Text:
    """The text with the font that it is set in here: its own, or the usual one in place of one that is missing."""
    return replace(text, family=usual_family()) if missing_family(text) or not text.family else text


def new_text(painting: Painting, text: Text, layer_id: str) -> list[AnyEdit]:
    """A text layer above the active one."""
    text = drawn_with(text)
    layer = Layer(layer_id, text.name, tiles=tiles_of(text, painting.empty_tiles()), text=text)
    return add_layer(painting, layer, painting.active)


def changed_text(painting: Painting, layer: Layer, text: Text) -> list[AnyEdit]:
    """Another text, or the same one in other letters or elsewhere; none when nothing is different."""
    if text == layer.text:
        return []
    text = drawn_with(text)
    fresh = tiles_of(text, painting.empty_tiles())
    changed = {
        index: tile
        for index, tile in layer.tiles.difference(fresh).items()
        if tile is None or index not in layer.tiles.tiles or not np.array_equal(tile, layer.tiles.tiles[index])
    }
    found: list[AnyEdit] = [ReplaceTiles(layer.id, changed)] if changed else []
    found.append(SetText(layer.id, text))
    if layer.text is not None and layer.name == layer.text.name and text.name != layer.name:
        found.append(SetProperty(layer.id, "name", text.name))
    return found


def rasterised(layer: Layer) -> list[AnyEdit]:
    """A text layer becomes a layer like any other, with the pixels it has."""
    return [SetText(layer.id, None)] if layer.text is not None else []
