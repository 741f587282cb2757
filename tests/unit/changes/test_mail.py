"""Who is told by which way is the service's to say, and a mail of a notice exists once."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from changes import commands as c
from changes.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus, recipients_of_retraction
from changes.effects import MailNotice, SendNotice, ordering_key
from changes.notification.notices import NoticeKind
from changes.policy import Recipient
from tests.support.builder import a_change
from tests.support.core import LEARN, NADIA, PIERRE, Story, at, plan

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


# CASES.md 11
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
    told, kinds, reads = EXPECTS[what]
    for kind in kinds:
        now = SendNotice("new", "CHG-2027-0001", kind, plan().window, at(2027, 4, 9))
        assert (DEANS in recipients_of_retraction(told, now, (EVERYBODY,))) is reads, kind
        assert {LIBRARY, HANS}.isdisjoint(recipients_of_retraction(told, now, (EVERYBODY,)))


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
