"""The token of a request, checked against a key server; and our own for Teams and Graph, from a sign-in server."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
from botbuilder.schema import Activity
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from application.bearer_tokens import Unauthorised
from application.ports import RetryableError
from application.ports.signing_keys import KeysUnavailable, SigningKey
from application.retry_log import RetryLog
from bot.auth.authentication import PROBE_ID, Forbidden, Issuer, TokenValidator, issuers_for
from bot.auth.bot_auth import BotToken
from bot.auth.verified_tokens import MOST, VerifiedToken, VerifiedTokens
from bot.connector.errors import NoToken
from notices import GraphToken
from tests.support.examples import examples
from tests.support.key_server import APP_ID, ISSUER, KeyServer, key_server, public_key, token
from tests.support.recording_teams import TENANT, Teams, message

TEAMS = "https://smba.example/emea/"
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class CountedValidator(TokenValidator):
    """Says whose signatures were checked."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.checked: list[str] = []

    def _verified(self, token: str, *by: Any) -> Mapping[str, Any]:
        self.checked.append(token)
        return super()._verified(token, *by)


@dataclass(slots=True)
class Desk:
    """A check, the keys it reads and the clock it lives by."""

    check: CountedValidator
    keys: KeyServer
    time: list[datetime]

    def pass_time(self, **amount: float) -> None:
        """Let time pass."""
        self.time[0] += timedelta(**amount)

    def signed(self, kid: str = "A", **claims: Any) -> str:
        """A good authorization, but for what is given."""
        return f"Bearer {token(self.time[0], kid, **({'serviceurl': TEAMS} | claims))}"

    async def admits(self, authorization: str | None, **fields: Any) -> None:
        """Ask the check; it raises where it refuses."""
        activity = message(Teams(TEAMS), **fields)
        caller = await self.check(authorization)
        caller.authorize_activity(Activity().deserialize(activity))


@pytest.fixture
def keys() -> Iterator[KeyServer]:
    with key_server() as started:
        yield started


@pytest.fixture
async def desk(keys: KeyServer) -> AsyncIterator[Desk]:
    time = [START]
    async with httpx.AsyncClient() as client:
        issuers = (
            Issuer(ISSUER, keys.metadata_url),
            Issuer(f"https://sts.windows.net/{TENANT}/", keys.metadata_url, is_own_tenant=True),
        )
        yield Desk(CountedValidator(APP_ID, issuers, client, lambda: time[0], {TENANT}, RetryLog()), keys, time)


REFUSED: tuple[tuple[str | dict[str, Any] | None, str], ...] = (
    *((nothing, "Send a bearer token") for nothing in (None, "")),
    *((odd, "not a bearer token") for odd in ("Basic YTpi", "Bearer", "Bearer a b")),
    *((odd, "cannot be read") for odd in ("Bearer garbage", "Bearer a.b.c")),
    ({"aud": "another-bot"}, "another bot"),
    ({"aud": None}, "nothing about aud"),
    ({"iss": "https://evil.example"}, "does not trust"),
    ({"iss": None}, "not of the kind"),
    ({"exp": None}, "nothing about exp"),
    ({"exp": "tomorrow"}, "lifetime|signature"),
    ({"serviceurl": "https://evil.example/"}, "another service address"),
    ({"serviceurl": None}, "another service address"),
)
"""What is brought, or what a good token says instead, and what is answered."""


async def test_only_a_token_made_for_this_bot_and_this_address_is_let_in(desk: Desk) -> None:
    await desk.admits(desk.signed())
    await desk.admits(desk.signed(serviceurl=TEAMS.rstrip("/")))
    for brought, sentence in REFUSED:
        with pytest.raises(Unauthorised, match=sentence):
            await desk.admits(desk.signed(**brought) if isinstance(brought, dict) else brought)
    honest = desk.signed()
    forged = honest[:-8] + ("AAAAAAAA" if honest[-8:] != "AAAAAAAA" else "BBBBBBBB")
    with pytest.raises(Unauthorised, match="signature"):
        await desk.admits(forged)
    for algorithm, secret in (("HS256", "the public key is no secret, and so no key for this"), ("none", None)):
        known: Any = secret
        forged = jwt.encode({"iss": ISSUER, "aud": APP_ID}, known, algorithm=algorithm, headers={"kid": "A"})
        with pytest.raises(Unauthorised, match="not of the kind"):
            await desk.admits(f"Bearer {forged}")


