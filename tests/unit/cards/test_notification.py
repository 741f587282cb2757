"""Every message says in a notification what it is, of which change and for whom."""

from dataclasses import replace
from datetime import date

import pytest

from application.ports import UserProfile
from bot.messenger.message_factory import mentioning, with_card, with_text
from cards.elements.notification import LONGEST, about, about_change, notification
from cards.thread_messages import invitation, line
from changes.effects import PostThreadMessage
from changes.model import Person, State
from changes.notification.cards import CardKind
from changes.notification.thread_messages import ThreadMessage
from changes.text.lengths import units
from changes.text.messages import Message
from language import use_language
from tests.cards.subjects import NADIA, PIERRE, START, change, view
from tests.support.notifications import wrong_in

LONG = "Replace the disks 😀 " * 30


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_line_says_of_which_change_it_is_and_for_whom(language: str) -> None:
    for which in ThreadMessage:
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
