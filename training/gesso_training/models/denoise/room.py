"""What `gesso-train` may ask of `denoise`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gesso_training import loop, package, terms
from gesso_training.ledger import Run
from gesso_training.models.denoise import publish
from gesso_training.models.denoise.data import judged
from gesso_training.models.denoise.judge import (
    Clean,
    Floats,
    colour_pictures,
    grey_pictures,
    non_local_means,
    padded,
    psnr,
    score,
    through,
)
from gesso_training.models.denoise.network import Denoise
from gesso_training.models.denoise.recipe import RECIPES, Learning, Recipe
from gesso_training.patches import Bytes
from gesso_training.registry import Model, Places, Rung, Table, Timed, starting_weights

SIGMAS = (15.0, 25.0, 50.0)
FLOORS = {"grey": 28.9, "colour": 30.9}
"""dB at σ 25 that it has to reach; what ships before that says so in its card."""
LADDER = (
    Rung(
        "BSD68, grey σ25", "psnr_db", publish.package_name("blind"), "non-local means", FLOORS["grey"], 29.23,
        {"BM3D": 28.57, "DnCNN-B": 29.16, "FFDNet": 29.19, "DRUNet": 29.48}, "arXiv 1710.04026, 2008.13751",
    ),
    Rung(
        "CBSD68 σ25", "psnr_db", publish.package_name("blind"), "non-local means", FLOORS["colour"], 31.2,
        {"CBM3D": 30.71, "CDnCNN-B": 31.23, "FFDNet": 31.21, "DRUNet": 31.69}, "arXiv 1710.04026, 2008.13751",
    ),
)  # fmt: skip


def task(recipe: Recipe, places: Places) -> Learning:
    """What the loop learns."""
    return Learning(recipe, places.data, starting_weights(recipe, "denoise", places, publish.weights_in))


def timed(places: Places) -> list[Timed]:
    """On a picture of half a megapixel, from the shelf where it is packaged, else with first weights."""
    recipe = RECIPES["blind"]
    network = Denoise(recipe.widths, recipe.blocks)
    folder = package.newest(places.shelf, publish.package_name("blind"))
    if folder:
        network.load_state_dict(publish.weights_in(folder))
        model = (folder / "model.onnx").read_bytes()
    else:
        model = package.export(publish.graph_of(network))
    inputs = {"picture": package.sample(544, 960, 1)}
    return [Timed("denoise-blind, 960x544", publish.Clipped(network), model, inputs)]


def through_package(folder: Path) -> Clean:
    """The packaged graph as a function on pictures."""
    session = package.session((folder / "model.onnx").read_bytes())

    def clean(dirty: Floats) -> Floats:
        x = np.ascontiguousarray((padded(dirty) / 255).transpose(2, 0, 1)[None])
        found = session.run(None, {"picture": x})[0][0].transpose(1, 2, 0)
        return np.asarray(found[: dirty.shape[0], : dirty.shape[1]] * 255, np.float32)

    return clean


def sets(data: Path) -> list[tuple[str, str, Sequence[Bytes]]]:
    """Kind, title and pictures of each judge."""
    return [("grey", "BSD68, grey", grey_pictures(data)), ("colour", "CBSD68", colour_pictures(data))]


def judge(places: Places, _: Mapping[str, Any], report: Callable[[str], None]) -> Table:
    """BSD68 in grey and colour at three strengths, for non-local means and the newest package."""
    table: Table = []
    folder = package.newest(places.shelf, publish.package_name("blind"))
    for kind, title, pictures in sets(places.data):
        for sigma in SIGMAS:
            pairs = judged(pictures, sigma, kind == "grey")
            rows: list[tuple[str, str, Clean]] = [("non-local means", "", non_local_means(sigma))]
            if folder is not None:
                rows.append((folder.parent.name, folder.name, through_package(folder)))
            for model, version, clean in rows:
                started = time.monotonic()
                found = score(clean, pairs)
                table.append(
                    {
                        "judge": f"{title} σ{sigma:.0f}",
                        "model": model,
                        "version": version,
                        "psnr_db": round(found, 3),
                        "floor_db": FLOORS[kind] if version and sigma == 25 else "",
                        "seconds": round(time.monotonic() - started, 1),
                    }
                )
                report(f"{title} σ{sigma:.0f}  {model}  {found:.2f} dB")
    return table


def items(folder: Path, places: Places) -> dict[str, float]:
    """PSNR at σ 25 of each validation picture, grey and in colour, by a package or by a run's averaged weights."""
    if (folder / "checkpoint.pt").exists():
        said = loop.checkpoint(folder)["about"]["recipe"]
        network = Denoise(tuple(said["widths"]), said["blocks"])
        network.load_state_dict(loop.averaged_weights(folder))
        clean = through(network.eval())
    else:
        clean = through_package(folder)
    held = terms.pictures("cq100", "validation", ("free", "attribution", "share-alike"), places.data)
    listed = list(held)
    return {
        f"{name} {'grey' if is_grey else 'colour'}": psnr(clean(dirty), target)
        for is_grey in (False, True)
        for (name, _), (dirty, target) in zip(listed, judged([one for _, one in listed], 25, is_grey), strict=True)
    }


def publish_variant(variant: str, version: str, run: Run, places: Places, private: Ed25519PrivateKey) -> Path:
    """Judge the averaged weights of a run and write them as a signed package."""
    recipe = RECIPES[variant]
    weights = {name: value.float() for name, value in loop.averaged_weights(places.run("denoise", variant)).items()}
    clean = through(publish.network_of(variant, weights))
    scores = []
    for kind, title, pictures in sets(places.data):
        for sigma in SIGMAS:
            pairs = judged(pictures, sigma, kind == "grey")
            scores.append(
                {
                    "judge": f"{title}, σ {sigma:.0f}",
                    "metric": "psnr_db",
                    "value": round(score(clean, pairs), 4),
                    "baseline": {"non-local means": round(score(non_local_means(sigma), pairs), 4)},
                    "published": publish.PUBLISHED[kind] if sigma == 25 else "",
                }
            )
    entries = terms.card_entries([source.corpus for source in recipe.sources], recipe.terms, places.data)
    return publish.publish(variant, weights, run, scores, entries, version, places.shelf, private)


MODEL = Model(
    RECIPES, task, judge, publish_variant, ("cq100", "photos", "paintings"), publish.package_name, timed,
    ladder=LADDER, items=items,
)  # fmt: skip
