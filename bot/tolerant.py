"""Sends what Teams takes: a message that it refuses as it is goes out without its extras, and the log says which."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Generic, TypeVar

from bot.connector import Connector
from bot.connector_errors import Rejected, TooLarge
from bot.plainer import Extra, plainer_versions
from changes.insist import insist
from changes.ports import Clock, Units, Way
from changes.told import of_reduced

T = TypeVar("T")
log = logging.getLogger(__name__)
_AS_IT_IS = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY})
"""Teams refuses what was sent, and not where it was sent or by whom."""


@dataclass(frozen=True, slots=True)
class About:
    """What a message is: of which change, under which key, and who reads it by which way."""

    change: str
    message: str
    to: str
    way: Way = Way.TEAMS


@dataclass(frozen=True, slots=True)
class Accepted(Generic[T]):
    """What Teams answered, and a sentence for the log where something was left out."""

    value: T
    left_out: str = ""


class TolerantConnector:
    """The connector's calls that carry a message. They raise its errors where not even the plain text is taken."""

    def __init__(self, units: Units, connector: Connector, clock: Clock) -> None:
        self._units, self._connector, self._clock = units, connector, clock

    async def send(
        self, service_url: str, conversation: str, activity: dict[str, Any], about: About | None = None
    ) -> Accepted[str]:
        """Post a message; its id."""
        return await self._noted(about, activity, lambda each: self._connector.send(service_url, conversation, each))

    async def update(
        self, service_url: str, conversation: str, message: str, activity: dict[str, Any], about: About | None = None
    ) -> Accepted[None]:
        """Replace a message."""
        return await self._noted(
            about, activity, lambda each: self._connector.update(service_url, conversation, message, each)
        )

    async def create_conversation(
        self, service_url: str, parameters: dict[str, Any], about: About | None = None
    ) -> Accepted[tuple[str, str]]:
        """Open a thread with the message in the parameters: its id, and that of the message."""
        return await self._noted(
            about,
            parameters["activity"],
            lambda each: self._connector.create_conversation(service_url, parameters | {"activity": each}),
        )

    async def _noted(
        self, about: About | None, activity: dict[str, Any], send: Callable[[dict[str, Any]], Awaitable[T]]
    ) -> Accepted[T]:
        accepted = await _accepted(activity, send)
        if accepted.left_out and about is not None:
            now, why = self._clock.now(), accepted.left_out
            told = of_reduced(about.change, about.message, about.to, about.way, now, why)
            await insist(self._units, lambda unit: unit.ledger.note(told))
        return accepted


async def _accepted(activity: dict[str, Any], send: Callable[[dict[str, Any]], Awaitable[T]]) -> Accepted[T]:
    try:
        return Accepted(await send(activity))
    except Rejected as refusal:
        if not _is_refused_as_it_is(refusal):
            raise
        first = refusal
    left_out: list[Extra] = []
    for extra, plainer in plainer_versions(activity):
        left_out.append(extra)
        try:
            value = await send(plainer)
        except Rejected as refusal:
            if not _is_refused_as_it_is(refusal):
                raise
            continue
        # It was perhaps not every one of them; what is known is that without them it was taken.
        log.warning("a message went out without its %s: %s", ", ".join(each.name for each in left_out).lower(), first)
        return Accepted(value, " ".join([*(each.value for each in left_out), str(first)]))
    raise first


def _is_refused_as_it_is(refusal: Rejected) -> bool:
    return isinstance(refusal, TooLarge) or refusal.status in _AS_IT_IS
