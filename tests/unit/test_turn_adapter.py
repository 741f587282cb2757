"""A turn leaves behind what it would send, and nothing else."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from botbuilder.core import TurnContext
from botbuilder.core.invoke_response import InvokeResponse
from botbuilder.schema import Activity, ChannelAccount, Mention
from botbuilder.schema import InvokeResponse as OtherInvokeResponse

from bot.messenger.outgoing import LOCAL_ID
from bot.turn.activities import parse_activity
from bot.turn.adapter import TurnAdapter, TurnResult
from bot.turn.invokes import FAILED, InvokeResult, answer_invoke, invoke_error, invoke_message

RAW: dict[str, Any] = {
    "type": "message",
    "id": "1",
    "channelId": "msteams",
    "serviceUrl": "https://smba.example/emea/",
    "from": {"id": "29:alex", "name": "Alex"},
    "recipient": {"id": "28:bot", "name": "Change bot"},
    "conversation": {"id": "19:team@thread.tacv2;messageid=17"},
    "text": "list",
}
DONE = invoke_message("done")
PRESS: dict[str, Any] = RAW | {"type": "invoke", "name": "adaptiveCard/action", "value": {}}

Logic = Callable[[TurnContext], Awaitable[None]]


async def run(logic: Logic, raw: dict[str, Any] = RAW) -> TurnResult:
    return await TurnAdapter().run(parse_activity(json.dumps(raw).encode()), logic)


def texts(result: TurnResult) -> list[str | None]:
    return [each.activity.get("text") for each in result.outgoing]


def saying(*said: str | Activity) -> Logic:
    """A turn that says these, one after the other."""

    async def talk(context: TurnContext) -> None:
        for each in said:
            await context.send_activity(each)

    return talk


async def test_messages_wait_in_the_order_they_were_said() -> None:
    async def talk(context: TurnContext) -> None:
        await context.send_activity("one")
        await context.send_activities([Activity(text="two"), Activity(text="three")])

    result = await run(talk)
    assert (texts(result), result.invoke) == (["one", "two", "three"], None)
    where = {(each.service_url, each.conversation_id) for each in result.outgoing}
    assert where == {(RAW["serviceUrl"], RAW["conversation"]["id"])}


async def test_a_message_goes_from_the_bot_to_the_person_and_is_plain_json() -> None:
    (sent,) = (await run(saying("hello"))).outgoing
    assert (sent.activity["from"], sent.activity["recipient"]) == (RAW["recipient"], RAW["from"])
    assert json.loads(json.dumps(sent.activity)) == sent.activity


async def test_a_delivery_repeated_makes_the_same_ids() -> None:
    async def talk(context: TurnContext) -> None:
        for _ in range(2):
            assert (await context.send_activity("hello")).id.startswith(LOCAL_ID)

    first, again = await run(talk), await run(talk)
    assert first.outgoing == again.outgoing
    assert len({each.activity_id for each in first.outgoing}) == 2


async def test_a_turn_edits_and_deletes_nothing() -> None:
    async def edit(context: TurnContext) -> None:
        await context.update_activity(Activity(type="message", id="7", text="done"))

    async def delete(context: TurnContext) -> None:
        await context.delete_activity("8")

    for talk in (edit, delete):
        with pytest.raises(TypeError, match="A turn sends messages"):
            await run(talk)


async def test_a_mention_keeps_whom_it_means() -> None:
    who = Mention(type="mention", text="<at>Alex</at>", mentioned=ChannelAccount(id="29:alex", name="Alex"))
    (sent,) = (await run(saying(Activity(type="message", text="<at>Alex</at>", entities=[who])))).outgoing
    mentioned = {"id": "29:alex", "name": "Alex"}
    assert sent.activity["entities"] == [{"type": "mention", "text": "<at>Alex</at>", "mentioned": mentioned}]


async def test_a_debuggers_notes_stay_with_the_debugger() -> None:
    async def talk(context: TurnContext) -> None:
        await context.send_trace_activity("state", {"step": 1})
        await context.send_activity(Activity(type="delay", value=5))

    assert (await run(talk)).outgoing == ()


async def test_an_error_behind_a_message_comes_out_and_one_behind_a_press_is_answered_and_reported() -> None:
    async def talk(context: TurnContext) -> None:
        await context.send_activity("working")
        if context.activity.type == "invoke":
            await answer_invoke(context, DONE)
        raise LookupError("no such change")

    with pytest.raises(LookupError):
        await run(talk)
    result = await run(talk, PRESS)
    assert (result.outgoing, type(result.failed)) == ((), LookupError)
    assert result.invoke == InvokeResult(200, invoke_error("InternalError", FAILED))


@pytest.mark.parametrize(
    "value",
    [
        *(kind(status=200, body=DONE) for kind in (InvokeResult, InvokeResponse, OtherInvokeResponse)),
        {"status": 200, "body": invoke_message("done")},
    ],
)
async def test_a_press_is_answered_in_any_of_the_sdks_ways(value: object) -> None:
    result = await run(saying(Activity(type="invokeResponse", value=value)), PRESS)
    assert (result.invoke, result.outgoing) == (InvokeResult(200, DONE), ())


async def test_an_answer_that_is_no_object_fails_the_press() -> None:
    result = await run(saying(Activity(type="invokeResponse", value=InvokeResponse(200, "done"))), PRESS)
    assert type(result.failed) is TypeError


async def test_replies_wait_in_the_outbox_also_when_the_sender_expects_them_in_the_answer() -> None:
    assert texts(await run(saying("hello"), RAW | {"deliveryMode": "expectReplies"})) == ["hello"]


async def test_turns_at_the_same_time_do_not_mix() -> None:
    async def talk(context: TurnContext) -> None:
        for word in ["a", "b", "c"]:
            await context.send_activity(f"{context.activity.text} {word}")
            await asyncio.sleep(0)

    first, second = await asyncio.gather(run(talk, RAW | {"text": "1"}), run(talk, RAW | {"text": "2"}))

    assert (texts(first), texts(second)) == (["1 a", "1 b", "1 c"], ["2 a", "2 b", "2 c"])


async def test_outside_a_turn_nothing_can_be_said() -> None:
    context = TurnContext(TurnAdapter(), parse_activity(json.dumps(RAW).encode()))
    with pytest.raises(TypeError, match=r"within TurnAdapter\.run"):
        await context.send_activity("hello")
