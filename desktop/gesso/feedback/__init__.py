"""What was proposed, kept, edited and rejected: on this computer only, and only as long as the artist likes."""

from __future__ import annotations

from gesso.feedback.log import Feedback, Record, Tally, Verdict
from gesso.feedback.privacy import shareable

__all__ = ["Feedback", "Record", "Tally", "Verdict", "shareable"]
