"""docs/process.md, P50: windows that cannot stand, the free ones instead; and what a plan must have."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from changes import commands as c
from changes.errors import NotAllowed, ValidationFailed, WindowTaken, WrongState
from changes.lifecycle import decide
from changes.model import ChangeType, Plan, Window
from changes.notification.recipients import MOST_NAMED
from changes.planning.conflicts import OFFERED, find_conflict, free_slots
from changes.planning.occupancy import Booking
from changes.planning.timeline import short_notice
from changes.planning.validation import LIMITS, LONGEST_TEST, MOST_TESTS, validate_plan
from changes.policy import Freeze, Service
from tests.support.builder import a_change
from tests.support.core import LEARN, NADIA, PIERRE, REQUESTED, at, plan

EVENING = plan().window  # 15.04.2027 22:00–23:30
EXAMS = replace(LEARN, freezes=(Freeze("April exams", date(2027, 4, 12), date(2027, 4, 15)),))
BY_MAIL = replace(LEARN, notify=("mail",))
APART = "They do not touch each other."


def taken(start_minutes: int, end_minutes: int) -> Booking:
    """Another change, so many minutes from the start of our window."""
    start = EVENING.start
    window = Window(start + timedelta(minutes=start_minutes), start + timedelta(minutes=end_minutes))
    return Booking("CHG-2027-0009", "New disks", window)


def problems(
    wanted: Plan, service: Service = LEARN, booked: Sequence[Booking] = (), now: datetime = REQUESTED
) -> dict[str, str]:
    """What is wrong with the plan, field by field."""
    try:
        validate_plan(wanted, now, service, booked)
    except ValidationFailed as refused:
        return dict(refused.problems)
    return {}


@pytest.mark.parametrize(
    ("start", "end", "overlaps"),
    [
        *((-60, 1, True), (89, 200, True), (10, 20, True), (-10, 100, True), (0, 90, True)),
        *((-60, 0, False), (90, 120, False)),
    ],
)
def test_windows_overlap_when_they_share_a_moment_and_not_when_they_touch(start: int, end: int, overlaps: bool) -> None:
    assert ("date" in problems(plan(), booked=[taken(start, end)])) is overlaps


# docs/process.md, P50
def test_the_change_in_the_way_is_named_with_its_title_and_window_beside_the_date() -> None:
    assert problems(plan(), booked=[taken(30, 90)]) == {
        "date": "CHG-2027-0009 (New disks) already takes Thu 15 Apr 2027, 22:30–23:30 (CEST): choose "
        "a time before or after it."
        " Free instead: Thu 15 Apr 2027, 21:00–22:30 (CEST); Thu 15 Apr 2027, 23:30 – Fri 16 Apr 2027, 01:00 (CEST); "
        "Fri 16 Apr 2027, 22:00–23:30 (CEST)."
    }


@pytest.mark.parametrize(
    ("wanted", "frozen"),
    [
        (plan(date(2027, 4, 15), 23, 50), True),
        (plan(date(2027, 4, 11), 23, 90), True),  # it ends in the freeze, after midnight
        (plan(date(2027, 4, 16), 0, 30), False),
        (plan(date(2027, 4, 11), 22, 90), False),
        (plan(date(2027, 4, 11), 22, 120), False),  # ends are exclusive: it ends with the day before the freeze
        (plan(date(2027, 4, 11), 22, 121), True),
        (plan(date(2027, 4, 10), 0, 2 * 24 * 60), False),
        (plan(date(2027, 4, 15), 23, 60), True),
    ],
)
def test_a_window_that_touches_a_day_of_a_freeze_is_refused_with_its_name(wanted: Plan, frozen: bool) -> None:
    said = problems(wanted, EXAMS).get("date", "")
    assert ("frozen from Mon 12 Apr 2027 to Thu 15 Apr 2027 (April exams)" in said) is frozen is bool(said)


def test_only_the_approver_lets_an_overlap_through_with_a_reason_and_for_this_very_plan() -> None:
    story, booked, allow = a_change("draft"), (taken(0, 90),), c.AllowConflict(PIERRE, APART)
    story.refuses(c.AllowConflict(NADIA, "It is fine."), error=NotAllowed)
    story.refuses(c.AllowConflict(PIERRE, "  "), "Say why", error=ValidationFailed, bookings=booked)
    story.refuses(allow, "overlaps nothing", error=WrongState)
    story.do(allow, bookings=booked)
    story.refuses(allow, "accepted already", error=WrongState, bookings=booked)
    assert decide(story.change, c.Submit(NADIA), REQUESTED, LEARN, booked)
    story.do(c.Edit(NADIA, plan(what="Everything is replaced.")))
    story.refuses(c.Submit(NADIA), error=WindowTaken, bookings=booked)


@pytest.mark.parametrize("command", [c.Edit(NADIA, plan()), c.Move(NADIA, EVENING)])
def test_an_edit_and_a_move_are_refused_into_a_window_that_is_taken(command: c.Command) -> None:
    story = a_change("submitted", plan(date(2027, 4, 20)))
    story.refuses(command, "CHG-2027-0009", error=WindowTaken, bookings=(taken(0, 30),))


@pytest.mark.parametrize(
    ("wanted", "field", "sentence"),
    [
        (plan(title=" "), "title", "Give the change a short title."),
        (plan(what=""), "what", "Describe what changes."),
        (plan(tests=()), "tests", "Give at least one test"),
        (plan(tests=("x",) * (MOST_TESTS + 1)), "tests", "too many for one card"),
        (plan(tests=("x" * (LONGEST_TEST + 1),)), "tests", "one short line each"),
        (plan(date(2027, 3, 15), 9), "date", "starts in the past"),
        *((plan(minutes=each), "minutes", "between 5 minutes and 7 days") for each in (4, 7 * 24 * 60 + 1)),
        (plan(date(2027, 4, 4)), "reason", "short notice (less than 21 days): say why"),
        (plan(kind=ChangeType.EMERGENCY), "reason", "why this is an emergency"),
        *(
            (plan(**{field: "x" * (LIMITS[field] + 1)}), field, "shorten it")  # type: ignore[arg-type]
            for field in ("title", "what", "why", "risks", "rollback", "affected")
        ),
        (plan(risks=" "), "risks", "“none known” is a valid answer"),
        (plan(rollback=""), "rollback", "“none known” is a valid answer"),
    ],
)
def test_a_plan_that_lacks_something_is_refused_beside_its_field(wanted: Plan, field: str, sentence: str) -> None:
    found = problems(wanted)
    assert list(found) == [field]
    assert sentence in found[field]


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        (("deans",), "“deans” is no e-mail address"),
        (("a@x.ch\nBcc: b@x.ch",), "is no e-mail address"),
        (("a@x.ch, b@x.ch",), "is no e-mail address"),
        (("x" * 250 + "@x.ch",), "is no e-mail address"),
        (tuple(f"{number}@x.ch" for number in range(MOST_NAMED + 1)), "21 addresses are too many"),
        (tuple(f"{'x' * 60}{number}@x.ch" for number in range(9)), "594 characters together, 500 at most"),
    ],
)
def test_whom_a_plan_names_are_few_and_each_is_one_address(named: tuple[str, ...], sentence: str) -> None:
    assert problems(plan(notify=("deans@x.ch",)), BY_MAIL) == {}
    found = problems(plan(notify=named), BY_MAIL)
    assert list(found) == ["notify"]
    assert sentence in found["notify"]


def test_corrections_within_the_lead_time_need_no_reason_because_it_counts_from_the_first_request() -> None:
    late = at(2027, 4, 5)
    validate_plan(plan(), late, LEARN, (), requested=REQUESTED)
    assert "reason" in problems(plan(), now=late)


def test_an_overlap_that_was_let_stand_does_not_stop_a_correction_of_something_else() -> None:
    story = a_change("draft")
    story.bookings = (taken(0, 90),)
    story.then(None, c.AllowConflict(PIERRE, APART), c.Submit(NADIA), c.Edit(NADIA, plan(risks="None.")))
    assert story.now_it_is.plan.risks == "None."
    story.refuses(c.Move(NADIA, taken(15, 100).window), error=WindowTaken)


def beside(window: Window, minutes: int = 0, length: int = 90) -> Booking:
    start = window.start + timedelta(minutes=minutes)
    return Booking("CHG-2027-0009", "New disks", Window(start, start + timedelta(minutes=length)))


def starts(*bookings: Booking, wanted: Window = EVENING, freezes: tuple[Freeze, ...] = ()) -> list[str]:
    service = replace(LEARN, freezes=freezes)
    found = free_slots(wanted, service, bookings, REQUESTED)
    return [f"{service.local(each.start):%d.%m. %H:%M}" for each in found]


def test_the_nearest_slots_lie_beside_all_that_is_in_the_way_and_on_the_days_around() -> None:
    assert starts(beside(EVENING, -60, 70)) == ["15.04. 22:30", "15.04. 19:30", "16.04. 22:00"]
    tomorrow = beside(EVENING, 24 * 60)
    assert starts(beside(EVENING, 0, 300), tomorrow) == ["15.04. 20:30", "16.04. 03:00", "16.04. 20:30"]
    assert starts(beside(EVENING, -20, 100), beside(EVENING, 80, 100))[0] == "15.04. 20:00"
    assert starts(beside(EVENING, -300, 400), beside(EVENING, 100, 70))[0] == "16.04. 01:00"


JANUARY = Freeze("January exams", date(2028, 1, 18), date(2028, 2, 5))


@pytest.mark.parametrize(
    ("hour", "minutes", "offered"),
    [
        (23, 90, ["17.01. 22:30", "16.01. 23:00", "06.02. 23:00"]),
        (23, 61, ["17.01. 22:30", "16.01. 23:00", "06.02. 23:00"]),
        (20, 300, ["17.01. 19:00", "16.01. 20:00", "06.02. 20:00"]),
    ],
)
def test_the_evening_before_a_freeze_is_offered_first(hour: int, minutes: int, offered: list[str]) -> None:
    assert starts(wanted=plan(date(2028, 1, 17), hour, minutes).window, freezes=(JANUARY,)) == offered


def test_of_a_freeze_of_weeks_both_sides_are_offered_while_the_earlier_is_in_time() -> None:
    exams = Freeze("Exams", date(2027, 4, 10), date(2027, 5, 14))
    assert starts(freezes=(exams,)) == ["09.04. 22:00", "08.04. 22:00", "15.05. 22:00"]
    exams = Freeze("Exams", date(2027, 4, 5), date(2027, 5, 14))
    assert starts(freezes=(exams,)) == ["15.05. 22:00", "16.05. 22:00", "17.05. 22:00"]
    wanted = plan(date(2028, 2, 5), 22, 60).window
    assert starts(wanted=wanted, freezes=(JANUARY,))[0] == "06.02. 00:00"


def test_a_wall_time_that_does_not_exist_when_the_clocks_go_forward_is_passed_over() -> None:
    night = Window.on(date(2028, 3, 25), plan(hour=2).window.start.astimezone(LEARN.zone).time(), 60, LEARN.zone)
    found = starts(beside(night, -120, 600), wanted=night)
    assert found == ["24.03. 23:00", "25.03. 10:00", "24.03. 02:00"]
    after = starts(beside(night, -3 * 24 * 60, 2 * 3 * 24 * 60), wanted=night)
    assert "26.03. 02:00" not in after
    assert after


MINUTES = st.integers(-10 * 24 * 60, 40 * 24 * 60)


@given(st.lists(st.tuples(MINUTES, st.integers(5, 3000)), max_size=12), st.integers(1, 60))
def test_each_slot_is_free_in_time_and_of_the_same_length(booked: list[tuple[int, int]], days: int) -> None:
    wanted = Window(REQUESTED + timedelta(days=days), REQUESTED + timedelta(days=days, minutes=90))
    bookings = [beside(EVENING, start, length) for start, length in booked]
    found = free_slots(wanted, LEARN, bookings, REQUESTED)
    assert len(found) == len(set(found)) == OFFERED
    assert any(slot.start > wanted.start for slot in found)
    for slot in found:
        assert find_conflict(slot, LEARN, bookings) is None
        assert slot.minutes == wanted.minutes
        assert slot.start > REQUESTED
        assert short_notice(wanted.start, REQUESTED, REQUESTED, LEARN) or not short_notice(
            slot.start, REQUESTED, REQUESTED, LEARN
        )
