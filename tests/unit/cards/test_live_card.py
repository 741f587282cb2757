"""What was entered, and the change's one live card."""

from dataclasses import replace
from datetime import timedelta

import pytest

from changes import commands as c
from changes.lifecycle.request.request import EDITABLE
from changes.model import BEFORE_WORK, Person, State, Window
from tests.cards.subjects import CLAIRE, NADIA, PIERRE, START, near
from tests.support.builder import a_change
from tests.unit.cards.looking import EMERGENCY, NORMAL, Card, drawn, seen

DAY = 24 * 60


def summary(days: float) -> Card:
    """What was entered so many days before the window."""
    return drawn("summary", "draft", -days * DAY)


def test_the_summary_shows_the_plan_and_every_date_with_its_zone() -> None:
    card = summary(30).offers("change.submit", "change.edit", "change.withdraw").lacks("Short notice", "Please note")
    card.shows("Step | Date | Who | Pre-check | Thu 1 Apr 2027, 09:00 (CEST) | Pierre André or a deputy | GO / NO-GO")
    card.shows("Snapshot begins | Thu 15 Apr 2027, 19:15 (CEST) | the bot | Start of the window")
    card.shows("Thu 1 Apr 2027, 09:00 (CEST)", "Thu 8 Apr 2027, 09:00 (CEST)", "Thu 15 Apr 2027, 19:15 (CEST)")
    card.shows("Thu 15 Apr 2027, 22:00–23:30 (CEST)")


def test_a_date_of_the_summary_that_has_passed_means_at_once_and_go_comes_after_the_pre_check() -> None:
    waived = "Pierre André or a deputy must waive the lead time."
    summary(10).shows("Pre-check | at once", "Short notice", waived)
    reminder = "Reminder to people affected | Wed 14 Apr 2027, 09:00 (CEST)"
    summary(4).shows("GO / NO-GO | right after the pre-check", reminder)


def test_the_summary_of_an_emergency_promises_no_reminder_and_nothing_before_its_go() -> None:
    """The window is an hour away: the day before, and the moment at which a snapshot would have begun, are past."""
    asked = START - timedelta(hours=1)
    said = drawn("summary", EMERGENCY["draft"].with_(submitted_at=asked), -60).lacks("Reminder to people affected").said
    dates = ("Pre-check and GO | at once", "Snapshot begins | right after GO")
    places = [said.index(each) for each in (*dates, "Auto-postponed without GO | Thu 15 Apr 2027, 22:00 (CEST)")]
    assert places == sorted(places)


def test_the_summary_says_in_one_place_what_speaks_against_the_plan() -> None:
    drawn("summary", seen("draft", -60, neighbours=near()[1:2])).shows(
        "A snapshot takes 2 h 30 min. With GO after Thu 15 Apr 2027, 19:30 (CEST) the work starts later than Thu",
        "Other changes nearby, on the same server or service: CHG-2027-0010 (New firewall)",
    )
    own = NORMAL["draft"].with_(requester=PIERRE)
    drawn("summary", own).shows("Pierre André requests this change, so a deputy decides: Claire Rey.")
    implements = own.with_(requester=NADIA, plan=replace(own.plan, implementer=PIERRE))
    drawn("summary", implements).shows("Pierre André implements this change, so a deputy decides: Claire Rey.")
    alone = replace(seen(own).service, deputies=())
    drawn("summary", seen(own, service=alone)).shows("Nobody can decide about it")


@pytest.mark.parametrize("state", State)
def test_the_live_card_says_the_state_and_offers_only_what_fits(state: State) -> None:
    offered = set(drawn("status", state.value).verbs)
    assert bool({"change.edit", "change.move"} & offered) == (state in EDITABLE)
    assert ("change.withdraw" in offered) == (state in BEFORE_WORK)
    assert offered <= {"change.edit", "change.move", "change.withdraw"}


NEW_DATE, AT_TEN = "Nadia Favre chooses a new date", "Nadia Favre starts the work on Thu 15 Apr 2027, 22:00 (CEST)"
REMINDED = "reminder to everyone on Wed 14 Apr 2027, 09:00 (CEST)"
ONE = "Pierre André or a deputy"
NEXT = {
    "submitted": "Next: pre-check by Pierre André or a deputy, immediately.",
    "precheck_pending": f"the pre-check is waiting for {ONE}. | Without GO by Tue 13 Apr 2027, 09:00 (CEST)",
    "corrections_requested": "Nadia Favre corrects the plan",
    "prechecked": "Next: GO / NO-GO by",
    "go_pending": f"GO / NO-GO is waiting for {ONE}. | Without GO by Tue 13 Apr 2027, 09:00 (CEST) it is postponed.",
    "scheduled": f"{REMINDED}, then the data snapshot starts on Thu 15 Apr",
    "snapshotting": AT_TEN,
    "ready": AT_TEN,
    "in_progress": "Cutoff reached: decision needed.",
    "trouble": "is working on the issue",
    "extended": "Cutoff: Thu 15 Apr 2027, 23:45 (CEST).",
    "incident": "Nadia Favre is working on the recovery",
    "restoring": "being restored",
    "completed": "the review, on Fri 16 Apr 2027, 09:00 (CEST)",
    "no_go": NEW_DATE,
    "postponed": NEW_DATE,
    "draft": "nobody has been asked",
    "rolled back": "rolled back to the snapshot",
    "snapshot failed": "Snapshot failed",
    "snapshot held": "the snapshot is on hold until Hannibal is free",
    "snapshot planned earlier": "the data snapshot starts on Thu 15 Apr 2027, 17:00 (CEST). That is earlier than usual",
    "snapshot waived with GO": f"{REMINDED}. It starts without a snapshot.",
}


