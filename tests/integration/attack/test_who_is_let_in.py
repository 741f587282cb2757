"""Who may post an activity, what an activity may say of itself, and that what is not the bot's has no effect.

One bot in production mode is asked everything; whatever is refused is stored nowhere and answered to nobody.
"""

from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select

from bot.turn.activities import LONGEST_ID
from bot.turn.dialog_answers import DIALOGS
from bot.turn.people_search import SEARCH
from storage.engine import READ_ONLY
from storage.tables import outbox, people
from tests.support.key_server import APP_ID, key_server
from tests.support.production import House, production
from tests.support.recording_teams import TENANT

pytestmark = pytest.mark.asyncio(loop_scope="module")
ELSEWHERE = "00000000-0000-0000-0000-0000000000ee"
OWN: dict[str, Any] = {"iss": f"https://sts.windows.net/{TENANT}/", "serviceurl": None, "tid": TENANT}
PLACES_OF_A_TENANT = ("sender", "conversation", "data", "team")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    with key_server() as keys:
        async with production(tmp_path_factory.mktemp("house"), keys) as built:
            yield built


async def traces(house: House) -> list[int]:
    """How many messages were put on their way so far, and how many people it knows."""
    async with house.app.store.engine.connect() as connection:
        looking = await connection.execution_options(**{READ_ONLY: True})
        return [
            (await looking.execute(select(func.count()).select_from(each))).scalar_one() for each in (outbox, people)
        ]


# ── Tokens that Microsoft signed for this bot, but for somebody who is not Teams ───────────────────────────────────

USER, NADIA = {"scp": "access_as_user"}, "nadia@example.ch"
DELEGATED: dict[str, dict[str, Any]] = {
    "somebody signed in to our app": OWN | USER | {"appid": APP_ID},
    "somebody signed in, version 2": OWN | USER | {"azp": APP_ID, "preferred_username": NADIA},
    "a scope that is empty": OWN | {"appid": APP_ID, "scp": ""},
    "a scope that is no text": OWN | {"appid": APP_ID, "scp": None, "idtyp": "user"},
    "a token of a user": OWN | {"appid": APP_ID, "idtyp": "user"},
    "a name to sign in with": OWN | {"appid": APP_ID, "upn": NADIA},
    "an older name to sign in with": OWN | {"appid": APP_ID, "unique_name": NADIA},
    "an app that keeps no secret": OWN | {"azp": APP_ID, "azpacr": "0"},
    "an app that keeps no secret, version 1": OWN | {"appid": APP_ID, "appidacr": "0"},
    "Teams' own client signs somebody in": OWN | USER | {"azp": "1fec8e78-bce4-4aaf-ab1b-5451cc387264"},
    "another app by itself": OWN | {"azp": ELSEWHERE, "idtyp": "app"},
    "nobody in particular": OWN,
    "Teams' issuer, but somebody signed in": USER,
    "Teams' issuer, but a user": {"idtyp": "user"},
}


async def test_a_token_that_somebody_signed_in_for_does_not_pass_as_teams(house: House) -> None:
    before = await traces(house)
    for what, claims in DELEGATED.items():
        answer = await house.post(house.signed(**claims), house.typed())
        assert (answer.status_code, answer.json()["error"][-1]) == (401, "."), what
    assert await traces(house) == before


async def test_the_bots_own_token_is_good_for_a_probe_and_speaks_as_nobody(house: House) -> None:
    before = await traces(house)
    own = house.signed(**OWN, appid=APP_ID, idtyp="app")
    probe = house.typed() | {"type": "typing", "from": {"id": "check"}, "conversation": {"id": "check"}}

    assert (await house.post(own, probe)).status_code == 200
    assert (await house.post(own, house.typed())).status_code == 403
    assert await traces(house) == before


# ── Activities of two organisations ────────────────────────────────────────────────────────────────────────────────


def _named(house: House, **tenants: Any) -> dict[str, Any]:
    """Nadia types something; the organisations are named as given, and where None is given not at all."""
    activity = house.typed()
    told: dict[str, Any] = {"sender": None, "conversation": TENANT, "data": TENANT, "team": None} | tenants
    activity["from"] |= {"tenantId": told["sender"]}
    activity["conversation"] |= {"tenantId": told["conversation"]}
    activity["channelData"] = {"tenant": {"id": told["data"]}, "team": {"id": "t", "tenantId": told["team"]}}
    return activity


async def test_every_organisation_that_an_activity_names_is_the_one_that_is_served(house: House) -> None:
    before = await traces(house)
    for place, tenant in product(PLACES_OF_A_TENANT, (ELSEWHERE, [TENANT], {"id": TENANT}, 5, True)):
        answer = await house.post(house.signed(), _named(house, **{place: tenant}))
        # What is no text is no name of an organisation, and the shape of the activity is refused already.
        assert answer.status_code in ({403} if isinstance(tenant, str) else {400, 403}), (place, tenant)
        assert answer.json()["error"].count(".") == 1, (place, tenant)
    for everywhere in (ELSEWHERE, None):
        activity = _named(house, **dict.fromkeys(PLACES_OF_A_TENANT, everywhere))
        assert (await house.post(house.signed(), activity)).status_code == 403
    assert (await house.post(house.signed(tid=ELSEWHERE), _named(house))).status_code == 403
    assert await traces(house) == before


