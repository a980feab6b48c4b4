"""`gesso provenance`: what an exported picture says of how it was made."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from gesso.cli.command import Command, Parser
from gesso.cli.terminal import OK, Terminal
from gesso.documents.painting import Provenance
from gesso.files import pictures
from gesso.values import mark


def _run(given: Namespace, terminal: Terminal) -> int:
    source = Path(given.file)
    pictures.probe(source)  # a missing or broken picture is said as such
    origin = pictures.read_provenance(source)
    if given.json:
        records = [{**asdict(record), "knobs": dict(record.knobs)} for record in origin.records]
        terminal.json({"source_type": origin.source_type, "records": records, **asdict(origin.credit)})
        return OK
    credit = origin.credit
    named = ((mark("Author"), credit.author), (mark("Copyright"), credit.rights), (mark("Title"), credit.title))
    terminal.table([(terminal.say(title), said) for title, said in named if said])
    if origin.source_type:
        terminal.line(terminal.say("Digital source type (IPTC): {kind}", kind=origin.source_type))
    if not origin.records:
        terminal.line(terminal.say("{name} carries no record of a model's part in it.", name=source.name))
    for number, record in enumerate(origin.records):
        if number:
            terminal.line()
        terminal.table(_rows(record, terminal))
    return OK


def _rows(record: Provenance, terminal: Terminal) -> list[tuple[str, str]]:
    say = terminal.say
    knobs = ", ".join(f"{name} {value}" for name, value in record.knobs.items())
    return [
        (say("Tool"), record.tool),
        (say("Model"), f"{record.model} {record.model_version}"),
        (say("Settings"), knobs),
        (say("Seed"), str(record.seed)),
        (say("When"), record.when),
    ]


def _arguments(parser: Parser) -> None:
    parser.add_argument("file", metavar=parser.say("FILE"), help=parser.say("a picture"))
    parser.json_switch()


PROVENANCE = Command(
    name="provenance", summary="What a picture says of how it was made.", arguments=_arguments, run=_run
)
