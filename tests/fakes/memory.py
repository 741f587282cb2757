"""A store in memory with real transactions: nobody waits, and of two who write one row the second has lost.

It stands for several replicas on PostgreSQL, where races are lost; on SQLite they are waited for. With `rivals`
a test says who is faster, and a random walk takes a thousandth of the time of a real store. It has only what walks and
tables of rights need: everything else is tested over the real ones.
"""

from collections.abc import Awaitable, Callable
from itertools import count
from types import TracebackType
from typing import Any, Self

from application import ports
from tests.fakes import changes, outbox
from tests.fakes.operations import MemoryOperations, MemorySettings
from tests.fakes.table import Race, Table

Rival = Callable[[], Awaitable[None]]


class Nothing:
    """What the worker and the process look at in passing, and never find anything in here."""

    async def of(self, *_asked: object) -> tuple[()]:
        return ()

    async def everybody(self) -> tuple[()]:
        return ()

    async def get(self, *_asked: object) -> None: ...

    async def latest(self, *_asked: object) -> None: ...

    async def held_until(self, *_asked: object) -> None: ...

    async def queue_up(self) -> None: ...

    async def bring_back(self, *_asked: object) -> None: ...

    async def tidy(self, *_asked: object) -> None: ...

    async def note(self, *_told: object) -> None: ...


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
        return MemoryUnit(self)

    async def close(self) -> None:
        """The process ends; what is kept stays."""
        self.claimed.clear()


class MemoryUnit:
    """One transaction. A test may put another outbox into it."""

    outbox_of = outbox.MemoryOutbox
    changes: ports.ChangeStore
    due_items: ports.DueItems
    outbox: ports.Outbox
    operations: ports.OperationStore
    messages: ports.Messages
    bindings: ports.Bindings
    people: ports.People
    chats: ports.Chats
    absences: ports.Absences
    delivery_log: ports.DeliveryLog
    access_denials: ports.AccessDenialLog
    dialogs: ports.Dialogs
    processed_activities: ports.ProcessedActivities
    settings: ports.KeyValueStore
    rate_limits: ports.RateLimitStore
    retention: ports.Retention
    clock_rollback: ports.ClockRollback

    def __init__(self, memory: Memory) -> None:
        self._memory, self._race = memory, Race()

    async def __aenter__(self) -> Self:
        memory, race = self._memory, self._race
        self._changes, counters, effects = memory.changes.view(), memory.counters.view(), memory.outbox.view()
        operations, settings, due_items = memory.operations.view(), memory.settings.view(), memory.due_items.view()
        self._views = (counters, effects, operations, settings, due_items)
        self.outbox = self.outbox_of(effects, memory.ids)
        self.operations, self.settings = MemoryOperations(operations), MemorySettings(settings)
        self.due_items = changes.MemoryDueItems(due_items, memory.claimed, self)
        self.changes = changes.MemoryChanges(
            self._changes, counters, self.outbox, self.due_items, self.operations, race
        )
        nothing: Any = Nothing()
        self.people = self.absences = self.delivery_log = self.rate_limits = self.retention = self.clock_rollback = (
            nothing
        )
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
        for view in views:
            view.commit()
