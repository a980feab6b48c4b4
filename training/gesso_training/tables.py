"""Rows of numbers as Markdown, the way the READMEs carry them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def as_table(rows: Sequence[dict[str, Any]]) -> str:
    """An aligned Markdown table; a column for every key that any row has."""
    keys = list(dict.fromkeys(key for row in rows for key in row))
    cells = [keys, *[[_cell(row.get(key, "")) for key in keys] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(keys))]
    lines = ["| " + " | ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) + " |" for row in cells]
    return "\n".join([lines[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *lines[1:]])


def _cell(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) and abs(value) < 10 else str(value)
