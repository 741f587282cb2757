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

from changes.text.messages import Said


class OperationState(StrEnum):
    """What is known of a long operation at the provider, in the same words for every backend.

    QUEUED: accepted, not begun; where a person does the work it waits for that person.
    UNKNOWN: nothing can be told from what was seen.
    """

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def over(self) -> bool:
        """Whether nothing more will come of the operation."""
        return self in (OperationState.SUCCEEDED, OperationState.FAILED)


class FailureReason(StrEnum):
    """Why an operation did not come to a good end; what can be done next follows from it."""

    TOKEN = "token"  # the credentials are not accepted  # noqa: S105  # a word, no secret
    RIGHT = "right"  # the credentials may not do it
    NOT_FOUND = "not_found"  # the server, disk or snapshot is not there
    INVALID = "invalid"  # the provider does not accept the request as it is configured
    SYSTEM_DISK = "system_disk"  # only the data disk may be touched
    UNFIT = "unfit"  # this snapshot cannot be restored
    BUSY = "busy"  # another operation is running, perhaps begun by somebody by hand
    QUOTA = "quota"  # no room for one more snapshot
    AWAY = "away"  # could not be reached, throttled, or with a fault on its side; nothing was accepted
    LOST = "lost"  # perhaps accepted; the listing does not show it
    NEVER_DONE = "never_done"  # accepted, and the listing never showed it
    FAILED = "failed"  # begun, and failed at the provider
    BY_HAND = "by_hand"  # a person says that it failed
    OVERTAKEN = "overtaken"  # the change went another way first

    @property
    def overwrote(self) -> bool:
        """Whether a restore that ended so had begun: the data may be anything now."""
        return self in (FailureReason.FAILED, FailureReason.BY_HAND)

    @property
    def look_first(self) -> bool:
        """Whether nobody knows what happened: somebody has to look before anything is tried again."""
        return self in (FailureReason.LOST, FailureReason.NEVER_DONE)

    @property
    def left_alone(self) -> bool:
        """Whether an operation that ended so has certainly changed nothing."""
        return not self.overwrote and not self.look_first


BY_HAND = "dashboard"
"""The stored key of the provider at which a person does everything."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Whoever takes the snapshots of a server: `key` in settings and stored operations, `label` as people call it.

    `console` is where a person works at the provider, and `own_console` the same with the provider's name in it. One
    that `is_manual` has its snapshots taken and restored by a person there.
    """

    key: str
    label: str = ""
    console: str = ""
    own_console: str = ""
    is_manual: bool = False


@dataclass(frozen=True, slots=True)
class Server:
    """The server a service runs on. Durations are minutes; `reference` is the provider's own id, if any.

    `disk` is what is snapshotted: `data`, and every backend refuses anything else (PROCESS.md, On D-day).
    """

    name: str
    provider: Provider
    snapshot_minutes: int = 150
    restore_minutes: int = 60
    reference: str = ""
    disk: str = "data"

    @property
    def is_manual(self) -> bool:
        """Whether a person takes and restores its snapshots."""
        return self.provider.is_manual

    @property
    def server(self) -> str:
        """The server, in one spelling: services whose servers are spelled alike share one."""
        return self.name.casefold()


@dataclass(frozen=True, slots=True)
class OperationStatus:
    """What a provider showed of one operation. `percent` is None where the provider tells no progress.

    `listed` is False when the provider answered and showed nothing of the operation at all: it may have been accepted
    and never done.
    """

    state: OperationState
    handle: str
    percent: int | None = None
    detail: str = ""
    finished_at: datetime | None = None
    listed: bool = True


@dataclass(frozen=True, slots=True)
class PreflightReport:
    """What a preflight saw, a sentence each: what is as it should be, and what would stop a snapshot."""

    good: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


class ProviderError(Exception):
    """The provider did not do what was asked. The message is a sentence for people, safe to show."""

    def __init__(self, message: str, cause: FailureReason) -> None:
        super().__init__(message)
        self.cause = cause


class ProviderRefused(ProviderError):
    """The provider refused; asking again without a change gives the same answer."""

    def __init__(self, message: str, cause: FailureReason = FailureReason.INVALID) -> None:
        super().__init__(message, cause)


class ProviderUnreachable(ProviderError):
    """The provider could not be asked; nothing has happened. `retry_after` is in seconds, when the provider said it."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message, FailureReason.AWAY)
        self.retry_after = retry_after


class ProviderUncertain(ProviderError):
    """The answer was lost after the call may have been accepted; only a later look can tell."""

    def __init__(self, message: str) -> None:
        super().__init__(message, FailureReason.LOST)


def data_disk_only(vps: Server) -> None:
    """Raise ProviderRefused for any disk but the data disk; every backend asks this before it calls anybody."""
    if vps.disk != "data":
        raise ProviderRefused(
            Said(
                "The bot takes and restores snapshots of the data disk only, never of the {disk} disk: "
                "{provider}'s system snapshots have failed too often.",
                disk=vps.disk,
                provider=vps.provider.label,
            ),
            FailureReason.SYSTEM_DISK,
        )


class SnapshotBackend(Protocol):
    """A provider's snapshots of one server's data disk. Every method may raise ProviderError.

    `create_snapshot` and `restore` ask at most once. They give the first OperationStatus: RUNNING with the handle by
    which `get_status` follows it, or QUEUED where a person has to do it and has not begun.
    """

    async def preflight(self, vps: Server) -> PreflightReport:
        """What is as it should be, and what would stop a snapshot now. Reads only."""
        ...

    async def create_snapshot(self, vps: Server, name: str) -> OperationStatus:
        """Ask once for a data-only snapshot called `name`."""
        ...

    async def find_snapshot(self, vps: Server, name: str) -> OperationStatus | None:
        """The snapshot called `name` in the provider's own listing, whoever began it; None when there is none."""
        ...

    async def get_status(self, vps: Server, handle: str) -> OperationStatus:
        """How the operation `handle` stands."""
        ...

    async def restore(self, vps: Server, name: str) -> OperationStatus:
        """Ask once to put the data disk back to the snapshot `name`."""
        ...

    async def find_restore(self, vps: Server, name: str, since: datetime) -> OperationStatus | None:
        """The restore from the snapshot `name` that began at `since` or later; None when the provider shows none."""
        ...
