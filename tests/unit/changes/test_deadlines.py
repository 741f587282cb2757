"""docs/process.md, P39, P40, P42: until when GO can be given, by whom, and what becomes of it then."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changes import commands as c
from changes import events as e
from changes.errors import CommandRejected, TooLate, ValidationFailed
from changes.model import ChangeType, Person, SnapshotStatus, State
from changes.notification.notices import NoticeKind
from changes.notification.thread_messages import ThreadMessage
from changes.planning.deadlines import decision_deadline
from changes.planning.timeline import available_approvers
from changes.policy import Away, Service
from tests.support.builder import a_change, urgent
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, at, night, plan
from tests.support.examples import examples

START, SNAPSHOT = night(22), night(19, 15)
REASON = "A hole is exploited."


@pytest.mark.parametrize(
    ("asked", "deadline", "why"),
    [
        (at(2027, 4, 8), at(2027, 4, 13), "two days before the window at nine"),
        (at(2027, 4, 12, 8, 59), at(2027, 4, 13), "which is later than a day after it was asked"),
        (at(2027, 4, 12, 9), at(2027, 4, 13), "or as late"),
        (at(2027, 4, 12, 18), at(2027, 4, 13, 18), "a day after it was asked"),
        (at(2027, 4, 14, 18), night(18), "a day after it was asked"),
        (at(2027, 4, 14, 20), SNAPSHOT, "but not after the snapshot has to begin"),
        (night(18), SNAPSHOT, "but not after the snapshot has to begin"),
        (night(20), START, "asked even later: until the window begins"),
    ],
)
@pytest.mark.parametrize("state", [State.PRECHECK_PENDING, State.GO_PENDING])
def test_the_deadline_of_go_is_the_prechecks_too(state: State, asked: datetime, deadline: datetime, why: str) -> None:
    change = a_change("GO asked").now_it_is.with_(asked_at=asked, state=state)
    assert decision_deadline(change, LEARN) == deadline, why


def test_the_deadline_of_an_emergency_is_when_its_snapshot_or_waived_its_start_has_to_begin() -> None:
    story = urgent(night(12))
    change = story.now_it_is
    assert decision_deadline(change, LEARN) == SNAPSHOT
    waived = change.with_(snapshot=replace(change.snapshot, status=SnapshotStatus.WAIVED))
    assert decision_deadline(waived, LEARN) == START
    assert story.until(SNAPSHOT - timedelta(seconds=1)).now_it_is.state is State.PRECHECK_PENDING
    assert story.until(SNAPSHOT).now_it_is.state is State.POSTPONED


@pytest.mark.parametrize(
    ("stands", "decision"), [("GO asked", c.GiveGo(PIERRE)), ("pre-check asked", c.ApprovePrecheck(PIERRE))]
)
def test_a_decision_arriving_after_its_time_is_refused_with_a_reason(stands: str, decision: c.Command) -> None:
    """docs/process.md, P22."""
    said = r"began at Thu 15 Apr 2027, 22:00 \(CEST\): it is too late to decide"
    a_change(stands).refuses(decision, said, night(22, 1), TooLate)


@given(
    st.integers(0, 30 * 24 * 60),
    st.lists(st.integers(1, 4 * 24 * 60), min_size=1, max_size=25),
    st.sampled_from(list(ChangeType)),
    st.booleans(),
)
@settings(max_examples=examples(250))
def test_postponed_it_is_not_asked(requested_before: int, wakes: list[int], kind: ChangeType, prechecked: bool) -> None:
    now = START - timedelta(minutes=requested_before + 1)
    story = a_change(now=now, kind=kind, reason=REASON).at_once(now)
    for minutes in wakes:
        now += timedelta(minutes=minutes)
        story.at_once(now)
        if prechecked and story.now_it_is.state is State.PRECHECK_PENDING and kind is ChangeType.NORMAL and now < START:
            story.do(c.ApprovePrecheck(PIERRE), now)
    asked = [entry.at for entry in story.entries if isinstance(entry.event, e.PrecheckAsked | e.GoAsked)]
    postponed = [entry.at for entry in story.entries if isinstance(entry.event, e.Postponed)]
    nudges = (ThreadMessage.PRECHECK_NUDGE, ThreadMessage.GO_NUDGE, ThreadMessage.GO_DEPUTIES)
    assert not {*asked, *(each.at for each in story.lines(*nudges))} & set(postponed)
    assert not story.happened(e.GoGiven)
    if now > START:
        assert len(postponed) == 1, "silence is never GO"


@pytest.mark.parametrize(
    ("wanted", "now", "short"),
    [(date(2027, 4, 5), at(2027, 3, 15, 23), False), (date(2027, 4, 4), at(2027, 3, 15, 0), True)],
)
def test_a_request_less_than_three_weeks_ahead_is_short_notice(wanted: date, now: datetime, short: bool) -> None:
    if short:
        with pytest.raises(ValidationFailed, match="less than 21 days"):
            a_change("submitted", plan(wanted), now=now)
    assert a_change("submitted", plan(wanted, reason="It expires."), now=now).now_it_is.short_notice is short


@pytest.mark.parametrize(
    ("wanted", "short"), [(date(2027, 4, 15), False), (date(2027, 4, 14), True), (date(2027, 4, 20), False)]
)
@pytest.mark.parametrize("postponed", [True, False])
def test_a_new_date_less_than_a_week_ahead_is_short_notice(wanted: date, short: bool, postponed: bool) -> None:
    story, now, window = a_change("scheduled"), at(2027, 4, 8, 13), plan(wanted, 20).window
    if postponed:
        story.do(c.Postpone(NADIA, "The vendor is late."), now)
    if short:
        story.refuses(c.Move(NADIA, window), "less than 7 days", now, ValidationFailed)
    story.do(c.Move(NADIA, window, "The vendor stops." if short else ""), now)
    assert story.now_it_is.short_notice is short


def test_corrections_that_keep_the_date_count_from_when_it_was_proposed() -> None:
    story = a_change("scheduled").then(at(2027, 4, 13), c.Edit(NADIA, plan(what="All plug-ins.")))
    assert not story.now_it_is.short_notice


@pytest.mark.parametrize(("day", "days"), [(8, None), (9, 6), (12, 3)])
def test_go_within_a_week_is_recorded_with_the_days_of_notice(day: int, days: int | None) -> None:
    now = at(2027, 4, day, 23, 59)
    story = a_change("GO asked").then(now, c.GiveGo(PIERRE))
    assert [go.notice_days for go in story.happened(e.GoGiven)] == [days]
    assert [each.at for each in story.notices(NoticeKind.PLANNED)] == [now]


@given(st.integers(0, 40), st.integers(0, 24 * 60 - 1))
@settings(max_examples=examples(80))
def test_what_is_short_notice_always_has_a_reason_and_a_waiver(days: int, minute: int) -> None:
    """The pre-check of a request, GO of a move."""
    now = START - timedelta(days=days, minutes=minute + 1)
    story = a_change("draft", now=now)
    try:
        story.do(c.Submit(NADIA), now)
    except CommandRejected:
        story.then(now, c.Edit(NADIA, plan(reason="It expires.")), c.Submit(NADIA))
        assert story.now_it_is.short_notice
    while story.now_it_is.state is State.SUBMITTED and now < START:
        now = min(now + timedelta(hours=6), START)
        story.at_once(now)
    if story.now_it_is.state is not State.PRECHECK_PENDING or now >= START:
        return
    [approved] = story.then(now, c.ApprovePrecheck(PIERRE)).happened(e.PrecheckApproved)
    assert approved.waives_lead_time is story.now_it_is.short_notice is bool(story.now_it_is.plan.reason)


def test_a_snapshot_that_begins_earlier_beside_another_change_moves_the_deadline_with_it() -> None:
    change = a_change("GO asked").now_it_is.with_(asked_at=at(2027, 4, 15, 8), snapshot_at=night(14))
    assert decision_deadline(change, LEARN) == night(14)


APRIL = date(2027, 4, 1)
TWO = replace(LEARN, deputies=(CLAIRE, LUC))


def away(*absences: tuple[Person, date, date]) -> Service:
    """The service with two deputies while somebody is away."""
    return replace(TWO, away=tuple(Away(*each) for each in absences))


def until(day: int) -> date:
    return date(2027, 4, day)


@given(st.lists(st.sampled_from((PIERRE, CLAIRE, LUC))), st.lists(st.sampled_from((PIERRE, CLAIRE, LUC, NADIA))))
def test_somebody_is_asked_whoever_is_away_and_never_who_takes_part(gone: list[Person], involved: list[Person]) -> None:
    asked = away(*((each, APRIL, APRIL) for each in gone)).asked(involved, APRIL)
    may = {PIERRE, CLAIRE, LUC} - set(involved)
    assert set(asked) <= may
    assert bool(asked) == bool(may)
    if may - set(gone):
        assert not set(asked) & set(gone)


@pytest.mark.parametrize(("last", "able"), [(12, (CLAIRE, LUC)), (13, (LUC,)), (20, (LUC,))])
def test_who_is_there_on_one_of_the_days_of_go_can_decide(last: int, able: tuple[Person, ...]) -> None:
    service = away((PIERRE, APRIL, until(30)), (CLAIRE, until(5), until(last)))
    assert available_approvers(a_change().now_it_is, service) == able
