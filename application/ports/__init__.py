"""What the outside has to offer: storage, a clock, delivery. One module for each subject."""

from application.ports.changes import ChangeStore, DueStep, StepStore, VersionedChange
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
from application.ports.logs import MOST_COUNTED, AccessDenial, AccessDenialLog, DeliveryLog
from application.ports.notices import Wording
from application.ports.operations import Operation, OperationStore
from application.ports.outbox import DeadLetter, Outbox, OutboxEntry
from application.ports.state import (
    Dialogs,
    Json,
    KeyValueStore,
    Moments,
    ProcessedActivities,
    RateLimitStore,
    Retention,
)
from application.ports.unit_of_work import Looks, UnitOfWork, UnitOfWorkFactory, WorkerLock, Write

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
    "DeadLetter",
    "DeliveryError",
    "DeliveryLog",
    "Dialogs",
    "DueStep",
    "Json",
    "KeyValueStore",
    "Looks",
    "MessageRef",
    "Messages",
    "Moments",
    "Operation",
    "OperationStore",
    "Outbox",
    "OutboxEntry",
    "OutcomeUnknown",
    "People",
    "PermanentError",
    "PersonalConversation",
    "ProcessedActivities",
    "RateLimitStore",
    "RateLimited",
    "Retention",
    "RetryableError",
    "StepStore",
    "UnitOfWork",
    "UnitOfWorkFactory",
    "UserProfile",
    "VersionedChange",
    "Wording",
    "WorkerLock",
    "Write",
]
