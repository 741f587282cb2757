"""Short ids mean open changes: what `cancel 1` does in January."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from changes.model import State
from tests.integration.rights.test_every_verb import EVA
from tests.support.running import FORM, ZURICH, Bot, running
from tests.support.talking import last
from tests.support.teams import NADIA, PIERRE, Message, actions, words

DECEMBER, JANUARY = datetime(2027, 12, 13, 10, tzinfo=ZURICH), datetime(2028, 1, 5, 10, tzinfo=ZURICH)
OLD, NEW = "CHG-2027-0001", "CHG-2028-0001"
NAMING = ("show", "ledger", "export", "notice", "edit", "move", "cancel", "test")
"""One command for each place in the code where one reads the change that it names."""


async def requested(bot: Bot, title: str, day: int) -> None:
    await bot.requested({"date": f"2028-03-{day:02}", "title": title})


async def in_january(bot: Bot, titles: int = 3) -> None:
    """So many changes requested in December are open."""
    for number in range(titles):
        await requested(bot, f"Of last year {number + 1}", 1 + 7 * number)
    await bot.clock.move_to(JANUARY, bot.app.store.units)


def choices(message: Message) -> list[dict[str, Any]]:
    """The buttons that stand for a command."""
    return [action for action in actions(message.card or {}) if action.get("verb") == "command"]


async def test_a_number_without_a_year_is_the_open_change_that_the_person_may_see(tmp_path: Path) -> None:
    async with running(tmp_path, DECEMBER) as bot:
        await in_january(bot, 2)
        for typed in ("1", "#1", "1.", "0001", "CHG-1", "chg\N{NON-BREAKING HYPHEN}1", "\uff11", "(1)"):
            await bot.type(EVA, f"/change ledger {typed}")
            assert "Of last year 1" in last(bot), typed
        for typed in (NEW, "2028-1", "chg\N{EN DASH}2028\N{EN DASH}1"):
            await bot.type(NADIA, f"/change show {typed}")
            assert last(bot).startswith(f"There is no change {NEW}."), "with a year nothing is resolved"
        # A draft of somebody else is not among what may be meant.
        await bot.type(PIERRE, "/change new")
        await bot.press(PIERRE, "change.edit", **{**FORM, "title": "A secret draft", "date": "2028-03-22"})
        assert (await bot.change(NEW)).is_private
        await bot.type(EVA, "/change ledger 1")
        assert "Of last year 1" in last(bot)
        # Where none is open the newest is meant, and what there is not is said by its whole id.
        await bot.type(NADIA, "/change cancel 2 No need.")
        await bot.type(NADIA, "/change ledger 2")
        assert "Of last year 2" in last(bot)
        for typed in ("9", "0", "999999", "CHG-99"):
            await bot.type(NADIA, f"/change cancel {typed} No need.")
            assert re.match(r"There is no change CHG-2028-\d{4,6}\.", last(bot)), typed


async def test_what_may_mean_two_is_asked_with_buttons_and_each_question_is_answered_once(tmp_path: Path) -> None:
    async with running(tmp_path, DECEMBER) as bot:
        await in_january(bot)
        await requested(bot, "Of this year", 22)
        await bot.type(NADIA, "/change cancel 1 No need.\nReally not.")
        asked, shown = bot.teams.with_button("command"), last(bot)
        for part in ("Of last year 1", "Of this year", "Wed 1 Mar 2028", "Wed 22 Mar 2028", "No need.\nReally not."):
            assert part in shown, shown
        buttons = [each["data"] for each in choices(asked)]
        assert [each["typed"] for each in buttons] == [f"cancel {each} No need.\nReally not." for each in (NEW, OLD)]
        assert {(await bot.change(each)).state for each in (OLD, NEW)} == {State.SUBMITTED}, "nothing was done"

        answer = await bot.teams.execute(EVA, "command", buttons[1], asked)
        assert "Only Nadia Favre" in str(answer["value"])
        (refused,) = await bot.unit.access_denials.latest(1)
        assert (refused.person.name, refused.change, refused.what) == (EVA.name, OLD, "cancel")

        answer = await bot.teams.execute(NADIA, "command", buttons[1], asked)
        assert f"/change cancel {OLD}" in " ".join(words(answer["value"]))
        assert (await bot.change(OLD)).closing_reason == "No need.\nReally not."

        answer = await bot.teams.execute(
            PIERRE, "command", buttons[0], Message("the same card", asked.conversation, {})
        )
        assert "was answered already" in str(answer["value"])
        stale = buttons[0] | {"message": f"0123456789abcdef@{int(DECEMBER.timestamp())}"}
        answer = await bot.teams.execute(PIERRE, "command", stale, Message("an old one", asked.conversation, {}))
        assert "too old" in str(answer["value"])
        assert (await bot.change(NEW)).state is State.SUBMITTED

        # What is closed does not stand in the way of what is open.
        await bot.type(NADIA, "/change show 1")
        assert "Of this year" in bot.overview()
        # A command that needs a text asks for it after the button.
        await requested(bot, "Of this year 2", 29)
        await bot.type(NADIA, "/change cancel 2")
        asked = bot.teams.with_button("command")
        await bot.teams.execute(NADIA, "command", choices(asked)[0]["data"], asked)
        await bot.settle()
        await bot.type(NADIA, "It is not needed any more.")
        assert (await bot.change("CHG-2028-0002")).closing_reason == "It is not needed any more."
        assert (await bot.change("CHG-2027-0002")).state is State.SUBMITTED
        # Every command that names a change resolves it alike.
        await requested(bot, "Of this year 3", 30)
        for name in NAMING:
            await bot.teams.type(NADIA, f"/change {name} 3 Because")
            await bot.settle()
            lines = [each["data"]["typed"] for each in choices(bot.teams.calls[-1].message)]
            assert lines == [f"{name} CHG-{year}-0003 Because" for year in (2028, 2027)], name
        # A reason as long as one may type stands whole on both buttons.
        await bot.type(NADIA, f"/change cancel 3 {'x' * 3900}")
        lines = [each["data"]["typed"] for each in choices(bot.teams.calls[-1].message)]
        assert lines == [f"cancel CHG-{year}-0003 {'x' * 3900}" for year in (2028, 2027)]


async def test_whoever_only_looks_takes_the_question_from_nobody(tmp_path: Path) -> None:
    async with running(tmp_path, DECEMBER) as bot:
        await in_january(bot, 1)
        await requested(bot, "Of this year", 22)
        for name in ("show", "ledger", "export", "notice"):
            await bot.type(NADIA, f"{name} 1", "channel")
            asked = bot.teams.with_button("command")
            buttons = [each["data"] for each in choices(asked)]
            for who, button in ((EVA, buttons[0]), (NADIA, buttons[1]), (NADIA, buttons[0])):
                seen = Message(f"the same card for {who.name}", asked.conversation, {})
                answer = await bot.teams.execute(who, "command", button, seen)
                await bot.settle()
                assert "answered already" not in str(answer), name
        # What does something is still done once, whoever looked before.
        await bot.type(NADIA, "cancel 1 No need", "channel")
        asked = bot.teams.with_button("command")
        first, second = (each["data"] for each in choices(asked))
        await bot.teams.execute(NADIA, "command", first, Message("one", asked.conversation, {}))
        answer = await bot.teams.execute(NADIA, "command", second, Message("two", asked.conversation, {}))
        assert "was answered already" in str(answer["value"])
