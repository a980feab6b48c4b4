"""The artist's library: pictures of the folders that they chose, read in the background, found by words and by likeness.

What is in a picture comes from a model of the task `painting.tag`; without one, pictures are found by their names, their
colours and their light, and likeness is likeness of colour.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.engine import Package
from gesso.files import thumbnails
from gesso.files.library import COLUMNS, NEVER, SUFFIXES, File, Finds, Library, Told, Wanted, Word
from gesso.operations.painting import likeness
from gesso.tools.studio import Studio
from gesso.values import Progress, Size, Trouble, Words, mark
from gesso.values.paths import resources, user_data
from gesso.values.ranking import Form, forms, score
from gesso.values.words import LANGUAGES

TASK = "painting.tag"
LOOK = "look"
AT_ONCE = 16
"""Pictures that are remembered together: at most so many are read again after a kill."""
NEAR_ENOUGH = 80.0
"""Of `ranking.score`: below it a word was hardly meant."""
NOT = ("-", "－", "−", "不要", "没有", "非")
"""What stands before something that must not be in the picture."""

TITLES: Mapping[str, tuple[str, str]] = {
    "photograph": (mark("photograph"), "photo picture camera"),
    "painting": (mark("painting"), "painted oil watercolour canvas"),
    "sculpture": (mark("sculpture"), "statue bust relief"),
    "line-art": (mark("line art"), "drawing ink outline sketch"),
    "pixel-art": (mark("pixel art"), "sprite game"),
    "text": (mark("page of text"), "text document writing letters"),
    "interface": (mark("screenshot"), "interface window program"),
    "gradient": (mark("gradient"), "ramp background"),
    "person": (mark("person"), "people portrait face man woman figure"),
    "animal": (mark("animal"), "bird cat dog fish"),
    "plant": (mark("plant"), "flower tree leaf"),
    "food": (mark("food"), "fruit vegetable still life"),
    "building": (mark("building"), "house architecture city"),
    "landscape": (mark("landscape"), "mountain field nature"),
    "water": (mark("water"), "sea lake river wave"),
    "sky": (mark("sky"), "cloud sunset night stars"),
    "vehicle": (mark("vehicle"), "car boat ship bicycle"),
    "cloth": (mark("cloth"), "clothes textile fabric garment"),
    "pattern": (mark("pattern"), "texture ornament"),
    "impressionism": (mark("impressionism"), "van gogh monet"),
    "old-masters": (mark("old masters"), "baroque renaissance"),
    "modern": (mark("modern art"), "cubism expressionism abstract"),
    "asian-art": (mark("Asian art"), "japanese chinese indian ukiyo-e"),
    "realism": (mark("realism"), "academic"),
    "red": (mark("red"), ""),
    "orange": (mark("orange"), ""),
    "yellow": (mark("yellow"), ""),
    "green": (mark("green"), ""),
    "turquoise": (mark("turquoise"), "cyan teal"),
    "blue": (mark("blue"), ""),
    "purple": (mark("purple"), "violet"),
    "pink": (mark("pink"), ""),
    "brown": (mark("brown"), ""),
    "black": (mark("black"), ""),
    "grey": (mark("grey"), "gray"),
    "white": (mark("white"), ""),
    "light": (mark("light"), "bright"),
    "dark": (mark("dark"), "night"),
    "contrasty": (mark("contrasty"), "contrast"),
    "soft": (mark("soft"), "low contrast"),
    "colourful": (mark("colourful"), "colorful vivid"),
    "black-and-white": (mark("black and white"), "monochrome"),
}
"""What each word is called, and what else it may be looked for by. A newer model's other words go by their own names."""


@dataclass(frozen=True)
class Updated:
    """What an update did."""

    read: int
    unreadable: int
    forgotten: int
    away: Sequence[Path]
    folders: Sequence[Path]
    """To be watched for changes."""


def summed_up(found: Updated, say: Callable[..., str]) -> str:
    """What an update did, in sentences."""
    told = []
    if found.read:
        told.append(say("{count} pictures were read.", count=found.read))
    if found.unreadable:
        told.append(say("{count} files could not be read; they are passed over.", count=found.unreadable))
    if found.forgotten:
        told.append(say("{count} pictures that are gone were forgotten.", count=found.forgotten))
    told += [
        say("{folder} is not there now; its pictures are kept for when it comes back.", folder=folder.name)
        for folder in found.away
    ]
    return " ".join(told)


@dataclass(frozen=True)
class Asked:
    """A search as it was understood."""

    wanted: Sequence[Wanted]
    said: Sequence[tuple[str, Sequence[str], bool]]
    """Each part as it was typed, the words it stands for, and whether they must not be."""


def open_library(folder: Path | None = None) -> Library:
    """The artist's own."""
    return Library(folder or user_data() / "library")


def tagger(studio: Studio) -> Package | None:
    """The model that says what is in pictures, if one is installed."""
    try:
        return studio.open(TASK)
    except Trouble:
        return None


def vocabulary(package: Package | None) -> list[Word]:
    """The words that a picture may get: what is computed, then what the model knows."""
    least = likeness.least_looks()
    found = [Word(name, LOOK, round(255 * least[name])) for name in likeness.LOOKS]
    for tag in package.card.everything.get("tags", []) if package is not None else []:
        bound = float(tag["least"])
        found.append(Word(str(tag["name"]), str(tag["axis"]), NEVER if bound > 1 else max(1, round(255 * bound))))
    return found[:COLUMNS]


