"""PROCESS.md, No answer: until when GO can be given, and what becomes of the change then; and Short notice."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changes import commands as c
from changes import events as e
from changes.errors import CommandRejected, ValidationFailed
from changes.model import ChangeType, SnapshotStatus, State
from changes.notification.notices import NoticeKind
from changes.notification.thread_messages import ThreadMessage
from changes.planning.deadlines import decision_deadline
from tests.support.core import LEARN, NADIA, PIERRE, Story, at, at_go, at_precheck, plan, requested, scheduled

START, SNAPSHOT = at(2027, 4, 15, 22), at(2027, 4, 15, 19, 15)
URGENT = {"reason": "A hole is exploited."}


@pytest.mark.parametrize(
    ("asked", "deadline", "why"),
    [
        (at(2027, 4, 8), at(2027, 4, 13), "two days before the window at nine"),
        (at(2027, 4, 12, 8, 59), at(2027, 4, 13), "which is later than a day after it was asked"),
        (at(2027, 4, 12, 9), at(2027, 4, 13), "or as late"),
        (at(2027, 4, 12, 18), at(2027, 4, 13, 18), "a day after it was asked"),
        (at(2027, 4, 14, 18), at(2027, 4, 15, 18), "a day after it was asked"),
        (at(2027, 4, 14, 20), SNAPSHOT, "but not after the snapshot has to begin"),
        (at(2027, 4, 15, 18), SNAPSHOT, "but not after the snapshot has to begin"),
        (at(2027, 4, 15, 20), START, "asked even later: until the window begins"),
    ],
)
@pytest.mark.parametrize("state", [State.PRECHECK_PENDING, State.GO_PENDING])
def test_the_deadline_of_go_is_the_prechecks_too(state: State, asked: datetime, deadline: datetime, why: str) -> None:
    change = at_go().now_it_is.with_(asked_at=asked, state=state)
    assert decision_deadline(change, LEARN) == deadline, why


def test_the_deadline_of_an_emergency_is_when_its_snapshot_or_waived_its_start_has_to_begin() -> None:
    story = requested(plan(kind=ChangeType.EMERGENCY, **URGENT), at(2027, 4, 15, 10))  # type: ignore[arg-type]
    story.at_once(at(2027, 4, 15, 10))
    change = story.now_it_is
    assert decision_deadline(change, LEARN) == SNAPSHOT
    waived = change.with_(snapshot=replace(change.snapshot, status=SnapshotStatus.WAIVED))
    assert decision_deadline(waived, LEARN) == START
    story.until(SNAPSHOT - timedelta(seconds=1))
    assert story.now_it_is.state is State.PRECHECK_PENDING
    story.until(SNAPSHOT)
    given_up = story.now_it_is
    assert given_up.state is State.POSTPONED


def test_a_snapshot_that_begins_earlier_beside_another_change_moves_the_deadline_with_it() -> None:
    change = at_go().now_it_is.with_(asked_at=at(2027, 4, 15, 8), snapshot_at=at(2027, 4, 15, 14))
    assert decision_deadline(change, LEARN) == at(2027, 4, 15, 14)


def test_silence_postpones_and_everyone_concerned_is_told_and_a_go_before_it_does_not() -> None:
    silent, answered = at_go(), at_go()
    for story in (silent, answered):
        story.until(at(2027, 4, 13, 8, 59))
    answered.do(c.GiveGo(PIERRE), at(2027, 4, 13, 8, 59))
    for story in (silent, answered):
        story.until(at(2027, 4, 13))
    assert (silent.now_it_is.state, answered.now_it_is.state) == (State.POSTPONED, State.SCHEDULED)
    [told] = silent.lines(ThreadMessage.POSTPONED_SILENT)
    assert set(told.mention) == {NADIA, PIERRE}


@given(
    st.integers(0, 30 * 24 * 60),
    st.lists(st.integers(1, 4 * 24 * 60), min_size=1, max_size=25),
    st.sampled_from(list(ChangeType)),
    st.booleans(),
)
@settings(max_examples=250, deadline=None)
def test_however_late_it_is_asked_it_is_never_both_postponed_and_asked(
    requested_before: int, wakes: list[int], kind: ChangeType, prechecked: bool
) -> None:
    now = START - timedelta(minutes=requested_before + 1)
    story = requested(plan(kind=kind, **URGENT), now)  # type: ignore[arg-type]
    story.at_once(now)
    for minutes in wakes:
        now += timedelta(minutes=minutes)
        story.at_once(now)
        if prechecked and story.now_it_is.state is State.PRECHECK_PENDING and kind is ChangeType.NORMAL and now < START:
            story.do(c.ApprovePrecheck(PIERRE), now)
    asked = [entry.at for entry in story.entries if isinstance(entry.event, e.PrecheckAsked | e.GoAsked)]
    postponed = [entry.at for entry in story.entries if isinstance(entry.event, e.Postponed)]
    nudged = [
        each.at for each in story.lines(ThreadMessage.PRECHECK_NUDGE, ThreadMessage.GO_NUDGE, ThreadMessage.GO_DEPUTIES)
    ]
    assert not {*asked, *nudged} & set(postponed)
    assert not story.happened(e.GoGiven)
    if now > START:
        assert len(postponed) == 1, "silence is never GO"


# ── Short notice ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("wanted", "now", "short", "why"),
    [
        (date(2027, 4, 5), at(2027, 3, 15, 23), False, "21 days after the request"),
        (date(2027, 4, 4), at(2027, 3, 15, 0), True, "20 days"),
    ],
)
def test_a_request_for_a_window_in_less_than_three_weeks_is_short_notice(
    wanted: date, now: datetime, short: bool, why: str
) -> None:
    if short:
        with pytest.raises(ValidationFailed, match="less than 21 days"):
            requested(plan(wanted), now)
    assert requested(plan(wanted, reason="It expires."), now).now_it_is.short_notice is short, why


@pytest.mark.parametrize(
    ("wanted", "short"),
    [(date(2027, 4, 15), False), (date(2027, 4, 14), True), (date(2027, 4, 20), False)],
)
@pytest.mark.parametrize("postponed", [True, False])
def test_a_date_that_is_proposed_less_than_a_week_before_it_is_short_notice_moved_or_after_a_postponement(
    wanted: date, short: bool, postponed: bool
) -> None:
    story, now = scheduled(), at(2027, 4, 8, 13)
    if postponed:
        story.do(c.Postpone(NADIA, "The vendor is late."), now)
    window = plan(wanted, 20).window
    if short:
        with pytest.raises(ValidationFailed, match="less than 7 days"):
            story.do(c.Move(NADIA, window), now)
    story.do(c.Move(NADIA, window, "The vendor stops." if short else ""), now)
    assert story.now_it_is.short_notice is short


def test_corrections_that_keep_the_date_count_from_when_it_was_proposed() -> None:
    story = scheduled()
    story.do(c.Edit(NADIA, plan(what="All plug-ins.")), at(2027, 4, 13))
    assert not story.now_it_is.short_notice


def test_go_within_a_week_is_recorded_as_late_with_the_days_of_notice_and_announced_at_once() -> None:
    for day, days in ((8, None), (9, 6), (12, 3)):
        story = at_go()
        story.do(c.GiveGo(PIERRE), at(2027, 4, day, 23, 59))
        [given_] = story.happened(e.GoGiven)
        assert isinstance(given_, e.GoGiven)
        assert given_.notice_days == days
        assert [each.at for each in story.notices(NoticeKind.PLANNED)] == [at(2027, 4, day, 23, 59)]


@given(st.integers(0, 40), st.integers(0, 24 * 60 - 1))
@settings(max_examples=80, deadline=None)
def test_what_is_short_notice_always_has_a_reason_and_a_waiver(days: int, minute: int) -> None:
    """The pre-check of a request, GO of a move."""
    now = START - timedelta(days=days, minutes=minute + 1)
    story = Story()
    story.do(c.Draft(NADIA, plan()), now)
    try:
        story.do(c.Submit(NADIA), now)
    except CommandRejected:
        story.do(c.Edit(NADIA, plan(reason="It expires.")), now)
        story.do(c.Submit(NADIA), now)
        assert story.now_it_is.short_notice
    while story.now_it_is.state is State.SUBMITTED and now < START:
        now = min(now + timedelta(hours=6), START)
        story.at_once(now)
    if story.now_it_is.state is not State.PRECHECK_PENDING or now >= START:
        return
    story.do(c.ApprovePrecheck(PIERRE), now)
    [approved] = story.happened(e.PrecheckApproved)
    assert isinstance(approved, e.PrecheckApproved)
    assert approved.waives_lead_time is story.now_it_is.short_notice is bool(story.now_it_is.plan.reason)


def test_a_move_at_short_notice_keeps_the_precheck_and_its_go_is_the_waiver() -> None:
    story = at_precheck(plan(date(2027, 4, 15)))
    story.do(c.ApprovePrecheck(PIERRE), at(2027, 4, 1, 12))
    story.do(c.Move(NADIA, plan(date(2027, 4, 6)).window, "The vendor stops."), at(2027, 4, 1, 13))
    story.at_once(at(2027, 4, 1, 13))
    assert (story.now_it_is.state, story.now_it_is.short_notice) == (State.GO_PENDING, True)
    story.do(c.GiveGo(PIERRE), at(2027, 4, 1, 14))
    [go] = story.happened(e.GoGiven)
    assert isinstance(go, e.GoGiven)
    assert (go.waives_lead_time, go.notice_days) == (True, 5)
