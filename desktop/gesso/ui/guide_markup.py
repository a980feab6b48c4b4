"""The guide's pages from Markdown to what the viewer shows: headings, lists, tables, pictures, keys and links."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

KeysOf = Callable[[str], str]
"""The keys of a command by its id, as this system writes them; empty when it has none."""
SHORTCUTS = "{{shortcuts}}"
"""A line of its own: the table of all keys stands here."""
_HEADING = re.compile(r"(#{1,3}) (.+)")
_PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
_CODE = re.compile(r"`([^`]+)`")
_STARTS = re.compile(r"#{1,3} |- |\d+\. |\||```|!\[|\{\{")


@dataclass
class Block:
    """A heading, paragraph, list, table, piece of code or picture, with its lines."""

    kind: str
    lines: list[str] = field(default_factory=list)


def blocks(source: str) -> Iterator[Block]:
    """The page cut into what stands below each other."""
    lines = iter(source.splitlines())
    now: Block | None = None
    for line in lines:
        if line.startswith("```"):
            if now is not None:
                yield now
                now = None
            fence = Block("code")
            for inner in lines:
                if inner.startswith("```"):
                    break
                fence.lines.append(inner)
            yield fence
            continue
        kind = _kind(line)
        goes_on = now is not None and (
            kind == now.kind in ("text", "list", "steps", "table")
            or (kind == "text" and now.kind in ("list", "steps") and line.startswith("  "))
        )
        if goes_on and now is not None:
            if now.kind == "text" or kind == "text":
                now.lines[-1] = _joined(now.lines[-1], line.strip())
            else:
                now.lines.append(line)
            continue
        if now is not None:
            yield now
        now = Block(kind, [line]) if kind else None
    if now is not None:
        yield now


def _kind(line: str) -> str:
    if not line.strip():
        return ""
    starts = {"#": "heading", "-": "list", "|": "table", "!": "picture", "{": "shortcuts"}
    if _STARTS.match(line):
        return starts.get(line[0], "steps")
    return "text"


def _joined(first: str, second: str) -> str:
    """A line break is a space, but none between two Chinese signs."""
    wide = ord(first[-1]) > 0x2E7F and ord(second[0]) > 0x2E7F
    return first + ("" if wide else " ") + second


def headings(source: str) -> list[str]:
    """The words of each heading, in order."""
    return [match[2] for line in source.splitlines() if (match := _HEADING.fullmatch(line))]


def links(source: str) -> list[tuple[str, str]]:
    """Words and target of each link; no pictures."""
    return [(words, target) for words, target in _LINK.findall(_PICTURE.sub("", source))]


def pictures(source: str) -> list[str]:
    """The files of the pictures."""
    return [file for _, file in _PICTURE.findall(source)]


def codes(source: str) -> list[str]:
    """What stands between back-ticks inside a line: keys and names of files."""
    outside = re.sub(r"```.*?```", "", source, flags=re.DOTALL)
    return _CODE.findall(outside)


def sections(source: str) -> list[str]:
    """Plain words heading by heading, for searching: the first begins with the page's title."""
    found: list[str] = []
    for block in blocks(source):
        words = "\n".join(block.lines)
        words = _PICTURE.sub("", words) if block.kind != "code" else words
        words = re.sub(r"^(#{1,3} |- |\d+\. )|\*\*|`|^\|[-| ]+\|$", "", _LINK.sub(r"\1", words), flags=re.MULTILINE)
        words = words.replace("|", " ").strip()
        if block.kind == "heading" or not found:
            found.append(words)
        elif words and block.kind != "shortcuts":
            found[-1] += "\n" + words
    return found


def html_of(source: str, keys: KeysOf, width_px: int, shortcuts: str = "") -> str:
    """For a `QTextBrowser`; headings carry anchors s0, s1, …; pictures are as wide as `width_px`."""
    made: list[str] = []
    count = 0
    for block in blocks(source):
        first = block.lines[0] if block.lines else ""
        if block.kind == "heading":
            match = _HEADING.fullmatch(first)
            assert match is not None
            level = len(match[1])
            made.append(f'<h{level}><a name="s{count}"></a>{_inline(match[2], keys)}</h{level}>')
            count += 1
        elif block.kind == "picture":
            made += [
                f'<p class="picture"><img src="{html.escape(file)}" width="{width_px}" alt="{html.escape(words)}"></p>'
                f'<p class="caption">{html.escape(words)}</p>'
                for words, file in _PICTURE.findall(first)
            ]
        elif block.kind in ("list", "steps"):
            tag = "ul" if block.kind == "list" else "ol"
            items = (re.sub(r"^(- |\d+\. )", "", line) for line in block.lines)
            made.append(f"<{tag}>" + "".join(f"<li>{_inline(item, keys)}</li>" for item in items) + f"</{tag}>")
        elif block.kind == "table":
            made.append(_table(block.lines, keys))
        elif block.kind == "code":
            made.append(f"<pre>{html.escape(chr(10).join(block.lines))}</pre>")
        elif block.kind == "shortcuts":
            made.append(shortcuts)
        else:
            made.append(f"<p>{_inline(first, keys)}</p>")
    return "\n".join(made)


def _table(lines: list[str], keys: KeysOf) -> str:
    rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines]
    rows = [row for row in rows if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    return table_of([[_inline(cell, keys) for cell in row] for row in rows])


def table_of(rows: list[list[str]]) -> str:
    """Cells of HTML; the first row is the head."""
    head, *body = rows
    widths = ("56%", *["44%"] * (len(head) - 1))
    cells = zip(head, widths, strict=True)
    made = "<tr>" + "".join(f'<th align="left" width="{width}">{cell}</th>' for cell, width in cells) + "</tr>"
    made += "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in body)
    return f'<table cellspacing="0" cellpadding="5" width="100%">{made}</table>'


def cap(keys: str) -> str:
    """Keys as they look on a keyboard."""
    return f'<span class="key">&nbsp;{html.escape(keys).replace(" ", "&nbsp;")}&nbsp;</span>'


def _inline(text: str, keys: KeysOf) -> str:
    """Emphasis, keys and links in a line."""
    kept: list[str] = []

    def keep(made: str) -> str:
        kept.append(made)
        return f"\0{len(kept) - 1}\0"

    def link(match: re.Match[str]) -> str:
        words, target = match[1], match[2]
        made = f'<a href="{html.escape(target)}">{html.escape(words)}</a>'
        found = keys(target.removeprefix("act:")) if target.startswith("act:") else ""
        return keep(f"{made} {cap(found)}" if found not in ("", words) else made)

    text = _CODE.sub(lambda match: keep(cap(match[1])), text)
    text = html.escape(_LINK.sub(link, text), quote=False)
    text = re.sub(r"\*\*([^*]+)\*\*", r"<b>\1</b>", text)
    return re.sub("\0(\\d+)\0", lambda match: kept[int(match[1])], text)
