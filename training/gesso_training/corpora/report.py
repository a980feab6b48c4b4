"""The report of a set as one page: what it is, what was dropped and why, how it looks, its colours and sizes.

The page carries everything in itself: no script, no font, no picture from elsewhere.
"""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from PIL import Image

from gesso_training.corpora.catalogue import BINS, Listed
from gesso_training.corpora.manifest import Prepared, Twin

SHEET_COLUMNS, SHEET_ROWS, TILE_PX, GAP_PX = 10, 7, 112, 6
DROPPED_SHOWN = 40
LISTED_AT_MOST = 400
SIZES = (64, 128, 256, 384, 512, 768, 1024, 1536, 2048, 4096)
STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #faf8f4; color: #2b2723; font: 16px/1.55 Georgia, "Noto Serif", "Songti SC", serif; }
main { max-width: 1240px; margin: 0 auto; padding: 48px 32px 80px; }
h1 { font-size: 34px; font-weight: 400; margin: 0 0 4px; letter-spacing: -.01em; }
h2 { font-size: 21px; font-weight: 400; margin: 52px 0 14px; padding-bottom: 6px; border-bottom: 1px solid #d9d2c6; }
p { margin: 0 0 10px; max-width: 70ch; }
.under { color: #7a7167; }
table { border-collapse: collapse; font-size: 15px; }
td, th { text-align: left; padding: 5px 22px 5px 0; vertical-align: top; border-bottom: 1px solid #ebe5da; font-weight: 400; }
th { color: #7a7167; }
td.number { text-align: right; font-variant-numeric: tabular-nums; }
.figures { display: flex; flex-wrap: wrap; gap: 18px 44px; margin: 26px 0 0; padding: 0; list-style: none; }
.figures b { display: block; font-size: 30px; font-weight: 400; font-variant-numeric: tabular-nums; }
.figures li { color: #7a7167; font-size: 15px; }
.figures b { color: #2b2723; }
img.sheet { display: block; width: 100%; height: auto; max-width: 1174px; }
.dropped { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 16px; }
.dropped figure { margin: 0; font-size: 13px; line-height: 1.35; overflow-wrap: anywhere; }
.dropped img { width: 100%; height: 112px; object-fit: contain; background: #efeae0; display: block; margin-bottom: 5px; }
.dropped span { color: #7a7167; display: block; }
.charts { display: flex; flex-wrap: wrap; gap: 36px; }
svg text { font: 12px Georgia, serif; fill: #7a7167; }
details { margin-top: 16px; } summary { cursor: pointer; color: #7a7167; }
"""


def contact_sheet(prepared: Prepared) -> Image.Image:
    """Pictures spread evenly through the set, in rows; a picture keeps its proportions inside its tile."""
    count = prepared.catalogue.count()
    shown = min(count, SHEET_COLUMNS * SHEET_ROWS)
    wanted = {round(i * count / shown) for i in range(shown)}
    rows = -(-shown // SHEET_COLUMNS)
    step = TILE_PX + GAP_PX
    sheet = Image.new("RGB", (SHEET_COLUMNS * step - GAP_PX, rows * step - GAP_PX), "#faf8f4")
    chosen = (listed for number, listed in enumerate(prepared.kept()) if number in wanted)
    for place, listed in enumerate(chosen):
        tile = _opened(prepared, listed)
        tile.thumbnail((TILE_PX, TILE_PX), Image.Resampling.LANCZOS)
        x, y = place % SHEET_COLUMNS * step, place // SHEET_COLUMNS * step
        sheet.paste(tile, (x + (TILE_PX - tile.width) // 2, y + (TILE_PX - tile.height) // 2))
    return sheet


def _opened(prepared: Prepared, listed: Listed) -> Image.Image:
    with Image.open(io.BytesIO(prepared.catalogue.look(listed.id)[1])) as picture:
        small = picture.convert("RGB")
    if max(small.size) < TILE_PX // 2:  # thumbnails of 32 px: as squares, not as a blur
        times = TILE_PX // max(small.size)
        small = small.resize((small.width * times, small.height * times), Image.Resampling.NEAREST)
    return small


def _inline(picture: Image.Image, kind: str = "JPEG") -> str:
    file = io.BytesIO()
    picture.save(file, kind, quality=86)
    return f"data:image/{kind.lower()};base64,{base64.b64encode(file.getvalue()).decode()}"


def page(prepared: Prepared, twins: Sequence[Twin], title: str = "") -> str:
    """The whole page."""
    corpus = prepared.corpus
    parts = [
        f"<h1>{_text(corpus.title)}</h1>",
        f'<p class="under">{_text(corpus.name)} · {_text(corpus.licence)}</p>',
        _figures(prepared),
        "<h2>Source and terms</h2>",
        _about(prepared),
        "<h2>Contact sheet</h2>",
        f'<img class="sheet" alt="Pictures of the set" src="{_inline(contact_sheet(prepared))}">',
        "<h2>Colours and sizes</h2>",
        f'<div class="charts">{_colours(prepared)}{_sizes(prepared)}</div>',
        _classes(prepared),
        "<h2>Dropped</h2>",
        _dropped(prepared),
        "<h2>Kept out of training</h2>",
        _twins(prepared, twins),
        f'<p class="under" style="margin-top:52px">Digest {prepared.digest}</p>',
    ]
    head = f"<title>{_text(title or corpus.title)}</title><style>{STYLE}</style>"
    body = "\n".join(part for part in parts if part)
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width">{head}</head>\n<body><main>\n{body}\n</main></body></html>\n'
    )


def write_page(prepared: Prepared, twins: Sequence[Twin], file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(page(prepared, twins), encoding="utf-8")


def _text(words: object) -> str:
    return html.escape(str(words))


def _figures(prepared: Prepared) -> str:
    entries = [
        (sum(prepared.splits.values()), "pictures"),
        *((count, f"to {_verb(split)}") for split, count in prepared.splits.items() if count),
        (prepared.dropped, "dropped"),
    ]
    cells = "".join(f"<li><b>{count:,}</b>{words}</li>" for count, words in entries)
    return f'<ul class="figures">{cells}</ul>'


def _verb(split: str) -> str:
    return {"train": "learn from", "validation": "choose by", "test": "judge with"}[split]


def _about(prepared: Prepared) -> str:
    corpus = prepared.corpus
    counted = prepared.catalogue.db.execute(
        "SELECT terms, count(*) FROM pictures WHERE kind = '' GROUP BY terms ORDER BY 2 DESC"
    ).fetchall()
    rows = [("Source", corpus.source), ("Licence", corpus.licence)]
    rows += [("Terms", "; ".join(f"{terms}: {count:,}" for terms, count in counted))]
    rows += [("Known faults", fault) for fault in corpus.known_faults]
    if corpus.archive:
        rows.append(("Archive", corpus.archive))
    cells = "".join(f"<tr><th>{_text(name)}</th><td>{_text(value)}</td></tr>" for name, value in rows)
    return f"<table>{cells}</table>"


def _bars(values: Sequence[float], colour: str, x: float, width: float, height: float, top: float) -> Iterable[str]:
    for number, value in enumerate(values):
        tall = height * value / top if top else 0
        yield (
            f'<rect x="{x + number * width:.1f}" y="{height - tall:.1f}" width="{max(1, width - 2):.1f}"'
            f' height="{tall:.1f}" fill="{colour}"/>'
        )


def _colours(prepared: Prepared) -> str:
    """Mean shares of red, green and blue from dark to light, one above the other."""
    shares = prepared.catalogue.histogram()
    top, height, width = float(shares.max()), 86, 24
    rows = []
    for number, (name, colour) in enumerate((("red", "#b5483a"), ("green", "#5b8a4c"), ("blue", "#41699c"))):
        bars = "".join(_bars(shares[number].tolist(), colour, 0, width, height, top))
        rows.append(f'<g transform="translate(0 {number * (height + 26)})">{bars}'
                    f'<text x="0" y="{height + 16}">{name}, dark to light</text></g>')  # fmt: skip
    total = 3 * (height + 26)
    return (
        f'<svg width="{BINS * width}" height="{total}" role="img" aria-label="Colours of the set">{"".join(rows)}</svg>'
    )


def _sizes(prepared: Prepared) -> str:
    """How many pictures have which longer side."""
    counts = [0] * (len(SIZES) + 1)
    for (side,) in prepared.catalogue.db.execute("SELECT max(width, height) FROM pictures WHERE kind = ''"):
        counts[sum(side > size for size in SIZES)] += 1
    first = next((i for i, count in enumerate(counts) if count), 0)
    last = max((i for i, count in enumerate(counts) if count), default=0)
    shown = range(max(0, first - 1), min(len(counts), last + 2))
    height, width, top = 262, 62, max(counts)
    bars = "".join(_bars([counts[i] for i in shown], "#8a7f70", 0, width, height, top * 1.12))
    words = []
    for place, i in enumerate(shown):
        label = f"over {SIZES[-1]}" if i == len(SIZES) else f"to {SIZES[i]}"
        words.append(f'<text x="{place * width}" y="{height + 16}">{label}</text>')
        if counts[i]:
            y = height - height * counts[i] / (top * 1.12) - 6
            words.append(f'<text x="{place * width}" y="{y:.1f}">{counts[i]:,}</text>')
    words.append(f'<text x="0" y="{height + 38}">longer side in pixels</text>')
    return (
        f'<svg width="{max(300, len(shown) * width)}" height="{height + 46}" role="img"'
        f' aria-label="Sizes of the pictures">{bars}{"".join(words)}</svg>'
    )


def _classes(prepared: Prepared) -> str:
    rows = prepared.catalogue.db.execute(
        "SELECT label, count(*) FROM pictures WHERE kind = '' AND label != '' GROUP BY label ORDER BY label LIMIT 200"
    ).fetchall()
    if not rows:
        return ""
    cells = "".join(f'<tr><td>{_text(label)}</td><td class="number">{count:,}</td></tr>' for label, count in rows)
    return f"<h2>Classes</h2><table>{cells}</table>"


def _dropped(prepared: Prepared) -> str:
    if not prepared.dropped:
        return "<p>Nothing.</p>"
    reasons = prepared.catalogue.db.execute(
        "SELECT kind, count(*) FROM pictures WHERE kind != '' GROUP BY kind ORDER BY 2 DESC"
    ).fetchall()
    names = {
        "decode": "could not be decoded", "size": "too small", "flat": "nearly one colour", "grey": "grey scans",
        "blur": "blurred all over", "text": "pages of text", "clipping": "clipped", "border": "mostly plain border",
        "repeat": "repeats of another picture", "twin": "parts of held-out pictures",
    }  # fmt: skip
    counted = "".join(
        f'<tr><td>{_text(names[kind])}</td><td class="number">{count:,}</td></tr>' for kind, count in reasons
    )
    shown, lines = [], []
    for number, listed in enumerate(prepared.dropped_pictures()):
        if number < DROPPED_SHOWN and listed.width:
            tile = _opened(prepared, listed)
            tile.thumbnail((220, 160), Image.Resampling.LANCZOS)
            shown.append(f'<figure><img alt="" src="{_inline(tile)}">{_text(listed.item.file)}'
                         f"<span>{_text(listed.reason)}</span></figure>")  # fmt: skip
        if number < LISTED_AT_MOST:
            lines.append(f"<tr><td>{_text(listed.item.file)}</td><td>{_text(listed.reason)}</td></tr>")
    more = prepared.dropped - len(lines)
    rest = f'<p class="under">and {more:,} more, in the manifest</p>' if more > 0 else ""
    return (
        f'<table>{counted}</table><div class="dropped" style="margin-top:22px">{"".join(shown)}</div>'
        f"<details><summary>Every picture and its reason</summary><table>{''.join(lines)}</table>{rest}</details>"
    )


def _twins(prepared: Prepared, twins: Sequence[Twin]) -> str:
    mine = [twin for twin in twins if prepared.corpus.name in (twin.corpus, twin.other_corpus)]
    if not mine:
        return "<p>No picture to learn from shows what a held-out one of another set shows.</p>"
    rows = "".join(
        f"<tr><td>{_text(twin.corpus)}/{_text(twin.file)}</td><td>shows what"
        f" {_text(twin.other_corpus)}/{_text(twin.other_file)} shows</td></tr>"
        for twin in mine[:LISTED_AT_MOST]
    )
    return f"<table>{rows}</table>"
