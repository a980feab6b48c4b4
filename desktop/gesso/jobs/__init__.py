"""Work that takes longer than a blink: queued, reported, cancelled."""

from __future__ import annotations

from gesso.jobs.jobs import Job, Jobs, Outcome, State

__all__ = ["Job", "Jobs", "Outcome", "State"]
