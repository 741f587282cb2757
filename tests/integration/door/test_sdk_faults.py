"""Each fault of Bot Framework 4.17.1 that our path meets, shown on the SDK's own adapter and gone on ours.

Every test runs the same bot behind both doors, so that a row says: with the stock adapter this, with ours that.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from botbuilder.core import ActivityHandler, BotAdapter, CloudAdapterBase, TurnContext
from botbuilder.core.teams import TeamsInfo
from botbuilder.integration.aiohttp import CloudAdapter, ConfigurationBotFrameworkAuthentication
from botbuilder.schema import Activity, AdaptiveCardInvokeResponse, AdaptiveCardInvokeValue, ConversationReference
from botframework.connector.aio import ConnectorClient
from botframework.connector.auth import MicrosoftAppCredentials
from msrest.exceptions import ClientRequestError

from bot.auth.authentication import TokenValidator
from bot.connector.client import Connector, Member, pooled_client
from bot.connector.errors import Transient
from bot.turn.activities import mention_free_text, parse_activity, tenants_of
from bot.turn.adapter import TurnAdapter
from bot.turn.invokes import FAILED, answer_invoke, invoke_card
from tests.integration.door.edges import Config, ours, stock
from tests.support.key_server import KeyServer, key_server, public_key, token
from tests.support.recording_teams import ALEX, BOT, TENANT, THREAD, Teams, message, press, recording_teams

pytestmark = [
    # What the stock adapter leaves open is closed when it is collected; that is one of the faults shown here.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

CARD = {"type": "AdaptiveCard", "version": "1.5", "body": [{"type": "TextBlock", "text": "GO given"}]}
ANSWER = {"statusCode": 200, "type": "application/vnd.microsoft.card.adaptive", "value": CARD}
APOLOGY = {
    "statusCode": 500,
    "type": "application/vnd.microsoft.error",
    "value": {"code": "InternalError", "message": FAILED},
}


@pytest.fixture
async def teams() -> AsyncIterator[Teams]:
    async with recording_teams() as started:
        yield started


@pytest.fixture
def keys() -> Iterator[KeyServer]:
    with key_server() as started:
        yield started


def now() -> datetime:
    """The SDK knows no other clock than the machine's."""
    return datetime.now(UTC)  # noqa: TID251


class Documented(ActivityHandler):  # type: ignore[misc]  # the SDK has no types
    """Answers a press as the SDK's documentation says."""

    async def on_adaptive_card_invoke(
        self, turn_context: TurnContext, invoke_value: AdaptiveCardInvokeValue
    ) -> AdaptiveCardInvokeResponse:
        return AdaptiveCardInvokeResponse(status_code=200, type="application/vnd.microsoft.card.adaptive", value=CARD)


class Logic:
    """A bot that is one function."""

    def __init__(self, logic: Callable[[TurnContext], Any]) -> None:
        self._logic = logic

    async def on_turn(self, turn_context: TurnContext) -> None:
        await self._logic(turn_context)


async def echo(context: TurnContext) -> None:
    await context.send_activity(f"you said: {context.activity.text}")


async def silence(context: TurnContext) -> None:
    """Hear, and say nothing."""


async def failure(context: TurnContext) -> None:
    raise LookupError("no such change")


# ── Answers to a press ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("door", "status", "body"), [(stock, 500, None), (ours, 200, ANSWER)])
async def test_a_press_answered_as_documented_reaches_the_presser(
    door: Any, status: int, body: Any, teams: Teams
) -> None:
    async with door(Documented()) as edge:
        response = await edge.post(press(teams))

    assert (response.status_code, _json(response)) == (status, body)


@pytest.mark.parametrize(("door", "status", "body"), [(stock, 501, None), (ours, 200, APOLOGY)])
async def test_a_press_that_fails_is_answered_with_a_sentence_and_reported(
    door: Any, status: int, body: Any, teams: Teams
) -> None:
    async with door(Logic(failure)) as edge:
        response = await edge.post(press(teams))

        assert (response.status_code, _json(response)) == (status, body)
        assert [type(error) for error in edge.reported] == [LookupError]


