"""`gesso models`: what models are installed, whether they are sound, which version is used."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from gesso.cli.command import Command, Parser
from gesso.cli.settings import DEVICES, device
from gesso.cli.terminal import OK, TROUBLE, Terminal
from gesso.cli.work import interruptible
from gesso.engine import Package
from gesso.tools.studio import Studio
from gesso.values import Trouble


def _list(given: Namespace, terminal: Terminal) -> int:
    with Studio() as studio:
        found = [facts for name in studio.shelf.names() for facts in _versions(studio, name, terminal)]
    if given.json:
        terminal.json(found)
        return OK
    if not found:
        terminal.line(terminal.say("No model is installed. Install one with: gesso models install FILE"))
        return OK
    terminal.table([(f["name"], f["version"], "*" if f["used"] else " ", _remark(f, terminal)) for f in found])
    return OK


def _versions(studio: Studio, name: str, terminal: Terminal) -> list[dict[str, Any]]:
    """Every version of a package, newest first, and which one is in use."""
    shelf = studio.shelf
    try:
        used = shelf.open(name).folder
    except Trouble:
        used = None
    found = []
    for folder in reversed([folder for folder in shelf.folders() if folder.parent.name == name]):
        facts: dict[str, Any] = {
            "name": name,
            "version": folder.name,
            "used": folder == used,
            "pinned": shelf.pinned(name) == folder.name,
            "shipped": folder.is_relative_to(shelf.shipped),
        }
        try:
            package = shelf.verified(folder)
            facts |= {
                "sound": True,
                "title": package.card.title,
                "task": package.card.task,
                "grade": package.card.grade,
            }
            facts["signer"] = package.signer.owner or package.signer.id
        except Trouble as refused:
            facts |= {"sound": False, "trouble": refused.sentence(terminal.say)}
        found.append(facts)
    return found


def _remark(facts: dict[str, Any], terminal: Terminal) -> str:
    if not facts["sound"]:
        return str(facts["trouble"])
    words = [facts["title"]]
    if facts["pinned"]:
        words.append(terminal.say("pinned"))
    if not facts["shipped"]:
        words.append(terminal.say("installed by you, signed by {signer}", signer=facts["signer"]))
    return ", ".join(words)


def _show(given: Namespace, terminal: Terminal) -> int:
    with Studio() as studio:
        package = studio.shelf.open(given.name)
    if given.json:
        terminal.json({**package.card.everything, "digest": package.digest, "signer": package.signer.id})
        return OK
    terminal.table(_card(package, terminal))
    return OK


def _card(package: Package, terminal: Terminal) -> list[tuple[str, str]]:
    """A card as lines that an artist reads."""
    say, card = terminal.say, package.card.everything
    training = card["training"]
    rows = [
        (say("Model"), f"{package.name} {package.version}"),
        (say("What it does"), str(card["summary"])),
        (say("Task"), f"{card['task']}, {card['grade']}"),
        (say("Licence"), f"{card['licence']}, {card['terms']}"),
        (say("Signed by"), f"{package.signer.owner} {package.signer.id}".strip()),
        (say("Trained on"), f"{training['hardware']}, {training['minutes']} min, {training['commit']}"),
    ]
    for data in card["data"]:
        rows.append((say("Training data"), f"{data['name']}, {data['licence']}, {data['source']}"))
    for score in card["scores"]:
        beside = ", ".join(f"{name} {value}" for name, value in score["baseline"].items())
        rows.append(
            (
                say("Measured"),
                f"{score['judge']}: {score['metric']} {score['value']}" + (f" ({beside})" if beside else ""),
            )
        )
    for limit in card["limits"]:
        rows.append((say("Limits"), str(limit)))
    return rows


def _verify(given: Namespace, terminal: Terminal) -> int:
    """Signature, hashes, card and graphs, then the golden sample on this device."""
    with Studio(device(given.device)) as studio:
        names = [given.name] if given.name else studio.shelf.names()
        found = [_verified(studio, name, terminal) for name in names]
    if given.json:
        terminal.json(found)
    for facts in found:
        terminal.line(_verdict(facts, terminal))
    if not found:
        terminal.line(terminal.say("No model is installed. Install one with: gesso models install FILE"))
    return OK if found and all(facts["sound"] for facts in found) else TROUBLE


def _verified(studio: Studio, name: str, terminal: Terminal) -> dict[str, Any]:
    """The pinned or newest version, not an older one that the shelf would fall back to."""
    say, versions = terminal.say, studio.shelf.versions(name)
    wanted = studio.shelf.pinned(name) or (versions[-1] if versions else None)
    try:
        package = studio.shelf.open(name, wanted)
        truth = interruptible(lambda progress: studio.engine.probe(package, progress), terminal)
    except Trouble as trouble:
        barred = [reason.sentence(say) for reason in studio.truth().barred.values()]
        sentence = trouble.sentence(say)
        return {"name": name, "version": wanted, "sound": False, "trouble": sentence, "barred": barred}
    return {
        "name": name, "version": package.version, "sound": True, "device": truth.title, "signer": package.signer.id,
        "barred": [reason.sentence(say) for digest, reason in truth.barred.items() if digest == package.digest],
        "reasons": [reason.sentence(say) for reason in truth.reasons],
    }  # fmt: skip


def _verdict(facts: dict[str, Any], terminal: Terminal) -> str:
    if not facts["sound"]:
        return " ".join([facts["trouble"], *facts["barred"]])
    sound = terminal.say("{name} {version}: sound, and right on {device}", **facts)
    return ". ".join([sound, *facts["barred"]])


def _pin(given: Namespace, terminal: Terminal) -> int:
    with Studio() as studio:
        studio.shelf.pin(given.name, given.version)
    terminal.line(terminal.say("{name} {version} is used until you unpin it.", name=given.name, version=given.version))
    return OK


def _unpin(given: Namespace, terminal: Terminal) -> int:
    with Studio() as studio:
        studio.shelf.unpin(given.name)
        version = studio.shelf.open(given.name).version
    terminal.line(
        terminal.say("The newest sound version of {name} is used: {version}.", name=given.name, version=version)
    )
    return OK


def _rollback(given: Namespace, terminal: Terminal) -> int:
    with Studio() as studio:
        version = studio.shelf.rollback(given.name)
    terminal.line(terminal.say("{name} {version} is used until you unpin it.", name=given.name, version=version))
    return OK


def _install(given: Namespace, terminal: Terminal) -> int:
    source = Path(given.source)
    if not source.exists():
        raise Trouble("{name} is not there.", "Nothing was installed.", "Check the name.", name=source.name)
    with Studio(device(given.device)) as studio:
        package = studio.shelf.install(source)
        try:
            truth = interruptible(lambda progress: studio.engine.probe(package, progress), terminal)
        except Trouble:
            studio.shelf.remove(package.name, package.version)
            raise
    terminal.line(
        terminal.say(
            "{name} {version} is installed, signed by {signer}, and right on {device}.",
            name=package.name,
            version=package.version,
            signer=package.signer.owner or package.signer.id,
            device=truth.title,
        )
    )
    return OK


def _remove(given: Namespace, terminal: Terminal) -> int:
    with Studio() as studio:
        studio.shelf.remove(given.name, given.version)
    terminal.line(terminal.say("{name} {version} is removed.", name=given.name, version=given.version))
    return OK


def _trust(given: Namespace, terminal: Terminal) -> int:
    with Studio() as studio:
        key = studio.trust.add(Path(given.key))
    terminal.line(
        terminal.say("Packages signed by {owner} ({id}) may be installed from now on.", owner=key.owner, id=key.id)
    )
    return OK


def _name(parser: Parser) -> None:
    parser.add_argument("name", metavar=parser.say("NAME"), help=parser.say("a model's name, as in the list"))


def _name_json(parser: Parser) -> None:
    _name(parser)
    parser.json_switch()


def _name_version(parser: Parser) -> None:
    _name(parser)
    parser.add_argument("version", metavar=parser.say("VERSION"), help=parser.say("such as 1.0.0"))


def _device(parser: Parser) -> None:
    parser.add_argument(
        "--device", choices=DEVICES, help=parser.say("what the model runs on; the best that is there when left out")
    )


def _for_verify(parser: Parser) -> None:
    parser.add_argument(
        "name", nargs="?", metavar=parser.say("NAME"), help=parser.say("one model; all of them when left out")
    )
    _device(parser)
    parser.json_switch()


def _for_install(parser: Parser) -> None:
    parser.add_argument("source", metavar=parser.say("FILE"), help=parser.say("a package: a zip file or a folder"))
    _device(parser)


def _for_trust(parser: Parser) -> None:
    parser.add_argument("key", metavar=parser.say("FILE"), help=parser.say("an author's public key, a .pub file"))


MODELS = Command(
    name="models",
    summary="See, check, install and choose models.",
    parts=(
        Command(name="list", summary="Every model and version; * marks the one in use.", arguments=Parser.json_switch, run=_list),
        Command(name="show", summary="A model's card: what it does, its licence, its scores, its limits.", arguments=_name_json, run=_show),
        Command(name="verify", summary="Check signature and contents, and the golden sample on this device.", arguments=_for_verify, run=_verify),
        Command(name="pin", summary="Use this version until it is unpinned.", arguments=_name_version, run=_pin),
        Command(name="unpin", summary="Use the newest sound version again.", arguments=_name, run=_unpin),
        Command(name="rollback", summary="Go back to the version before the one in use.", arguments=_name, run=_rollback),
        Command(name="install", summary="Install a signed package.", arguments=_for_install, run=_install),
        Command(name="remove", summary="Remove a version that you installed.", arguments=_name_version, run=_remove),
        Command(name="trust", summary="Trust an author's key, so that their packages can be installed.", arguments=_for_trust, run=_trust),
    ),
)  # fmt: skip
