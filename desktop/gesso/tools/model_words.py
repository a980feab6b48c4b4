"""What cards say, in the artist's language: a fixed vocabulary, and the prose of the cards that come with Gesso.

Cards are written in English. A text of ours is known here by its template, whatever numbers it has; what others wrote is
shown as they wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from gesso.engine import Card
from gesso.values import mark

Say = Callable[..., str]

TERMS = {
    "free": mark("No conditions"),
    "attribution": mark("Attribution"),
    "share-alike": mark("Share alike"),
    "non-commercial": mark("Not for paid work"),
}
TERMS_TOLD = {
    "free": mark("It learned from free works alone. Nobody needs to be named, and paid work is allowed."),
    "attribution": mark(
        "Some of the works it learned from ask that their authors be named: they are, below. Paid work is allowed."
    ),
    "share-alike": mark(
        "Some of the works it learned from may be passed on only under the same licence, and so may this model. Paid work is allowed."
    ),
    "non-commercial": mark("Some of the works it learned from must not earn money. Keep this model out of paid work."),
}
GRADES = {
    "best": mark("Best quality"),
    "fast": mark("Fast, for previews"),
    "restore": mark("For worn pictures"),
}
DEVICES = {"cpu": mark("CPU"), "cuda": mark("NVIDIA GPU"), "coreml": mark("Core ML"), "directml": mark("DirectML")}
METRICS = {
    "psnr_db": mark("Likeness (PSNR, dB; higher is better)"),
    "ssim": mark("Structure (SSIM; higher is better)"),
    "lpips": mark("Seen difference (LPIPS; lower is better)"),
    "accuracy": mark("Right answers (accuracy; higher is better)"),
    "ods": mark("Edges found (ODS; higher is better)"),
    "ap": mark("Edges found, over all thresholds (AP; higher is better)"),
    "ois": mark("Edges found, picture by picture (OIS; higher is better)"),
    "medium": mark("Medium named rightly"),
    "subject": mark("Subject named rightly"),
    "style": mark("Style named rightly"),
    "precision": mark("Right, of the words it says"),
    "words found": mark("Words found, of those that hold"),
    "pictures covered": mark("Pictures it says a word about"),
    "alike": mark("Nearest picture of the same kind"),
    "looks_apart": mark("Seen difference (SqueezeNet; lower is better)"),
    "objective (lower is better)": mark("Distance from style and picture (lower is better)"),
    "share of the log distance from recoloured to Gatys at 50 steps": mark(
        "How far from a mere recolouring to a slow optimisation (Gatys, 50 steps), of 1"
    ),
}
RECALL = re.compile(r"recall of '(?P<word>[\w-]+)'")
PROSE = (
    mark("Stylise"),
    mark("Denoise"),
    mark("Tag"),
    mark("Upscale and restore ×{scale}"),
    mark("Takes noise out of a picture, as much as there is, with a U-Net of {count} parameters."),
    mark("Made for the fine, even noise of sensors and film: coarse blotches, banding and dust stay."),
    mark("Grain and canvas texture finer than a few pixels are taken for noise."),
    mark(
        "Enlarges a soft, noisy or compressed picture {scale} times and cleans it, with a U-Net of {count} parameters."
    ),
    mark("Fine texture that compression has wiped away is not drawn anew: it stays smooth."),
    mark("On clean pictures plain upscaling keeps more."),
    mark("Says what is in a picture, and which pictures are alike, with {count} parameters."),
    mark(
        "Learnt from a few hundred pictures: says a word only where it was right nine times out of ten, else nothing."
    ),
    mark("Looks at a square copy of {side} pixels: small things in large pictures escape it."),
    mark("Line art"),
    mark("Finds where people would outline a picture, with a network of {count} parameters."),
    mark(
        "For research, teaching and private work: it learnt from the Berkeley Segmentation Data Set, whose terms are non-commercial."
    ),
    mark(
        "Outlines what people outline in photographs of a few hundred pixels: leaves, spray and litter come out in shreds, small faces as empty ovals."
    ),
    mark(
        "Draws what it sees as an edge: the borders of paper and the steps of posterised tones come out as lines, soft brush work in pieces."
    ),
    mark("research and education (non-commercial)"),
    mark("Arbelaez, Maire, Fowlkes and Malik, IEEE TPAMI 2011"),
    mark("Berkeley Segmentation Data Set 500"),
    mark("Never sure enough to say: {words}."),
    mark("SqueezeNet 1.0 (BSD) told, as a measure only, which pictures are alike; it is not in here"),
    mark("Upscale ×{scale}, best"),
    mark("Upscale ×{scale}, fast, for previews"),
    mark("Repaints a picture in the manner of any other, with {count} parameters a style, in one pass."),
    mark("Enlarges a picture {scale} times with a residual network of {count} parameters."),
    mark("The picture is to be recoloured to the style's mean and covariance first; the studio does so."),
    mark("Brush work is as large as it is in a {side} px square of the style; the brush size knob changes that."),
    mark("Layout is kept: a style's objects and composition are not copied."),
    mark("Made for clean pictures: compression blocks and noise are enlarged along with the rest."),
    mark("Cannot read what is not there: lettering smaller than a few pixels stays unreadable."),
    mark("Gatys at {steps} steps"),
    mark("Johnson et al. 2016: one network a style reaches what Gatys's optimisation reaches in 50 to 100 steps."),
    mark("Celebi and Perez-Delgado 2023; every picture's page stands in the credits"),
    mark("Unsplash, Pexels and CC0 wallpapers; originals' names stand in the credits"),
    mark("museums' open access, public domain; creator and museum stand in the credits"),
    mark("A. Grigorev, clothing-dataset"),
    mark("per picture: CC0, public domain, CC BY, CC BY-SA"),
    mark("Unsplash licence, Pexels licence or CC0"),
    mark("public domain / CC0"),
    mark("Free photographs"),
    mark("Museum open-access works"),
    mark("Clothing photographs"),
    mark("{processor}, {cores} cores, no GPU"),
    mark("VGG-19 of the Visual Geometry Group, Oxford (CC BY 4.0), as a measure only; it is not in here"),
)
"""Templates of the texts in our own cards."""
TERSE = {
    "set5 x{scale}, Y": mark("Set5, ×{scale}, lightness"),
    "urban100_subset25 x{scale}, Y": mark("Urban100, 25 pictures, ×{scale}, lightness"),
    "{weight} x relative Gram + relative content, {side} px, shipped styles": mark(
        "Style and drawing ({weight} : 1) at {side} px, styles that come with it"
    ),
    "{weight} x relative Gram + relative content, {side} px, held-out styles": mark(
        "Style and drawing ({weight} : 1) at {side} px, styles it has never seen"
    ),
    "the same, shipped styles": mark("Styles that come with it"),
    "the same, held-out styles": mark("Styles it has never seen"),
    "BSD68, grey, σ {sigma}": mark("BSD68, grey, noise of σ {sigma}"),
    "CBSD68, σ {sigma}": mark("BSD68, colour, noise of σ {sigma}"),
    "Set5 and every fourth of Urban100, degraded, x{scale}": mark("Set5 and 25 pictures of Urban100, worn, ×{scale}"),
    "bsds500 test, one picture in {count}": mark("BSDS500, one test picture in {count}"),
    "bsds500 test": mark("BSDS500, all test pictures"),
    "held-out pictures ({count})": mark("{count} pictures it has never seen"),
    "colour histogram, nearest 5": mark("The five nearest by their colours"),
    "non-local means": mark("Non-local means"),
    "bicubic": mark("Bicubic"),
    "recoloured alone": mark("Recoloured alone"),
}
"""Short texts of cards, as an artist reads them in either language."""
NAMES = re.compile(r"[A-Z][\w+-]*|[\w.+-]*\d[\w.+-]*|CC[\w .-]+|Apache-2\.0|MIT")
"""What needs no translation: names of sets, of networks and of licences."""


@dataclass(frozen=True)
class Told:
    """A text of a card in the artist's language, or as it was written."""

    text: str
    is_known: bool
    """Whether it is one of ours; otherwise it stays in the language it was written in."""


