"""Teams as the bot meets it from outside: people who type and press over HTTP, and a Connector that records."""

import asyncio
import itertools
import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Self

import httpx
from aiohttp import web

from changes.model import Person
from tests.support.notifications import wrong_in
from tests.support.teams_rules import refusal, walk

TENANT = "00000000-0000-0000-0000-000000000001"
TEAM = "19:isc-learn@thread.tacv2"
CHANNEL = "19:changes@thread.tacv2"
GROUP = "19:isc-group@thread.v2"
BOT = {"id": "28:bot", "name": "Change bot"}
_TRUSTED = httpx.create_ssl_context()


@dataclass(frozen=True, slots=True)
class Somebody:
    """A person in Teams."""

    id: str
    name: str
    object_id: str

    @property
    def person(self) -> Person:
        """The same person as the bot knows them."""
        return Person(self.object_id, self.name)


NADIA, PIERRE, CLAIRE, LUC = (
    Somebody(f"29:{number}", name, f"00000000-0000-0000-0000-0000000000{20 + number}")
    for number, name in enumerate(("Nadia Favre", "Pierre André", "Claire Rey", "Luc Bonvin"))
)
EVERYBODY = (NADIA, PIERRE, CLAIRE, LUC)


@dataclass(slots=True)
class Message:
    """A message the bot posted, as it stands after every edit."""

    id: str
    conversation: str
    activity: dict[str, Any]

    @property
    def text(self) -> str:
        """Its text, as people see it."""
        return seen(str(self.activity.get("text") or ""))

    @property
    def card(self) -> dict[str, Any] | None:
        attachments = self.activity.get("attachments") or []
        return attachments[0]["content"] if attachments else None

    @property
    def entities(self) -> list[dict[str, Any]]:
        """The mentions of people, which stand on the message or on its card."""
        return entities_of(self.activity)

    @property
    def line(self) -> str:
        """Its text, or the line on top of its card that calls people to it; empty where a card calls nobody."""
        return self.text or (words(self.card)[0] if self.entities else "")


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the bot to the Connector: `post`, `thread` (a new one) or `edit`."""

    at: datetime
    kind: str
    message: Message


@dataclass(slots=True)
class Teams:
    """The client of one bot. `now` tells the bot's virtual time, for the record."""

    bot_url: str
    now: Callable[[], datetime]
    calls: list[Call] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    service_url: str = ""
    locales: dict[str, str] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    """Conversations out of which the bot was thrown."""
    closed: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Channels and chats that take nothing, and what they answer: a channel's threads are in it."""
    slow: Callable[[web.Request], Awaitable[web.Response | None]] | None = None
    """What comes before a message is taken; an answer takes its place."""
    refuses: Callable[[dict[str, Any]], str] | None = None
    """Why this Teams takes a message not, besides what every Teams refuses; empty where it does."""
    refused: list[str] = field(default_factory=list)
    """Why it refused what no Teams takes; whoever expects that takes it out again."""
    # One row for all, since a bot that was restarted knows the ids it has seen.
    _numbers: ClassVar[Iterator[int]] = itertools.count(1)
    marks_were_typed: bool = False
    """Whether anybody typed, or a test planted, what Markdown has a meaning for; if not, nothing may be escaped."""
    _runner: web.AppRunner | None = None
    _client: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=20, verify=_TRUSTED))

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v3/conversations", self._create)
        app.router.add_post("/v3/conversations/{conversation}/activities", self._post)
        app.router.add_put("/v3/conversations/{conversation}/activities/{activity}", self._put)
        app.router.add_get("/v3/conversations/{conversation}/pagedmembers", self._members)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.service_url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        await self._client.aclose()
        if self._runner is not None:
            await self._runner.cleanup()
        if kind is not None:
            return
        # Every message of every walk: what comes after a refusal may hide it from the test.
        assert not self.refused, self.refused
        if not self.marks_were_typed:
            self._nothing_is_escaped()
        self._every_message_can_be_announced()

    def _nothing_is_escaped(self) -> None:
        # A Message that was put together as a string is somebody's text: its own backticks and stars are escaped.
        for call in self.calls:
            for text in (call.message.text, *words(call.message.card)):
                assert not re.search(r"\\[`*]|&lt;", text), text
                assert not re.search(r"\b\d\d\.\d\d\.\d{4}\b", text), f"a date without its weekday: {text}"

    def _every_message_can_be_announced(self) -> None:
        for call in self.calls:
            wrong = wrong_in(call.message.activity, marks_were_typed=self.marks_were_typed)
            assert not wrong, f"{wrong} — {transcript(call.message)}"

    async def type(self, who: Somebody, text: str, where: str = "personal") -> httpx.Response:
        """Type a text: `personal`, `channel` (with the mention in front) or the id of a thread."""
        activity = self.activity(who, where) | {"type": "message", "textFormat": "plain", "text": text}
        if where != "personal":
            activity["text"] = f"<at>Change bot</at> {text}"
            activity["entities"] = [{"type": "mention", "mentioned": BOT, "text": "<at>Change bot</at>"}]
        return await self.deliver(activity)

    async def press(
        self,
        who: Somebody,
        verb: str,
        *,
        on: Message | None = None,
        activity_id: str = "",
        inputs: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Press the button with that verb on a message (the newest that has it), with the inputs; the bot's answer.

        `test` and `result` choose among the buttons of one verb, where those have them.
        """
        typed = dict(inputs or {})
        message = on or self.with_button(verb)
        chosen = choosing(message.card or {}, verb, typed)
        action = find_action(message.card or {}, verb, chosen)
        return await self.execute(who, verb, action["data"] | typed, message, activity_id)

    async def execute(
        self, who: Somebody, verb: str, data: dict[str, Any], message: Message, activity_id: str = ""
    ) -> dict[str, Any]:
        """Send the invoke itself. A card in the answer replaces the pressed one, as in Teams."""
        where = "personal" if message.conversation.startswith("personal") else message.conversation
        value = {"action": {"type": "Action.Execute", "verb": verb, "data": data}, "trigger": "manual"}
        activity = self.activity(who, where) | {
            "type": "invoke",
            "name": "adaptiveCard/action",
            "value": value,
            "replyToId": message.id,
        }
        if activity_id:
            activity["id"] = activity_id
        response = await self.deliver(activity)
        answer: dict[str, Any] = response.json()
        if answer.get("type") == "application/vnd.microsoft.card.adaptive":
            message.activity = {"type": "message", "attachments": [{"content": answer["value"]}]}
            self._judge(message.activity)
        return answer

    async def deliver(self, activity: dict[str, Any]) -> httpx.Response:
        """Post an activity to the bot."""
        said = (activity.get("text"), (activity.get("from") or {}).get("name"), activity.get("value"))
        typed = json.dumps(said, default=str).replace("<at>Change bot</at>", "")
        self.marks_were_typed |= re.search("[`*<]", typed) is not None
        response = await self._client.post(self.bot_url, json=activity)
        response.raise_for_status()
        return response

    def delete_channel(self, channel: str = CHANNEL) -> None:
        """The channel is deleted, and everything in it."""
        self.closed[channel] = (404, "ConversationNotFound")
        for message in [each for each in self.messages.values() if place(each) == channel]:
            self.delete(message)

    def delete(self, message: Message) -> None:
        """Somebody deletes a message of the bot."""
        del self.messages[message.id]

    def throw_out(self, channel: str = CHANNEL) -> None:
        """The bot may neither write nor read in the channel or chat any more, until it is let in again."""
        self.closed[channel] = (403, "BotNotInConversationRoster")

    def let_in(self, channel: str = CHANNEL) -> None:
        """The bot is installed there again."""
        del self.closed[channel]

    def standing_in(self, channel: str) -> list[Message]:
        """What stands in that channel or chat now."""
        return [each for each in self.messages.values() if place(each) == channel]

    def with_button(self, verb: str) -> Message:
        """The newest message whose card has such a button."""
        for message in reversed(list(self.messages.values())):
            if message.card and any(action.get("verb") == verb for action in actions(message.card)):
                return message
        raise AssertionError(f"no card with {verb}; there are: {[transcript(m) for m in self.messages.values()]}")

    async def until(self, seen: Callable[[], bool], seconds: float = 15) -> None:
        """Wait until something has been seen."""
        async with asyncio.timeout(seconds):
            while not seen():  # noqa: ASYNC110  # what is waited for may be anywhere, the database included
                await asyncio.sleep(0.01)

    def texts(self) -> list[str]:
        """Every text the bot posted, in order."""
        return [call.message.text for call in self.calls if call.message.text]

    def activity(self, who: Somebody, where: str) -> dict[str, Any]:
        """What every activity of that person says."""
        data: dict[str, Any] = {"tenant": {"id": TENANT}}
        conversation: dict[str, Any] = {"id": where, "tenantId": TENANT}
        if where == "personal":
            conversation |= {"conversationType": "personal", "id": f"personal-{who.id}"}
        elif where == GROUP:
            conversation |= {"conversationType": "groupChat", "isGroup": True}
        else:
            thread = CHANNEL + f";messageid={next(self._numbers)}" if where == "channel" else where
            conversation |= {"conversationType": "channel", "isGroup": True, "id": thread}
            data |= {"team": {"id": TEAM}, "channel": {"id": thread.partition(";")[0]}}
        return {
            "id": f"in-{next(self._numbers)}",
            "channelId": "msteams",
            "serviceUrl": self.service_url,
            "from": {"id": who.id, "name": who.name, "aadObjectId": who.object_id},
            "recipient": BOT,
            "conversation": conversation,
            "channelData": data,
            "locale": self.locales.get(who.name, "en-GB"),
        }

    def _record(self, kind: str, conversation: str, activity: dict[str, Any], at: str = "") -> Message:
        message = self.messages.get(at) or Message(at or f"out-{next(self._numbers)}", conversation, activity)
        message.activity = activity
        self.messages[message.id] = message
        # What was said then, not what a later edit made of it.
        self.calls.append(Call(self.now(), kind, Message(message.id, conversation, activity)))
        return message

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        channel, activity = body["channelData"]["channel"]["id"], body["activity"]
        if (answer := await self._refusal(request, channel, activity)) is not None:
            return answer
        number = next(self._numbers)
        message = self._record("thread", f"{channel};messageid={number}", activity, f"root-{number}")
        return web.json_response({"id": message.conversation, "activityId": message.id}, status=201)

    async def _post(self, request: web.Request) -> web.Response:
        conversation, activity = request.match_info["conversation"], await request.json()
        if (answer := await self._refusal(request, conversation, activity)) is not None:
            return answer
        message = self._record("post", conversation, activity)
        return web.json_response({"id": message.id}, status=201)

    async def _put(self, request: web.Request) -> web.Response:
        conversation, at = request.match_info["conversation"], request.match_info["activity"]
        activity = await request.json()
        if (answer := await self._refusal(request, conversation, activity, at)) is not None:
            return answer
        self._record("edit", conversation, activity, at)
        return web.json_response({"id": at})

    async def _members(self, request: web.Request) -> web.Response:
        if closed := self.closed.get(place_of(request.match_info["conversation"])):
            return web.json_response({"error": {"code": closed[1]}}, status=closed[0])
        members = [{"id": each.id, "name": each.name, "aadObjectId": each.object_id} for each in EVERYBODY]
        return web.json_response({"members": members})

    async def _refusal(
        self, request: web.Request, conversation: str, activity: dict[str, Any], at: str = ""
    ) -> web.Response | None:
        """What is answered to a message, or to an edit of the one `at`, that is not taken."""
        if self.slow is not None and (answer := await self.slow(request)) is not None:
            return answer
        if not at and conversation in self.gone:
            status, code = 403, "BotNotInConversationRoster"
        elif closed := self.closed.get(place_of(conversation)):
            status, code = closed
        elif at and at not in self.messages:
            status, code = 404, "ActivityNotFound"
        elif why := self._judge(activity):
            return web.json_response({"error": {"code": "BadSyntax", "message": why}}, status=400)
        else:
            return None
        return web.json_response({"error": {"code": code}}, status=status)

    def _judge(self, activity: dict[str, Any]) -> str:
        """Why it does not take a message as it is."""
        if why := refusal(activity):
            self.refused.append(why)
            return why
        return self.refuses(activity) if self.refuses is not None else ""


def place_of(conversation: str) -> str:
    """The channel of a thread; a chat is one itself."""
    return conversation.partition(";")[0]


def place(message: Message) -> str:
    """The channel or chat in which the message stands."""
    return place_of(message.conversation)


def parts(node: Any, kind: str) -> list[dict[str, Any]]:
    """Every part of a card whose type begins like that, outer ones first; what is there for other clients left out."""
    return [each for each in walk(node) if str(each.get("type", "")).startswith(kind)]


def actions(card: dict[str, Any]) -> list[dict[str, Any]]:
    """Every action of a card, those in its body and in its show cards included."""
    return parts(card, "Action.")


def verbs(card: Any) -> list[str]:
    """The verbs of the card's buttons in their order, each once; what only opens fields has none."""
    return list(dict.fromkeys(action["verb"] for action in actions(card or {}) if "verb" in action))


def inputs_of(card: Any) -> dict[str, dict[str, Any]]:
    """Every input of a card, by its id."""
    return {each["id"]: each for each in parts(card, "Input.")}


def choosing(card: dict[str, Any], verb: str, inputs: dict[str, str]) -> dict[str, str]:
    """Of the inputs, `test` and `result` where buttons of that verb differ by them: taken out of the others."""
    buttons = [action.get("data") or {} for action in actions(card) if action.get("verb") == verb]
    named = [name for name in ("test", "result") if name in inputs and any(name in data for data in buttons)]
    return {name: inputs.pop(name) for name in named}


def find_action(card: dict[str, Any], verb: str, chosen: dict[str, str]) -> dict[str, Any]:
    """The action with that verb (and that `test` and `result`)."""
    for action in actions(card):
        data = action.get("data") or {}
        if action.get("verb") == verb and all(str(data.get(name)) == value for name, value in chosen.items()):
            return action
    raise AssertionError(f"no button {verb} {chosen}; there are {[each.get('verb') for each in actions(card)]}")


def seen(text: str) -> str:
    """The text without the marks that cannot be seen and take bare addresses apart."""
    return text.replace("\N{WORD JOINER}", "")


def entities_of(activity: dict[str, Any]) -> list[dict[str, Any]]:
    """The mentions of people in a message: those of its text and those of its cards."""
    cards = [each.get("content") or {} for each in activity.get("attachments") or []]
    return [
        each
        for holder in (activity, *(card.get("msteams") or {} for card in cards))
        for each in holder.get("entities") or []
    ]


def words_below_the_call(message: Message) -> list[str]:
    """Every text of its card in reading order, without the line on top that calls people to it."""
    return words(message.card)[1 if message.entities else 0 :]


def words(node: Any) -> list[str]:
    """Every text of a card in reading order, without its buttons."""
    if isinstance(node, list):
        return [word for each in node for word in words(each)]
    if not isinstance(node, dict) or str(node.get("type", "")).startswith("Action."):
        return []
    own = [seen(str(node[name])) for name in ("text", "title", "value", "label") if isinstance(node.get(name), str)]
    inner = ("body", "items", "columns", "rows", "cells", "facts", "inlines", "content")
    return own + [word for name in inner if isinstance(node.get(name), list) for word in words(node[name])]


def shown(card: Any) -> str:
    """Everything that a card says, as one line."""
    return " | ".join(words(card))


def text_of(message: Message) -> str:
    """What it says, as a text or a card."""
    return message.text or " ".join(words(message.card))


def chat_of(who: Somebody) -> str:
    """The personal chat of that person."""
    return f"personal-{who.id}"


def transcript(message: Message) -> str:
    """A message as one line."""
    return message.text or " | ".join(words(message.card)[:4])
