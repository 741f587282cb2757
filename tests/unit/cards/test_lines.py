"""The sentences in a change's thread, and what a notification says of them."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from babel.messages.catalog import Catalog

from application.change_context import ChangeContext
from application.ports import UserProfile
from bot.messenger.message_factory import mentioning, with_card, with_text
from cards.elements.notification import LONGEST, about, about_change, notification
from cards.thread_messages import in_person, invitation, line
from changes.effects import PostThreadMessage
from changes.model import Change, ChangeType, Outcome, Person, State
from changes.notification.cards import CardKind
from changes.notification.thread_messages import IN_PERSON, NAMES_OTHERS, NUDGES, RETIRED, ThreadMessage
from changes.planning.occupancy import Booking
from changes.text.lengths import units
from changes.text.messages import Message
from language import LANGUAGES, in_chat, use_language
from language.sentences import Sentence, sentences
from language.update import translations
from tests.cards.subjects import NADIA, PIERRE, START, change, view
from tests.support.notifications import wrong_in

NASTY = "<at>everybody</at> [click](http://x) **now** & `rm`\nsecond line"
SHOWN = "&lt;at>everybody&lt;/at> \\[click\\](http:/\N{WORD JOINER}/x) \\*\\*now\\*\\* &amp; \\`rm\\` second line"
LINE = ThreadMessage
LIVE = [each for each in ThreadMessage if each not in RETIRED]
AT = {
    ThreadMessage.PREPARE: State.SUBMITTED,
    ThreadMessage.EXTENDED: State.EXTENDED,
    ThreadMessage.SNAPSHOT_FINISHED: State.READY,
}


def tell(which: ThreadMessage, detail: str = "", of: Change | None = None, *, by: Person = PIERRE, **other: Any) -> str:
    """The line as it stands in the thread."""
    of = of or change(AT.get(which, State.IN_PROGRESS))
    return in_chat(line(PostThreadMessage("k", of.id, which, by, START, detail, **other), view(of)))


NAMED = (
    *(LINE.SNAPSHOT_FINISHED, LINE.SNAPSHOT_PLANNED, LINE.SNAPSHOT_HELD, LINE.RESTORE_TOUCHES),
    *(LINE.RESTORE_OVERWRITES, LINE.TESTS_VOIDED, LINE.NEIGHBOUR_STARTED, LINE.NEIGHBOUR_SNAPSHOT),
)
"""These always come with the name of a snapshot, or of another change."""
REASONED = (
    *(LINE.CORRECTIONS_WANTED, LINE.CORRECTIONS_REMINDER, LINE.PRECHECK_APPROVED, LINE.GO_GIVEN, LINE.GO_REFUSED),
    *(LINE.POSTPONED, LINE.POSTPONED_SILENT, LINE.CANCELLED, LINE.PREFLIGHT_FAILED, LINE.SNAPSHOT_FAILED),
    *(LINE.SNAPSHOT_WAIVED, LINE.TROUBLE, LINE.EXTENDED, LINE.RESTORE_FAILED),
)


@pytest.mark.parametrize("which", LIVE)
def test_every_line_is_a_sentence_with_or_without_what_was_said(which: ThreadMessage) -> None:
    for said in (tell(which, "CHG-2027-0007" if which in NAMED else ""), tell(which, "the forum does not open")):
        assert re.search(r"[.?!:”]$", said), said
        assert len(said) > 20
        assert "None" not in said
        assert "  " not in said


@pytest.mark.parametrize("which", [each for each in LIVE if each not in NAMES_OTHERS])
def test_of_what_lies_around_a_change_those_lines_alone_tell_that_are_known_for_it(which: ThreadMessage) -> None:
    for state in {AT.get(which, State.IN_PROGRESS), State.READY, State.SNAPSHOTTING, State.SCHEDULED, State.INCIDENT}:
        seen = view(change(state))
        window = seen.change.window
        beside = Booking("CHG-2027-0009", "Another one", window, State.INCIDENT, window)
        effect = PostThreadMessage("k", seen.change.id, which, PIERRE, START, "CHG-2027-0007" if which in NAMED else "")
        alone = ChangeContext(seen.change, seen.service, seen.now)
        assert in_person(effect, alone) == in_person(effect, replace(seen, neighbours=(beside,)))


@pytest.mark.parametrize("which", REASONED)
def test_the_reason_that_was_given_is_said(which: ThreadMessage) -> None:
    assert "the forum does not open" in tell(which, "the forum does not open")


@pytest.mark.parametrize("nudge", sorted(NUDGES))
@pytest.mark.parametrize("days", [16, 15, 14, 13])
def test_a_reminder_that_comes_late_says_what_holds_when_it_is_read(nudge: ThreadMessage, days: int) -> None:
    of = change(AT.get(nudge, State.GO_PENDING))
    decided, read = START - timedelta(days=16), START - timedelta(days=days)
    said = in_chat(line(PostThreadMessage("k", of.id, nudge, PIERRE, decided), replace(view(of), now=read)))
    assert "ate:" not in said
    if nudge is LINE.PREPARE:
        expected = {16: "in 2 days", 15: "is tomorrow", 14: "is today", 13: "is today"}
        assert expected[days] in said


def test_the_reminder_to_prepare_says_what_is_still_missing() -> None:
    of = change(State.SUBMITTED)
    bare = of.with_(plan=replace(of.plan, risks="", rollback=""))
    missing = "Still missing: the risks and the rollback plan (“none known” is an answer)."
    assert missing in tell(LINE.PREPARE, of=bare)
    assert "Still missing" not in tell(LINE.PREPARE)


@pytest.mark.parametrize("card", CardKind)
def test_every_card_is_announced_by_a_sentence_and_shown_again_later_it_asks_for_nothing(card: CardKind) -> None:
    of = change(State.GO_PENDING)
    of = of.with_(plan=replace(of.plan, title=NASTY, what="w"))
    said = in_chat(invitation(card, view(of)))
    assert of.id in said
    assert SHOWN in said
    assert said.endswith((".", "?"))
    later = in_chat(invitation(card, view(change(State.CANCELLED))))
    assert later == "here is the card of CHG-2027-0007 (Moodle 4.5 to 5.0), as it stands."


EMERGENCY = change(State.PRECHECK_PENDING, kind=ChangeType.EMERGENCY)


def test_an_invitation_says_what_is_asked_in_that_state() -> None:
    emergency = in_chat(invitation(CardKind.PRECHECK, view(EMERGENCY)))
    assert "is an emergency, with one combined approval: GO or NO-GO?" in emergency
    assert "is prepared" in invitation(CardKind.HANDOVER, view(change(State.RESTORING)))


@pytest.mark.parametrize("which", [LINE.PRECHECK_NUDGE, LINE.PRECHECK_DEPUTIES])
def test_in_an_emergency_the_pre_check_is_never_asked_for_beside_go(which: ThreadMessage) -> None:
    said = tell(which, of=EMERGENCY)
    assert "GO or NO-GO" in said
    assert "pre-check" not in said


@pytest.mark.parametrize("outcome", Outcome)
def test_a_change_that_was_undone_is_not_called_completed(outcome: Outcome) -> None:
    said = tell(LINE.COMPLETED, of=change(State.COMPLETED).with_(outcome=outcome))
    undone = "has ended: the data is as it was before the change."
    ended = undone if outcome is Outcome.ROLLED_BACK else "is completed."
    assert said == f"CHG-2027-0007 {ended} The review follows on the next working day."


LONG = "Replace the disks 😀 " * 30


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_line_says_of_which_change_it_is_and_for_whom(language: str) -> None:
    for which in LIVE:
        of = change(State.IN_PROGRESS)
        with use_language(language):
            said = line(PostThreadMessage("k", of.id, which, PIERRE, START, LONG), view(of))
            activity = mentioning(said, [UserProfile(NADIA, "29:1")], about_change(said, of))
        assert not wrong_in(activity), which
        assert activity["summary"].startswith(NADIA.name), which
        assert of.id in activity["summary"], which


@pytest.mark.parametrize("kind", CardKind)
def test_a_card_that_asks_says_what_and_whom(kind: CardKind) -> None:
    of = change(State.IN_PROGRESS)
    activity = with_card({}, invitation(kind, view(of)), [NADIA, PIERRE])
    assert not wrong_in(activity)
    assert activity["summary"].startswith(f"{NADIA.name}, {PIERRE.name}: ")
    assert of.id in activity["summary"]


def test_no_two_states_are_announced_alike_and_a_long_title_hides_none() -> None:
    states = [State.SUBMITTED, State.GO_PENDING, State.SCHEDULED, State.IN_PROGRESS, State.INCIDENT, State.CANCELLED]
    found = []
    for of in map(change, states):
        found.append(with_card({}, about(replace(of, plan=replace(of.plan, title=LONG))))["summary"])
        assert of.id in found[-1]
        assert units(found[-1]) <= LONGEST
    assert len(set(found)) == len(states)
    with use_language("fr"):
        assert notification(about(change(State.CANCELLED))).endswith(" : Annulé")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            Message("**{id}** is here: `/change edit {id}` or *Edit*.", id="CHG_1"),
            "CHG_1 is here: /change edit CHG_1 or Edit.",
        ),
        (Message("[A page]({link}) to print.", link="https://x/y"), "A page to print."),
        (Message.from_markup("# Title\n\n- one\n- two\\_three"), "Title one two_three"),
        (Message("{a}\n\n{b}", a="first", b="second"), "first second"),
        ("what **somebody** wrote, [as](it) is", "what **somebody** wrote, [as](it) is"),
        ("turned \u202earound", "turned around"),
        (Message("- [{a}](https://x)", a="Renew [wildcard](*.example.org)"), "Renew [wildcard](*.example.org)"),
        (Message("**{a}**", a="C:\\_new\\*x"), "C:\\_new\\*x"),
        (Message("{a}\n{b}", a="# 5", b=Message("> {c}", c="> 9")), "# 5 > 9"),
        (Message("{day}", day=date(2027, 4, 15)), "Thu 15 Apr 2027"),
    ],
)
def test_a_notification_has_no_markup_of_ours_and_what_people_wrote_as_they_wrote_it(text: str, said: str) -> None:
    assert with_text(text)["summary"] == said


def test_of_many_people_the_first_are_named() -> None:
    assert notification("come.", ["Ann", "Bob", "Ann", "", "Eve", "Joe"]) == "Ann, Bob, Eve, …: come."
    long = [f"{number} {'Maximilian' * 9}" for number in range(4)]
    assert not wrong_in(
        with_text(Message("**{id}** waits.", id="CHG-2027-0007"), people=[Person("x", each) for each in long])
    )


ABOVE = re.compile(r"\babove\b|ci-dessus|plus haut", re.IGNORECASE)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_told_in_somebodys_own_chat_speaks_of_a_card_above(language: str) -> None:
    known = translations(language)
    said = [str(each) for sentence in sentences("cards/thread_messages") for each in told(known, sentence)]
    assert len(said) > 100
    assert not [each for each in said if ABOVE.search(each)], "each of these lines is told in person at times"
    with use_language(language):
        drawn = [in_chat(in_person(post(which), view(change(state)))) for which in IN_PERSON for state in State]
    assert not [each for each in drawn if ABOVE.search(each)]


def told(known: Catalog, sentence: Sentence) -> tuple[str, ...]:
    """The sentence as the language has it, in each of its forms; in English where it has none."""
    found = known.get(sentence.text)
    if found is None or not found.string:
        return sentence.text or "", sentence.plural or ""
    return (found.string,) if isinstance(found.string, str) else tuple(found.string)


def post(which: ThreadMessage) -> PostThreadMessage:
    return PostThreadMessage("k", "CHG-2027-0007", which, PIERRE, START, "They wrote this.")


def test_a_line_of_the_thread_that_is_told_in_person_says_where_its_card_is() -> None:
    of = view(change(State.GO_PENDING))
    said = in_chat(in_person(post(LINE.GO_NUDGE), of))
    assert said.startswith("GO or NO-GO for CHG-2027-0007? Its card waits for your answer.")
    assert said.endswith("so you read this here. `/change show CHG-2027-0007` shows its card.*")
    assert "/change show" not in in_chat(in_person(post(LINE.PRECHECK_APPROVED), of))
    with use_language("fr"):
        assert "`/change voir CHG-2027-0007` montre sa carte." in in_chat(in_person(post(LINE.GO_NUDGE), of))
