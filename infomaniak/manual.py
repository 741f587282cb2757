"""Snapshots that a person takes on Infomaniak's dashboard: the bot guides, keeps the time and asks how it ended.

Nobody can be asked how far it is. What a person begins waits for that person; the rest is what people say on the card.
"""

from datetime import datetime

from application.ports.provider import OperationStatus, PreflightReport, data_disk_only
from changes.snapshots import BY_HAND, OperationState, Server
from changes.text import Message
from infomaniak.provider_entry import ClosableBackend, ProviderEntry, of_infomaniak


class Manual(ClosableBackend):
    """The backend without a provider's API; see `SnapshotBackend` for what each method means."""

    async def preflight(self, vps: Server) -> PreflightReport:
        """The list of what a person should check on the dashboard today; nothing can be checked from here."""
        try_it = Message(
            "Only a person can look beforehand: open Infomaniak's dashboard today, VPS > {name} > Snapshot, and "
            "see that you get there, that no other operation is running, and that there is room for one more snapshot.",
            name=vps.name,
        )
        return PreflightReport(good=(try_it,))

    async def create_snapshot(self, vps: Server, name: str) -> OperationStatus:
        """An operation that waits for a person to begin it."""
        data_disk_only(vps)
        return OperationStatus(OperationState.QUEUED, f"by-hand:{name}")

    async def find_snapshot(self, vps: Server, name: str) -> OperationStatus | None:
        """The same as a new one: it still waits for a person, and asking again only redraws the card."""
        return await self.create_snapshot(vps, name)

    async def get_status(self, vps: Server, handle: str) -> OperationStatus:
        """Always UNKNOWN: people report how it ended."""
        return OperationStatus(OperationState.UNKNOWN, handle)

    async def restore(self, vps: Server, name: str) -> OperationStatus:
        """A running operation: whoever confirmed it begins it on the dashboard."""
        data_disk_only(vps)
        return OperationStatus(OperationState.RUNNING, f"by-hand:{name}")

    async def find_restore(self, vps: Server, name: str, since: datetime) -> OperationStatus | None:
        """A running operation: a person is assumed to be carrying it out."""
        return await self.restore(vps, name)

    async def close(self) -> None:
        """Do nothing: no connection is held open."""


MANUAL = ProviderEntry(
    of_infomaniak(BY_HAND, is_manual=True), open=lambda _access: Manual(), missing=lambda _access: ""
)
