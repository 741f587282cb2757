"""The machine's clock was ahead and is set back: nobody waits for its old time, and what was asked for is kept.

From outside, in production mode, over HTTP; only the offset of the bot's clock is moved by hand.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web

from scheduler.clock_rollback import SLACK
from scheduler.worker_loop import SWEEP, WorkerLoop
from storage.system_clock import SystemClock
from tests.support.key_server import key_server
from tests.support.production import House, production

AT_ONCE_S = 5.0
"""Seconds in which somebody is answered, with Teams' own limit for one chat (8 in 2 s) on the way."""
AHEAD = timedelta(hours=1)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    with key_server() as keys:
        async with production(tmp_path, keys) as built:
            yield built


def ahead(house: House, by: timedelta) -> None:
    """The bot's clock is so much ahead of real time."""
    clock = house.app.clock
    assert isinstance(clock, SystemClock)
    clock._ahead = by


async def types(house: House, number: int = 1) -> None:
    for _ in range(number):
        answer = await house.post(house.signed(), house.typed("/change help"))
        assert answer.status_code == 200


async def heard(house: House, number: int, seconds: float = AT_ONCE_S) -> float:
    """How long it took until so many answers were there."""
    began = time.monotonic()
    await house.teams.until(lambda: len(house.teams.calls) >= number, seconds)
    return time.monotonic() - began


async def test_after_it_is_set_back_everybody_is_answered_still_within_the_limits_of_a_chat(
    house: House,
) -> None:
    ahead(house, AHEAD)
    await types(house, 5)
    await heard(house, 5)
    ahead(house, timedelta())
    await types(house, 5)
    await heard(house, 7)
    assert len(house.teams.calls) < 10  # seven in a second, and these count as sent just now
    await heard(house, 10)
    assert (await house.client.get("/readyz")).status_code == 200


async def test_what_failed_and_what_was_leased_while_the_clock_was_ahead_goes_out_after_it_is_set_back(
    house: House, tmp_path: Path
) -> None:
    async def broken(_: web.Request) -> web.Response:
        return web.Response(status=500)

    house.teams.slow = broken
    ahead(house, AHEAD)
    await types(house)
    await until(lambda: bool(waiting(tmp_path, "attempts > 0")))
    house.teams.slow = None
    ahead(house, timedelta())
    await types(house)
    await heard(house, 2)


async def test_a_hold_that_teams_asked_for_is_kept_and_ends_when_it_was_to_end(house: House, tmp_path: Path) -> None:
    asked: list[float] = []

    async def full(_: web.Request) -> web.Response | None:
        asked.append(time.monotonic())
        return web.Response(status=429, headers={"Retry-After": "2"}) if len(asked) == 1 else None

    house.teams.slow = full
    ahead(house, AHEAD)
    await types(house)
    await until(lambda: bool(waiting(tmp_path, "attempts > 0")))
    ahead(house, timedelta())
    await types(house)
    await heard(house, 2)
    assert asked[1] - asked[0] >= 2 - SLACK.total_seconds() / 10


async def test_a_clock_that_was_set_back_while_no_process_ran_is_noticed_at_the_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with key_server() as keys:
        async with production(tmp_path, keys) as house:
            ahead(house, AHEAD)
            await types(house)
            await heard(house, 1)
        async with production(tmp_path, keys) as house:
            await types(house)
            await heard(house, 1)
            assert "the clock was set back" in caplog.text


async def test_the_sweep_comes_in_time_though_its_scheduler_lives_by_the_clock(house: House) -> None:
    ahead(house, timedelta())
    jobs: WorkerLoop = house.app.jobs
    jobs._sweep_seconds = 0.05
    jobs._scheduler.modify_job(SWEEP, next_run_time=jobs._scheduler.get_job(SWEEP).next_run_time + AHEAD)
    planned = jobs._scheduler.get_job(SWEEP).next_run_time
    jobs._watcher = asyncio.create_task(jobs._watch())
    await until(lambda: jobs._scheduler.get_job(SWEEP).next_run_time < planned - AHEAD / 2)


def waiting(folder: Path, where: str) -> list[tuple[str]]:
    with closing(sqlite3.connect(folder / "changes.db")) as database:
        query = f"SELECT key FROM outbox WHERE done_at IS NULL AND dead_at IS NULL AND {where}"  # noqa: S608
        return database.execute(query).fetchall()


async def until(seen: Callable[[], bool]) -> None:
    async with asyncio.timeout(AT_ONCE_S):
        while not seen():  # noqa: ASYNC110  # it is written by another process's hand
            await asyncio.sleep(0.02)
