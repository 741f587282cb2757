"""Changes with their audit trail, and the due table, in memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from application.ports import DueItem, DueItems, Look, Outbox, Owner, VersionedChange, of_change
from changes.effects import Effect
from changes.events import Entry
from changes.model import BOOKED, Change, State, Window, change_id_of, instant
from changes.planning.steps import Step
from changes.policy import Service
from changes.reporting.search import EVERYTHING, Search
from tests.fakes.table import Race, View


@dataclass(frozen=True, slots=True)
class Row:
    """A change and its trail."""

    change: Change
    trail: tuple[Entry, ...]


class MemoryChanges:
    """The ChangeStore."""

    def __init__(
        self,
        rows: View[str, Row],
        counters: View[int, int],
        outbox: Outbox,
        due_items: DueItems,
        race: Race,
    ) -> None:
        self._rows, self._counters, self._outbox, self._race = rows, counters, outbox, race
        self._due_items = due_items

    async def new_id(self, year: int) -> str:
        number = self._counters.rows.get(year, 0) + 1
        self._counters.rows[year] = number
        return change_id_of(year, number)

    async def load(self, change_id: str) -> VersionedChange | None:
        row = self._rows.rows.get(change_id)
        return VersionedChange(row.change, len(row.trail)) if row else None

    async def load_together(self, change_ids: Collection[str]) -> tuple[Change, ...]:
        return tuple(self._rows.rows[each].change for each in change_ids if each in self._rows.rows)

    async def numbered(self, number: int) -> tuple[Change, ...]:
        ids = [change_id_of(year, number) for year in sorted(self._counters.rows, reverse=True)]
        return tuple(self._rows.rows[each].change for each in ids if each in self._rows.rows)

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
        if [entry.seq for entry in entries] != list(range(expected + 1, expected + len(entries) + 1)):
            raise ValueError("the entries of a change are numbered without a gap, from the version that was loaded")
        row = self._rows.rows.get(change.id)
        trail = row.trail if row else ()
        if len(trail) != expected:
            raise self._race.lose()
        said = tuple(replace(entry, at=instant(entry.at)) for entry in entries)
        self._rows.rows[change.id] = Row(change, (*trail, *said))
        await self._due_items.replace(of_change(change.id), steps)
        await self._outbox.add(effects, now)

    async def sharing(
        self,
        services: Sequence[str],
        since: datetime,
        excluding: str = "",
        *,
        booking: bool = False,
        near: Sequence[Window] = (),
    ) -> tuple[Change, ...]:
        """With those of other times too: the walks have none that is far away."""
        everything = await self.find()
        return tuple(
            each
            for each in everything
            if each.plan.service in services
            and each.id != excluding
            and (each.state in BOOKED or (each.state is State.COMPLETED and each.ends_at > since))
        )

    async def find(self, search: Search = EVERYTHING, *, limit: int | None = None) -> tuple[Change, ...]:
        """Those in the states, and not over by then: the worker looks for nothing else."""
        everything = sorted((row.change for row in self._rows.rows.values()), key=lambda each: each.plan.window.start)
        found = [each for each in everything if not search.states or each.state in search.states]
        return tuple(each for each in found if search.since is None or each.ends_at > search.since)

    async def history(self, change_id: str) -> tuple[Entry, ...]:
        row = self._rows.rows.get(change_id)
        return row.trail if row else ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for one owner, and until when all of it waits."""

    steps: tuple[Step, ...]
    failures: int = 0
    held_until: datetime | None = None


class MemoryDueItems:
    """The DueItems. `claimed` says which unit of work has claimed an item of which owner, until that unit ends."""

    def __init__(self, rows: View[Owner, Waiting], claimed: dict[Owner, object], claimant: object) -> None:
        self._rows, self._claimed, self._claimant = rows, claimed, claimant

    async def claim(self, now: datetime) -> DueItem | None:
        return next(iter(await self.claim_batch(now, 1)), None)

    async def claim_batch(self, now: datetime, limit: int) -> tuple[DueItem, ...]:
        heads = []
        for owner, row in self._rows.rows.items():
            first = min(((step.due, place) for place, step in enumerate(row.steps)), default=None)
            is_free = self._claimed.get(owner, self._claimant) is self._claimant
            if first and is_free and first[0] <= now and (row.held_until is None or row.held_until <= now):
                heads.append((first[0], owner.id, first[1], owner))
        found = sorted(heads)[:limit]
        self._claimed.update({owner: self._claimant for *_, owner in found})
        rows = self._rows.rows
        return tuple(
            DueItem(owner, rows[owner].steps[place].key, due, rows[owner].failures) for due, _id, place, owner in found
        )

    async def hold(self, owner: Owner, until: datetime) -> None:
        row = self._rows.rows[owner]
        self._rows.rows[owner] = replace(row, failures=row.failures + 1, held_until=until)

    async def replace(self, owner: Owner, steps: Sequence[Step | Look]) -> None:
        self._rows.rows[owner] = Waiting(
            tuple(replace(step, due=instant(step.due)) for step in steps if not isinstance(step, Look))
        )

    async def next_due(self) -> datetime | None:
        moments = [await self.next_of(owner) for owner in self._rows.rows]
        return min((each for each in moments if each), default=None)

    async def overdue(self, since: datetime, until: datetime) -> tuple[int, datetime | None]:
        first = [min(step.due for step in row.steps) for row in self._rows.rows.values() if row.steps]
        late = [due for due in first if due <= since]
        return len(late), min(late, default=None)

    async def next_of(self, owner: Owner) -> datetime | None:
        row = self._rows.rows[owner]
        return min((max(step.due, row.held_until or step.due) for step in row.steps), default=None)

    async def drop(self, owner: Owner, key: str) -> None:
        row = self._rows.rows[owner]
        self._rows.rows[owner] = replace(row, steps=tuple(step for step in row.steps if step.key != key))
