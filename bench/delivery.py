"""Messages that wait in the outbox, each for another conversation: how fast they go out, with Teams' limits off."""

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

from bench.bots import bot
from bench.context import Context
from bench.databases import Database
from bench.figures import Figure
from changes.effects import Effect, Reply
from storage import open_store

DELAYS_S = (0.0, 0.15)
LONGEST_S = 12.0
"""A delay is measured for so long at the most."""


async def measure(context: Context, engine: str, number: int) -> AsyncIterator[Figure]:
    """Deliveries a second with a Connector that answers at once, and with one as far away as Microsoft's."""
    teams = context.teams
    for delay in DELAYS_S:
        async with AsyncExitStack() as stack:
            at = await stack.enter_async_context(context.stored(engine, 0))
            await _fill(context, at, number)
            before, teams.delay_s, teams.most_at_once = teams.deliveries, delay, 0
            stack.callback(_at_once, context)
            ours = await stack.enter_async_context(bot(at, teams))
            # The first ones went out while the process was still starting.
            cpu, begun, first = ours.cpu(), time.perf_counter(), teams.deliveries
            try:
                await teams.until(before + number, LONGEST_S)
            except TimeoutError:
                teams.last_at = time.perf_counter()
            done = teams.deliveries - first
            if first - before > number * 0.9:
                raise RuntimeError("nearly all went out before the process was ready; take more of them")
            spent = (ours.cpu() - cpu) * 1000 / done
            where = f"{engine}, Connector after {delay * 1000:.0f} ms"
            yield Figure("deliveries", where, "a second", [done / (teams.last_at - begun)])
            yield Figure("deliveries: CPU", where, "ms each", [spent])
            if delay:
                yield Figure("deliveries under way at once, at most", where, "", [teams.most_at_once])


def _at_once(context: Context) -> None:
    context.teams.delay_s = 0.0


async def _fill(context: Context, at: Database, number: int) -> None:
    """Answers as the bot writes them, to so many people."""
    store = await open_store(at.url)
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
