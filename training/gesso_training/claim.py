"""The measured claim of a package, read off its card: what the READMEs point to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def of(card: Mapping[str, Any]) -> tuple[list[dict[str, Any]], str]:
    """Rows of scores beside their baselines, and one line on how the package came about."""
    rows = [
        {
            "judge": score["judge"],
            "metric": score["metric"],
            card["name"]: score["value"],
            **score["baseline"],
        }
        for score in card["scores"]
    ]
    run = card["training"]
    terms = "; ".join(f"{entry['name']} ({entry['pictures']} pictures, {entry['terms']})" for entry in card["data"])
    start = run["recipe"].get("start_from")
    facts = (
        f"{card['name']} {card['version']}. {card['summary']} Trained for {run['steps']} steps in {run['minutes']} min"
        f"{f' on from {start}' if start else ''}, seed {run['seed']}, on {run['hardware']}, at commit {run['commit'] or 'unknown'}. Data: {terms}. "
        f"Terms: {card['terms']}."
    )
    published = card.get("published")
    return rows, facts + (f" Published: {published}" if published else "")
