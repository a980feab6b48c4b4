"""Days and times as each language writes them, with the month in words where its number could be taken for the day."""

from __future__ import annotations

from PySide6.QtCore import QDateTime, QLocale, QTime

from gesso.ui.speech import Speech

WRITTEN = {"en": "d MMM yyyy, HH:mm", "zh_CN": "yyyy年M月d日 HH:mm"}


def moment(when: QDateTime, speech: Speech) -> str:
    """Day and time."""
    return QLocale(speech.language).toString(when, WRITTEN[speech.language])


def time_of_day(when: QTime, speech: Speech) -> str:
    """The time alone."""
    return QLocale(speech.language).toString(when, "HH:mm")
