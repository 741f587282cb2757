"""The bot that these tests reach from outside."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.attack.test_one_spelling import CLAIRE, NADIA, PIERRE
from tests.integration.door.test_door import House, production
from tests.support.key_server import key_server
from tests.support.recording_teams import TENANT as SERVED
from tests.support.running import FORM
from tests.support.teams import TENANT

SECRET = "Nobody shall know this"
SERVICES = f"""
admins = ["{NADIA.object_id}", "{CLAIRE.object_id}"]
[[service]]
key = "learn"
name = "ISC Learn Platform"
approver = "{PIERRE.object_id}"
[service.vps]
name = "Hannibal"
"""


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
            await built.teams.type(NADIA, "/change new")
            await built.app.worker.run_due()
            form = FORM | {"title": SECRET, "date": "2031-04-15"}
            await built.teams.press(NADIA, "change.edit", inputs=form)
            await built.app.worker.run_due()
            yield built
