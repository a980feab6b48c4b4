"""What of a set stays, and in which split: repeats go, parts of held-out pictures go, families stay together.

A picture's split follows from its content, never from its name or from what else there is: the hash of the family's
first member decides, so the same works fall into the same splits on every machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from gesso_training.corpora.catalogue import Catalogue, Listed
from gesso_training.corpora.corpus import Corpus
from gesso_training.corpora.pool import Pool
from gesso_training.corpora.twins import Families, Pair, within

SHARES: Mapping[str, float] = {"train": 0.8, "validation": 0.1, "test": 0.1}
RANK = {"test": 0, "validation": 1, "train": 2, "": 2}


def split_of(sha256: str, shares: Mapping[str, float] = SHARES) -> str:
    """The split that a content's hash falls into."""
    at, upto = int(sha256[:12], 16) / 16**12, 0.0
    for split, share in shares.items():
        upto += share
        if at < upto:
            return split
    return next(iter(shares))


def decide(corpus: Corpus, catalogue: Catalogue, pool: Pool) -> None:
    """Look for repeats and write down what goes and where the rest stands."""
    catalogue.begin_decisions()
    pairs = list(within(catalogue, pool))
    _drop_repeats(catalogue, [pair for pair in pairs if pair.is_copy])
    families = _families(pairs)
    _drop_parts_of_held_out(catalogue, families.members().values())
    _place(catalogue, families)
    catalogue.end_decisions()


def check_classes(corpus: Corpus, catalogue: Catalogue) -> None:
    """Every class of a set has something to learn from."""
    for label in corpus.labels:
        counted = catalogue.db.execute(
            "SELECT count(*) FROM pictures WHERE kind = '' AND label = ? AND"
            " (CASE placed WHEN '' THEN split ELSE placed END) = 'train'",
            (label,),
        ).fetchone()[0]
        if counted == 0:
            raise ValueError(f"The class '{label}' of '{corpus.name}' has no picture to learn from.")


def _families(pairs: Iterable[Pair]) -> Families:
    families = Families()
    for pair in pairs:
        families.join(pair.one, pair.other)
    return families


def _order(listed: Listed) -> tuple[int, int, str]:
    """Held-out pictures first, then the larger ones."""
    return RANK[listed.item.split], -listed.width * listed.height, listed.item.file


def _drop_repeats(catalogue: Catalogue, copies: Iterable[Pair]) -> None:
    """Of copies a held-out one stays, else the largest; pictures for judging stay in any case, as the published numbers have them."""
    for ids in _families(copies).members().values():
        first, *rest = sorted((catalogue.one(id) for id in ids), key=_order)
        for listed in rest:
            if listed.item.terms != "judging-only":
                catalogue.drop(listed.id, "repeat", f"shows what {first.item.file} shows")


def _drop_parts_of_held_out(catalogue: Catalogue, families: Iterable[list[int]]) -> None:
    for ids in families:
        members = sorted((listed for id in ids if not (listed := catalogue.one(id)).kind), key=_order)
        if not members:
            continue
        strictest = RANK[members[0].item.split]
        for listed in members:
            if RANK[listed.item.split] > strictest and strictest < RANK["train"]:
                catalogue.drop(
                    listed.id, "twin", f"shows a part of {members[0].item.file}, which is held out, or the reverse"
                )


def _place(catalogue: Catalogue, families: Families) -> None:
    """Splits for pictures whose set names none."""
    if not catalogue.count("split = '' AND kind = ''"):
        return
    for ids in families.members().values():
        alive = [listed for id in ids if not (listed := catalogue.one(id)).kind and not listed.item.split]
        if alive:
            split = split_of(min(listed.item.sha256 for listed in alive))
            for listed in alive:
                catalogue.place(listed.id, split)
    for listed in catalogue.listed("kind = '' AND split = '' AND placed = ''"):
        catalogue.place(listed.id, split_of(listed.item.sha256))
