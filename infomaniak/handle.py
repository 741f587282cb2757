"""Identifies a provider operation: its kind, the snapshot's name, and the state before it."""

from dataclasses import dataclass

from application.ports.provider import OperationStatus, ProviderRefused
from changes.snapshots import OperationState
from changes.text import Message

SNAPSHOT = "snapshot"
RESTORE = "restore"


@dataclass(frozen=True, slots=True)
class Handle:
    """`before` is the provider's own time of the last change that the operation does not count for, or 0."""

    kind: str
    name: str
    before: int = 0

    @property
    def text(self) -> str:
        """The handle as it is kept."""
        return f"{self.kind}:{self.before}:{self.name}"

    @classmethod
    def parse(cls, text: str) -> "Handle":
        """The handle that was kept. Raises ProviderRefused for one that no such backend made."""
        kind, _, rest = text.partition(":")
        before, _, name = rest.partition(":")
        if kind not in (SNAPSHOT, RESTORE) or not before.isdigit() or not name:
            raise ProviderRefused(
                "“{text}” is not an operation that Infomaniak's programming interface was asked for.", text=text
            )
        return cls(kind, name, int(before))


def not_shown_yet(handle: str) -> OperationStatus:
    """How a restore stands of which the provider shows only what was there before it."""
    detail = Message("Infomaniak has not shown anything of this restore yet.")
    return OperationStatus(OperationState.UNKNOWN, handle, detail=detail, listed=False)
