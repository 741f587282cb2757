"""Whatever Teams refuses of a message at once, its text arrives, once; and what was refused costs few calls."""

import itertools
import json
import weakref
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from aiohttp import web

from application.limits.rate_limiter import RateLimiter
from application.ports import RateLimited, RetryableError, UserProfile
from application.retry_log import RetryLog
from bot.connector.client import PER_CONVERSATION_LIMITS, TENANT_LIMITS, Connector, pooled_client
from bot.connector.errors import ConnectorError, RateLimitReached, Rejected
from bot.messenger.fallback_connector import DeliveryContext, FallbackConnector
from bot.messenger.message_factory import mentioning, with_card
from bot.messenger.message_fallbacks import Extra
from bot.messenger.refusal_memory import RefusalMemory
from changes.delivery_log import DeliveryStatus
from changes.effects import Effect, UpsertStatusCard
from changes.model import Person
from scheduler.heartbeat import Heartbeat
from scheduler.outbox import OutboxDispatcher
from storage import open_store
from tests.integration.input.test_refused_extras import left_out, no_cards, only_announced, posted
from tests.integration.scheduler.conftest import Clock
from tests.support.days import moment
from tests.support.running import CHANGE, START, running
from tests.support.teams import CHANNEL, NADIA, PIERRE, words
from tests.support.teams import place as place_of

CARD: dict[str, Any] = {
    "type": "AdaptiveCard",
    "version": "1.5",
    "body": [{"type": "TextBlock", "text": "What the card says"}],
    "refresh": {"userIds": ["29:1"]},
}
HAS: dict[Extra, Callable[[dict[str, Any]], bool]] = {
    Extra.MENTIONS: lambda activity: "entities" in activity,
    Extra.REFRESH: lambda activity: "refresh" in json.dumps(activity.get("attachments", [])),
    Extra.SUMMARY: lambda activity: "summary" in activity,
    Extra.CARD: lambda activity: "attachments" in activity,
}
SUBSETS = [set(each) for count in range(5) for each in itertools.combinations(Extra, count)]
MOST_CALLS = 6


@dataclass
class Place:
    """A Connector on loopback that refuses some extras."""

    refused_extras: set[Extra]
    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    refused: int = 0

    async def answer(self, request: web.Request) -> web.Response:
        body = await request.json()
        activity = body.get("activity", body)
        if any(HAS[each](activity) for each in self.refused_extras):
            self.refused += 1
            return web.json_response({"error": {"code": "BadSyntax", "message": "not like that"}}, status=400)
        self.taken.append(activity)
        return web.json_response({"id": str(len(self.taken)), "activityId": str(len(self.taken))}, status=201)


