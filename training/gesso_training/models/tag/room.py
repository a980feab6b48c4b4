"""What `gesso-train` may ask of `tag`."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from gesso_training import loop, package, terms
from gesso_training.ledger import Run
from gesso_training.models.tag import publish
from gesso_training.models.tag.data import MADE_EACH, SETS, SIDE, Labelled, read, shrunk, squared, with_made
from gesso_training.models.tag.judge import (
    Floats,
    accuracies,
    answers,
    asked,
    by_histogram,
    coverage,
    recalls,
    same_kind,
    thresholds,
    truth_of,
)
from gesso_training.models.tag.labels import AXES, TAGS
from gesso_training.models.tag.network import Packaged, Tagger
from gesso_training.models.tag.recipe import RECIPES, Learning, Recipe
from gesso_training.registry import Model, Places, Rung, Table, Timed, starting_weights

BASELINE = "colour histogram, nearest 5"
WIN = 0.15
"""How much better than the baseline a package has to name pictures to be released."""
JUDGE = "held-out pictures"
MOST_FAILURES = 12


def task(recipe: Recipe, places: Places) -> Learning:
    """What the loop learns."""
    return Learning(recipe, places.data, starting_weights(recipe, publish.NAME, places, publish.weights_in))


def held_out(places: Places, recipe: Recipe, split: str) -> list[Labelled]:
    """Validation or test pictures, with drawn ones of the split's own seed."""
    return with_made(read(places.data, split, recipe.terms), MADE_EACH, {"validation": 11, "test": 12}[split])


