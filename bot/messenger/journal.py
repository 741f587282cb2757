"""Defers the last write of a delivery, so that it commits with the delivery's end."""

from application.ports import UnitOfWorkFactory, Write
from application.retry import commit_with_retry


class Journal:
    """Keeps the last write back, so that it is committed together with the end of the delivery.

    Whatever went out is written down before anything else goes out, and where the delivery fails.
    """

    def __init__(self, units: UnitOfWorkFactory) -> None:
        self._units = units
        self.pending: Write | None = None

    async def note(self, write: Write) -> None:
        """`write` has to be committed; it may be run again when it lost a race."""
        await self.flush()
        self.pending = write

    async def flush(self) -> None:
        """Commit what is pending."""
        write, self.pending = self.pending, None
        if write is not None:
            await commit_with_retry(self._units, write)
