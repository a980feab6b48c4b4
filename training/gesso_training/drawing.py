"""Curves as SVG: no library, light and dark, sharp in print."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 640, 260
LEFT, RIGHT, TOP, BOTTOM = 58, 14, 34, 34
COLOURS = ("#c2571a", "#2a6f97", "#4f772d", "#8d3b72", "#a68a00", "#495057")
STYLE = (
    ".p{font:12px system-ui,sans-serif;fill:currentColor}.g{stroke:currentColor;opacity:.18}"
    "svg{color:#222;background:#fff}@media(prefers-color-scheme:dark){svg{color:#ddd;background:#1d1d1f}}"
)
Points = Sequence[tuple[float, float]]


def ticks(low: float, high: float, about: int = 4) -> list[float]:
    """Round numbers between two, about so many."""
    if not high > low:
        return [low]
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * m for m in (1, 2, 2.5, 5, 10) if power * m >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(n * step, 12) for n in range(first, math.floor(high / step + 1e-9) + 1)]


def chart(title: str, lines: Mapping[str, Points], stands_alone: bool = True) -> str:
    """Lines over steps; one inside a page takes the page's colours."""
    found = {name: [(x, y) for x, y in points if math.isfinite(y)] for name, points in lines.items()}
    every = [point for points in found.values() for point in points] or [(0.0, 0.0)]
    left, right = min(x for x, _ in every), max(x for x, _ in every)
    low, high = min(y for _, y in every), max(y for _, y in every)
    pad = (high - low) * 0.06 or abs(high) * 0.05 or 1.0
    low, high = low - pad, high + pad

    def at(x: float, y: float) -> tuple[float, float]:
        across = (x - left) / (right - left) if right > left else 0.5
        return (
            round(LEFT + across * (WIDTH - LEFT - RIGHT), 1),
            round(HEIGHT - BOTTOM - (y - low) / (high - low) * (HEIGHT - TOP - BOTTOM), 1),
        )

    parts = [f'<text class="p" x="{LEFT}" y="16" font-weight="600">{escape(title)}</text>']
    for y in ticks(low, high):
        _, down = at(left, y)
        parts.append(f'<path class="g" d="M{LEFT} {down}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text class="p" x="{LEFT - 6}" y="{down + 4}" text-anchor="end">{y:g}</text>')
    for x in ticks(left, right, 6):
        across, _ = at(x, low)
        parts.append(f'<text class="p" x="{across}" y="{HEIGHT - 14}" text-anchor="middle">{x:g}</text>')
    for number, (name, points) in enumerate(found.items()):
        colour = COLOURS[number % len(COLOURS)]
        places = " ".join(f"{a},{b}" for a, b in (at(x, y) for x, y in sorted(points)))
        parts.append(f'<polyline fill="none" stroke="{colour}" stroke-width="1.6" points="{places}"/>')
        if len(points) <= 60:
            parts += [f'<circle r="2.2" fill="{colour}" cx="{a}" cy="{b}"/>' for a, b in (at(x, y) for x, y in points)]
        if len(found) > 1:
            parts.append(
                f'<text class="p" x="{WIDTH - RIGHT}" y="{16 + 15 * number}" text-anchor="end" '
                f'style="fill:{colour}">{escape(name)}</text>'
            )
    style = f"<style>{STYLE}</style>" if stands_alone else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title, quote=True)}">{style}{"".join(parts)}</svg>'
    )