async def test_without_an_app_id_nobody_could_be_told_from_teams_and_no_check_is_made() -> None:
    async with httpx.AsyncClient() as client:
        with pytest.raises(ValueError, match="Set MicrosoftAppId"):
            TokenValidator("", (), client, lambda: START, {TENANT}, RetryLog())


async def test_a_token_lives_an_hour_and_five_minutes_of_doubt_at_either_end(desk: Desk) -> None:
    signed = desk.signed()
    for minutes, sentence in ((-6, "not valid yet"), (-4, ""), (64, ""), (66, "has expired")):
        desk.time[0] = START + timedelta(minutes=minutes)
        if not sentence:
            await desk.admits(signed)
            continue
        with pytest.raises(Unauthorised, match=sentence):
            await desk.admits(signed)


async def test_a_key_speaks_for_the_channels_it_is_endorsed_for_and_the_bot_for_teams_and_its_tenant_only(
    desk: Desk,
) -> None:
    desk.keys.keys = [public_key("A", endorsements=["directline"]), public_key("B", endorsements=[])]
    with pytest.raises(Unauthorised, match="channel msteams"):
        await desk.admits(desk.signed())
    await desk.admits(desk.signed("B"))
    for channel in ("directline", "webchat", "emulator"):  # their callers say themselves who they are
        with pytest.raises(Forbidden, match="serves Teams only"):
            await desk.admits(desk.signed("B"), channelId=channel)
    for tenant in ("00000000-0000-0000-0000-0000000000bb", ""):
        with pytest.raises(Forbidden, match="that organisation"):
            await desk.admits(desk.signed("B"), channelData={"tenant": {"id": tenant}}, conversation={"id": "19:c"})
    await desk.admits(desk.signed("B"), channelData={"tenant": {"id": TENANT.upper()}})


@settings(max_examples=examples(200), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(authorization=st.one_of(st.text(), st.text().map("Bearer {}".format), st.text().map("Bearer a.{}.b".format)))
def test_whatever_is_brought_instead_of_a_token_is_refused_and_never_a_crash(authorization: str) -> None:
    async def bring() -> None:
        async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(404))) as client:
            check = TokenValidator(
                APP_ID, issuers_for("MultiTenant", None), client, lambda: START, {TENANT}, RetryLog()
            )
            await check(authorization)

    with pytest.raises(Unauthorised):
        asyncio.run(bring())


async def test_a_token_is_verified_once_and_counts_no_longer_than_itself_and_the_key_that_signed_it(
    desk: Desk,
) -> None:
    checked = desk.check.checked
    signed = desk.signed(exp=int((START + timedelta(days=2)).timestamp()))
    for _ in range(3):
        await desk.admits(signed)
    assert len(checked) == 1
    for _ in range(2):  # a refusal is looked at each time
        with pytest.raises(Unauthorised, match="another bot"):
            await desk.admits(desk.signed(aud="another-bot"))
    assert len(checked) == 3

    desk.pass_time(days=1)
    await desk.admits(signed)
    assert len(checked) == 4  # the keys were fetched anew
    desk.pass_time(days=1, minutes=5)
    with pytest.raises(Unauthorised, match="has expired"):
        await desk.admits(signed)
    desk.pass_time(days=-2)
    desk.keys.keys = [public_key("A", n=public_key("B")["n"])]  # the name stays, and the key is another's
    desk.pass_time(days=1, hours=1)
    with pytest.raises(Unauthorised, match="signature"):
        await desk.admits(signed)
    desk.keys.keys = [public_key("B")]
    desk.pass_time(days=1)
    with pytest.raises(Unauthorised, match="does not have"):
        await desk.admits(signed)


async def test_a_token_that_one_bot_verified_is_none_for_another_app(desk: Desk, keys: KeyServer) -> None:
    async with httpx.AsyncClient() as client:
        issuers = (Issuer(ISSUER, keys.metadata_url),)
        other = TokenValidator(
            "00000000-0000-0000-0000-0000000000b1", issuers, client, lambda: START, {TENANT}, RetryLog()
        )
        signed = desk.signed()
        await desk.admits(signed)
        with pytest.raises(Unauthorised, match="another bot"):
            await other(signed)


