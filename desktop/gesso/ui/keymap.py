"""Which keys ask for which command: ours, those of a preset, and what the artist changed of them.

Keys are written as Qt writes them in files ("Ctrl+Shift+Z"), those of one command in a row with " | " between them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from gesso.files.disk import atomically
from gesso.files.settings import Settings
from gesso.ui.actions import Act
from gesso.ui.presets import PRESETS
from gesso.ui.speech import mark
from gesso.values import Trouble

FORMAT = "gesso-shortcuts"
LARGEST_BYTES = 1 << 20
OF_THE_CANVAS = {
    "Space": mark("moving the view while it is held"),
    "Esc": mark("giving up what is under way"),
    "Return": mark("finishing what is under way"),
    "Enter": mark("finishing what is under way"),
    **{key: mark("moving the view") for key in ("Left", "Right", "Up", "Down")},
    **{str(digit): mark("opacity and choosing proposals") for digit in range(10)},
    "+": mark("zooming"),
    "-": mark("zooming"),
    "=": mark("zooming"),
}
"""Keys that mean something without a command; one that is given to a command is taken from this."""


def split(keys: str) -> list[str]:
    """The keys of a row, each as Qt would write it; what is no key at all is left out."""
    found = (normal(one) for one in keys.split(" | "))
    return list(dict.fromkeys(one for one in found if one))


def normal(keys: str) -> str:
    """As Qt writes it, or nothing for what is no key."""
    read = QKeySequence.fromString(keys.strip(), QKeySequence.SequenceFormat.PortableText)
    written = read.toString(QKeySequence.SequenceFormat.PortableText)
    known = read.count() > 0 and all(read[i].key() != 0x01FFFFFF for i in range(read.count()))
    return written if known else ""


class Keymap(QObject):
    """The keys of every command. The settings hold only what differs from the preset in use."""

    changed = Signal()

    def __init__(self, acts: Iterable[Act], settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.acts = {act.id: act for act in acts}
        self._settings = settings
        self._keys: dict[str, list[str]] = {}
        self._lay()

    def _lay(self) -> None:
        """Ours, then the preset's, then the artist's; who comes later takes keys away from who came before."""
        laid = {id: split(act.keys) for id, act in self.acts.items()}
        for changes in (PRESETS[self.preset].keys, self._settings.keys):
            known = {id: split(keys) for id, keys in changes.items() if id in laid}
            taken = {key for keys in known.values() for key in keys}
            laid = {id: known.get(id, [key for key in keys if key not in taken]) for id, keys in laid.items()}
        self._keys = laid

    @property
    def preset(self) -> str:
        """The id of the one that the artist's changes begin from."""
        return self._settings.key_preset if self._settings.key_preset in PRESETS else "gesso"

    @property
    def is_changed(self) -> bool:
        """Whether anything is other than the preset has it."""
        return bool(self._settings.keys)

    def keys(self, id: str) -> list[str]:
        """The keys of a command, the first of them is shown beside it."""
        return list(self._keys[id])

    def first(self, id: str) -> str:
        """What is shown beside it, or nothing."""
        return next(iter(self._keys[id]), "")

    def owner(self, key: str, besides: str = "") -> str:
        """The command that a key belongs to now, or nothing."""
        key = normal(key)
        return next((id for id, keys in self._keys.items() if key in keys and id != besides), "")

    def differs(self, id: str) -> bool:
        """Whether the artist has given this command other keys."""
        return id in self._settings.keys

    # --- changing ------------------------------------------------------------------------------------------------

    def add(self, id: str, key: str) -> None:
        """Give a command one more; whoever had it before loses it."""
        self.set(id, [*self.keys(id), key])

    def remove(self, id: str, key: str) -> None:
        """Take one away."""
        self.set(id, [one for one in self.keys(id) if one != normal(key)])

    def set(self, id: str, keys: Sequence[str]) -> None:
        """The keys of a command from now on; whoever had one of them loses it."""
        wanted = split(" | ".join(keys))
        changed = {**self._keys, id: wanted}
        for other, theirs in self._keys.items():
            if other != id and set(theirs) & set(wanted):
                changed[other] = [key for key in theirs if key not in wanted]
        self._keep(changed)

    def reset(self, id: str) -> None:
        """The keys that the preset gives a command; whoever got them meanwhile loses them."""
        self.set(id, self._of_the_preset()[id])

    def reset_all(self) -> None:
        """The preset as it is."""
        self._settings.keys = {}
        self._tell()

    def use(self, preset: str) -> None:
        """Begin from another one; the artist's changes are given up."""
        self._settings.key_preset, self._settings.keys = preset, {}
        self._tell()

    def _of_the_preset(self) -> dict[str, list[str]]:
        return Keymap(self.acts.values(), Settings(Path(), key_preset=self.preset))._keys

    def _keep(self, wanted: dict[str, list[str]]) -> None:
        """Write down what differs."""
        usual = self._of_the_preset()
        self._settings.keys = {id: " | ".join(keys) for id, keys in wanted.items() if keys != usual[id]}
        self._tell()

    def _tell(self) -> None:
        self._settings.save()
        self._lay()
        self.changed.emit()

    # --- taking along --------------------------------------------------------------------------------------------

    def export(self, path: Path) -> None:
        """Write the preset's name and all changes. Raises `Trouble`."""
        written = {"format": FORMAT, "preset": self.preset, "keys": self._settings.keys}
        content = json.dumps(written, indent=1, ensure_ascii=False).encode()
        atomically(path, True, lambda file: file.write(content))

    def import_(self, path: Path) -> None:
        """Take over what was exported, whole or not at all. Raises `Trouble`."""
        try:
            with path.open("rb") as file:
                found = json.loads(file.read(LARGEST_BYTES))
            if found["format"] != FORMAT or found["preset"] not in PRESETS:
                raise ValueError
            keys = {str(id): " | ".join(split(str(row))) for id, row in found["keys"].items()}
            given = [key for row in keys.values() for key in split(row)]
            if len(given) != len(set(given)):
                raise ValueError
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise Trouble(
                "{name} holds no shortcuts that Gesso can read.",
                "Your shortcuts are as they were.",
                "Choose a file that was exported here.",
                name=path.name,
            ) from None
        self._settings.key_preset = found["preset"]
        self._settings.keys = {id: row for id, row in keys.items() if id in self.acts}
        self._lay()
        self._keep(self._keys)
