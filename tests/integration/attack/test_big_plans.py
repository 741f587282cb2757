"""Plans as big as can be handed in, of one-letter words: nobody waits while they are compared and shown."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from changes.planning.validation import LIMITS, LONGEST_TEST, MOST_TESTS
from tests.integration.attack.test_sizes import AWAKE_S, CHANGE, TODAY, Attacked, attacked
from tests.support.running import FORM
from tests.support.teams import PIERRE, words

BEAT_S = 0.005


def letters(length: int, *, in_turn: bool) -> str:
    """So many characters: words of the letters a and b, in turn or the ones before the others. The same words."""
    half = (length + 1) // 4
    drawn = ["a", "b"] * half if in_turn else ["a"] * half + ["b"] * half
    return " ".join(drawn).ljust(length, "b")


def biggest(*, in_turn: bool) -> dict[str, str]:
    """Everything that a form takes, each field exactly as long as it may be."""
    fields = ("title", "what", "why", "risks", "rollback", "affected", "reason")
    tests = "\n".join(letters(LONGEST_TEST, in_turn=in_turn) for _ in range(MOST_TESTS))
    return {name: letters(LIMITS[name], in_turn=in_turn) for name in fields} | {"tests": tests}


@contextmanager
def heartbeat() -> Iterator[list[float]]:
    """How much of the loop's own time passed between two beats, in seconds; one beat every few milliseconds."""
    gaps: list[float] = []

    async def beat() -> None:
        last = time.thread_time()
        while True:
            await asyncio.sleep(BEAT_S)
            gaps.append(time.thread_time() - last)
            last = time.thread_time()

    task = asyncio.get_running_loop().create_task(beat())
    try:
        yield gaps
    finally:
        task.cancel()


@asynccontextmanager
async def awake(bot: Attacked, what: str) -> AsyncIterator[None]:
    """Meanwhile the loop never stands still for long, and `/healthz` is answered."""
    bot.asleep.clear()
    with heartbeat() as gaps:
        await asyncio.gather(bot.awake(), asyncio.sleep(2 * BEAT_S))
        yield
        await asyncio.gather(bot.awake(), asyncio.sleep(2 * BEAT_S))
    assert max(gaps) < AWAKE_S, (what, sorted(gaps)[-3:])
    assert max(bot.asleep) < AWAKE_S, (what, bot.asleep)


def pressed_on(bot: Attacked) -> dict[str, object]:
    """The change as its newest card has it."""
    with closing(sqlite3.connect(bot.folder / "changes.db")) as database:
        [(revision,)] = database.execute("select revision from changes where id = ?", (CHANGE,))
    return {"change": CHANGE, "revision": revision}


async def edited(bot: Attacked, plan: dict[str, str]) -> None:
    """Nadia saves the form, for a date at which the pre-check is asked for at once, and hands it in."""
    form = FORM | plan | {"date": (TODAY + timedelta(days=9)).isoformat(), "kind": "normal"}
    await bot.pressed("change.edit", form | pressed_on(bot))
    await bot.pressed("change.submit", pressed_on(bot))
    await bot.house.app.worker.run_due()


def said(message: Any) -> str:
    return " | ".join(words(message))


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Attacked]:
    async with attacked(tmp_path) as built:
        yield built


@pytest.mark.parametrize("fields", [("what",), tuple(biggest(in_turn=True))], ids=["one field", "every field"])
async def test_nobody_waits_while_the_biggest_plan_is_compared_with_the_one_before(
    bot: Attacked, fields: tuple[str, ...]
) -> None:
    urgent = {"reason": "It is urgent."}
    before = urgent | {name: biggest(in_turn=True)[name] for name in fields}
    after = urgent | {name: biggest(in_turn=False)[name] for name in fields}
    await edited(bot, before)
    await bot.pressed("precheck.correct", pressed_on(bot) | {"comment": "Say it in words."}, PIERRE)
    async with awake(bot, "edited"):
        await edited(bot, after)
    async with awake(bot, "looked at"):
        answer, _ = await bot.pressed("card.refresh", pressed_on(bot) | {"message": "precheck:3"}, PIERRE)
    card = said(answer["value"])
    assert after["what"] in card
    assert "Ask for corrections" in str(answer["value"])
    assert "Changed since the pre-check of" in card
