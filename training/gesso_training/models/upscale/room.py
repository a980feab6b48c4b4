"""What `gesso-train` may ask of `upscale`."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from numpy.typing import NDArray

from gesso_training import loop, package, terms
from gesso_training.ledger import Run
from gesso_training.models.upscale import publish
from gesso_training.models.upscale.data import pair_of
from gesso_training.models.upscale.judge import Enlarge, bicubic_enlarge, score, scores_of, test_pairs, through
from gesso_training.models.upscale.network import Upscale
from gesso_training.models.upscale.recipe import RECIPES, Learning, Recipe
from gesso_training.registry import Model, Places, Rung, Table, Timed, starting_weights

SETS = ("set5", "urban100_subset25")
FLOORS = {  # dB on Set5, below which a variant is not released
    "x2-best": 37.2,
    "x2-fast": 36.8,
    "x4-best": 30.9,
    "x4-fast": 30.5,
}


def task(recipe: Recipe, places: Places) -> Learning:
    """What the loop learns, started from another network's body where the recipe says so."""
    return Learning(recipe, places.data, starting_weights(recipe, "upscale", places, publish.weights_in))


def timed(places: Places) -> list[Timed]:
    """Both grades at twice the size, from the shelf where they are packaged, else with first weights."""
    found = []
    for variant in ("x2-fast", "x2-best"):
        recipe = RECIPES[variant]
        network = Upscale(recipe.scale, recipe.width, recipe.blocks)
        folder = package.newest(places.shelf, publish.package_name(variant))
        if folder:
            network.load_state_dict(publish.weights_in(folder))
            model = (folder / "model.onnx").read_bytes()
        else:
            model = package.export(publish.graph_of(network))
        inputs = {"picture": package.sample(540, 960, 1)}
        found.append(Timed(f"upscale-{variant}, 960x540", publish.Clipped(network), model, inputs))
    return found


def through_package(folder: Path) -> Enlarge:
    """The packaged graph as a function on 8-bit pictures, as the studio runs it."""
    model = (folder / "model.onnx").read_bytes()
    session = package.session(model)

    def enlarge(small: NDArray[np.uint8]) -> NDArray[np.uint8]:
        x = np.ascontiguousarray((small.astype(np.float32) / 255).transpose(2, 0, 1)[None])
        y = session.run(None, {"picture": x})[0][0].transpose(1, 2, 0)
        return np.asarray(np.clip(np.rint(y * 255), 0, 255), np.uint8)

    return enlarge


def judge(places: Places, _: Mapping[str, Any], report: Callable[[str], None]) -> Table:
    """Set5 and the Urban100 subset, for bicubic and the newest package of each variant."""
    table: Table = []
    for scale in (2, 4):
        for name in SETS:
            pairs = test_pairs(places.data, name, scale)
            rows: list[tuple[str, str, Enlarge]] = [("bicubic", "", bicubic_enlarge(scale))]
            for variant in sorted(RECIPES):
                folder = package.newest(places.shelf, publish.package_name(variant))
                if RECIPES[variant].scale == scale and folder is not None:
                    rows.append((publish.package_name(variant), folder.name, through_package(folder)))
            for model, version, enlarge in rows:
                started = time.monotonic()
                found = score(enlarge, pairs, scale)
                table.append(
                    {
                        "judge": f"{name} x{scale}",
                        "model": model,
                        "version": version,
                        **{key: round(value, 4) for key, value in found.items()},
                        "floor_db": _floor(name, model),
                        "seconds": round(time.monotonic() - started, 1),
                    }
                )
                report(f"{name} x{scale}  {model}  {found['psnr_db']:.2f} dB  SSIM {found['ssim']:.4f}")
    return table


def _floor(name: str, model: str) -> float | str:
    variant = model.removeprefix("upscale-")
    return FLOORS[variant] if name == "set5" and variant in FLOORS else ""


def items(folder: Path, places: Places) -> dict[str, float]:
    """Y-PSNR of each validation picture, enlarged by a package or by a run's averaged weights."""
    if (folder / "checkpoint.pt").exists():
        saved = loop.checkpoint(folder)
        said = saved["about"]["recipe"]
        network = Upscale(said["scale"], said["width"], said["blocks"])
        network.load_state_dict(loop.averaged_weights(folder))
        enlarge = through(network.eval())
    else:
        said = json.loads((folder / "card.json").read_text(encoding="utf-8"))["training"]["recipe"]
        enlarge = through_package(folder)
    scale = int(said["scale"])
    held_out = terms.pictures("cq100", "validation", ("free", "attribution", "share-alike"), places.data)
    return {
        f"cq100 x{scale} {name}": score(enlarge, [pair_of(picture, scale)], scale)["psnr_db"]
        for name, picture in held_out
    }


def publish_variant(variant: str, version: str, run: Run, places: Places, private: Ed25519PrivateKey) -> Path:
    """Judge the averaged weights of a run and write them as a signed package."""
    recipe = RECIPES[variant]
    weights = {name: value.float() for name, value in loop.averaged_weights(places.run("upscale", variant)).items()}
    network = publish.network_of(variant, weights)
    scores = []
    for name in SETS:
        pairs = test_pairs(places.data, name, recipe.scale)
        ours = scores_of(network, pairs, recipe.scale)
        baseline = score(bicubic_enlarge(recipe.scale), pairs, recipe.scale)
        for metric in ("psnr_db", "ssim"):
            scores.append(
                {
                    "judge": f"{name} x{recipe.scale}, Y",
                    "metric": metric,
                    "value": round(ours[metric], 4),
                    "baseline": {"bicubic": round(baseline[metric], 4)},
                    "published": publish.PUBLISHED[recipe.scale] if (name, metric) == ("set5", "psnr_db") else "",
                }
            )
    sets = [source.corpus for source in recipe.sources]
    entries = terms.card_entries(sets, recipe.terms, places.data)
    return publish.publish(publish.Trained(variant, weights, run, scores, entries), version, places.shelf, private)


PAPERS = {
    2: {"SRCNN": 36.66, "VDSR": 37.53, "EDSR": 38.11},
    4: {"SRCNN": 30.48, "VDSR": 31.35, "EDSR": 32.46},
}
REACH = {2: (37.6, 38.0), 4: (31.4, 32.2)}
"""dB on Set5 by scale: floor and goal of the better grade."""
LADDER = tuple(
    Rung(
        f"set5 x{scale}",
        "psnr_db",
        publish.package_name(f"x{scale}-{grade}"),
        "bicubic",
        floor=REACH[scale][0] if grade == "best" else FLOORS[f"x{scale}-fast"],
        goal=REACH[scale][1] if grade == "best" else None,
        published=PAPERS[scale],
        source="their papers, Y-PSNR",
    )
    for scale in (2, 4)
    for grade in ("best", "fast")
)

MODEL = Model(
    RECIPES,
    task,
    judge,
    publish_variant,
    ("cq100", "photos", "paintings"),
    publish.package_name,
    timed,
    ladder=LADDER,
    items=items,
)
