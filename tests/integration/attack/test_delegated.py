"""Tokens that Microsoft signed for this bot, but for somebody who is not Teams; and activities of two organisations."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.door.test_door import House, production
from tests.support.key_server import APP_ID, key_server
from tests.support.recording_teams import TENANT

ELSEWHERE = "00000000-0000-0000-0000-0000000000ee"
OWN: dict[str, Any] = {"iss": f"https://sts.windows.net/{TENANT}/", "serviceurl": None, "tid": TENANT}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    with key_server() as keys:
        async with production(tmp_path, keys) as built:
            yield built


DELEGATED: dict[str, dict[str, Any]] = {
    "somebody signed in to our app": {"appid": APP_ID, "scp": "access_as_user"},
    "somebody signed in, version 2": {"azp": APP_ID, "scp": "access_as_user", "preferred_username": "nadia@example.ch"},
    "a scope that is empty": {"appid": APP_ID, "scp": ""},
    "a scope that is no text": {"appid": APP_ID, "scp": None, "idtyp": "user"},
    "a token of a user": {"appid": APP_ID, "idtyp": "user"},
    "a name to sign in with": {"appid": APP_ID, "upn": "nadia@example.ch"},
    "an older name to sign in with": {"appid": APP_ID, "unique_name": "nadia@example.ch"},
    "an app that keeps no secret": {"azp": APP_ID, "azpacr": "0"},
    "an app that keeps no secret, version 1": {"appid": APP_ID, "appidacr": "0"},
    "Teams' own client signs somebody in": {"azp": "1fec8e78-bce4-4aaf-ab1b-5451cc387264", "scp": "access_as_user"},
    "another app by itself": {"azp": ELSEWHERE, "idtyp": "app"},
    "nobody in particular": {},
}


async def test_a_token_that_somebody_signed_in_for_does_not_pass_as_teams(house: House) -> None:
    for what, claims in DELEGATED.items():
        answer = await house.post(house.signed(**(OWN | claims)), house.typed())
        assert answer.status_code == 401, what
        assert answer.json()["error"].endswith("."), what
    for claims in ({"scp": "access_as_user"}, {"idtyp": "user"}):
        assert (await house.post(house.signed(**claims), house.typed())).status_code == 401
    assert await house.deliveries() == 0


async def test_the_bots_own_token_is_good_for_a_probe_and_speaks_as_nobody(house: House) -> None:
    own = house.signed(**OWN, appid=APP_ID, idtyp="app")
    probe = house.typed() | {"type": "typing", "from": {"id": "check"}, "conversation": {"id": "check"}}

    assert (await house.post(own, probe)).status_code == 200
    assert (await house.post(own, house.typed())).status_code == 403
    assert await house.deliveries() == 0


def _named(house: House, **tenants: Any) -> dict[str, Any]:
    """Nadia types something; the organisations are named as given, and where None is given not at all."""
    activity = house.typed()
    told: dict[str, Any] = {"sender": None, "conversation": TENANT, "data": TENANT, "team": None} | tenants
    activity["from"] |= {"tenantId": told["sender"]}
    activity["conversation"] |= {"tenantId": told["conversation"]}
    activity["channelData"] = {"tenant": {"id": told["data"]}, "team": {"id": "t", "tenantId": told["team"]}}
    return activity


async def test_every_organisation_that_an_activity_names_is_the_one_that_is_served(house: House) -> None:
    for place in ("sender", "conversation", "data", "team"):
        for tenant in (ELSEWHERE, [TENANT], {"id": TENANT}, 5, True):
            answer = await house.post(house.signed(), _named(house, **{place: tenant}))
            # What is no text is no name of an organisation, and the shape of the activity is refused already.
            refused = {403} if isinstance(tenant, str) else {400, 403}
            assert answer.status_code in refused, (place, tenant)
            assert answer.json()["error"].count(".") == 1, (place, tenant)
    everywhere = dict.fromkeys(("sender", "conversation", "data", "team"), ELSEWHERE)
    assert (await house.post(house.signed(), _named(house, **everywhere))).status_code == 403
    nowhere = dict.fromkeys(("sender", "conversation", "data", "team"))
    assert (await house.post(house.signed(), _named(house, **nowhere))).status_code == 403
    assert (await house.post(house.signed(tid=ELSEWHERE), _named(house))).status_code == 403
    assert await house.deliveries() == 0


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
    for activity in real:
        assert (await house.post(house.signed(), activity)).status_code == 200, activity
    assert (await house.post(house.signed(tid=TENANT.upper()), _named(house))).status_code == 200


async def test_two_organisations_that_are_both_served_do_not_speak_for_each_other(tmp_path: Path) -> None:
    with key_server() as keys:
        async with production(tmp_path, keys, CHANGE_TENANTS=f"{TENANT},{ELSEWHERE}") as house:
            assert (await house.post(house.signed(), _named(house, sender=ELSEWHERE))).status_code == 403
            both = dict.fromkeys(("sender", "conversation", "data"), ELSEWHERE)
            assert (await house.post(house.signed(), _named(house, **both))).status_code == 200
