"""The limits hold for all replicas together; who asks at the same time shares a transaction; answers find room."""

import asyncio
from datetime import timedelta

import pytest

from application.limits.rate_limiter import Limit, RateLimiter, answering
from application.ports import RateLimited, UnitOfWork
from storage import Store
from tests.contract import subjects as s
from tests.contract.conftest import Open
from tests.integration.scheduler.conftest import Clock

EACH, TOGETHER = (Limit(2, 1), Limit(3, 60)), (Limit(20, 1),)


async def let_through(limiter: RateLimiter, *places: str) -> int:
    """How many of the calls, made at once, find room."""
    made = await asyncio.gather(*map(limiter, places), return_exceptions=True)
    assert all(each is None or isinstance(each, RateLimited) for each in made)
    return made.count(None)


async def test_calls_that_come_together_are_counted_one_by_one_in_one_transaction(store: Store) -> None:
    clock, begun = Clock(s.NOW), 0

    def units(patience: float | None = None) -> UnitOfWork:
        nonlocal begun
        begun += 1
        return store.units(patience)

    limiter = RateLimiter(units, clock, EACH, TOGETHER)
    assert await let_through(limiter, *["a"] * 5, *["b"] * 5) == 4
    assert begun == 1
    clock.go_on(seconds=2)
    assert await let_through(limiter, *["a"] * 5) == 1, "three in a minute"
    with pytest.raises(RateLimited) as full:
        await limiter("a")
    assert full.value.seconds is not None
    assert timedelta(seconds=full.value.seconds) > timedelta(seconds=57)


async def test_replicas_keep_the_limits_together(store: Store, another: Open) -> None:
    second, clock = await another(), Clock(s.NOW)
    limiters = [RateLimiter(each.units, clock, EACH, TOGETHER) for each in (store, second)]
    assert sum(await asyncio.gather(*[let_through(each, "a", "a", "b") for each in limiters])) == 4


async def test_what_nobody_waits_for_leaves_room_for_answers(store: Store) -> None:
    limiter = RateLimiter(store.units, Clock(s.NOW), EACH, TOGETHER)
    assert await let_through(limiter, *[f"{number}" for number in range(30)]) == 18
    with answering(is_answer=True):
        assert await let_through(limiter, *[f"person {number}" for number in range(9)]) == 2


async def test_when_the_database_is_away_whoever_asks_hears_it_and_later_calls_go_through(store: Store) -> None:
    away = [OSError("the disk is away")]

    def units(patience: float | None = None) -> UnitOfWork:
        if away:
            raise away.pop()
        return store.units(patience)

    limiter = RateLimiter(units, Clock(s.NOW), EACH)
    made = await asyncio.gather(limiter("a"), limiter("b"), return_exceptions=True)
    assert [type(each) for each in made] == [OSError, OSError]
    await limiter("a")
