"""People who type at the same time, and what their turns cost the bot."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.processes import Running
from bench.teams import Person, Teams
from bench.templates import PEOPLE

AT_ONCE = PEOPLE[:32]
Messages = Mapping[Person, int]


@dataclass(frozen=True, slots=True)
class Talked:
    """What came of it."""

    turns: int
    seconds: float
    cpu_s: float

    @property
    def rate(self) -> float:
        """Turns a second."""
        return self.turns / self.seconds

    @property
    def cpu_ms(self) -> float:
        """Milliseconds of CPU for a turn, until its answer was delivered and whatever it left behind was done."""
        return self.cpu_s * 1000 / self.turns


async def messages_of(teams: Teams, bot: Running, text: str, people: Sequence[Person] = AT_ONCE) -> Messages:
    """How many messages answer the text: who is concerned may get more of them."""
    before = Counter(teams.posted)
    await asyncio.gather(*(teams.type(bot, who, text) for who in people))
    await teams.quiet(0.5)
    return {who: teams.posted[who.chat] - before[who.chat] for who in people}


async def talk(teams: Teams, bot: Running, text: str, seconds: float, messages: Messages) -> Talked:
    """Each of them types the text, again and again, as soon as all messages of the last answer have come.

    Raises TimeoutError.
    """
    took: list[float] = []
    cpu, began = bot.cpu(), time.perf_counter()
    until = began + seconds

    async def one(who: Person) -> None:
        while time.perf_counter() < until:
            took.append(await teams.type(bot, who, text, messages[who]))

    async with asyncio.TaskGroup() as tasks:
        for who in messages:
            tasks.create_task(one(who))
    elapsed = time.perf_counter() - began
    return Talked(len(took), elapsed, bot.cpu() - cpu)
