"""What people type: commands with and without the slash, typos, greetings and thanks, in three languages."""

from unicodedata import combining, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.input_parsing.card_action import COMMAND_FOR_VERB
from application.input_parsing.chat_command import ChatCommand
from bot.commands.command_parser import parse_command, read_id
from bot.commands.command_words import COMMANDS_BY_WORD, MOST_WORDS, VERBS, word_for
from bot.commands.small_talk import is_misspelt_prefix, suggest_commands
from cards.request.choices import greeting_card
from changes.reporting.search import comparable, folded
from language import use_language
from tests.unit.cards.looking import buttons, every_plain_card, plain_french_cards


@pytest.mark.parametrize("name", sorted(VERBS))
def test_each_command_has_its_words_in_english_and_french_with_and_without_accents(name: str) -> None:
    for word in (name, *VERBS[name]):
        bare = "".join(each for each in normalize("NFD", word) if not combining(each))
        for typed in (word, bare, word.upper(), normalize("NFD", word), word.replace("-", " ")):
            assert parse_command(f"/change {typed} 7") == ChatCommand(name, "7"), typed
    assert len(VERBS[name]) > 1 or name == "admin", "the same word in both languages"


def test_no_word_means_two_commands_and_each_that_is_shown_in_french_is_understood() -> None:
    words = [folded(word) for words in VERBS.values() for word in set(words)]
    assert len(words) == len(set(words))
    with use_language("fr"):
        assert {name: COMMANDS_BY_WORD[comparable(word_for(name))] for name in set(COMMANDS_BY_WORD.values())} == {
            name: name for name in COMMANDS_BY_WORD.values()
        }


WORDS_OF_THEIR_OWN = {
    "edit": "*Continue* goes on with the form",
    "test": "*Pass* and *Fail* say how the test went, which is typed behind its number",
    "review": "*Save* saves what stands beside it",
    "holding": "*Save this message* saves what stands beside it",
    "started": "*I take it* is about whoever presses",
    "norestore": "*Withdraw* without a word more is the change",
    "retry": "*Let it begin* is said where the start of the work is not",
    "restored": "*They were restored after all* is about the data",
    "notrestored": "*The restore failed* is about the restore, where *failed* is the snapshot",
    "tried": "*A fix*, *files restored*: what was tried is typed behind the number",
}
"""Commands that have buttons with none of their words, and why."""


@pytest.mark.thorough
@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_words_on_a_button_are_words_of_its_command(language: str) -> None:
    drawn = every_plain_card() if language == "en" else plain_french_cards()
    with use_language(language):
        found = [each for card in drawn.values() for each in buttons(card)]
    titles = {(COMMAND_FOR_VERB[each["verb"]], each["title"]) for each in found if each["verb"] in COMMAND_FOR_VERB}
    assert len(titles) > 25
    assert {
        (name, title)
        for name, title in titles
        if name not in WORDS_OF_THEIR_OWN and name not in _meant_by(title.strip("… "))
    } == set()


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_stands_on_the_buttons_of_a_greeting_can_be_typed(language: str) -> None:
    with use_language(language):
        found = list(buttons(greeting_card("Hello!")))
    assert [(each["title"], parse_command(f"/change {each['title']}")) for each in found] == [
        (each["title"], ChatCommand(each["data"]["typed"])) for each in found
    ]


def _meant_by(title: str) -> set[str]:
    """The commands that a word of the title, or so many of its first words as a phrase, stand for."""
    lines: list[str] = []
    for words in (title.split(), title.replace("’", " ").split()):
        lines += [*words, *(" ".join(words[:count]) for count in range(2, MOST_WORDS + 1))]
    orders = [parse_command(f"/change {line} 7") for line in lines]
    return {order.name for order in orders if order is not None and order.rest == "7"}


def test_the_demo_has_its_words_in_french_too() -> None:
    assert parse_command("/horloge next") == parse_command("/clock next") == ChatCommand("clock", "next")
    assert parse_command("/comme Pierre") == ChatCommand("as", "Pierre")


def test_a_phrase_is_a_command_only_before_a_number() -> None:
    assert parse_command("/change report an issue 7 Nobody can log in.") == ChatCommand(
        "trouble", "7 Nobody can log in."
    )
    assert parse_command("change no go 7 Exams.") == ChatCommand("nogo", "7 Exams.")
    assert parse_command("/change new date picker") == ChatCommand("new", "date picker")
    assert parse_command("/change new date 7") == ChatCommand("move", "7")


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


@pytest.mark.thorough
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
