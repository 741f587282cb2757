"""Who is told by which way is the service's to say, and a mail of a notice exists once."""

from dataclasses import replace
from datetime import date

import pytest

from changes import commands as c
from changes.effects import MailNotice, NoticeKind, SendNotice, lane
from changes.policy import Recipient
from tests.support.core import LEARN, NADIA, PIERRE, Story, at, plan

EVERYBODY, HANS = Recipient("learn@example.ch"), Recipient("hans@example.ch", "de")


def announced(*notify: str) -> Story:
    """A change with GO, of a service that tells its people in these ways."""
    story = Story(replace(LEARN, notify=notify, mail=(EVERYBODY, HANS)))
    story.do(c.Draft(NADIA, plan()), at(2027, 3, 15, 10))
    story.do(c.Submit(NADIA), at(2027, 3, 15, 10))
    story.until(at(2027, 4, 1))
    story.do(c.ApprovePrecheck(PIERRE), at(2027, 4, 1, 12))
    story.until(at(2027, 4, 8))
    story.do(c.GiveGo(PIERRE), at(2027, 4, 8, 12))
    return story


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
    assert [lane(mail) for mail in mails(announced("mail"))] == ["mail:learn@example.ch", "mail:hans@example.ch"]


# CASES.md 11
def test_each_recipient_gets_each_notice_once_also_when_dates_are_edited_back_and_forth() -> None:
    story = announced("mail")
    story.until(at(2027, 4, 14))
    first = replace(story.now_it_is.plan, reason="It is urgent.")
    for number, wanted in enumerate((plan(date(2027, 4, 16), reason="It is urgent."), first)):
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
