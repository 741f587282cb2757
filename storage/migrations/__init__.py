"""Brings the database up to date when the service starts, safely when several start at the same time."""

import asyncio
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

from sqlalchemy import Connection, func, inspect, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage.engine import BUSY_SECONDS, create_file
from storage.errors import CannotOpen, cannot_open

if TYPE_CHECKING:
    from alembic.config import Config

_LOCK = 0x4348_414E_4745  # any number will do, as long as every process knows the same one
_TRIES = 100


def configuration(connection: Connection | None = None) -> "Config":
    """Alembic's configuration; it needs no file of its own."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


async def upgrade(engine: AsyncEngine) -> None:
    """Run every migration that is missing, in one transaction. Raises CannotOpen."""
    try:
        if engine.dialect.name == "sqlite":
            await asyncio.to_thread(_use_wal, engine.url.database or "")
        # On SQLite, beginning takes the only right to write: a second process waits here.
        async with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                await connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
            await connection.run_sync(make_tables)
    except _failures() as error:
        raise cannot_open(engine.url, error) from error


def _failures() -> tuple[type[Exception], ...]:
    """What the drivers raise; PostgreSQL's is loaded where it is in use only."""
    driver = sys.modules.get("asyncpg")
    return (SQLAlchemyError, sqlite3.Error, OSError, *([driver.PostgresError] if driver else []))


def newest() -> str:
    """The version that the migrations lead to: they are one line, and named by their place in it."""
    return max(each.name.partition("_")[0] for each in (Path(__file__).parent / "versions").glob("[0-9]*.py"))


def make_tables(connection: Connection) -> None:
    """Run the migrations that are missing on this connection. Raises CannotOpen for a newer database."""
    if inspect(connection).has_table("alembic_version"):
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if version == newest():
            return
    # Alembic is loaded where it has something to do: a restart waits for people.
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(configuration(connection), "head")
    except CommandError as error:
        raise CannotOpen(
            f"The database was written by a newer version of this program ({error}): run that version, or a newer one."
        ) from error


def _use_wal(path: str) -> None:
    """Readers and the writer do not wait for each other. The mode stays with the file.

    SQLite does not wait for a process that is switching at the same moment, so that is done here.
    """
    create_file(Path(path))
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        for left in range(_TRIES, 0, -1):
            try:
                connection.execute("PRAGMA journal_mode = WAL")
            except sqlite3.OperationalError as error:
                if left == 1 or "locked" not in str(error):
                    raise
                sleep(0.05)
            else:
                return
