"""What is remembered of a webhook that wants no more, while several events are on their way to it at once."""

import asyncio
from functools import partial

from application.retry import commit_with_retry
from storage import Store
from web.webhooks.sender import Endpoint, _note, _refused

ENDPOINT = Endpoint("deploy", "https://hooks.example.ch/", ("whsec_" + "A" * 43 + "=",))
AGAIN = Endpoint("deploy", "https://hooks.example.ch/new", ENDPOINT.secrets)


async def test_of_two_events_that_are_refused_at_once_both_can_be_sent_again(store: Store) -> None:
    async with store.units() as first:
        await _note(ENDPOINT, "CHG-2027-0001:2:webhook:deploy", first)
        second = asyncio.create_task(
            commit_with_retry(store.units, partial(_note, ENDPOINT, "CHG-2027-0002:2:webhook:deploy"))
        )
        await asyncio.wait([second], timeout=0.3)
    await second
    async with store.units() as unit:
        assert sorted(await _refused(unit, ENDPOINT)) == [
            "CHG-2027-0001:2:webhook:deploy",
            "CHG-2027-0002:2:webhook:deploy",
        ]
        assert await _refused(unit, AGAIN) == [], "it is another one now"
        await _note(ENDPOINT, "", unit)
        assert await _refused(unit, ENDPOINT) == []
        assert await unit.settings.beginning_with("webhook:") == {}
