"""May I deploy? Every state of a change, a freeze, a clock change, an extended window."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from changes.model import IMPLEMENTING, IN_INCIDENT, Change, Decision, State, Window
from changes.planning.deadlines import snapshot_due
from changes.planning.gate import GateDecision, gate
from changes.policy import Freeze, Service
from tests.support.builder import WAYS, a_change
from tests.support.core import LEARN, PIERRE, at, night

FROZEN = replace(LEARN, freezes=(Freeze("Exams", date(2027, 4, 15), date(2027, 4, 16)),))
LATER = replace(LEARN, freezes=(Freeze("Exams", date(2027, 4, 16), date(2027, 4, 18)),))
WITHIN = {"in progress", "in progress, tests passed", "in progress, tests failed", "trouble", "extended"} | {
    "cutoff asked",
    "window over",
    "restored",
}


INSIDE = night(22, 45)


def asked(*changes: Change, when: datetime = INSIDE, service: Service = LEARN, needs: bool = True) -> GateDecision:
    return gate(service, changes, when, needs_window=needs)


def said(found: GateDecision) -> list[str]:
    return [str(each) for each in found.reasons]


@pytest.mark.parametrize("stands", WAYS)
def test_within_its_hours_only_a_started_change_opens_it_however_any_other_stands(stands: str) -> None:
    change = a_change(stands).now_it_is
    found = asked(change)
    assert found.allowed == (stands in WITHIN) == (change.state in IMPLEMENTING)
    assert found.change == (change.id if found.allowed else "")
    assert len(said(found)) == 1
    if not found.allowed:
        assert change.id in said(found)[0] or change.is_private or "has no window" in said(found)[0]


@pytest.mark.parametrize("stands", WAYS)
def test_what_needs_no_window_is_let_in_wherever_nobody_elses_work_is(stands: str) -> None:
    change = a_change(stands).now_it_is
    taken = {State.SCHEDULED, State.SNAPSHOTTING, State.READY} | IN_INCIDENT
    assert asked(change, needs=False).allowed == (change.state not in taken)
    assert asked(change, needs=False, when=night(22) - timedelta(days=40)).allowed == (
        change.state not in IN_INCIDENT | {State.SNAPSHOTTING}
    )


def test_the_sentences_say_what_is_in_the_way() -> None:
    assert said(asked()) == ["ISC Learn Platform has no window on Thu 15 Apr 2027, 22:45 (CEST)."]
    for stands, sentence in {
        "scheduled": "CHG-2027-0001 has its GO for Thu 15 Apr 2027, 22:00–23:30 (CEST), but was not started.",
        "GO asked": "CHG-2027-0001 has a window then, but no GO.",
        "NO-GO": "CHG-2027-0001 had a window then, but got NO-GO.",
        "postponed": "CHG-2027-0001 had a window then, but was postponed.",
        "cancelled": "CHG-2027-0001 had a window then, but was cancelled.",
        "completed": "CHG-2027-0001 had a window then, but is completed.",
        "incident": "CHG-2027-0001 is an open incident: the incident process decides about deployments.",
        "restoring": "The server is being restored for CHG-2027-0001.",
        "in progress": "CHG-2027-0001 was started, and its window ends on Thu 15 Apr 2027, 23:30 (CEST).",
    }.items():
        assert said(asked(a_change(stands).now_it_is)) == [sentence]
    assert said(asked(a_change("scheduled").now_it_is, needs=False)) == [
        "It is the window of CHG-2027-0001: Thu 15 Apr 2027, 22:00–23:30 (CEST)."
    ]
    assert said(asked(service=FROZEN)) == [
        "ISC Learn Platform is frozen from Thu 15 Apr 2027 to Fri 16 Apr 2027 (Exams)."
    ]


def test_a_window_ends_with_its_last_extension_and_begins_when_it_was_started() -> None:
    plain, extended = a_change("in progress").now_it_is, a_change("extended").now_it_is
    for change, end in ((plain, night(23, 30)), (extended, night(23, 30) + timedelta(minutes=30))):
        assert asked(change, when=end - timedelta(seconds=1)).allowed
        over = asked(change, when=end)
        assert not over.allowed
        assert "extend it, or complete the change" in said(over)[0]
        assert said(asked(change, when=end, needs=False)) == said(over)
    assert plain.started_at == night(22, 1)
    assert said(asked(plain, when=night(22))) == [
        "CHG-2027-0001 was started on Thu 15 Apr 2027, 22:01 (CEST), and not before."
    ]
    assert asked(plain, when=night(22, 1)).allowed


def test_what_needs_no_window_is_let_in_until_the_snapshot_begins_that_is_to_come() -> None:
    scheduled, waived = a_change("scheduled").now_it_is, a_change("scheduled, snapshot waived").now_it_is
    begins = snapshot_due(scheduled, LEARN)
    assert asked(scheduled, when=begins - timedelta(seconds=1), needs=False).allowed
    for moment in (begins, night(21, 59)):
        assert said(asked(scheduled, when=moment, needs=False)) == ["The snapshot for CHG-2027-0001 is being taken."]
    assert asked(waived, when=begins, needs=False).allowed
    assert not asked(waived, when=night(22), needs=False).allowed


def test_a_freeze_closes_it_unless_the_approver_let_that_change_through() -> None:
    change = a_change("in progress").now_it_is
    let_in = change.with_(conflict_allowed=Decision("allowed", PIERRE, night(9), change.plan.fingerprint))
    for needs in (True, False):
        assert not asked(change, service=FROZEN, needs=needs).allowed
        assert not asked(service=FROZEN, needs=needs).allowed
        assert asked(let_in, service=FROZEN, needs=needs).allowed
    assert not asked(let_in, service=FROZEN, when=night(23, 30)).allowed
    long = a_change("in progress", minutes=240).now_it_is
    assert asked(long, service=LATER).allowed
    assert not asked(long, service=LATER, when=at(2027, 4, 16, 0)).allowed, "the freeze begins within the window"


def test_days_of_a_freeze_are_those_of_the_services_clock_when_the_clocks_change() -> None:
    for day, hours in ((date(2027, 3, 28), 23), (date(2027, 10, 31), 25)):
        service = replace(LEARN, freezes=(Freeze("Clocks", day, day),))
        begins = at(day.year, day.month, day.day, 0).astimezone(UTC)
        ends = begins + timedelta(hours=hours)
        for moment, is_open in (
            (begins - timedelta(seconds=1), True),
            (begins, False),
            (ends - timedelta(seconds=1), False),
            (ends, True),
        ):
            assert asked(service=service, when=moment, needs=False).allowed == is_open


def test_a_window_over_the_hour_that_comes_twice_is_as_long_as_it_is() -> None:
    window = Window(datetime(2027, 10, 31, 0, 30, tzinfo=UTC), datetime(2027, 10, 31, 1, 30, tzinfo=UTC))
    change = a_change("in progress").now_it_is
    change = change.with_(plan=replace(change.plan, window=window), started_at=window.start)
    for minutes, allowed in ((-1, False), (0, True), (59, True), (60, False)):
        assert asked(change, when=window.start + timedelta(minutes=minutes)).allowed == allowed


def test_a_restore_on_the_same_server_closes_it_for_every_service_there() -> None:
    other = a_change("restoring", service=replace(LEARN, key="forum")).now_it_is
    other = other.with_(plan=replace(other.plan, service="forum"))
    assert said(asked(other, needs=False)) == ["The server is being restored for CHG-2027-0001."]
    incident = a_change("incident").now_it_is
    incident = incident.with_(plan=replace(incident.plan, service="forum"))
    assert asked(incident, needs=False).allowed, "which is that service's own"


def test_a_draft_is_nobodys_reason() -> None:
    assert said(asked(a_change("draft").now_it_is)) == said(asked())
