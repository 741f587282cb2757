"""The audit trail as sentences: every event has one, and it says who, what and why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cards.overview.detail import happened
from cards.overview.history import history_line
from changes import events as e
from changes.events import Entry, Event
from changes.model import SYSTEM, ChangeType, Person, State
from tests.cards.subjects import CLAIRE, NADIA, PIERRE, START, change, view
from tests.unit.cards.looking import says

SAYS: list[tuple[Person, Event, str]] = [
    (PIERRE, e.Reassigned(CLAIRE, NADIA), "handed it over: requester Claire Rey, implementer Nadia Favre."),
    (SYSTEM, e.SnapshotPlanned(START, "CHG-2027-0008"), "because CHG-2027-0008 uses the server later."),
    (SYSTEM, e.SnapshotPlanned(None), "The snapshot begins at the usual moment again."),
    (SYSTEM, e.SnapshotHeld("CHG-2027-0008"), "The snapshot was put on hold: CHG-2027-0008 uses the server."),
    (SYSTEM, e.SnapshotMilestone("busy"), "The snapshot waited for another operation on the server."),
    (SYSTEM, e.ReadyToStart(), "It was ready to start, without a snapshot."),
    (NADIA, e.SnapshotStarted(by_hand=True), "Nadia Favre began the snapshot by hand."),
    (PIERRE, e.Started("All are out.", early=True), "Pierre André started it before its window: All are out."),
    (PIERRE, e.Started("No disk."), "Pierre André let it start beside an incident on the same server: No disk."),
    (NADIA, e.Started(), "Nadia Favre started."),
    (NADIA, e.TestRecorded(1, passed=False, note="500"), "Nadia Favre: test 2 failed. 500"),
    (CLAIRE, e.TestAccepted(1, "Known.", PIERRE), "(deputy for Pierre André) accepted test 2 as it is: Known."),
    (SYSTEM, e.TestsVoided("CHG-2027-0008"), "The restore of CHG-2027-0008 made earlier test results void."),
    (NADIA, e.IncidentUpdated("Still down."), "Nadia Favre told affected people: Still down."),
    (NADIA, e.Extended(45, "Slow.", START, ("CHG-2027-0008",)), "by 45 min: Slow. It takes time from CHG-2027-0008."),
    (NADIA, e.RestoreAsked(("CHG-2027-0008",)), "asked for a restore. It overwrites what CHG-2027-0008 did, too."),
    (PIERRE, e.RestoreConfirmed("s", ("CHG-2027-0008",)), "restore of s. It overwrites what CHG-2027-0008 did, too."),
    (SYSTEM, e.Cancelled("It had no new date for 56 days."), "cancelled by itself: It had no new date for 56 days."),
    (PIERRE, e.GoGiven("f", "Fine.", None), "Pierre André gave GO. Fine."),
    (PIERRE, e.GoGiven("f", "", None, waives_lead_time=True), "gave GO. The lead time is waived with it."),
    (PIERRE, e.GoGiven("f", "", None, notice_days=3), "gave GO. It was late: people got 3 days of notice."),
    (PIERRE, e.GoGiven("f", "", None, notice_days=1), "gave GO. It was late: people got one day of notice."),
    (PIERRE, e.GoGiven("f", "", None, notice_days=0), "gave GO. It was late: people got less than one day of notice."),
]


@pytest.mark.parametrize(("by", "event", "said"), SAYS)
def test_what_happened_is_told_with_who_and_why(by: Person, event: Event, said: str) -> None:
    assert history_line(Entry(1, START, by, "card", event), view(change(State.IN_PROGRESS))).endswith(said)


def test_trouble_that_is_no_more_than_an_extension_or_an_incident_is_not_told_beside_it() -> None:
    of = view(change(State.INCIDENT))
    in_passing, reported = (
        history_line(Entry(1, START, NADIA, "card", e.TroubleReported("Nobody can log in.", in_passing=each)), of)
        for each in (True, False)
    )
    assert (in_passing, reported) == ("", "Nadia Favre reported trouble: Nobody can log in.")


def test_one_press_in_an_emergency_is_told_once() -> None:
    of = change(State.SCHEDULED, kind=ChangeType.EMERGENCY)
    assert of.go is not None
    approved = e.PrecheckApproved("f", "Fine.", waives_lead_time=True, deputy_for=None)
    assert history_line(Entry(1, of.go.at, of.go.by, "card", approved), view(of)) == ""
    earlier = history_line(Entry(1, of.go.at - timedelta(days=1), of.go.by, "card", approved), view(of))
    assert earlier.startswith("Pierre André approved the pre-check")


def test_an_issue_whose_words_the_same_press_repeats_is_not_said_twice() -> None:
    seen = view(change(State.INCIDENT))
    events: list[Event] = [e.TroubleReported("Nobody can log in."), e.IncidentDeclared("Nobody can log in.")]
    lines = [Entry(number, START, NADIA, "card", event) for number, event in enumerate(events, 1)]
    assert says({"body": [each.model_dump() for each in happened(seen, lines)]}).count("Nobody can log in.") == 1
    apart = [lines[0], replace(lines[1], at=START + timedelta(hours=1))]
    assert says({"body": [each.model_dump() for each in happened(seen, apart)]}).count("Nobody can log in.") > 1
