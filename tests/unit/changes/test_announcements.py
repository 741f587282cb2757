"""PROCESS.md, Moving: nobody affected hears a date that has no GO, each is told once, and nobody keeps expecting."""

from datetime import date, timedelta

import pytest

from changes import commands as c
from changes.model import State, Window
from changes.notification.notices import NoticeKind
from tests.support.builder import a_change
from tests.support.core import NADIA, PIERRE, Story, at, night, plan

FIRST, SECOND, THIRD = (plan(day).window for day in (date(2027, 4, 15), date(2027, 5, 20), date(2027, 6, 17)))
LATE, NO_NEED = "The vendor is late.", c.Cancel(NADIA, "Not needed.")
PLANNED, POSTPONED = (NoticeKind.PLANNED, FIRST, None), (NoticeKind.POSTPONED, FIRST, None)


def told(story: Story) -> list[tuple[NoticeKind, Window, Window | None]]:
    """What affected people read, and of which window; in place of which, where one was promised."""
    return [(each.kind, each.window, each.was) for each in story.notices()]


def given_go(story: Story) -> Story:
    """The story after everybody said yes to it as it is now."""
    now = max(story.last, story.now_it_is.plan.window.start - timedelta(days=15))
    for _ in range(40):
        story.until(now)
        if story.now_it_is.state is State.PRECHECK_PENDING:
            story.do(c.ApprovePrecheck(PIERRE), now)
        elif story.now_it_is.state is State.GO_PENDING:
            return story.then(now, c.GiveGo(PIERRE))
        now += timedelta(hours=12)
    raise AssertionError(f"it is {story.now_it_is.state}")


def are_once(story: Story, kind: NoticeKind) -> int:
    """How many notices of the kind there are: the outbox takes a key once, and each has its own."""
    keys = [each.key for each in story.notices(kind)]
    assert len(set(keys)) == len(keys)
    return len(keys)


@pytest.mark.parametrize("stands", ["submitted", "pre-check asked", "GO asked"])
def test_nobody_affected_hears_of_a_date_that_has_no_go(stands: str) -> None:
    story = a_change(stands)
    story.then(None, c.Move(NADIA, SECOND), c.Postpone(NADIA, LATE), c.Move(NADIA, THIRD), NO_NEED)
    assert told(story) == []


@pytest.mark.parametrize("moves", [(SECOND,), (SECOND, THIRD), (THIRD, SECOND, THIRD)])
def test_a_move_takes_the_date_back_once_and_go_announces_the_new_one(moves: tuple[Window, ...]) -> None:
    story = a_change("scheduled").then(at(2027, 4, 9), *(c.Move(NADIA, each) for each in moves))
    assert told(story) == [PLANNED, POSTPONED], "moved again before its GO, nobody hears anything in between"
    assert told(given_go(story))[2:] == [(NoticeKind.RESCHEDULED, moves[-1], FIRST)]
    assert (story.now_it_is.announced, story.now_it_is.promised) == (moves[-1], None)


def test_a_no_go_for_a_date_that_was_announced_takes_it_back_and_keeps_its_reason_to_itself() -> None:
    now = at(2027, 4, 9, 10)
    story = a_change("scheduled").then(now, c.Edit(NADIA, plan(what="All plug-ins."))).at_once(now)
    story.then(now, c.ApprovePrecheck(PIERRE)).at_once(now).do(c.RefuseGo(PIERRE, "Nadia is not ready."))
    taken_back = story.notices()[-1]
    assert (taken_back.kind, taken_back.window, taken_back.detail) == (NoticeKind.POSTPONED, FIRST, "")


@pytest.mark.parametrize(
    ("other", "reads"),
    [
        *(({name: "Of another kind."}, False) for name in ("what", "risks", "rollback", "why")),
        ({"tests": ("Log in",)}, False),
        *(({name: "Of another kind."}, True) for name in ("title", "affected")),
    ],
)
def test_the_same_date_is_announced_anew_only_in_other_words(other: dict[str, object], reads: bool) -> None:
    story = a_change("scheduled").then(at(2027, 4, 9), c.Edit(NADIA, plan(**other)))  # type: ignore[arg-type]
    assert told(story) == [PLANNED], "not before its GO"
    assert told(given_go(story)) == [PLANNED] * (2 if reads else 1)
    assert are_once(story, NoticeKind.PLANNED)


@pytest.mark.parametrize("go_between", [True, False])
def test_words_that_are_changed_back_are_told_again_only_if_others_were_read_in_between(go_between: bool) -> None:
    story = a_change("scheduled")
    for affected in ("It is slow.", ""):
        story.do(c.Edit(NADIA, plan(affected=affected)), story.last + timedelta(hours=1))
        if go_between:
            given_go(story)
    assert told(given_go(story) if not go_between else story) == [PLANNED] * (3 if go_between else 1)
    assert are_once(story, NoticeKind.PLANNED)


def test_a_reminder_is_about_the_date_that_stands_and_goes_once() -> None:
    story = a_change("scheduled").until(at(2027, 4, 14))
    given_go(story.then(at(2027, 4, 14, 10), c.Edit(NADIA, plan(what="All plug-ins.")))).until(night(12))
    assert len({each.key for each in story.notices(NoticeKind.REMINDER)}) == 1


def test_moved_back_to_the_date_that_was_taken_back_it_is_planned_again() -> None:
    story = given_go(a_change("scheduled").then(at(2027, 4, 8, 13), c.Move(NADIA, SECOND), c.Move(NADIA, FIRST)))
    assert [each.window for each in story.notices(NoticeKind.PLANNED)] == [FIRST, FIRST]
    assert are_once(story, NoticeKind.PLANNED) == 2, "it was taken back in between"
    assert are_once(story, NoticeKind.POSTPONED) == 1


@pytest.mark.parametrize("give_up", [c.Postpone(NADIA, LATE), c.Move(NADIA, SECOND)])
def test_cancelled_after_a_new_date_was_promised_is_told_to_those_who_still_expect_one(give_up: c.Command) -> None:
    story = a_change("scheduled").then(at(2027, 4, 9), give_up).then(at(2027, 4, 10), NO_NEED)
    assert told(story)[1:] == [POSTPONED, (NoticeKind.CANCELLED, FIRST, None)]
