"""Erases a person who left: afterwards nothing in the database names them, in any column.

Nothing here lists where people stand: every column of every table that the database has is read. The history stays
whole: whatever they did was done by one and the same former member, who is told apart from every other, and what was
decided about a plan is still about that plan.
"""

import asyncio
import hashlib
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Connection, Table, UniqueConstraint, and_, delete, insert, select, text, update
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from changes.lifecycle import evolve
from changes.model import SYSTEM, Change, Person, normalized_id
from storage import word_index
from storage.backup import BackupError, maintenance_engine
from storage.change_store import columns_of, entry_of
from storage.codec import decode_event
from storage.count_deltas import leave_no_trace
from storage.engine import BUSY_SECONDS
from storage.errors import UnknownType, driver_reason, is_lost
from storage.identification import identify
from storage.name_patterns import words_of_name
from storage.personal_rows import is_only_theirs
from storage.query_cache import begin_generation
from storage.redaction import FORMER, Redactor, strings_in
from storage.rows import Values, key_of, reflect_tables, rows, texts
from storage.still_open import refuse_while_involved
from storage.tables import changes, events, settings, templates
from storage.templates import columns_of_template, without_addresses
from storage.traces import Traces

_TRIES = 10
_COUNTER = "forgotten"
"""The setting that says how many were forgotten: it is in every backup too."""
_AROUND = 30
"""Characters on either side of what may be a name."""
_BY_PEOPLE = frozenset({"changes", "events", "dialogs", "series", "templates"})
"""What people wrote: there a name of one word cannot be told apart from the word."""
_NAMES = frozenset({"recipient"})
"""Columns that hold a name, beside those that are called so."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """How many rows were written or removed; whether nothing of what they held is left in the database's files.

    `unsure` are the places in which a name of theirs may stand, or other words.
    """

    rows: int
    is_wiped: bool = False
    unsure: tuple[str, ...] = ()


async def forget(url: str, person: str, addresses: Sequence[str] = (), names: Sequence[str] = ()) -> Erasure:
    """Forget the person with that id, however it is spelled, those addresses and those names, in one transaction.

    Raises BackupError, also while they are part of a change that is not over.
    """
    person = normalized_id(person.strip())
    engine = maintenance_engine(url, must_exist=True)
    try:
        mails = frozenset(each.strip() for each in addresses if each.strip())
        given = frozenset(each.strip() for each in names if words_of_name(each))
        erasure = await _erased(engine, person, mails, given)
        is_wiped = engine.dialect.name == "sqlite" and await asyncio.to_thread(_vacuum, engine.url.database or "")
    except (SQLAlchemyError, OSError, UnknownType, ValueError, TypeError) as error:
        raise BackupError(f"Nobody was forgotten, and nothing was changed: {driver_reason(error)}.") from error
    finally:
        await engine.dispose()
    if not erasure.rows:
        raise BackupError(f"Nobody with the id {person} is known: give the Entra object id. Nothing was changed.")
    return replace(erasure, is_wiped=is_wiped)


async def _erased(engine: AsyncEngine, person: str, addresses: frozenset[str], names: frozenset[str]) -> Erasure:
    for tries_left in reversed(range(_TRIES)):
        try:
            async with engine.begin() as connection:
                return await connection.run_sync(_without, person, addresses, names)
        except DBAPIError as error:
            if not tries_left or not is_lost(error.orig):
                raise
        await asyncio.sleep(secrets.randbelow(1000) / 1000)  # two that waited for each other do not meet again
    return Erasure(0)


def _vacuum(path: str) -> bool:
    """Take out of the file what SQLite leaves in free pages and in its log; whether that could be done."""
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            word_index.purge(connection)
            connection.execute("VACUUM")
            is_busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error:
        return False
    return not is_busy


def _without(connection: Connection, person: str, addresses: frozenset[str], names: frozenset[str]) -> Erasure:
    if person in ("", SYSTEM.id):
        return Erasure(0)
    tables = reflect_tables(connection)
    _lock_tables(connection, tables)
    begin_generation(connection)
    traces = identify(connection, tables, person, addresses, names)
    refuse_while_involved(connection, traces)
    # Nobody can reckon back from it: the salt is thrown away.
    salted = hashlib.sha256((person + secrets.token_hex()).encode()).hexdigest()
    # Who is forgotten once more, for a name that was left, has a number already, and nobody knows which.
    number = _forgotten(connection) + 1 if _is_known(connection, tables, traces) else 0
    redactor = Redactor(traces, f"former-{salted[:16]}", f"{FORMER} {number}" if number else FORMER)
    count = sum(_rewrite_history(connection, each, redactor) for each in _histories(connection, redactor))
    count += sum(_redact_table(connection, table, redactor) for table in tables)
    leave_no_trace(connection)
    if count and number:
        connection.execute(delete(settings).where(settings.c.name == _COUNTER))
        connection.execute(insert(settings).values(name=_COUNTER, value=str(number)))
    return Erasure(count, unsure=tuple(dict.fromkeys(_unsure(connection, tables, traces))))


def _unsure(connection: Connection, tables: Sequence[Table], traces: Traces) -> Iterator[str]:
    """Where a name of theirs may still stand in what was written, each with the words around it."""
    for table in tables:
        # A change says what its events say, in small letters too.
        for row in rows(connection, table) if table.name != changes.name else ():
            for written in (each for column in texts(row).values() for each in strings_in(column)):
                found = next((each for each in traces.unsure.finditer(written) if each["own"] is not None), None)
                if found is not None:
                    around = written[max(0, found.start() - _AROUND) : found.end() + _AROUND]
                    yield f"{row.get('change') or table.name}: {' '.join(around.split())}"


def _is_known(connection: Connection, tables: Sequence[Table], traces: Traces) -> bool:
    return any(
        traces.ids.search(each) for table in tables for row in rows(connection, table) for each in texts(row).values()
    )


def _forgotten(connection: Connection) -> int:
    """How many people were forgotten before: a stored count, so that no number is given twice."""
    kept = connection.execute(select(settings.c.value).where(settings.c.name == _COUNTER)).scalar()
    return int(kept) if kept else 0


def _lock_tables(connection: Connection, tables: Sequence[Table]) -> None:
    """Lock every table until the end: whoever had read a change before would save it as it was.

    On SQLite a unit of work has the whole database from its beginning.
    """
    if connection.dialect.name == "postgresql":
        names = ", ".join(map(connection.dialect.identifier_preparer.format_table, tables))
        connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))


def _histories(connection: Connection, redactor: Redactor) -> list[str]:
    found: dict[str, None] = {}
    for table, change in ((events, "change"), (changes, "id")):
        for row in rows(connection, table):
            if row[change] not in found and _redacted(table, row, redactor):
                found[row[change]] = None
    return list(found)


def _rewrite_history(connection: Connection, change_id: str, redactor: Redactor) -> int:
    """Rewrite the history, and rebuild the change from it; returns the number of rows written."""
    count = 0
    before: Change | None = None
    after: Change | None = None
    marks: dict[str, str] = {}
    query = select(events).where(events.c.change == change_id).order_by(events.c.seq)
    for row in connection.execute(query).all():
        fresh = {"body": redactor.value(row.body, by_people=True, marks=marks)}
        if is_theirs := redactor.traces.is_own(row.by_id):
            fresh |= {"by_id": redactor.pseudonym, "by_name": redactor.name}
        mine = (events.c.change == change_id) & (events.c.seq == row.seq)
        if any(value != getattr(row, name) for name, value in fresh.items()):
            count += connection.execute(update(events).where(mine).values(fresh)).rowcount
        entry = entry_of(row)
        by = Person(redactor.pseudonym, redactor.name) if is_theirs else entry.by
        before = evolve(before, entry)
        after = evolve(after, replace(entry, by=by, event=decode_event(row.type, fresh["body"])))
        # A decision names its plan by a mark that the implementer's id goes into: it stays with that plan.
        marks[before.plan.fingerprint] = after.plan.fingerprint
    if count and after is not None:
        count += connection.execute(
            update(changes).where(changes.c.id == change_id).values(columns_of(after, None))
        ).rowcount
    return count


def _redact_table(connection: Connection, table: Table, redactor: Redactor) -> int:
    count = 0
    for row in rows(connection, table):
        if is_only_theirs(table.name, row, redactor.traces):
            count += connection.execute(delete(table).where(_is(table, row))).rowcount
        elif fresh := _redacted(table, row, redactor):
            free = _with_unique_keys(connection, table, row, fresh)
            count += connection.execute(update(table).where(_is(table, row)).values(free)).rowcount
    return count


def _is(table: Table, row: Values) -> ColumnElement[bool]:
    return and_(*(column == row[column.name] for column in key_of(table)))


def _redacted(table: Table, row: Values, redactor: Redactor) -> dict[str, str]:
    """The columns of the row that read otherwise without them."""
    old = texts(row)
    if not redactor.traces.may_be_in("\n".join(old.values())):
        return {}
    theirs = any(map(redactor.traces.is_own, old.values()))
    named = {name for name in old if name == "name" or name.endswith("_name")} - {each.name for each in key_of(table)}
    if table.name == templates.name:
        old["body"] = without_addresses(old["body"], redactor.traces)
    fresh = {
        name: redactor.name
        if theirs and name in named
        else redactor.value(each, by_people=table.name in _BY_PEOPLE, is_name=name in named | _NAMES)
        for name, each in old.items()
    }
    if table.name == templates.name:
        fresh |= columns_of_template(row["body"], fresh["body"])
    return {name: each for name, each in fresh.items() if each != row[name]}


def _with_unique_keys(connection: Connection, table: Table, row: Values, fresh: dict[str, str]) -> dict[str, str]:
    """The values, numbered where keys that differed only in spelling would collide."""
    once = [key_of(table), *(list(each.columns) for each in table.constraints if isinstance(each, UniqueConstraint))]
    for columns in once:
        written = [column.name for column in columns if column.name in fresh]
        number, wanted = 1, dict(fresh)
        while written:
            values = {**dict(row), **wanted}
            same = and_(*(column == values[column.name] for column in columns), ~_is(table, row))
            if connection.execute(select(*columns).where(same)).first() is None:
                break
            number += 1
            wanted[written[0]] = f"{fresh[written[0]]}~{number}"
        fresh = wanted
    return fresh
