"""Where a picture came from and whose it is, as the XMP packet that other programs read too."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from gesso import __version__
from gesso.documents.painting import Credit, Group, Layer
from gesso.documents.painting.painting import KINDS, Painting, Provenance
from gesso.feedback.privacy import shareable

SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
GESSO = "urn:gesso:provenance/1/"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
DC = "http://purl.org/dc/elements/1.1/"
XML = "http://www.w3.org/XML/1998/namespace"
LONGEST = 500
"""Letters of a name, a title or a copyright line."""
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XMP = "http://ns.adobe.com/xap/1.0/"
LARGEST = 8 << 20
_FIELDS = {"tool": str, "model": str, "model_version": str, "knobs": dict, "seed": int, "when": str, "kind": str}


@dataclass(frozen=True)
class Origin:
    """What a file says about its making."""

    source_type: str
    """An IPTC term such as `compositeWithTrainedAlgorithmicMedia`; empty when it says nothing."""
    records: tuple[Provenance, ...]
    credit: Credit = field(default_factory=Credit)


def credited(author: object, rights: object, title: object = "") -> Credit:
    """What somebody has said, as lines of plain letters; whatever is no text says nothing."""
    said = (text.decode("utf-8", "replace") if isinstance(text, bytes) else text for text in (author, rights, title))
    return Credit(*(_line(text) if isinstance(text, str) else "" for text in said))


def _line(text: str) -> str:
    plain = "".join(letter for letter in text if letter.isprintable() or letter.isspace())
    return " ".join(plain.split())[:LONGEST].strip()


def source_type(records: Sequence[Provenance]) -> str:
    """The kind most made by a model among the records."""
    known = [KINDS.index(record.kind) for record in records if record.kind in KINDS]
    return KINDS[max(known, default=0)]


def provenance_of(painting: Painting) -> tuple[Provenance, ...]:
    """The records of all layers that are seen, from the bottom up, each once."""
    found: list[Provenance] = []

    def gather(group: Group) -> None:
        for child in group.children:
            node = painting.nodes[child]
            if not node.visible or node.opacity == 0:
                continue
            if isinstance(node, Group):
                gather(node)
            elif isinstance(node, Layer):
                found.extend(record for record in node.provenance if record not in found)

    gather(painting.root)
    return tuple(found)


def packet(records: Sequence[Provenance], credit: Credit | None = None, most_bytes: int = LARGEST) -> bytes | None:
    """UTF-8 without padding, None when there is nothing to say. Where a format has little room, the oldest records are
    left out."""
    said = _dublin_core(credit or Credit())
    if not records and not said:
        return None
    if records:
        said += f"<Iptc4xmpExt:DigitalSourceType>{SOURCE_TYPES}{escape(source_type(records))}</Iptc4xmpExt:DigitalSourceType>"
    items = [f"<rdf:li>{escape(_written(record))}</rdf:li>" for record in records]
    room = most_bytes - len(_packet([], said))
    first = len(items)
    while first > 0 and room >= len(items[first - 1]):  # they are ASCII: as many bytes as letters
        first -= 1
        room -= len(items[first])
    return _packet(items[first:], said)


def _dublin_core(credit: Credit) -> str:
    credit = credited(credit.author, credit.rights, credit.title)
    names = [name.strip() for name in credit.author.split(";") if name.strip()]
    listed = "".join(f"<rdf:li>{escape(name)}</rdf:li>" for name in names)
    found = f"<dc:creator><rdf:Seq>{listed}</rdf:Seq></dc:creator>" if listed else ""
    for tag, text in (("rights", credit.rights), ("title", credit.title)):
        if text:
            line = f'<rdf:li xml:lang="x-default">{escape(text)}</rdf:li>'
            found += f"<dc:{tag}><rdf:Alt>{line}</rdf:Alt></dc:{tag}>"
    return found


def _packet(items: Sequence[str], said: str) -> bytes:
    made = f"<gesso:Provenance><rdf:Seq>{''.join(items)}</rdf:Seq></gesso:Provenance>" if items else ""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{RDF}">'
        f'<rdf:Description rdf:about="" xmlns:xmp="{XMP}" xmlns:Iptc4xmpExt="{IPTC}" xmlns:gesso="{GESSO}"'
        f' xmlns:dc="{DC}">'
        f"<xmp:CreatorTool>Gesso {escape(__version__)}</xmp:CreatorTool>"
        f"{said}{made}"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()


def _written(record: Provenance) -> str:
    # ASCII only: JSON escapes also what XML could not carry.
    return json.dumps({**vars(record), "knobs": shareable(record.knobs)}, ensure_ascii=True)


def parse(content: bytes) -> Origin:
    """What a packet says; anything broken, foreign or dangerous in it says nothing."""
    nothing = Origin("", ())
    try:
        text = content.decode("utf-8").strip("\ufeff\0 \r\n\t")
        # XMP has no document type, and entities live only there: so none is ever expanded.
        if len(content) > LARGEST or "<!DOCTYPE" in text or "<!ENTITY" in text:
            return nothing
        root = ET.fromstring(text)
    except (UnicodeDecodeError, ET.ParseError, ValueError, RecursionError):
        return nothing
    kind = next((said for said in _values(root, IPTC, "DigitalSourceType") if said.startswith(SOURCE_TYPES)), "")
    records = [
        _read(item.text or "") for seq in root.iter(f"{{{GESSO}}}Provenance") for item in seq.iter(f"{{{RDF}}}li")
    ]
    credit = credited("; ".join(_lines(root, "creator")), _default(root, "rights"), _default(root, "title"))
    return Origin(kind.removeprefix(SOURCE_TYPES), tuple(record for record in records if record is not None), credit)


def _lines(root: ET.Element, name: str) -> list[str]:
    """What is listed under a term of Dublin Core, the line for everybody first."""
    listed = [item for element in root.iter(f"{{{DC}}}{name}") for item in element.iter(f"{{{RDF}}}li")]
    listed.sort(key=lambda item: item.get(f"{{{XML}}}lang", "x-default") != "x-default")
    return [item.text.strip() for item in listed if item.text and item.text.strip()] or _values(root, DC, name)


def _default(root: ET.Element, name: str) -> str:
    return next(iter(_lines(root, name)), "")


def _values(root: ET.Element, space: str, name: str) -> list[str]:
    """As elements, as resources and as attributes, the ways in which programs write it."""
    key = f"{{{space}}}{name}"
    found = [element.get(f"{{{RDF}}}resource") or (element.text or "").strip() for element in root.iter(key)]
    return found + [element.attrib[key] for element in root.iter() if key in element.attrib]


def _read(text: str) -> Provenance | None:
    try:
        given: Any = json.loads(text)
        if not isinstance(given, dict):
            return None
        values = {name: given[name] for name in _FIELDS}
    except (ValueError, KeyError, RecursionError):
        return None
    if any(not isinstance(values[name], kind) for name, kind in _FIELDS.items()):
        return None
    return Provenance(**values)
