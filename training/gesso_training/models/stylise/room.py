"""What `gesso-train` may ask of `stylise`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from torch import Tensor

from gesso_training import loop, package, terms
from gesso_training.corpora import CORPORA
from gesso_training.corpora.corpus import read_picture
from gesso_training.ledger import Run
from gesso_training.models.stylise.data import STYLE_PX, Style, describe, read_set, square, tensor
from gesso_training.models.stylise.grain import grain
from gesso_training.models.stylise.judge import (
    GATYS_STEPS,
    Kept,
    Paint,
    Verdict,
    bordered,
    contents_for_judging,
    judge_pair,
    paint_with,
    summary,
)
from gesso_training.models.stylise.network import BEARING_PX, Stylise
from gesso_training.models.stylise.own import OWN, LearningOwn, OwnRecipe, Ship, painter_of, shipped, unpacked
from gesso_training.models.stylise.perception import Perception
from gesso_training.models.stylise.publish import bearing_of, painter_graph, publish, weights_in
from gesso_training.models.stylise.recipe import LESSER, PERCEPTION, RECIPES, Learning, Recipe
from gesso_training.models.stylise.sheets import contact_sheet
from gesso_training.models.stylise.styles import SHIPPED
from gesso_training.registry import Model, Places, Rung, Table, Timed, starting_weights

SETS = ("cq100", "photos", "paintings", "textiles")
CARD_MARKS = (20, 50)
"""Steps of Gatys's optimisation that a card sets beside ours."""


def task(recipe: Recipe, places: Places) -> Learning:
    """What the loop learns, started from another network where the recipe says so."""
    start = starting_weights(recipe, "stylise", places, weights_in)
    if isinstance(recipe, OwnRecipe):
        return LearningOwn(recipe, places.data, Path(), start)
    return Learning(recipe, places.data, places.runs / "stylise" / f"styles-{_styles_mark(recipe, places)}.pt", start)


def _styles_mark(recipe: Recipe, places: Places) -> str:
    """Changes with whatever the kept views of the styles depend on."""
    digests = [terms.manifest(name, places.data).digest for name in ("paintings", *(name for name, _ in LESSER))]
    return digest([*digests, recipe.views, LESSER, recipe.terms, recipe.schedule.seed, STYLE_PX])


def digest(value: object) -> str:
    """A short mark of a value, the same in every process."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:16]


def timed(places: Places) -> list[Timed]:
    """The painter at full HD, from the shelf where it is packaged, else with first weights."""
    folder = package.newest(places.shelf, "stylise")
    recipe = RECIPES["whole-128"]
    network = Stylise(recipe.width, recipe.blocks).eval()
    if folder:
        network.load_state_dict(weights_in(folder))
    with torch.no_grad():
        code = network.encoder(torch.from_numpy(package.sample(STYLE_PX, STYLE_PX, 2))).numpy()
    graph = painter_graph(network.painter, code)
    model = (folder / "model.onnx").read_bytes() if folder else package.export(graph)
    picture, field = package.sample(1080, 1920, 1), grain(1080, 1920)
    bearing = bearing_of(
        network.painter, package.sample(BEARING_PX, BEARING_PX, 1), grain(BEARING_PX, BEARING_PX), code
    )
    inputs = {"picture": picture, "grain": field.numpy(), "code": code, "bearing": bearing}
    return [Timed("stylise, 1920x1080", graph.network, model, inputs)]


def shipped_styles(data: Path, perception: Perception) -> list[tuple[str, Style]]:
    """The named styles, as VGG sees them."""
    folder = data / CORPORA["paintings"].folder
    return [(work.id, describe(square(read_picture(folder / work.file), STYLE_PX), perception)) for work in SHIPPED]


def held_out_styles(data: Path, perception: Perception) -> list[tuple[str, Style]]:
    """Every eighth painting: none was trained on."""
    return [
        (name, describe(square(picture, STYLE_PX), perception))
        for name, picture in read_set(data, "paintings", "test", ("free",))
    ]


def packaged_painter(folder: Path, styles: Sequence[tuple[str, Style]]) -> Paint:
    """The package as the judge calls it: a shipped style by its own code and weights, any other through the encoder."""
    encoder = package.session((folder / "encode.onnx").read_bytes())
    with np.load(folder / "styles.npz") as arrays:
        codes = {str(name): code[None] for name, code in zip(arrays["names"], arrays["codes"], strict=True)}
    names = {style_key(style): name for name, style in styles if name in codes}

    @lru_cache(maxsize=2)
    def sessions(name: str) -> tuple[Any, Any]:
        file = folder / "styles" / f"{name}.npz"
        added = unpacked(file.read_bytes()) if name and file.exists() else {}
        painter = package.with_added((folder / "model.onnx").read_bytes(), added)
        measure = package.with_added((folder / "measure.onnx").read_bytes(), added, partly=True)
        return package.session(painter), package.session(measure)

    def paint(recoloured: Tensor, style: Style) -> Tensor:
        name = names.get(style_key(style), "")
        painter, measure = sessions(name)
        code = codes[name] if name else encoder.run(None, {"style": tensor([style.picture]).numpy()})[0]

        def once(picture: Tensor, field: Tensor, bearing: Tensor) -> Tensor:
            inputs = {"picture": picture.contiguous().numpy(), "grain": field.numpy(), "bearing": bearing.numpy()}
            return torch.from_numpy(painter.run(None, {**inputs, "code": code})[0])

        def measured(picture: Tensor, field: Tensor) -> Tensor:
            inputs = {"picture": picture.numpy(), "grain": field.numpy(), "code": code}
            return torch.from_numpy(measure.run(None, inputs)[0])

        return bordered(once, measured, recoloured)

    return paint


def style_key(style: Style) -> str:
    """A style picture's own mark."""
    return digest(style.picture.tobytes())


