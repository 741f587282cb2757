"""One incoming activity, from its arrival to its answer: everything it changes is one transaction.

The delivery, the dialog's state, the change and the replies are committed together; a lost race runs the turn again
from the start, and a delivery seen before gets the answer it got then.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from structlog.contextvars import bound_contextvars

from application.ports import Clock, Json, Looks, UnitOfWork, UnitOfWorkFactory
from bot.commands.search import Searched, SearchFirst, Searching, keep
from bot.connector.client import Connector
from bot.connector.errors import ConnectorError
from bot.connector.fallback_connector import FallbackConnector
from bot.messenger.message_factory import with_text
from bot.messenger.outgoing import Act, Outgoing
from bot.sdk import Activity, TurnContext
from bot.turn.activities import delivery_key
from bot.turn.activity_router import ActivityRouter, TurnOutcome
from bot.turn.adapter import TurnAdapter
from bot.turn.deadline import within
from bot.turn.invokes import (
    FAILED,
    InvokeResult,
    answer_invoke,
    invoke_card,
    invoke_error,
    invoke_message,
    is_foreign,
    unanswered,
)
from changes.effects import Reply
from changes.errors import ConcurrencyConflict, DatabaseUnavailable, Outage
from language import N_, _, of_locale, use_language

log = logging.getLogger(__name__)
LONGEST_NAME = 60
"""So much of the name of an invoke is logged, in characters."""
_TRIES = 8
_PAUSES = (0.2, 0.5, 1.0)
"""Seconds between two tries while the database is away: a restart of it is not noticed by anybody."""
DEADLINE_S = 3.0
"""Seconds for a turn, whatever it has to wait for and however often it is tried: whoever waits hears within four."""
ASIDE_S = 5.0
"""Seconds for the sentence that nothing was done: with the turn, less than Teams waits before it delivers again."""
AWAY = N_(
    "I cannot reach my database at the moment, so nothing can be looked up or saved. Try again in a minute, and "
    "look with `/change list` before you do anything twice."
)
LOCKED = N_("Another program holds my database, so nothing was looked up or saved. Please send it again in a minute.")
FULL = N_(
    "The disk of my database is full, so nothing can be saved. An administrator has to make room on it; "
    "please send it again after that."
)
READ_ONLY = N_(
    "I am not allowed to write to my database, so nothing was saved. An administrator has to look at it; "
    "please send it again after that."
)
DAMAGED = N_(
    "My database is damaged, so nothing was saved. An administrator has to look at my log and restore a backup; "
    "please send it again after that."
)
REPLACED = N_(
    "The file of my database was deleted or replaced, so nothing was saved. An administrator has to look at my log "
    "and restart me; please send it again after that."
)
SENTENCES = {
    Outage.AWAY: AWAY,
    Outage.BUSY: LOCKED,
    Outage.FULL: FULL,
    Outage.READ_ONLY: READ_ONLY,
    Outage.DAMAGED: DAMAGED,
    Outage.REPLACED: REPLACED,
}
BUSY = N_("Many people are working on this at the same moment, and nothing was changed. Please try again.")
_NOT_TAKEN = InvokeResult(503, None)
"""Teams is asked to deliver it again: there is nobody to be told, or nobody could be."""


class TurnHandler:
    """Takes activities. `kick` wakes the worker after a commit."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        clock: Clock,
        brain: ActivityRouter,
        kick: Callable[[], None],
        aside: Connector,
        looks: Looks,
    ) -> None:
        """`aside` says what has to be said while the database is away, and so keeps to no pace."""
        self._search = Searching(looks)
        self._units, self._clock, self._brain, self._kick = units, clock, brain, kick
        # Without a context it notes nothing, and so needs no database.
        self._aside = FallbackConnector(units, aside, clock)
        self._adapter = TurnAdapter(_report)

    async def take(self, activity: Activity) -> InvokeResult | None:
        """Handle the activity; the answer to an invoke, None for anything else."""
        if activity.type == "invoke" and is_foreign(activity.name):
            log.info("an invoke that nobody here answers: %r", (activity.name or "")[:LONGEST_NAME])
            return unanswered(activity.name)
        with bound_contextvars(activity=delivery_key(activity), change=_meant(activity)):
            return await self._answered(activity)

    async def _answered(self, activity: Activity) -> InvokeResult | None:
        until = time.monotonic() + DEADLINE_S
        for pause in (*_PAUSES, 0.0):
            try:
                return await self._take(activity, until)
            except DatabaseUnavailable as away:
                log.warning("%s: %s", delivery_key(activity), away)
                # One that is busy was waited for already; what is wrong with the others does not pass.
                if not pause or away.outage is not Outage.AWAY or time.monotonic() + pause >= until:
                    return await self._say_instead(activity, "Unavailable", SENTENCES[away.outage], 503)
                await asyncio.sleep(pause)
        return None

    async def _say_instead(self, activity: Activity, code: str, sentence: str, status: int) -> InvokeResult | None:
        """Say why nothing came of the activity, past the database."""
        with use_language((of_locale(activity.locale) if activity.locale else "") or "en"):
            if activity.type == "invoke":
                return InvokeResult(200, invoke_error(code, _(sentence), status))
            if activity.type == "message" and await self._said_aside(activity, _(sentence)):
                return None
        return _NOT_TAKEN

    async def _said_aside(self, activity: Activity, sentence: str) -> bool:
        message = with_text(sentence)
        try:
            async with asyncio.timeout(ASIDE_S):
                await self._aside.send(activity.service_url, activity.conversation.id, message)
        except (ConnectorError, TimeoutError) as error:
            log.warning("nobody could be told that nothing came of %s: %s", delivery_key(activity), error)
            return False
        return True

    async def _take(self, activity: Activity, until: float) -> InvokeResult | None:
        searched: Searched = {}
        for _try in range(_TRIES):
            seconds = max(0.0, until - time.monotonic())
            try:
                answer, thought = await within(seconds, self._once(activity, seconds, searched))
            except ConcurrencyConflict:
                continue
            except SearchFirst as first:
                searched[first.search] = await self._search(first)
                continue
            except DatabaseUnavailable:
                raise
            except Exception:
                # An invoke has its answer already; whoever typed something shall hear of it too, and once.
                log.exception("a message failed: %s", delivery_key(activity))
                return await self._apologise(activity, until)
            self._kick()
            for request in thought.requests:
                for job in request.after_commit:
                    await job()
            return answer
        log.warning("gave up after %d lost races: %s", _TRIES, delivery_key(activity))
        return await self._say_instead(activity, "Busy", BUSY, 500)

    async def _apologise(self, activity: Activity, until: float) -> InvokeResult | None:
        """Say once that it failed: through the outbox, and past it where that fails too."""
        key = delivery_key(activity)
        message = with_text(_(FAILED))
        conversation = {"id": activity.conversation.id, "serviceUrl": activity.service_url}
        seconds = max(0.0, until - time.monotonic())

        async def written() -> None:
            now = self._clock.now()
            async with self._units(_patience(seconds)) as unit:
                await unit.outbox.add([Reply(f"reply:{key}:failed", "", conversation, message)], now)
                await unit.deliveries.remember(key, {}, now)

        try:
            await within(seconds, written())
        except DatabaseUnavailable:
            raise
        except Exception:
            log.exception("that could not be written down either: %s", key)
            return await self._say_instead(activity, "Failed", FAILED, 500)
        self._kick()
        return None

    async def _once(
        self, activity: Activity, seconds: float, searched: Searched
    ) -> tuple[InvokeResult | None, TurnOutcome]:
        key = delivery_key(activity)
        try:
            async with self._units(_patience(seconds)) as unit:
                known = await unit.deliveries.answer(key)
                if known is not None:
                    return _remembered(known), TurnOutcome()
                return await self._new(activity, key, unit, searched)
        except _Failed as failed:
            return failed.answer, TurnOutcome()

    async def _new(
        self, activity: Activity, key: str, unit: UnitOfWork, searched: Searched
    ) -> tuple[InvokeResult | None, TurnOutcome]:
        thought = TurnOutcome()

        async def logic(context: TurnContext) -> None:
            nonlocal thought
            keep(context, searched)
            thought = await self._brain.route(context, unit)
            if activity.type == "invoke" and thought.card is not None:
                await answer_invoke(context, invoke_card(thought.card))
            elif activity.type == "invoke" and thought.sentence:
                await answer_invoke(context, invoke_message(thought.sentence))

        result = await self._adapter.run(activity, logic)
        if isinstance(result.failed, ConcurrencyConflict | DatabaseUnavailable | SearchFirst):
            raise result.failed
        if result.failed is not None:
            # Leaving the unit of work by an error rolls back whatever the turn had written.
            raise _Failed(result.invoke)
        now = self._clock.now()
        replies = [_reply(key, number, outgoing) for number, outgoing in enumerate(result.outgoing)]
        await unit.outbox.add([*replies, *thought.effects], now)
        await unit.deliveries.remember(key, _as_json(result.invoke), now)
        return result.invoke, thought


def _patience(seconds: float) -> float:
    """How long a turn of so many seconds waits for the database: it is to end by itself rather than be cut off."""
    return 0.9 * seconds


class _Failed(Exception):
    """An invoke raised; it was answered and reported already."""

    def __init__(self, answer: InvokeResult | None) -> None:
        super().__init__()
        self.answer = answer


async def _report(activity: Activity, error: Exception) -> None:
    if not isinstance(error, ConcurrencyConflict | DatabaseUnavailable | SearchFirst):
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
