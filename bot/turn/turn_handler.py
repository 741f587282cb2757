"""One incoming activity, from its arrival to its answer: everything it changes is one transaction.

The delivery, the dialog's state, the change and the replies are committed together; a lost race runs the turn again
from the start, and a delivery seen before gets the answer it got then.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from typing import Any

from structlog.contextvars import bound_contextvars

from application.limits.deadline import within
from application.ports import Clock, Json, Page, ReadOnlyUnitFactory, UnitOfWorkFactory, Work
from application.queries.text_search import Searched, SearchFirst, SearchRunner
from bot.connector.client import Connector
from bot.messenger.fallback_connector import FallbackConnector
from bot.messenger.message_factory import with_text
from bot.sdk import Activity, ActivityTypes
from bot.turn.activities import delivery_key
from bot.turn.activity_router import ActivityRouter
from bot.turn.adapter import address_of_answers, turn_context
from bot.turn.dialog_answers import dialog_body, is_of_dialog
from bot.turn.failure_answers import BUSY, SENTENCES, FailureAnswers
from bot.turn.invokes import (
    FAILED,
    UNSUPPORTED,
    InvokeResult,
    failure,
    invoke_card,
    invoke_message,
    is_unsupported,
)
from bot.turn.links import is_link, link_body
from bot.turn.people_search import is_search, search_body
from bot.turn.turn import TurnOutcome
from cards.request.dialog import with_dialogs
from changes.effects import Reply
from changes.errors import ConcurrencyConflict, DatabaseUnavailable, Outage
from changes.reporting.search import Search
from language import _, of_locale, use_language

log = logging.getLogger(__name__)
LONGEST_NAME = 60
"""Maximum length of an invoke's name in the log, in characters."""
_TRIES = 8
_PAUSES = (0.2, 0.5, 1.0)
"""Seconds between two tries while the database is away: a restart of it is not noticed by anybody."""
DEADLINE_S = 3.0
"""Seconds for a turn, whatever it has to wait for and however often it is tried: whoever waits hears within four."""


