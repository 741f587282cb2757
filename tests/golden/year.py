"""A standard monthly change over a simulated year: every message that anybody gets, with its local time, word for word.

One pre-approval, twelve windows across both clock changes, a freeze, a public holiday, and one failed run, after which
the pre-approval is given again. `python -m tests.golden.regenerate` writes it anew; read what changed before it is
committed.
"""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from changes.model import Change, State
from tests.support.running import START, ZURICH, Bot, running
from tests.support.services import demo_services
from tests.support.teams import CHANNEL, EVERYBODY, NADIA, PIERRE, Call, actions, chat_of, inputs_of, place, words

FILE = Path(__file__).parent / "a_year.txt"
UNTIL = "2029-01-31"
NAME, MONTHS, FAILS = "Monthly update", 12, 5
FREEZE = (
    ("January exams", "September exams"),
    ("from = 2027-01-18", "from = 2027-09-20"),
    ("to = 2027-02-05", "to = 2027-09-24"),
)
PLACES = {CHANNEL: "channel", **{chat_of(each): each.name for each in EVERYBODY}}
SHOWN = 14
"""So many texts of a card are written down: what it is, how it stands, and what is asked."""


async def year() -> str:
    """The year as text."""
    with tempfile.TemporaryDirectory() as folder:
        services = demo_services(Path(folder), *FREEZE)
        async with running(Path(folder), START, CHANGE_SERVICES=services) as bot:
            await _begun(bot)
            for number in range(1, MONTHS + 1):
                await _a_month(bot, number)
            return "".join(_lines(bot.teams.calls))


async def _begun(bot: Bot) -> None:
    """The template is pre-approved, and the first change of the series is requested from it."""
    await bot.drafted()
    await bot.type(NADIA, f"/change template save 1 {NAME}")
    await bot.press(NADIA, "change.withdraw")
    await bot.type(NADIA, f"/change template lock what,tests,rollback {NAME}")
    await bot.type(PIERRE, f"/change template approve {UNTIL} {NAME}")
    await bot.type(NADIA, f"/change template use {NAME}")
    await bot.press(NADIA, "change.edit", date="2027-03-25", time="22:00")
    await bot.press(NADIA, "change.submit")
    await bot.type(NADIA, f"/change repeat {(await _newest(bot)).id}")
    card = next(each for each in reversed(bot.teams.messages.values()) if each.conversation == chat_of(NADIA))
    save = next(each for each in actions(card.card or {}) if each.get("title") == "Save")
    chosen = {name: each["value"] for name, each in inputs_of(card.card).items()}
    await bot.teams.execute(NADIA, save["verb"], save["data"] | chosen, card)
    await bot.settle()


async def _a_month(bot: Bot, number: int) -> None:
    """The next change is drafted, confirmed and done; one is extended, and the pre-approval is then given again."""
    while (change := await _newest(bot)).state is State.COMPLETED:
        await bot.advance(bot.clock.now() + timedelta(days=8))
    if change.state is State.DRAFT:
        await bot.press(NADIA, "change.submit")
    await bot.advance(change.plan.window.start + timedelta(seconds=10))
    await bot.type(NADIA, f"/change start {change.id}")
    if number == FAILS:
        await bot.type(NADIA, f"/change extend {change.id} 30m The index takes long")
    await bot.type(NADIA, f"/change test {change.id} all pass")
    await bot.type(NADIA, f"/change done {change.id}")
    if number == FAILS:
        await bot.type(PIERRE, f"/change template approve {UNTIL} {NAME}")


async def _newest(bot: Bot) -> Change:
    return max(await bot.unit.changes.find(), key=lambda each: each.id)


def _lines(calls: list[Call]) -> Iterator[str]:
    """What was posted, one after the other: when, where, and what it says."""
    for call in calls:
        if call.kind != "edit":
            at, where = call.at.astimezone(ZURICH), PLACES.get(place(call.message), place(call.message))
            said = call.message.text.splitlines() or [" | ".join(words(call.message.card)[:SHOWN]).replace("\n", " ")]
            yield f"{at:%a %d %b %Y, %H:%M} ({at:%Z}), {where}:\n"
            yield from (f"    {line}\n" for line in said if line.strip())
