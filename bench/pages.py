"""The month of the calendar page, as somebody reads it who has a link: how long it takes, and what stays in memory."""

import time
from collections.abc import AsyncIterator

import aiohttp
from yarl import URL

from application import signed_urls
from application.retry_log import RetryLog
from bench.bots import bot
from bench.context import ROUNDS, Context
from bench.databases import Database
from bench.figures import Figure, percentile
from bench.templates import APPROVER
from storage import open_store
from web.access.authenticator import LINK

VIEWS = 10
"""Of each round, one after the other, as a person reads; the first round warms the process."""


async def measure(context: Context, engine: str, number: int) -> AsyncIterator[Figure]:
    """Seconds for a month, drawn anew and where nothing has changed since; and how much memory stays of the views."""
    drawn, unchanged, sizes, held = list[float](), list[float](), list[float](), list[float]()
    async with context.stored(engine, number) as at:
        token = await _token(at, context)
        async with bot(at, context.teams) as ours, aiohttp.ClientSession() as client:
            headers = {"Cookie": f"{LINK}={token}"}
            for turn in range(1 + ROUNDS):
                for _ in range(VIEWS):
                    took, answer, body = await _asked(client, ours.url, headers)
                    known = {**headers, "If-None-Match": answer.headers["ETag"]}
                    again, _, _ = await _asked(client, ours.url, known, 304)
                    if turn:
                        drawn.append(took)
                        unchanged.append(again)
                        sizes.append(len(body) / 1000)
                held.append(ours.memory())
    where = f"{engine}, {number:,} changes"
    yield Figure("calendar page, a month, p95", where, "s", [percentile(drawn, 0.95)])
    yield Figure("calendar page, a month, p50", where, "s", [percentile(drawn, 0.5)])
    yield Figure("calendar page, a month that has not changed, p95", where, "s", [percentile(unchanged, 0.95)])
    yield Figure("calendar page, a month", where, "KB", sizes)
    yield Figure(f"memory after {VIEWS * ROUNDS} views more", where, "MB", [held[-1] - held[0]])


async def _asked(
    client: aiohttp.ClientSession, url: str, headers: dict[str, str], status: int = 200
) -> tuple[float, aiohttp.ClientResponse, bytes]:
    began = time.perf_counter()
    async with client.get(URL(url) / "calendar", headers=headers) as answer:
        body = await answer.read()
    if answer.status != status:
        raise RuntimeError(f"the calendar page answered {answer.status}")
    return time.perf_counter() - began, answer, body


async def _token(at: Database, context: Context) -> str:
    """The approver's link, as `/change calendar link` makes it."""
    store = await open_store(at.url, RetryLog())
    try:
        async with store.units() as unit:
            return await signed_urls.pages_token(unit.settings, APPROVER.object_id, context.now)
    finally:
        await store.close()