LATER = [
    ("ready", 20, "Nadia Favre starts the work, or postpones it."),
    ("restoring", 100, "until about Fri 16 Apr 2027, 00:05 (CEST)"),
    ("restoring", 140, "the restore should have ended Fri 16 Apr 2027, 00:05 (CEST)"),
    ("completed", DAY, "Now: Nadia Favre writes the review."),
]


@pytest.mark.parametrize(("name", "minutes", "said"), [*((name, None, said) for name, said in NEXT.items()), *LATER])
def test_the_live_card_says_who_does_what_next_and_when(name: str, minutes: int | None, said: str) -> None:
    drawn("status", name, minutes).shows(said)


def test_nobody_is_said_to_start_while_the_snapshot_is_not_there_or_to_begin_a_waived_one() -> None:
    for name in ("snapshot failed", "snapshot held"):
        drawn("status", name).lacks("Snapshot in progress", "starts it")  # nobody knows when
    drawn("status", "snapshot waived with GO").lacks("snapshot begins")


def test_beside_an_incident_nobody_has_to_start_it() -> None:
    incident = "CHG-2027-0008 (New firewall) is an incident on Hannibal: nothing else starts there"
    drawn("status", seen("ready", 5, neighbours=near())).shows(incident).lacks("starts it")


def test_an_emergency_is_asked_for_pre_check_and_go_in_one() -> None:
    drawn("status", EMERGENCY["precheck_pending"]).shows("decides on pre-check and GO in one.")
    drawn("status", EMERGENCY["submitted"]).shows("Next: pre-check and GO in one by")


def test_without_a_new_date_the_day_is_named_on_which_it_is_cancelled() -> None:
    waits = NORMAL["no_go"].with_(state_since=START - timedelta(days=7))
    drawn("status", waits).shows("Without a new date it is cancelled on Thu 3 Jun 2027.")


def test_whoever_gave_it_up_stands_there_with_when_and_why_until_it_has_another_date() -> None:
    story = a_change("GO asked")
    at = story.now_it_is.plan.window.start - timedelta(days=6)
    story.do(c.Postpone(story.now_it_is.requester, "There are exams."), at)
    said = "**Nadia** postponed it on Fri 9 Apr 2027, 22:00 (CEST): | There are exams."
    drawn("status", story.now_it_is).shows(said)
    window = story.now_it_is.plan.window
    moved = Window(window.start + timedelta(days=60), window.end + timedelta(days=60))
    story.do(c.Move(story.now_it_is.requester, moved, ""), at)
    drawn("status", story.now_it_is).lacks("postponed it", "There are exams.")
    story.do(c.Cancel(story.service.approver, "Not needed."), at)
    drawn("status", story.now_it_is).shows("**Pierre** cancelled it on Fri 9 Apr 2027, 22:00 (CEST): | Not needed.")


def test_the_live_card_shows_the_clock_of_the_day_while_the_work_goes_on() -> None:
    """docs/process.md, P68."""
    card = drawn("status", "in_progress", 50).shows(
        "Started | 22:03 | Cutoff | 23:00 | End | 23:30",
        "Latest restore start | Thu 15 Apr 2027, 22:15 (CEST)",
        "A restore takes | 1 h, and its tests 15 min",
    )
    assert card.said == drawn("status", "in_progress", 55).said, "three cards of one change never disagree"
    drawn("status", "completed").lacks("Latest restore start")
    of = NORMAL["in_progress"]
    short = of.with_(plan=replace(of.plan, window=Window(START, START + timedelta(minutes=20))))
    drawn("status", short, 5).shows("Cutoff | 22:10")  # in its middle


@pytest.mark.parametrize("minutes", [50, 110, 15 * 60])
def test_the_live_card_says_when_and_never_how_far_away(minutes: int) -> None:
    drawn("status", "in_progress", minutes).lacks(" ago", "(CEST), in ")


@pytest.mark.parametrize("seconds", [0, 29, 31, 59])
def test_a_span_is_the_difference_of_the_two_times_beside_it(seconds: int) -> None:
    """1 h 4 stood beside 1 h 5."""
    began = START + timedelta(seconds=59 - seconds)
    of = NORMAL["completed"].with_(started_at=began, ended_at=START + timedelta(minutes=65, seconds=seconds))
    times = "Started | Thu 15 Apr 2027, 22:00 (CEST) | Ended | Thu 15 Apr 2027, 23:05 (CEST) after 1 h 5 min"
    drawn("status", of).shows(times)


@pytest.mark.parametrize("requester", [NADIA, PIERRE, CLAIRE])
@pytest.mark.parametrize("implementer", [NADIA, PIERRE, CLAIRE])
def test_the_summary_names_who_decides_where_the_approver_does_not(requester: Person, implementer: Person) -> None:
    plan = replace(NORMAL["draft"].plan, implementer=implementer)
    card = drawn("summary", NORMAL["draft"].with_(requester=requester, plan=plan))
    if {requester, implementer} >= {PIERRE, CLAIRE}:
        card.shows("Nobody can decide about it")
    elif implementer == PIERRE:
        card.shows("Pierre André implements this change, so a deputy decides: Claire Rey.")
    elif requester == PIERRE:
        card.shows("Pierre André requests this change, so a deputy decides: Claire Rey.")
    else:
        card.lacks("a deputy decides")
