"""The credits of the styles that come with Gesso, in the artist's language: painter, work, date and museum.

Packages are signed and say all of it in English; what others' packages say is shown as they wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from gesso.tools.painting.stylise import ShippedStyle
from gesso.values import mark

Say = Callable[..., str]

PAINTERS = (
    mark("Katsushika Hokusai"), mark("Vincent van Gogh"), mark("Edvard Munch"), mark("Claude Monet"), mark("Georges Seurat"),
    mark("Henri-Edmond Cross"), mark("Vasily Kandinsky"), mark("Franz Marc"), mark("Paul Cézanne"), mark("Paul Gauguin"),
    mark("Alexej von Jawlensky"), mark("Robert Delaunay"), mark("Francis Picabia (d. 1953)"), mark("Gustav Klimt"),
    mark("J. M. W. Turner"), mark("Henri Rousseau"), mark("Maurice Prendergast"), mark("Henri de Toulouse-Lautrec"),
    mark("Ogata Kōrin"), mark("Roger de La Fresnaye"), mark("Henri Matisse (d. 1954)"),
)  # fmt: skip
WORKS = (
    mark("Under the Wave off Kanagawa (Kanagawa oki nami ura)"), mark("The Starry Night"), mark("The Scream"),
    mark("The Houses of Parliament, Sunset"), mark("The Japanese Footbridge"), mark("Study for A Sunday on La Grande Jatte"),
    mark("The Pink Cloud"), mark("Wheat Field with Cypresses"), mark("Landscape with Two Poplars"), mark("The Bewitched Mill"),
    mark("Still Life with Apples and a Pot of Primroses"), mark("In the Waves (Dans les Vagues)"),
    mark("Still Life with Bottles and Fruit"), mark("Political Drama"), mark("Udnie"), mark("Baby (Cradle)"),
    mark("The Shipwreck of the Minotaur"), mark("The Equatorial Jungle"), mark("Salem Cove"), mark("At the Moulin Rouge"),
    mark("Rough Waves"), mark("The Bathers"), mark("Irises"), mark("Woman with a Hat"),
)  # fmt: skip
MUSEUMS = (
    mark("The Art Institute of Chicago"), mark("National Gallery of Art"), mark("The Metropolitan Museum of Art"),
    mark("Cleveland Art Museum"),
)  # fmt: skip
KNOWN = frozenset((*PAINTERS, *WORKS, *MUSEUMS))


def credit_of(style: ShippedStyle, say: Say) -> str:
    """Who painted what, and when; as the package says it where it is not told apart."""
    if not (style.creator and style.work):
        return style.credit
    painter, work = _said(style.creator, say), _said(style.work, say)
    if not style.date:
        return say("{painter}, {work}", painter=painter, work=work)
    return say("{painter}, {work}, {date}", painter=painter, work=work, date=_date(style.date, say))


def museum_of(style: ShippedStyle, say: Say) -> str:
    """Where the work hangs; empty where the package does not say."""
    return _said(style.museum, say)


def is_known(style: ShippedStyle) -> bool:
    """Whether painter, work and museum are known in every language."""
    return {style.creator, style.work, *((style.museum,) if style.museum else ())} <= KNOWN


def _said(text: str, say: Say) -> str:
    return say(text) if text in KNOWN else text


def _date(date: str, say: Say) -> str:
    about = re.fullmatch(r"ca?\.\s*(.+)", date)
    return say("about {year}", year=about[1]) if about else date
