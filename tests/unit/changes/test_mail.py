"""Who is told by which way is the service's to say, and a mail of a notice exists once."""

from dataclasses import replace
from datetime import date

import pytest

from changes import commands as c
from changes.effects import MailNotice, SendNotice, ordering_key
from changes.notification.delivery_log import DeliveryChannel, DeliveryRecord, DeliveryStatus, still_expecting
from changes.notification.notices import NoticeKind
from changes.policy import Recipient
from tests.support.core import LEARN, NADIA, PIERRE, Story, at, plan

EVERYBODY, HANS = Recipient("learn@example.ch"), Recipient("hans@example.ch", "de")


def announced(*notify: str, named: tuple[str, ...] = (), approver_mail: str = "") -> Story:
    """A change with GO, of a service that tells its people in these ways."""
    story = Story(replace(LEARN, notify=notify, mail=(EVERYBODY, HANS), approver_mail=approver_mail))
    story.do(c.Draft(NADIA, plan(notify=named)), at(2027, 3, 15, 10))
    story.do(c.Submit(NADIA), at(2027, 3, 15, 10))
    story.until(at(2027, 4, 1))
    story.do(c.ApprovePrecheck(PIERRE), at(2027, 4, 1, 12))
    story.until(at(2027, 4, 8))
    story.do(c.GiveGo(PIERRE), at(2027, 4, 8, 12))
    return story


def test_whom_the_change_names_and_the_approver_hear_by_mail_too_and_nobody_twice() -> None:
    story = announced("mail", named=("Deans@x.ch", "HANS@example.ch"), approver_mail="pierre@example.ch")
    everybody = [EVERYBODY, HANS, Recipient("pierre@example.ch"), Recipient("Deans@x.ch")]
    assert [mail.to for mail in mails(story)] == everybody
    listed = announced("mail", named=("pierre@example.ch",), approver_mail="Learn@Example.ch")
    assert [mail.to for mail in mails(listed)] == [EVERYBODY, HANS, Recipient("pierre@example.ch")]


def test_every_notice_goes_to_those_whom_the_change_names() -> None:
    story = announced("mail", named=("deans@x.ch",))
    story.until(at(2027, 4, 14))
    story.do(c.Cancel(NADIA, "Not needed."), at(2027, 4, 14, 12))
    everything = [NoticeKind.PLANNED, NoticeKind.REMINDER, NoticeKind.CANCELLED]
    for to in ("deans@x.ch", HANS.address):
        assert [mail.notice.kind for mail in mails(story) if mail.to.address == to] == everything


DEANS, LIBRARY = Recipient("deans@x.ch"), Recipient("library@x.ch")


def line(
    to: Recipient,
    kind: NoticeKind,
    result: DeliveryStatus = DeliveryStatus.SENT,
    way: DeliveryChannel = DeliveryChannel.MAIL,
) -> DeliveryRecord:
    """A line of the ledger."""
    return DeliveryRecord(
        f"{kind}:mail:{to.address}", "CHG-2027-0001", kind.value, to.address, way, result, at(2027, 4, 8)
    )


def of(kind: NoticeKind, key: str = "new") -> SendNotice:
    """A notice that goes out now."""
    return SendNotice(key, "CHG-2027-0001", kind, plan().window, at(2027, 4, 9))


def test_who_is_named_no_more_still_reads_what_becomes_of_the_date_they_were_told() -> None:
    told = [line(EVERYBODY, NoticeKind.PLANNED), line(DEANS, NoticeKind.PLANNED)]
    for kind in (NoticeKind.CANCELLED, NoticeKind.POSTPONED, NoticeKind.RESCHEDULED, NoticeKind.EXTENSION):
        assert still_expecting(told, of(kind), (EVERYBODY,)) == (EVERYBODY, DEANS)
    for kind in (NoticeKind.PLANNED, NoticeKind.REMINDER, NoticeKind.START, NoticeKind.END):
        assert DEANS not in still_expecting(told, of(kind), (EVERYBODY,))


def test_a_new_date_is_told_to_whom_it_was_promised_though_they_are_named_no_more() -> None:
    told = [line(DEANS, NoticeKind.PLANNED), line(DEANS, NoticeKind.POSTPONED)]
    assert still_expecting(told, of(NoticeKind.PLANNED), (EVERYBODY,)) == (DEANS,)


def test_who_knows_that_it_is_over_or_never_heard_of_it_reads_nothing_more() -> None:
    over = [line(DEANS, NoticeKind.PLANNED), line(DEANS, NoticeKind.CANCELLED)]
    never = [
        line(LIBRARY, NoticeKind.PLANNED, DeliveryStatus.FAILED),
        line(HANS, NoticeKind.PLANNED, way=DeliveryChannel.TEAMS),
    ]
    assert still_expecting([*over, *never], of(NoticeKind.POSTPONED), (EVERYBODY,)) == ()


def test_the_notice_itself_does_not_count_as_what_was_heard_before() -> None:
    told = [line(DEANS, NoticeKind.PLANNED), replace(line(DEANS, NoticeKind.CANCELLED), key="new:mail:deans@x.ch")]
    assert still_expecting(told, of(NoticeKind.CANCELLED), ()) == (DEANS,)


def mails(story: Story) -> list[MailNotice]:
    return [effect for effect in story.caused if isinstance(effect, MailNotice)]


@pytest.mark.parametrize(
    ("notify", "posts", "letters"), [(("teams",), 1, 0), (("mail",), 0, 2), (("teams", "mail"), 1, 2)]
)
def test_a_notice_goes_out_in_the_ways_that_the_service_names(
    notify: tuple[str, ...], posts: int, letters: int
) -> None:
    story = announced(*notify)
    assert (len(story.said(SendNotice)), len(mails(story))) == (posts, letters)
    assert [mail.to for mail in mails(story)] == [EVERYBODY, HANS][:letters]
    assert all(mail.notice.kind is NoticeKind.PLANNED and not mail.instead for mail in mails(story))


def test_the_mails_to_one_address_go_in_order_and_hold_up_nobody_else() -> None:
    assert [ordering_key(mail) for mail in mails(announced("mail"))] == [
        "mail:learn@example.ch",
        "mail:hans@example.ch",
    ]


# CASES.md 11
def test_each_recipient_gets_each_notice_once_also_when_dates_are_edited_back_and_forth() -> None:
    story = announced("mail")
    story.until(at(2027, 4, 14))
    first, why = story.now_it_is.plan, "The vendor's date."
    for number, wanted in enumerate((plan(date(2027, 4, 16), reason=why), replace(first, reason=why))):
        now = at(2027, 4, 14, 10 + number)
        story.do(c.Edit(NADIA, wanted), now)
        story.at_once(now)
        story.do(c.GiveGo(PIERRE), now)
        story.at_once(now)
    reminders = [
        mail
        for mail in mails(story)
        if mail.notice.kind is NoticeKind.REMINDER and mail.notice.window == first.window and mail.to == HANS
    ]
    assert len({mail.key for mail in reminders}) == 1


def test_the_number_of_a_calendar_entry_grows_with_every_mail_about_the_change() -> None:
    story = announced("mail")
    story.until(at(2027, 4, 14))
    story.do(c.Cancel(NADIA, "Not needed."), at(2027, 4, 14, 12))
    numbers = [mail.sequence for mail in mails(story) if mail.to == HANS]
    assert len(numbers) == 3
    assert numbers == sorted(set(numbers))
