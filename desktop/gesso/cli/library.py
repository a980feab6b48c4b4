"""`gesso library`: the pictures in the folders that the artist chose, found by words and by likeness."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from gesso.cli.command import Command, Parser
from gesso.cli.settings import DEVICES, device
from gesso.cli.terminal import OK, TROUBLE, Terminal
from gesso.cli.work import interruptible
from gesso.files.library import Finds, Library
from gesso.tools.library import (
    Updated,
    open_library,
    place_of,
    title,
    understand,
    update,
)
from gesso.tools.studio import Studio

MOST = 20
"""Found pictures that are listed unless more are asked for."""


def _with_library(run: Callable[[Library, Namespace, Terminal], int]) -> Callable[[Namespace, Terminal], int]:
    def opened(given: Namespace, terminal: Terminal) -> int:
        with open_library() as library:
            return run(library, given, terminal)

    return opened


def _show(library: Library, given: Namespace, terminal: Terminal) -> int:
    say = terminal.say
    if given.json:
        folders = [{"folder": str(folder), "is_there": folder.is_dir()} for folder in library.folders]
        terminal.json({"folders": folders, "pictures": library.count, "words": [word.name for word in library.words]})
        return OK
    if not library.folders:
        terminal.line(say("The library is empty. Choose a folder with: gesso library add FOLDER"))
        return OK
    for folder in library.folders:
        terminal.line(str(folder) if folder.is_dir() else say("{folder} (not there now)", folder=folder))
    terminal.line(say("{count} pictures can be found.", count=library.count))
    return OK


def _add(library: Library, given: Namespace, terminal: Terminal) -> int:
    library.add(Path(given.folder))
    return _update(library, given, terminal)


def _remove(library: Library, given: Namespace, terminal: Terminal) -> int:
    count = library.remove(Path(given.folder))
    terminal.line(terminal.say("{count} pictures are forgotten; the files stay where they are.", count=count))
    return OK


def _update(library: Library, given: Namespace, terminal: Terminal) -> int:
    say = terminal.say
    with Studio(device(given.device)) as studio:
        found: Updated = interruptible(lambda progress: update(library, studio, progress), terminal)
    if given.json:
        terminal.json(
            {
                "read": found.read, "unreadable": found.unreadable, "forgotten": found.forgotten,
                "away": [str(folder) for folder in found.away], "pictures": library.count,
            }
        )  # fmt: skip
        return OK
    terminal.line(say("{read} pictures read, {count} can be found.", read=found.read, count=library.count))
    if found.unreadable:
        terminal.line(say("{count} files could not be read; they are passed over.", count=found.unreadable))
    if found.forgotten:
        terminal.line(say("{count} pictures that are gone were forgotten.", count=found.forgotten))
    for folder in found.away:
        terminal.line(say("{folder} is not there now; its pictures are kept for when it comes back.", folder=folder))
    return OK


def _search(library: Library, given: Namespace, terminal: Terminal) -> int:
    asked = understand(" ".join(given.words), library.words)
    say = terminal.say
    for typed, names, is_not in asked.said:
        said = ", ".join(title(name, say) for name in names)
        if said and is_not:
            terminal.note(say("{typed}: not {words}", typed=typed, words=said))
        elif said:
            terminal.note(say("{typed}: {words}", typed=typed, words=said))
    return _tell(library, library.search(asked.wanted, given.most), given, terminal)


def _like(library: Library, given: Namespace, terminal: Terminal) -> int:
    path = Path(given.file)
    with Studio(device(given.device)) as studio:
        place = interruptible(lambda progress: place_of(library, studio, path, progress), terminal)
    return _tell(library, library.like(place, given.most, path), given, terminal)


def _tell(library: Library, finds: Finds, given: Namespace, terminal: Terminal) -> int:
    """The paths alone go to the output: other programs take them from there."""
    if given.json:
        rows = [
            {
                "path": str(one.path),
                "fit": round(one.fit, 3),
                "words": [word.name for word in library.said_of(one.path)],
            }
            for one in finds.pictures
        ]
        terminal.json({"count": finds.count, "pictures": rows})
    for one in finds.pictures:
        terminal.line(str(one.path))
    if not finds.pictures:
        terminal.note(terminal.say("Nothing in the library fits."))
    elif finds.count > len(finds.pictures):
        more = finds.count - len(finds.pictures)
        terminal.note(terminal.say("And {count} more; list them with --most.", count=more))
    return OK if finds.pictures else TROUBLE


def _for_folder(parser: Parser) -> None:
    parser.add_argument("folder", metavar=parser.say("FOLDER"), help=parser.say("a folder, with all below it"))


def _for_update(parser: Parser) -> None:
    parser.add_argument(
        "--device", choices=DEVICES, help=parser.say("what the model runs on; the best that is there when left out")
    )
    parser.json_switch()


def _for_add(parser: Parser) -> None:
    _for_folder(parser)
    _for_update(parser)


def _for_finding(parser: Parser) -> None:
    parser.add_argument(
        "--most", type=int, default=MOST, metavar=parser.say("COUNT"), help=parser.say("how many are listed")
    )
    parser.json_switch()


def _for_search(parser: Parser) -> None:
    parser.add_argument(
        "words", nargs="*", metavar=parser.say("WORD"),
        help=parser.say("what must be in them; `not` before a word means that it must not"),
    )  # fmt: skip
    _for_finding(parser)


def _for_like(parser: Parser) -> None:
    parser.add_argument("file", metavar=parser.say("FILE"), help=parser.say("a picture, in the library or not"))
    parser.add_argument(
        "--device", choices=DEVICES, help=parser.say("what the model runs on; the best that is there when left out")
    )
    _for_finding(parser)


LIBRARY = Command(
    name="library",
    summary="The pictures in the folders that you choose, found by words and by likeness.",
    parts=(
        Command(
            name="show",
            summary="The chosen folders, and how many pictures can be found.",
            arguments=Parser.json_switch,
            run=_with_library(_show),
        ),
        Command(
            name="add", summary="Choose a folder and read its pictures.", arguments=_for_add, run=_with_library(_add)
        ),
        Command(
            name="remove",
            summary="Choose a folder no more and forget its pictures; the files stay.",
            arguments=_for_folder,
            run=_with_library(_remove),
        ),
        Command(
            name="update",
            summary="Read what is new or changed, and forget what is gone.",
            arguments=_for_update,
            run=_with_library(_update),
        ),
        Command(
            name="search",
            summary="Find pictures by what is in them, their colours, or their names.",
            arguments=_for_search,
            run=_with_library(_search),
        ),
        Command(name="like", summary="Find pictures like another one.", arguments=_for_like, run=_with_library(_like)),
    ),
)
