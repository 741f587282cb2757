"""No text of any kind loses a visible character between what somebody entered and what somebody else reads."""

import unicodedata
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from application.input_parsing.card_action import parse_action
from application.input_parsing.cleaning import clean
from application.input_parsing.durations import take_duration
from application.input_parsing.lists import read_tests
from application.input_parsing.plan import answers_of, read_plan
from application.input_parsing.plan_answers import AnswerContext, check
from application.input_parsing.plan_values import none_known
from application.input_parsing.windows import take_window
from bot.commands.command_parser import parse_command
from cards.document.as_html import html
from cards.document.as_markdown import markdown
from cards.document.document import document
from cards.overview.detail import show_card
from changes.errors import ValidationFailed
from changes.lifecycle.guards import optional_text
from changes.model import State
from changes.notification.notices import NoticeKind
from changes.reporting.search import comparable
from changes.text.messages import Message
from changes.text.pasted import first_word, is_blank
from language import in_chat
from notices.renderer import NoticeRenderer
from tests.cards.subjects import NADIA, PEOPLE, TODAY, change, moment, plan, service, view
from tests.support.examples import examples
from tests.support.markdown import Page
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
FIRST = ("because", "3 disks broke", "5 m tall rack", "2nd try", "- 4 servers", "a 2 disques", "100 % full", "½ of it")
"""How reasons begin: what follows a number decides whether it is one of the duration."""
SKIPPED = {"-", "none", "skip", "no", "non", "rien", "aucun", "aucune", "nein", "keine", "nichts"}
"""Answers that leave a question out."""
BLANK = "\u2800\u3164\u115f\u1160\uffa0\ufe0f"
"""Letters and signs that leave no mark: fillers, an empty sign of Braille, what asks for a coloured emoji."""
READER = MarkdownIt("commonmark")
WORDING = NoticeRenderer()
ZURICH = ZoneInfo("Europe/Zurich")


def visible(text: str) -> str:
    """Every character of the text that leaves a mark, in order and in composed letters."""
    seen = (each for each in text if unicodedata.category(each)[0] in "LMNPS" and each not in BLANK)
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
    given_ = answers_of(plan(), LEARN) | dict(parse_action(ABOUT | dict.fromkeys(FIELDS, text), NADIA).inputs)
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
        except ValidationFailed:
            assert is_blank(clean(text))
            continue
        if field == "affected" and comparable(clean(text)) in SKIPPED:
            assert not answer
        elif field == "risks" and none_known(clean(text)) != clean(text):
            assert answer == "None known"
        else:
            assert visible(answer) == visible(text)


@given(texts=st.lists(ENTERED, min_size=2, max_size=4))
def test_every_test_that_is_answered_is_kept(texts: list[str]) -> None:
    lines = [f"Test: {clean(each)}".replace("\n", " ") for each in texts]
    answer = check("tests", "\n".join(lines), CONTEXT)

    assert [visible(each) for each in answer.split("\n")] == [visible(each) for each in lines]
    assert answer == "\n".join(read_tests(answer)), "what was read is read again as the same"


@given(
    names=st.lists(
        st.from_regex(r"[a-z0-9]{1,8}(\.[a-z0-9]{1,4})?", fullmatch=True), min_size=1, max_size=5, unique=True
    ),
    form=st.sampled_from(["{}@example.ch", "<{}@example.ch>", "mailto:{}@example.ch", "\u200b{}@example.ch\ufeff"]),
    separator=st.sampled_from([", ", ";", "\n", "\u2028", "\v", "\t", " , "]),
)
def test_every_address_that_is_answered_is_kept(names: list[str], form: str, separator: str) -> None:
    answer = check("notify", separator.join(form.format(each) for each in names), CONTEXT)

    assert answer == ", ".join(f"{each}@example.ch" for each in names)


@given(text=ENTERED)
def test_what_is_no_address_is_refused_and_not_left_out(text: str) -> None:
    assume(comparable(clean(text)) not in SKIPPED)
    if clean(text).strip(",;<> \n\t\u3164"):
        with pytest.raises(ValidationFailed, match="is no e-mail address"):
            check("notify", text, CONTEXT)
    else:
        assert not check("notify", text, CONTEXT)


@pytest.mark.parametrize("separator", [" ", "\n", "\u2028"], ids=ascii)
@given(text=ENTERED)
def test_a_reason_behind_a_command_arrives_whole_and_is_read_in_the_chat(separator: str, text: str) -> None:
    assume(not is_blank(text))
    order = parse_command(f"/change cancel 7{separator}{text}")
    assert order is not None
    number, rest = first_word(order.rest)
    reason = optional_text(clean(rest), "reason")

    assert number == "7"
    assert visible(reason) == visible(text)
    assert visible(text) in visible(says_in_chat(in_chat(Message("It is cancelled. {reason}", reason=reason))))


LENGTHS = ("90 min", "1 h 30 min", "1h30", "90", "for 1,5 h", "pendant 90 min,", "(90 min)")
SPANS = ("20:00-21:30", "20:00 to 21:30", "20h - 21h30,", "8-9:30pm", "de 20 h à 21 h 30")
EXTENSIONS = ("1 h", "60", "60 min", "1h", "1 hour", "1,0 h:", "for 60 min")


TYPED = [*(f"20:00 {each}" for each in LENGTHS), *SPANS, *EXTENSIONS]


def arrives_whole(typed: str, first: str, text: str) -> None:
    """What stands behind a window, or a duration alone, is kept."""
    said = f"{typed} {first} {text}"
    if typed in EXTENSIONS:
        taken = take_duration(said)
        assert taken is not None
        assert taken.minutes == 60
        assert visible(taken.rest) == visible(f"{first}{text}")
    else:
        window = take_window(f"15.4.2027 {said}", TODAY, ZURICH)
        assert (f"{window.at:%H:%M}", window.minutes) == ("20:00", 90)
        assert visible(window.rest) == visible(f"{first}{text}")


@pytest.mark.parametrize("first", FIRST)
def test_a_reason_that_begins_with_a_number_arrives_whole_however_the_length_is_typed(first: str) -> None:
    for typed in TYPED:
        arrives_whole(typed, first, "")


@settings(max_examples=examples(300))
@given(typed=st.sampled_from(TYPED), first=st.sampled_from(FIRST), text=ENTERED)
def test_a_reason_behind_a_window_or_an_extension_arrives_whole(typed: str, first: str, text: str) -> None:
    arrives_whole(typed, first, text)
