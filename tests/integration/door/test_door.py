"""The HTTP side of a bot as its callers see it: who may post an activity, bad bodies, health, readiness, metrics."""

from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest

from http_server import LARGEST_BODY
from settings import SettingsError, from_environment
from tests.support.key_server import APP_ID, ISSUER, key_server
from tests.support.production import NOW, House, production
from tests.support.recording_teams import TENANT
from tests.support.running import Bot, running
from tests.support.teams import Teams


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    with key_server() as keys:
        async with production(tmp_path, keys) as built:
            yield built


def _forged(good: str) -> str:
    head, body, signature = good.rsplit(".", 2)
    return f"{head}.{body}.{signature[::-1]}"


def _unsigned(house: House, **claims: Any) -> str:
    facts = {"iss": ISSUER, "aud": APP_ID, "serviceurl": house.teams.service_url, "exp": NOW + timedelta(hours=1)}
    return f"Bearer {jwt.encode(facts | claims, '', algorithm='none', headers={'kid': 'A'})}"


REFUSED: dict[str, Callable[[House], str]] = {
    "unknown key": lambda house: house.signed(kid="nobody's"),  # the first: later it may be a new one
    "nothing": lambda house: "",
    "forged": lambda house: _forged(house.signed()),
    "expired": lambda house: house.signed(
        nbf=int((NOW - timedelta(hours=3)).timestamp()), exp=int((NOW - timedelta(hours=2)).timestamp())
    ),
    "wrong audience": lambda house: house.signed(aud="another-bot"),
    "wrong issuer": lambda house: house.signed(iss="https://sts.windows.net/elsewhere/"),
    "alg: none": _unsigned,
    "swapped serviceUrl": lambda house: house.signed(serviceurl="https://smba.example/emea/"),
}


async def test_a_token_that_is_not_teams_own_for_this_bot_and_address_or_another_tenant_is_refused(
    house: House,
) -> None:
    for what, authorization in REFUSED.items():
        answer = await house.post(authorization(house), house.typed())
        assert answer.status_code == 401, what
        assert answer.json()["error"].endswith(".")
    for tenant in ("00000000-0000-0000-0000-0000000000ee", ""):
        activity = house.typed()
        activity["channelData"]["tenant"]["id"] = activity["conversation"]["tenantId"] = tenant
        assert (await house.post(house.signed(), activity)).status_code == 403
    await house.post("", house.typed("change bind learn"))
    assert await house.unit.bindings.get("learn") is None
    assert await house.deliveries() == 0
    assert (await house.post(house.signed(), house.typed())).status_code == 200, "a correct one is let in"
    assert await house.deliveries() == 1


async def test_a_service_address_that_is_swapped_in_the_activity_gets_neither_an_answer_nor_the_bots_token(
    house: House,
) -> None:
    async with Teams(house.teams.bot_url, lambda: NOW) as evil:
        answer = await house.post(house.signed(), house.typed(serviceUrl=evil.service_url))

        assert answer.status_code == 401
        assert await house.deliveries() == 0
        assert evil.calls == []


async def test_a_request_that_is_replayed_has_no_second_effect_and_none_at_all_once_its_token_has_expired(
    house: House,
) -> None:
    signed, activity = house.signed(), house.typed()

    answers = [await house.post(signed, activity) for _ in range(5)]

    assert {each.status_code for each in answers} == {200}  # Teams itself repeats what it got no answer for
    assert await house.deliveries() == 1
    long_ago = int((NOW - timedelta(minutes=6)).timestamp())
    late = house.signed(nbf=long_ago - 3600, exp=long_ago)
    assert (await house.post(late, activity)).status_code == 401
    assert await house.deliveries() == 1


async def test_a_body_that_is_too_large_is_refused_with_a_sentence(house: House) -> None:
    answer = await house.post(house.signed(), house.typed("x" * LARGEST_BODY))

    assert answer.status_code == 413
    assert answer.json()["error"].endswith(".")


async def test_acting_as_somebody_else_and_moving_the_clock_do_not_exist_in_production(house: House) -> None:
    for order in ("/as Pierre", "/clock +14d", "/change as Pierre", "/change clock +14d"):
        await house.post(house.signed(), house.typed(order))
    await house.deliveries()

    assert len(house.teams.texts()) == 4
    assert all("/change help" in text for text in house.teams.texts())


def test_a_bot_of_many_tenants_has_to_say_whom_it_serves(tmp_path: Path) -> None:
    facts = {
        "MicrosoftAppId": "00000000-0000-0000-0000-00000000b070",
        "MicrosoftAppPassword": "secret",
        "MicrosoftAppType": "MultiTenant",
    }
    with pytest.raises(SettingsError, match="CHANGE_TENANTS"):
        from_environment(facts, tmp_path / ".env")
    assert from_environment(facts | {"CHANGE_TENANTS": f"{APP_ID}, {TENANT.upper()}"}, tmp_path / ".env").served == (
        APP_ID,
        TENANT,
    )


async def test_a_body_that_is_no_activity_gets_a_sentence_and_400(bot: Bot) -> None:
    async with httpx.AsyncClient(headers={"Content-Type": "application/json"}) as client:
        for body in (b"", b"{", b"[]", b'{"type": 1}', b'{"type": "message"}', b"\xff\xfe"):
            answer = await client.post(bot.teams.bot_url, content=body)
            assert answer.status_code == 400, body
            assert answer.json()["error"].endswith("."), body


async def test_the_bot_tells_how_it_is(tmp_path: Path) -> None:
    async with (
        running(tmp_path) as bot,
        httpx.AsyncClient(base_url=bot.teams.bot_url.removesuffix("api/messages")) as client,
    ):
        alive, ready, metrics = await client.get("healthz"), await client.get("readyz"), await client.get("metrics")
        assert alive.json() == {"alive": True}
        assert ready.json() == {"ready": True, "missing": ""}
        assert 'change_activities_total{status="200"}' in metrics.text
        assert "change_outbox_given_up 0.0" in metrics.text
        assert "change_outbox_waiting 0.0" in metrics.text
        await bot.app.jobs.stop()
        stopped = await client.get("readyz")
        assert (stopped.status_code, stopped.json()) == (503, {"ready": False, "missing": "worker"})


FOREIGN = (
    {"Host": "bot.example"},
    {"Host": "localhost.example"},
    {"Host": "192.0.2.1:3978"},
    {"Host": "a b"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
)


async def test_in_local_mode_every_address_answers_to_this_machines_own_names_only(tmp_path: Path) -> None:
    asked = [("POST", "/api/messages"), ("GET", "/nowhere"), ("PUT", "/metrics")]
    asked += [("GET", path) for path in ("/healthz", "/readyz", "/metrics", "/export/x", "/calendar/x")]
    async with running(tmp_path) as bot:
        url = bot.teams.bot_url.removesuffix("/api/messages")
        async with httpx.AsyncClient(base_url=url) as client:
            for method, path in asked:
                for foreign in FOREIGN:
                    refused = await client.request(method, path, headers=foreign)
                    assert refused.status_code == 403, (path, foreign)
                    assert refused.json() == {"error": "In local mode the bot is reached as localhost only."}
                for ours in ({}, {"Origin": url}, {"Host": "[::1]:3978"}, {"Host": "localhost"}):
                    assert (await client.request(method, path, headers=ours)).status_code != 403, (path, ours)
