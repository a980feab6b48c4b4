"""A change that can be taken back: `flip` swaps what it holds with what is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar, runtime_checkable

from gesso.values import Box
from gesso.values.music import Span

D = TypeVar("D", contravariant=True)


@dataclass(frozen=True)
class Change:
    """What a flip touched, for whoever shows the document."""

    box: Box | None = None
    """The part of the picture that looks different; None for no part of it."""
    structure: bool = False
    """Whether layers or tracks came, went, moved or changed their properties."""
    span: Span | None = None
    """The time of a score that is different; None for none of it."""
    track: str = ""
    """The track that it concerns; empty for all."""


class Edit(Protocol[D]):
    """Flip once and it is done, flip twice and nothing happened. Edits name things by id."""

    def flip(self, document: D) -> Change: ...

    @property
    def byte_size(self) -> int:
        """What keeping this edit costs."""
        ...


@runtime_checkable
class Absorbing(Protocol):
    """An edit that can hold what another one of its kind holds, too."""

    def absorb(self, later: object) -> bool:
        """Take in an edit that was done right after this one, so that both are this one; whether that can be."""
        ...
