"""What people type: commands with and without the slash, typos, greetings and thanks, in three languages."""

from unicodedata import combining, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.input_parsing.chat_command import ChatCommand
from bot.commands.command_parser import parse_command, read_id
from bot.commands.command_words import COMMANDS_BY_WORD, VERBS, word_for
from bot.commands.small_talk import is_greeting, is_misspelt_prefix, is_thanks, suggest_commands
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
