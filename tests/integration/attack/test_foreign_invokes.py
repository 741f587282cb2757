"""Invokes that no card of ours gives: answered as not supported, to whoever they are from, and without any effect."""

from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path

import pytest

from tests.integration.door.test_door import House, production
from tests.support.key_server import key_server

FOREIGN = (
    "task/fetch",
    "task/submit",
    "composeExtension/query",
    "composeExtension/queryLink",
    "composeExtension/fetchTask",
    "signin/verifyState",
    "signin/tokenExchange",
    "fileConsent/invoke",
    "actionableMessage/executeAction",
    "application/search",
    "config/fetch",
    "message/submitAction",
    "handoff/action",
    "adaptiveCard/Action",
    "somebody/elses",
    "x" * 5000,
    "",
    None,
)
PRESS = {"action": {"type": "Action.Execute", "verb": "look", "data": {"change": "CHG-2027-0001", "typed": "mine"}}}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    with key_server() as keys:
        async with production(tmp_path, keys) as built:
            yield built


async def test_a_foreign_invoke_is_answered_as_not_supported(house: House) -> None:
    for name, known in product(FOREIGN, (True, False)):
        activity = house.typed(type="invoke", name=name, value=PRESS)
        if not known:
            del activity["from"]["aadObjectId"]
        answer = await house.post(house.signed(), activity)
        assert (answer.status_code, answer.content) == (501, b""), name
    assert await house.deliveries() == 0
    async with house.app.store.units() as unit:
        assert await unit.people.everybody() == ()


async def test_an_invoke_of_ours_is_answered_with_a_sentence_whoever_it_is_from(house: House) -> None:
    values: list[object] = [None, {}, {"action": None}, {"action": "x"}, {"action": {"verb": "x"}}, PRESS]
    for value, known in product(values, (True, False)):
        activity = house.typed(type="invoke", name="adaptiveCard/action", value=value)
        if not known:
            del activity["from"]["aadObjectId"]
        answer = await house.post(house.signed(), activity)
        assert answer.status_code == 200
        assert answer.json()["value"], "no silence"
