"""Operations of the provider: recorded before they are asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from changes.snapshots import FailureReason, OperationState


@dataclass(frozen=True, slots=True)
class Operation:
    """A long operation at the provider, recorded before it is asked for.

    `kind` is `snapshot` or `restore`; `handle` is empty until the provider accepted it; `looked_at` is the last look.
    `percent` is None when nothing is known; `estimated` says that it was reckoned from the expected duration.
    `unseen_since` is the first of the latest looks that showed nothing of it, `cause` why it failed, `backend` who is
    asked.
    """

    key: str
    change: str
    kind: str
    name: str
    asked_at: datetime
    handle: str = ""
    state: OperationState = OperationState.QUEUED
    percent: int | None = None
    estimated: bool = True
    looked_at: datetime | None = None
    milestones: tuple[str, ...] = ()
    detail: str = ""
    cause: FailureReason | None = None
    backend: str = ""
    unseen_since: datetime | None = None


class OperationStore(Protocol):
    """Long operations at the provider."""

    async def put(self, operation: Operation) -> None:
        """Save it under its key."""

    async def get(self, key: str) -> Operation | None:
        """The operation, or None."""

    async def running(self) -> tuple[Operation, ...]:
        """The operations that are not over, the oldest first."""

    async def latest(self, change_id: str) -> Mapping[str, Operation]:
        """The last one of each kind that was asked for by the change."""

    async def since(self, moment: datetime) -> tuple[Operation, ...]:
        """The operations that are not over, and all requested since then, the newest first."""
