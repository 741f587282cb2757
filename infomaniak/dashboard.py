"""Snapshots that a person takes on Infomaniak's dashboard: the bot guides, keeps the time and asks how it ended.

Nobody can be asked how far it is. What a person begins waits for that person; the rest is what people say on the card.
"""

from datetime import datetime

from changes.messages import Said
from changes.snapshots import Findings, OperationState, Sighting, SnapshotBackend, Vps, data_disk_only


class Dashboard(SnapshotBackend):
    """The backend without a provider's API; see `SnapshotBackend` for what each method means."""

    async def preflight(self, vps: Vps) -> Findings:
        """Nothing can be looked at from here: what a person should look at today."""
        try_it = Said(
            "Only a person can look beforehand: open Infomaniak's dashboard today, VPS > {name} > Snapshot, and "
            "see that you get there, that no other operation is running, and that there is room for one more snapshot.",
            name=vps.name,
        )
        return Findings(good=(try_it,))

    async def begin(self, vps: Vps, name: str) -> Sighting:
        """It waits for a person to begin it."""
        data_disk_only(vps)
        return Sighting(OperationState.QUEUED, f"by-hand:{name}")

    async def find(self, vps: Vps, name: str) -> Sighting | None:
        """Whatever was asked for before waits for a person still; asking twice is only drawing the card again."""
        return await self.begin(vps, name)

    async def look(self, vps: Vps, handle: str) -> Sighting:
        """Nothing can be seen: people say how it ended."""
        return Sighting(OperationState.UNKNOWN, handle)

    async def restore(self, vps: Vps, name: str) -> Sighting:
        """Whoever confirmed it begins it on the dashboard."""
        data_disk_only(vps)
        return Sighting(OperationState.RUNNING, f"by-hand:{name}")

    async def find_restore(self, vps: Vps, name: str, since: datetime) -> Sighting | None:
        """It is being done by a person, as far as anybody knows."""
        return await self.restore(vps, name)
