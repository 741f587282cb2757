"""docs/settings.md says of every setting what it means, and is made from the models."""

import re
from dataclasses import fields

from changes.policy import Policy
from settings.model import NAMES, Settings
from settings.policy_table import MEANINGS, PAIRS
from tests.support.settings_table import DOCS, document


def test_the_page_is_what_the_models_make_of_it() -> None:
    assert DOCS.read_text(encoding="utf-8") == document(), "run `python -m tests.support.tables`"


def test_every_number_of_the_process_and_every_variable_has_a_sentence_of_its_own() -> None:
    said = [*MEANINGS.values(), *(each.metadata["about"] for each in fields(Settings))]
    assert list(MEANINGS) == [each.name for each in fields(Policy)]
    assert all(re.fullmatch(r"\S.{20,}[.?]", each) for each in said)
    assert len(set(said)) == len(said)


def test_the_usual_numbers_contradict_nothing_and_every_pair_is_of_numbers_there_are() -> None:
    usual = Policy()
    for pair in PAIRS:
        assert getattr(usual, pair.larger) >= getattr(usual, pair.smaller), pair


def test_every_variable_stands_on_the_page_once() -> None:
    rows = re.findall(r"^\| `((?:[A-Z]+_[A-Z_]+|MicrosoftApp\w+))` \|", document(), re.MULTILINE)
    assert sorted(rows) == sorted(NAMES.values())
