"""What people type, with and without the slash, in English and French."""

from unicodedata import combining, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.input_parsing.chat_command import ChatCommand
from bot.commands.command_parser import parse_command, read_id
from bot.commands.command_words import COMMANDS_BY_WORD, VERBS, word_for
from changes.reporting.search import comparable, folded
from language import use_language


@pytest.mark.parametrize(
    ("typed", "order"),
    [
        ("/change new", ChatCommand("new")),
        ("change new", ChatCommand("new")),
        ("  Change   NEW ", ChatCommand("new")),
        ("/change nouveau", ChatCommand("new")),
        ("changement liste", ChatCommand("list")),
        ("/change", ChatCommand("help")),
        ("/change show CHG-2026-0007", ChatCommand("show", "CHG-2026-0007")),
        ("/change annuler 7 plus besoin", ChatCommand("cancel", "7 plus besoin")),
        ("/change dance", ChatCommand("unknown", "dance")),
        ("/clock +2h30", ChatCommand("clock", "+2h30")),
        ("/as Pierre André", ChatCommand("as", "Pierre André")),
        ("/change test 7 2 pass", ChatCommand("test", "7 2 pass")),
        ("/change NO-GO 7 exams", ChatCommand("nogo", "7 exams")),
        ("/changement résolu 7", ChatCommand("solved", "7")),
        ("/changement resolu 7", ChatCommand("solved", "7")),
        ("/changement de\u0301placer 7", ChatCommand("move", "7")),
        (
            "/change review 7\nIt went well.\nNext time earlier.",
            ChatCommand("review", "7\nIt went well.\nNext time earlier."),
        ),
        ("/change review\n7 It went well.", ChatCommand("review", "7 It went well.")),
    ],
)
def test_a_command_is_understood(typed: str, order: ChatCommand) -> None:
    assert parse_command(typed) == order


@pytest.mark.parametrize("name", sorted(VERBS))
def test_each_command_has_its_words_in_english_and_french_with_and_without_accents(name: str) -> None:
    for word in (name, *VERBS[name]):
        bare = "".join(each for each in normalize("NFD", word) if not combining(each))
        for typed in (word, bare, word.upper(), normalize("NFD", word)):
            assert parse_command(f"/change {typed} 7") == ChatCommand(name, "7"), typed
    assert len(VERBS[name]) > 1 or name in {"go", "incident", "admin"}, "the same word in both languages"


def test_no_word_means_two_commands_and_each_that_is_shown_in_french_is_understood() -> None:
    words = [folded(word) for words in VERBS.values() for word in set(words)]
    assert len(words) == len(set(words))
    with use_language("fr"):
        assert {name: COMMANDS_BY_WORD[comparable(word_for(name))] for name in set(COMMANDS_BY_WORD.values())} == {
            name: name for name in COMMANDS_BY_WORD.values()
        }


@pytest.mark.parametrize(
    "typed", ["", "hello", "changes are good", "we change the server", "exchange new", "15.4.2027"]
)
def test_what_is_no_command_may_be_an_answer(typed: str) -> None:
    assert parse_command(typed) is None


@pytest.mark.parametrize("typed", ["CHG-2026-0007", "chg-2026-7", "2026-7", "7", "0007", "CHG-7"])
def test_a_change_can_be_named_short(typed: str) -> None:
    assert read_id(typed, 2026) == "CHG-2026-0007"


@given(st.text())
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    order = parse_command(text)
    assert order is None or order.name
    assert isinstance(read_id(text, 2026), str)