async def test_what_teams_really_sends_is_let_in_whatever_it_leaves_out(house: House) -> None:
    real: list[dict[str, Any]] = [
        _named(house),
        _named(house, sender=TENANT, team=TENANT),
        _named(house, conversation=None),
        _named(house, data=None),
        _named(house, data=TENANT.upper(), sender=TENANT),
        _named(house) | {"type": "conversationUpdate", "membersAdded": [{"id": "29:guest", "tenantId": ELSEWHERE}]},
        _named(house) | {"type": "installationUpdate", "action": "add-upgrade"},
        _named(house) | {"recipient": {"id": "28:bot", "tenantId": ELSEWHERE}},
    ]
    optional = ("locale", "replyToId", "from.tenantId", "channelData.team.aadGroupId", "from.name")
    real += [with_value(house.typed(), place, None) for place in optional]
    for number, activity in enumerate(real):
        assert (await house.post(house.signed(), activity | {"id": f"real {number}"})).status_code == 200, activity
    assert (await house.post(house.signed(tid=TENANT.upper()), _named(house))).status_code == 200


async def test_two_organisations_that_are_both_served_do_not_speak_for_each_other(tmp_path: Path) -> None:
    with key_server() as keys:
        async with production(tmp_path, keys, CHANGE_TENANTS=f"{TENANT},{ELSEWHERE}") as house:
            assert (await house.post(house.signed(), _named(house, sender=ELSEWHERE))).status_code == 403
            both = dict.fromkeys(("sender", "conversation", "data"), ELSEWHERE)
            assert (await house.post(house.signed(), _named(house, **both))).status_code == 200


# ── Ids: texts of a length that can be kept, wherever they stand ───────────────────────────────────────────────────

PLACES = (
    *("id", "channelId", "serviceUrl", "replyToId", "locale", "action"),
    *("from.id", "from.aadObjectId", "from.tenantId", "from.name", "recipient.id", "recipient.aadObjectId"),
    *("conversation.id", "conversation.tenantId", "conversation.conversationType"),
    *("channelData.tenant.id", "channelData.team.id", "channelData.team.aadGroupId", "channelData.team.tenantId"),
    *("channelData.channel.id", "channelData.channel.tenantId", "channelData.eventType"),
    *("membersAdded.0.id", "membersAdded.0.aadObjectId", "membersRemoved.0.id"),
)
WRONG: tuple[Any, ...] = (["x" * 5000], {"id": "x"}, 17, True, "x" * (LONGEST_ID + 1))


def with_value(raw: dict[str, Any], place: str, value: Any) -> dict[str, Any]:
    """A copy with that value there."""
    head, _, rest = place.partition(".")
    if not rest:
        return raw | {head: value}
    if rest.startswith("0."):
        return raw | {head: [with_value({}, rest[2:], value)]}
    return raw | {head: with_value(raw.get(head) or {}, rest, value)}


async def test_what_is_no_text_of_bearable_length_is_no_id_anywhere(house: House) -> None:
    before = await traces(house)
    for place, value in product(PLACES, WRONG):
        if place == "from.name" and isinstance(value, str):
            continue  # a name is cut
        response = await house.post(house.signed(), with_value(house.typed(), place, value))
        assert response.status_code == 400, (place, type(value))
    assert await traces(house) == before


# ── Invokes that nothing of ours gives ─────────────────────────────────────────────────────────────────────────────

FOREIGN = (
    *("task/Fetch", "task/submit ", "composeExtension/query", "composeExtension/anonymousQueryLink"),
    *("composeExtension/selectItem", "signin/verifyState", "signin/tokenExchange", "fileConsent/invoke"),
    *("actionableMessage/executeAction", "config/fetch", "message/submitAction"),
    *("handoff/action", "adaptiveCard/Action", "somebody/elses", "x" * 5000, "", None),
)
PRESS = {"action": {"type": "Action.Execute", "verb": "look", "data": {"change": "CHG-2027-0001", "typed": "mine"}}}


def _invoked(house: House, name: str | None, value: object, *, known: bool) -> dict[str, Any]:
    activity = house.typed(type="invoke", name=name, value=value)
    if not known:
        del activity["from"]["aadObjectId"]
    return activity


async def test_a_foreign_invoke_is_answered_as_not_supported(house: House) -> None:
    before = await traces(house)
    for name, known in product(FOREIGN, (True, False)):
        answer = await house.post(house.signed(), _invoked(house, name, PRESS, known=known))
        assert (answer.status_code, answer.content) == (501, b""), name
    assert await traces(house) == before


async def test_an_invoke_of_ours_is_answered_with_a_sentence_whoever_it_is_from(house: House) -> None:
    values: list[object] = [None, {}, {"action": None}, {"action": "x"}, {"action": {"verb": "x"}}, PRESS]
    for value, known in product(values, (True, False)):
        answer = await house.post(house.signed(), _invoked(house, "adaptiveCard/action", value, known=known))
        assert answer.status_code == 200
        assert answer.json()["value"], "no silence"
    dialogs: list[object] = [*values, {"data": None}, {"data": {"verb": "change.submit"}}, {"commandId": "x"}]
    for name, value, known in product(sorted(DIALOGS), dialogs, (True, False)):
        answer = await house.post(house.signed(), _invoked(house, name, value, known=known))
        assert answer.status_code == 200
        assert answer.json()["task"] == {"type": "message", "value": answer.json()["task"]["value"]}, "no silence"
    for value, known in product(values, (True, False)):
        answer = await house.post(house.signed(), _invoked(house, SEARCH, value, known=known))
        assert (answer.status_code, answer.json()["value"]) == (200, {"results": []})
