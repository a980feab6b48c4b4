"""What is known of a model on one page of HTML that needs nothing besides; and one page for all."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from gesso_training import curves, feedback, ladder, ledger, package, run_folder
from gesso_training.registry import Model, Places, Table

STYLE = """
:root{--text:#222;--muted:#6b6762;--ground:#fbfaf8;--line:#ddd8d0;--mark:#c2571a;--good:#2f6f3e}
@media(prefers-color-scheme:dark){:root{--text:#e4e1dc;--muted:#a09a92;--ground:#1b1b1c;--line:#3a3836;--mark:#e98a52;--good:#7fbf8c}}
body{font:15px/1.5 system-ui,sans-serif;color:var(--text);background:var(--ground);max-width:72rem;margin:2rem auto;padding:0 1.2rem}
h1{font-size:1.9rem;margin:0}h2{font-size:1.15rem;margin:2.2rem 0 .5rem;border-bottom:1px solid var(--line)}
p.lead{color:var(--muted);margin:.2rem 0 1.2rem}.none{color:var(--muted)}a{color:var(--mark)}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-size:.88rem}th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line);vertical-align:top}
th{font-weight:600;color:var(--muted)}td:first-child{white-space:nowrap}td.number{text-align:right;font-variant-numeric:tabular-nums}th.number{text-align:right}
.good{color:var(--good);font-weight:600}.bad{color:var(--mark);font-weight:600}
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.8rem}.cards div{border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem}
.cards b{display:block;font-size:1.25rem}.cards span{color:var(--muted);font-size:.8rem}
.pictures{display:grid;grid-template-columns:repeat(auto-fit,minmax(14rem,1fr));gap:1rem}.curves{grid-template-columns:repeat(auto-fit,minmax(24rem,1fr))}figure{margin:0}figure img,svg{max-width:100%;height:auto}figcaption{font-size:.82rem;color:var(--muted)}
.p{font:12px system-ui,sans-serif;fill:currentColor}.g{stroke:currentColor;opacity:.18}
@media print{body{margin:0;max-width:none;background:#fff;color:#000}h2,figure,tr{break-inside:avoid;break-after:auto}h2{break-after:avoid}}
"""
ASKED = ("accuracy", "recall", "coverage")
"""What a classifier is asked: a metric that has one of these words in its name answers."""


@dataclass(frozen=True)
class Known:
    """All that a page tells of one model."""

    name: str
    model: Model
    cards: Sequence[tuple[Path, Mapping[str, Any]]]
    """The newest package of each variant and its card."""
    runs: Sequence[ledger.Run]
    judged: Table
    judged_when: str
    use: feedback.Use | None
    curves: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    failures: Sequence[tuple[str, bytes]] = ()
    timed: Table = field(default_factory=list)
    unshown: str = ""
    """Why no failures are shown, where that is so."""

    @property
    def ladder(self) -> Table:
        """Its rungs and where it stands."""
        return ladder.rows(self.name, self.model, self.judged) if self.judged else []


def gather(
    name: str,
    model: Model,
    places: Places,
    runs: Sequence[ledger.Run],
    proposals: Sequence[feedback.Proposal] = (),
    by_hand: Mapping[str, float] | None = None,
    timed: Table | None = None,
) -> Known:
    """What shelf, ledger, runs, judge and feedback know of a model; failures only where its data are here."""
    names = list(dict.fromkeys(model.package_name(variant) for variant in model.recipes))
    folders = [folder for one in names if (folder := package.newest(places.shelf, one))]
    cards = [(folder, json.loads((folder / "card.json").read_text(encoding="utf-8"))) for folder in folders]
    when, judged = ladder.kept(places.runs, name)
    told = {variant: run_folder.curve_of(places.run(name, variant)) for variant in model.recipes}
    failures: list[tuple[str, bytes]] = []
    told_of = ""
    if model.failures is not None and cards and places.data.is_dir():
        try:
            failures = model.failures(places)
        except (OSError, ValueError) as trouble:  # its data are not here: the page says so instead
            told_of = str(trouble)
    return Known(
        name,
        model,
        cards,
        [run for run in runs if run.model == name],
        judged,
        when,
        feedback.of(proposals, names, by_hand or {}),
        {variant: lines for variant, lines in told.items() if lines},
        failures,
        timed or [],
        told_of,
    )


def page(known: Known) -> str:
    """The page of one model."""
    cards = [card for _, card in known.cards]
    lead = str(cards[0]["summary"]) if cards else "Nothing of it is on the shelf yet."
    parts = [
        f"<h1>{escape(known.name)}</h1><p class='lead'>{escape(lead)}</p>",
        _figures(known),
        _part("Measured claim", _table(_claims(known.cards)), "No package was measured yet."),
        _part(
            "Ladder",
            _table(known.ladder) + (f"<p class='none'>Judged {escape(known.judged_when)}.</p>" if known.ladder else ""),
            f"Not judged here yet: gesso-train judge {known.name}",
        ),
        _part(
            "Accuracy, recall and coverage",
            _table(_answers(known)),
            "Its judge tells none of them, or was not asked yet; what makes pictures is measured by the scores above.",
        ),
        _part("Efficiency", _table(_efficiency(known)) + _table(known.timed), "No run and no package to measure."),
        _part("What artists did with it", _experience(known.use), "No feedback export was given (--feedback FILE)."),
        _part("Learning curves", _drawn(known), "No run of it lies on this machine."),
        _part("Where it fails", _failures(known), "Nothing was written down yet."),
        _part("Learnt from", _table(_data(cards)), "No package says."),
        _part("Runs", _table(_runs(known.runs)), "The ledger knows none."),
    ]
    return _whole(f"{known.name}: report", "".join(parts))


def index(every: Sequence[Known]) -> str:
    """The page of all models."""
    rows = []
    for known in every:
        steps = [row["stands"] for row in known.ladder]
        cards = [card for _, card in known.cards]
        share = known.use.share_kept if known.use else None
        rows.append(
            {
                "model": _Link(known.name, f"{known.name}.html"),
                "packages": ", ".join(f"{card['name']} {card['version']}" for card in cards) or "none yet",
                "terms": ", ".join(dict.fromkeys(str(card["terms"]) for card in cards)),
                "ladder": ", ".join(f"{steps.count(one)} {one}" for one in dict.fromkeys(steps)) or "not judged",
                "learnt": f"{sum(_spent(known.runs).values()) / 60:.1f} h",
                "kept by artists": "" if share is None else f"{share:.0%}",
            }
        )
    rungs = [row for known in every for row in known.ladder]
    body = (
        "<h1>The models of Gesso</h1><p class='lead'>What each was measured at, what it cost, and what became of it.</p>"
        + _table(rows)
        + _part("Ladder", _table(rungs), "Nothing was judged here yet: gesso-train judge all")
    )
    return _whole("Gesso: models", body)


@dataclass(frozen=True)
class _Link:
    text: str
    to: str


def _whole(title: str, body: str) -> str:
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width,initial-scale=1'><meta name='color-scheme' content='light dark'>"
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>{body}</body></html>\n"
    )


def _part(title: str, content: str, otherwise: str) -> str:
    return f"<h2>{escape(title)}</h2>" + (content or f"<p class='none'>{escape(otherwise)}</p>")


def _table(rows: Iterable[Mapping[str, Any]]) -> str:
    """A table with a column for every key that any row fills."""
    listed = list(rows)
    keys = [
        key for key in dict.fromkeys(k for row in listed for k in row) if any(row.get(key, "") != "" for row in listed)
    ]
    if not keys:
        return ""
    numbers = {
        key
        for key in keys
        if all(isinstance(row.get(key, ""), (int, float)) or row.get(key, "") == "" for row in listed)
    }

    def cell(key: str, value: Any) -> str:
        if isinstance(value, _Link):
            return f"<td><a href='{escape(value.to)}'>{escape(value.text)}</a></td>"
        said = f"{value:,.4g}" if isinstance(value, float) and abs(value) < 1000 else str(value)
        mark = {"goal reached": "good", "floor reached": "good", "below floor": "bad"}.get(said, "")
        kind = "number" if key in numbers else mark
        return f"<td class='{kind}'>{escape(said)}</td>" if kind else f"<td>{escape(said)}</td>"

    head = "".join(
        f"<th class='number'>{escape(key)}</th>" if key in numbers else f"<th>{escape(key)}</th>" for key in keys
    )
    body = "".join("<tr>" + "".join(cell(key, row.get(key, "")) for key in keys) + "</tr>" for row in listed)
    return f"<div class='wide'><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _figures(known: Known) -> str:
    """The few numbers that are looked at first."""
    spent = _spent(known.runs)
    share = known.use.share_kept if known.use else None
    saved = known.use.minutes_saved if known.use else None
    reached = [row["stands"] in ("goal reached", "floor reached") for row in known.ladder]
    shown = {
        "packages": str(len(known.cards)),
        "rungs at floor or above": f"{sum(reached)} of {len(reached)}" if reached else "not judged",
        "learning": f"{sum(spent.values()) / 60:.1f} h",
        "kept by artists": "no feedback" if share is None else f"{share:.0%}",
        "saved": "not known" if saved is None else f"{saved:.0f} min",
    }
    return "<div class='cards'>" + "".join(
        f"<div><b>{escape(value)}</b><span>{escape(title)}</span></div>" for title, value in shown.items()
    ) + "</div>"  # fmt: skip


def _claims(cards: Sequence[tuple[Path, Mapping[str, Any]]]) -> Table:
    rows = []
    for _, card in cards:
        for score in card["scores"]:
            beside = ", ".join(f"{name} {value:.4g}" for name, value in score["baseline"].items())
            published = score.get("published", "")
            rows.append(
                {
                    "package": f"{card['name']} {card['version']}",
                    "judge": score["judge"],
                    "metric": score["metric"],
                    "ours": score["value"],
                    "baseline": beside,
                    "published": published if isinstance(published, str) else json.dumps(published),
                }
            )
    return rows


def _answers(known: Known) -> Table:
    said = [(row["package"], row["judge"], row["metric"], row["ours"]) for row in _claims(known.cards)]
    said += [
        (str(row.get("model", known.name)), str(row.get("judge", "")), key, value)
        for row in known.judged
        for key, value in row.items()
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    ]
    return [
        {"of": of, "judge": where, "metric": metric, "value": value}
        for of, where, metric, value in dict.fromkeys(said)
        if any(word in metric.lower() for word in ASKED)
    ]


def _spent(runs: Sequence[ledger.Run]) -> dict[str, float]:
    """Minutes by variant: the ledger counts on within a run, so its longest line is the run's; trials count each."""
    found: dict[str, float] = {}
    for run in runs:
        key = run.variant if run.kind == "fit" else f"{run.variant} {run.kind} {run.when}"
        found[key] = max(found.get(key, 0.0), run.minutes)
    return found


def _efficiency(known: Known) -> Table:
    rows: Table = []
    for folder, card in known.cards:
        training = card["training"]
        variants = [v for v in known.model.recipes if known.model.package_name(v) == card["name"]]
        runs = [run for run in known.runs if run.kind == "fit" and run.variant in variants]
        energies = [run.energy_wh for run in runs]
        memory = [run.memory_mb for run in runs if run.memory_mb is not None]
        rows.append(
            {
                "package": f"{card['name']} {card['version']}",
                "size, MB": round(sum(file.stat().st_size for file in folder.glob("*.onnx")) / 1e6, 2),
                "learnt, min": training["minutes"],
                "steps": training["steps"],
                "memory, MB": max(memory) if memory else "not told",
                "energy, Wh": "not readable there"
                if not energies or None in energies
                else round(sum(one for one in energies if one is not None), 2),
                "on": training["hardware"],
            }
        )
    return rows


def _experience(use: feedback.Use | None) -> str:
    if use is None:
        return ""
    row: dict[str, Any] = {
        "proposed": use.proposed,
        "kept": use.kept,
        "kept, then changed": use.edited,
        "rejected": use.rejected,
        "share kept": "" if use.share_kept is None else f"{use.share_kept:.0%}",
        "seconds to decide (median)": "" if use.median_seconds is None else round(use.median_seconds, 1),
        "minutes saved": "not known: say --by-hand TOOL=MINUTES"
        if use.minutes_saved is None
        else round(use.minutes_saved, 1),
    }
    return _table([row])


def _drawn(known: Known) -> str:
    found = []
    for variant, lines in known.curves.items():
        told = curves.series(lines)
        shown = {name: points for name, points in told.items() if name == "loss" or name.startswith("validation/")}
        found += [f"<figure>{drawn}</figure>" for drawn in _charts(variant, shown)]
    return f"<div class='pictures curves'>{''.join(found)}</div>" if found else ""


def _charts(variant: str, told: Mapping[str, Sequence[tuple[float, float]]]) -> list[str]:
    from gesso_training.drawing import chart

    return [chart(f"{variant}: {name.replace('/', ' ')}", {name: points}, False) for name, points in told.items()]


def _failures(known: Known) -> str:
    limits = list(dict.fromkeys(str(line) for _, card in known.cards for line in card["limits"]))
    said = "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in limits) + "</ul>" if limits else ""
    shown = "".join(
        f"<figure><img alt='{escape(caption, quote=True)}' src='data:image/png;base64,{base64.b64encode(png).decode()}'>"
        f"<figcaption>{escape(caption)}</figcaption></figure>"
        for caption, png in known.failures
    )
    why = f"<p class='none'>{escape(known.unshown)}</p>" if known.unshown else ""
    return said + why + (f"<div class='pictures'>{shown}</div>" if shown else "")


def _data(cards: Sequence[Mapping[str, Any]]) -> Table:
    rows = [
        {key: entry.get(key, "") for key in ("name", "pictures", "terms", "licence", "source")}
        for card in cards
        for entry in card["data"]
    ]
    return [dict(row) for row in dict.fromkeys(tuple(row.items()) for row in rows)]


def _runs(runs: Sequence[ledger.Run]) -> Table:
    """The last line of each variant, and of each trial."""
    last = {(run.variant, run.kind, run.when if run.kind != "fit" else ""): run for run in runs}
    return [
        {
            "variant": run.variant,
            "kind": run.kind,
            "steps": run.steps,
            "minutes": round(run.minutes, 1),
            "seed": run.seed,
            "ended": "yes" if run.finished else "no",
            "validation": ", ".join(f"{name} {value:g}" for name, value in run.scores.items()),
            "when": run.when,
            "note": run.note,
        }
        for run in last.values()
    ]
