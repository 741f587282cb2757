"""What affected people are told, and when: every mail of the service's own address with its time."""

from datetime import datetime
from pathlib import Path

import pytest

from changes.labels import moment_label
from changes.model import State
from tests.support.days import at_work, moment, with_go
from tests.support.running import CHANGE, FORM, ZURICH, Bot
from tests.support.said import body, mailed, mails, posts
from tests.support.teams import NADIA, PIERRE

TO = "isc-learn"
PLANNED = "08.04. 09:00 ISC Learn Platform: Planned maintenance"


async def edited(bot: Bot, **other: str) -> None:
    """The plan is edited in the form, and decided on again."""
    await bot.type(NADIA, f"/change edit {CHANGE}")
    await bot.press(NADIA, "change.edit", **(FORM | other))
    await bot.type(PIERRE, f"/change approve {CHANGE}")
    await bot.type(PIERRE, f"/change go {CHANGE}")


# 10
async def test_a_move_of_an_announced_change_is_told_once_and_its_new_date_only_with_its_go(
    bot: Bot, tmp_path: Path
) -> None:
    await with_go(bot)
    await bot.advance(moment(4, 9, 10))
    await bot.type(NADIA, f"/change move {CHANGE} 2027-04-20 22:00")
    await bot.type(NADIA, f"/change move {CHANGE} 2027-04-22 22:00")
    await bot.advance(moment(4, 15, 9))
    assert mailed(tmp_path, TO) == [PLANNED, "09.04. 10:00 ISC Learn Platform: Maintenance postponed"]
    off = body(mails(tmp_path, TO)[-1])
    assert "announced for Thu 15 Apr 2027, 22:00–23:30 (CEST) is postponed. We will tell you the new date." in off
    assert "22.04." not in off, "nobody affected hears a date that has no GO"
    await bot.type(PIERRE, f"/change go {CHANGE}")
    await bot.advance(moment(4, 21, 9))
    assert mailed(tmp_path, TO)[2:] == [
        "15.04. 09:00 ISC Learn Platform: New date for the maintenance",
        "21.04. 09:00 ISC Learn Platform: Reminder: maintenance tomorrow",
    ]
    assert "The date announced before, Thu 15 Apr 2027, 22:00–23:30 (CEST), no longer applies." in body(
        mails(tmp_path, TO)[2]
    )


# 10
async def test_the_calendar_entry_is_taken_out_by_the_move_and_comes_back_at_the_new_date(
    bot: Bot, tmp_path: Path
) -> None:
    await with_go(bot)
    await bot.type(NADIA, f"/change move {CHANGE} 2027-04-20 22:00")
    await bot.advance(moment(4, 13, 9))
    await bot.type(PIERRE, f"/change go {CHANGE}")
    entries = [next(mail.iter_attachments()).get_content().decode() for mail in mails(tmp_path, TO)]
    kept = ("METHOD", "UID", "DTSTART", "STATUS")
    assert [[line for line in entry.splitlines() if line.startswith(kept)] for entry in entries] == [
        [f"METHOD:{method}", f"DTSTART:202704{day}T200000Z", f"UID:{CHANGE}@change-bot", f"STATUS:{status}"]
        for method, day, status in (
            ("REQUEST", 15, "CONFIRMED"),
            ("CANCEL", 15, "CANCELLED"),
            ("REQUEST", 20, "CONFIRMED"),
        )
    ]


# 10
@pytest.mark.parametrize("first", ["postpone", "move"])
async def test_whoever_was_promised_a_new_date_hears_that_none_comes(bot: Bot, tmp_path: Path, first: str) -> None:
    await with_go(bot)
    given = "The supplier is late." if first == "postpone" else "2027-04-29 22:00"
    await bot.type(NADIA, f"/change {first} {CHANGE} {given}")
    await bot.advance(moment(4, 12, 10))
    await bot.type(NADIA, f"/change cancel {CHANGE} Version 5 is withdrawn.")
    assert mailed(tmp_path, TO) == [
        PLANNED,
        "08.04. 09:00 ISC Learn Platform: Maintenance postponed",
        "12.04. 10:00 ISC Learn Platform: Maintenance cancelled",
    ]
    assert "Version 5 is withdrawn." in body(mails(tmp_path, TO)[-1])


# 10
async def test_a_promise_that_is_given_up_by_itself_is_told_too(bot: Bot, tmp_path: Path) -> None:
    await with_go(bot)
    await bot.type(NADIA, f"/change postpone {CHANGE} The supplier is late.")
    await bot.advance(moment(6, 3, 9))
    assert mailed(tmp_path, TO)[2:] == ["03.06. 09:00 ISC Learn Platform: Maintenance cancelled"]


# 10
async def test_whoever_was_told_nothing_hears_nothing_of_a_cancellation(bot: Bot, tmp_path: Path) -> None:
    await bot.at_go()
    await bot.type(PIERRE, f"/change nogo {CHANGE} The exams are not over.")
    await bot.type(PIERRE, f"/change cancel {CHANGE} There will be no version 5.")
    assert mailed(tmp_path) == []


# 10
async def test_an_edit_after_go_announces_only_what_affected_people_would_read_differently(
    bot: Bot, tmp_path: Path
) -> None:
    await with_go(bot)
    await edited(bot, rollback="Restore the data snapshot, then tell Pierre André.")
    assert mailed(tmp_path, TO) == [PLANNED], "the same date, and the same words for them"
    await edited(bot, affected="The platform and its mails cannot be used.")
    assert mailed(tmp_path, TO) == [PLANNED, PLANNED]
    assert "The platform and its mails cannot be used." in body(mails(tmp_path, TO)[-1])


