"""Makes much of little, inside the database: the same changes of other people, and rows that are done with."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from bench.postgres import filling
from storage.tables import metadata

_PER_CHANGE = ("changes", "events", "due_items", "messages")
_PERSON = "b0000000-0000-0000-0000-"
_SERIES = {
    "sqlite": "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {number})",
    "postgresql": "WITH series(n) AS (SELECT generate_series(1, {number}))",
}
_OLD = (
    """{series} INSERT INTO outbox (lane, key, kind, body, created_at, not_before, attempts, done_at)
    SELECT 'conversation:' || (n % 1000), 'old:' || n, 'reply', '{{}}', {at}, {at}, 0, {at} FROM series""",
    "{series} INSERT INTO deliveries (key, answer, at) SELECT 'old:' || n, '{{}}', {at} FROM series",
)
"""Nothing of it is old enough to be deleted."""


async def multiply(url: str, times: int) -> None:
    """Let there be so many times as many changes; the others are other people's."""
    year = datetime.now(UTC).year
    statements = [_copied(metadata.tables[name], year, at) for at in range(1, times) for name in _PER_CHANGE]
    await _run(url, statements)


async def add_old_rows(url: str, number: int, now: datetime) -> None:
    """Messages that were delivered and deliveries that were answered, some days ago."""
    engine = url.partition("+")[0]
    moment = (now - timedelta(days=3)).astimezone(UTC)
    at = f"'{moment:%Y-%m-%d %H:%M:%S.%f}" + ("'" if engine == "sqlite" else "+00'::timestamptz")
    series = _SERIES[engine].format(number=number)
    statements = [each.format(series=series, at=at) for each in _OLD]
    await _run(url, statements)


def _copied(table: sa.Table, year: int, at: int) -> str:
    names = [column.name for column in table.columns]
    values = ", ".join(_value(column, year, at) for column in table.columns)
    columns = ", ".join(f'"{name}"' for name in names)
    mine = f"\"{'id' if table.name == 'changes' else 'owner' if 'owner' in names else 'change'}\" LIKE 'CHG-{year}-%'"
    return f'INSERT INTO "{table.name}" ({columns}) SELECT {values} FROM "{table.name}" WHERE {mine}'  # noqa: S608


def _value(column: "sa.Column[object]", year: int, at: int) -> str:
    if column.type.python_type is not str:
        return f'"{column.name}"'
    other = f"'b0000000-0000-0000-{at:04}-'"
    return f"replace(replace(\"{column.name}\", 'CHG-{year}-', 'CHG-{year + at}-'), '{_PERSON}', {other})"


async def _run(url: str, statements: list[str]) -> None:
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.partition(":///")[2])) as connection, connection:
            connection.execute("PRAGMA synchronous=OFF")
            for each in statements:
                connection.execute(each)
        return
    async with filling(url) as connection:
        for each in statements:
            await connection.execute(each)
