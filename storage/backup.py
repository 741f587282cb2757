"""A backup is one file: everything as it was at one moment, for either engine, to be put into an empty database.

The file is gzip over lines of JSON: a header with the version of the tables, each row, and a trailer with the number
of rows and a checksum, by which a file that was cut off or altered is known before anything is written.
"""

import asyncio
import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Date, DateTime, MetaData, Table, func, insert, select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import word_index
from storage.engine import READ_ONLY, make_engine, refuse_missing
from storage.errors import CannotOpen, driver_reason
from storage.migrations import configuration
from storage.rows import reflect_tables

FORMAT = 1
LEFT_OUT = frozenset({"alembic_version", "sendings"})
"""The version stands in the header; when something was last sent means nothing later."""
AT_ONCE = 500


class BackupError(Exception):
    """It cannot be done. The message is a sentence that says what to do; nothing was changed."""


class NotThere(BackupError):
    """What was named, a database or a file, is not there or cannot be meant."""


async def backup(url: str, file: Path, now: datetime) -> dict[str, int]:
    """Write everything into the file, while the bot may go on; how many rows of each table. Raises BackupError."""
    if await asyncio.to_thread(file.exists):
        raise BackupError(f"{file} exists already: choose another name, a backup never replaces one.")
    engine = maintenance_engine(url, must_exist=True)
    unfinished = file.with_name(f".{file.name}.part")
    try:
        async with engine.connect() as connection:
            level = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
            moment = await connection.execution_options(**{READ_ONLY: True}, **level)
            counts = await moment.run_sync(_written, unfinished, now)
        await asyncio.to_thread(unfinished.rename, file)
    except (SQLAlchemyError, OSError) as error:
        raise BackupError(f"The backup could not be written: {driver_reason(error)}.") from error
    finally:
        await asyncio.to_thread(unfinished.unlink, missing_ok=True)
        await engine.dispose()
    return counts


async def restore(url: str, file: Path) -> dict[str, int]:
    """Put everything from the file into an empty database, and bring that up to date. Raises BackupError."""
    header = await asyncio.to_thread(_checked, file)
    engine = maintenance_engine(url, must_exist=False)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(_restored, file, str(header["revision"]))
    except CommandError as error:
        raise BackupError(f"The backup was written by a newer version of this program ({error}): use that.") from error
    except (SQLAlchemyError, OSError) as error:
        raise BackupError(f"The backup could not be restored, and nothing was kept: {driver_reason(error)}.") from error
    finally:
        await engine.dispose()


def maintenance_engine(url: str, *, must_exist: bool) -> AsyncEngine:
    """An engine with the patience of maintenance. Raises NotThere for a URL that names no database we can use."""
    try:
        if must_exist:
            refuse_missing(url)
        return make_engine(url, patient=True)
    except CannotOpen as error:
        raise NotThere(str(error)) from error


def _tables(connection: Connection) -> list[Table]:
    return [table for table in reflect_tables(connection) if table.name not in LEFT_OUT]


def _written(connection: Connection, file: Path, now: datetime) -> dict[str, int]:
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    counts: dict[str, int] = {}
    checksum = hashlib.sha256()
    # The file holds everything there is to know: nobody but its owner reads it.
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as raw, gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as out:

        def put(record: object) -> None:
            line = json.dumps(record, default=_plain, ensure_ascii=True).encode() + b"\n"
            checksum.update(line)
            out.write(line)

        put({"format": FORMAT, "revision": revision, "at": now})
        for table in _tables(connection):
            counts[table.name] = 0
            for row in connection.execute(select(table).order_by(*table.primary_key)).mappings():
                put([table.name, dict(row)])
                counts[table.name] += 1
        out.write(json.dumps({"rows": counts, "sha256": checksum.hexdigest()}).encode() + b"\n")
        out.flush()
        raw.flush()
        os.fsync(raw.fileno())
    return counts


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a column holds a {type(value).__name__}, which a backup does not know")


def _checked(file: Path) -> dict[str, Any]:
    """The header of a whole and unaltered file."""
    checksum, rows, last = hashlib.sha256(), 0, b""
    header: dict[str, Any] = {}
    try:
        with gzip.open(file, "rb") as lines:
            for line in lines:
                if last:
                    checksum.update(last)
                    rows += 1
                header = header or json.loads(line)
                last = line
        trailer = json.loads(last)
        whole = trailer["sha256"] == checksum.hexdigest() and sum(trailer["rows"].values()) == rows - 1
        understood = header["format"] <= FORMAT
    except FileNotFoundError as error:
        raise NotThere(f"There is no file {file}.") from error
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise BackupError(f"{file} is no backup, or was cut off: take another.") from error
    if not understood:
        raise BackupError(f"{file} was written by a newer version of this program: use that one.")
    if not whole:
        raise BackupError(f"{file} was altered or cut off: take another.")
    return header


def _restored(connection: Connection, file: Path, revision: str) -> dict[str, int]:
    known = {each.revision for each in ScriptDirectory.from_config(configuration()).walk_revisions()}
    if revision not in known:
        raise BackupError(
            f"The backup has tables of version {revision}, which this program does not know: use a newer."
        )
    # A bot that was only started has written down settings of its own, and nothing else.
    for table in [each for each in _tables(connection) if each.name != "settings"]:
        if connection.execute(select(func.count()).select_from(table)).scalar_one():
            raise BackupError(f"The database is not empty ({table.name} has rows): restore into a new one.")
    empty = MetaData()
    word_index.drop(connection)
    empty.reflect(connection)
    empty.drop_all(connection)
    command.upgrade(configuration(connection), revision)
    tables = {table.name: table for table in _tables(connection)}
    counts = dict.fromkeys(tables, 0)
    for name, rows in _batches(file):
        connection.execute(insert(tables[name]), [_typed(tables[name], row) for row in rows])
        counts[name] += len(rows)
    if connection.dialect.name == "postgresql":
        _count_on(connection, tables)
    command.upgrade(configuration(connection), "head")
    return counts


def _batches(file: Path) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The rows, some at once, in the order in which they were written: what a row points to comes before it."""
    name = ""
    rows: list[dict[str, Any]] = []
    with gzip.open(file, "rb") as lines:
        next(lines)
        for line in lines:
            record = json.loads(line)
            if isinstance(record, dict):
                break
            if rows and (record[0] != name or len(rows) == AT_ONCE):
                yield name, rows
                rows = []
            name = record[0]
            rows.append(record[1])
    if rows:
        yield name, rows


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    typed = dict(row)
    for column in table.columns:
        value = typed.get(column.name)
        if value is None:
            continue
        if isinstance(column.type, DateTime):
            moment = datetime.fromisoformat(value)
            typed[column.name] = moment if column.type.timezone else moment.astimezone(UTC).replace(tzinfo=None)
        elif isinstance(column.type, Date):
            typed[column.name] = date.fromisoformat(value)
        elif str(column.type) == "BOOLEAN":
            typed[column.name] = bool(value)
    return typed


def _count_on(connection: Connection, tables: dict[str, Table]) -> None:
    """Numbers that PostgreSQL gives by itself go on behind those that were restored."""
    for table in tables.values():
        column = table.columns.get("id")
        if column is None or column.type.python_type is not int:
            continue
        found = text("SELECT pg_get_serial_sequence(:table, 'id')")
        if sequence := connection.execute(found, {"table": table.name}).scalar_one_or_none():
            last = connection.execute(select(func.max(table.c.id))).scalar_one()
            if last is not None:
                connection.execute(text("SELECT setval(:sequence, :last)"), {"sequence": sequence, "last": last})
