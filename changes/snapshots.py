"""The port to a provider that can snapshot and restore a server's data disk, and its tree of errors.

ProviderError
├── ProviderRefused      the provider said no, for good: what to change is in the sentence
├── ProviderUnreachable  nothing was accepted: the call may be made again later
└── ProviderUncertain    the call may have been accepted: look for the result by name, never repeat it
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class OperationState(StrEnum):
    """What is known of a long operation at the provider, in the same words for every backend."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def over(self) -> bool:
        """Whether nothing more will come of the operation."""
        return self in (OperationState.SUCCEEDED, OperationState.FAILED)


@dataclass(frozen=True, slots=True)
class Vps:
    """The server a service runs on. Durations are minutes; `reference` is the provider's own id of it, if any."""

    name: str
    backend: str
    snapshot_minutes: int = 150
    restore_minutes: int = 60
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a provider showed of one operation. `percent` is None where the provider tells no progress."""

    state: OperationState
    handle: str
    percent: int | None = None
    detail: str = ""
    finished_at: datetime | None = None


class ProviderError(Exception):
    """The provider did not do what was asked. The message is a sentence for people, safe to show."""


class ProviderRefused(ProviderError):
    """The provider refused; asking again without a change gives the same answer."""


class ProviderUnreachable(ProviderError):
    """The provider could not be asked; nothing has happened. `retry_after` is in seconds, when the provider said it."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class ProviderUncertain(ProviderError):
    """The answer was lost after the call may have been accepted; only a later look can tell."""


class SnapshotBackend(Protocol):
    """A provider's snapshots of one server's data disk. Every method may raise ProviderError."""

    async def preflight(self, vps: Vps) -> tuple[str, ...]:
        """What would stop a snapshot now, a sentence each; empty when nothing would. Reads only."""
        ...

    async def begin(self, vps: Vps, name: str) -> str:
        """Ask once for a data-only snapshot called `name`; the handle by which `look` follows it."""
        ...

    async def find(self, vps: Vps, name: str) -> Sighting | None:
        """The snapshot called `name` in the provider's own listing, whoever began it; None when there is none."""
        ...

    async def look(self, vps: Vps, handle: str) -> Sighting:
        """How the operation `handle` stands."""
        ...

    async def restore(self, vps: Vps, name: str) -> str:
        """Ask once to put the data disk back to the snapshot `name`; the handle to follow."""
        ...