def judge(places: Places, options: Mapping[str, Any], report: Callable[[str], None]) -> Table:
    """Twenty held-out contents under shipped and under held-out styles, beside Gatys's optimisation."""
    folder = package.newest(places.shelf, "stylise")
    if folder is None:
        return []
    perception = Perception(places.data / PERCEPTION)
    contents = contents_for_judging(places.data)[: options["contents"]]
    marks = [step for step in GATYS_STEPS if step <= options["steps"]]
    kept = Kept(places.runs / "stylise" / "gatys.json", perception)
    shipped = shipped_styles(places.data, perception)
    paint = packaged_painter(folder, shipped)
    table: Table = []
    verdicts: list[tuple[str, Verdict]] = []
    for kind, styles in (("shipped", shipped), ("held-out", held_out_styles(places.data, perception))):
        found = []
        for number, content in enumerate(contents):
            style = styles[number * 7 % len(styles)]
            verdict = judge_pair(content, style, paint, perception, marks, kept, bool(options["reuse"]))
            report(f"{kind} {number + 1}/{len(contents)} {style[0]}: {verdict.recoloured:.2f} -> {verdict.ours:.2f}")
            found.append(verdict)
            verdicts.append((kind, verdict))
        values = {key: round(value, 3) for key, value in summary(found).items()}
        table.append({"judge": f"stylise, {kind} styles", "version": folder.name, "pairs": len(found), **values})
    if options.get("sheets"):
        sheets = Path(options["sheets"])
        sheets.mkdir(parents=True, exist_ok=True)
        (sheets / "verdicts.json").write_text(
            json.dumps([{"kind": kind, **vars(v)} for kind, v in verdicts], indent=1), encoding="utf-8"
        )
        for name, page in contact_sheet(places.data, paint, shipped).items():
            (sheets / name).write_bytes(page)
    return table


def publish_variant(variant: str, version: str, run: Run, places: Places, private: Ed25519PrivateKey) -> Path:
    """Gather the shipped styles' own weights, judge beside what is kept of Gatys, write the package."""
    network = Stylise(RECIPES[variant].width, RECIPES[variant].blocks)
    network.load_state_dict(loop.averaged_weights(places.run("stylise", variant)))
    network.eval()
    perception = Perception(places.data / PERCEPTION)
    styles = shipped_styles(places.data, perception)
    ships = [
        shipped(network, variant, tensor([style.picture]), work, places.runs / "stylise")
        for work, (_, style) in zip(SHIPPED, styles, strict=True)
    ]
    entries = terms.card_entries(SETS, RECIPES[variant].terms, places.data)
    paint = _painting(network, ships, styles)
    scores = _scores(paint, styles, places, perception)
    sheets = {f"docs/{name}": page for name, page in contact_sheet(places.data, paint, styles).items()}
    return publish(network, ships, run, scores, entries, places.data, version, places.shelf, private, sheets)


def _painting(network: Stylise, ships: Sequence[Ship], styles: Sequence[tuple[str, Style]]) -> Paint:
    """The network before it is packaged, as the judge calls it."""
    own = {style_key(style): ship for (_, style), ship in zip(styles, ships, strict=True)}

    def paint(recoloured: Tensor, style: Style) -> Tensor:
        ship = own.get(style_key(style))
        if ship is not None:
            return paint_with(painter_of(network, ship), recoloured, ship.code)
        with torch.no_grad():
            return paint_with(network.painter, recoloured, network.encoder(tensor([style.picture])))

    return paint


def _scores(paint: Paint, shipped: Sequence[tuple[str, Style]], places: Places, perception: Perception) -> Table:
    """The objective beside the recoloured picture and, where `gesso-train judge stylise` ran before, beside Gatys."""
    rows: Table = []
    kept = Kept(places.runs / "stylise" / "gatys.json", perception)
    for kind, styles in (("shipped", shipped), ("held-out", held_out_styles(places.data, perception))):
        pairs = [
            (content, styles[number * 7 % len(styles)])
            for number, content in enumerate(contents_for_judging(places.data))
        ]
        known = all(kept.get(content[1], style[1], CARD_MARKS) for content, style in pairs)
        marks = CARD_MARKS if known else ()
        values = summary([judge_pair(c, s, paint, perception, marks, kept, reuse=True) for c, s in pairs])
        baseline = {"recoloured alone": values["recoloured"]}
        baseline |= {f"Gatys at {mark} steps": values[f"gatys_{mark}"] for mark in marks}
        rows.append(
            {
                "judge": f"30 x relative Gram + relative content, 256 px, {kind} styles",
                "metric": "objective (lower is better)",
                "value": round(values["ours"], 4),
                "baseline": {name: round(value, 4) for name, value in baseline.items()},
                "published": "",
            }
        )
        if "closed_to_gatys_50" in values:
            rows.append(
                {
                    "judge": f"the same, {kind} styles",
                    "metric": "share of the log distance from recoloured to Gatys at 50 steps",
                    "value": round(values["closed_to_gatys_50"], 4),
                    "baseline": {"recoloured alone": 0},
                    "published": "",
                }
            )
    return rows


LADDER = (
    Rung("stylise, shipped styles", "closed_to_gatys_50", floor=1.0),
    Rung("stylise, held-out styles", "closed_to_gatys_50", floor=0.7, goal=0.85),
)
"""What share of the log distance from the recoloured picture to Gatys at 50 steps is gone."""

MODEL = Model(RECIPES, task, judge, publish_variant, SETS, lambda _: "stylise", timed, OWN, ladder=LADDER)
