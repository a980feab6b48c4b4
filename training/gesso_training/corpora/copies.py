"""Cleaned copies of a set's pictures: upright, sRGB, of bounded size, sorted by split; the originals stay as they are."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from PIL import Image

from gesso_training.corpora import archives
from gesso_training.corpora.corpus import Item
from gesso_training.corpora.manifest import Prepared
from gesso_training.corpora.normal import read_picture

LOSSY = frozenset({".jpg", ".jpeg", ".avif"})


def write_copies(prepared: Prepared, folder: Path, largest_px: int) -> int:
    """Write what stays of a set below `folder`/<split>; copies that stand there already are left. How many there are."""
    count = 0
    for item, content in _contents(prepared):
        name = PurePosixPath(item.file)
        suffix = ".jpg" if name.suffix.lower() in LOSSY else ".png"
        # Two pictures may differ in their suffix alone, so the hash tells them apart.
        target = folder / item.split / name.parent / f"{name.stem}-{item.sha256[:8]}{suffix}"
        count += 1
        if target.exists():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f".{target.name}.part")
        try:
            picture = Image.fromarray(read_picture(content, largest_px))
            if suffix == ".jpg":
                picture.save(part, "JPEG", quality=95, subsampling=0)
            else:
                picture.save(part, "PNG")
            os.replace(part, target)
        finally:
            part.unlink(missing_ok=True)
    return count


def _contents(prepared: Prepared) -> Iterator[tuple[Item, Path | bytes]]:
    root = prepared.corpus.root(prepared.data)
    if not prepared.corpus.archive:
        for listed in prepared.kept():
            yield listed.item, root / listed.item.file
        return
    for name, content in archives.members(root / prepared.corpus.archive):
        if kept := next(prepared.catalogue.listed("file = ? AND kind = ''", (name,)), None):
            yield kept.item, content
