"""The bot that these tests reach from outside, and what is heard of it among others and alone."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from changes.model import Change, State
from changes.reporting.search import Search
from tests.integration.attack.test_one_spelling import CLAIRE, NADIA, PIERRE
from tests.support.key_server import key_server
from tests.support.production import House, begin_request, production
from tests.support.recording_teams import TENANT as SERVED
from tests.support.running import FORM
from tests.support.services import services_toml
from tests.support.teams import TENANT, Message, Somebody

SECRET = "Nobody shall know this"
SERVICES = services_toml(PIERRE.object_id, admins=(NADIA.object_id, CLAIRE.object_id))


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """A bot in production mode, with a draft of Nadia's that she wrote in her own chat; Claire never wrote to it."""
    own = tmp_path / "own.toml"
    own.write_text(SERVICES, encoding="utf-8")
    given = {
        "CHANGE_SERVICES": str(own),
        "CHANGE_TENANTS": f"{SERVED},{TENANT}",
        "CHANGE_PUBLIC_URL": "https://change.example.ch",
    }
    with key_server() as keys:
        async with production(tmp_path, keys, **given) as built:
            built.teams._client.headers["Authorization"] = built.signed()
            await built.teams.type(NADIA, "bind learn", "channel")
            await begin_request(built, NADIA)
            form = FORM | {"title": SECRET, "date": "2031-04-15"}
            await built.teams.press(NADIA, "change.edit", inputs=form)
            await built.app.worker.run_due()
            yield built


@pytest.fixture
async def draft(house: House) -> str:
    """The id of Nadia's draft."""
    [found] = await house.unit.changes.find(Search(states=(State.DRAFT,)))
    return found.id


async def stored(house: House, change: str) -> Change:
    found = await house.unit.changes.load(change)
    assert found is not None
    return found.change


async def heard(house: House, who: Somebody, text: str, where: str) -> tuple[list[str], list[Message]]:
    """What the others read of it, as a whole, and what the person reads in their own chat."""
    before = len(house.teams.calls)
    await house.teams.type(who, text, where)
    return await since(house, who, before)


async def since(house: House, who: Somebody, before: int) -> tuple[list[str], list[Message]]:
    """Everything, once it was delivered: Teams takes only so many messages a second."""
    async with asyncio.timeout(20):
        while (await house.unit.outbox.waiting())[0]:
            await house.app.worker.run_due()
    new = [call.message for call in house.teams.calls[before:]]
    alone = [each for each in new if each.conversation == f"personal-{who.id}"]
    others = [each.text or json.dumps(each.card, ensure_ascii=False) for each in new if each not in alone]
    return others, alone
