"""List, search, calendar and one change whole, from outside."""

from dataclasses import replace

from changes.model import State
from tests.support.running import CHANGE, Bot
from tests.support.teams import NADIA, PIERRE, shown


async def asked(bot: Bot, text: str) -> str:
    await bot.type(NADIA, text)
    return shown([call.message.card for call in bot.teams.calls if call.message.card][-1])


async def test_changes_are_found_by_state_service_time_person_and_words(bot: Bot) -> None:
    await bot.requested()
    await bot.requested({"title": "Été: new disks", "date": "2027-07-01", "risks": "The raid rebuilds."}, PIERRE)
    both = await asked(bot, "/change list")
    assert both.index("Update to version 5") < both.index("new disks")
    assert "new disks" not in await asked(bot, "/change list mine")
    assert "new disks" in await asked(bot, "/change liste 2027-q3")
    assert "new disks" in await asked(bot, "/change list ete RAID")
    assert "Update to version 5" not in await asked(bot, "/change list ete RAID")
    assert "No change matches" in await asked(bot, "/change list raid cancelled")
    assert "Update to version 5" in await asked(bot, "/change list learn open")
    assert "No change matches" in await asked(bot, "/change chercher Favre 2027-07")


async def test_pages_are_turned_in_place_by_buttons_that_stand_for_what_one_can_type(bot: Bot) -> None:
    for number in range(12):
        day = f"2027-05-{number + 1:02}"
        await bot.requested({"title": f"Change number {number + 1:02}", "date": day})
    first = await asked(bot, "/change list")
    assert "Change number 10" in first
    assert "Change number 11" not in first
    before = len(bot.teams.calls)
    second = shown(await bot.press_titled(NADIA, bot.teams.with_button("look"), "Next page"))
    assert len(bot.teams.calls) == before, "nothing new is posted"
    assert "Change number 11" in second
    assert "11 to 12 of 12." in second


async def test_the_calendar_shows_windows_and_freezes_of_eight_weeks_and_its_buttons_do_nothing_but_look(
    bot: Bot,
) -> None:
    await bot.requested()
    calendar = await asked(bot, "/change calendar")
    assert "Calendar | Mon 15 Mar 2027 to Sun 9 May 2027" in calendar
    assert "Thu 15 Apr 2027, 22:00–23:30 (CEST)" in calendar
    assert "Mon 15 Mar 2027 to Sun 11 Apr 2027: no changes." in calendar
    button = bot.teams.with_button("look")
    for typed in (f"cancel {CHANGE} Because.", "bind learn", "", "dance"):
        data = {"verb": "look", "change": "look", "revision": 0, "typed": typed}
        await bot.teams.execute(NADIA, "look", data, replace(button), "")
    assert (await bot.change()).state is State.SUBMITTED
    assert "Calendar | Mon 18 Jan 2027" in shown(await bot.press_titled(NADIA, button, "Earlier"))
    assert "Freeze: January exams, Mon 18 Jan 2027 to Fri 5 Feb 2027" in await asked(
        bot, "/change calendrier learn 2027-01-20"
    )
    await bot.type(NADIA, "/change calendar maybe")
    assert "neither a service nor a date" in bot.teams.calls[-1].message.text


async def test_a_date_or_number_that_nobody_can_reckon_with_is_answered_with_a_sentence(bot: Bot) -> None:
    await bot.requested()
    for typed in ("calendar 9999-12-31", "calendar 0001-01-01", "move 1 9999-12-31 23:00", "absent 9999-12-31"):
        await bot.type(NADIA, f"/change {typed}")
        answer = bot.teams.calls[-1].message.text
        assert answer.startswith(("There is no such date", "“9999-12-31”", "“0001-01-01”")), typed
        await bot.type(NADIA, "no")


async def test_a_duration_that_nobody_can_reckon_with_is_answered_with_what_to_type(bot: Bot) -> None:
    await bot.started()
    await bot.type(NADIA, "/change extend 1 ²m x")
    assert bot.teams.texts()[-1].startswith("Say how much and why")
