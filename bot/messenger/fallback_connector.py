"""Sends what Teams takes: a message that it refuses as it is goes out without its extras, and the log says which.

What was refused is remembered until the message is delivered. Every version takes room in Teams' limits: whoever began
again with the first whenever there is no room left would never reach the last, where several messages wait.
"""

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from application.ports import Clock, UnitOfWorkFactory
from application.retry import commit_with_retry
from bot.connector.client import Connector
from bot.connector.errors import ConversationUnavailable, Rejected, TooLarge
from bot.messenger.message_fallbacks import fallback_versions
from bot.messenger.refusal_memory import RefusalMemory, RefusedMessage
from changes.delivery_log import DeliveryChannel, reduced_record
from changes.text.messages import joined

T = TypeVar("T")
log = logging.getLogger(__name__)
_AS_IT_IS = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY})
"""Teams refuses what was sent, and not where it was sent or by whom."""
_SHARED = "19:"
"""With this begins the id of a channel or group chat; a personal chat's with another one."""


@dataclass(frozen=True, slots=True)
class DeliveryContext:
    """Identifies a message: its change, its key, and who reads it by which channel."""

    change: str
    message: str
    to: str
    way: DeliveryChannel = DeliveryChannel.TEAMS


@dataclass(frozen=True, slots=True)
class Accepted(Generic[T]):
    """What Teams answered, and a sentence for the log where something was left out."""

    value: T
    left_out: str = ""


class FallbackConnector:
    """The connector's calls that carry a message. They raise its errors where not even the plain text is taken."""

    def __init__(self, units: UnitOfWorkFactory, connector: Connector, clock: Clock) -> None:
        """The database is used for nothing but the note of what was left out."""
        self._units, self._connector, self._clock = units, connector, clock
        self._refused = RefusalMemory(clock)

    async def send(
        self, service_url: str, conversation: str, activity: dict[str, Any], context: DeliveryContext | None = None
    ) -> Accepted[str]:
        """Post a message; its id."""
        return await self._noted(
            ("send", conversation),
            context,
            activity,
            lambda each: self._connector.send(service_url, conversation, each),
        )

    async def update(
        self,
        service_url: str,
        conversation: str,
        message: str,
        activity: dict[str, Any],
        context: DeliveryContext | None = None,
    ) -> Accepted[None]:
        """Replace a message."""
        return await self._noted(
            ("update", conversation, message),
            context,
            activity,
            lambda each: self._connector.update(service_url, conversation, message, each),
        )

    async def create_conversation(
        self, service_url: str, parameters: dict[str, Any], context: DeliveryContext | None = None
    ) -> Accepted[tuple[str, str]]:
        """Open a thread with the message in the parameters: its id, and that of the message."""
        channel = str(parameters.get("channelData", {}).get("channel", {}).get("id", ""))
        return await self._noted(
            ("create", channel),
            context,
            parameters["activity"],
            lambda each: self._connector.create_conversation(service_url, parameters | {"activity": each}),
        )

    async def _noted(
        self,
        call: tuple[str, ...],
        context: DeliveryContext | None,
        activity: dict[str, Any],
        send: Callable[[dict[str, Any]], Awaitable[T]],
    ) -> Accepted[T]:
        def name() -> str:
            # A card is drawn anew for every attempt, so it is known by what it is and not by what stands on it.
            return "|".join((*call, _digest(activity) if context is None else f"{context.change}|{context.message}"))

        accepted = await self._accepted(name, activity, send, is_shared=call[1].startswith(_SHARED))
        if accepted.left_out and context is not None:
            now, why = self._clock.now(), accepted.left_out
            told = reduced_record(context.change, context.message, context.to, context.way, now, why)
            await commit_with_retry(self._units, lambda unit: unit.delivery_log.note(told))
        return accepted

    async def _accepted(
        self,
        name: Callable[[], str],
        activity: dict[str, Any],
        send: Callable[[dict[str, Any]], Awaitable[T]],
        *,
        is_shared: bool,
    ) -> Accepted[T]:
        known = self._refused.get(message := name()) if self._refused else None
        if known is None:
            try:
                return Accepted(await send(activity))
            except Rejected as refusal:
                if not _is_refused_as_it_is(refusal):
                    raise
                known = self._refused.put(message := name(), refusal)
        try:
            accepted = await _accepted_with_less(known, activity, send, is_shared=is_shared)
        except (Rejected, ConversationUnavailable):
            # It is given up. Whoever sends it once more has perhaps mended something: it is tried whole again.
            self._refused.discard(message)
            raise
        self._refused.discard(message)
        return accepted


async def _accepted_with_less(
    known: RefusedMessage, activity: dict[str, Any], send: Callable[[dict[str, Any]], Awaitable[T]], *, is_shared: bool
) -> Accepted[T]:
    for left_out, version in fallback_versions(activity, is_shared=is_shared):
        if left_out in known.without:
            continue
        try:
            value = await send(version)
        except Rejected as refusal:
            if not _is_refused_as_it_is(refusal):
                raise
            known.without.add(left_out)
            continue
        names = ", ".join(each.name for each in left_out).lower()
        log.warning("a message went out without its %s: %s", names, known.first)
        return Accepted(value, joined(*(each.value for each in left_out), known.first.sentence))
    raise known.first


def _digest(activity: dict[str, Any]) -> str:
    return sha256(json.dumps(activity, sort_keys=True).encode()).hexdigest()


def _is_refused_as_it_is(refusal: Rejected) -> bool:
    return isinstance(refusal, TooLarge) or refusal.status in _AS_IT_IS
