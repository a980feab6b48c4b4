"""What is in each picture of our sets, written down by hand: the words that `tag` learns.

A picture carries every word of an axis that is true of it, and the words that it lacks are meant as absent. Media that
our own code draws (`made.py`) are labelled by how they came about.
"""

from __future__ import annotations

from dataclasses import dataclass

MADE = ("line-art", "pixel-art", "text", "interface", "gradient")
MEDIUM = ("photograph", "painting", "sculpture", *MADE)
SUBJECT = (
    "person",
    "animal",
    "plant",
    "food",
    "building",
    "landscape",
    "water",
    "sky",
    "vehicle",
    "cloth",
    "pattern",
)
STYLE = ("impressionism", "old-masters", "modern", "asian-art", "realism")
AXES = {"medium": MEDIUM, "subject": SUBJECT, "style": STYLE}
TAGS = (*MEDIUM, *SUBJECT, *STYLE)


@dataclass(frozen=True)
class Labels:
    """The words that are true of a picture, and the axes on which its silence means no."""

    words: frozenset[str]
    known: frozenset[str] = frozenset(AXES)


CLOTHES = "photograph cloth"
"""Of every picture of `textiles`: a garment, laid out or worn."""

CQ100_CATEGORIES = {
    "Animals": "animal",
    "People": "person",
    "Plants": "plant",
    "Food": "food",
    "Vehicles": "vehicle",
    "Places": "",
    "Objects": "",
    "Miscellaneous": "",
}
"""What its authors' categories say; `Places` are told apart below."""

CQ100 = {
    "bosnian_pine_needle": "pattern",
    "balinese_dancer": "cloth",
    "common_jezebel": "plant",
    "cosmic_vista": "sky",
    "craft_cards": "pattern",
    "cruise_ship": "water sky",
    "curler": "",
    "daisy_poster": "",
    "felt_ball_trivet": "pattern",
    "floating_market": "water person food vehicle",
    "fruit_stand": "",
    "german_hot_air_balloon": "sky",
    "italian_hot_air_balloon": "sky",
    "king_penguin": "",
    "korean_dancer": "cloth",
    "mandarin_ducks": "water",
    "marrakech_museum": "building",
    "maya_beach": "landscape water sky vehicle",
    "motocross": "person",
    "mural": "building",
    "pink_mosque": "building pattern",
    "puffin": "",
    "rescue_helicopter": "sky",
    "sagami_temple": "building",
    "seattle_great_wheel": "building sky",
    "shawls": "cloth pattern",
    "skiers": "landscape",
    "textile_market": "cloth",
    "trade_fair_tower": "building sky",
    "tulip_field": "landscape",
    "umbrellas": "pattern",
    "venetian_lagoon": "water building sky vehicle",
    "yasaka_pagoda": "building",
    "nylon_cords": "pattern",
    "paper_clips": "pattern",
    "easter_eggs": "pattern",
    "moroccan_babouches": "cloth pattern",
    "plushies": "",
    "ball_caps": "cloth",
    "crepe_paper": "pattern",
}
"""Words beside those of the category."""

PHOTOS = {
    "000": "animal plant",
    "001": "pattern",
    "002": "animal",
    "003": "food pattern",
    "004": "animal plant",
    "005": "animal water",
    "006": "food",
    "007": "pattern",
    "008": "animal",
    "009": "pattern",
    "010": "food pattern",
    "011": "plant animal",
    "012": "pattern",
    "013": "pattern",
    "014": "plant pattern",
    "015": "",
    "016": "food",
    "017": "",
    "018": "plant",
    "019": "food",
    "020": "plant pattern",
    "021": "",
    "022": "animal water",
    "023": "building",
    "024": "",
    "025": "pattern",
    "026": "building water sky",
    "027": "pattern",
    "028": "plant pattern",
    "029": "food pattern",
    "030": "landscape",
    "031": "plant",
    "032": "plant",
    "033": "",
    "034": "landscape vehicle",
    "035": "landscape sky",
    "036": "water sky",
    "037": "plant",
    "038": "building sky",
    "039": "sky landscape",
    "040": "building",
    "041": "landscape sky",
    "042": "sky",
    "043": "landscape sky",
    "044": "landscape sky",
    "045": "landscape",
    "046": "landscape",
    "047": "sky",
    "048": "water animal",
    "049": "building pattern",
    "050": "landscape water sky",
    "051": "pattern",
    "052": "landscape vehicle",
    "053": "building",
    "054": "water sky vehicle",
    "055": "landscape sky",
    "056": "water sky plant",
    "057": "landscape sky water",
    "058": "landscape sky",
    "059": "sky landscape plant",
    "060": "sky landscape",
    "061": "sky landscape water",
    "062": "sky landscape",
    "063": "sky landscape",
}

