"""What the artist chose for the studio: kept as JSON in their own folder."""

from __future__ import annotations

import contextlib
import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

MOST_RECENT = 12


@dataclass
class Settings:
    """Everything has a default; unknown or unfit entries of the file are left out."""

    file: Path
    language: str = ""
    """Empty follows the system."""
    theme: str = "system"
    device: str = "auto"
    recent: list[str] = field(default_factory=list)
    """Paths, newest first."""
    history_mb: int = 5000
    """What the histories of all files may take together; 0 keeps none."""
    open_last: list[str] = field(default_factory=list)
    """Files that were open when the studio was left."""
    open_again: bool = False
    """Whether these are opened at the next start."""
    references: list[str] = field(default_factory=list)
    """Files that lie on the reference board."""
    aids: dict[str, bool] = field(default_factory=dict)
    """Whether rulers and guides are seen, locked and snapped to."""
    window: str = ""
    """Geometry as the window system gave it, base64."""
    docks: str = ""
    """How the panels stood while a painting was open, base64."""
    workspaces: dict[str, str] = field(default_factory=dict)
    """The artist's own arrangements by name, as `docks` is one."""
    workspace: str = "assist"
    """The one in use: an id of ours, or a name of the artist's."""
    commands: list[str] = field(default_factory=list)
    """Ids of the commands that were asked for last, newest first."""
    keys: dict[str, str] = field(default_factory=dict)
    """By the id of a command, what differs from the preset of keys in use."""
    key_preset: str = "gesso"
    ui_scale: int = 100
    """Percent; the next start takes it."""
    undo_mb: int = 512
    """What the undo steps of a painting may take in memory."""
    pixel_grid: bool = True
    """Whether lines stand between pixels that are seen very large."""
    author: str = ""
    """Whom exported pictures name as their maker; nobody, unless the artist has said so."""
    rights: str = ""
    """The copyright line that goes along."""
    screen_profile: str = ""
    """The ICC file of the screen; without one it is taken as sRGB."""
    proof_profile: str = ""
    """The ICC file of what soft proofs are for."""
    proof_intent: str = "relative"
    proof_black_point: bool = True
    proof_paper: bool = False
    welcomed: bool = False
    """Whether the first-run page was read or skipped."""

    @classmethod
    def load(cls, file: Path) -> Settings:
        found = cls(file)
        try:
            written = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return found
        if isinstance(written, dict):
            for name, value in written.items():
                if name != "file" and isinstance(value, type(getattr(found, name, None))):
                    setattr(found, name, value)
        found.recent = [str(path) for path in found.recent][:MOST_RECENT]
        found.open_last = [str(path) for path in found.open_last]
        found.keys = {str(id): str(keys) for id, keys in found.keys.items()}
        found.workspaces = {str(name): str(state) for name, state in found.workspaces.items()}
        found.references = [str(path) for path in found.references]
        found.commands = [str(id) for id in found.commands]
        return found

    def save(self) -> None:
        """Written whole beside the old one and put in its place; a disk that refuses costs only the settings."""
        written: dict[str, Any] = asdict(self)
        del written["file"]
        part = self.file.with_suffix(f".{os.getpid()}.part")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(written, indent=1), encoding="utf-8")  # names of files need not be text
            os.replace(part, self.file)
        except OSError:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)

    def forget_gone(self) -> None:
        """Drop recent files that were deleted; those of a drive that is not there may come back."""
        there = [path for path in self.recent if Path(path).exists() or not Path(path).parent.is_dir()]
        if there != self.recent:
            self.recent = there
            self.save()

    def used(self, path: Path) -> None:
        """Put a file on top of the recent ones."""
        self.recent = [str(path), *(known for known in self.recent if known != str(path))][:MOST_RECENT]
        self.save()
