"""The unit of work: every store of the core within one transaction."""

from collections.abc import Set as AbstractSet
from types import TracebackType
from typing import Self

from application import ports
from storage.access_denials import SqlAccessDenialLog
from storage.change_store import SqlChanges
from storage.change_writer import ChangeWriter
from storage.clock_rollback import SqlClockRollback
from storage.conversations import SqlBindings, SqlChats, SqlMessages, SqlPeople
from storage.delivery_log import SqlAbsences, SqlDeliveryLog
from storage.dialog_state import SqlDialogs, SqlKeyValueStore, SqlProcessedActivities
from storage.due_items import SqlDueItems
from storage.operations import SqlOperations
from storage.outbox import SqlOutbox
from storage.rate_limits import SqlRateLimitStore
from storage.retention import SqlRetention
from storage.series import SqlSeries
from storage.statistics import SqlStatistics
from storage.tasks import SqlTasks
from storage.templates import SqlTemplates
from storage.transaction import Transaction
from storage.worker_beats import SqlWorkerHeartbeats


class SqlUnit:
    """One transaction, never committed once it lost a race, even where the ConcurrencyConflict was swallowed."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        outbox, due_items, tasks = SqlOutbox(transaction), SqlDueItems(transaction), SqlTasks(transaction)
        self._writer = writer = ChangeWriter(transaction)
        transaction.write_behind(writer.flush, tasks.flush, due_items.flush, outbox.flush)
        self.outbox: ports.Outbox = outbox
        self.due_items: ports.DueItems = due_items
        self.tasks: ports.Tasks = tasks
        self.changes: ports.ChangeStore = SqlChanges(transaction, writer, outbox, due_items, tasks)
        self.statistics: ports.Statistics = SqlStatistics(transaction)
        self.templates: ports.Templates = SqlTemplates(transaction)
        self.series: ports.SeriesStore = SqlSeries(transaction)
        self.operations: ports.OperationStore = SqlOperations(transaction)
        self.messages: ports.Messages = SqlMessages(transaction)
        self.bindings: ports.Bindings = SqlBindings(transaction)
        self.people: ports.People = SqlPeople(transaction)
        self.chats: ports.Chats = SqlChats(transaction)
        self.absences: ports.Absences = SqlAbsences(transaction)
        self.delivery_log: ports.DeliveryLog = SqlDeliveryLog(transaction)
        self.access_denials: ports.AccessDenialLog = SqlAccessDenialLog(transaction)
        self.dialogs: ports.Dialogs = SqlDialogs(transaction)
        self.processed_activities: ports.ProcessedActivities = SqlProcessedActivities(transaction)
        self.settings: ports.KeyValueStore = SqlKeyValueStore(transaction)
        self.worker_beats: ports.WorkerHeartbeats = SqlWorkerHeartbeats(transaction)
        self.rate_limits: ports.RateLimitStore = SqlRateLimitStore(transaction)
        self.clock_rollback: ports.ClockRollback = SqlClockRollback(transaction, self.rate_limits)
        self.retention: ports.Retention = SqlRetention(transaction)

    @property
    def work(self) -> AbstractSet[ports.Work]:
        """What it has written that somebody has to look for once it is committed."""
        return self._transaction.work

    async def __aenter__(self) -> Self:
        await self._transaction.begin()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transaction.end(commit=kind is None)
        if kind is None:
            self._writer.committed()
