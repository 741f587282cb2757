"""Messages that wait in the outbox, each for another conversation: how fast they go out, with Teams' limits off."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

from application.retry_log import RetryLog
from bench.bots import bot
from bench.context import Context
from bench.databases import Database
from bench.figures import Figure
from changes.effects import Effect, Reply
from storage import open_store

DELAYS_S = (0.0, 0.15)
LONGEST_S = 12.0
"""A delay is measured for so long at the most."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """How fast they went out of all the processes together, and what each cost them."""

    rate: float
    cpu_ms: float
    at_once: int


async def measure(context: Context, engine: str, number: int) -> AsyncIterator[Figure]:
    """Deliveries a second with a Connector that answers at once, and with one as far away as Microsoft's."""
    for delay in DELAYS_S:
        found = await delivered(context, engine, number, delay)
        where = f"{engine}, Connector after {delay * 1000:.0f} ms"
        yield Figure("deliveries", where, "a second", [found.rate])
        yield Figure("deliveries: CPU", where, "ms each", [found.cpu_ms])
        if delay:
            yield Figure("deliveries under way at once, at most", where, "", [found.at_once])


async def delivered(context: Context, engine: str, number: int, delay_s: float, processes: int = 1) -> Delivered:
    """Let so many processes deliver so many messages; it counts from when all of them are ready."""
    teams = context.teams
    async with AsyncExitStack() as stack:
        at = await stack.enter_async_context(context.stored(engine, 0))
        await _fill(context, at, number)
        before, teams.delay_s, teams.most_at_once = teams.deliveries, delay_s, 0
        stack.callback(_at_once, context)
        ours = [await stack.enter_async_context(bot(at, teams)) for _ in range(processes)]
        # The first ones went out while a process was still starting.
        cpu, begun, first = sum(each.cpu() for each in ours), time.perf_counter(), teams.deliveries
        try:
            await teams.until(before + number, LONGEST_S)
        except TimeoutError:
            teams.last_at = time.perf_counter()
        done = teams.deliveries - first
        if first - before > number * 0.9:
            raise RuntimeError("nearly all went out before the processes were ready; take more of them")
        spent = (sum(each.cpu() for each in ours) - cpu) * 1000 / done
        return Delivered(done / (teams.last_at - begun), spent, teams.most_at_once)


def _at_once(context: Context) -> None:
    context.teams.delay_s = 0.0


async def _fill(context: Context, at: Database, number: int) -> None:
    """Answers as the bot writes them, to so many people."""
    store = await open_store(at.url, RetryLog())
    try:
        async with store.units() as unit:
            await unit.outbox.add(replies(context.teams.url, number), context.now)
    finally:
        await store.close()


def replies(url: str, number: int) -> list[Effect]:
    """Answers to as many people as there are of them."""
    return [_reply(url, each) for each in range(number)]


def _reply(url: str, number: int) -> Effect:
    conversation = {"id": f"other-{number}", "conversationType": "personal"}
    activity = {
        "type": "message",
        "serviceUrl": url,
        "channelId": "msteams",
        "from": {"id": "28:bot", "name": "Change bot"},
        "conversation": conversation,
        "text": "Your change was approved.",
    }
    return Reply(f"bench:{number}", "", {"serviceUrl": url, **conversation}, activity)
