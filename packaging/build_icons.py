"""The app's icons in the sizes and formats that each system wants, drawn from `resources/icons/gesso.svg`."""

from __future__ import annotations

import io
import os
from pathlib import Path

SIZES_PX = (16, 24, 32, 48, 64, 128, 256, 512)


def draw(svg: Path, size_px: int) -> bytes:
    """A PNG of a drawing."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QBuffer, QIODevice
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(svg)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    return bytes(buffer.data().data())


def make(svg: Path, folder: Path) -> list[Path]:
    """`<size>.png` for Linux, `gesso.ico` for Windows, `gesso.icns` for macOS."""
    from PIL import Image

    folder.mkdir(parents=True, exist_ok=True)
    made = []
    drawn = {size: draw(svg, size) for size in (*SIZES_PX, 1024)}
    for size in SIZES_PX:
        made.append(folder / f"{size}.png")
        made[-1].write_bytes(drawn[size])
    pictures = {size: Image.open(io.BytesIO(png)) for size, png in drawn.items()}
    windows = [size for size in SIZES_PX if size <= 256]
    pictures[256].save(
        folder / "gesso.ico",
        sizes=[(size, size) for size in windows],
        append_images=[pictures[size] for size in windows],
        bitmap_format="png",
    )
    apple = (16, 32, 64, 128, 256, 512)
    pictures[1024].save(folder / "gesso.icns", append_images=[pictures[size] for size in apple])
    return [*made, folder / "gesso.ico", folder / "gesso.icns"]
