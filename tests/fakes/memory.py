"""A store in memory with real transactions: nobody waits, and of two who write one row the second has lost.

It stands for several replicas on PostgreSQL, where races are lost; on SQLite they are waited for. With `rivals`
a test says who is faster, and a random walk takes a thousandth of the time of a real store. It has only what walks and
tables of rights need: everything else is tested over the real ones.
"""

from collections.abc import Awaitable, Callable
from itertools import count
from types import TracebackType
from typing import Any, Self, cast

from application import ports
from tests.fakes import changes, outbox
from tests.fakes.operations import MemoryOperations, MemorySettings
from tests.fakes.table import Race, Table, View

Rival = Callable[[], Awaitable[None]]


class Nothing:
    """What the worker and the process look at in passing, and never find anything in here."""

    def __getattr__(self, asked: str) -> Callable[..., Awaitable[object]]:
        async def nothing(*_about: object) -> object:
            return () if asked in ("of", "everybody") else None

        return nothing


class Memory:
    """Everything that is kept. Each of `rivals` acts once, just before somebody commits what concerns a change."""

    def __init__(self) -> None:
        self.changes = Table[str, changes.Row]()
        self.due_items = Table[ports.Owner, changes.Waiting]()
        self.counters = Table[int, int]()
        self.outbox = Table[str, outbox.Row]()
        self.operations = Table[str, ports.Operation]()
        self.settings = Table[str, str]()
        self.ids = count(1)
        self.claimed: dict[ports.Owner, object] = {}
        self.rivals: list[Rival] = []

    def units(self, patience: float | None = None) -> ports.UnitOfWork:
        """A new unit of work, not begun yet."""
        return cast("ports.UnitOfWork", MemoryUnit(self))


class MemoryUnit:
    """One transaction. A test may put another outbox into it."""

    outbox_of: Any = outbox.MemoryOutbox

    def __init__(self, memory: Memory) -> None:
        self._memory, self._race = memory, Race()
        self.work: set[ports.Work] = set()

    async def __aenter__(self) -> Self:
        memory, race = self._memory, self._race
        self._changes, counters, effects = memory.changes.view(), memory.counters.view(), memory.outbox.view()
        operations, settings, due_items = memory.operations.view(), memory.settings.view(), memory.due_items.view()
        self._views = (counters, effects, operations, settings, due_items)
        self._works: dict[ports.Work, View[Any, Any]] = {
            ports.Work.STEPS: due_items,
            ports.Work.DELIVERIES: effects,
            ports.Work.OPERATIONS: operations,
        }
        self.outbox = self.outbox_of(effects, memory.ids)
        self.operations, self.settings = MemoryOperations(operations), MemorySettings(settings)
        self.due_items = changes.MemoryDueItems(due_items, memory.claimed, self)
        kept: Any = changes.MemoryChanges(self._changes, counters, self.outbox, self.due_items, race)
        nothing: Any = Nothing()
        self.changes = kept
        self.people = self.absences = self.delivery_log = nothing
        self.worker_beats = self.rate_limits = self.retention = self.clock_rollback = nothing
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                await self._commit()
        finally:
            for owner in [each for each, claimant in self._memory.claimed.items() if claimant is self]:
                del self._memory.claimed[owner]

    async def _commit(self) -> None:
        if self._changes.written and self._memory.rivals:
            await self._memory.rivals.pop(0)()
        views = (self._changes, *self._views)
        if self._race.lost or any(view.lost for view in views):
            raise self._race.lose()
        self.work = {work for work, view in self._works.items() if view.written}
        for view in views:
            view.commit()