def test_of_the_tokens_that_were_verified_the_newest_hundred_are_remembered() -> None:
    known = VerifiedTokens()
    found = SigningKey(jwt.PyJWK(public_key("A"), algorithm="RS256"), None)
    verified = [VerifiedToken("A", ISSUER, found, {"jti": number}) for number in range(3 * MOST)]
    for number, each in enumerate(verified):
        known.remember(f"token {number}", each)
    assert len(known) == MOST
    assert known.find(f"token {2 * MOST - 1}") is None
    assert known.find(f"token {2 * MOST}") is verified[2 * MOST]


# ── Keys ──────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_new_key_is_fetched_when_it_is_first_seen_and_an_old_one_forgotten_after_a_day(desk: Desk) -> None:
    await desk.admits(desk.signed())
    desk.keys.keys = [public_key("A"), public_key("B")]
    desk.pass_time(minutes=5)

    await desk.admits(desk.signed("B"))
    await desk.admits(desk.signed("A"))

    assert len(desk.keys.asked) == 4
    desk.keys.keys = [public_key("B")]
    desk.pass_time(days=1)
    with pytest.raises(Unauthorised, match="does not have"):
        await desk.admits(desk.signed("A"))


async def test_an_unknown_key_is_refused_after_a_fetch_and_within_half_a_minute_of_one_may_be_tried_again(
    desk: Desk,
) -> None:
    for passed, error in ((0, Unauthorised), (29, KeysUnavailable), (1, Unauthorised), (30, Unauthorised)):
        desk.pass_time(seconds=passed)
        with pytest.raises(error):
            await desk.admits(desk.signed("X"))

    assert len(desk.keys.asked) == 6


@pytest.mark.parametrize("broken", [[], [{"kid": "A", "kty": "RSA"}], [{"kty": "new"}], "text", [5]])
async def test_without_any_key_nobody_can_be_recognised_yet_and_a_second_later_they_are_asked_for_again(
    broken: Any, desk: Desk
) -> None:
    desk.keys.keys = broken
    with pytest.raises(KeysUnavailable):
        await desk.admits(desk.signed())

    desk.keys.keys = [public_key("A")]
    desk.pass_time(seconds=1)
    await desk.admits(desk.signed())


# ── Issuers ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_bot_of_one_tenant_also_trusts_what_its_own_secret_obtained_there_and_has_to_say_which() -> None:
    assert [each.name for each in issuers_for("MultiTenant", None)] == [ISSUER]
    assert [each.name for each in issuers_for("SingleTenant", TENANT) if each.is_own_tenant] == [
        f"https://sts.windows.net/{TENANT}/",
        f"https://login.microsoftonline.com/{TENANT}/v2.0",
    ]
    with pytest.raises(ValueError, match="MicrosoftAppTenantId"):
        issuers_for("SingleTenant", "")


PROBE: dict[str, Any] = {"type": "typing", "from": {"id": PROBE_ID}, "conversation": {"id": PROBE_ID}}
OURSELVES: dict[str, Any] = {"iss": f"https://sts.windows.net/{TENANT}/", "serviceurl": None}


async def test_in_its_own_tenant_only_the_bot_itself_may_probe_and_nothing_else(desk: Desk) -> None:
    for claims in (
        {"appid": APP_ID},
        {"azp": APP_ID},
        {"azp": APP_ID, "idtyp": "app", "azpacr": "1", "tid": TENANT},
    ):
        await desk.admits(desk.signed(**OURSELVES, **claims), **PROBE)
    others: tuple[dict[str, Any], ...] = (
        {"appid": "another-app"},
        {"appid": APP_ID, "azp": "another-app"},
        {"appid": [APP_ID]},
        {},
    )
    for claims in others:
        with pytest.raises(Unauthorised, match="not issued to this bot"):
            await desk.admits(desk.signed(**OURSELVES, **claims), **PROBE)
    asked: tuple[dict[str, Any], ...] = (
        {"type": "message"},
        {"type": "invoke", "name": "adaptiveCard/action"},
        {"conversation": {"id": "19:team@thread.tacv2"}},
        {"from": {"id": PROBE_ID, "aadObjectId": "00000000-0000-0000-0000-000000000020"}},
        {"from": {"id": "29:alex"}},
    )
    for fields in asked:
        with pytest.raises(Forbidden, match="trying the way in"):
            await desk.admits(desk.signed(**OURSELVES, appid=APP_ID), **(PROBE | fields))


