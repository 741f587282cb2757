"""A recurring change in the real bot, from outside: typed or chosen, drafted, confirmed, and carried to GO."""

from datetime import datetime
from pathlib import Path

import pytest

from changes.model import State
from tests.support.running import FORM, START, ZURICH, Bot, running
from tests.support.teams import CLAIRE, LUC, NADIA, PIERRE, Message, chat_of, shown, text_of

SECOND = "CHG-2027-0002"


def at(month: int, day: int, hour: int = 9, year: int = 2027) -> datetime:
    return datetime(year, month, day, hour, 0, 10, tzinfo=ZURICH)


def last_to(bot: Bot, who: object) -> Message:
    """The newest message in that person's chat."""
    return [each for each in bot.teams.messages.values() if each.conversation == chat_of(who)][-1]  # type: ignore[arg-type]


async def saved(bot: Bot, rhythm: str = "every month on the third Thursday") -> None:
    """Nadia's change of 15 April recurs."""
    await bot.requested()
    await bot.type(NADIA, f"/change repeat 1 {rhythm}")
    await bot.press_titled(NADIA, bot.teams.with_button("command"), "Save")


async def test_it_is_said_back_saved_drafted_confirmed_and_carried_to_go(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.requested()
        await bot.type(NADIA, "/change repeat 1 every month on the third Thursday at 21:30 skip")
        preview = bot.teams.with_button("command")
        said = text_of(preview)
        assert "Every month on the third Thursday" in said
        for day in ("Thu 20 May 2027, 21:30", "Thu 17 Jun 2027, 21:30", "Thu 15 Jul 2027, 21:30"):
            assert day in said
        assert await bot.unit.series.going_on() == ()
        await bot.press_titled(NADIA, preview, "Save")
        (series,) = await bot.unit.series.going_on()
        assert series.rule == "FREQ=MONTHLY;BYDAY=3TH"
        await bot.advance(at(4, 22, 8))
        assert await bot.stored(SECOND) is None
        await bot.advance(at(4, 22))
        asked = bot.teams.with_button("change.submit")
        assert asked.conversation == chat_of(NADIA)
        assert "Confirm your recurring change SER-1" in text_of(asked)
        draft = await bot.change(SECOND)
        assert (draft.state, draft.requester) == (State.DRAFT, NADIA.person)
        assert draft.plan.window.start.astimezone(ZURICH) == datetime(2027, 5, 20, 21, 30, tzinfo=ZURICH)
        await bot.teams.press(NADIA, "change.submit", on=asked)
        await bot.settle()
        await bot.advance(at(5, 6))  # Ascension: it is asked the working day before
        await bot.type(PIERRE, f"/change approve {SECOND}")
        await bot.advance(at(5, 13))
        await bot.type(PIERRE, f"/change go {SECOND}")
        assert (await bot.change(SECOND)).state is State.SCHEDULED
        await bot.advance(at(5, 20))
        assert (await bot.change("CHG-2027-0003")).plan.window.start.astimezone(ZURICH) == datetime(
            2027, 6, 17, 21, 30, tzinfo=ZURICH
        )


async def test_who_confirms_nothing_is_reminded_and_it_is_left_out_in_the_end(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await saved(bot)
        await bot.advance(at(4, 26, 8))
        before = len(bot.teams.calls)
        for day in ((4, 26), (4, 29), (5, 5)):
            await bot.advance(at(*day))
        reminders = [c for c in bot.teams.calls[before:] if "is not submitted yet" in text_of(c.message)]
        assert [f"{each.at.astimezone(ZURICH):%d.%m. %H:%M}" for each in reminders] == [
            "26.04. 09:00",
            "29.04. 09:00",
            "05.05. 09:00",
        ]
        await bot.advance(at(5, 6))
        assert (await bot.change(SECOND)).state is State.CANCELLED
        assert f"Nobody has submitted {SECOND}: it is discarded, and Thu 20 May 2027 left out." in text_of(
            last_to(bot, NADIA)
        )
        await bot.advance(at(5, 20))
        assert (await bot.change("CHG-2027-0003")).plan.window.start.astimezone(
            ZURICH
        ).date().isoformat() == "2027-06-17"


async def test_paused_for_a_year_only_the_next_one_is_drafted(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await saved(bot)
        await bot.type(NADIA, "/change series pause SER-1")
        await bot.advance(at(5, 1, year=2028))
        assert await bot.stored(SECOND) is None
        await bot.type(NADIA, "/change série reprendre 1")
        (series,) = await bot.unit.series.going_on()
        assert series.handled == at(5, 21, year=2028).date()
        await bot.advance(at(6, 1, year=2028))
        # The third Thursday is Corpus Christi then, a public holiday in Valais.
        assert "Fri 16 Jun 2028 instead of Thu 15 Jun 2028: Thu 15 Jun 2028 is a public holiday" in shown(
            bot.teams.with_button("change.submit").card
        )
        drafts = [each for number in range(1, 9) if (each := await bot.stored(f"CHG-2028-{number:04}"))]
        assert [each.plan.window.start.astimezone(ZURICH).date().isoformat() for each in drafts] == ["2028-06-16"]


async def test_a_second_press_saves_no_second_series(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.requested()
        await bot.type(NADIA, "/change repeat 1 every year")
        preview = bot.teams.with_button("command")
        action = next(each for each in preview.card["actions"] if each["title"] == "Save")  # type: ignore[index]
        for _ in range(2):
            await bot.teams.execute(NADIA, action["verb"], action["data"], preview)
        assert len(await bot.unit.series.going_on()) == 1


@pytest.mark.parametrize(
    "typed", ["show 1", "pause 1", "resume 1", "end SER-1", "assign 1 me", "change 1 every year save"]
)
async def test_a_stranger_finds_no_such_series(tmp_path: Path, typed: str) -> None:
    async with running(tmp_path, START) as bot:
        await saved(bot)
        before = await bot.unit.series.going_on()
        await bot.type(LUC, f"/change series {typed}")
        assert "There is no recurring change" in text_of(last_to(bot, LUC))
        assert await bot.unit.series.going_on() == before
        await bot.type(LUC, "/change series")
        assert "You have no recurring change" in text_of(last_to(bot, LUC))


async def test_the_approver_may_end_it_and_give_it_away_but_not_say_when_it_is(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await saved(bot)
        await bot.type(PIERRE, "/change series change 1 every year")
        assert "Only Nadia Favre or an admin" in text_of(last_to(bot, PIERRE))
        await bot.type(PIERRE, "/change series assign 1 Claire Rey")
        (series,) = await bot.unit.series.going_on()
        assert (series.owner, series.plan.implementer) == (CLAIRE.person, CLAIRE.person)
        await bot.type(PIERRE, "/change series end 1")
        assert await bot.unit.series.going_on() == ()
        await bot.advance(at(5, 1))
        assert await bot.stored(SECOND) is None


async def test_all_dates_that_follow_are_changed_once_that_was_said_back(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await saved(bot)
        await bot.type(NADIA, "/change series change 1 every 2 weeks on Tuesday")
        assert [each.rule for each in await bot.unit.series.going_on()] == ["FREQ=MONTHLY;BYDAY=3TH"]
        await bot.press_titled(NADIA, last_to(bot, NADIA), "Save")
        (series,) = await bot.unit.series.going_on()
        assert series.rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU"
        await bot.advance(at(3, 30))
        assert (await bot.change(SECOND)).plan.window.start.astimezone(ZURICH).date().isoformat() == "2027-04-27"


async def test_a_choice_says_the_same_as_the_words(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.requested()
        await bot.type(NADIA, "/change repeat 1")
        card = await bot.press_titled(NADIA, last_to(bot, NADIA), "Every 3 months on the third Thursday")
        assert "Every 3 months on the third Thursday" in shown(card)
        assert "Thu 15 Jul 2027, 22:00" in shown(card)


async def test_a_day_that_few_months_have_is_said_and_the_last_day_offered(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.requested()
        await bot.type(NADIA, "/change repeat 1 every month on day 31")
        preview = last_to(bot, NADIA)
        assert "Months without a day 31 are skipped." in text_of(preview)
        card = await bot.press_titled(NADIA, preview, "Use the last day of the month")
        assert "Every month on the last day of the month" in shown(card)
        assert "Wed 30 Jun 2027" in shown(card)


async def test_what_cannot_be_read_is_answered_with_examples_and_in_french(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.requested(FORM)
        await bot.type(NADIA, "/change repeat 1 now and then")
        assert "every month on the first Tuesday" in text_of(last_to(bot, NADIA))
        await bot.type(NADIA, "/change repeat 1 FREQ=HOURLY")
        assert "FREQ=WEEKLY, MONTHLY or YEARLY" in text_of(last_to(bot, NADIA))
        await bot.type(NADIA, "/change repeat 1 FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31")
        assert "no date in the next ten years" in text_of(last_to(bot, NADIA))
        await bot.type(NADIA, "/change language fr")
        await bot.type(NADIA, "/change récurrent 1 tous les mois le premier mardi à 20h avant")
        said = text_of(last_to(bot, NADIA))
        assert "Tous les mois le premier mardi" in said
        assert "mar. 4 mai 2027, 20:00" in said
