"""How an engine would carry out a statement: what it searches by an index, and what it goes through."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncConnection

from application.ports import UnitOfWork
from storage import Store
from storage.tables import metadata

Query = Callable[[UnitOfWork], Awaitable[object]]

SMALL = frozenset({"bindings", "counters", "settings", "absences", "change_count_deltas"})
"""As many rows as there are services, years, choices, people who will be away, and what was written since they were
added up last; all other tables grow."""
PARTIAL = frozenset(
    {
        "ix_outbox_waiting",
        "ix_outbox_in_line",
        "ix_outbox_leased",
        "ix_outbox_since",
        "ix_outbox_dead",
        "ix_due_items_next",
        "ix_operations_running",
        "ix_series_going_on",
    }
)
"""Indexes that hold only what waits for somebody."""

_LARGE = (
    "UPDATE pg_class SET reltuples = 1000000, relpages = 1 "
    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"
)
"""So many rows a page, of which an empty table has none; it is not committed."""
_UNKNOWN = (
    "DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
)
"""Nothing is known of what is in them, whatever the server has found out of the few rows of an earlier test."""


@asynccontextmanager
async def statements(store: Store) -> AsyncIterator[list[tuple[str, Any]]]:
    """Every statement that is carried out meanwhile, with its values."""
    seen: list[tuple[str, Any]] = []

    def see(_connection: object, _cursor: object, statement: str, values: Any, _context: object, many: bool) -> None:
        assert not many
        seen.append((statement, values))

    event.listen(store.statements, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        event.remove(store.statements, "before_cursor_execute", see)


async def plan_of(store: Store, query: Query) -> list[str]:
    """The steps by which the engine carries out every statement of the query: a table, by which index, and how."""
    async with statements(store) as seen, store.units() as unit:
        await query(unit)
    steps: list[str] = []
    async with store.engine.connect() as connection:
        for statement, values in seen:
            if statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH", "INSERT")):
                steps += await steps_of(connection, statement, values)
    return steps


async def steps_of(connection: AsyncConnection, statement: str, values: Any) -> list[str]:
    """The steps by which the engine carries it out: a table, by which index, and how."""
    if connection.dialect.name == "sqlite":
        rows = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return [row.detail for row in rows]
    # The tables of the tests have so few rows that reading all of them is the fastest way: they are said to have many.
    await connection.execute(text("SET enable_seqscan = off"))
    await connection.execute(text(_LARGE))
    await connection.execute(text(_UNKNOWN))
    explained = await connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", values)
    [row] = explained.scalars()
    return list(nodes((json.loads(row) if isinstance(row, str) else row)[0]["Plan"]))


def nodes(plan: Mapping[str, Any]) -> Iterator[str]:
    """The same words as SQLite's for the nodes of a plan of PostgreSQL."""
    table, index = plan.get("Relation Name", ""), plan.get("Index Name", "")
    if table or index:
        how = "SEARCH" if "Index Cond" in plan or plan["Node Type"] == "Bitmap Heap Scan" else "SCAN"
        if plan["Node Type"] not in ("CTE Scan", "ModifyTable"):
            yield f"{how} {table or index.split('_')[1]} USING INDEX {index} {plan.get('Index Cond', '')}"
    for below in plan.get("Plans", ()):
        yield from nodes(below)


def scans(plan: list[str]) -> list[str]:
    """The steps that go through the whole of a table that grows, or of an index over all of it."""
    read = [(re.fullmatch(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w*))?.*", step), step) for step in plan]
    grows = set(metadata.tables) - SMALL
    return [step for scan, step in read if scan and scan[1] in grows and scan[2] not in PARTIAL]
