"""PROCESS.md, Moving: nobody affected hears a date that has no GO, each is told once, and nobody keeps expecting."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from changes import commands as c
from changes.effects import MailNotice
from changes.model import State, Window
from changes.notification.notices import NoticeKind
from changes.policy import Recipient
from tests.support.core import LEARN, NADIA, PIERRE, Story, at, at_go, at_precheck, plan, requested, scheduled

FIRST = plan().window
SECOND = plan(date(2027, 5, 20)).window
THIRD = plan(date(2027, 6, 17)).window
Told = list[tuple[NoticeKind, Window, Window | None]]


def told(story: Story) -> Told:
    """What affected people read, and of which window; in place of which, where one was promised."""
    return [(each.kind, each.window, each.was) for each in story.notices()]


def given_go(story: Story) -> Story:
    """The story after everybody said yes to it as it is now."""
    now = max(story.entries[-1].at, story.now_it_is.plan.window.start - timedelta(days=15))
    for _ in range(40):
        story.until(now)
        if story.now_it_is.state is State.PRECHECK_PENDING:
            story.do(c.ApprovePrecheck(PIERRE), now)
        elif story.now_it_is.state is State.GO_PENDING:
            story.do(c.GiveGo(PIERRE), now)
            return story
        now += timedelta(hours=12)
    raise AssertionError(f"it is {story.now_it_is.state}")


@pytest.mark.parametrize("make", [requested, at_precheck, at_go])
def test_nobody_affected_hears_of_a_date_that_has_no_go(make: type[Story]) -> None:
    story = make()
    now = story.entries[-1].at
    story.do(c.Move(NADIA, SECOND), now)
    story.do(c.Postpone(NADIA, "The vendor is late."), now)
    story.do(c.Move(NADIA, THIRD), now)
    story.do(c.Cancel(NADIA, "Not needed."), now)
    assert told(story) == []


def test_moving_an_announced_change_says_once_that_it_does_not_take_place_then_and_go_announces_the_new_date() -> None:
    story = scheduled()
    story.do(c.Move(NADIA, SECOND), at(2027, 4, 9))
    assert told(story) == [(NoticeKind.PLANNED, FIRST, None), (NoticeKind.POSTPONED, FIRST, None)]
    given_go(story)
    assert told(story)[2:] == [(NoticeKind.RESCHEDULED, SECOND, FIRST)]
    assert (story.now_it_is.announced, story.now_it_is.promised) == (SECOND, None)


def test_moved_again_before_its_go_nobody_hears_anything_in_between() -> None:
    story = scheduled()
    story.do(c.Move(NADIA, SECOND), at(2027, 4, 9))
    story.do(c.Move(NADIA, THIRD), at(2027, 4, 10))
    given_go(story)
    assert [kind for kind, _, _ in told(story)] == [NoticeKind.PLANNED, NoticeKind.POSTPONED, NoticeKind.RESCHEDULED]
    assert told(story)[-1] == (NoticeKind.RESCHEDULED, THIRD, FIRST)


def test_moved_back_to_the_date_that_was_taken_back_it_is_planned_again() -> None:
    story = scheduled()
    story.do(c.Move(NADIA, SECOND), at(2027, 4, 8, 13))
    story.do(c.Move(NADIA, FIRST), at(2027, 4, 8, 14))
    given_go(story)
    planned = story.notices(NoticeKind.PLANNED)
    assert [each.window for each in planned] == [FIRST, FIRST]
    assert len({each.key for each in planned}) == 2, "the outbox takes a key once, and it was taken back in between"
    assert len(story.notices(NoticeKind.POSTPONED)) == 1


@pytest.mark.parametrize("give_up", [c.Postpone(NADIA, "The vendor is late."), c.Move(NADIA, SECOND)])
def test_cancelled_after_a_new_date_was_promised_is_told_to_those_who_still_expect_one(give_up: c.Command) -> None:
    story = scheduled()
    story.do(give_up, at(2027, 4, 9))
    story.do(c.Cancel(NADIA, "Not needed."), at(2027, 4, 10))
    assert told(story)[1:] == [(NoticeKind.POSTPONED, FIRST, None), (NoticeKind.CANCELLED, FIRST, None)]


def test_a_no_go_for_a_date_that_was_announced_takes_it_back_and_keeps_its_reason_to_itself() -> None:
    story = scheduled()
    story.do(c.Edit(NADIA, plan(what="All plug-ins.")), at(2027, 4, 9))
    story.at_once(at(2027, 4, 9))
    story.do(c.ApprovePrecheck(PIERRE), at(2027, 4, 9, 10))
    story.at_once(at(2027, 4, 9, 10))
    story.do(c.RefuseGo(PIERRE, "Nadia is not ready."), at(2027, 4, 9, 11))
    taken_back = story.notices()[-1]
    assert (taken_back.kind, taken_back.window, taken_back.detail) == (NoticeKind.POSTPONED, FIRST, "")


# ── the same date, and other words ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("other", "reads"),
    [
        ({"what": "All plug-ins."}, False),
        ({"risks": "None known."}, False),
        ({"rollback": "The NAS."}, False),
        ({"tests": ("Log in",)}, False),
        ({"why": "It is old."}, False),
        ({"title": "Update to version 6"}, True),
        ({"affected": "Nobody can hand in work."}, True),
    ],
)
def test_a_change_that_keeps_its_announced_date_announces_only_what_people_would_read_differently(
    other: dict[str, object], reads: bool
) -> None:
    story = scheduled()
    story.do(c.Edit(NADIA, plan(**other)), at(2027, 4, 9))  # type: ignore[arg-type]
    assert told(story) == [(NoticeKind.PLANNED, FIRST, None)], "not before its GO"
    given_go(story)
    assert told(story) == [(NoticeKind.PLANNED, FIRST, None)] * (2 if reads else 1)
    assert len({each.key for each in story.notices()}) == len(story.notices())


def test_words_that_are_changed_back_are_told_again_because_others_were_read_in_between() -> None:
    story = scheduled()
    for affected in ("It is slow.", ""):
        story.do(c.Edit(NADIA, plan(affected=affected)), story.entries[-1].at + timedelta(hours=1))
        given_go(story)
    keys = [each.key for each in story.notices(NoticeKind.PLANNED)]
    assert len(set(keys)) == len(keys) == 3


def test_words_that_are_changed_back_before_their_go_are_no_news() -> None:
    story = scheduled()
    for affected in ("It is slow.", ""):
        story.do(c.Edit(NADIA, plan(affected=affected)), story.entries[-1].at + timedelta(hours=1))
    given_go(story)
    assert told(story) == [(NoticeKind.PLANNED, FIRST, None)]


def test_a_reminder_is_about_the_date_that_stands_and_goes_once() -> None:
    story = scheduled()
    story.until(at(2027, 4, 14))
    story.do(c.Edit(NADIA, plan(what="All plug-ins.")), at(2027, 4, 14, 10))
    given_go(story)
    story.until(at(2027, 4, 15, 12))
    assert len({each.key for each in story.notices(NoticeKind.REMINDER)}) == 1


def test_each_address_hears_each_of_it_once() -> None:
    hans = Recipient("hans@example.ch", "de")
    story = scheduled()
    story.service = replace(LEARN, notify=("mail",), mail=(hans,))
    story.do(c.Move(NADIA, SECOND), at(2027, 4, 9))
    given_go(story)
    mails = [each for each in story.caused if isinstance(each, MailNotice) and each.to == hans]
    assert [each.notice.kind for each in mails] == [NoticeKind.POSTPONED, NoticeKind.RESCHEDULED]
    assert len({each.key for each in mails}) == 2
