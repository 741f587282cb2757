"""No text of any kind loses a visible character between what somebody entered and what somebody else reads."""

import unicodedata
from dataclasses import replace
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.grammar import read_order
from cards.answers import AnswerContext, answers_of, check, none_known, read_plan
from cards.as_html import html
from cards.as_markdown import markdown
from cards.document import document
from cards.input_parsing.ranges import take_window
from cards.payload import read
from cards.show import show_card
from cards.text import clean
from changes.effects import NoticeKind
from changes.errors import Incomplete
from changes.lifecycle.guards import remark
from changes.messages import Said
from changes.model import State
from changes.pasted import first_word, is_blank
from changes.search import comparable
from language import in_chat
from notices.wording import Wording
from tests.cards.subjects import NADIA, PEOPLE, TODAY, change, moment, plan, service, view
from tests.unit.cards.looking import says

LEARN = service()
NOW = moment(State.SUBMITTED)
CONTEXT = AnswerContext({}, (LEARN,), PEOPLE, NADIA, NOW)
ABOUT = {"verb": "change.edit", "change": "CHG-2027-0007", "revision": 7}
FIELDS = ("title", "what", "why", "risks", "rollback", "affected", "reason")
ODD = [
    *("\v", "\u2028", "\x85", "\r\n", "\t", "\u200b", "\ufeff", "\u00ad", "\u3164", "\u202e", "\u0000"),
    *("e\u0301", "x\u030c", "\u0928\u093f", "👩\u200d👧", "*a*", "_", "`", "[x](y)", "<b>", "&amp;"),
    *("# ", "- ", "1. ", "\\", "|", "{x}"),
]
ENTERED = st.lists(st.sampled_from(ODD) | st.text(st.characters(codec="utf-8"), max_size=8), max_size=8).map("".join)
READER = MarkdownIt("commonmark")
WORDING = Wording()


class Page(HTMLParser):
    """What a page says."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.text += data


def visible(text: str) -> str:
    """Every character of the text that leaves a mark, in order and in composed letters."""
    seen = (each for each in text if unicodedata.category(each)[0] in "LMNPS" and each not in "\u3164\u2800\ufe0f")
    return unicodedata.normalize("NFC", "".join(seen))


def says_in_chat(text: str) -> str:
    """What a message of Markdown says."""
    return Page(READER.render(text)).text


@settings(deadline=None)  # the templates are read with the first
@given(text=ENTERED)
@example("\u0928\u093f")
@example("x\u030c")
def test_what_is_entered_in_a_form_is_read_on_cards_pages_and_in_mails(text: str) -> None:
    assume(not is_blank(text))
    assume(none_known(clean(text)) == clean(text))
    given_ = answers_of(plan(), LEARN) | dict(read(ABOUT | dict.fromkeys(FIELDS, text), NADIA).inputs)
    made = read_plan(given_, LEARN, NADIA, PEOPLE, NOW)
    wanted = visible(text)

    for field in FIELDS:
        assert visible(getattr(made, field)) == wanted
    seen = view(replace(change(State.SUBMITTED), plan=made))
    assert visible(says(show_card(seen, []))).count(wanted) >= len(FIELDS)
    blocks = document(seen, ())
    assert visible(Page(html(blocks, "", "en")).text).count(wanted) >= len(FIELDS)
    assert wanted in visible(says_in_chat(markdown(blocks)))
    assert wanted in visible(says_in_chat(WORDING.preview(NoticeKind.PLANNED, seen.change, LEARN, NOW)))


@given(text=ENTERED)
def test_what_is_answered_to_a_question_is_kept(text: str) -> None:
    for field in ("title", "what", "affected", "risks"):
        try:
            answer = check(field, text, CONTEXT)
        except Incomplete:
            assert is_blank(text)
            continue
        assert visible(answer) == visible(text) or (not answer and comparable(text)) or answer == "None known"


@pytest.mark.parametrize("separator", [" ", "\n", "\u2028"], ids=ascii)
@given(text=ENTERED)
def test_a_reason_behind_a_command_arrives_whole_and_is_read_in_the_chat(separator: str, text: str) -> None:
    assume(not is_blank(text))
    order = read_order(f"/change cancel 7{separator}{text}")
    assert order is not None
    number, rest = first_word(order.rest)
    reason = remark(clean(rest), "reason")

    assert number == "7"
    assert visible(reason) == visible(text)
    assert visible(text) in visible(says_in_chat(in_chat(Said("It is cancelled. {reason}", reason=reason))))


@given(text=ENTERED)
def test_a_reason_behind_a_window_arrives_whole(text: str) -> None:
    window = take_window(f"15.4.2027 20:00 90 min because {text}", TODAY, ZoneInfo("Europe/Zurich"))

    assert (f"{window.at:%H:%M}", window.minutes) == ("20:00", 90)
    assert visible(window.rest) == "because" + visible(text)