@pytest.mark.parametrize("where", ["the SDK's value", "the activity"])
async def test_an_automatic_refresh_is_told_from_a_press_by_the_activity_alone(where: str, teams: Teams) -> None:
    told: dict[str, object] = {}

    class Refreshed(Documented):
        async def on_adaptive_card_invoke(
            self, turn_context: TurnContext, invoke_value: AdaptiveCardInvokeValue
        ) -> AdaptiveCardInvokeResponse:
            told["the SDK's value"] = getattr(invoke_value, "trigger", None)
            told["the activity"] = turn_context.activity.value.get("trigger")
            return await super().on_adaptive_card_invoke(turn_context, invoke_value)

    value = {"trigger": "automatic", "action": {"type": "Action.Execute", "verb": "refresh", "data": {}}}
    async with ours(Refreshed()) as edge:
        await edge.post(press(teams, value=value))

    assert told[where] == ("automatic" if where == "the activity" else None)


# ── How long a caller waits ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("door", "waits"), [(stock, True), (ours, False)])
async def test_a_slow_teams_holds_up_the_answer(door: Any, waits: bool, teams: Teams) -> None:
    teams.delay = 0.3
    async with door(Logic(echo)) as edge:
        await edge.post(message(teams))
        answered = asyncio.get_running_loop().time()
        await edge.settled()

    assert (answered > teams.answered[0]) is waits
    assert teams.texts == ["you said: hello"]


@pytest.mark.parametrize(("door", "echoes"), [(stock, 2), (ours, 1)])
async def test_a_delivery_repeated_by_teams_has_a_second_effect(door: Any, echoes: int, teams: Teams) -> None:
    async with door(Logic(echo)) as edge:
        for _ in range(2):
            await edge.post(message(teams))
        await edge.settled()

    assert len(teams.texts) == echoes


@pytest.mark.parametrize(("door", "connections"), [(stock, 4), (ours, 1)])
async def test_each_turn_opens_a_connection_of_its_own(door: Any, connections: int, teams: Teams) -> None:
    async with door(Logic(echo)) as edge:
        for number in range(4):
            await edge.post(message(teams, id=str(number)))
        await edge.settled()

    assert (len(teams.texts), teams.connections) == (4, connections)


async def test_the_stock_adapter_makes_two_clients_and_their_credentials_anew_on_every_turn(teams: Teams) -> None:
    made: dict[str, list[object]] = {"connector": [], "user tokens": [], "credentials": []}

    async def look(context: TurnContext) -> None:
        connector = context.turn_state[BotAdapter.BOT_CONNECTOR_CLIENT_KEY]
        made["connector"].append(connector)
        made["user tokens"].append(context.turn_state[CloudAdapterBase.USER_TOKEN_CLIENT_KEY])
        made["credentials"].append(connector.config.credentials)

    async with stock(Logic(look)) as edge:
        for _ in range(3):
            await edge.post(message(teams))

    assert {name: len({id(each) for each in those}) for name, those in made.items()} == dict.fromkeys(made, 3)
    assert all(isinstance(each, MicrosoftAppCredentials) for each in made["credentials"])


# ── Who may come in ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("door", "flaw", "status"),
    [
        (stock, "expired", 500),
        (ours, "expired", 401),
        (stock, "garbage", 500),
        (ours, "garbage", 401),
        (stock, "signed with a key nobody has", 500),
        (ours, "signed with a key nobody has", 503),  # asked to come again: the key may be new
        (stock, "none", 201),
        (ours, "none", 200),
    ],
)
async def test_a_token_is_good_or_refused_and_never_a_crash(
    door: Any, flaw: str, status: int, teams: Teams, keys: KeyServer
) -> None:
    flawed = {
        "expired": token(now() - timedelta(days=1), serviceurl=teams.url),
        "garbage": "not.a.token",
        "signed with a key nobody has": token(now(), kid="X", serviceurl=teams.url),
        "none": token(now(), serviceurl=teams.url),
    }
    async with door(Logic(silence), keys) as edge:
        await edge.post(message(teams), headers=_bearer(token(now(), serviceurl=teams.url)))
        response = await edge.post(message(teams, id="2"), headers=_bearer(flawed[flaw]))

    assert response.status_code == status


