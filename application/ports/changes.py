"""The stored changes, and their steps as they fall due."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from changes.effects import Effect
from changes.events import Entry
from changes.model import Change, State, Window
from changes.planning.timeline import Step
from changes.policy import Service
from changes.reporting.metrics import ChangeMetrics
from changes.reporting.search import EVERYTHING, Search


@dataclass(frozen=True, slots=True)
class VersionedChange:
    """A change as it lies in the store; `version` is the number of its entries."""

    change: Change
    version: int


MOST_COUNTED = 1000
"""Nobody reads an exact number beyond: what is listed page by page is counted up to here, and one page further."""


@dataclass(frozen=True, slots=True)
class Page:
    """The changes on a search's page, and how many there are on all pages; `is_least`: there are at least so many.

    There is a next page where `count` is larger than the pages up to this one hold.
    """

    changes: tuple[Change, ...]
    count: int
    is_least: bool = False


class ChangeStore(Protocol):
    """Changes with their audit trail."""

    async def new_id(self, year: int) -> str:
        """The next free id, for example `CHG-2026-0007`."""

    async def load(self, change_id: str) -> VersionedChange | None:
        """The change, or None."""

    async def load_together(self, change_ids: Collection[str]) -> tuple[Change, ...]:
        """Those of the changes that there are. `load` has them then for as long as the unit of work lives."""

    async def numbered(self, number: int) -> tuple[Change, ...]:
        """The changes with that number, one a year at most, the newest year first."""

    async def save(
        self,
        change: Change,
        expected: int,
        entries: Sequence[Entry],
        steps: Sequence[Step],
        effects: Sequence[Effect],
        now: datetime,
        service: Service | None = None,
    ) -> None:
        """Append the entries, replace the stored state and the pending steps by `steps`, add the effects to the outbox.

        By the `service` its days are counted and its tasks are known; without it nothing waits for anybody. `expected`
        is the version that was loaded, 0 for a new change. ConcurrencyConflict is raised when another was saved since,
        here or as soon as it is written: before the unit of work reads anything else, or ends.
        """

    async def bring_up_to_date(self, stored: VersionedChange, service: Service) -> None:
        """Write down anew by what the change is counted, and what waits for whom, by the service as it is.

        Raises ConcurrencyConflict when it was saved since it was loaded.
        """

    async def ids_after(self, change_id: str, limit: int) -> tuple[str, ...]:
        """The first ids behind that one, in order: empty at the end."""

    async def sharing(
        self,
        services: Sequence[str],
        since: datetime,
        excluding: str = "",
        *,
        booking: bool = False,
        near: Sequence[Window] = (),
    ) -> tuple[Change, ...]:
        """The changes of these services in one of the BOOKED states, and those completed whose window ended after
        `since`, the earliest window first. With `booking` nobody else can book on them until this unit of work ends.

        With `near`, three spans of time at most, those that are booked for other times and not at work are left out.
        """

    async def find(self, search: Search = EVERYTHING, *, limit: int | None = None) -> tuple[Change, ...]:
        """Every change that matches, or the `limit` of them that are on the search's page: whoever gives one says so to
        the reader, and selects nothing from what comes back. The earliest window comes first unless `newest_first`.
        """

    async def measured(self, search: Search, *, limit: int) -> tuple[ChangeMetrics, ...]:
        """What `find` finds with that limit, in numbers: without when the work began and ended."""

    async def windows(self, search: Search, *, most: int) -> tuple[Window, ...]:
        """The windows of the first so many that match, with every extension."""

    async def page(self, search: Search, length: int) -> Page:
        """The search's page, of so many changes: what is read for it does not grow with how many match."""

    async def count(self, search: Search, most: int = MOST_COUNTED) -> int:
        """How many changes match, on all pages, counted up to `most`."""

    async def open_by_state(self) -> Mapping[State, int]:
        """How many changes are in each of the open states; those in which none is are left out."""

    async def versions(self, search: Search) -> tuple[tuple[str, int], ...]:
        """The ids of those that match with the number of their entries, in `find`'s order, without reading them."""

    async def history(self, change_id: str) -> tuple[Entry, ...]:
        """The audit trail, oldest first."""
