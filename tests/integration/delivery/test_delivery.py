"""A Connector that fails in every way it can: everything arrives, in order, and never more often than Teams allows."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from aiohttp import web
from aiohttp.test_utils import TestServer

from application.limits.rate_limiter import Limit, RateLimiter
from application.ports import Clock, UnitOfWorkFactory
from application.retry_log import RetryLog
from bot.connector.client import PER_CONVERSATION_LIMITS, TENANT_LIMITS, Connector, pooled_client
from bot.messenger.messenger import Messenger
from changes.effects import Reply
from changes.policy import Catalogue
from notices import NoticeRenderer
from scheduler.worker import Worker
from storage import Store, open_store
from tests.integration.scheduler.conftest import Clock as MovedClock
from tests.support.core import LEARN

CONVERSATIONS = [f"19:chat-{number}@thread.v2" for number in range(8)]
MESSAGES = 40
FAULTS = (412, 429, 500, 502, 503, 504, "hang up", "took it and said 504", "took it and hung up")


@dataclass
class Teams:
    """Writes down when each call arrived and what was taken; `fault` says what goes wrong, None for nothing."""

    now: Callable[[], datetime]
    fault: Callable[[], object]
    arrived: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    taken: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    in_doubt: Counter[str] = field(default_factory=Counter)
    url: str = ""

    async def post(self, request: web.Request) -> web.StreamResponse:
        conversation = request.match_info["conversation"]
        self.arrived[conversation].append(self.now())
        text = (await request.json())["text"]
        fault = self.fault()
        if fault is None or str(fault).startswith("took it"):
            self.taken[conversation].append(text)
        if fault is None:
            return web.json_response({"id": text}, status=201)
        if fault in ("took it and said 504", "took it and hung up"):
            self.in_doubt[text] += 1
        if "hang" in str(fault) or "hung" in str(fault):
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        status = fault if isinstance(fault, int) else 504
        headers = {"Retry-After": "2"} if status == 429 else {}
        return web.json_response({"error": {"code": "Throttled"}}, status=status, headers=headers)


@asynccontextmanager
async def teams(now: Callable[[], datetime], fault: Callable[[], object]) -> AsyncIterator[Teams]:
    started = Teams(now, fault)
    application = web.Application()
    application.router.add_post("/v3/conversations/{conversation}/activities", started.post)
    async with TestServer(application) as server:
        started.url = str(server.make_url("/"))
        yield started


def exceeded(times: list[datetime], limits: tuple[Limit, ...]) -> list[tuple[Limit, datetime]]:
    """Where more arrived within a limit's time than it allows."""
    found = []
    for limit in limits:
        for first, last in zip(times, times[limit.count :], strict=False):
            if last - first < timedelta(seconds=limit.seconds):
                found.append((limit, first))
    return found


def worker_of(units: UnitOfWorkFactory, clock: Clock, connector: Connector) -> Worker:
    catalogue = Catalogue({"learn": LEARN})
    messenger = Messenger(units, catalogue, clock, connector, NoticeRenderer(None, organizer=""), refreshes=False)
    return Worker(units, catalogue, clock, messenger, {}, "me", RetryLog())


async def posted(store: Store, at: Teams, now: datetime, messages: int, conversations: list[str]) -> None:
    """Everybody is written to, by turns."""
    for number in range(messages):
        effects = [
            Reply(
                f"{number:03} {where}",
                "",
                {"id": where, "serviceUrl": at.url},
                {"type": "message", "text": f"{number:03} {where}"},
            )
            for where in conversations
        ]
        async with store.units() as unit:
            await unit.outbox.add(effects, now)


async def test_with_three_errors_in_ten_calls_everything_arrives_in_order_and_no_limit_is_exceeded(
    tmp_path: Path,
) -> None:
    clock, chance = MovedClock(), Random(5)
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/changes.db", RetryLog())
    async with (
        pooled_client() as client,
        teams(clock.now, lambda: chance.choice(FAULTS) if chance.random() < 0.3 else None) as at,
    ):
        await posted(store, at, clock.now(), MESSAGES, CONVERSATIONS)
        connector = Connector(client, None, RateLimiter(store.units, clock, PER_CONVERSATION_LIMITS, TENANT_LIMITS))
        worker = worker_of(store.units, clock, connector)
        await worker.run_due()
        while (wake := await worker.next_wake()) is not None:
            clock.go_to(max(wake, clock.now()))
            await worker.run_due()
        async with store.units() as unit:
            assert await unit.outbox.dead() == ()
    await store.close()
    total = Counter[str]()
    for where in CONVERSATIONS:
        taken = at.taken[where]
        assert list(dict.fromkeys(taken)) == [f"{number:03} {where}" for number in range(MESSAGES)]
        assert exceeded(at.arrived[where], PER_CONVERSATION_LIMITS) == []
        total.update(taken)
    # Twice only where Teams took it and did not say so.
    assert {text: number - 1 for text, number in total.items() if number > 1}.items() <= at.in_doubt.items()
    together = sorted(moment for times in at.arrived.values() for moment in times)
    assert exceeded(together, TENANT_LIMITS) == []
    calls = len(together)
    assert calls > 1.3 * MESSAGES * len(CONVERSATIONS)
    print(f"{calls} calls for {len(total)} messages; {total.total() - len(total)} arrived twice")  # noqa: T201


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  # it is real time that is measured


async def test_in_real_time_too_no_limit_is_exceeded_where_the_messages_arrive(tmp_path: Path) -> None:
    """Two workers, as two replicas are."""
    clock = RealClock()
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/changes.db", RetryLog())
    conversations = CONVERSATIONS[:2]
    async with pooled_client() as client, teams(clock.now, lambda: None) as at:
        await posted(store, at, clock.now(), 18, conversations)

        async def work() -> None:
            worker = worker_of(
                store.units,
                clock,
                Connector(client, None, RateLimiter(store.units, clock, PER_CONVERSATION_LIMITS, TENANT_LIMITS)),
            )
            while (wake := await worker.next_wake()) is not None:
                await asyncio.sleep(min(0.5, max(0.0, (wake - clock.now()).total_seconds())))
                await worker.run_due()

        await asyncio.gather(work(), work())
    await store.close()
    for where in conversations:
        assert at.taken[where] == [f"{number:03} {where}" for number in range(18)]
        assert exceeded(at.arrived[where], PER_CONVERSATION_LIMITS) == []
