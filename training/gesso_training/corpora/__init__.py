"""The sets of pictures that Gesso's models learn from and are judged on: the written list."""

from __future__ import annotations

from gesso_training.corpora import bsd68, bsds500, cifar10, cq100, paintings, photos, sr, textiles
from gesso_training.corpora.corpus import Corpus

CORPORA: dict[str, Corpus] = {
    room.CORPUS.name: room.CORPUS for room in (bsds500, cq100, paintings, photos, textiles, sr, bsd68, cifar10)
}
