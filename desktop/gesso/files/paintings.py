"""Files of layers and flat pictures alike, as paintings: read by what they hold, written by how their names end."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gesso.documents.painting import Credit, Painting
from gesso.files import layered, limits, pictures, pictures_apart, xmp
from gesso.files.assembly import Assembled
from gesso.files.disk import refuse_existing
from gesso.files.flat import flat
from gesso.files.layered import KINDS, LAYERED
from gesso.values import Note, Progress

READABLE, WRITABLE = pictures.READABLE, pictures.WRITABLE


def read(
    path: Path,
    layer_name: str = "",
    *,
    limit_px: int = limits.MOST_PIXELS,
    progress: Progress | None = None,
    is_apart: bool = False,
) -> Assembled:
    """A file as a painting titled after it; a flat picture becomes one layer. Raises `Trouble`.

    With `is_apart`, decoders of every format work in a process of their own.
    """
    progress = progress or Progress.silent()
    kind = pictures.kind_of(path)
    if kind in LAYERED:
        found = layered.read(path, kind, limit_px, progress, layer_name, is_apart=is_apart)
        about = pictures.suffix_note(path, kind)
        return Assembled(found.painting, (*((about,) if about else ()), *found.notes), kind)
    read_flat = pictures_apart.read if is_apart else pictures.read
    opened = read_flat(path, limit_px=limit_px, progress=progress)
    painting = Painting.from_array(opened.picture.rgba(), layer_name or path.stem, path.stem)
    painting.dpi, painting.credit = opened.picture.dpi, opened.origin.credit
    [layer] = painting.layers()
    painting.nodes[layer.id] = replace(layer, provenance=opened.origin.records)
    return Assembled(painting, opened.notes, opened.format)


def write(
    painting: Painting,
    path: Path,
    *,
    credit: Credit | None = None,
    overwrite: bool = False,
    quality: int = 95,
    progress: Progress | None = None,
) -> tuple[Note, ...]:
    """Write a painting whole or not at all, flat where the format has no layers; returns what the format could not hold.

    What models had a part in it is written along, and whose it is: by `credit`, unless the painting itself says so. Raises
    `Trouble`, also for a file that is there already unless `overwrite` is given.
    """
    progress = progress or Progress.silent()
    painting = replace(painting, credit=painting.credit.or_else(credit or Credit()))
    kind = KINDS.get(path.suffix.lower())
    if kind is None:
        picture = flat(painting, progress.part(0.0, 0.5))
        records = xmp.provenance_of(painting)
        return pictures.write(
            picture,
            path,
            provenance=records,
            credit=painting.credit,
            overwrite=overwrite,
            quality=quality,
            progress=progress.part(0.5, 1.0),
        )
    pictures.refuse_too_long(painting.size, path)
    refuse_existing(path, overwrite)
    return layered.write(painting, path, kind, overwrite, progress)
