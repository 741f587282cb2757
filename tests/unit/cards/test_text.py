"""What people wrote stays text (CASES.md 31)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from application.input_parsing.cleaning import clean
from cards.elements.lengths import shortened, with_note
from changes.text.lengths import units
from language import in_chat

MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable(["strikethrough", "table"])
VISIBLE = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), max_size=60)
SPECIAL = st.text(st.sampled_from("*_~`[]()<>#+-.!|&;\\:/@ =1ab\n"), max_size=40)


def shown(markdown: str) -> str:
    """The words that a reader sees; fails when there is more than words in one paragraph."""
    kinds = [token.type for token in MARKDOWN.parse(markdown)]
    assert kinds in ([], ["paragraph_open", "inline", "paragraph_close"]), kinds
    inline: list[Token] = [child for token in MARKDOWN.parse(markdown) for child in token.children or []]
    assert {token.type for token in inline} <= {"text", "text_special"}, inline
    return "".join(token.content for token in inline).replace("\N{WORD JOINER}", "")


@given(text=SPECIAL | VISIBLE)
def test_whatever_somebody_wrote_is_shown_as_it_was_written(text: str) -> None:
    assert shown(in_chat(text)) == " ".join(text.split())


@pytest.mark.parametrize("text", ["Favre Nadia (ISC)", "CHG-2027-0007", "Moodle 4.5 to 5.0!", "a + b = c", "90 %"])
def test_what_means_nothing_is_left_alone_because_phones_show_the_backslashes(text: str) -> None:
    assert in_chat(text) == text


@given(text=st.text(), longest=st.integers(1, 60))
def test_a_shortened_text_is_one_line_and_says_that_it_goes_on(text: str, longest: int) -> None:
    line = " ".join(text.split())
    short = shortened(text, longest)
    assert units(short) <= longest + 1
    assert short == line or (short.endswith("…") and line.startswith(short[:-1]))


def test_an_emoji_counts_as_two_as_it_does_for_teams() -> None:
    assert units("a\N{GRINNING FACE}") == 3
    assert shortened("\N{GRINNING FACE}\N{GRINNING FACE}", 3) == "\N{GRINNING FACE}…"


@given(text=st.text(st.characters(exclude_categories=[])))
def test_a_cleaned_text_can_be_stored(text: str) -> None:
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", clean(text))
    clean(text).encode()  # would fail on half a character


def test_a_note_stands_on_top_of_the_card_and_changes_nothing_else() -> None:
    card = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "x"}], "actions": []}
    noted = with_note(card, "C has changed since this card was drawn.")
    assert noted["body"][1:] == card["body"]
    assert "has changed since" in str(noted["body"][0])
    assert {**noted, "body": card["body"]} == card


@pytest.mark.parametrize("name", ["vps.example.ch", "https://tracker.example/1", "nadia@example.ch", "www.example.ch"])
def test_what_is_copied_from_a_sentence_of_ours_and_typed_is_what_it_was(name: str) -> None:
    said = in_chat(name)
    assert said != name
    assert clean(said) == name
