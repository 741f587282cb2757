"""The sentences in a change's thread."""

import re

import pytest

from cards.thread_messages import invitation, line
from changes.effects import PostThreadMessage
from changes.model import AcceptedTest, ChangeType, Outcome, Person, Plan, State
from changes.notification.cards import CardKind
from changes.notification.thread_messages import ThreadMessage
from language import in_chat
from tests.cards.subjects import PIERRE, START, change, service, view

NASTY = "<at>everybody</at> [click](http://x) **now** & `rm`\nsecond line"
SHOWN = "&lt;at>everybody&lt;/at> \\[click\\](http:/\N{WORD JOINER}/x) \\*\\*now\\*\\* &amp; \\`rm\\` second line"
AT = {
    ThreadMessage.PREPARE: State.SUBMITTED,
    ThreadMessage.EXTENDED: State.EXTENDED,
    ThreadMessage.SNAPSHOT_FINISHED: State.READY,
    ThreadMessage.REVIEWED: State.COMPLETED,
}


def tell(which: ThreadMessage, detail: str = "", *, by: Person = PIERRE, late: bool = False) -> str:
    """The line as it stands in the thread."""
    of = change(AT.get(which, State.IN_PROGRESS))
    return in_chat(line(PostThreadMessage("k", of.id, which, by, START, detail, late=late), view(of)))


NAMED = (
    *(
        ThreadMessage.SNAPSHOT_FINISHED,
        ThreadMessage.RESTORE_STARTED,
        ThreadMessage.SNAPSHOT_PLANNED,
        ThreadMessage.SNAPSHOT_HELD,
    ),
    *(
        ThreadMessage.RESTORE_TOUCHES,
        ThreadMessage.RESTORE_OVERWRITES,
        ThreadMessage.TESTS_VOIDED,
        ThreadMessage.NEIGHBOUR_STARTED,
    ),
    ThreadMessage.NEIGHBOUR_SNAPSHOT,
)
"""These always come with the name of a snapshot, or of another change."""


@pytest.mark.parametrize("which", ThreadMessage)
def test_every_line_is_a_sentence_with_or_without_what_was_said(which: ThreadMessage) -> None:
    for said in (tell(which, "CHG-2027-0007" if which in NAMED else ""), tell(which, "the forum does not open")):
        assert re.search(r"[.?!:”]$", said), said
        assert len(said) > 20
        assert "None" not in said
        assert "  " not in said


@pytest.mark.parametrize("which", ThreadMessage)
def test_what_somebody_or_the_provider_said_stays_text_and_mentions_nobody(which: ThreadMessage) -> None:
    said = tell(which, NASTY)
    assert "<at>" not in said
    assert "[click]" not in said
    if "everybody" in said:
        assert SHOWN in said


@pytest.mark.parametrize("which", ThreadMessage)
def test_a_name_stays_text_too(which: ThreadMessage) -> None:
    assert "<at>" not in tell(which, by=Person("x", "<at>Eve</at>"))


@pytest.mark.parametrize(
    "which",
    [
        ThreadMessage.CORRECTIONS_WANTED,
        ThreadMessage.CORRECTIONS_REMINDER,
        ThreadMessage.PRECHECK_APPROVED,
        ThreadMessage.GO_GIVEN,
        ThreadMessage.GO_REFUSED,
        ThreadMessage.POSTPONED,
        ThreadMessage.POSTPONED_SILENT,
        ThreadMessage.CANCELLED,
        ThreadMessage.PREFLIGHT_FAILED,
        ThreadMessage.SNAPSHOT_FAILED,
        ThreadMessage.SNAPSHOT_WAIVED,
        ThreadMessage.TROUBLE,
        ThreadMessage.EXTENDED,
        ThreadMessage.INCIDENT,
        ThreadMessage.RESTORE_FAILED,
    ],
)
def test_the_reason_that_was_given_is_said(which: ThreadMessage) -> None:
    assert "the forum does not open" in tell(which, "the forum does not open")


def test_a_line_that_comes_late_says_so() -> None:
    assert "Late" in tell(ThreadMessage.GO_NUDGE, late=True)
    assert "Late" not in tell(ThreadMessage.GO_NUDGE)


def test_the_reminder_to_prepare_names_what_is_still_missing() -> None:
    of = change(State.SUBMITTED)
    bare = of.with_(plan=_without(of.plan))
    said = line(PostThreadMessage("k", of.id, ThreadMessage.PREPARE, PIERRE, START), view(bare))
    assert "Still missing: the risks and the rollback plan (“none known” is an answer)." in said
    assert "Still missing" not in tell(ThreadMessage.PREPARE)


