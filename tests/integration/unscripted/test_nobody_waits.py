"""Every state speaks again: each reminder with its time and whom it mentions (docs/process.md, P77 to P81)."""

import pytest

from changes.model import State
from tests.support.days import in_an_incident, moment, with_go
from tests.support.running import CHANGE, Bot
from tests.support.said import notices, posts, reminders
from tests.support.teams import NADIA, PIERRE


async def test_a_precheck_that_nobody_answers_is_asked_again_until_the_deadline_postpones_it(bot: Bot) -> None:
    await bot.at_precheck()
    await bot.advance(moment(4, 13, 9))
    assert reminders(bot, "pre-check of CHG-2027-0001 is still open") == [
        "02.04. 09:00 Pierre",
        "05.04. 09:00 Pierre Claire",
        "06.04. 09:00 Pierre Claire",
        "07.04. 09:00 Pierre Claire",
        "08.04. 09:00 Pierre Claire",
        "09.04. 09:00 Pierre Claire",
        "12.04. 09:00 Pierre Claire",
    ]
    assert reminders(bot, "is postponed. `/change edit") == ["13.04. 09:00 Nadia Pierre"]
    assert notices(bot) == [], "nobody affected was told a date"


async def test_a_go_that_nobody_gives_is_asked_again_until_the_deadline_postpones_it(bot: Bot) -> None:
    await bot.at_go()
    await bot.advance(moment(4, 13, 9))
    assert reminders(bot, "GO or NO-GO for CHG-2027-0001?") == ["09.04. 09:00 Pierre", "12.04. 09:00 Pierre Claire"]
    assert reminders(bot, "is postponed. `/change edit") == ["13.04. 09:00 Nadia Pierre"]
    assert reminders(bot, "silence is never GO") == ["13.04. 09:00 Nadia Pierre"]
    assert (await bot.change()).state is State.POSTPONED
    await bot.advance(moment(4, 16, 12))
    assert not posts(bot, "Maintenance has started")


@pytest.mark.parametrize(
    ("handed_in", "asked", "until"),
    [
        ((21, 30), ["31.03. 21:45", "31.03. 22:00", "31.03. 22:30", "31.03. 23:00"], "31.03. 23:15"),
        ((23, 0), ["31.03. 23:15", "31.03. 23:30"], "01.04. 00:00"),
    ],
    ids=["until its snapshot would have to begin", "for an hour, though its snapshot would begin at 23:15"],
)
async def test_an_emergency_for_the_night_says_its_deadline_and_is_asked_again_every_half_hour_until_then(
    bot: Bot, handed_in: tuple[int, int], asked: list[str], until: str
) -> None:
    await bot.advance(moment(3, 31, *handed_in))
    await bot.requested({"date": "2027-04-01", "time": "02:00", "kind": "emergency", "reason": "A hole is used."})
    day = "Thu 1 Apr" if until.startswith("01") else "Wed 31 Mar"
    assert posts(bot, f"Without GO by {day} 2027, {until[-5:]} (CEST)")
    await bot.advance(moment(4, 1, 0, 1))
    first, *others = asked
    assert reminders(bot, "GO or NO-GO for CHG-2027-0001?") == [
        f"{first} Pierre",
        *(f"{each} Pierre Claire" for each in others),
    ]
    assert reminders(bot, "is postponed. `/change edit") == [f"{until} Nadia Pierre"]


async def test_an_incident_overnight_asks_for_the_next_update_and_tells_affected_people_every_two_hours(
    bot: Bot,
) -> None:
    await in_an_incident(bot)
    await bot.advance(moment(4, 16, 1, 0))
    await bot.type(NADIA, f"/change update {CHANGE} We look at the database.")
    await bot.advance(moment(4, 16, 3, 1))
    assert reminders(bot, "what is the next update?") == [
        "15.04. 23:10 Nadia",
        "15.04. 23:40 Nadia Pierre",
        "16.04. 00:10 Nadia Pierre",
        "16.04. 00:40 Nadia Pierre",
        "16.04. 01:30 Nadia",
        "16.04. 02:00 Nadia Pierre",
        "16.04. 02:30 Nadia Pierre",
        "16.04. 03:00 Nadia Pierre",
    ]
    assert notices(bot) == [
        "15.04. 22:40 ISC Learn Platform: Incident",
        "16.04. 00:40 ISC Learn Platform: Incident update",
        "16.04. 01:00 ISC Learn Platform: Incident update",
        "16.04. 03:00 ISC Learn Platform: Incident update",
    ]


