"""What people type: commands with and without the slash, typos, greetings and thanks, in three languages."""

from unicodedata import combining, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.input_parsing.chat_command import ChatCommand
from bot.commands.command_parser import parse_command, read_id
from bot.commands.command_words import COMMANDS_BY_WORD, VERBS, word_for
from bot.commands.small_talk import is_misspelt_prefix, suggest_commands
from changes.reporting.search import comparable, folded
from language import use_language


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


@pytest.mark.parametrize("typed", ["CHG-2026-0007", "chg-2026-7", "2026-7", "7", "0007", "CHG-7"])
def test_a_change_can_be_named_short(typed: str) -> None:
    assert read_id(typed, 2026) == "CHG-2026-0007"


@given(st.text())
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    order = parse_command(text)
    assert order is None or order.name
    assert isinstance(read_id(text, 2026), str)


def test_only_a_slash_before_nearly_change_is_no_answer_to_a_question() -> None:
    assert is_misspelt_prefix("/chnage list")
    assert not suggest_commands("x" * 500)
    for title in ("change the disk", "chnage the disk", "/etc is full", "hi", "Changement de disque"):
        assert not is_misspelt_prefix(title), title


def misspelt(word: str) -> set[str]:
    """The word with one letter left out, one doubled, or two neighbours in each other's place."""
    places = range(len(word))
    left_out = {word[:each] + word[each + 1 :] for each in places}
    doubled = {word[:each] + word[each] + word[each:] for each in places}
    swapped = {word[:each] + word[each + 1] + word[each] + word[each + 2 :] for each in places[:-1]}
    return left_out | doubled | swapped


def test_a_letter_too_few_too_many_or_in_its_neighbours_place_still_leads_to_the_command() -> None:
    tried = 0
    for name, words in VERBS.items():
        for word in (each for each in words if len(each) > 3):
            for typed in sorted(misspelt(word))[::3]:
                if comparable(typed) in COMMANDS_BY_WORD:
                    continue  # itself a command
                tried += 1
                assert name in [each.name for each in suggest_commands(f"{typed} 2")], typed
    assert tried > 700


def test_what_may_be_a_greeting_is_one_where_a_command_follows() -> None:
    assert suggest_commands("allo 2")[0] == ChatCommand("allow", "2")
    assert suggest_commands("allo, liste")[0] == ChatCommand("list")
