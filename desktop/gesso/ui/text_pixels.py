"""A text as the tiles of its layer: letters in their colours whose alpha is how much of each pixel they cover."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QGlyphRun, QImage, QPainter, QPainterPath, QTransform

from gesso.documents.painting import Layer, Painting, Text, Tiles
from gesso.documents.painting.edits import AnyEdit, ReplaceTiles, SetProperty, add_layer
from gesso.documents.painting.text import SetText
from gesso.ui.text_fonts import missing_families, usual_family
from gesso.ui.text_letters import apart, letters_of
from gesso.ui.text_setting import Setting, transform_of
from gesso.values import Box

MARGIN_PX = 2


def tiles_of(text: Text, empty: Tiles) -> Tiles:
    """The letters on nothing, as far as they lie on the canvas."""
    if not text.string.strip():
        return empty
    letters, placed = letters_of(Setting(text)), transform_of(text)
    drawn = {colour: apart(paths, placed) for colour, paths in letters.outlines.items()}
    signs = [(run, there * placed) for run, there in letters.pictures]
    where = QRectF()
    for path in (path for paths in drawn.values() for path in paths):
        where = where.united(path.boundingRect())
    for run, there in signs:
        where = where.united(there.mapRect(run.boundingRect()))
    box = _around(where).clip(empty.size)
    if box.is_empty:
        return empty
    pixels = np.zeros((box.height, box.width, 4), empty.dtype)
    for number, (colour, paths) in enumerate(drawn.items()):
        cover = _coverage(paths, box, text.antialias).astype(np.uint32)
        paint = np.rint(np.array(colour) * empty.top)
        if number == 0:
            pixels[..., :3], pixels[..., 3] = paint, cover * empty.top // 255
        else:
            _lay_over(pixels, paint, cover)
    if signs:
        _lay_pictures(pixels, signs, box)
    pixels[pixels[..., 3] == 0] = 0
    return empty.written(box, pixels)


def _lay_over(pixels: NDArray[Any], paint: NDArray[np.float64], cover: NDArray[np.uint32]) -> None:
    """Letters of another colour over those that are there."""
    top = int(np.iinfo(pixels.dtype).max)
    inked = cover > 0
    under, share = pixels[inked].astype(np.float64), cover[inked, None] / 255
    below = under[:, 3:] / top * (1 - share)
    alpha = share + below
    pixels[inked, :3] = np.rint((paint * share + under[:, :3] * below) / alpha)
    # As whole numbers where nothing was below, so that the order of colours is nothing to letters apart.
    plain = cover[inked] * top // 255
    pixels[inked, 3] = np.where(under[:, 3] == 0, plain, np.rint(alpha[:, 0] * top)).astype(pixels.dtype)


def _around(rect: QRectF) -> Box:
    left, top = floor(rect.left()) - MARGIN_PX, floor(rect.top()) - MARGIN_PX
    return Box.around(left, top, ceil(rect.right()) + MARGIN_PX, ceil(rect.bottom()) + MARGIN_PX)


def _coverage(paths: list[QPainterPath], box: Box, antialias: bool) -> NDArray[np.uint8]:
    """How much of each pixel lies within outlines, 0-255."""
    image = QImage(box.width, box.height, QImage.Format.Format_Grayscale8)
    image.fill(0)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, antialias)
    painter.translate(-box.x, -box.y)
    for path in paths:
        painter.fillPath(path, QColor(255, 255, 255))
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(box.height, image.bytesPerLine())
    return rows[:, : box.width].copy()


def _lay_pictures(pixels: NDArray[Any], signs: list[tuple[QGlyphRun, QTransform]], box: Box) -> None:
    """Coloured signs, which have no outline, where nothing else is."""
    image = QImage(box.width, box.height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    for run, there in signs:
        painter.setTransform(there * QTransform.fromTranslate(-box.x, -box.y))
        painter.drawGlyphRun(QPointF(0, 0), run)
    painter.end()
    image = image.convertToFormat(QImage.Format.Format_RGBA8888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(box.height, image.bytesPerLine())
    signs = rows[:, : 4 * box.width].reshape(box.height, box.width, 4).astype(np.uint32)
    top = int(np.iinfo(pixels.dtype).max)
    more = signs[..., 3] * top // 255 > pixels[..., 3]
    pixels[more] = (signs[more] * top // 255).astype(pixels.dtype)


def drawn_with(text: Text) -> Text:
    """The text with the fonts that it is set in here: its own, or the usual one in place of those that are missing."""
    usual = usual_family()
    return text.in_families({"": usual, **dict.fromkeys(missing_families(text), usual)})


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
    if text == layer.text:
        return []
    fresh = tiles_of(text, painting.empty_tiles())
    changed = {
        index: tile
        for index, tile in layer.tiles.difference(fresh).items()
        if tile is None or index not in layer.tiles.tiles or not np.array_equal(tile, layer.tiles.tiles[index])
    }
    found: list[AnyEdit] = [ReplaceTiles(layer.id, changed)] if changed else []
    found.append(SetText(layer.id, text))
    if layer.text is not None and layer.name == layer.text.name and text.name not in ("", layer.name):
        found.append(SetProperty(layer.id, "name", text.name))
    return found


def rasterised(layer: Layer) -> list[AnyEdit]:
    """A text layer becomes a layer like any other, with the pixels it has."""
    return [SetText(layer.id, None)] if layer.text is not None else []
