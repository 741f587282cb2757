"""Ten people press contradictory buttons at the same instant: one decision stands, and nine read a sentence."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from changes import events as e
from tests.support.running import CHANGE, START, Bot, running
from tests.support.services import services_toml
from tests.support.teams import NADIA, PIERRE, Message, Somebody, find_action, words

DEPUTIES = [Somebody(f"29:d{n}", f"Deputy {n}", f"00000000-0000-0000-0000-0000000009{n:02}") for n in range(9)]
TEN = [PIERRE, *DEPUTIES]
SERVICES = services_toml(
    PIERRE.object_id, admins=[NADIA.object_id], deputies=[each.object_id for each in DEPUTIES], backend="vps_api"
)


@asynccontextmanager
async def bots(folder: Path, url: str, count: int = 1) -> AsyncIterator[list[Bot]]:
    """So many bots on one database, the first of them reached by Teams; `learn` is decided about by ten people."""
    services = folder / "services.toml"
    services.write_text(SERVICES, encoding="utf-8")
    more = {"CHANGE_SERVICES": str(services)} | ({"CHANGE_DATABASE_URL": url} if url else {})
    async with running(folder, START, **more) as first:
        if count == 1:
            yield [first]
            return
        async with running(folder, None, **more) as second:
            yield [first, second]


@pytest.fixture(params=["sqlite", "postgresql", "postgresql, two replicas"])
async def replicas(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[list[Bot]]:
    is_sqlite = request.param == "sqlite"
    url = "" if is_sqlite else await request.getfixturevalue("server").emptied()
    async with bots(tmp_path, url, 2 if "two" in request.param else 1) as started:
        yield started


async def pressed_at_once(
    teams: list[Bot], on: Message, verbs: tuple[str, str], inputs: dict[str, str]
) -> list[dict[str, Any]]:
    """What each of the ten is answered; they press one verb and the other by turns, at the same instant."""
    card = on.card or {}
    start = asyncio.Event()

    async def one(number: int, who: Somebody) -> dict[str, Any]:
        verb = verbs[number % 2]
        data = find_action(card, verb, {})["data"] | inputs
        message = replace(on)
        await start.wait()
        return await teams[number % len(teams)].teams.execute(who, verb, data, message)

    running_ = [asyncio.create_task(one(number, who)) for number, who in enumerate(TEN)]
    await asyncio.sleep(0.1)
    start.set()
    return await asyncio.gather(*running_)


def sentences(answers: list[dict[str, Any]]) -> list[str]:
    """What was read by those whose press did not count."""
    read = []
    for answer in answers:
        assert answer["statusCode"] == 200, answer
        value = answer["value"]
        text = value if isinstance(value, str) else " ".join(words(value))
        if (
            isinstance(value, str)
            or "has changed since" in text
            or "its current state" in text
            or "Already done by" in text
        ):
            read.append(text)
    return read


async def decided(bot: Bot, *kinds: type[e.Event]) -> list[e.Event]:
    history = await bot.unit.changes.history(CHANGE)
    return [entry.event for entry in history if isinstance(entry.event, kinds)]


DECISIONS = {
    "GO": (Bot.at_go, ("go.give", "go.refuse"), {"reason": "Exams."}, (e.GoGiven, e.GoRefused)),
    "the pre-check": (
        Bot.at_precheck,
        ("precheck.approve", "precheck.correct"),
        {"comment": "Which version?"},
        (e.PrecheckApproved, e.CorrectionsRequested),
    ),
}


@pytest.mark.parametrize("about", DECISIONS)
async def test_of_ten_contradictory_decisions_one_stands_and_nine_read_a_sentence(
    replicas: list[Bot], about: str
) -> None:
    asked, verbs, inputs, events = DECISIONS[about]
    first = replicas[0]
    await asked(first)
    card = first.teams.with_button(verbs[0])
    for each in replicas:
        each.teams.messages[card.id] = card
    answers = await pressed_at_once(replicas, card, verbs, inputs)
    assert len(await decided(first, *events)) == 1
    read = sentences(answers)
    assert len(read) == 9, read
    assert all(each.strip() for each in read)


async def test_the_answer_to_a_press_comes_within_a_second_and_a_repeated_invoke_has_one_effect(
    replicas: list[Bot],
) -> None:
    """docs/process.md, P92, with a Teams that takes three seconds for each message."""
    first, last = replicas[0], replicas[-1]
    await first.at_go()
    card = first.teams.with_button("go.give")
    data = find_action(card.card or {}, "go.give", {})["data"]

    async def slow(_: web.Request) -> None:
        await asyncio.sleep(3)

    async def pressed(bot: Bot) -> dict[str, Any]:
        return await bot.teams.execute(PIERRE, "go.give", data, replace(card), "f:same")

    first.teams.slow = slow
    began = time.monotonic()
    answers = [await pressed(first)]
    took = time.monotonic() - began
    answers += await asyncio.gather(*(pressed(each) for each in (last, first, last, first)))
    first.teams.slow = None
    assert took < 1
    assert answers[0]["type"] == "application/vnd.microsoft.card.adaptive"
    assert all(answer == answers[0] for answer in answers)
    for each in replicas:
        await each.settle()
    assert len(await decided(first, e.GoGiven)) == 1
    for said in ("gave **GO**", "Planned maintenance"):
        assert sum(said in text for text in first.teams.texts()) == 1
