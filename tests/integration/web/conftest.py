"""The bot in production, with pages, and a draft of Nadia's that is nobody else's business yet."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.integration.web.looking import ADDRESS
from tests.support.key_server import key_server
from tests.support.production import House, begin_request, production
from tests.support.recording_teams import TENANT as SERVED
from tests.support.running import FORM
from tests.support.teams import NADIA, TENANT


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    given = {"CHANGE_TENANTS": f"{SERVED},{TENANT}", "CHANGE_PUBLIC_URL": ADDRESS}
    with key_server() as keys:
        async with production(tmp_path, keys, **given) as built:
            built.teams._client.headers["Authorization"] = built.signed()
            await begin_request(built, NADIA)
            await built.teams.press(NADIA, "change.edit", inputs=FORM | {"title": "A secret", "date": "2031-04-15"})
            await built.app.worker.run_due()
            yield built
