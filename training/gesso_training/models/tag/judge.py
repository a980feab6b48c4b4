"""How often `tag` names a picture rightly, how much it dares to say, and a colour histogram beside it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from gesso_training.models.tag.data import Labelled, as_tensor, squared
from gesso_training.models.tag.labels import AXES, TAGS

Floats = NDArray[np.float64]
PRECISION = 0.9
FEWEST = 3
"""Right answers that a threshold has to rest on: fewer say nothing about its precision."""
NEIGHBOURS = 5
BINS = 8


def answers(network: nn.Module, pictures: Sequence[Labelled]) -> tuple[Floats, Floats]:
    """How likely each word is, and the place, of whole pictures."""
    network.eval()
    device = next(network.parameters()).device
    words, places = [], []
    with torch.inference_mode():
        for at in range(0, len(pictures), 32):
            seen = as_tensor(np.stack([squared(one.pixels) for one in pictures[at : at + 32]])).to(device)
            said, place = network(seen)
            words.append(torch.sigmoid(said).double().cpu().numpy())
            places.append(place.double().cpu().numpy())
    return np.concatenate(words), np.concatenate(places)


def truth_of(pictures: Sequence[Labelled]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(n, tags): which words are true, and of which it is known."""
    axis_of = {tag: axis for axis, tags in AXES.items() for tag in tags}
    truth = np.array([[tag in one.labels.words for tag in TAGS] for one in pictures])
    known = np.array([[axis_of[tag] in one.labels.known for tag in TAGS] for one in pictures])
    return truth, known


def asked(truth: NDArray[np.bool_], known: NDArray[np.bool_], axis: str) -> NDArray[np.bool_]:
    """The pictures of which a word of the axis is known to be true: they can be asked for it."""
    columns = [TAGS.index(tag) for tag in AXES[axis]]
    return np.asarray((truth & known)[:, columns].any(axis=1))


def accuracies(said: Floats, truth: NDArray[np.bool_], known: NDArray[np.bool_]) -> dict[str, float]:
    """Of each axis, the share of the pictures that have a word of it whose likeliest word is true; and of all questions."""
    found, right, total = {}, 0, 0
    for axis, tags in AXES.items():
        columns = np.array([TAGS.index(tag) for tag in tags])
        rows = np.flatnonzero(asked(truth, known, axis))
        if len(rows):
            best = columns[said[np.ix_(rows, columns)].argmax(axis=1)]
            hits = int(truth[rows, best].sum())
            found[axis] = hits / len(rows)
            right, total = right + hits, total + len(rows)
    return {**found, "accuracy": right / max(1, total)}


def thresholds(said: Floats, truth: NDArray[np.bool_], known: NDArray[np.bool_]) -> Floats:
    """Of each word the lowest number from which on it is true nine times out of ten; above 1 where there is none."""
    found = np.full(len(TAGS), 2.0)
    for column in range(len(TAGS)):
        rows = np.flatnonzero(known[:, column])
        order = rows[np.argsort(-said[rows, column], kind="stable")]
        hits = np.cumsum(truth[order, column])
        good = np.flatnonzero((hits / np.arange(1, len(order) + 1) >= PRECISION) & (hits >= FEWEST))
        if len(good):
            last = good[-1]
            following = said[order[last + 1], column] if last + 1 < len(order) else 0.0
            found[column] = (said[order[last], column] + following) / 2
    return found


def coverage(said: Floats, truth: NDArray[np.bool_], known: NDArray[np.bool_], least: Floats) -> dict[str, float]:
    """What thresholds chosen elsewhere let through: precision, the share of true words said, and of pictures with one."""
    dares = (said >= least) & known
    right = dares & truth
    return {
        "precision": float(right.sum() / max(1, dares.sum())),
        "words found": float(right.sum() / max(1, (truth & known).sum())),
        "pictures covered": float(right.any(axis=1).mean()),
    }


def recalls(said: Floats, truth: NDArray[np.bool_], known: NDArray[np.bool_], least: Floats) -> dict[str, float]:
    """Of each word, the share of the pictures it is true of that it is said of."""
    dares = said >= least
    found = {}
    for column, tag in enumerate(TAGS):
        rows = truth[:, column] & known[:, column]
        if rows.any():
            found[tag] = float(dares[rows, column].mean())
    return found


def same_kind(places: Floats, truth: NDArray[np.bool_]) -> float:
    """The share of the pictures whose nearest other picture shares a word with them: is `more like this` right?"""
    alike = places @ places.T
    np.fill_diagonal(alike, -np.inf)
    nearest = alike.argmax(axis=1)
    return float((truth & truth[nearest]).any(axis=1).mean())


def scores_of(network: nn.Module, pictures: Sequence[Labelled]) -> dict[str, float]:
    """What is worth watching on the validation split."""
    said, places = answers(network, pictures)
    truth, known = truth_of(pictures)
    covered = coverage(said, truth, known, thresholds(said, truth, known))
    return {**accuracies(said, truth, known), "words_found": covered["words found"], "alike": same_kind(places, truth)}


def histogram(pixels: NDArray[np.uint8]) -> Floats:
    """(512,) of length one: how many pixels fall into each of 8x8x8 cells of colour, square-rooted."""
    cells = (pixels.reshape(-1, 3) >> 5).astype(np.int64) @ np.array([BINS * BINS, BINS, 1])
    counted = np.sqrt(np.bincount(cells, minlength=BINS**3).astype(np.float64))
    return np.asarray(counted / np.linalg.norm(counted))


def by_histogram(pictures: Sequence[Labelled], learnt: Sequence[Labelled]) -> tuple[Floats, Floats]:
    """The baseline: how many of the five pictures nearest in colour a word is true of, and the histograms as places."""
    ours, theirs = (np.stack([histogram(squared(one.pixels)) for one in some]) for some in (pictures, learnt))
    truth, known = truth_of(learnt)
    alike = ours @ theirs.T
    said = np.zeros((len(pictures), len(TAGS)))
    for column in range(len(TAGS)):
        rows = np.flatnonzero(known[:, column])
        nearest = rows[np.argsort(-alike[:, rows], axis=1, kind="stable")[:, :NEIGHBOURS]]
        weight = np.take_along_axis(alike, nearest, axis=1)
        said[:, column] = (truth[nearest, column] * weight).sum(axis=1) / weight.sum(axis=1).clip(1e-9)
    return said, ours
