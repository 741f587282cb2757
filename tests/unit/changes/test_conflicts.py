"""PROCESS.md, Conflicts: no two windows of a service overlap, none lies in a freeze; and what a plan must have."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from changes import commands as c
from changes.errors import NotAllowed, ValidationFailed, WindowTaken, WrongState
from changes.lifecycle import decide
from changes.model import ChangeType, Plan, State, Window
from changes.notification.recipients import MOST_NAMED
from changes.planning.occupancy import Booking
from changes.planning.validation import LIMITS, LONGEST_TEST, MOST_TESTS, validate_plan
from changes.policy import Freeze
from tests.support.core import LEARN, NADIA, PIERRE, REQUESTED, Story, at, plan

EVENING = plan().window  # 15.04.2027 22:00–23:30
EXAMS = Freeze("April exams", date(2027, 4, 12), date(2027, 4, 15))


def taken(start_minutes: int, end_minutes: int) -> Booking:
    """Another change, so many minutes from the start of our window."""
    start = EVENING.start
    window = Window(start + timedelta(minutes=start_minutes), start + timedelta(minutes=end_minutes))
    return Booking("CHG-2027-0009", "New disks", window)


@pytest.mark.parametrize(
    ("start", "end", "overlaps"),
    [
        (-60, 1, True),
        (89, 200, True),
        (10, 20, True),
        (-10, 100, True),
        (0, 90, True),
        (-60, 0, False),
        (90, 120, False),
    ],
)
def test_windows_overlap_when_they_share_a_moment_and_not_when_they_touch(start: int, end: int, overlaps: bool) -> None:
    if overlaps:
        with pytest.raises(WindowTaken):
            validate_plan(plan(), REQUESTED, LEARN, [taken(start, end)])
    else:
        validate_plan(plan(), REQUESTED, LEARN, [taken(start, end)])


# CASES.md 9
def test_the_change_in_the_way_is_named_with_its_title_and_window_beside_the_date() -> None:
    with pytest.raises(WindowTaken) as refused:
        validate_plan(plan(), REQUESTED, LEARN, [taken(30, 90)])
    assert refused.value.problems == {
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
    service = replace(LEARN, freezes=(EXAMS,))
    if frozen:
        with pytest.raises(WindowTaken, match=r"frozen from Mon 12 Apr 2027 to Thu 15 Apr 2027 \(April exams\)"):
            validate_plan(wanted, REQUESTED, service, ())
    else:
        validate_plan(wanted, REQUESTED, service, ())


def test_only_the_approver_lets_an_overlap_through_with_a_reason_and_for_this_very_plan() -> None:
    story = Story()
    story.do(c.Draft(NADIA, plan()), REQUESTED)
    with pytest.raises(NotAllowed):
        story.do(c.AllowConflict(NADIA, "It is fine."), REQUESTED)
    with pytest.raises(ValidationFailed, match="Say why"):
        story.do(c.AllowConflict(PIERRE, "  "), REQUESTED, (taken(0, 90),))
    submit, booked = c.Submit(NADIA), (taken(0, 90),)
    with pytest.raises(WrongState, match="overlaps nothing"):
        story.do(c.AllowConflict(PIERRE, "They do not touch each other."), REQUESTED)
    story.do(c.AllowConflict(PIERRE, "They do not touch each other."), REQUESTED, booked)
    with pytest.raises(WrongState, match="let stand already"):
        story.do(c.AllowConflict(PIERRE, "Again."), REQUESTED, booked)
    assert decide(story.change, submit, REQUESTED, LEARN, booked)
    story.do(c.Edit(NADIA, plan(what="Everything is replaced.")), REQUESTED)
    with pytest.raises(WindowTaken):
        decide(story.change, submit, REQUESTED, LEARN, booked)


@pytest.mark.parametrize("change_it", ["edit", "move"])
def test_an_edit_and_a_move_are_refused_into_a_window_that_is_taken(change_it: str) -> None:
    story = Story()
    story.do(c.Draft(NADIA, plan(date(2027, 4, 20))), REQUESTED)
    story.do(c.Submit(NADIA), REQUESTED)
    command = c.Edit(NADIA, plan()) if change_it == "edit" else c.Move(NADIA, EVENING)
    with pytest.raises(WindowTaken, match="CHG-2027-0009"):
        decide(story.change, command, REQUESTED, LEARN, [taken(0, 30)])


@pytest.mark.parametrize(
    ("wanted", "field", "sentence"),
    [
        (plan(title=" "), "title", "Give the change a short title."),
        (plan(what=""), "what", "Say what will be modified."),
        (plan(tests=()), "tests", "Name at least one test"),
        (plan(tests=("x",) * (MOST_TESTS + 1)), "tests", "too many for one card"),
        (plan(tests=("x" * (LONGEST_TEST + 1),)), "tests", "one short line each"),
        (plan(date(2027, 3, 15), 9), "date", "starts in the past"),
        (plan(minutes=4), "minutes", "between 5 minutes and 7 days"),
        (plan(minutes=7 * 24 * 60 + 1), "minutes", "between 5 minutes and 7 days"),
        (plan(date(2027, 4, 4)), "reason", "short notice (less than 21 days): say why"),
        (plan(kind=ChangeType.EMERGENCY), "reason", "why this is an emergency"),
        (plan(title="x" * (LIMITS["title"] + 1)), "title", "shorten it"),
        (plan(what="x" * (LIMITS["what"] + 1)), "what", "shorten it"),
        (plan(why="x" * (LIMITS["why"] + 1)), "why", "shorten it"),
        (plan(risks="x" * (LIMITS["risks"] + 1)), "risks", "shorten it"),
        (plan(rollback="x" * (LIMITS["rollback"] + 1)), "rollback", "shorten it"),
        (plan(affected="x" * (LIMITS["affected"] + 1)), "affected", "shorten it"),
        (plan(risks=" "), "risks", "“none known” is an answer"),
        (plan(rollback=""), "rollback", "“none known” is an answer"),
    ],
)
def test_a_plan_that_lacks_something_is_refused_beside_its_field(wanted: Plan, field: str, sentence: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        validate_plan(wanted, REQUESTED, LEARN, ())
    assert list(refused.value.problems) == [field]
    assert sentence in refused.value.problems[field]


def test_everything_that_is_missing_is_said_at_once() -> None:
    with pytest.raises(ValidationFailed) as refused:
        validate_plan(plan(title="", what="", tests=(), minutes=1, risks="", rollback=""), REQUESTED, LEARN, ())
    assert set(refused.value.problems) == {"title", "what", "tests", "minutes", "risks", "rollback"}


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
    by_mail = replace(LEARN, notify=("mail",))
    validate_plan(plan(notify=("deans@x.ch",)), REQUESTED, by_mail, ())
    with pytest.raises(ValidationFailed) as refused:
        validate_plan(plan(notify=named), REQUESTED, by_mail, ())
    assert list(refused.value.problems) == ["notify"]
    assert sentence in refused.value.problems["notify"]


def test_nobody_is_named_where_the_service_sends_no_mails() -> None:
    with pytest.raises(ValidationFailed, match="ISC Learn Platform sends no notices by mail"):
        validate_plan(plan(notify=("deans@x.ch",)), REQUESTED, LEARN, ())


def test_a_change_from_before_risks_were_required_goes_on_and_only_a_new_plan_needs_them() -> None:
    story = Story()
    old = plan()
    story.do(c.Draft(NADIA, old), REQUESTED)
    story.do(c.Submit(NADIA), REQUESTED)
    assert story.change is not None
    story.change = story.change.with_(plan=replace(old, risks="", rollback=""))
    with pytest.raises(ValidationFailed) as refused:
        story.do(c.Move(NADIA, plan(date(2027, 4, 20)).window), REQUESTED)
    assert set(refused.value.problems) == {"risks", "rollback"}
    story.until(at(2027, 4, 1))
    story.do(c.ApprovePrecheck(PIERRE), at(2027, 4, 1, 12))
    story.until(at(2027, 4, 8))
    story.do(c.GiveGo(PIERRE), at(2027, 4, 8, 12))
    story.until(at(2027, 4, 15, 19, 15))
    assert story.now_it_is.state is State.SNAPSHOTTING


def test_corrections_within_the_lead_time_need_no_reason_because_it_counts_from_the_first_request() -> None:
    late = at(2027, 4, 5)
    validate_plan(plan(), late, LEARN, (), requested=REQUESTED)
    with pytest.raises(ValidationFailed):
        validate_plan(plan(), late, LEARN, ())


def test_an_overlap_that_was_let_stand_does_not_stop_a_correction_of_something_else() -> None:
    story, booked = Story(), (taken(0, 90),)
    story.do(c.Draft(NADIA, plan()), REQUESTED)
    story.do(c.AllowConflict(PIERRE, "They do not touch each other."), REQUESTED, booked)
    story.do(c.Submit(NADIA), REQUESTED, booked)
    story.do(c.Edit(NADIA, plan(risks="None.")), REQUESTED, booked)
    assert story.now_it_is.plan.risks == "None."
    with pytest.raises(WindowTaken):
        story.do(c.Move(NADIA, taken(15, 100).window), REQUESTED, booked)
