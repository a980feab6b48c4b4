"""`gesso models`: what models are installed, whether they are sound, which version is used."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from gesso.cli import models_compare
from gesso.cli.command import Command, Parser
from gesso.cli.settings import DEVICES, device
from gesso.cli.terminal import OK, TROUBLE, Terminal
from gesso.cli.work import interruptible
from gesso.engine import Package
from gesso.tools.model_shelf import Version, versions_of
from gesso.tools.model_words import GRADES, TERMS, metric, published_scores, told
from gesso.tools.studio import Studio
from gesso.values import Trouble


def _list(given: Namespace, terminal: Terminal) -> int:
    with Studio() as studio:
        listed = [version for name in studio.shelf.names() for version in versions_of(studio, name)]
    found = [_facts(version, terminal) for version in listed]
    if given.json:
        terminal.json(found)
        return OK
    if not found:
        terminal.line(terminal.say("No model is installed. Install one with: gesso models install FILE"))
        return OK
    terminal.table([(f["name"], f["version"], "*" if f["used"] else " ", _remark(f, terminal)) for f in found])
    return OK


def _facts(version: Version, terminal: Terminal) -> dict[str, Any]:
    """One version of a model as plain JSON."""
    facts: dict[str, Any] = {
        "name": version.name, "version": version.version, "used": version.is_used, "pinned": version.is_pinned,
        "shipped": version.is_shipped, "bytes": version.size_bytes,
    }  # fmt: skip
    if version.package is None:
        assert version.trouble is not None
        return facts | {"sound": False, "trouble": version.trouble.sentence(terminal.say)}
    card, signer, tested = version.package.card, version.package.signer, version.tested
    return facts | {
        "sound": True, "title": card.title, "task": card.task, "grade": card.grade, "terms": card.terms,
        "signer": signer.owner or signer.id,
        "tested": None if tested is None else {"device": tested.device, "right": tested.is_right, "when": tested.when},
    }  # fmt: skip


def _remark(facts: dict[str, Any], terminal: Terminal) -> str:
    if not facts["sound"]:
        return str(facts["trouble"])
    words = [told(facts["title"], terminal.say).text, terminal.say(TERMS[facts["terms"]])]
    if facts["pinned"]:
        words.append(terminal.say("pinned"))
    if not facts["shipped"]:
        words.append(terminal.say("installed by you, signed by {signer}", signer=facts["signer"]))
    return ", ".join(words)


def _show(given: Namespace, terminal: Terminal) -> int:
    with Studio() as studio:
        package = studio.shelf.open(given.name, given.version)
    if given.json:
        terminal.json({**package.card.everything, "digest": package.digest, "signer": package.signer.id})
        return OK
    terminal.table(_card(package, terminal))
    return OK


def _card(package: Package, terminal: Terminal) -> list[tuple[str, str]]:
    """A card as lines that an artist reads, in the artist's language as far as the card is one of ours."""
    say, card, training = terminal.say, package.card.everything, package.card.everything["training"]

    def said(text: object) -> str:
        return told(str(text), say).text

    rows = [
        (say("Model"), f"{package.name} {package.version}"),
        (say("What it does"), said(card["summary"])),
        (say("Task"), f"{card['task']}, {say(GRADES[card['grade']])}"),
        (say("Licence"), f"{card['licence']}, {say(TERMS[card['terms']])}"),
        (say("Signed by"), f"{package.signer.owner} {package.signer.id}".strip()),
        (say("Trained on"), f"{said(training['hardware'])}, {training['minutes']} min, {training['commit']}"),
    ]
    for data in card["data"]:
        rows.append((say("Training data"), f"{said(data['name'])}, {said(data['licence'])}, {said(data['source'])}"))
    for score in card["scores"]:
        beside = [f"{said(name)} {value}" for name, value in score["baseline"].items()]
        others = published_scores(str(score.get("published", "")))
        beside += [f"{name} {value}" for name, value in others if name not in score["baseline"]]
        measured = f"{said(score['judge'])}: {metric(str(score['metric']), say).text} {score['value']}"
        rows.append((say("Measured"), measured + (f" ({', '.join(beside)})" if beside else "")))
    rows += [(say("Limits"), said(limit)) for limit in card["limits"]]
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
        truth = interruptible(lambda progress: studio.test(package, progress), terminal)
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
            truth = interruptible(lambda progress: studio.test(package, progress), terminal)
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


def _for_show(parser: Parser) -> None:
    _name(parser)
    parser.add_argument(
        "version", nargs="?", metavar=parser.say("VERSION"), help=parser.say("the one in use when left out")
    )
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
        Command(name="show", summary="A model's card: what it does, its licence, its scores, its limits.", arguments=_for_show, run=_show),
        Command(name="compare", summary="Run two versions on a picture and show them as one picture.", arguments=models_compare.arguments, run=models_compare.run),
        Command(name="verify", summary="Check signature and contents, and the golden sample on this device.", arguments=_for_verify, run=_verify),
        Command(name="pin", summary="Use this version until it is unpinned.", arguments=_name_version, run=_pin),
        Command(name="unpin", summary="Use the newest sound version again.", arguments=_name, run=_unpin),
        Command(name="rollback", summary="Go back to the version before the one in use.", arguments=_name, run=_rollback),
        Command(name="install", summary="Install a signed package.", arguments=_for_install, run=_install),
        Command(name="remove", summary="Remove a version that you installed.", arguments=_name_version, run=_remove),
        Command(name="trust", summary="Trust an author's key, so that their packages can be installed.", arguments=_for_trust, run=_trust),
    ),
)  # fmt: skip
