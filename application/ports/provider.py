"""The port to a provider that can snapshot and restore a server's data disk, and its errors."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from application.ports.delivery_errors import DeliveryError, OutcomeUnknown, PermanentError, RetryableError
from changes.snapshots import FailureReason, OperationState, Server
from changes.text import Message


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


class ProviderError(DeliveryError):
    """The provider did not do what was asked. The message is a sentence for people, safe to show."""

    cause: FailureReason


class ProviderRefused(ProviderError, PermanentError):
    """The provider refused; asking again without a change gives the same answer."""

    def __init__(
        self,
        message: str,
        cause: FailureReason = FailureReason.INVALID,
        *,
        status: int | None = None,
        **facts: object,
    ) -> None:
        """`message` is a Message, or the template of one, with its `facts`; `status` that of the answer, if any."""
        super().__init__(message if isinstance(message, Message) else Message(message, **facts), status=status)
        self.cause = cause


class ProviderUnreachable(ProviderError, RetryableError):
    """The provider could not be asked; nothing has happened. `seconds` is the pause that it asked for, if any."""

    cause = FailureReason.AWAY


class ProviderUncertain(ProviderError, OutcomeUnknown):
    """The answer was lost after the call may have been accepted; only a later look can tell, never a second call."""

    cause = FailureReason.LOST


def data_disk_only(vps: Server) -> None:
    """Raise ProviderRefused for any disk but the data disk; every backend asks this before it calls anybody."""
    if vps.disk != "data":
        raise ProviderRefused(
            "The bot takes and restores snapshots of the data disk only, never of the {disk} disk: "
            "{provider}'s system snapshots have failed too often.",
            FailureReason.SYSTEM_DISK,
            disk=vps.disk,
            provider=vps.provider.label,
        )


class SnapshotBackend(Protocol):
    """A provider's snapshots of one server's data disk. Every method may raise ProviderError.

    `create_snapshot` and `restore` ask at most once. They give the first OperationStatus: RUNNING with the handle by
    which `get_status` follows it, or QUEUED where a person has to do it and has not begun.
    """

    async def preflight(self, vps: Server) -> PreflightReport:
        """Preflight: what is in order, and what would stop a snapshot now. Reads only."""

    async def create_snapshot(self, vps: Server, name: str) -> OperationStatus:
        """Ask once for a data-only snapshot called `name`."""

    async def find_snapshot(self, vps: Server, name: str) -> OperationStatus | None:
        """The snapshot called `name` in the provider's own listing, whoever began it; None when there is none."""

    async def get_status(self, vps: Server, handle: str) -> OperationStatus:
        """How the operation `handle` stands."""

    async def restore(self, vps: Server, name: str) -> OperationStatus:
        """Ask once to put the data disk back to the snapshot `name`."""

    async def find_restore(self, vps: Server, name: str, since: datetime) -> OperationStatus | None:
        """The restore from the snapshot `name` that began at `since` or later; None when the provider shows none."""
