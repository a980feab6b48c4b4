"""The artist's brushes on the disk: Gesso's own, which stay as they are, and those that the artist kept."""

from __future__ import annotations

import contextlib
import json
import os
import re
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gesso.operations.painting.brush import Brush
from gesso.operations.painting.brush.written import brush_from, written
from gesso.values import Trouble
from gesso.values.paths import resources, user_data

SUFFIX = ".gessobrush"
MOST_BYTES = 256 * 1024
"""A brush is some numbers; a larger file is something else."""
MOST_BRUSHES = 2000
LONGEST_TITLE = 80
UNCHANGED = "Nothing was changed."


@dataclass(frozen=True)
class KeptBrush:
    """A brush with a name."""

    id: str
    title: str
    brush: Brush
    title_zh: str = ""
    keywords: str = ""
    order: int = 1000
    path: Path | None = None
    is_own: bool = False
    """Whether the artist made it; the others can be changed in hand, and come back as they were."""

    def name(self, language: str) -> str:
        """What it is called in a language."""
        return self.title_zh if language == "zh_CN" and self.title_zh else self.title


def read_brush(path: Path, *, is_own: bool = False) -> KeptBrush:
    """One brush of a file. Raises `Trouble`."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Trouble(
            "{name} cannot be read: {reason}.", UNCHANGED, "Look whether the file is still there.",
            name=path.name, reason=error.strerror or str(error),
        ) from error  # fmt: skip
    try:
        if len(raw) > MOST_BYTES:
            raise ValueError("too long")
        said = json.loads(raw.decode("utf-8"))
        if not isinstance(said, dict) or said.get("gesso") != "brush" or said.get("version") != 1:
            raise ValueError("not a brush")
        title, title_zh, keywords = (said.get(part, "") for part in ("title", "title_zh", "keywords"))
        if not all(isinstance(text, str) and len(text) <= 400 for text in (title, title_zh, keywords)):
            raise ValueError("its words")
        order = said.get("order", 1000)
        found = KeptBrush(
            path.stem, tidy(title) or path.stem, brush_from(said.get("brush")), tidy(title_zh), keywords,
            order if isinstance(order, int) else 1000, path, is_own,
        )  # fmt: skip
    except (ValueError, RecursionError) as error:
        raise Trouble(
            "{name} is not a brush that this Gesso can read.",
            UNCHANGED,
            "Choose a brush file that Gesso exported.",
            name=path.name,
        ) from error
    return found


def tidy(title: str) -> str:
    """A name on one line, without signs that cannot be seen."""
    seen = "".join(" " if unicodedata.category(sign)[0] == "C" else sign for sign in title)
    return " ".join(seen.split())[:LONGEST_TITLE]


def write_brush(kept: KeptBrush, path: Path) -> None:
    """Whole, beside what was there, and then in its place. Raises `Trouble`."""
    said: dict[str, Any] = {"gesso": "brush", "version": 1, "title": kept.title}
    if kept.title_zh:
        said["title_zh"] = kept.title_zh
    if kept.keywords:
        said["keywords"] = kept.keywords
    said["brush"] = written(kept.brush)
    _write(path, json.dumps(said, ensure_ascii=False, indent=1))


def _write(path: Path, text: str) -> None:
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(text, encoding="utf-8")
        os.replace(part, path)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise Trouble(
            "{name} cannot be written: {reason}.", UNCHANGED, "Free some space, or choose another folder.",
            name=path.name, reason=error.strerror or str(error),
        ) from error  # fmt: skip


class BrushShelf:
    """All brushes there are, the artist's favourites among them, and the one used last."""

    def __init__(self, shipped: Path | None = None, own: Path | None = None) -> None:
        self._shipped = shipped or resources() / "brushes"
        self.own = own or user_data() / "brushes"
        self.brushes: dict[str, KeptBrush] = {}
        self.favourites: list[str] = []
        self.last = ""
        self.unread: list[Trouble] = []
        """Files of the artist's folder that are no brushes."""
        self.load()

    def load(self) -> None:
        """Look at the disk again."""
        found, self.unread = [], []
        for file in sorted(self._shipped.glob("*.json")):
            found.append(read_brush(file))
        found.sort(key=lambda one: one.order)
        own = []
        if self.own.is_dir():
            for file in sorted(self.own.glob(f"*{SUFFIX}"))[:MOST_BRUSHES]:
                try:
                    own.append(read_brush(file, is_own=True))
                except Trouble as trouble:
                    self.unread.append(trouble)
        self.brushes = {one.id: one for one in (*found, *own)}
        self._recall()

    def preview_of(self, kept: KeptBrush) -> Path | None:
        """The picture that came with a brush of Gesso's."""
        if kept.is_own or kept.path is None:
            return None
        path = kept.path.with_suffix(".webp")
        return path if path.is_file() else None

    # --- favourites ----------------------------------------------------------------------------------------------

    @property
    def _notes(self) -> Path:
        return self.own / "settings.json"

    def _recall(self) -> None:
        try:
            with self._notes.open("rb") as file:
                said = json.loads(file.read(MOST_BYTES))
        except (OSError, ValueError, RecursionError):
            said = {}
        if not isinstance(said, dict):
            said = {}
        liked, last = said.get("favourites"), said.get("last")
        self.favourites = [id for id in liked if id in self.brushes] if isinstance(liked, list) else []
        self.last = last if isinstance(last, str) and last in self.brushes else ""

    def _remember(self) -> None:
        """A disk that refuses costs only the favourites."""
        with contextlib.suppress(Trouble):
            _write(self._notes, json.dumps({"favourites": self.favourites, "last": self.last}, ensure_ascii=False))

    def used(self, id: str) -> None:
        """It is in hand now, and the next time that Gesso starts."""
        if id != self.last:
            self.last = id
            self._remember()

    def favour(self, id: str, liked: bool) -> None:
        """Put a brush among the favourites, or take it out."""
        self.favourites = [known for known in self.favourites if known != id] + [id] * liked
        self._remember()

    # --- the artist's own ----------------------------------------------------------------------------------------

    def keep(self, title: str, brush: Brush, keywords: str = "") -> KeptBrush:
        """As a new brush of the artist's. Raises `Trouble`."""
        title = tidy(title) or "Brush"
        path = self._free(title)
        made = KeptBrush(path.stem, title, brush, keywords=keywords, path=path, is_own=True)
        write_brush(made, path)
        self.brushes[made.id] = made
        return made

    def change(self, id: str, brush: Brush) -> KeptBrush:
        """A brush of the artist's, as it is in hand now. Raises `Trouble`."""
        made = replace(self._own(id), brush=brush)
        assert made.path is not None
        write_brush(made, made.path)
        self.brushes[id] = made
        return made

    def rename(self, id: str, title: str) -> KeptBrush:
        """Another name for a brush of the artist's. Raises `Trouble`."""
        old = self._own(id)
        made = replace(old, title=tidy(title) or old.title, title_zh="")
        assert made.path is not None
        write_brush(made, made.path)
        self.brushes[id] = made
        return made

    def delete(self, id: str) -> None:
        """Take a brush of the artist's away. Raises `Trouble`."""
        gone = self._own(id)
        assert gone.path is not None
        try:
            gone.path.unlink(missing_ok=True)
        except OSError as error:
            raise Trouble(
                "{name} cannot be deleted: {reason}.", UNCHANGED, "Look whether the folder may be written to.",
                name=gone.path.name, reason=error.strerror or str(error),
            ) from error  # fmt: skip
        del self.brushes[id]
        if id in self.favourites:
            self.favour(id, False)

    def take_in(self, path: Path) -> KeptBrush:
        """A copy of a brush file from elsewhere. Raises `Trouble`."""
        found = read_brush(path)
        return self.keep(found.title, found.brush, found.keywords)

    def _own(self, id: str) -> KeptBrush:
        found = self.brushes[id]
        if not found.is_own:
            raise Trouble(
                "“{name}” comes with Gesso.", UNCHANGED, "Keep a copy as your own brush first.", name=found.title
            )
        return found

    def _free(self, title: str) -> Path:
        """A file name that nothing has."""
        plain = re.sub(r"[^\w-]+", "-", title).strip("-").lower()[:40] or "brush"
        number = 1
        while True:
            stem = plain if number == 1 else f"{plain}-{number}"
            path = self.own / f"{stem}{SUFFIX}"
            if stem not in self.brushes and not path.exists():
                return path
            number += 1
