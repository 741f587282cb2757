"""The lock a worker holds as long as it lives. Whoever is killed gives it back by that, and others see who has died.

SQLite: a file beside the database that is locked by one worker at a time. The kernel unlocks it with the death of its
process, in whatever container that ran, so that whoever has the lock knows that every other worker is dead.

PostgreSQL: a session of each worker that holds an advisory lock on the worker's name. A session ends with its process,
but also when the server is restarted or an administrator ends it: then the living take their locks again at once, and
so nobody is called dead whose lock was not free at two looks a second apart. A machine that vanishes is noticed by the
server's keepalives within a minute, longer than any call to Teams lasts.

Names end with a random part: one that was found dead never comes back. Owners whose names have none were leased by an
earlier version that holds no lock: nothing is known of those, and their leases run out.
"""

import asyncio
import fcntl
import logging
import os
import re
import secrets
import socket
from collections.abc import Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from application.retry_log import WORKER_SESSION, RetryLog
from changes.errors import DatabaseUnavailable, Outage
from storage.engine import CONNECT_SECONDS
from storage.errors import DRIVER_ERRORS, raise_translated

log = logging.getLogger(__name__)
SUFFIX = "-worker"
"""Of the file beside SQLite's."""
LOOK_AGAIN_SECONDS = 1.0
"""Seconds between the two looks: the living have taken their locks again by then."""
RETAKE_SECONDS = 0.25
SETTLED = timedelta(seconds=10)
"""How long after a server's start its locks may not be complete yet: the living have to take theirs again."""
_CLASS = 0x4348_414E
"""The first half of the advisory locks' numbers; the second is the hash of the name."""
_KEEPALIVES = {"tcp_keepalives_idle": "30", "tcp_keepalives_interval": "10", "tcp_keepalives_count": "3"}
_LIFE = re.compile(r":[0-9a-f]{16}$")


def new_owner_name() -> str:
    """A globally unique owner name."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(8)}"


def _judged(owners: Collection[str]) -> frozenset[str]:
    return frozenset(owner for owner in owners if _LIFE.search(owner))


class FileLock:
    """SQLite's: one worker at a time, the next one stands by."""

    def __init__(self, database: Path) -> None:
        self.owner = new_owner_name()
        self._path = database.with_name(database.name + SUFFIX)
        self._file: int | None = None

    @property
    def held(self) -> bool:
        """Whether no other worker lives."""
        return self._file is not None

    async def acquire(self) -> bool:
        """Take the lock; False while another worker has it. Raises DatabaseUnavailable."""
        if self._file is not None:
            return True
        try:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise DatabaseUnavailable(f"{self._path} cannot be opened ({error.strerror})", Outage.READ_ONLY) from error
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            return False
        self._file = file
        return True

    async def dead(self, owners: Collection[str]) -> frozenset[str]:
        """All but this worker, if it has the lock."""
        return _judged(owners) - {self.owner} if self.held else frozenset()

    async def release(self) -> None:
        """Let another worker in. The file stays: whoever removed it could remove one that is locked already."""
        if self._file is not None:
            file, self._file = self._file, None
            os.close(file)


class SessionLock:
    """PostgreSQL's: any number of workers, each of them with a session of its own."""

    def __init__(self, engine: AsyncEngine, retries: RetryLog, settled: timedelta = SETTLED) -> None:
        """`settled`: since when the server has to be running before anybody is taken for dead."""
        self._retries = retries
        self.owner = new_owner_name()
        self._settled = settled
        self._engine = create_async_engine(
            engine.url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={
                "timeout": CONNECT_SECONDS,
                "command_timeout": CONNECT_SECONDS,
                "server_settings": _KEEPALIVES | {"application_name": f"change-bot worker {self.owner}"[:63]},
            },
        )
        self._session: AsyncConnection | None = None
        self._keeping: asyncio.Task[None] | None = None
        self._lost = asyncio.Event()

    @property
    def held(self) -> bool:
        """Whether the session is there, as far as is known."""
        return self._session is not None and not self._lost.is_set()

    async def acquire(self) -> bool:
        """Take the lock, and take it again whenever the session is lost. Raises DatabaseUnavailable."""
        if self._keeping is None:
            await self._take()
            self._keeping = asyncio.create_task(self._keep())
        return self.held

    async def dead(self, owners: Collection[str]) -> frozenset[str]:
        """The owners whose locks were free at both looks. Raises DatabaseUnavailable."""
        suspects = await self._free(_judged(owners) - {self.owner})
        if not suspects:
            return suspects
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        return await self._free(suspects)

    async def release(self) -> None:
        """End the session."""
        if self._keeping is not None:
            keeping, self._keeping = self._keeping, None
            keeping.cancel()
            await asyncio.wait([keeping])
        await self._leave()
        await self._engine.dispose()

    async def _keep(self) -> None:
        while True:
            await self._lost.wait()
            lost, tries = "its session was lost; this worker begins nothing until it is there again", 0
            self._retries.failed(WORKER_SESSION, lost, again_s=0.0)
            await self._leave()
            while self._session is None:
                try:
                    await self._take()
                except (DatabaseUnavailable, *DRIVER_ERRORS) as error:
                    # Whatever it is, without the lock this worker does nothing: there is no reason to give up.
                    tries += 1
                    self._retries.failed(WORKER_SESSION, error, attempt=tries, again_s=RETAKE_SECONDS)
                    await asyncio.sleep(RETAKE_SECONDS)
            self._retries.worked(WORKER_SESSION)

    async def _take(self) -> None:
        session = self._engine.connect()
        try:
            await session.start()
            raw = await session.get_raw_connection()
            driver: Any = raw.driver_connection
            driver.add_termination_listener(lambda _: self._lost.set())
            number = {"kind": _CLASS, "owner": self.owner}
            # Nobody else ever has this name, so that there is nothing to wait for.
            await session.execute(text("SELECT pg_advisory_lock(:kind, hashtext(:owner))"), number)
        except DRIVER_ERRORS as error:
            await session.close()
            raise_translated(error)
        self._lost.clear()
        self._session = session

    async def _leave(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            try:
                await session.invalidate()
                await session.close()
            except DRIVER_ERRORS as error:
                log.debug("the lost session could not be closed: %s", error)

    async def _free(self, owners: frozenset[str]) -> frozenset[str]:
        """The owners whose locks nobody holds; none while the server has only just started."""
        if not owners or self._session is None:
            return frozenset()
        query = text(
            "SELECT owner FROM unnest(CAST(:owners AS text[])) AS owner "
            "WHERE now() - pg_postmaster_start_time() > :settled AND NOT EXISTS (SELECT FROM pg_locks "
            "WHERE locktype = 'advisory' AND granted AND objsubid = 2 AND classid::bigint = :kind "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
            "AND objid::bigint = (hashtext(owner)::bigint & 4294967295))"
        )
        facts = {"owners": sorted(owners), "kind": _CLASS, "settled": self._settled}
        try:
            return frozenset((await self._session.execute(query, facts)).scalars())
        except DRIVER_ERRORS as error:
            raise_translated(error)
