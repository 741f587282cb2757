"""SQLite's log is copied into its file in a thread: only that waits for the disk, which may take seconds.

With `synchronous = NORMAL` a commit is a write into the log and waits for no disk. What does is copying the log into
the file, and the first write into a log that begins anew.
"""

import asyncio
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

from changes.errors import DatabaseUnavailable
from storage.database_file import DatabaseFile

log = logging.getLogger(__name__)
EVERY_COMMITS = 200
"""About a thousand pages, which is SQLite's own measure."""
OWN_PAGES = 16384
"""64 MB. A log that has grown so long all the same is copied by the connection that writes."""
_WAIT_S = 1.0


class Checkpoints:
    """Copies the log of the database at the path, every so many commits."""

    def __init__(self, database: Path, file: DatabaseFile) -> None:
        self._database, self._file = database, file
        self._commits = 0
        self._copying: asyncio.Task[None] | None = None

    def committed(self) -> None:
        """One more that wrote; the log is perhaps long enough."""
        self._commits += 1
        if self._commits >= EVERY_COMMITS and (self._copying is None or self._copying.done()):
            self._commits = 0
            self._copying = asyncio.create_task(self._copied())

    async def end(self) -> None:
        """Wait for what is under way."""
        if self._copying is not None:
            await asyncio.wait([self._copying])

    async def _copied(self) -> None:
        try:
            self._file.check()  # the log of one that was replaced is not the new one's
            await asyncio.to_thread(_copy, self._database)
        except (sqlite3.Error, DatabaseUnavailable) as error:
            log.debug("the log was not copied, which is tried again: %s", error)


def _copy(database: Path) -> None:
    # Not one that is created only now.
    address = f"{database.absolute().as_uri()}?mode=rw"
    with closing(sqlite3.connect(address, uri=True, timeout=_WAIT_S, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = NORMAL")
        busy, pages, copied = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        if not busy and pages == copied:
            # All of it, so whoever writes next begins the log anew: here, with what is written there already.
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {version}")
