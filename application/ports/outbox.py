"""The outbox: effects that were committed and are still to be carried out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Protocol

from changes.deliveries import TOOLS, delivery
from changes.effects import Effect


class Priority(IntEnum):
    """What goes out before what: the lowest first. Within an ordering key nothing overtakes anything."""

    ANSWER = 0
    """Somebody has written to the bot and waits."""
    REST = 1
    TOOLS = 2
    """Other programs, in places of their own."""


def priority_of(effect: Effect) -> Priority:
    """The priority of the effect by itself, whatever waits behind it."""
    how = delivery(effect)
    return Priority.ANSWER if how.answers else Priority.TOOLS if how.outlet in TOOLS else Priority.REST


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An effect that waits since `since`; `attempts` have failed so far."""

    id: int
    lane: str
    effect: Effect
    attempts: int
    since: datetime
    priority: Priority = Priority.REST


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """An effect that was given up, and why."""

    id: int
    effect: Effect
    error: str
    at: datetime


class Outbox(Protocol):
    """Effects between the commit that decided them and the call that carries them out."""

    async def add(self, effects: Sequence[Effect], now: datetime) -> None:
        """Append effects; one whose key is there already is ignored."""

    async def claim(
        self,
        now: datetime,
        owner: str,
        lease_seconds: float,
        limit: int = 20,
        room: Mapping[Priority, int] | None = None,
        ahead: int = 0,
    ) -> tuple[OutboxEntry, ...]:
        """Lease the oldest entry due at `now` of each ordering key that has none in flight; answers first.

        At most `limit` keys, and of each priority as many as it has `room`. An entry counts as an answer as soon as an
        answer waits for it. Up to `ahead` of those that wait behind it are leased with it, to be carried out after it.
        """

    async def give_back(self, entries: Collection[int], owner: str) -> None:
        """End the leases of entries that were not begun, those that the owner still has."""

    async def owners(self) -> frozenset[str]:
        """The owners of current leases."""

    async def release(self, owners: Collection[str]) -> int:
        """Release the leases of owners that have died; returns how many there were."""

    async def done(self, entries: Collection[int], now: datetime, followed: Collection[int] = ()) -> None:
        """Mark the entries as delivered. After those that are `followed` the caller goes on with what it has leased.

        A token of the API that one of them told is kept no longer.
        """

    async def retry(self, entry: int, not_before: datetime, error: str) -> None:
        """Count a failed attempt and delay the entry, with its ordering key, until it is tried again."""

    async def postpone(self, entry: int, not_before: datetime) -> None:
        """Delay the entry, with its ordering key, without counting an attempt."""

    async def dead_letter(self, entry: int, error: str, now: datetime) -> None:
        """Give the entry up; its ordering key goes on without it."""

    async def dead(self) -> tuple[DeadLetter, ...]:
        """The dead letters, oldest first."""

    async def requeue(self, entry: int, now: datetime) -> bool:
        """Put a dead letter back as a new entry; returns whether it existed."""

    async def discard(self, entry: int, now: datetime) -> bool:
        """Discard a dead letter; returns whether it existed."""

    async def waiting(self, *, programs: bool | None = None) -> tuple[int, datetime | None]:
        """The number of waiting entries, and since when the oldest waits: of all, or only those for other `programs`,
        or, where it is False, only the others.
        """

    async def next_attempt(self) -> datetime | None:
        """When the next waiting entry may be delivered; None when nothing waits."""
