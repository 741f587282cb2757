"""A turn leaves behind what it would send, and nothing else."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from botbuilder.core import TurnContext
from botbuilder.schema import Activity, ChannelAccount, Mention

from bot.turn.activities import parse_activity
from bot.turn.adapter import TurnAdapter

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
Logic = Callable[[TurnContext], Awaitable[None]]


async def run(logic: Logic, raw: dict[str, Any] = RAW) -> tuple[dict[str, Any], ...]:
    return await TurnAdapter().run(parse_activity(json.dumps(raw).encode()), logic)


def texts(messages: tuple[dict[str, Any], ...]) -> list[str | None]:
    return [each.get("text") for each in messages]


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

    messages = await run(talk)
    assert texts(messages) == ["one", "two", "three"]
    assert {(each["serviceUrl"], each["conversation"]["id"]) for each in messages} == {
        (RAW["serviceUrl"], RAW["conversation"]["id"])
    }


async def test_a_message_goes_from_the_bot_to_the_person_and_is_plain_json() -> None:
    (sent,) = await run(saying("hello"))
    assert (sent["from"], sent["recipient"]) == (RAW["recipient"], RAW["from"])
    assert json.loads(json.dumps(sent)) == sent


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
    (sent,) = await run(saying(Activity(type="message", text="<at>Alex</at>", entities=[who])))
    mentioned = {"id": "29:alex", "name": "Alex"}
    assert sent["entities"] == [{"type": "mention", "text": "<at>Alex</at>", "mentioned": mentioned}]


async def test_a_debuggers_notes_stay_with_the_debugger() -> None:
    async def talk(context: TurnContext) -> None:
        await context.send_trace_activity("state", {"step": 1})
        await context.send_activity(Activity(type="delay", value=5))

    assert await run(talk) == ()


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