@pytest.mark.parametrize(("door", "status"), [(stock, 500), (ours, 200)])
async def test_after_the_keys_rotate_teams_is_still_heard(
    door: Any, status: int, teams: Teams, keys: KeyServer
) -> None:
    async with door(Logic(silence), keys) as edge:
        if door is stock:  # ours looks again at most every five minutes, so its first look has to be the late one
            await edge.post(message(teams), headers=_bearer(token(now(), serviceurl=teams.url)))
        keys.keys = [public_key("B")]
        response = await edge.post(message(teams, id="2"), headers=_bearer(token(now(), kid="B", serviceurl=teams.url)))

    assert response.status_code == status


@pytest.mark.parametrize(("door", "stands_still"), [(stock, True), (ours, False)])
async def test_while_the_keys_are_fetched_the_whole_bot_stands_still(
    door: Any, stands_still: bool, teams: Teams, keys: KeyServer
) -> None:
    keys.seconds = 0.3
    async with door(Logic(silence), keys) as edge:
        signed = asyncio.create_task(edge.post(message(teams), headers=_bearer(token(now(), serviceurl=teams.url))))
        await asyncio.sleep(0.1)
        await edge.alive()
        alive = time.monotonic()
        await signed

    assert (alive > keys.answered[0]) is stands_still


async def test_without_an_app_id_the_stock_adapter_lets_strangers_in_and_ours_refuses_to_be_made(teams: Teams) -> None:
    async with stock(Logic(echo)) as edge:
        response = await edge.post(message(teams, "drop everything"))
    assert (response.status_code, teams.texts) == (201, ["you said: drop everything"])

    async with httpx.AsyncClient() as client:
        with pytest.raises(ValueError, match="Set MicrosoftAppId"):
            TokenValidator("", (), client, now, {"tenant"})


# ── What an activity says ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("door", "sent", "status"),
    [
        (stock, {"content": b"{", "headers": {"Content-Type": "application/json"}}, 500),
        (ours, {"content": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        (stock, {"json": {"type": "message", "from": 5}}, 500),
        (ours, {"json": {"type": "message", "from": 5}}, 400),
        (stock, {"json": {"type": "message"}}, 201),
        (ours, {"json": {"type": "message"}}, 400),
        (stock, {"content": b"{}"}, 404),
        (ours, {"content": b"{}"}, 400),
    ],
)
async def test_a_body_that_is_no_activity_is_the_callers_fault(door: Any, sent: Any, status: int) -> None:
    async with door(Logic(echo)) as edge:
        response = await edge.post(**sent)

    assert response.status_code == status


def _stock_text(activity: Activity) -> str:
    text: str = TurnContext.remove_recipient_mention(activity)
    return text


def _our_text(activity: Activity) -> str:
    return mention_free_text(activity, BOT["id"])


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (_stock_text, " new&nbsp;window for the  at 9, tell <at>Alex</at>"),
        (_our_text, "new window for the Change bot at 9, tell <at>Alex</at>"),
    ],
)
def test_only_the_mention_of_the_bot_itself_is_taken_out_of_what_was_written(
    read: Callable[[Activity], str], text: str
) -> None:
    activity = message(
        Teams("http://127.0.0.1/"),
        "<at>Change bot</at> new&nbsp;window for the Change bot at 9, tell <at>Alex</at>",
        entities=[
            {"type": "mention", "text": "<at>Change bot</at>", "mentioned": BOT},
            {"type": "mention", "text": "<at>Alex</at>", "mentioned": ALEX},
        ],
    )

    assert read(Activity().deserialize(activity)) == text


def _stock_tenant(activity: Activity) -> str | None:
    tenant: str | None = activity.conversation.tenant_id
    return tenant


@pytest.mark.parametrize(("read", "tenant"), [(_stock_tenant, None), (tenants_of, {TENANT})])
def test_an_activity_says_which_organisation_it_comes_from(read: Callable[[Activity], Any], tenant: Any) -> None:
    assert read(Activity().deserialize(message(Teams("http://127.0.0.1/")))) == tenant


