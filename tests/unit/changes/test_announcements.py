"""docs/process.md, P45 to P48: who hears which date, by which way and once, and that nobody keeps expecting another."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from changes import commands as c
from changes.deliveries import ordering_key
from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus, recipients_of_retraction
from changes.effects import MailNotice, SendNotice
from changes.model import State, Window
from changes.notification.notices import NoticeKind
from changes.policy import Recipient
from notices import NoticeRenderer
from notices.template_context import own_sentence
from tests.support.builder import a_change
from tests.support.core import LEARN, NADIA, PIERRE, Story, at, night, plan

FIRST, SECOND, THIRD = (plan(day).window for day in (date(2027, 4, 15), date(2027, 5, 20), date(2027, 6, 17)))
LATE, NO_NEED = "The vendor is late.", c.Cancel(NADIA, "Not needed.")
TOLD_PLANNED, TOLD_POSTPONED = (NoticeKind.PLANNED, FIRST, None), (NoticeKind.POSTPONED, FIRST, None)


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
    assert told(story) == [TOLD_PLANNED, TOLD_POSTPONED], "moved again before its GO, nobody hears anything in between"
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
    assert told(story) == [TOLD_PLANNED], "not before its GO"
    assert told(given_go(story)) == [TOLD_PLANNED] * (2 if reads else 1)
    assert are_once(story, NoticeKind.PLANNED)


@pytest.mark.parametrize("go_between", [True, False])
def test_words_that_are_changed_back_are_told_again_only_if_others_were_read_in_between(go_between: bool) -> None:
    story = a_change("scheduled")
    for affected in ("It is slow.", ""):
        story.do(c.Edit(NADIA, plan(affected=affected)), story.last + timedelta(hours=1))
        if go_between:
            given_go(story)
    assert told(given_go(story) if not go_between else story) == [TOLD_PLANNED] * (3 if go_between else 1)
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
    assert told(story)[1:] == [TOLD_POSTPONED, (NoticeKind.CANCELLED, FIRST, None)]


MOVED = plan(date(2027, 5, 20))
TAKES_BACK: list[tuple[type[c.Command], NoticeKind, tuple[object, ...]]] = [
    (c.Cancel, NoticeKind.CANCELLED, (LATE,)),
    (c.Postpone, NoticeKind.POSTPONED, (LATE,)),
    (c.Edit, NoticeKind.POSTPONED, (replace(MOVED, reason=LATE),)),
]


@pytest.mark.parametrize("public", [{}, {"en": "The update is not ready."}])
@pytest.mark.parametrize(("command", "kind", "given"), TAKES_BACK)
def test_whoever_takes_an_announced_date_back_gives_a_reason_to_the_thread_and_a_text_to_those_who_were_told(
    command: type[c.Command], kind: NoticeKind, given: tuple[object, ...], public: dict[str, str]
) -> None:
    story = a_change("scheduled").then(at(2027, 4, 9), command(NADIA, *given, public))  # type: ignore[call-arg]
    taken_back = story.notices()[-1]
    assert (taken_back.kind, taken_back.detail, taken_back.public) == (kind, "", public)
    text = NoticeRenderer().post(taken_back, story.now_it_is, LEARN)
    assert LATE not in text
    assert (public.get("en") or own_sentence(kind)) in text


EVERYBODY, HANS = Recipient("learn@example.ch"), Recipient("hans@example.ch", "de")


def announced(*notify: str, named: tuple[str, ...] = (), approver_mail: str = "") -> Story:
    """A change with GO, of a service that tells its people in these ways."""
    service = replace(LEARN, notify=notify, mail=(EVERYBODY, HANS), approver_mail=approver_mail)
    return a_change("scheduled", service=service, notify=named)


def mails(story: Story, to: str = "") -> list[MailNotice]:
    return [each for each in story.said(MailNotice) if to in ("", each.to.address)]


@pytest.mark.parametrize(
    ("notify", "posts", "letters"), [(("teams",), 1, 0), (("mail",), 0, 2), (("teams", "mail"), 1, 2)]
)
def test_a_notice_goes_out_in_the_services_ways(notify: tuple[str, ...], posts: int, letters: int) -> None:
    story = announced(*notify)
    assert (len(story.notices()), [mail.to for mail in mails(story)]) == (posts, [EVERYBODY, HANS][:letters])
    assert all(mail.notice.kind is NoticeKind.PLANNED and not mail.instead for mail in mails(story))


def test_the_mails_to_one_address_go_in_order_and_hold_up_nobody_else() -> None:
    lanes = [ordering_key(mail) for mail in mails(announced("mail"))]
    assert lanes == ["mail:learn@example.ch", "mail:hans@example.ch"]


# docs/process.md, P85
def test_each_recipient_gets_each_notice_once_also_when_dates_are_edited_back_and_forth() -> None:
    story = announced("mail").until(at(2027, 4, 14))
    first, why = story.now_it_is.plan, "The vendor's date."
    other = plan(date(2027, 4, 16), reason=why)
    for number, wanted in enumerate((other, replace(first, reason=why))):
        now = at(2027, 4, 14, 10 + number)
        story.then(now, c.Edit(NADIA, wanted)).at_once(now).then(now, c.GiveGo(PIERRE)).at_once(now)
    found = [(mail.notice.kind, mail.notice.window, mail.key) for mail in mails(story, HANS.address)]
    reminders = {key for kind, window, key in found if kind is NoticeKind.REMINDER and window == first.window}
    assert len(reminders) == 1, "the outbox takes a key once, and the reminder's is its date"
    # Each date is taken back before the next one has GO, and told when it has; back at the first, that is news again.
    assert [(kind, window) for kind, window, _ in found if kind is not NoticeKind.REMINDER] == [
        (NoticeKind.PLANNED, first.window),
        (NoticeKind.POSTPONED, first.window),
        (NoticeKind.RESCHEDULED, other.window),
        (NoticeKind.POSTPONED, other.window),
        (NoticeKind.RESCHEDULED, first.window),
    ]


DEANS, LIBRARY = Recipient("deans@x.ch"), Recipient("library@x.ch")


def line(to: Recipient, kind: NoticeKind, **other: Any) -> DeliveryRecord:
    """A line of the ledger: a mail that was sent, or what else is said of it."""
    mailed = DeliveryChannel.MAIL, DeliveryStatus.SENT, at(2027, 4, 8)
    sent = DeliveryRecord(f"{kind}:mail:{to.address}", "CHG-2027-0001", kind.value, to.address, *mailed)
    return replace(sent, **other)


PLANNED, POSTPONED, CANCELLED = NoticeKind.PLANNED, NoticeKind.POSTPONED, NoticeKind.CANCELLED
ANNOUNCED = [line(DEANS, PLANNED)]
UNHEARD = [line(LIBRARY, PLANNED, result=DeliveryStatus.FAILED), line(HANS, PLANNED, way=DeliveryChannel.TEAMS)]
EXPECTS: dict[str, tuple[list[DeliveryRecord], tuple[NoticeKind, ...], bool]] = {
    "who is named no more still reads what becomes of the date they were told": (
        *(ANNOUNCED, (CANCELLED, POSTPONED, NoticeKind.RESCHEDULED, NoticeKind.EXTENSION), True),
    ),
    "and nothing else": (ANNOUNCED, (PLANNED, NoticeKind.REMINDER, NoticeKind.START, NoticeKind.END), False),
    "a new date is told to whom it was promised": ([*ANNOUNCED, line(DEANS, POSTPONED)], (PLANNED,), True),
    "who knows that it is over reads nothing more": ([*ANNOUNCED, line(DEANS, CANCELLED)], (POSTPONED,), False),
    "nor does who never heard of it": (UNHEARD, (POSTPONED,), False),
    "the notice itself is not what was heard before": (
        *([*ANNOUNCED, line(DEANS, CANCELLED, key="new:mail:deans@x.ch")], (CANCELLED,), True),
    ),
}


@pytest.mark.parametrize("what", EXPECTS)
def test_of_whom_the_change_names_no_more(what: str) -> None:
    heard, kinds, reads = EXPECTS[what]
    for kind in kinds:
        now = SendNotice("new", "CHG-2027-0001", kind, plan().window, at(2027, 4, 9))
        assert (DEANS in recipients_of_retraction(heard, now, (EVERYBODY,))) is reads, kind
        assert {LIBRARY, HANS}.isdisjoint(recipients_of_retraction(heard, now, (EVERYBODY,)))


def test_whom_the_change_names_and_the_approver_hear_by_mail_too_and_nobody_twice() -> None:
    pierre = Recipient("pierre@example.ch")
    story = announced("mail", named=("Deans@x.ch", "HANS@example.ch"), approver_mail=pierre.address)
    assert [mail.to for mail in mails(story)] == [EVERYBODY, HANS, pierre, Recipient("Deans@x.ch")]
    listed = announced("mail", named=(pierre.address,), approver_mail="Learn@Example.ch")
    assert [mail.to for mail in mails(listed)] == [EVERYBODY, HANS, pierre]


def test_every_notice_goes_to_those_whom_the_change_names_and_the_number_of_its_calendar_entry_grows() -> None:
    story = announced("mail", named=("deans@x.ch",)).until(at(2027, 4, 14)).then(None, c.Cancel(NADIA, "Not needed."))
    everything = [NoticeKind.PLANNED, NoticeKind.REMINDER, NoticeKind.CANCELLED]
    for to in ("deans@x.ch", HANS.address):
        assert [mail.notice.kind for mail in mails(story, to)] == everything
        numbers = [mail.sequence for mail in mails(story, to)]
        assert numbers == sorted(set(numbers))