@asynccontextmanager
async def place(*refused: Extra) -> AsyncIterator[Place]:
    at, app = Place(set(refused)), web.Application()
    app.router.add_route("*", "/{path:.*}", at.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    at.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield at
    finally:
        await runner.cleanup()


async def test_for_every_set_of_refusals_the_text_arrives_once_and_the_ledger_says_what_was_left_out(
    tmp_path: Path,
) -> None:
    clock = Clock()
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/changes.db", RetryLog())
    for number, refused in enumerate(SUBSETS):
        async with pooled_client() as client, place(*refused) as at:
            connector = FallbackConnector(store.units, Connector(client), clock)
            context = DeliveryContext(f"CHG-2027-{number + 1:04}", "go", "Learn")
            people = [UserProfile(Person("1", "Rita"), "29:1")]
            laden = with_card(CARD, "A summary") | mentioning("A line of text", people)
            await connector.send(at.url, CHANNEL, laden, context)
            assert len(at.taken) == 1, refused
            assert at.refused < MOST_CALLS
            assert "Rita" in at.taken[0]["text"]
            assert "A line of text" in at.taken[0]["text"]
            assert "What the card says" in json.dumps(at.taken[0])
        async with store.units() as unit:
            lines = await unit.delivery_log.of(context.change)
        assert [each.result for each in lines] == [DeliveryStatus.SENT] * bool(refused)
        why = " ".join(each.why for each in lines)
        assert all(each.value in why for each in refused), (refused, why)
        if len(refused) == 1 and Extra.CARD not in refused:
            assert [each for each in Extra if each.value in why] == [*refused], "what is not refused is kept"
    await store.close()


@pytest.mark.parametrize("lanes", [3, 4, 7, 12])
async def test_what_is_refused_in_a_full_channel_costs_a_bounded_number_of_calls_and_everything_arrives(
    tmp_path: Path, lanes: int
) -> None:
    clock = Clock()
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/changes.db", RetryLog())
    async with pooled_client() as client, place(Extra.CARD, Extra.SUMMARY) as at:
        paced = Connector(client, None, RateLimiter(store.units, clock, PER_CONVERSATION_LIMITS, TENANT_LIMITS))
        connector = FallbackConnector(store.units, paced, clock)

        async def carry(effect: Effect) -> None:
            thread, context = f"{CHANNEL};messageid={effect.change}", DeliveryContext(effect.change, "go", "Learn")
            # A card is drawn anew each time, with the time on it.
            card = CARD | {"body": [{"type": "TextBlock", "text": f"It is {clock.now()}"}]}
            try:
                await connector.send(at.url, thread, with_card(card, effect.change), context)
            except RateLimitReached as full:
                raise RateLimited(str(full), full.seconds) from full
            except ConnectorError as error:
                raise RetryableError(str(error)) from error

        async def given_up(*_: object) -> None:
            raise AssertionError("nothing is given up")

        async with store.units() as unit:
            effects = [UpsertStatusCard(f"k{number}", f"CHG-2027-{number:04}") for number in range(lanes)]
            await unit.outbox.add(effects, clock.now())
        runner = OutboxDispatcher(
            store.units, clock, carry, given_up, given_up, "me", Random(7), Heartbeat(), lambda: True, RetryLog()
        )
        await runner.run()
        for _round in range(120):
            async with store.units() as unit:
                wake = await unit.outbox.next_attempt()
            if wake is None:
                break
            clock.go_to(max(wake, clock.now()))
            await runner.run()
        assert len(at.taken) == lanes
        assert at.refused <= lanes * MOST_CALLS
    await store.close()


async def test_a_teams_that_takes_neither_summaries_nor_cards_is_told_everything_as_text(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.requested()
        bot.teams.refuses = lambda each: no_cards(each) or ("no summary" if each.get("summary") else "")
        await bot.advance(moment(4, 1))
        assert await left_out(bot), "and nothing is dead"
        asked = [each.text for each in posted(bot, CHANNEL) if f"`@Change bot approve {CHANGE}`" in each.text]
        assert asked, "in a channel a command reaches the bot behind its mention"
        assert f"`/change approve {CHANGE}`" not in asked[-1]
        await bot.type(PIERRE, f"/change show {CHANGE}")
        assert f"`/change approve {CHANGE}`" in posted(bot, f"personal-{PIERRE.id}")[-1].text
        await bot.type(PIERRE, f"approve {CHANGE}", "channel")
        assert (await bot.change()).precheck is not None
        since = len(bot.teams.calls)
        await bot.type(NADIA, "/change new")
        texts = [call.message.text for call in bot.teams.calls[since:]]
        assert texts
        assert not any(" new`" in text for text in texts), "a form for what has no number yet names no command"
        only_announced(bot)


async def test_nothing_is_noted_as_sent_where_everything_is_refused_and_it_is_sent_again_whole(tmp_path: Path) -> None:
    async with running(tmp_path, START) as bot:
        await bot.requested()
        await bot.advance(moment(4, 1) - timedelta(hours=1))
        bot.teams.refuses = lambda _each: "nothing"
        await bot.advance(moment(4, 1))
        assert await bot.unit.outbox.dead()
        assert [each for each in await bot.unit.delivery_log.of(CHANGE) if each.notice == "reduced"] == []
        bot.teams.refuses = None
        await bot.type(NADIA, f"/change ledger {CHANGE}")
        assert "card or message" not in " ".join(words(bot.teams.calls[-1].message.card))
        await bot.type(NADIA, "/change admin again all")
        await bot.settle()
        assert await left_out(bot) == []
        assert place_of(bot.teams.with_button("precheck.approve")) == CHANNEL


def test_what_is_remembered_of_a_refusal_keeps_no_message() -> None:
    class _Big:
        """A message that could be kept by the frames of a traceback."""

    def sent(message: _Big) -> None:
        raise Rejected("refused", status=400)

    memory, kept = RefusalMemory(Clock(START)), _Big()
    seen = weakref.ref(kept)
    try:
        sent(kept)
    except Rejected as refusal:
        memory.put("one", refusal)
    del kept

    assert seen() is None
