"""A turn that fails has changed nothing, is answered, and is not tried for ever."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from application.ports import UserProfile
from application.retry_log import RetryLog
from bot.commands.command_context import CommandContext
from bot.connector.client import Connector, pooled_client
from bot.turn.activities import parse_activity
from bot.turn.activity_router import ActivityRouter
from bot.turn.identity import sender
from bot.turn.turn_handler import TurnHandler
from changes.effects import Reply
from changes.model import Person
from notices import NoticeRenderer
from settings import LOCAL_SERVICES, load_services
from storage import Store, open_store
from tests.integration.scheduler.conftest import Clock
from tests.support.teams import NADIA, Teams

NOW = datetime(2027, 3, 15, 9, 0, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await open_store(f"sqlite+aiosqlite:///{tmp_path}/changes.db", RetryLog())
    yield store
    await store.close()


@pytest.fixture
async def taken(store: Store) -> AsyncIterator[TurnHandler]:
    """Takes activities; a call for help fails in the middle."""

    async def broken(request: CommandContext) -> None:
        await request.turn_input.session.unit.people.upsert([UserProfile(Person("x", "Half done"))])
        raise LookupError("a defect")

    brain = ActivityRouter(
        load_services(LOCAL_SERVICES).catalogue, Clock(NOW), NoticeRenderer(), sender, {"help": broken}, local=True
    )
    async with pooled_client() as client:
        yield TurnHandler(store.units, Clock(NOW), brain, lambda _: None, Connector(client), store.read_only_units)


async def test_a_command_that_fails_is_rolled_back_and_said_once_however_often_it_is_delivered(
    store: Store, taken: TurnHandler
) -> None:
    typed = Teams("", lambda: NOW, service_url="http://127.0.0.1:9/").activity(NADIA, "personal")
    activity = parse_activity(json.dumps(typed | {"type": "message", "text": "change help"}).encode())
    for _ in range(3):
        assert await taken.handle(activity) is None
    async with store.units() as unit:
        waiting = await unit.outbox.claim(NOW, "test", 60)
        met = await unit.people.get("x")
    assert met is None, "half of the failed turn was saved"
    assert len(waiting) == 1
    reply = waiting[0].effect
    assert isinstance(reply, Reply)
    assert str(reply.activity["text"]).startswith("Something went wrong on our side and nothing was changed.")


async def test_a_press_that_fails_is_rolled_back_and_answered_in_the_pressers_language(
    store: Store, taken: TurnHandler
) -> None:
    pressed = {"action": {"verb": "command", "data": {"change": "command", "typed": "help"}}}
    teams = Teams("", lambda: NOW, service_url="http://127.0.0.1:9/")
    raw = teams.activity(NADIA, "personal") | {"type": "invoke", "name": "adaptiveCard/action", "value": pressed}
    for locale, begins in (("en-GB", "Something went wrong on our side"), ("fr-CH", "Quelque chose n’a pas marché")):
        answer = await taken.handle(parse_activity(json.dumps(raw | {"locale": locale}).encode()))
        assert answer is not None
        assert answer.body is not None
        assert answer.body["statusCode"] == 500, answer.body
        assert answer.body["value"]["message"].startswith(begins), answer.body
    async with store.units() as unit:
        assert await unit.people.get("x") is None
        assert await unit.outbox.claim(NOW, "test", 60) == ()
