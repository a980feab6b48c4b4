"""`gesso models compare`: two versions of a model on one picture, as one picture and in numbers."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gesso.cli.command import Parser
from gesso.cli.making import check_room, check_target
from gesso.cli.settings import DEVICES, device
from gesso.cli.terminal import OK, Terminal
from gesso.cli.work import interruptible
from gesso.engine import Package
from gesso.files import pictures
from gesso.operations.painting.difference import difference, shown
from gesso.tools import TOOLS, Tool
from gesso.tools.studio import Studio
from gesso.tools.trial import Tried, tried
from gesso.values import Picture, Progress, Trouble

VIEWS = ("beside", "split", "difference")


def arguments(parser: Parser) -> None:
    say = parser.say
    parser.add_argument("input", metavar=say("IN"), help=say("the picture that both are run on"))
    for side in ("first", "second"):
        parser.add_argument(side, metavar=say("NAME[@VERSION]"), help=say("a model; the version in use when left out"))
    parser.add_argument("-o", "--output", required=True, metavar=say("OUT"), help=say("the two as one picture"))
    parser.add_argument(
        "--view",
        choices=VIEWS,
        default=VIEWS[0],
        help=say("side by side, with a line in the middle, or their difference four times as strong"),
    )
    parser.add_argument("--force", action="store_true", help=say("write over results that are there already"))
    parser.add_argument(
        "--device", choices=DEVICES, help=say("what the model runs on; the best that is there when left out")
    )
    parser.json_switch()


def run(given: Namespace, terminal: Terminal) -> int:
    source, target = Path(given.input), Path(given.output)
    with Studio(device(given.device)) as studio:
        packages = [_named(studio, given.first), _named(studio, given.second)]
        tool = _tool_of(packages)
        scale = max(package.card.tiling.scale if package.card.tiling else 1 for package in packages)
        check_target(source, target, given.force)
        check_room(source, target, 2 * scale)  # two results, and both as one picture

        def work(progress: Progress) -> tuple[Tried, Tried]:
            picture = pictures.read(source, progress=progress.part(0, 0.05)).picture
            halves = (progress.part(0.05, 0.5), progress.part(0.5, 0.95))
            first, second = (
                tried(studio, tool, picture, package, tool.defaults(), half)
                for package, half in zip(packages, halves, strict=True)
            )
            if first.picture.size != second.picture.size:
                raise Trouble(
                    "{first} and {second} do not make pictures of the same size.",
                    "Nothing was written.",
                    "Compare models that enlarge as much.",
                    first=packages[0].name,
                    second=packages[1].name,
                )
            made = Picture(_together(first.picture.colour, second.picture.colour, given.view))
            pictures.write(made, target, provenance=(first.made, second.made), overwrite=given.force)
            return first, second

        found = interruptible(work, terminal)
    _tell(found, target, terminal)
    return OK


def _named(studio: Studio, text: str) -> Package:
    name, _, version = text.partition("@")
    return studio.shelf.open(name, version or None)


def _tool_of(packages: list[Package]) -> Tool:
    tasks = {package.card.task for package in packages}
    tool = next((tool for tool in TOOLS if tasks == {tool.task}), None)
    if tool is None:
        raise Trouble(
            "{first} and {second} are not for the same task.",
            "Nothing was run.",
            "Compare two versions of one model, or two models of one tool.",
            first=packages[0].name,
            second=packages[1].name,
        )
    return tool


def _together(first: NDArray[Any], second: NDArray[Any], view: str) -> NDArray[Any]:
    if view == "difference":
        return shown(first, second)
    if view == "beside":
        return np.concatenate([first, second], axis=1)
    found = np.array(first)
    middle = found.shape[1] // 2
    found[:, middle:] = second[:, middle:]
    return found


def _tell(found: tuple[Tried, Tried], target: Path, terminal: Terminal) -> None:
    apart = difference(found[0].picture.colour, found[1].picture.colour)
    facts = [
        {
            "name": one.package.name,
            "version": one.package.version,
            "seconds": round(one.seconds, 3),
            "device": one.device,
        }
        for one in found
    ]
    numbers = {"mean": round(apart.mean, 4), "largest": apart.largest, "share": round(apart.share, 6)}
    if terminal.as_json:
        terminal.json({"output": str(target), "models": facts, "difference": numbers})
        return
    for one in facts:
        terminal.line(terminal.say("{name} {version}: {seconds} s on {device}", **one))
    terminal.line(
        terminal.say(
            "{output}: {share} % of the pixels look different; {mean} of 255 steps on average, {largest} at most.",
            output=target, share=f"{100 * apart.share:.2g}", mean=f"{apart.mean:.2f}", largest=apart.largest,
        )
    )  # fmt: skip
