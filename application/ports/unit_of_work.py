"""One transaction with everything that is stored, and who hands them out."""

from collections.abc import Awaitable, Callable, Collection
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Protocol, Self

from application.ports import state
from application.ports.changes import ChangeStore
from application.ports.conversations import Absences, Bindings, Chats, Messages, People
from application.ports.due_items import DueItems
from application.ports.logs import AccessDenialLog, DeliveryLog
from application.ports.operations import OperationStore
from application.ports.outbox import Outbox
from application.ports.series import SeriesStore
from application.ports.statistics import Statistics
from application.ports.tasks import Tasks
from application.ports.templates import Templates
from application.ports.work import Work


class UnitOfWork(Protocol):
    """One transaction: committed when the `async with` block ends well, rolled back when it raises.

    A write that lost against another transaction raises ConcurrencyConflict, at the write or at the commit.
    """

    changes: ChangeStore
    tasks: Tasks
    statistics: Statistics
    templates: Templates
    due_items: DueItems
    outbox: Outbox
    series: SeriesStore
    operations: OperationStore
    messages: Messages
    bindings: Bindings
    people: People
    chats: Chats
    absences: Absences
    delivery_log: DeliveryLog
    access_denials: AccessDenialLog
    dialogs: state.Dialogs
    processed_activities: state.ProcessedActivities
    settings: state.KeyValueStore
    worker_beats: state.WorkerHeartbeats
    rate_limits: state.RateLimitStore
    retention: state.Retention
    clock_rollback: state.ClockRollback

    @property
    def work(self) -> AbstractSet[Work]:
        """What it has written that somebody has to look for once it is committed."""

    async def __aenter__(self) -> Self:
        """Begin."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Commit, or roll back on an error."""


Write = Callable[[UnitOfWork], Awaitable[None]]
"""What is to be written in a unit of work; it may be run again when it lost a race."""


class ReadOnlyUnitFactory(Protocol):
    """Makes units of work that only read: nobody waits for them."""

    def __call__(self, seconds: float) -> AbstractAsyncContextManager[UnitOfWork]:
        """A new one, not begun yet, that has so many seconds for everything.

        It raises TooSlow, and DatabaseUnavailable.
        """


class WorkerLock(Protocol):
    """What a worker holds as long as it lives, so that others know when it has died."""

    @property
    def owner(self) -> str:
        """The name under which this worker leases: no other life of any process has it."""

    @property
    def held(self) -> bool:
        """Whether this worker may begin anything."""

    async def acquire(self) -> bool:
        """Take the lock; whether it is held now. Raises DatabaseUnavailable."""

    async def dead(self, owners: Collection[str]) -> frozenset[str]:
        """The owners who have certainly died. Raises DatabaseUnavailable."""

    async def release(self) -> None:
        """Give the lock back: this worker will not begin anything again."""


class UnitOfWorkFactory(Protocol):
    """Makes units of work."""

    def __call__(self, patience: float | None = None) -> AbstractAsyncContextManager[UnitOfWork]:
        """A new one, not begun yet.

        It raises DatabaseUnavailable when it cannot begin within `patience` seconds; without it, it waits as a worker
        may.
        """
