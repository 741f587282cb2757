"""Notices that workers have died, and releases what they had leased before the leases run out."""

import asyncio
import logging

from application.ports import UnitOfWorkFactory, WorkerLock

log = logging.getLogger(__name__)


class Leases:
    """Releases the outbox leases of workers that died, and says so in the log."""

    def __init__(self, units: UnitOfWorkFactory, lock: WorkerLock) -> None:
        self._units, self.lock = units, lock
        self._one_at_a_time = asyncio.Lock()

    async def free(self) -> bool:
        """Release the leases of workers that died; returns whether there were any. Raises DatabaseUnavailable."""
        async with self._one_at_a_time:
            async with self._units() as unit:
                owners = await unit.outbox.owners() | set(await unit.worker_beats.seen())
            dead = await self.lock.dead(owners - {self.lock.owner})
            if not dead:
                return False
            async with self._units() as unit:
                count = await unit.outbox.release(dead)
                await unit.worker_beats.forget(dead)
        log.warning("died: %s; %d effects under way there are free again", ", ".join(sorted(dead)), count)
        return True