PAINTINGS = {
    "artic_111164": "painting person impressionism",
    "artic_154235": "painting person realism",
    "artic_187528": "sculpture person",
    "artic_21023": "sculpture person",
    "artic_210511": "painting animal asian-art",
    "artic_24645": "painting water sky asian-art",
    "artic_28560": "painting impressionism",
    "artic_50909": "sculpture person",
    "artic_60812": "painting person impressionism",
    "artic_61128": "painting person impressionism",
    "artic_62371": "painting person impressionism",
    "artic_81512": "painting person realism",
    "artic_8746": "sculpture person",
    "artic_88977": "painting person asian-art",
    "artic_8980": "painting landscape modern",
    "artic_89856": "painting person asian-art",
    "artic_9021": "painting modern",
    "clevelandart_1917.400": "painting person impressionism",
    "clevelandart_1919.914": "painting person asian-art",
    "clevelandart_1924.963": "painting water sky realism",
    "clevelandart_1946.283": "painting person realism",
    "clevelandart_1947.209": "painting landscape impressionism",
    "clevelandart_1950.397.a": "painting person modern",
    "clevelandart_1960.183": "painting person pattern asian-art",
    "clevelandart_1964.282": "painting landscape impressionism",
    "clevelandart_1975.40": "painting person plant asian-art",
    "clevelandart_1977.43": "painting building modern",
    "clevelandart_1978.63": "painting person water impressionism",
    "clevelandart_1980.264": "painting person realism",
    "clevelandart_1982.113": "painting animal",
    "clevelandart_1988.70": "painting person asian-art",
    "clevelandart_1991.134.2": "painting person realism",
    "clevelandart_1994.286": "painting person landscape realism",
    "clevelandart_2003.121": "painting person animal asian-art",
    "clevelandart_2005.83": "painting person animal pattern asian-art",
    "clevelandart_2009.269": "painting water modern",
    "clevelandart_2020.106": "painting landscape sky impressionism",
    "metmuseum_10065": "painting person cloth realism",
    "metmuseum_10360": "sculpture person",
    "metmuseum_11040": "painting person realism",
    "metmuseum_11114": "painting animal water realism",
    "metmuseum_11130": "painting water realism",
    "metmuseum_11145": "painting person landscape sky realism",
    "metmuseum_11325": "painting water sky realism",
    "metmuseum_11764": "painting person realism",
    "metmuseum_11981": "painting water sky vehicle realism",
    "metmuseum_14931": "painting person cloth realism",
    "metmuseum_16577": "painting landscape sky realism",
    "metmuseum_18354": "painting landscape sky water realism",
    "metmuseum_248902": "sculpture person",
    "metmuseum_250951": "sculpture",
    "metmuseum_309428": "sculpture",
    "metmuseum_313240": "sculpture",
    "metmuseum_322585": "sculpture animal",
    "metmuseum_336327": "painting building impressionism",
    "metmuseum_337500": "painting person realism",
    "metmuseum_339671": "painting person",
    "metmuseum_38006": "painting person asian-art",
    "metmuseum_38038": "painting person asian-art",
    "metmuseum_38265": "sculpture person",
    "metmuseum_39735": "cloth pattern plant asian-art",
    "metmuseum_39737": "cloth pattern plant asian-art",
    "metmuseum_42163": "sculpture person",
    "metmuseum_435844": "painting person old-masters",
    "metmuseum_435882": "painting food plant impressionism",
    "metmuseum_436528": "painting plant impressionism",
    "metmuseum_436532": "painting person impressionism",
    "metmuseum_436535": "painting landscape sky impressionism",
    "metmuseum_436545": "painting person animal old-masters",
    "metmuseum_436819": "painting person pattern modern",
    "metmuseum_436838": "painting person old-masters",
    "metmuseum_437654": "painting person impressionism",
    "metmuseum_437658": "painting person landscape impressionism",
    "metmuseum_437869": "painting person old-masters",
    "metmuseum_437879": "painting person old-masters",
    "metmuseum_437999": "painting food impressionism",
    "metmuseum_438817": "painting person impressionism",
    "metmuseum_44918": "painting water asian-art",
    "metmuseum_451023": "painting person asian-art",
    "metmuseum_453683": "painting person animal water asian-art",
    "metmuseum_458956": "painting person old-masters",
    "metmuseum_459052": "painting person old-masters",
    "metmuseum_466178": "cloth animal pattern",
    "metmuseum_467642": "cloth animal plant pattern",
    "metmuseum_469913": "sculpture person",
    "metmuseum_656430": "painting person asian-art",
    "metmuseum_674": "sculpture pattern",
    "metmuseum_75274": "painting person pattern asian-art",
    "metmuseum_78187": "sculpture person",
    "metmuseum_823660": "cloth pattern",
    "nga_106382": "painting person impressionism",
    "nga_108382": "painting person realism",
    "nga_108617": "painting person modern",
    "nga_130841": "painting food impressionism",
    "nga_163184": "painting person old-masters",
    "nga_166491": "painting modern",
    "nga_214122": "painting food realism",
    "nga_219555": "painting person impressionism",
    "nga_42504": "painting food plant realism",
    "nga_46492": "painting person realism",
    "nga_46519": "painting person modern",
    "nga_46523": "painting building water sky impressionism",
    "nga_46538": "painting person sky modern",
    "nga_46569": "painting person water vehicle impressionism",
    "nga_46596": "painting person impressionism",
    "nga_46597": "painting person impressionism",
    "nga_46622": "painting person plant impressionism",
    "nga_46657": "painting building water impressionism",
    "nga_46688": "painting plant landscape modern",
    "nga_50724": "painting person old-masters",
    "nga_51": "painting person old-masters",
    "nga_52215": "painting person impressionism",
    "nga_52220": "painting person impressionism",
    "nga_52397": "painting person modern",
    "nga_52956": "painting animal sky",
    "nga_56662": "painting person pattern cloth modern",
    "nga_61368": "painting person animal impressionism",
    "nga_61379": "painting person sky impressionism",
    "nga_66431": "painting person landscape impressionism",
    "nga_71239": "painting person modern",
    "nga_72012": "painting person impressionism",
    "nga_74796": "painting water plant impressionism",
    "shipwreck": "painting water vehicle sky person realism",
    "si_npg_NPG.2015.136": "painting person modern",
    "si_npg_NPG.96.94": "photograph person",
    "si_saam_1909.10.2": "painting water sky vehicle realism",
    "si_saam_1970.355.736": "painting plant",
    "si_saam_2000.11": "painting plant landscape modern",
    "si_saam_2019.6.10": "painting person realism",
    "starry_night_google": "painting landscape sky impressionism",
    "the_scream": "painting person sky modern",
    "udnie": "painting modern",
    "wave": "painting water sky asian-art",
    "woman-with-hat-matisse": "painting person modern",
}
"""Prints, ink and textiles hung on a wall count with what they look like; movements follow the painters' usual place."""


def labels_of(corpus: str, file: str, category: str = "") -> Labels | None:
    """What is known of a picture; nothing for one that nobody has written down."""
    stem = file.rsplit(".", 1)[0]
    if corpus == "textiles":
        return _labels(CLOTHES)
    if corpus == "photos":
        return _labels(f"photograph {PHOTOS[stem]}") if stem in PHOTOS else None
    if corpus == "cq100" and category in CQ100_CATEGORIES:
        return _labels(f"photograph {CQ100_CATEGORIES[category]} {CQ100.get(stem, '')}")
    if corpus == "paintings":
        return _labels(PAINTINGS[stem]) if stem in PAINTINGS else None
    return None


def _labels(words: str) -> Labels:
    found = frozenset(words.split())
    has_medium = bool(found & set(MEDIUM))  # a hanging is neither painted nor a photograph of a garment
    return Labels(found, frozenset(AXES) if has_medium else frozenset(AXES) - {"medium"})