# 10
async def test_moved_away_and_back_the_date_that_was_taken_back_is_announced_again(bot: Bot, tmp_path: Path) -> None:
    await with_go(bot)
    await bot.type(NADIA, f"/change move {CHANGE} 2027-04-20 22:00")
    await bot.type(NADIA, f"/change move {CHANGE} 2027-04-15 22:00")
    await bot.type(PIERRE, f"/change go {CHANGE}")
    await bot.advance(moment(4, 14, 9))
    assert [line[14:] for line in mailed(tmp_path, TO)] == [
        "SC Learn Platform: " + what
        for what in (
            "Planned maintenance",
            "Maintenance postponed",
            "Planned maintenance",
            "Reminder: maintenance tomorrow",
        )
    ]


# 11
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
    assert "The lead time is waived with it." in bot.overview()


# 11
async def test_a_new_date_after_a_postponement_is_short_notice_by_the_day_it_was_proposed(bot: Bot) -> None:
    await with_go(bot)
    await bot.type(NADIA, f"/change postpone {CHANGE} The supplier is late.")
    await bot.advance(moment(4, 19, 10))
    await bot.type(NADIA, f"/change move {CHANGE} 2027-04-24 22:00")
    assert "This is short notice (less than 7 days)" in posts(bot)[-1]
    await bot.type(NADIA, "cancel")
    await bot.type(NADIA, f"/change move {CHANGE} 2027-04-27 22:00")
    assert (await bot.change()).plan.window.start == moment(4, 27, 22).replace(second=0)
    assert not (await bot.change()).short_notice


# 11
@pytest.mark.parametrize(
    ("at", "notice"),
    [
        (moment(4, 8, 15), ""),
        (moment(4, 12, 15), "It is late: people get 3 days of notice."),
        (moment(4, 13, 8), "It is late: people get 2 days of notice."),
    ],
)
async def test_a_go_given_less_than_a_week_before_says_how_much_notice_people_get(
    bot: Bot, at: datetime, notice: str
) -> None:
    await bot.at_go()
    await bot.advance(at)
    await bot.type(PIERRE, f"/change go {CHANGE}")
    [given] = posts(bot, "gave **GO**")
    assert given.endswith(notice or "23:30 (CEST).")


# 12
@pytest.mark.parametrize(
    ("asked", "window", "until"),
    [
        (moment(4, 13, 8, 49), ("2027-04-15", "22:00"), moment(4, 14, 8, 49)),
        (moment(4, 13, 9, 0), ("2027-04-15", "22:00"), moment(4, 14, 9)),
        (moment(4, 12, 8, 49), ("2027-04-15", "22:00"), moment(4, 13, 9)),
        (moment(4, 15, 8, 49), ("2027-04-15", "22:00"), moment(4, 15, 19, 15)),
    ],
    ids=["24 h", "a minute later 24 h too", "S - 2 d", "when its snapshot has to begin"],
)
async def test_silence_has_one_deadline_which_the_card_says_and_which_is_kept(
    bot: Bot, asked: datetime, window: tuple[str, str], until: datetime
) -> None:
    await bot.advance(asked)
    await bot.requested({"date": window[0], "time": window[1], "reason": "It is urgent."})
    assert f"Without GO by {moment_label(until, ZURICH)} the change is postponed" in posts(bot, "Pre-check | ")[-1]
    bot.teams.calls.clear()
    await bot.advance(moment(4, 15, 20))
    [postponed] = posts(bot, "silence is never GO")
    assert f"Nobody gave GO by {moment_label(until, ZURICH)}" in postponed
    assert postponed[:12] == f"{until:%d.%m. %H:%M}"
    assert (await bot.change()).state is State.POSTPONED


# 13
async def test_the_reason_of_a_no_go_is_the_requesters_and_reaches_nobody_affected(bot: Bot, tmp_path: Path) -> None:
    await bot.at_go()
    await bot.type(PIERRE, f"/change nogo {CHANGE}")
    assert "People affected read" not in posts(bot)[-1]
    await bot.type(PIERRE, "The requester is not ready.")
    [refused] = posts(bot, "said **NO-GO**")
    assert "“The requester is not ready.”" in refused
    assert refused.split(": ")[0].endswith("<at>Nadia Favre</at>")
    assert not any("not ready" in body(mail) for mail in mails(tmp_path))


# 13
@pytest.mark.parametrize(
    ("command", "public"),
    [
        ("cancel", True),
        ("postpone", True),
        ("waive", False),
    ],
)
async def test_before_the_day_each_question_for_a_reason_says_who_reads_it(
    bot: Bot, command: str, public: bool
) -> None:
    await with_go(bot)
    await bot.type(PIERRE, f"/change {command} {CHANGE}")
    assert ("People affected read your answer" in posts(bot)[-1]) is public
    assert ("stays in the thread" in posts(bot)[-1]) is not public


# 13
@pytest.mark.parametrize(
    ("command", "public"),
    [("extend", True), ("incident", True), ("trouble", False)],
)
async def test_on_the_day_each_question_for_a_reason_says_who_reads_it(bot: Bot, command: str, public: bool) -> None:
    await at_work(bot)
    await bot.type(PIERRE, f"/change {command} {CHANGE}" + (" 30" if command == "extend" else ""))
    assert ("People affected read your answer" in posts(bot)[-1]) is public
    assert ("stays in the thread" in posts(bot)[-1]) is not public
