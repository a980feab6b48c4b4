"""Nobody takes a month for a day, in either language."""

from __future__ import annotations

from PySide6.QtCore import QDate, QDateTime, QTime

from gesso.ui.moments import WRITTEN, moment, time_of_day
from gesso.ui.speech import Speech
from gesso.values.words import LANGUAGES

WHEN = QDateTime(QDate(2026, 3, 4), QTime(15, 7))


def test_days_and_times_as_each_language_writes_them(speech: Speech) -> None:
    assert moment(WHEN, speech) == "4 Mar 2026, 15:07" and time_of_day(WHEN.time(), speech) == "15:07"
    speech.set_language("zh_CN")
    assert moment(WHEN, speech) == "2026年3月4日 15:07" and time_of_day(WHEN.time(), speech) == "15:07"


def test_every_language_has_its_way() -> None:
    assert WRITTEN.keys() == LANGUAGES.keys()