def told(text: str, say: Say) -> Told:
    """A text of a card."""
    for template, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return Told(say(TERSE.get(template, template), **found.groupdict()), True)
    return Told(text, NAMES.fullmatch(text) is not None)


@cache
def _patterns() -> list[tuple[str, re.Pattern[str]]]:
    """Each template as what matches it, its places as groups."""
    return [(template, re.compile(_pattern(template))) for template in (*PROSE, *TERSE)]


def _pattern(template: str) -> str:
    parts = re.split(r"{(\w+)}", template)
    return "".join(f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))


def metric(name: str, say: Say) -> Told:
    """What a score counts."""
    recall = RECALL.fullmatch(name)
    if recall:
        return Told(say("Found, of those that show it: {word}", word=say(recall["word"])), True)
    return Told(say(METRICS[name]), True) if name in METRICS else Told(name, False)


def prose(card: Card) -> Iterator[str]:
    """Every text of a card that an artist reads and that is no name: what has to be known in both languages."""
    everything = card.everything
    yield card.title
    yield str(everything["summary"])
    yield from everything["limits"]
    for score in everything["scores"]:
        yield score["judge"]
        yield from score["baseline"]
    for one in everything["data"]:
        yield from (one["name"], one["source"], one["licence"])
    published = str(everything.get("published", ""))
    if published and not published_scores(published):
        yield published
    training = everything["training"]
    yield str(training["hardware"])
    if training.get("losses"):
        yield str(training["losses"])


def published_scores(text: str) -> list[tuple[str, str]]:
    """`Set5 Y-PSNR: bicubic 33.66, SRCNN 36.66` as name and number; nothing when it is no such list."""
    _, colon, listed = text.partition(": ")
    pairs = [part.rpartition(" ") for part in listed.split(", ")]
    is_list = bool(colon) and all(name and re.fullmatch(r"-?\d+(\.\d+)?", number) for name, _, number in pairs)
    return [(name, number) for name, _, number in pairs] if is_list else []
