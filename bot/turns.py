"""One incoming activity, from its arrival to its answer: everything it changes is one transaction.

The delivery, the dialog's state, the change and the replies are committed together; a lost race runs the turn again
from the start, and a delivery seen before gets the answer it got then.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from botbuilder.core import TurnContext
from botbuilder.schema import Activity
from structlog.contextvars import bound_contextvars

from bot.activities import delivery_key
from bot.adapter import TurnAdapter
from bot.brain import Brain, Thought
from bot.connector import Connector
from bot.connector_errors import ConnectorError
from bot.invokes import (
    FAILED,
    InvokeResult,
    answer_invoke,
    invoke_card,
    invoke_error,
    invoke_message,
    is_foreign,
    unanswered,
)
from bot.outgoing import Act, Outgoing
from bot.posts import with_text
from changes.effects import Reply
from changes.errors import Concurrent, Unavailable
from changes.ports import Clock, Json, UnitOfWork, Units
from language import N_, _, of_locale, speaking

log = logging.getLogger(__name__)
LONGEST_NAME = 60
"""So much of the name of an invoke is logged, in characters."""
_TRIES = 8
_PAUSES = (0.2, 0.5, 1.0, 1.5)
"""Seconds between two tries while the database is away: a restart of it is not noticed by anybody."""
_ENOUGH_S = 5.0
"""After so many seconds nothing is tried again: Teams itself gives up after ten."""
AWAY = N_(
    "I cannot reach my database at the moment, so nothing can be looked up or saved. Try again in a minute, and "
    "look with `/change list` before you do anything twice."
)
FULL = N_("The disk of my database is full, so nothing can be saved. An administrator has to make room on it.")
BUSY = N_("Many people are working on this at the same moment, and nothing was changed. Please try again.")


class Turns:
    """Takes activities. `kick` wakes the worker after a commit."""

    def __init__(self, units: Units, clock: Clock, brain: Brain, kick: Callable[[], None], aside: Connector) -> None:
        """`aside` says what has to be said while the database is away, and so keeps to no pace."""
        self._units, self._clock, self._brain, self._kick, self._aside = units, clock, brain, kick, aside
        self._adapter = TurnAdapter(_report)

    async def take(self, activity: Activity) -> InvokeResult | None:
        """Handle the activity; the answer to an invoke, None for anything else."""
        if activity.type == "invoke" and is_foreign(activity.name):
            log.info("an invoke that nobody here answers: %r", (activity.name or "")[:LONGEST_NAME])
            return unanswered(activity.name)
        with bound_contextvars(activity=delivery_key(activity), change=_meant(activity)):
            return await self._answered(activity)

    async def _answered(self, activity: Activity) -> InvokeResult | None:
        began = time.monotonic()
        for pause in (*_PAUSES, 0.0):
            try:
                return await self._take(activity)
            except Unavailable as away:
                log.warning("%s: %s", delivery_key(activity), away)
                if not pause or time.monotonic() - began + pause > _ENOUGH_S:
                    return await self._say_it_is_away(activity, FULL if away.is_full else AWAY)
                await asyncio.sleep(pause)
        return None

    async def _say_it_is_away(self, activity: Activity, sentence: str) -> InvokeResult | None:
        with speaking((of_locale(activity.locale) if activity.locale else "") or "en"):
            if activity.type == "invoke":
                return InvokeResult(200, invoke_error("Unavailable", _(sentence), 503))
            if activity.type == "message":
                await self._say_aside(activity, _(sentence))
        return None

    async def _say_aside(self, activity: Activity, sentence: str) -> None:
        message = with_text(sentence)
        try:
            await self._aside.send(activity.service_url, activity.conversation.id, message)
        except ConnectorError as error:
            log.warning("nobody could be told that the database is away: %s", error)

    async def _take(self, activity: Activity) -> InvokeResult | None:
        for _try in range(_TRIES):
            try:
                answer, thought = await self._once(activity)
            except Concurrent:
                continue
            except Unavailable:
                raise
            except Exception:
                # An invoke has its answer already; whoever typed something shall hear of it too, and once.
                log.exception("a message failed: %s", delivery_key(activity))
                await self._apologise(activity)
                return None
            self._kick()
            for request in thought.requests:
                for job in request.after_commit:
                    await job()
            return answer
        log.warning("gave up after %d lost races: %s", _TRIES, delivery_key(activity))
        return InvokeResult(200, invoke_error("Busy", _(BUSY))) if activity.type == "invoke" else None

    async def _apologise(self, activity: Activity) -> None:
        key = delivery_key(activity)
        message = with_text(_(FAILED))
        conversation = {"id": activity.conversation.id, "serviceUrl": activity.service_url}
        now = self._clock.now()
        async with self._units() as unit:
            await unit.outbox.add([Reply(f"reply:{key}:failed", "", conversation, message)], now)
            await unit.deliveries.remember(key, {}, now)
        self._kick()

    async def _once(self, activity: Activity) -> tuple[InvokeResult | None, Thought]:
        key = delivery_key(activity)
        try:
            async with self._units() as unit:
                known = await unit.deliveries.answer(key)
                if known is not None:
                    return _remembered(known), Thought()
                return await self._new(activity, key, unit)
        except _Failed as failed:
            return failed.answer, Thought()

    async def _new(self, activity: Activity, key: str, unit: UnitOfWork) -> tuple[InvokeResult | None, Thought]:
        thought = Thought()

        async def logic(context: TurnContext) -> None:
            nonlocal thought
            thought = await self._brain.think(context, unit)
            if activity.type == "invoke" and thought.card is not None:
                await answer_invoke(context, invoke_card(thought.card))
            elif activity.type == "invoke" and thought.sentence:
                await answer_invoke(context, invoke_message(thought.sentence))

        result = await self._adapter.run(activity, logic)
        if isinstance(result.failed, Concurrent | Unavailable):
            raise result.failed
        if result.failed is not None:
            # Leaving the unit of work by an error rolls back whatever the turn had written.
            raise _Failed(result.invoke)
        now = self._clock.now()
        replies = [_reply(key, number, outgoing) for number, outgoing in enumerate(result.outgoing)]
        await unit.outbox.add([*replies, *thought.effects], now)
        await unit.deliveries.remember(key, _as_json(result.invoke), now)
        return result.invoke, thought


class _Failed(Exception):
    """An invoke raised; it was answered and reported already."""

    def __init__(self, answer: InvokeResult | None) -> None:
        super().__init__()
        self.answer = answer


async def _report(activity: Activity, error: Exception) -> None:
    if not isinstance(error, Concurrent | Unavailable):
        log.error("an invoke failed: %s", delivery_key(activity), exc_info=error)


def _reply(key: str, number: int, outgoing: Outgoing) -> Reply:
    if outgoing.act is not Act.SEND:
        raise TypeError("dialogs send messages; cards that stand already are edited through the change's effects")
    conversation = {"id": outgoing.conversation_id, "serviceUrl": outgoing.service_url}
    return Reply(f"reply:{key}:{number}", "", conversation, outgoing.activity)


def _meant(activity: Activity) -> str:
    """The change that a button says it is about, for the log; empty for what was typed."""
    value = activity.value if isinstance(activity.value, dict) else {}
    action = value.get("action")
    data = action.get("data") if isinstance(action, dict) else value
    return str(data.get("change") or "")[:20] if isinstance(data, dict) else ""


def _as_json(answer: InvokeResult | None) -> dict[str, Any]:
    return {"status": answer.status, "body": answer.body} if answer else {}


def _remembered(stored: Json) -> InvokeResult | None:
    if not stored:
        return None
    body: Any = stored.get("body")
    status: Any = stored.get("status", 200)
    return InvokeResult(int(status), body)