async def test_a_restore_that_waits_for_its_second_person_asks_again_every_ten_minutes(bot: Bot) -> None:
    await in_an_incident(bot)
    await bot.type(NADIA, f"/change restore {CHANGE}")
    await bot.advance(moment(4, 15, 23, 11))
    assert reminders(bot, "still waits for its confirmation") == [
        "15.04. 22:45 Pierre",
        "15.04. 22:50 Pierre Claire",
        "15.04. 23:00 Pierre Claire",
        "15.04. 23:10 Pierre Claire",
    ]
    await bot.type(PIERRE, f"/change confirm {CHANGE} Hannibal")
    await bot.advance(moment(4, 15, 23, 31))
    assert len(reminders(bot, "still waits for its confirmation")) == 4, "an answer ends it"


async def test_a_hand_over_is_asked_about_every_two_hours_and_after_a_day_by_the_admins_too(bot: Bot) -> None:
    await in_an_incident(bot)
    await bot.type(NADIA, f"/change handover {CHANGE} The data base does not start.")
    await bot.advance(moment(4, 17, 0, 41))
    asked = reminders(bot, "is still with the incident process")
    assert asked[:2] == ["16.04. 00:40 Pierre Claire Nadia", "16.04. 02:40 Pierre Claire Nadia"]
    assert asked[-2:] == ["16.04. 22:40 Pierre Claire Nadia Sam", "17.04. 00:40 Pierre Claire Nadia Sam"]
    assert len(asked) == 13


async def test_corrections_and_then_a_new_date_are_asked_for_until_the_change_is_cancelled_by_itself(bot: Bot) -> None:
    await bot.at_precheck()
    await bot.type(PIERRE, f"/change correct {CHANGE} Name the plug-ins.")
    await bot.advance(moment(6, 8, 9))
    assert reminders(bot, "corrections requested to CHG-2027-0001 are still open") == [
        f"{day}.04. 09:00 Nadia" for day in ("02", "05", "07", "09")
    ], "and not together with the postponement"
    assert reminders(bot, "has no date yet") == [
        "15.04. 09:00 Nadia",
        "22.04. 09:00 Nadia",
        "29.04. 09:00 Nadia Pierre",
        "05.05. 09:00 Nadia Pierre",
        "13.05. 09:00 Nadia Pierre",
        "20.05. 09:00 Nadia Pierre",
        "26.05. 09:00 Nadia Pierre",
        "03.06. 09:00 Nadia Pierre",
    ]
    assert reminders(bot, "was cancelled automatically") == ["08.06. 09:00 Nadia Pierre"]
    assert (await bot.change()).state is State.CANCELLED


async def test_a_review_that_nobody_writes_is_asked_for_three_times_more(bot: Bot) -> None:
    await in_an_incident(bot)
    await bot.type(NADIA, f"/change test {CHANGE} all pass")
    await bot.type(NADIA, f"/change close {CHANGE}")
    await bot.advance(moment(5, 31, 9))
    assert reminders(bot, f"how did {CHANGE}") == ["16.04. 09:00 Nadia"]
    assert reminders(bot, "is not written yet") == [f"{day} 09:00 Nadia" for day in ("23.04.", "30.04.", "07.05.")]


async def test_a_failed_snapshot_that_nobody_answers_is_asked_about_until_it_is_too_late_and_that_is_said(
    bot: Bot,
) -> None:
    await with_go(bot)
    bot.provider.inject_fault("quota")
    await bot.advance(moment(4, 15, 21, 1))
    assert reminders(bot, "there is no snapshot") == ["15.04. 19:15 Nadia Pierre"]
    assert [line[:12] for line in reminders(bot, "has failed and nobody has decided yet")] == [
        "15.04. 19:45",
        "15.04. 20:15",
        "15.04. 20:45",
    ]
    assert reminders(bot, "it is too late for a snapshot") == ["15.04. 21:00 Nadia Pierre"]
