"""What each model has to reach and what it reached: ours beside published scores, baseline, floor and goal."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gesso_training import ledger
from gesso_training.registry import Model, Rung, Table


def rows(name: str, model: Model, judged: Sequence[Mapping[str, Any]]) -> Table:
    """One row a rung; where nothing was judged, the row says so."""
    return [_row(name, rung, judged) for rung in model.ladder]


def _row(name: str, rung: Rung, judged: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    here = [row for row in judged if row.get("judge") == rung.judge]
    ours = next((row for row in here if not rung.model or row.get("model") == rung.model), {})
    beside = next((row for row in here if row.get("model") == rung.baseline), None)
    value = ours.get(rung.metric)
    baseline = beside.get(rung.metric) if beside is not None else ours.get(rung.baseline)
    published = ", ".join(f"{method} {score:g}" for method, score in rung.published.items())
    return {
        "model": rung.model or name,
        "version": ours.get("version", ""),
        "judge": rung.judge,
        "metric": rung.metric,
        "ours": "" if value is None else value,
        "baseline": "" if baseline is None else f"{rung.baseline} {baseline:.4g}",
        "floor": "" if rung.floor is None else rung.floor,
        "goal": "" if rung.goal is None else rung.goal,
        "published": f"{published} ({rung.source})" if published and rung.source else published,
        "stands": standing(rung, value),
    }


def standing(rung: Rung, value: float | None) -> str:
    """In words, where a score stands on its rung."""
    if value is None:
        return "not judged"
    sign = -1 if rung.less_is_better else 1
    if rung.goal is not None and sign * value >= sign * rung.goal:
        return "goal reached"
    if rung.floor is None:
        return "below goal" if rung.goal is not None else "judged"
    return "floor reached" if sign * value >= sign * rung.floor else "below floor"


def keep(runs: Path, name: str, judged: Table) -> None:
    """Remember what a judge said, for the report."""
    file = runs / "judged" / f"{name}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_suffix(".part")
    said = {"when": ledger.now(), "hardware": ledger.hardware(), "rows": judged}
    part.write_text(json.dumps(said, indent=1, ensure_ascii=False), encoding="utf-8")
    os.replace(part, file)


def kept(runs: Path, name: str) -> tuple[str, Table]:
    """When a judge last spoke, and what it said; nothing where it never did."""
    try:
        said = json.loads((runs / "judged" / f"{name}.json").read_text(encoding="utf-8"))
        return str(said["when"]), list(said["rows"])
    except (OSError, ValueError, KeyError):
        return "", []
