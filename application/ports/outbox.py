"""What is to be delivered: rows before they are calls."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from changes.effects import Effect


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """An effect that waits to be carried out since then; `attempts` have failed so far."""

    id: int
    lane: str
    effect: Effect
    attempts: int
    since: datetime


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

    async def claim(self, now: datetime, owner: str, lease_seconds: float, limit: int = 20) -> tuple[OutboxEntry, ...]:
        """Lease the first waiting parcel of each free lane, when it may go out at `now`."""

    async def owners(self) -> frozenset[str]:
        """Those who have leased something."""

    async def release(self, owners: Collection[str]) -> int:
        """End the leases of those owners, who will never carry anything out again; how many there were."""

    async def done(self, parcel: int, now: datetime) -> None:
        """It was carried out."""

    async def retry(self, parcel: int, not_before: datetime, error: str) -> None:
        """It failed and may be tried again; its lane waits."""

    async def postpone(self, parcel: int, not_before: datetime) -> None:
        """It was not tried, and its lane waits."""

    async def dead_letter(self, parcel: int, error: str, now: datetime) -> None:
        """It failed for good; the lane goes on without it."""

    async def dead(self) -> tuple[DeadLetter, ...]:
        """What was given up, oldest first."""

    async def requeue(self, parcel: int, now: datetime) -> bool:
        """Try again what was given up, as if it were new; whether there was such a one."""

    async def forget(self, parcel: int, now: datetime) -> bool:
        """Let go what was given up: it is carried out no more; whether there was such a one."""

    async def waiting(self) -> tuple[int, datetime | None]:
        """How many effects wait, and since when the oldest does."""

    async def next_attempt(self) -> datetime | None:
        """When the next waiting parcel may go out; None when nothing waits."""