# ── Our own token ─────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class SignIn:
    """Microsoft's sign-in as MSAL's HTTP client sees it."""

    status: int = 200
    body: dict[str, Any] = field(default_factory=lambda: {"access_token": "t0ken", "expires_in": 3600})
    unreachable: bool = False
    requests: list[str] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """The OpenID configuration, or a token."""
        self.requests.append(request.url.path)
        self.threads.add(threading.get_ident())
        if self.unreachable:
            raise OSError("no route")
        if request.method == "POST":
            return httpx.Response(self.status, json=self.body)
        at = f"https://login.microsoftonline.com/{TENANT}"
        urls = {"token_endpoint": f"{at}/token", "authorization_endpoint": f"{at}/authorize", "issuer": f"{at}/v2.0"}
        return httpx.Response(200, json=urls)

    def token(self) -> BotToken:
        """A provider that signs in here."""
        return BotToken(APP_ID, "secret", TENANT, RetryLog(), httpx.Client(transport=httpx.MockTransport(self.answer)))

    def for_graph(self) -> GraphToken:
        """The one that mails are sent with."""
        return GraphToken(
            APP_ID, "secret", TENANT, RetryLog(), httpx.Client(transport=httpx.MockTransport(self.answer))
        )

    @property
    def asked(self) -> int:
        """How often a token was asked for."""
        return sum(path.endswith("/token") for path in self.requests)


BOTH = pytest.mark.parametrize(
    ("signs_in", "error"), [(SignIn.token, NoToken), (SignIn.for_graph, RetryableError)], ids=["Teams", "Graph"]
)


async def test_the_bot_signs_in_when_it_has_to_once_in_a_thread_of_its_own_and_keeps_its_token() -> None:
    sign_in = SignIn()
    token = sign_in.token()
    assert sign_in.requests == []

    await token()
    got = await asyncio.gather(*(token() for _ in range(5)))

    assert set(got) == {"t0ken"}
    assert sign_in.asked == 1
    assert threading.get_ident() not in sign_in.threads


async def test_one_token_serves_many_mails_until_a_fresh_one_is_wanted() -> None:
    sign_in = SignIn()
    provider = sign_in.for_graph()
    assert sign_in.requests == []
    assert set(await asyncio.gather(*(provider() for _ in range(5)))) == {"t0ken"}
    assert sign_in.asked == 1
    sign_in.body["access_token"] = "another"
    assert await provider(fresh=True) == "another"
    assert await provider() == "another"
    assert sign_in.asked == 2


@BOTH
async def test_a_refused_secret_says_what_to_check(
    signs_in: Callable[[SignIn], BotToken | GraphToken], error: type[Exception]
) -> None:
    sign_in = SignIn(status=401, body={"error": "invalid_client", "error_description": "secret expired"})
    with pytest.raises(error, match="Check MicrosoftAppId" if error is NoToken else "invalid_client") as raised:
        await signs_in(sign_in)()
    assert getattr(raised.value, "code", "invalid_client") == "invalid_client"


@BOTH
async def test_a_sign_in_that_cannot_be_reached_is_tried_again_by_the_next_message(
    signs_in: Callable[[SignIn], BotToken | GraphToken], error: type[Exception]
) -> None:
    sign_in = SignIn(unreachable=True)
    token = signs_in(sign_in)
    with pytest.raises(error, match="gave no answer"):
        await token()
    sign_in.unreachable = False
    assert await token() == "t0ken"


async def test_a_managed_identity_signs_in_by_the_machine_it_runs_on_and_needs_no_secret() -> None:
    asked: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url)
        body = {"access_token": "t0ken", "expires_in": "3600", "resource": "https://api.botframework.com"}
        return httpx.Response(200, json=body)

    token = BotToken(APP_ID, "", TENANT, RetryLog(), httpx.Client(transport=httpx.MockTransport(answer)))

    assert [await token(), await token()] == ["t0ken", "t0ken"]
    assert len(asked) == 1
    assert asked[0].params["client_id"] == APP_ID
    assert asked[0].params["resource"] == "https://api.botframework.com"
