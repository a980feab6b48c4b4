"""A trouble is said in whole sentences, set one after the other as each language does."""

from __future__ import annotations

from gesso.values import Trouble
from gesso.values.trouble import together


def test_sentences_stand_apart_as_their_language_wants() -> None:
    chinese = {"It broke.": "坏了。", "All is safe.": "一切安好。", "Try {way}.": "请试试 {way}。"}
    trouble = Trouble("It broke.", "All is safe.", "Try {way}.", way="it")

    def say(template: str, /, **values: object) -> str:
        return chinese[template].format(**values)

    assert trouble.sentence(say) == "坏了。一切安好。请试试 it。"
    assert trouble.sentence(lambda template, **values: template.format(**values)) == str(trouble)
    assert str(trouble) == "It broke. All is safe. Try it."


def test_what_is_not_said_leaves_no_gap() -> None:
    assert together(["", "One.", "", "Two.", ""]) == "One. Two." and together([]) == ""
