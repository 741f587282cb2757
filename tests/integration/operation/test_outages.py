"""The database goes away in the middle of a day, its disk is full, the process is told to end: nothing is lost."""

import asyncio
import contextlib
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import pytest
from aiohttp import web

from changes.events import PreflightDone
from changes.model import State
from tests.support.postgres import Server
from tests.support.running import CHANGE, START, ZURICH, Bot, environment, running
from tests.support.teams import NADIA, Teams

ROOT = Path(__file__).parents[3]


async def seen(bot: Bot) -> tuple[list[str], list[str], list[str]]:
    """What Teams was told, which steps were fired, and what still waits or was given up."""
    history = await bot.unit.changes.history(CHANGE)
    dead = await bot.unit.outbox.dead()
    count, _ = await bot.unit.outbox.waiting()
    # Of two looks at the server each has its day.
    steps = [
        f"{entry.at:%d.%m.} {entry.event}" if isinstance(entry.event, PreflightDone) else str(entry.event)
        for entry in history
        if entry.via == "timeline"
    ]
    return bot.teams.texts(), steps, [each.error for each in dead] + ["waits"] * count


async def test_postgresql_is_away_in_the_middle_of_a_day_and_nothing_is_lost_or_done_twice(
    tmp_path: Path, server: Server, pytestconfig: pytest.Config
) -> None:
    away_seconds = pytestconfig.getoption("--away")
    async with running(tmp_path, START, CHANGE_DATABASE_URL=await server.emptied()) as bot:
        await bot.started()
        start = datetime(2027, 4, 15, 22, 0, tzinfo=ZURICH)
        # Messages are on their way while the database goes: they were taken, and that cannot be written down yet.
        gate = asyncio.Event()

        async def slow(request: web.Request) -> web.Response | None:
            await gate.wait()
            return None

        bot.teams.slow = slow
        report = asyncio.create_task(bot.teams.press(NADIA, "trouble.report", inputs={"reason": "Logins fail."}))
        await report
        await asyncio.sleep(0.3)
        await server.stop()
        gate.set()
        began = time.monotonic()
        ready = httpx.AsyncClient(base_url=bot.teams.bot_url.removesuffix("api/messages"))
        assert (await ready.get("readyz")).status_code == 503
        assert (await ready.get("healthz")).status_code == 200
        told = len(bot.teams.calls)
        await bot.teams.type(NADIA, f"/change show {CHANGE}")
        assert "cannot reach my database" in bot.teams.texts()[-1]
        assert len(bot.teams.calls) >= told + 1
        answer = await bot.teams.press(NADIA, "trouble.solved")
        assert "cannot reach my database" in str(answer)
        await asyncio.sleep(max(0.0, away_seconds - (time.monotonic() - began)))
        await server.start()
        async with asyncio.timeout(20):
            while (await ready.get("readyz")).status_code != 200:  # noqa: ASYNC110  # another process, in effect
                await asyncio.sleep(0.2)
        await ready.aclose()

        await bot.settle()
        change = await bot.change()
        assert change.state is State.TROUBLE
        await bot.press(NADIA, "trouble.solved")
        await bot.advance(start + timedelta(minutes=70))
        for number in range(2):
            await bot.press(NADIA, "test.result", test=str(number), result="pass")
        await bot.press(NADIA, "change.complete")
        assert (await bot.change()).state is State.COMPLETED
        texts, steps, left = await seen(bot)
        assert left == []
        assert max(Counter(steps).values()) == 1
        said = Counter(text for text in texts if CHANGE in text and "database" not in text)
        assert [text for text, number in said.items() if number > 1] == []


async def test_told_to_end_the_process_finishes_what_it_holds_within_ten_seconds(tmp_path: Path) -> None:
    arrived, release = asyncio.Event(), asyncio.Event()

    async with Teams("", lambda: datetime.now().astimezone()) as teams:  # noqa: TID251  # the process lives by real time

        async def slow(_: web.Request) -> web.Response | None:
            arrived.set()
            await release.wait()
            return None

        teams.slow = slow
        facts = environment(tmp_path, CHANGE_PORT=str(port := free_port()))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "app.py",
            cwd=ROOT,
            env=facts | {"PATH": os.defpath},
            stderr=subprocess.PIPE,
        )
        teams.bot_url = f"http://127.0.0.1:{port}/api/messages"
        async with asyncio.timeout(30), httpx.AsyncClient() as client:
            while True:
                with contextlib.suppress(httpx.TransportError):
                    if (await client.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200:
                        break
                await asyncio.sleep(0.1)
        await teams.type(NADIA, "/change help")
        await arrived.wait()
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        await asyncio.sleep(1)
        release.set()
        async with asyncio.timeout(10):
            assert await process.wait() == 0
        assert time.monotonic() - began < 10
        assert len(teams.calls) == 1
    with contextlib.closing(sqlite3.connect(tmp_path / "changes.db")) as connection:
        waiting = connection.execute("SELECT count(*) FROM outbox WHERE done_at IS NULL").fetchone()
    assert waiting == (0,), "what was under way was written down before the end"


def free_port() -> int:
    """A port that nobody listens on, as far as can be known."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