@pytest.mark.parametrize(("door", "kept"), [(stock, False), (ours, True)])
async def test_a_mention_passed_on_still_says_whom_it_means(door: Any, kept: bool, teams: Teams) -> None:
    async def pass_on(context: TurnContext) -> None:
        await context.send_activity(Activity(type="message", text="<at>Alex</at>", entities=context.activity.entities))

    mention = {"type": "mention", "text": "<at>Alex</at>", "mentioned": ALEX}
    async with door(Logic(pass_on)) as edge:
        await edge.post(message(teams, entities=[mention]))
        await edge.settled()

    assert teams.calls[0].body["entities"] == [mention if kept else {"type": "mention"}]


# ── Messages without a turn ───────────────────────────────────────────────────────────────────────────────────────


async def _stock_edit(teams: Teams) -> Exception:
    connector = ConnectorClient(MicrosoftAppCredentials.empty(), teams.url)
    with pytest.raises(ClientRequestError) as raised:
        await connector.conversations.update_activity(THREAD, "7", Activity(type="message", text="half done"))
    return raised.value


async def _our_edit(teams: Teams) -> Exception:
    async with pooled_client() as client:
        with pytest.raises(Transient) as raised:
            await Connector(client).update(teams.url, THREAD, "7", {"type": "message", "text": "half done"})
    return raised.value


@pytest.mark.parametrize(("edit", "calls", "status"), [(_stock_edit, 4, None), (_our_edit, 1, 503)])
async def test_an_edit_that_teams_turns_away_is_one_call_and_says_why(
    edit: Any, calls: int, status: int | None, teams: Teams
) -> None:
    for _ in range(calls):
        teams.will_answer(503, {}, Retry_After="1")  # less than the SDK's own pauses

    error = await edit(teams)

    assert len(teams.calls) == calls
    assert getattr(error, "status", None) == status


async def test_out_of_a_turn_the_stock_adapter_lists_no_members_and_our_connector_does(teams: Teams) -> None:
    activity = parse_activity(str.encode(_dumps(message(teams))))
    reference = TurnContext.get_conversation_reference(activity)
    adapter = CloudAdapter(ConfigurationBotFrameworkAuthentication(Config("", "")))

    async def list_members(context: TurnContext) -> None:
        await TeamsInfo.get_members(context)

    with pytest.raises(TypeError, match="must be a mapping"):
        await adapter.continue_conversation(reference, list_members, "")

    teams.will_answer(200, {"members": [ALEX]})
    plain = reference.serialize()
    async with pooled_client() as client:
        members = await Connector(client).members(plain["serviceUrl"], plain["conversation"]["id"])
    assert members == [Member(ALEX["id"], ALEX["aadObjectId"], ALEX["name"])]


async def test_a_stored_reference_is_enough_for_us_where_the_stock_adapter_wants_the_bots_id_too(
    teams: Teams, keys: KeyServer
) -> None:
    plain = TurnContext.get_conversation_reference(Activity().deserialize(message(teams))).serialize()
    adapter = CloudAdapter(ConfigurationBotFrameworkAuthentication(Config("the-bot", "secret")))
    with pytest.raises(Exception, match="Invalid app_id"):
        await adapter.continue_conversation(ConversationReference().deserialize(plain), echo)

    async with pooled_client() as client:
        await Connector(client).send(plain["serviceUrl"], plain["conversation"]["id"], {"type": "message", "text": "!"})
    assert teams.texts == ["!"]


async def test_a_plain_card_needs_no_detour_on_ours(teams: Teams) -> None:
    async def answer(context: TurnContext) -> None:
        await answer_invoke(context, invoke_card(CARD))

    result = await TurnAdapter().run(parse_activity(str.encode(_dumps(press(teams)))), answer)

    assert result.invoke is not None
    assert result.invoke.body == ANSWER


def _bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _dumps(activity: dict[str, Any]) -> str:
    return httpx.Request("POST", "http://127.0.0.1", json=activity).content.decode()
