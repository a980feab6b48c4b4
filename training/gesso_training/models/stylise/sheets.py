"""Contact sheets: many results on one page, chosen by rule and not by looks."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from gesso_training.models.stylise.data import Style
from gesso_training.models.stylise.judge import Paint, contents_for_showing, recoloured_square

LARGE_PX = 1024
SHOWN_PX = 256
COLUMNS = 5


def contact_sheet(data: Path, paint: Paint, styles: Sequence[tuple[str, Style]], count: int = 40) -> dict[str, bytes]:
    """`count` results at 1024 px, shrunk onto pages of twenty with their style in the corner: file name -> WebP."""
    contents = contents_for_showing(data)
    cells = []
    for number in range(count):
        _, picture = contents[number % len(contents)]
        _, style = styles[number % len(styles)]
        with torch.no_grad():
            painted = paint(recoloured_square(picture, style, LARGE_PX), style)
        cells.append(_cell(painted, style))
    pages = {}
    for page in range(0, count, 20):
        shown = cells[page : page + 20]
        rows = -(-len(shown) // COLUMNS)
        sheet = Image.new("RGB", (COLUMNS * (SHOWN_PX + 4) + 4, rows * (SHOWN_PX + 4) + 4), (40, 40, 40))
        for index, cell in enumerate(shown):
            sheet.paste(cell, (4 + index % COLUMNS * (SHOWN_PX + 4), 4 + index // COLUMNS * (SHOWN_PX + 4)))
        out = io.BytesIO()
        sheet.save(out, "WEBP", quality=76)
        pages[f"sheet-{page // 20 + 1}.webp"] = out.getvalue()
    return pages


def _cell(painted: Tensor, style: Style) -> Image.Image:
    pixels = (painted[0].clamp(0, 1) * 255).round().byte().permute(1, 2, 0).numpy()
    cell = Image.fromarray(pixels).resize((SHOWN_PX, SHOWN_PX), Image.Resampling.LANCZOS)
    cell.paste(
        Image.fromarray(np.asarray(style.picture)).resize((72, 72), Image.Resampling.LANCZOS), (0, SHOWN_PX - 72)
    )
    return cell
