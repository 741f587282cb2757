"""What people wrote stays text (docs/process.md, P88), in the chat and in the document of a change."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from application.input_parsing.cleaning import clean
from cards.document.as_html import html
from cards.document.as_markdown import markdown
from cards.document.document import Heading, Items, Rows, Text, document
from cards.elements.lengths import shortened, with_note
from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.model import ChangeType, State
from changes.text.lengths import units
from changes.text.messages import strip_bidi_controls
from language import in_chat
from tests.cards.subjects import PLAINLY, START, change, history, variants, view
from tests.support.markdown import READER, Page, bare_links

VISIBLE = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), max_size=60)
JOINER = "\N{WORD JOINER}"
SPECIAL = st.text(st.sampled_from("*_~`[]()<>#+-.!|&;\\:/@ =1ab\n"), max_size=40)


def read_text(text: str) -> str:
    """What a reader of Markdown shows; fails where it sees any markup."""
    found = []
    assert bare_links(text) == []
    for token in READER.parse(text):
        assert token.type in ("paragraph_open", "paragraph_close", "inline"), token
        for child in token.children or []:
            assert child.type in ("text", "text_special"), child
            found.append(child.content)
    return "".join(found).replace(JOINER, "")


@given(text=SPECIAL | VISIBLE)
def test_whatever_somebody_wrote_is_shown_as_it_was_written(text: str) -> None:
    assert read_text(in_chat(text)) == " ".join(text.split())


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


HOSTILE = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=60),
    st.text(alphabet="*_`[](){}<>#|~&!@$^+-=.:/\\\"'0123 abc", min_size=1, max_size=60),
    st.sampled_from(["<at>Pierre</at>", "[x](http://y.ch)", "<script>1</script>", "---", "1. x", "# x", "www.x.ch"]),
    st.sampled_from(["x.example", "a@x.ch", "//x.ch"]),
).filter(lambda text: bool(text.strip()))


@given(HOSTILE)
def test_what_people_wrote_is_text_in_markdown_and_in_a_page(text: str) -> None:
    read = read_text(markdown([Text(" ".join(text.split()))]))
    assert read == " ".join(strip_bidi_controls(text).split()).replace(JOINER, "")
    ours = Page(html([Heading(1, "t"), Text("t"), Items(("t",)), Rows(("t",), (("t",),))], "t", "en"))
    page = Page(html([Heading(1, text), Text(text), Items((text,)), Rows((text,), ((text,),))], text, "en"))
    assert page.elements == ours.elements
    assert sum(text.strip() in each for each in page.texts) >= 5


def test_the_document_has_the_plan_the_decisions_the_times_the_history_and_the_ledger() -> None:
    of = change(State.COMPLETED, deputy=True)
    seen = replace(view(of), history=tuple(history(of, PLAINLY, 4)))
    told = DeliveryRecord(
        "k", of.id, "planned", "isc-learn@example.ch", DeliveryChannel.MAIL, DeliveryStatus.FAILED, START, "503"
    )
    text = markdown(document(seen, [told])).replace(JOINER, "")
    for wanted in (
        f"# {of.id}: Moodle 4.5 to 5.0",
        "## Decisions",
        "deputy for Pierre André",
        "## Planned and actual",
        "| Window | Thu 15 Apr 2027, 22:00–23:30 (CEST) |",
        "## What happened",
        "created the draft.",
        "| planned maintenance | isc-learn\\@example.ch | mail | failed (503) |",
    ):
        assert wanted in text, wanted


def test_the_document_has_who_accepted_what_and_why_it_started_early() -> None:
    text = markdown(document(view(dict(variants(PLAINLY, ChangeType.NORMAL))["completed with accepted tests"]), []))
    who = "Accepted by Claire Rey (deputy for Pierre André)"
    said = f"{who} on Thu 15 Apr 2027, 23:00 (CEST): It failed before the update too."
    assert text.count(said) == 3
    assert "| Started before its window | Nobody is working any more. |" in text


def test_in_an_emergency_one_press_is_one_decision() -> None:
    of = change(State.SCHEDULED, kind=ChangeType.EMERGENCY)
    assert of.go is not None
    both = of.with_(precheck=replace(of.go, verdict="approved"))
    text = markdown(document(view(both), []))
    assert "| GO |" in text
    assert "Pre-check approved" not in text