def _without(plan: Plan) -> Plan:
    return Plan(plan.service, plan.title, plan.what, plan.window, plan.tests, plan.implementer)


def test_the_end_of_a_snapshot_says_how_long_it_took() -> None:
    assert "CHG-2027-0007 is finished after 2 h 33 min" in tell(ThreadMessage.SNAPSHOT_FINISHED, "CHG-2027-0007")


@pytest.mark.parametrize("which", [ThreadMessage.GO_GIVEN, ThreadMessage.EXTENDED])
def test_a_time_in_a_line_has_its_zone(which: ThreadMessage) -> None:
    assert "CEST" in tell(which)


@pytest.mark.parametrize("card", CardKind)
def test_every_card_is_announced_by_a_sentence_with_the_title_as_text(card: CardKind) -> None:
    of = change(State.GO_PENDING)
    of = of.with_(plan=Plan("learn", NASTY, "w", of.plan.window, of.plan.tests, of.plan.implementer))
    said = in_chat(invitation(card, view(of)))
    assert of.id in said
    assert SHOWN in said
    assert said.endswith((".", "?"))


def test_deputies_hear_who_has_not_answered() -> None:
    assert service().approver.name in tell(ThreadMessage.GO_DEPUTIES)


@pytest.mark.parametrize("card", CardKind)
def test_a_card_that_is_shown_again_later_asks_for_nothing_any_more(card: CardKind) -> None:
    said = in_chat(invitation(card, view(change(State.CANCELLED))))
    assert said == "here is the card of CHG-2027-0007 (Moodle 4.5 to 5.0), as it stands."


def test_an_invitation_says_what_is_asked_in_that_state() -> None:
    emergency = in_chat(invitation(CardKind.PRECHECK, view(change(State.PRECHECK_PENDING, kind=ChangeType.EMERGENCY))))
    assert "is an emergency: GO or NO-GO? That is the pre-check too." in emergency
    assert "is prepared" in invitation(CardKind.HANDOVER, view(change(State.RESTORING)))


def test_an_accepted_test_is_named() -> None:
    of = change(State.IN_PROGRESS)
    of = of.with_(accepted=(AcceptedTest(1, "Known before.", PIERRE, START),))
    said = line(PostThreadMessage("k", of.id, ThreadMessage.TEST_ACCEPTED, PIERRE, START, "Known before."), view(of))
    assert said == (
        "**Pierre André** accepts test 2 of CHG-2027-0007 as it is (Open a course and its forum). “Known before.”"
    )


def test_solved_says_whether_it_answers_the_cutoff() -> None:
    assert "says the issue with CHG-2027-0007 is solved. Run the tests again." in tell(ThreadMessage.SOLVED)
    of = change(State.IN_PROGRESS).with_(cutoff_asked_at=START)
    assert "answers the cutoff of CHG-2027-0007: solved." in line(
        PostThreadMessage("k", of.id, ThreadMessage.SOLVED, PIERRE, START), view(of)
    )


def test_in_an_emergency_the_pre_check_is_never_asked_for_beside_go() -> None:
    of = change(State.PRECHECK_PENDING, kind=ChangeType.EMERGENCY)
    for which in (ThreadMessage.PRECHECK_NUDGE, ThreadMessage.PRECHECK_DEPUTIES):
        said = line(PostThreadMessage("k", of.id, which, PIERRE, START), view(of))
        assert "GO or NO-GO" in said
        assert "pre-check" not in said


@pytest.mark.parametrize(
    ("outcome", "said"),
    [
        (Outcome.SUCCESSFUL, "CHG-2027-0007 is completed."),
        (Outcome.FIXED, "CHG-2027-0007 is completed."),
        (Outcome.ROLLED_BACK, "CHG-2027-0007 has ended: the data is as it was before the change."),
    ],
)
def test_a_change_that_was_undone_is_not_called_completed(outcome: Outcome, said: str) -> None:
    of = change(State.COMPLETED).with_(outcome=outcome)
    ended = line(PostThreadMessage("k", of.id, ThreadMessage.COMPLETED, PIERRE, START), view(of))
    assert ended == f"{said} The review follows on the next working day.".replace("CHG-2027-0007", of.id)
