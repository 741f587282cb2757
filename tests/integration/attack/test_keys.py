"""The keys that tokens are checked with: while they rotate, while they cannot be fetched, and which ones count."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from application.bearer_tokens import Unauthorised
from application.ports.signing_keys import KeysUnavailable
from application.retry_log import RetryLog
from bot.auth.signing_keys import SigningKeys
from tests.integration.attack import raw
from tests.integration.door.test_tokens import Desk, desk, keys
from tests.support.key_server import APP_ID, ISSUER, key_server, private_key, public_key
from tests.support.production import House, production

__all__ = ["desk", "keys"]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    with key_server() as started:
        async with production(tmp_path, started) as built:
            yield built


# ── Rotation ──────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_after_a_failed_refresh_a_new_key_is_not_refused_but_asked_for_again_a_second_later(desk: Desk) -> None:
    await desk.admits(desk.signed())
    desk.keys.keys, desk.keys.status = [public_key("A"), public_key("B")], 500
    desk.pass_time(minutes=5)
    for _ in range(3):
        with pytest.raises(KeysUnavailable):
            await desk.admits(desk.signed("B"))
    await desk.admits(desk.signed("A"))  # known keys go on

    desk.keys.status = 200
    desk.pass_time(seconds=1)

    await desk.admits(desk.signed("B"))


async def test_the_bot_answers_503_until_it_has_keys_and_lets_teams_in_as_soon_as_it_has(house: House) -> None:
    house.keys.status = 500
    refused = [await house.post(house.signed(), house.typed()) for _ in range(3)]
    assert {each.status_code for each in refused} == {503}
    assert all(each.headers["Retry-After"] for each in refused)

    house.keys.status = 200
    async with asyncio.timeout(10):
        while (await house.post(house.signed(), house.typed())).status_code == 503:  # noqa: ASYNC110
            await asyncio.sleep(0.05)  # tokens live by real time, and so do their keys
    assert await house.deliveries() == 1


async def test_a_clock_that_was_set_back_keeps_nobody_from_the_new_key(desk: Desk) -> None:
    await desk.admits(desk.signed())
    desk.keys.keys = [public_key("A"), public_key("B")]
    desk.pass_time(hours=-1)
    await desk.admits(desk.signed("B"))

    desk.keys.keys, desk.keys.status = [public_key("A"), public_key("B"), public_key("C")], 500
    desk.pass_time(minutes=5)
    with pytest.raises(KeysUnavailable):
        await desk.admits(desk.signed("C"))
    desk.keys.status = 200
    desk.pass_time(hours=-1)
    await desk.admits(desk.signed("C"))


@pytest.mark.parametrize(
    ("status", "minutes", "most"),
    [
        pytest.param(500, 5, 16, id="while it is down: after 1, 2, 4, 8, 16, 32 seconds, then each minute"),
        pytest.param(200, 0, 2 * 600 // 30, id="while it answers: one fetch in half a minute"),
    ],
)
async def test_strangers_who_go_on_making_up_keys_do_not_make_us_hammer_microsoft(
    desk: Desk, status: int, minutes: int, most: int
) -> None:
    await desk.admits(desk.signed())
    desk.keys.status = status
    desk.pass_time(minutes=minutes)
    asked = len(desk.keys.asked)

    for second in range(600):  # one each second for ten minutes
        with pytest.raises((Unauthorised, KeysUnavailable)):
            await desk.check(raw.unsigned({"alg": "RS256", "kid": str(second)}, {"iss": ISSUER}))
        desk.pass_time(seconds=1)

    assert len(desk.keys.asked) - asked <= most


async def test_strangers_who_all_make_up_keys_at_once_cost_one_fetch_and_are_refused(desk: Desk) -> None:
    await desk.admits(desk.signed())
    desk.keys.seconds = 0.05
    desk.pass_time(minutes=5)

    made_up = [desk.check(raw.unsigned({"alg": "RS256", "kid": str(each)}, {"iss": ISSUER})) for each in range(200)]
    refused = await asyncio.gather(*made_up, return_exceptions=True)

    assert {type(each) for each in refused} == {Unauthorised}
    assert len(desk.keys.asked) == 4


async def test_a_new_key_that_appears_right_after_a_fetch_is_never_refused_whatever_strangers_do(desk: Desk) -> None:
    await desk.admits(desk.signed())
    desk.keys.keys = [public_key("A"), public_key("B")]
    made_up = raw.unsigned({"alg": "RS256", "kid": "made-up"}, {"iss": ISSUER})

    for _ in range(30):
        with pytest.raises(KeysUnavailable):
            await desk.admits(desk.signed("B"))
        with pytest.raises(KeysUnavailable):
            await desk.check(made_up)
        await desk.admits(desk.signed("A"))
        desk.pass_time(seconds=1)
    assert len(desk.keys.asked) == 2

    with pytest.raises(Unauthorised):
        await desk.check(made_up)  # the fetch that a stranger causes serves everybody
    await desk.admits(desk.signed("B"))
    assert len(desk.keys.asked) == 4


async def test_a_stranger_who_makes_us_fetch_keys_holds_nobody_up(desk: Desk) -> None:
    await desk.admits(desk.signed())
    desk.keys.released.clear()
    desk.pass_time(minutes=5)
    stranger = asyncio.create_task(desk.check(raw.unsigned({"alg": "RS256", "kid": "X"}, {"iss": ISSUER})))
    assert await asyncio.to_thread(desk.keys.waiting.wait, 30)

    await desk.admits(desk.signed())

    assert not stranger.done()
    desk.keys.released.set()
    with pytest.raises(Unauthorised):
        await stranger


class Silent:
    """A key server that answers once, and then never again."""

    def __init__(self) -> None:
        self.asked = 0
        self.silent = False

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked += 1
        if self.silent:
            await asyncio.Event().wait()
        keys = {"keys": [public_key("A")], "jwks_uri": "https://keys.example/"}
        return httpx.Response(200, json=keys, request=request)


async def test_a_key_server_that_never_answers_is_waited_for_so_long_and_no_longer() -> None:
    server, time = Silent(), [datetime(2026, 11, 23, tzinfo=UTC)]
    async with httpx.AsyncClient(transport=httpx.MockTransport(server.answer)) as client:
        keys = SigningKeys(client, "https://openid.example/", lambda: time[0], RetryLog(), longest_s=1)
        assert await keys.find("A")
        server.silent = True
        time[0] += timedelta(days=2)

        found = await asyncio.gather(*(keys.find(kid) for kid in "AABBB"), return_exceptions=True)

        assert [type(each).__name__ for each in found] == ["SigningKey"] * 2 + ["KeysUnavailable"] * 3
        assert server.asked == 3


async def test_keys_are_fetched_once_for_everybody_who_waits_though_whoever_asked_first_hangs_up(desk: Desk) -> None:
    desk.keys.seconds = 0.05
    first, *others = [asyncio.create_task(desk.admits(desk.signed())) for _ in range(20)]
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.gather(*others)
    assert len(desk.keys.asked) == 2  # where the keys are, and the keys


# ── Which keys count ──────────────────────────────────────────────────────────────────────────────────────────────


NO_SIGNING_KEYS: tuple[dict[str, Any], ...] = (
    *({"use": "enc"}, {"use": None}, {"alg": "RSA-OAEP"}, {"alg": "RS512"}, {"alg": "PS256"}),
    *({"kty": "oct", "k": "AAAA"}, {"kty": None}, {"key_ops": ["encrypt"]}, {"key_ops": "verify"}, {"key_ops": []}),
    *({"n": 5}, {"n": "AAAA"}, {"e": "AA"}, {"endorsements": "msteams"}, {"endorsements": [{}]}),
)


async def test_a_key_that_is_not_for_checking_signatures_lets_nobody_in(desk: Desk) -> None:
    for fields in NO_SIGNING_KEYS:
        desk.keys.keys = [public_key("E") | fields, public_key("A")]
        desk.pass_time(days=2)

        with pytest.raises(Unauthorised, match="does not have"):
            await desk.check(desk.signed("E"))
        await desk.admits(desk.signed("A"))
    for kid in (5, ["A"], {"A": 1}, None, "", "A"):  # an odd name, or one that the first has
        others = [public_key("E") | {"kid": kid}]
        desk.keys.keys = [public_key("A"), *others] if kid == "A" else [*others, public_key("A")]
        desk.pass_time(days=2)
        await desk.admits(desk.signed("A"))


async def test_a_weak_or_a_private_key_lets_nobody_in(desk: Desk) -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  # that is the point
    told: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(weak.public_key(), as_dict=True)
    private: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(private_key("P"), as_dict=True)
    desk.keys.keys = [told | {"kid": "W"}, private | {"kid": "P"}, public_key("A")]
    header = '{"alg": "RS256", "kid": "W"}'

    for authorization in (raw.signed(header, f'{{"iss": "{ISSUER}"}}', weak), desk.signed("P")):
        desk.pass_time(minutes=1)
        with pytest.raises(Unauthorised, match="does not have"):
            await desk.check(authorization)


# ── Which tokens count ────────────────────────────────────────────────────────────────────────────────────────────

NO_TIMES = ["NaN", "Infinity", "-Infinity", "1" + "0" * 400, "1e400", "-1", "4.1e9", '"tomorrow"', "true", "[]", "{}"]
NO_TIMES += [str(2**63), str(2**53), '"4102444800"']


def _saying(**claims: str) -> str:
    """The claims of a good token for this bot as JSON, each given as it stands there."""
    usual = {"iss": f'"{ISSUER}"', "aud": f'"{APP_ID}"', "exp": "4102444800", "serviceurl": '"http://x/"'}
    return "{" + ", ".join(f'"{name}": {value}' for name, value in (usual | claims).items() if value) + "}"


def _signed(claims: str | bytes, header: str = '{"alg": "RS256", "kid": "A"}') -> str:
    return raw.signed(header, claims, private_key("A"))


ODD_TIMES = {f"{name} is {value[:12]}": {name: value} for name in ("exp", "nbf", "iat") for value in NO_TIMES}
ODD_CLAIMS: dict[str, str | bytes] = {
    **{what: _saying(**claims) for what, claims in ODD_TIMES.items()},
    "exp is missing": _saying(exp=""),
    "exp is null": _saying(exp="null"),
    "issued in the future": _saying(iat="4102444000"),
    "an audience that is no text": _saying(aud="[5, {}]"),
    "an issuer that is no text": _saying(iss="[]"),
    "a subject that is no text": _saying(sub="5"),
    "a list": "[]",
    "no JSON": "{",
    "no UTF-8": b'{"iss": "\xff"}',
    "nests without end": "[" * 2000,
    "nests": _saying(a="[" * 1500 + "]" * 1500),
    "many digits": _saying(exp="1" * 5000),
}
ODD_HEADERS: dict[str, str] = {
    **{
        f"named {kid[:12]}": f'{{"alg": "RS256", "kid": {kid}}}' for kid in ("5", "null", "[]", '{"a": 1}', '"\\ud800"')
    },
    **{
        f"alg {alg}": f'{{"alg": "{alg}", "kid": "A"}}' for alg in ("RS512", "PS256", "HS256", "ES256", "none", "rs256")
    },
    "a long name": f'{{"alg": "RS256", "kid": "{"k" * 3000}"}}',
    "no algorithm": '{"kid": "A"}',
    "two algorithms": '{"alg": "RS256", "alg": "none", "kid": "A"}',
    "critical": '{"alg": "RS256", "kid": "A", "crit": ["exp"]}',
    "critical in an odd way": '{"alg": "RS256", "kid": "A", "crit": 5}',
    "detached": '{"alg": "RS256", "kid": "A", "b64": false, "crit": ["b64"]}',
    "its own key": '{"alg": "RS256", "kid": "B", "jku": "https://evil.example/", "jwk": {"kty": "RSA"}}',
}


async def test_a_token_that_says_something_odd_lets_nobody_in(house: House, caplog: pytest.LogCaptureFixture) -> None:
    good = _signed(_saying(serviceurl=f'"{house.teams.service_url}"'))
    assert (await house.post(good, house.typed())).status_code == 200

    tokens = {what: _signed(claims) for what, claims in ODD_CLAIMS.items()}
    tokens |= {what: _signed(_saying(), header) for what, header in ODD_HEADERS.items()}
    answers = {what: (await house.post(token, house.typed())).status_code for what, token in tokens.items()}

    assert answers.pop("its own key") == 503  # it may be a new one of Microsoft's, and nothing else is asked about it
    assert len(house.keys.asked) == 2
    assert {what: status for what, status in answers.items() if status != 401} == {}
    assert [record.getMessage() for record in caplog.records if record.exc_info] == []
