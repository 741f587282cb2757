"""The API while others write: pages that miss nothing, races that are lost, a database that is away, bodies."""

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from application import change_service
from changes import commands as c
from changes.model import Plan, Window
from tests.integration.web_api.test_changes import PLAN
from tests.support.api import made_token, problem, program, url_of
from tests.support.core import plan
from tests.support.postgres import Server
from tests.support.running import START, Bot, running
from tests.support.teams import NADIA

MANY = 250


def wanted(number: int) -> Plan:
    one = plan(title=f"Number {number}", implementer=NADIA.person)
    return replace(one, window=moved(one.window, number % 90))


def moved(window: Window, days: int) -> Window:
    return Window(window.start + timedelta(days=days), window.end + timedelta(days=days))


async def drafted(bot: Bot, first: int, number: int) -> None:
    now = bot.clock.now()
    async with bot.app.store.units() as unit:
        for each in range(first, first + number):
            await change_service.draft(unit, bot.app.catalogue, c.Draft(NADIA.person, wanted(each)), now, "test")


async def test_a_walk_by_cursor_meets_each_change_once_while_others_are_saved_and_moved(bot: Bot) -> None:
    await drafted(bot, 0, MANY)
    before = {each.id for each in await bot.unit.changes.find()}
    met: list[str] = []
    async with program(bot) as client:
        cursor: dict[str, str] = {}
        while True:
            answer = await client.get("changes", params={"limit": "40", **cursor})
            page = answer.json()
            met += [each["id"] for each in page["changes"]]
            if page["next"] is None:
                break
            cursor = {"cursor": page["next"]}
            await drafted(bot, 1000 + len(met), 1)
            behind, ahead = met[-1], sorted(before)[-1 - len(met) // 40]
            async with bot.app.store.units() as unit:
                for each in (behind, ahead):
                    edit = c.Edit(NADIA.person, replace(wanted(0), window=moved(wanted(0).window, 100 + len(met))))
                    await change_service.execute(unit, bot.app.catalogue, each, edit, bot.clock.now(), "test")
    assert len(met) == len(set(met))
    assert before <= set(met)


async def test_of_many_who_submit_at_once_on_postgresql_each_is_answered_and_one_has_done_it(
    tmp_path: Path, server: Server
) -> None:
    async with running(tmp_path, START, CHANGE_DATABASE_URL=await server.emptied()) as bot, program(bot) as client:
        keyed = [client.post("changes", json=PLAN, headers={"Idempotency-Key": "one"}) for _ in range(4)]
        others = [client.post("changes", json=PLAN | {"date": f"2027-05-{day}"}) for day in range(10, 14)]
        answers = await asyncio.gather(*keyed, *others)
        assert {each.status_code for each in answers} == {201}, [each.text for each in answers]
        assert len({each.json()["id"] for each in answers}) == 5
        here = answers[0].headers["location"].removeprefix("/api/v1/")
        submits = await asyncio.gather(*(client.post(f"{here}/submit") for _ in range(6)))
        assert sorted(each.status_code for each in submits) == [200] + 5 * [409]


async def test_while_the_database_cannot_be_written_it_says_so_and_nothing_is_written_later(bot: Bot) -> None:
    async with program(bot) as client:
        assert (await client.get("services")).status_code == 200
        async with bot.app.store.units():
            began = time.monotonic()
            answer = await client.post("changes", json=PLAN)
            assert time.monotonic() - began < 30
            assert answer.headers["retry-after"] == "10"
            problem(answer, 503)
            assert (await client.get("services")).status_code == 200, "who only reads waits for nobody"
        assert await bot.unit.changes.find() == ()
        assert (await client.post("changes", json=PLAN)).status_code == 201


@pytest.mark.parametrize("expects", ["", "Expect: 100-continue\r\n"])
async def test_nobodys_body_is_waited_for_before_their_token_is_known(bot: Bot, expects: str) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", bot.app.port)
    head = f"POST /api/v1/changes HTTP/1.1\r\nHost: localhost\r\n{expects}Content-Length: 200000\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nAuthorization: Bearer chg_nobody\r\n\r\n".encode())
    async with asyncio.timeout(9):  # sooner than a body may take
        assert await reader.readline() == b"HTTP/1.1 401 Unauthorized\r\n"
    writer.close()


async def test_a_guard_of_every_route_answers_here_as_the_api_does(bot: Bot) -> None:
    async with program(bot) as client:
        problem(await client.get("services", headers={"Content-Encoding": "br"}), 415)
        problem(await client.get("services", headers={"Host": "evil.example"}), 403)
    async with httpx.AsyncClient() as client:
        assert (await client.get(url_of(bot).removesuffix("/v1") + "/v2")).status_code == 404
    assert await made_token(bot, "after")


async def test_while_nothing_can_be_written_the_gate_answers(bot: Bot) -> None:
    async with program(bot) as client, bot.app.store.units():
        assert (await client.get("gate?service=learn")).status_code == 200
