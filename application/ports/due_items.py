"""The due table: items with a time and an owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from changes.planning.timeline import Step


class OwnerType(StrEnum):
    """The types of owners of due items."""

    CHANGE = "change"
    SERVICE = "service"
    SERIES = "series"


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose due items they are: they run in their order, and wait together when one of them fails."""

    type: OwnerType
    id: str


def of_change(change_id: str) -> Owner:
    """The change as the owner of its steps."""
    return Owner(OwnerType.CHANGE, change_id)


def of_series(series_id: str) -> Owner:
    """The series as the owner of its next look."""
    return Owner(OwnerType.SERIES, series_id)


@dataclass(frozen=True, slots=True)
class Look:
    """The next look at a series."""

    key: str
    due: datetime
    kind: OwnerType = OwnerType.SERIES


@dataclass(frozen=True, slots=True)
class DueItem:
    """Something that waits in the due table; carrying it out has failed `failures` times so far."""

    owner: Owner
    key: str
    due: datetime
    failures: int = 0


class DueItems(Protocol):
    """The due table."""

    async def claim(self, now: datetime) -> DueItem | None:
        """The earliest item due at `now`, locked until the unit of work ends; None when there is none free."""

    async def claim_batch(self, now: datetime, limit: int) -> tuple[DueItem, ...]:
        """At most so many items due at `now`, the earliest of each owner, locked until the unit of work ends."""

    async def hold(self, owner: Owner, until: datetime) -> None:
        """Delay all items of the owner until then, or until they are replaced: one of them failed."""

    async def next_due(self) -> datetime | None:
        """When the next item falls due, or is tried again."""

    async def overdue(self, since: datetime, until: datetime) -> tuple[int, datetime | None]:
        """How many owners have an item that was due by `since`, a few thousand at most, and when the oldest was.

        Those that are held because they failed are held `until` then at the latest.
        """

    async def next_of(self, owner: Owner) -> datetime | None:
        """When the owner's next item falls due, or is tried again."""

    async def drop(self, owner: Owner, key: str) -> None:
        """Remove an item that was carried out, or turned out to be void."""

    async def replace(self, owner: Owner, steps: Sequence[Step | Look]) -> None:
        """Replace the owner's items by these."""
