"""A recurring change in the real bot, from outside: chosen or typed, drafted, confirmed, and carried to GO."""

from datetime import datetime
from pathlib import Path

import pytest

from changes.model import State
from changes.recurrence.series import WhenBlocked
from tests.support.running import FORM, START, ZURICH, Bot, running
from tests.support.teams import LUC, NADIA, PIERRE, Message, actions, chat_of, inputs_of, shown, text_of

SECOND = "CHG-2027-0002"


def at(month: int, day: int, hour: int = 9, year: int = 2027) -> datetime:
    return datetime(year, month, day, hour, 0, 10, tzinfo=ZURICH)


def last_to(bot: Bot, who: object) -> Message:
    """The newest message in that person's chat."""
    return [each for each in bot.teams.messages.values() if each.conversation == chat_of(who)][-1]  # type: ignore[arg-type]


THIRD_THURSDAY = {"every": "FREQ=MONTHLY", "on": "BYDAY=3TH"}


async def chosen(bot: Bot, title: str = "Save", **inputs: str) -> dict[str, object]:
    """Nadia presses that button of the newest card, and chose on it what `inputs` say; what is answered."""
    card = last_to(bot, NADIA)
    action = next(each for each in actions(card.card or {}) if each.get("title") == title)
    shown_there = {name: each["value"] for name, each in inputs_of(card.card).items()}
    answer = await bot.teams.execute(NADIA, action["verb"], action["data"] | shown_there | inputs, card)
    await bot.settle()
    return answer


async def saved(bot: Bot, **inputs: str) -> None:
    """Nadia's change of 15 April recurs."""
    await bot.requested()
    await bot.type(NADIA, "/change repeat 1")
    await chosen(bot, **(inputs or THIRD_THURSDAY))


async def days_of_drafts(bot: Bot, year: int = 2027) -> list[str]:
    found = [each for number in range(2, 9) if (each := await bot.stored(f"CHG-{year}-{number:04}"))]
    return [f"{each.plan.window.start.astimezone(ZURICH):%Y-%m-%d %H:%M}" for each in found]