def numbers_of(
    pixels: NDArray[Any], studio: Studio, package: Package | None, progress: Progress
) -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """The words and the place of a picture."""
    square = likeness.squared(pixels)
    looks = likeness.looks(square)
    found = [looks[name] for name in likeness.LOOKS]
    place = likeness.by_colour(square)
    if package is not None:
        said = studio.run(package, {"picture": likeness.as_input(square)}, progress)
        found += [float(value) for value in said["words"][0]]
        place = np.asarray(said["place"][0], np.float32)
    words = np.zeros(COLUMNS, np.uint8)
    some = found[:COLUMNS]
    words[: len(some)] = np.rint(255 * np.clip(some, 0, 1))
    numbers = np.zeros(likeness.PLACE, np.int8)
    numbers[: len(place)] = likeness.as_bytes(place)[: likeness.PLACE]
    return words, numbers


def update(library: Library, studio: Studio, progress: Progress) -> Updated:
    """Read what is new or changed in the chosen folders, and forget what is gone. What was read stays if it is cancelled."""
    package = tagger(studio)
    library.use(vocabulary(package), package.digest if package is not None else LOOK)
    survey = library.survey(progress)
    told: list[Told] = []
    unreadable = 0
    try:
        for number, file in enumerate(survey.new):
            part = progress.part(number / len(survey.new), (number + 1) / len(survey.new))
            part.at(0)
            one = _read(file, studio, package, part)
            unreadable += one.words is None
            told.append(one)
            if len(told) == AT_ONCE:
                library.put(told)
                told = []
    finally:
        library.put(told)
    return Updated(len(survey.new) - unreadable, unreadable, survey.forgotten, survey.away, survey.folders)


def _read(file: File, studio: Studio, package: Package | None, progress: Progress) -> Told:
    pixels = thumbnails.small(file.path, Size(likeness.SIDE, likeness.SIDE), progress)
    if pixels is None:
        return Told(file, None)
    return Told(file, *numbers_of(pixels, studio, package, progress))


def place_of(library: Library, studio: Studio, path: Path, progress: Progress) -> NDArray[np.int8]:
    """Where a picture lies among those of the library, whether it is one of them or not; raises `Trouble`."""
    place = library.place(path)
    if place is not None:
        return place
    pixels = thumbnails.small(path, Size(likeness.SIDE, likeness.SIDE), progress) if path.is_file() else None
    if pixels is None:
        raise Trouble(
            "{name} cannot be looked at.",
            "The library is as it was.",
            "Choose a picture that Gesso can open.",
            name=path.name,
        )
    package = tagger(studio) if library.model != LOOK else None
    return numbers_of(pixels, studio, package, progress)[1]


def title(name: str, say: Callable[..., str]) -> str:
    """A word in the artist's language."""
    return say(TITLES[name][0]) if name in TITLES else name.replace("-", " ")


def understand(text: str, words: Sequence[Word]) -> Asked:
    """A line such as `cat -photo blue`, in English, Chinese or pinyin: every part must be true of a picture.

    A part stands for the words that it may be the beginning of, and for the names of files that hold its letters.
    """
    wanted, said, is_next_not = [], [], False
    for part in re.split(r"[\s,，、;；]+", text.strip()):
        if part.casefold() in ("not", "without", *NOT):
            is_next_not = True
            continue
        before = next((sign for sign in NOT if part.startswith(sign) and len(part) > len(sign)), "")
        letters = part[len(before) :]
        if not letters:
            continue
        is_not = bool(before) or is_next_not
        is_next_not = False
        places = _meant(letters, words)
        named = letters if len(letters) > 1 or not letters.isascii() else ""
        wanted.append(Wanted(places, "" if is_not and places else named, is_not))
        said.append((letters, [words[at].name for at in places], is_not))
    return Asked(wanted, said)


def only(name: str, words: Sequence[Word]) -> Wanted:
    """Pictures of which a word is said, such as the colour that was clicked."""
    return Wanted(tuple(at for at, word in enumerate(words) if word.name == name))


def _meant(letters: str, words: Sequence[Word]) -> tuple[int, ...]:
    """The columns of the words that these letters fit best."""
    scores = [max((score(letters, form) for form in _forms(word.name)), default=0.0) for word in words]
    best = max(scores, default=0.0)
    if best < NEAR_ENOUGH:
        return ()
    return tuple(at for at, one in enumerate(scores) if one >= best - 0.5)


@cache
def _forms(name: str) -> tuple[Form, ...]:
    """What a word may be called, in every language."""
    english, others = TITLES.get(name, (name.replace("-", " "), ""))
    return tuple(forms([one.say(english) for one in _languages()], others.split()))


@cache
def _languages() -> tuple[Words, ...]:
    return tuple(Words.load(language, resources() / "translations") for language in LANGUAGES)


__all__ = [
    "SUFFIXES", "TASK", "TITLES", "Asked", "Finds", "Updated", "numbers_of", "only", "open_library", "place_of", "tagger",
    "title", "understand", "update", "vocabulary",
]  # fmt: skip
