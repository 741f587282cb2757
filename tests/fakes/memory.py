"""A store in memory with real transactions: nobody waits, and of two who write one row the second has lost.

It stands for several replicas on PostgreSQL, where races are lost; on SQLite they are waited for. With `rivals`
a test says who is faster.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import count
from types import TracebackType
from typing import Self

from application import ports
from changes.notification.delivery_log import DeliveryRecord
from tests.fakes import changes, outbox
from tests.fakes.conversations import (
    MemoryBindings,
    MemoryChats,
    MemoryDeliveries,
    MemoryDialogs,
    MemoryMessages,
    MemoryOperations,
    MemoryPeople,
    MemorySettings,
)
from tests.fakes.refusals import MemoryRefusals
from tests.fakes.sendings import MemorySendings
from tests.fakes.table import Race, Table
from tests.fakes.told import MemoryAbsences, MemoryLedger

Rival = Callable[[], Awaitable[None]]


class Memory:
    """Everything that is kept. Each of `rivals` acts once, just before somebody commits what concerns a change."""

    def __init__(self) -> None:
        self.changes = Table[str, changes.Row]()
        self.due_items = Table[ports.Owner, changes.Waiting]()
        self.counters = Table[int, int]()
        self.outbox = Table[str, outbox.Row]()
        self.operations = Table[str, ports.Operation]()
        self.messages = Table[tuple[str, str], ports.MessageRef]()
        self.bindings = Table[str, ports.Binding]()
        self.people = Table[str, ports.UserProfile]()
        self.chats = Table[str, ports.PersonalConversation]()
        self.absences = Table[int, ports.Absence]()
        self.ledger = Table[str, DeliveryRecord]()
        self.refusals = Table[int, ports.AccessDenial]()
        self.dialogs = Table[str, tuple[str, int]]()
        self.deliveries = Table[str, str]()
        self.settings = Table[str, str]()
        self.sendings = Table[int, tuple[str, datetime]]()
        self.ids, self.etags = count(1), count(1)
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
    ledger: ports.DeliveryLog
    refusals: ports.AccessDenialLog
    dialogs: ports.Dialogs
    deliveries: ports.ProcessedActivities
    settings: ports.KeyValueStore
    sendings: ports.RateLimitStore
    tidying: ports.Retention
    moments: ports.Moments

    def __init__(self, memory: Memory) -> None:
        self._memory, self._race = memory, Race()

    async def __aenter__(self) -> Self:
        memory, race = self._memory, self._race
        self._changes, counters = memory.changes.view(), memory.counters.view()
        effects, operations = memory.outbox.view(), memory.operations.view()
        messages, bindings, people = memory.messages.view(), memory.bindings.view(), memory.people.view()
        dialogs, deliveries, settings = memory.dialogs.view(), memory.deliveries.view(), memory.settings.view()
        chats, absences, ledger = memory.chats.view(), memory.absences.view(), memory.ledger.view()
        sendings, refusals, due_items = memory.sendings.view(), memory.refusals.view(), memory.due_items.view()
        self._views = (
            *(counters, effects, operations, messages, bindings, people, dialogs, deliveries, settings),
            *(chats, absences, ledger, sendings, refusals, due_items),
        )
        self.outbox = self.outbox_of(effects, memory.ids)
        self.operations = MemoryOperations(operations)
        self.due_items = changes.MemoryDueItems(due_items, memory.claimed, self)
        self.changes = changes.MemoryChanges(
            self._changes, counters, self.outbox, self.due_items, self.operations, race
        )
        self.messages, self.bindings = MemoryMessages(messages), MemoryBindings(bindings)
        self.people, self.settings = MemoryPeople(people), MemorySettings(settings)
        self.chats, self.ledger = MemoryChats(chats), MemoryLedger(ledger)
        self.refusals = MemoryRefusals(refusals, memory.ids)
        self.absences = MemoryAbsences(absences, memory.ids)
        self.sendings = self.tidying = self.moments = MemorySendings(sendings, memory.ids)
        self.dialogs = MemoryDialogs(dialogs, memory.etags, race)
        self.deliveries = MemoryDeliveries(deliveries, race)
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