async def test_it_is_chosen_looked_at_saved_drafted_confirmed_and_carried_to_go(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.requested()
        await bot.type(NADIA, "/change repeat 1")
        assert "Every month on the third Thursday" in text_of(last_to(bot, NADIA)), "as its own date is"
        other = {"every": "FREQ=MONTHLY;INTERVAL=3", "on": "BYDAY=-1SU", "time": "21:30", "when_blocked": "skip"}
        shown_before = str(await chosen(bot, "Show the dates", **other))
        assert "Every 3 months on the last Sunday" in shown_before
        assert "Next dates: Sun 25 Apr 2027, Sun 25 Jul 2027, Sun 31 Oct 2027 and Sun 30 Jan 2028." in shown_before
        assert inputs_of(last_to(bot, NADIA).card)["on"]["value"] == "BYDAY=-1SU"
        assert await bot.unit.series.going_on() == ()
        await chosen(bot, **THIRD_THURSDAY, time="21:30", when_blocked="skip")
        (series,) = await bot.unit.series.going_on()
        assert (series.rule, series.when_blocked) == ("FREQ=MONTHLY;BYDAY=3TH", WhenBlocked.SKIP)
        await bot.advance(at(4, 22, 8))
        assert await bot.stored(SECOND) is None
        await bot.advance(at(4, 22))
        asked = bot.teams.with_button("change.submit")
        assert asked.conversation == chat_of(NADIA)
        assert "Confirm your recurring change CHG-2027-0001" in text_of(asked)
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
        assert await days_of_drafts(bot) == ["2027-05-20 21:30", "2027-06-17 21:30"]


async def test_who_confirms_nothing_is_reminded_with_the_draft_and_it_is_left_out_in_the_end(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await saved(bot)
        await bot.advance(at(4, 29, 8))
        before = len(bot.teams.calls)
        await bot.advance(at(5, 5))
        (reminder,) = [each for each in bot.teams.calls[before:] if "is not submitted yet" in text_of(each.message)]
        assert f"{reminder.at.astimezone(ZURICH):%d.%m. %H:%M}" == "29.04. 09:00"
        assert bot.teams.with_button("change.submit").id == reminder.message.id
        await bot.advance(at(5, 6))
        assert (await bot.change(SECOND)).state is State.CANCELLED
        gone = f"Nobody has submitted {SECOND}: it is discarded, and Thu 20 May 2027 left out."
        assert gone in text_of(last_to(bot, NADIA))
        await bot.advance(at(5, 20))
        assert await days_of_drafts(bot) == ["2027-05-20 22:00", "2027-06-17 22:00"]


async def test_paused_for_a_year_only_the_next_one_is_drafted(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await saved(bot)
        await bot.type(NADIA, "/change repeat 1 pause")
        await bot.advance(at(5, 1, year=2028))
        assert await bot.stored(SECOND) is None
        await bot.type(NADIA, "/change répéter CHG-2027-1 reprendre")
        (series,) = await bot.unit.series.going_on()
        assert series.handled == at(5, 21, year=2028).date()
        await bot.advance(at(5, 20, year=2028))
        # The third Thursday is Corpus Christi then, a public holiday in Valais.
        assert "Fri 16 Jun 2028 instead of Thu 15 Jun 2028: Thu 15 Jun 2028 is a public holiday" in shown(
            bot.teams.with_button("change.submit").card
        )
        assert await days_of_drafts(bot, 2028) == []
        assert (await bot.change("CHG-2028-0001")).plan.window.start.astimezone(ZURICH).day == 16


async def test_a_second_press_saves_no_second_series_nor_does_whoever_repeats_one_of_its_changes(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, START) as bot:
        await bot.requested()
        await bot.type(NADIA, "/change repeat 1")
        card = last_to(bot, NADIA)
        action = next(each for each in actions(card.card or {}) if each.get("title") == "Save")
        for _ in range(2):
            await bot.teams.execute(NADIA, action["verb"], action["data"] | THIRD_THURSDAY, card)
        await bot.advance(at(4, 22))
        await bot.type(NADIA, "/change repeat 2 save")
        (series,) = await bot.unit.series.going_on()
        assert series.changes == ("CHG-2027-0001", SECOND)


@pytest.mark.parametrize("typed", ["", " save", " pause", " resume", " end", " FREQ=WEEKLY;BYDAY=TU"])
async def test_a_stranger_may_do_nothing_with_it(tmp_path: Path, typed: str) -> None:
    async with running(tmp_path, START) as bot:
        await saved(bot)
        before = await bot.unit.series.going_on()
        await bot.type(LUC, f"/change repeat 1{typed}")
        assert "Only Nadia Favre, the approver, a deputy or an admin" in text_of(last_to(bot, LUC))
        await bot.type(LUC, "/change series")
        assert "You have no recurring change" in text_of(last_to(bot, LUC))
        assert await bot.unit.series.going_on() == before


async def test_the_approver_may_end_it_and_what_has_ended_can_begin_anew(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await saved(bot)
        await bot.type(PIERRE, "/change series")
        await bot.press_titled(PIERRE, last_to(bot, PIERRE), "Open CHG-2027-0001")
        await bot.press_titled(PIERRE, last_to(bot, PIERRE), "End it")
        assert await bot.unit.series.going_on() == ()
        await bot.type(PIERRE, "/change repeat 1 resume")
        assert "does not recur" in text_of(last_to(bot, PIERRE))
        await bot.advance(at(4, 30))
        assert await bot.stored(SECOND) is None
        await bot.type(NADIA, "/change repeat 1 save")
        assert [each.owner for each in await bot.unit.series.going_on()] == [NADIA.person]


async def test_all_that_follow_take_the_plan_and_the_rule_of_the_one_that_was_changed(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await saved(bot)
        await bot.advance(at(4, 22))
        await bot.press(NADIA, "change.edit")
        await bot.press(NADIA, "change.edit", title="Update both", minutes="120", date="2027-05-21", time="21:00")
        (series,) = await bot.unit.series.going_on()
        assert series.plan.title == FORM["title"], "one of them alone"
        await bot.type(NADIA, f"/change repeat {SECOND}")
        await chosen(bot)
        (series,) = await bot.unit.series.going_on()
        assert (series.plan.title, series.plan.window.minutes, series.rule) == (
            *("Update both", 120),
            "FREQ=MONTHLY;BYDAY=3TH",
        )
        await bot.press(NADIA, "change.submit")
        await bot.advance(at(5, 20))
        assert await days_of_drafts(bot) == ["2027-05-21 21:00", "2027-06-17 22:00"], "a date that was moved drifts not"
        third = await bot.change("CHG-2027-0003")
        assert (third.plan.title, third.plan.window.minutes) == ("Update both", 120)


async def test_words_of_an_approver_are_decided_by_somebody_else_and_a_draft_recurs_for_its_requester_alone(
    tmp_path: Path,
) -> None:
    async with running(tmp_path, START) as bot:
        await bot.drafted()
        await bot.type(PIERRE, "/change repeat 1 save")
        assert "was never submitted: only its requester" in text_of(last_to(bot, PIERRE))
        assert await bot.unit.series.going_on() == ()
        await bot.press(NADIA, "change.submit")
        await bot.type(NADIA, "/change repeat 1")
        await chosen(bot, **THIRD_THURSDAY)
        await bot.advance(at(4, 22))
        await bot.type(PIERRE, f"/change edit {SECOND}")
        await bot.press(PIERRE, "change.edit", what="What Pierre wants.")
        await bot.type(PIERRE, f"/change repeat {SECOND} save")
        await bot.type(NADIA, f"/change show {SECOND}")
        await bot.press(NADIA, "change.submit")
        await bot.advance(at(5, 20))
        third = await bot.change("CHG-2027-0003")
        assert (third.plan.what, third.requester, third.editors) == (
            "What Pierre wants.",
            NADIA.person,
            (PIERRE.person,),
        )
        await bot.type(NADIA, "/change repeat 3 save")
        assert [each.editor for each in await bot.unit.series.going_on()] == [None], "she makes them her own"


async def test_what_ended_while_a_draft_waits_and_begins_anew_drafts_its_day_once(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await saved(bot)
        await bot.advance(at(4, 22))
        await bot.type(NADIA, "/change repeat 1 end")
        await bot.type(NADIA, "/change repeat 1 save")
        await bot.advance(at(4, 23))
        assert await days_of_drafts(bot) == ["2027-05-20 22:00"]


async def test_a_draft_that_is_moved_far_away_holds_up_no_other(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await saved(bot)
        await bot.advance(at(4, 22))
        await bot.press(NADIA, "change.edit")
        await bot.press(NADIA, "change.edit", date="2027-07-01", time="21:00")
        await bot.advance(at(5, 3))
        await bot.press(NADIA, "change.submit")
        await bot.advance(at(5, 20))
        assert await days_of_drafts(bot) == ["2027-07-01 21:00", "2027-06-17 22:00"]


async def test_a_rule_is_typed_too_and_what_cannot_be_read_is_said_in_french_as_well(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.requested()
        await bot.type(NADIA, "/change repeat 1 FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH")
        assert "By the rule FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH" in text_of(last_to(bot, NADIA))
        await chosen(bot)
        (series,) = await bot.unit.series.going_on()
        assert series.rule == "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH"
        await bot.type(NADIA, "/change repeat 1 every month")
        assert "A rule is typed like" in text_of(last_to(bot, NADIA))
        await bot.type(NADIA, "/change language fr")
        await bot.type(NADIA, "/change répéter 1 FREQ=MONTHLY;BYDAY=1TU")
        assert "Tous les mois le premier mardi" in text_of(last_to(bot, NADIA))
