"""What the outside has to offer: storage, a clock, delivery. One module for each subject."""

from application.ports.changes import ChangeStore, VersionedChange
from application.ports.clock import Clock
from application.ports.conversations import (
    Absence,
    Absences,
    Binding,
    Bindings,
    Chats,
    MessageRef,
    Messages,
    People,
    PersonalConversation,
    UserProfile,
)
from application.ports.delivery_errors import DeliveryError, OutcomeUnknown, PermanentError, RateLimited, RetryableError
from application.ports.due_items import DueItem, DueItems, Owner, OwnerType, of_change
from application.ports.logs import MOST_COUNTED, AccessDenial, AccessDenialLog, DeliveryLog
from application.ports.notices import NoticeTexts
from application.ports.operations import Operation, OperationStore
from application.ports.outbox import DeadLetter, Outbox, OutboxEntry
from application.ports.state import (
    ClockRollback,
    Dialogs,
    Json,
    KeyValueStore,
    ProcessedActivities,
    RateLimitStore,
    Retention,
)
from application.ports.unit_of_work import ReadOnlyUnitFactory, UnitOfWork, UnitOfWorkFactory, WorkerLock, Write

__all__ = [
    "MOST_COUNTED",
    "Absence",
    "Absences",
    "AccessDenial",
    "AccessDenialLog",
    "Binding",
    "Bindings",
    "ChangeStore",
    "Chats",
    "Clock",
    "ClockRollback",
    "DeadLetter",
    "DeliveryError",
    "DeliveryLog",
    "Dialogs",
    "DueItem",
    "DueItems",
    "Json",
    "KeyValueStore",
    "MessageRef",
    "Messages",
    "NoticeTexts",
    "Operation",
    "OperationStore",
    "Outbox",
    "OutboxEntry",
    "OutcomeUnknown",
    "Owner",
    "OwnerType",
    "People",
    "PermanentError",
    "PersonalConversation",
    "ProcessedActivities",
    "RateLimitStore",
    "RateLimited",
    "ReadOnlyUnitFactory",
    "Retention",
    "RetryableError",
    "UnitOfWork",
    "UnitOfWorkFactory",
    "UserProfile",
    "VersionedChange",
    "WorkerLock",
    "Write",
    "of_change",
]
