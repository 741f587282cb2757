"""The unit of work: every store of the core within one transaction."""

from types import TracebackType
from typing import Self

from application import ports
from storage.change_store import SqlChanges
from storage.conversations import SqlBindings, SqlChats, SqlMessages, SqlPeople
from storage.delivery_log import SqlAbsences, SqlLedger
from storage.dialog_state import SqlDeliveries, SqlDialogs, SqlSettings
from storage.due_items import SqlDueItems
from storage.moments import SqlMoments
from storage.operations import SqlOperations
from storage.outbox import SqlOutbox
from storage.rate_limits import SqlSendings
from storage.refusals import SqlRefusals
from storage.retention import SqlTidying
from storage.transaction import Transaction


class SqlUnit:
    """One transaction: committed when the block ends well, rolled back when it raises.

    A block that lost a race is never committed, even when it swallowed the ConcurrencyConflict: it is raised again at
    the end.
    """

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

    def __init__(self, transaction: Transaction) -> None:
        """`transaction` is not begun yet."""
        self._transaction = transaction
        self.outbox = SqlOutbox(transaction)
        self.due_items = SqlDueItems(transaction)
        self.changes = SqlChanges(transaction, self.outbox, self.due_items)
        self.operations = SqlOperations(transaction)
        self.messages = SqlMessages(transaction)
        self.bindings = SqlBindings(transaction)
        self.people = SqlPeople(transaction)
        self.chats = SqlChats(transaction)
        self.absences = SqlAbsences(transaction)
        self.ledger = SqlLedger(transaction)
        self.refusals = SqlRefusals(transaction)
        self.dialogs = SqlDialogs(transaction)
        self.deliveries = SqlDeliveries(transaction)
        self.settings = SqlSettings(transaction)
        self.sendings = sendings = SqlSendings(transaction)
        self.moments = SqlMoments(transaction, sendings)
        self.tidying = SqlTidying(transaction)

    async def __aenter__(self) -> Self:
        await self._transaction.begin()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._transaction.end(commit=kind is None)
