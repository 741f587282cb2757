"""What the process has to know of a server, its provider, and the operations there."""

from dataclasses import dataclass
from enum import StrEnum


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

    `disk` is what is snapshotted: `data`, and every backend refuses anything else (docs/process.md, P57).
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
