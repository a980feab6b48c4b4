"""What `gesso-train` may ask of `line-art`."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from numpy.typing import NDArray

from gesso_training import loop, package
from gesso_training.ledger import Run
from gesso_training.models.line_art import data, publish
from gesso_training.models.line_art.baselines import Method
from gesso_training.models.line_art.judge import (
    BASELINES,
    FEW,
    ODS_FLOOR,
    PUBLISHED,
    Kept,
    named,
    part_of,
    reader,
    score,
    through,
)
from gesso_training.models.line_art.matching import Scores, human
from gesso_training.models.line_art.near import best_f
from gesso_training.models.line_art.network import LineArt
from gesso_training.models.line_art.recipe import RECIPES, Learning, Recipe, network_of, readings, shape_of, strength
from gesso_training.registry import Model, Places, Rung, Table, Timed, starting_weights


def task(recipe: Recipe, places: Places) -> Learning:
    """What the loop learns, started from a package where the recipe says so."""
    return Learning(recipe, places.data, starting_weights(recipe, "line-art", places, publish.weights_in))


def kept(places: Places) -> Kept:
    """Where counts of the judge lie."""
    return Kept(places.runs / "line-art" / "judged")


def judge(places: Places, said: Mapping[str, Any], report: Callable[[str], None]) -> Table:
    """The test pictures of BSDS500, or every `said["every"]`th, for Canny, Sobel and the newest package of each variant."""
    every = int(said.get("every", 1))
    pictures = part_of(data.outlined("test", places.data), every)
    name = set_name(every)
    methods: list[tuple[str, str, str, Method]] = [(title, "", title, method) for title, method in BASELINES.items()]
    for variant in sorted(RECIPES):
        folder = package.newest(places.shelf, publish.package_name(variant))
        if folder is not None:
            key, read = named(publish.weights_in(folder)), reader((folder / "model.onnx").read_bytes())
            methods.append((folder.parent.name, folder.name, key, through(read)))
    table: Table = []
    for title, version, key, method in methods:
        started = time.monotonic()
        found = score(key, method, pictures, kept(places), report)
        row = {"judge": name, "model": title, "version": version, "pictures": len(pictures), **rounded(found)}
        floor = ODS_FLOOR if version else ""
        table.append({**row, "floor_ods": floor, "seconds": round(time.monotonic() - started, 1)})
        report(f"{title}  ODS {found.ods:.3f}  OIS {found.ois:.3f}  AP {found.ap:.3f}")
    agreed = round(human([list(one.truths()) for one in pictures]), 4)
    rest = {
        "version": "",
        "pictures": len(pictures),
        "ods": agreed,
        "ois": "",
        "ap": "",
        "floor_ods": "",
        "seconds": "",
    }
    return [*table, {"judge": name, "model": "one person against the others", **rest}]


def set_name(every: int) -> str:
    """What the judge calls the test pictures, or a part of them."""
    return "bsds500 test" + (f", one picture in {every}" if every > 1 else "")


def rounded(found: Scores) -> dict[str, float]:
    """As a table shows them."""
    return {key: round(getattr(found, key), 4) for key in ("ods", "ois", "ap")}


def publish_variant(variant: str, version: str, run: Run, places: Places, private: Ed25519PrivateKey) -> Path:
    """Judge the averaged weights of a run and write them as a signed package.

    A run that `judge` has not counted on the whole test is counted on a part of it, and the card says so.
    """
    network = publish.with_weights(variant, loop.averaged_weights(places.run("line-art", variant)))
    key = named(publish.shipped(network).state_dict())
    pictures, store = data.outlined("test", places.data), kept(places)
    every = 1 if all(store.holds(method, pictures) for method in (key, *BASELINES)) else FEW
    part = part_of(pictures, every)
    ours = rounded(score(key, through(partial(readings, network)), part, store))
    others = {title: rounded(score(title, method, part, store)) for title, method in BASELINES.items()}
    scores = [
        {
            "judge": set_name(every),
            "metric": metric,
            "value": value,
            "baseline": {title: found[metric] for title, found in others.items()},
            "published": PUBLISHED if metric == "ods" else "",
        }
        for metric, value in ours.items()
    ]
    trained = publish.Trained(variant, network, run, scores, data.facts(places.data))
    return publish.publish(trained, version, places.shelf, private)


def timed(places: Places) -> list[Timed]:
    """The network on a photograph of a usual size, from the shelf where it is packaged, else with first weights."""
    folder = package.newest(places.shelf, publish.package_name("best"))
    graph = publish.graph_of(network_of(RECIPES["best"]))
    if folder is not None:
        said = {f"network.{name}": value for name, value in publish.weights_in(folder).items()}
        graph.network.load_state_dict(said)
        model = (folder / "model.onnx").read_bytes()
    else:
        model = package.export(graph)
    return [Timed("line-art, 960x640", graph.network, model, {"picture": package.sample(640, 960, 1)})]


def items(folder: Path, places: Places) -> dict[str, float]:
    """The best F of each validation picture by a quick count (see `near`), of a package or of a run's averaged weights."""
    if (folder / "checkpoint.pt").exists():
        network = LineArt(*shape_of(loop.checkpoint(folder)["about"]["recipe"]))
        network.load_state_dict(loop.averaged_weights(folder))
        chances: Callable[[NDArray[np.uint8]], NDArray[np.float32]] = partial(readings, network.eval())
    else:
        chances = reader((folder / "model.onnx").read_bytes())
    held_out = data.outlined("validation", places.data)
    return {one.name: best_f([strength(chances(one.picture))], [one.truths()]) for one in held_out}


LADDER = tuple(
    Rung(
        set_name(1),
        metric,
        "line-art",
        "Canny",
        floor,
        goal,
        published,
        "Su et al., ICCV 2021",
    )
    for metric, floor, goal, published in (
        ("ods", ODS_FLOOR, 0.789, {"HED": 0.788, "PiDiNet-tiny": 0.789, "PiDiNet": 0.807}),
        ("ois", None, None, {"HED": 0.808, "PiDiNet-tiny": 0.806, "PiDiNet": 0.823}),
    )
)

MODEL = Model(
    RECIPES,
    task,
    judge,
    publish_variant,
    (data.CORPUS,),
    publish.package_name,
    timed,
    ladder=LADDER,
    items=items,
)
