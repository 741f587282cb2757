"""A press reads everything once, and a delivery opens two units of work: one to read, one for what came of it."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event

from tests.support.running import Bot
from tests.support.teams import PIERRE

_OF_A_DELIVERY = re.compile(r"done_at=\?|FROM changes WHERE changes.id =|(FROM|INTO) (messages|bindings|people|chats) ")
"""What the worker asks besides is which steps, messages and operations are due."""


@contextmanager
def watching() -> Iterator[list[list[str]]]:
    """The units of work that are opened meanwhile, each with its statements and their parameters."""
    units: list[list[str]] = []

    def begun(_connection: Any) -> None:
        units.append([])

    def asked(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        units[-1].append(f"{' '.join(statement.split())} {parameters}")

    event.listen(Engine, "begin", begun)
    event.listen(Engine, "before_cursor_execute", asked)
    try:
        yield units
    finally:
        event.remove(Engine, "begin", begun)
        event.remove(Engine, "before_cursor_execute", asked)


@pytest.mark.parametrize("verb", ["precheck.approve", "precheck.correct"])
async def test_a_press_reads_the_change_and_who_is_who_once_in_one_unit_of_work(bot: Bot, verb: str) -> None:
    await bot.at_precheck()
    await bot.app.jobs.stop()  # the press alone
    with watching() as units:
        await bot.teams.press(PIERRE, verb, inputs={"comment": "Say which plug-ins."})
    [statements] = units
    read = Counter(each for each in statements if each.startswith("SELECT"))
    assert len([each for each in read if "FROM changes WHERE changes.id =" in each]) == 1
    assert len([each for each in read if "FROM absences" in each]) == 1
    assert {reading: number for reading, number in read.items() if number > 1} == {}


async def test_every_delivery_opens_two_units_of_work(bot: Bot) -> None:
    await bot.at_precheck()
    with watching() as units:
        await bot.press(PIERRE, "precheck.approve")
    beside_the_press = [unit for unit in units if not any("INTO deliveries" in each for each in unit)]
    of_deliveries = [unit for unit in beside_the_press if any(_OF_A_DELIVERY.search(each) for each in unit)]
    ended = [unit for unit in of_deliveries if any("done_at=?" in each for each in unit)]
    # The live card, the card of the pre-check, who of a line has a chat, and the line in it.
    assert len(ended) == 4
    assert len(of_deliveries) == 2 * len(ended)