class TurnHandler:
    """Handles activities. `wake_worker` is called after a commit with the work that it has caused."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        clock: Clock,
        router: ActivityRouter,
        wake_worker: Callable[[AbstractSet[Work]], None],
        fallback_connector: Connector,
        looks: ReadOnlyUnitFactory,
    ) -> None:
        """`fallback_connector` sends error messages without rate limiting, since that needs the database."""
        self._search = SearchRunner(looks)
        self._units, self._clock, self._router, self._wake_worker = units, clock, router, wake_worker
        self._failures = FailureAnswers(FallbackConnector(units, fallback_connector, clock))

    async def handle(self, activity: Activity) -> InvokeResult | None:
        """Handle the activity; the answer to an invoke, None for anything else."""
        if activity.type == "invoke" and is_unsupported(activity.name):
            log.info("an invoke that nobody here answers: %r", (activity.name or "")[:LONGEST_NAME])
            return UNSUPPORTED
        key = delivery_key(activity)
        with bound_contextvars(activity=key, change=_change_id_for_log(activity)):
            return await self._answered(activity, key)

    async def _answered(self, activity: Activity, key: str) -> InvokeResult | None:
        until = time.monotonic() + DEADLINE_S
        for pause in (*_PAUSES, 0.0):
            try:
                return await self._tried(activity, key, until)
            except DatabaseUnavailable as away:
                # One that is busy was waited for already; what is wrong with the others does not pass.
                if not pause or away.outage is not Outage.AWAY or time.monotonic() + pause >= until:
                    log.info("%s: %s", key, away)
                    return await self._failures.answer(activity, key, "Unavailable", SENTENCES[away.outage], 503)
                await asyncio.sleep(pause)
        return None

    async def _tried(self, activity: Activity, key: str, until: float) -> InvokeResult | None:
        searched: dict[Search, Page | None] = {}
        for _try in range(_TRIES):
            seconds = max(0.0, until - time.monotonic())
            try:
                answer, outcome = await within(seconds, self._once(activity, key, seconds, searched))
            except ConcurrencyConflict:
                continue
            except SearchFirst as first:
                searched[first.search] = await self._search(first)
                continue
            except DatabaseUnavailable:
                raise
            except Exception:
                # What the turn had written is rolled back; whoever typed or pressed something hears of it once.
                log.exception("an activity failed: %s", key)
                return await self._report_failure(activity, key, until)
            for request in outcome.requests:
                for job in request.after_commit:
                    await job()
            return answer
        log.warning("gave up after %d lost races: %s", _TRIES, key)
        return await self._failures.answer(activity, key, "Busy", BUSY, 500)

    async def _report_failure(self, activity: Activity, key: str, until: float) -> InvokeResult | None:
        """Report the failure once: in the answer to an invoke, else through the outbox, or past it when that fails."""
        with use_language(of_locale(activity.locale)):
            if activity.type == ActivityTypes.invoke:
                return InvokeResult(200, failure(activity, "InternalError", _(FAILED), 500))
            message = with_text(_(FAILED))
        seconds = max(0.0, until - time.monotonic())

        async def written() -> None:
            now = self._clock.now()
            async with self._units(_database_timeout(seconds)) as unit:
                await unit.outbox.add([Reply(f"reply:{key}:failed", "", _conversation_of(activity), message)], now)
                await unit.processed_activities.remember(key, {}, now)
            self._wake_worker(unit.work)

        try:
            await within(seconds, written())
        except DatabaseUnavailable:
            raise
        except Exception:
            log.exception("that could not be written down either: %s", key)
            return await self._failures.answer(activity, key, "Failed", FAILED, 500)
        return None

    async def _once(
        self, activity: Activity, key: str, seconds: float, searched: Searched
    ) -> tuple[InvokeResult | None, TurnOutcome]:
        async with self._units(_database_timeout(seconds)) as unit:
            known = await unit.processed_activities.begin(key, self._clock.now())
            if known is not None:
                return _remembered(known), TurnOutcome()
            outcome = await self._router.route(turn_context(activity), unit, key, searched)
            answer = self._answer_of(activity, outcome) if activity.type == ActivityTypes.invoke else None
            now, where = self._clock.now(), _conversation_of(activity)
            address = address_of_answers(activity)
            replies = [
                Reply(f"reply:{key}:{number}", "", where, address | each)
                for number, each in enumerate(outcome.messages)
            ]
            await unit.outbox.add([*replies, *outcome.effects], now)
            if answer is not None:
                await unit.processed_activities.answered(key, _as_json(answer))
        self._wake_worker(unit.work)
        return answer, outcome

    def _answer_of(self, activity: Activity, outcome: TurnOutcome) -> InvokeResult:
        """The answer to a press. Raises LookupError where the turn has none: then the press has done nothing."""
        if is_link(activity):
            return InvokeResult(200, outcome.unfolded or link_body())
        if is_search(activity):
            return InvokeResult(200, search_body(activity, outcome.found))
        if is_of_dialog(activity):
            return InvokeResult(200, dialog_body(outcome.card, outcome.title, outcome.sentence))
        if outcome.card is not None:
            return InvokeResult(200, invoke_card(outcome.card if self._router.local else with_dialogs(outcome.card)))
        if outcome.sentence:
            return InvokeResult(200, invoke_message(outcome.sentence))
        raise LookupError(outcome)


def _database_timeout(seconds: float) -> float:
    """Seconds a turn waits for the database: fewer than it has, so that it fails before it is cancelled."""
    return 0.9 * seconds


def _conversation_of(activity: Activity) -> dict[str, str]:
    return {"id": activity.conversation.id, "serviceUrl": activity.service_url}


def _change_id_for_log(activity: Activity) -> str:
    """The change that a button says it is about, for the log; empty for what was typed."""
    value = activity.value if isinstance(activity.value, dict) else {}
    action = value.get("action", value)
    data = action.get("data", action) if isinstance(action, dict) else value
    return str(data.get("change") or "")[:20] if isinstance(data, dict) else ""


def _as_json(answer: InvokeResult) -> dict[str, Any]:
    return {"status": answer.status, "body": answer.body}


def _remembered(stored: Json) -> InvokeResult | None:
    if not stored:
        return None
    body: Any = stored.get("body")
    status: Any = stored.get("status", 200)
    return InvokeResult(int(status), body)
