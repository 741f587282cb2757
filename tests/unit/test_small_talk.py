"""Typos, greetings and thanks, in English, French and German."""

import pytest

from application.input_parsing.chat_command import ChatCommand
from bot.commands.command_words import COMMANDS_BY_WORD, VERBS
from bot.commands.small_talk import is_greeting, is_misspelt_prefix, is_thanks, suggest_commands
from changes.reporting.search import comparable

NEAREST = {
    "/chnage new": ChatCommand("new"),
    "/chnage": ChatCommand("help"),
    "/changes list open": ChatCommand("list", "open"),
    "/cahnge nwe": ChatCommand("new"),
    "nwe": ChatCommand("new"),
    "lsit": ChatCommand("list"),
    "shw 1": ChatCommand("show", "1"),
    "cnacel 1 No need.\nReally not.": ChatCommand("cancel", "1 No need.\nReally not."),
    "annler 3": ChatCommand("cancel", "3"),
    "extned 1 45m because": ChatCommand("extend", "1 45m because"),
    "hilfe": ChatCommand("help"),
    "aide": ChatCommand("help"),
    "neu": ChatCommand("new"),
    "Kalender": ChatCommand("calendar"),
    "bonjour, liste": ChatCommand("list"),
    "hi, cancel 1": ChatCommand("cancel", "1"),
    "nouvau": ChatCommand("new"),
    "\ufeffnwe": ChatCommand("new"),
    "canel 2": ChatCommand("cancel", "2"),
    "cance 2": ChatCommand("cancel", "2"),
    "lange": ChatCommand("language"),
    "checher forum": ChatCommand("list", "forum"),
}
GREETINGS = (
    *("hi", "Hi!", "hello bot", "Good morning", "bonjour", "Bonjour à tous !", "salut", "Grüezi mitenand", "hoi"),
    *("Guten Tag", "bonne journée", "hallo zusammen", "👋", "", "   "),
)
THANKS = ("merci", "Merci beaucoup !", "thanks a lot", "thank you", "danke", "Vielen Dank", "danke schön", "ok", "👍")
NEITHER = ("yes", "no", "what a fine day", "please do something", "the update", "15.4.2027", "x" * 500, "as Pierre")


@pytest.mark.parametrize("typed", NEAREST)
def test_the_nearest_command_is_found_with_the_rest_of_the_line_as_it_was_typed(typed: str) -> None:
    assert suggest_commands(typed)[0] == NEAREST[typed]


@pytest.mark.parametrize("typed", GREETINGS)
def test_a_greeting_is_one_in_three_languages(typed: str) -> None:
    assert is_greeting(typed)
    assert not is_thanks(typed)


@pytest.mark.parametrize("typed", THANKS)
def test_thanks_are_thanks_in_three_languages(typed: str) -> None:
    assert is_thanks(typed)


@pytest.mark.parametrize("typed", NEITHER)
def test_what_is_neither_is_taken_for_nothing(typed: str) -> None:
    assert not any((is_greeting(typed), is_thanks(typed), suggest_commands(typed), is_misspelt_prefix(typed)))


def test_only_a_slash_before_nearly_change_is_no_answer_to_a_question() -> None:
    assert is_misspelt_prefix("/chnage list")
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
