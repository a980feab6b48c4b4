"""One setting of a tool with what came of it, small, for the artist to choose from."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from gesso.documents.painting import Provenance
from gesso.jobs import Job
from gesso.tools import Tool
from gesso.tools.painting.on_layer import EVERYTHING, Source
from gesso.values import Picture, Trouble


@dataclass(eq=False)
class Proposal:
    """One setting with its result at proxy size."""

    tool: Tool
    values: dict[str, Any]
    base: dict[str, Any]
    """The settings it varies."""
    layer: str = EVERYTHING
    source: Source | None = None
    """What it was shown; there as soon as it is being made."""
    result: Picture | None = None
    made: Provenance | None = None
    record: int | None = None
    """Its number in the feedback log."""
    trouble: Trouble | None = None
    job: Job | None = None
    keeping: Job | None = None
    """Under way while it is made in full."""
    asked: float = field(default_factory=time.monotonic)


def give_up(proposals: list[Proposal]) -> None:
    """Nobody waits for them any more."""
    for proposal in proposals:
        if proposal.job is not None:
            proposal.job.cancel()
    proposals.clear()
