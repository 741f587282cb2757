"""What affected people are told, and when: every mail of the service's own address with its time."""

from pathlib import Path

from changes.labels import moment_label
from changes.model import State
from tests.support.days import moment, with_go
from tests.support.running import CHANGE, ZURICH, Bot
from tests.support.said import body, mailed, mails, notices, posts, reminders
from tests.support.teams import NADIA, PIERRE

TO = "isc-learn"
PLANNED = "08.04. 09:00 ISC Learn Platform: Planned maintenance"


async def test_a_move_of_an_announced_change_is_told_once_and_its_new_date_and_calendar_entry_only_with_its_go(
    bot: Bot, tmp_path: Path
) -> None:
    await bot.at_precheck()
    await bot.type(NADIA, f"/change move {CHANGE} 2027-04-15 21:00")
    await bot.type(NADIA, f"/change move {CHANGE} 2027-04-15 22:00")
    await bot.press(PIERRE, "precheck.approve")
    await bot.advance(moment(4, 8))
    await bot.type(PIERRE, f"/change go {CHANGE}")
    await bot.advance(moment(4, 9, 10))
    await bot.type(NADIA, f"/change move {CHANGE} 2027-04-20 22:00")
    await bot.type(NADIA, f"/change move {CHANGE} 2027-04-22 22:00")
    change = await bot.change()
    assert (change.state, change.go, bool(change.precheck)) == (State.PRECHECKED, None, True)
    assert any("The pre-check still holds" in text and "GO has to be given" in text for text in bot.teams.texts())
    await bot.advance(moment(4, 15, 9))
    assert mailed(tmp_path, TO) == [PLANNED, "09.04. 10:00 ISC Learn Platform: Maintenance postponed"]
    assert [line for line in notices(bot) if "postponed" in line] == [
        "09.04. 10:00 ISC Learn Platform: Maintenance postponed"
    ]
    off = body(mails(tmp_path, TO)[-1])
    assert "announced for Thu 15 Apr 2027, 22:00–23:30 (CEST) is postponed. We will tell you the new date." in off
    assert "22.04." not in off, "nobody affected hears a date that has no GO"
    await bot.type(PIERRE, f"/change go {CHANGE}")
    await bot.advance(moment(4, 21, 9))
    assert mailed(tmp_path, TO)[2:] == [
        "15.04. 09:00 ISC Learn Platform: New date for the maintenance",
        "21.04. 09:00 ISC Learn Platform: Reminder: maintenance tomorrow",
    ]
    sent = mails(tmp_path, TO)[:3]
    assert "The date announced before, Thu 15 Apr 2027, 22:00–23:30 (CEST), no longer applies." in body(sent[2])
    entries = [next(mail.iter_attachments()).get_content().decode() for mail in sent]
    kept = ("METHOD", "UID", "DTSTART", "STATUS")
    assert [[line for line in entry.splitlines() if line.startswith(kept)] for entry in entries] == [
        [f"METHOD:{method}", f"DTSTART:202704{day}T200000Z", f"UID:{CHANGE}@change-bot", f"STATUS:{status}"]
        for method, day, status in (
            ("REQUEST", 15, "CONFIRMED"),
            ("CANCEL", 15, "CANCELLED"),
            ("REQUEST", 22, "CONFIRMED"),
        )
    ]


async def test_a_new_date_within_a_week_takes_a_reason_and_its_go_waives_the_lead_time(bot: Bot) -> None:
    await with_go(bot)
    await bot.advance(moment(4, 9, 10))
    await bot.type(NADIA, f"/change move {CHANGE} 2027-04-14 22:00")
    assert "This is short notice (less than 7 days): say why it cannot wait" in posts(bot)[-1]
    await bot.type(NADIA, "The supplier is here that day.")
    change = await bot.change()
    assert (change.short_notice, change.plan.reason) == (True, "The supplier is here that day.")
    assert "The supplier is here that day." in posts(bot, "GO / NO-GO")[-1]
    await bot.type(PIERRE, f"/change go {CHANGE}")
    await bot.type(PIERRE, f"/change show {CHANGE}")
    assert "The lead time was waived." in bot.overview()


async def test_silence_has_one_deadline_which_the_card_says_and_which_is_kept(bot: Bot) -> None:
    await bot.advance(moment(4, 13, 8, 49))
    await bot.requested({"date": "2027-04-15", "time": "22:00", "reason": "It is urgent."})
    until = moment_label(moment(4, 14, 8, 49), ZURICH)
    assert f"Without GO by {until} the change is postponed" in posts(bot, "Pre-check | ")[-1], "24 h"
    bot.teams.calls.clear()
    await bot.advance(moment(4, 15, 20))
    [postponed] = posts(bot, "silence is never GO")
    assert f"Nobody gave GO by {until}" in postponed
    assert postponed[:12] == "14.04. 08:49"
    assert (await bot.change()).state is State.POSTPONED


async def test_the_reason_of_a_no_go_is_the_requesters_and_reaches_nobody_affected(bot: Bot, tmp_path: Path) -> None:
    await bot.at_go()
    await bot.type(PIERRE, f"/change nogo {CHANGE}")
    assert "People affected read" not in posts(bot)[-1]
    await bot.type(PIERRE, "The requester is not ready.")
    [refused] = posts(bot, "decided **NO-GO**")
    assert "“The requester is not ready.”" in refused
    assert reminders(bot, "decided **NO-GO**") == ["08.04. 09:00 Nadia"]
    assert not any("not ready" in body(mail) for mail in mails(tmp_path))


async def test_each_question_for_a_reason_says_who_reads_it(bot: Bot) -> None:
    async def asked(command: str, more: str = "", *, public: bool) -> None:
        await bot.type(PIERRE, f"/change {command} {CHANGE}{more}")
        assert ("People affected read your answer" in posts(bot)[-1]) is public, command
        assert ("stays in the thread" in posts(bot)[-1]) is not public, command
        await bot.type(PIERRE, "no")

    await with_go(bot)
    await asked("cancel", public=False)
    await asked("postpone", public=False)
    await asked("waive", public=False)
    await bot.advance(moment(4, 15, 22))
    await bot.type(NADIA, f"/change start {CHANGE}")
    await asked("extend", " 30", public=False)
    await asked("incident", public=False)
    await asked("trouble", public=False)