def learnt(places: Places, recipe: Recipe) -> list[Labelled]:
    """What the baseline may look among: the training pictures, and as many drawn ones as fit beside them."""
    pictures = read(places.data, "train", recipe.terms)
    return with_made(pictures, len(pictures) // 20, seed=10)


def through_package(folder: Path, pictures: Sequence[Labelled]) -> tuple[Floats, Floats]:
    """What a packaged graph says of whole pictures."""
    session = package.session((folder / "model.onnx").read_bytes())
    words, places = [], []
    for one in pictures:
        seen = np.ascontiguousarray((squared(one.pixels).astype(np.float32) / 255).transpose(2, 0, 1)[None])
        said, place = session.run(["words", "place"], {"picture": seen})
        words.append(said[0])
        places.append(place[0])
    return np.stack(words).astype(np.float64), np.stack(places).astype(np.float64)


def row(
    model: str, version: str, pictures: Sequence[Labelled], said: Floats, places: Floats, least: Floats
) -> dict[str, Any]:
    """One line of the judge's table."""
    truth, known = truth_of(pictures)
    found = {**accuracies(said, truth, known), **coverage(said, truth, known, least), "alike": same_kind(places, truth)}
    return {
        "judge": JUDGE,
        "pictures": len(pictures),
        "model": model,
        "version": version,
        **{key: round(value, 4) for key, value in found.items()},
    }


def baseline(places: Places, recipe: Recipe) -> dict[str, Any]:
    """The colour histogram, with thresholds chosen on validation like the network's."""
    among, validation, test = learnt(places, recipe), *(held_out(places, recipe, s) for s in ("validation", "test"))
    said, _ = by_histogram(validation, among)
    least = thresholds(said, *truth_of(validation))
    said, histograms = by_histogram(test, among)
    return row(BASELINE, "", test, said, histograms, least)


def judge(places: Places, _: Mapping[str, Any], report: Callable[[str], None]) -> Table:
    """Test accuracy, coverage and likeness of the newest package, beside the colour histogram."""
    recipe = RECIPES["best"]
    table = [baseline(places, recipe)]
    folder = package.newest(places.shelf, publish.NAME)
    if folder is not None:
        card = json.loads((folder / "card.json").read_text(encoding="utf-8"))
        least = np.array([tag["least"] for tag in card["tags"]])
        test = held_out(places, recipe, "test")
        said, found = through_package(folder, test)
        table.append(row(publish.NAME, folder.name, test, said, found, least))
        table[-1]["won_by"] = round(table[-1]["accuracy"] - table[0]["accuracy"], 4)
        report("recall a word at its threshold: " + _listed(recalls(said, *truth_of(test), least)))
    return table


def publish_variant(variant: str, version: str, run: Run, places: Places, private: Ed25519PrivateKey) -> Path:
    """Choose thresholds on validation, judge once on test, and write the signed package."""
    recipe = RECIPES[variant]
    weights = loop.averaged_weights(places.run(publish.NAME, variant))
    network = Tagger(len(TAGS))
    network.load_state_dict(weights)
    validation, test = (held_out(places, recipe, split) for split in ("validation", "test"))
    least = thresholds(answers(network, validation)[0], *truth_of(validation))
    said, found = answers(network, test)
    ours, theirs = row(publish.NAME, version, test, said, found, least), baseline(places, recipe)
    metrics = [key for key in ours if key not in ("judge", "pictures", "model", "version")]
    scores = [
        {
            "judge": f"{JUDGE} ({len(test)})",
            "metric": key,
            "value": ours[key],
            "baseline": {BASELINE: theirs.get(key, 0.0)},
        }
        for key in metrics
    ]
    recall = recalls(said, *truth_of(test), least)
    scores += [
        {"judge": f"{JUDGE} ({len(test)})", "metric": f"recall of '{tag}'", "value": round(value, 4), "baseline": {}}
        for tag, value in recall.items()
    ]
    silent = [tag for tag, bound in zip(TAGS, least, strict=True) if bound > 1]
    entries = terms.card_entries(SETS, recipe.terms, places.data)
    trained = publish.Trained(weights, run, scores, entries, [float(bound) for bound in least], limits(silent))
    return publish.publish(trained, version, places.shelf, private)


def limits(silent: Sequence[str]) -> list[str]:
    """What an artist should know before believing a word."""
    found = [
        "Learnt from a few hundred pictures: says a word only where it was right nine times out of ten, else nothing.",
        "Looks at a square copy of 128 pixels: small things in large pictures escape it.",
    ]
    if silent:
        found.append(f"Never sure enough to say: {', '.join(silent)}.")
    return found


def timed(places: Places) -> list[Timed]:
    """A picture, with first weights where no package is there."""
    torch_network = Tagger(len(TAGS)).eval()
    folder = package.newest(places.shelf, publish.NAME)
    model = (
        (folder / "model.onnx").read_bytes()
        if folder is not None
        else package.export(publish.graphs_of(torch_network)["model"])
    )
    return [Timed("tag, 128x128", Packaged(torch_network), model, {"picture": package.sample(SIDE, SIDE, 1)})]


def items(folder: Path, places: Places) -> dict[str, float]:
    """Of each validation picture, the share of its axes whose likeliest word is true; of a package or a run."""
    pictures = held_out(places, RECIPES["best"], "validation")
    if (folder / "checkpoint.pt").is_file():
        network = Tagger(len(TAGS))
        network.load_state_dict(loop.averaged_weights(folder))
        said = answers(network, pictures)[0]
    else:
        said = through_package(folder, pictures)[0]
    truth, known = truth_of(pictures)
    one_by_one = (accuracies(said[at : at + 1], truth[at : at + 1], known[at : at + 1]) for at in range(len(pictures)))
    return {
        f"{at:03} {one.name}": found["accuracy"]
        for at, (one, found) in enumerate(zip(pictures, one_by_one, strict=True))
    }


def failures(places: Places) -> list[tuple[str, bytes]]:
    """Test pictures whose medium or subject the newest package names wrongly, the surest mistakes first."""
    folder = package.newest(places.shelf, publish.NAME)
    if folder is None:
        return []
    test = held_out(places, RECIPES["best"], "test")
    said, (truth, known) = through_package(folder, test)[0], truth_of(test)
    found = []
    for axis in ("medium", "subject"):
        columns = np.array([TAGS.index(tag) for tag in AXES[axis]])
        for row_ in np.flatnonzero(asked(truth, known, axis)):
            best = columns[said[row_, columns].argmax()]
            if not truth[row_, best]:
                wanted = ", ".join(TAGS[at] for at in columns if truth[row_, at])
                found.append((float(said[row_, best]), f"{test[row_].name}: {TAGS[best]}, not {wanted}", int(row_)))
    return [(caption, _png(test[at])) for _, caption, at in sorted(found, reverse=True)[:MOST_FAILURES]]


def _png(picture: Labelled) -> bytes:
    content = io.BytesIO()
    Image.fromarray(shrunk(picture.pixels, 160)).save(content, "PNG")
    return content.getvalue()


def _listed(numbers: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.2f}" for name, value in numbers.items())


LADDER = (Rung(JUDGE, "won_by", publish.NAME, floor=WIN),)

MODEL = Model(
    RECIPES, task, judge, publish_variant, SETS, lambda variant: publish.NAME, timed,
    ladder=LADDER, items=items, failures=failures,
)  # fmt: skip
