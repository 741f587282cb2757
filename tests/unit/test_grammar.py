"""What people type, with and without the slash, in English and French."""

from unicodedata import combining, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar import _VERBS, ORDERS, Order, read_id, read_order, word_for
from changes.search import comparable, folded
from language import speaking


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("/change new", Order("new")),
        ("change new", Order("new")),
        ("  Change   NEW ", Order("new")),
        ("/change nouveau", Order("new")),
        ("changement liste", Order("list")),
        ("/change", Order("help")),
        ("/change show CHG-2026-0007", Order("show", "CHG-2026-0007")),
        ("/change annuler 7 plus besoin", Order("cancel", "7 plus besoin")),
        ("/change dance", Order("unknown", "dance")),
        ("/clock +2h30", Order("clock", "+2h30")),
        ("/as Pierre André", Order("as", "Pierre André")),
        ("/change test 7 2 pass", Order("test", "7 2 pass")),
        ("/change NO-GO 7 exams", Order("nogo", "7 exams")),
        ("/changement résolu 7", Order("solved", "7")),
        ("/changement resolu 7", Order("solved", "7")),
        ("/changement de\u0301placer 7", Order("move", "7")),
        (
            "/change review 7\nIt went well.\nNext time earlier.",
            Order("review", "7\nIt went well.\nNext time earlier."),
        ),
        ("/change review\n7 It went well.", Order("review", "7 It went well.")),
    ],
)
def test_a_command_is_understood(typed: str, order: Order) -> None:
    assert read_order(typed) == order


@pytest.mark.parametrize("name", sorted(_VERBS))
def test_each_command_has_its_words_in_english_and_french_with_and_without_accents(name: str) -> None:
    for word in (name, *_VERBS[name]):
        bare = "".join(each for each in normalize("NFD", word) if not combining(each))
        for typed in (word, bare, word.upper(), normalize("NFD", word)):
            assert read_order(f"/change {typed} 7") == Order(name, "7"), typed
    assert len(_VERBS[name]) > 1 or name in {"go", "incident", "admin"}, "the same word in both languages"


def test_no_word_means_two_commands() -> None:
    words = [folded(word) for words in _VERBS.values() for word in words]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    "typed", ["", "hello", "changes are good", "we change the server", "exchange new", "15.4.2027"]
)
def test_what_is_no_command_may_be_an_answer(typed: str) -> None:
    assert read_order(typed) is None


@pytest.mark.parametrize("typed", ["CHG-2026-0007", "chg-2026-7", "2026-7", "7", "0007", "CHG-7"])
def test_a_change_can_be_named_short(typed: str) -> None:
    assert read_id(typed, 2026) == "CHG-2026-0007"


@given(st.text())
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    order = read_order(text)
    assert order is None or order.name
    assert isinstance(read_id(text, 2026), str)


def test_each_word_that_is_shown_in_french_is_understood() -> None:
    with speaking("fr"):
        assert {name: ORDERS[comparable(word_for(name))] for name in set(ORDERS.values())} == {
            name: name for name in ORDERS.values()
        }
