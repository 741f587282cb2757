"""A database with changes in it: most are over, the others are spread over the weeks to come."""

import random
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import build
from bench.copies import Copy, rows_of
from bench.postgres import filling
from bench.teams import APP_ID, TENANT
from bench.templates import CHANNEL, DUE_SERVICES, OPEN, OVER, PEOPLE, SERVICES, Template, services_toml
from changes.planning.timeline import pending
from changes.policy import Catalogue
from settings import from_environment, load_services
from storage import codec
from storage.tables import metadata

OPEN_SHARE = 0.05
"""Of the changes that are stored; the others are over, all within this year."""
PRESSES = 48
"""Changes that wait for GO, each in a time of its own, beside the others."""
_AT_ONCE = 500
_YEAR = datetime.now(UTC).year


def stored(templates: Mapping[str, Template], number: int, now: datetime) -> Iterator[Copy]:
    """So many changes, each the same whenever they are made on the same day."""
    chance = random.Random(number)  # noqa: S311  # spreads them, keeps no secret
    open_ones = round(number * OPEN_SHARE)
    for at in range(number):
        name = OPEN[at % len(OPEN)] if at < open_ones else OVER[at % len(OVER)]
        template = templates[name]
        if at < open_ones:
            moved = now + timedelta(minutes=chance.randrange(60, 5 * 24 * 60)) - template.now
        else:
            days = (now - datetime(now.year, 1, 10, tzinfo=UTC)).days
            moved = now - timedelta(days=chance.randrange(2, max(3, days))) - template.now
        yield Copy.numbered(template, 1001 + at, SERVICES[at % 2], moved, _YEAR)


def to_press(templates: Mapping[str, Template], now: datetime) -> list[Copy]:
    """The changes that wait for GO: in two services, two hours apart from each other."""
    template = templates["GO asked"]
    made = []
    for at in range(PRESSES):
        later = now + timedelta(hours=1 + 2 * (at // 2)) - template.now
        made.append(Copy.numbered(template, 1 + at, SERVICES[2 + at % 2], later, _YEAR))
    return made


def due_from(templates: Mapping[str, Template], number: int, begin: datetime, over: timedelta) -> Iterator[Copy]:
    """Changes of which one step each falls due, evenly over the time from `begin` on; with no time all at once.

    It asks to prepare the pre-check. By its own dates it could have been done hours before, and the next step comes on
    another day, since on the same day it would be skipped.
    """
    template, service = templates["submitted"], catalogue(DUE_SERVICES).services[DUE_SERVICES[0]]
    for days in range(-60, 60):
        later = timedelta(days=(begin.date() - template.now.date()).days + days)
        document = _document(Copy.numbered(template, 1, DUE_SERVICES[0], later, _YEAR - 1))
        first, second = pending(codec.decode_change(document), service)[:2]
        if first.due < begin - timedelta(hours=1) and service.local(second.due).date() > service.local(begin).date():
            break
    else:
        raise RuntimeError("there is no day on which such a step could fall due")
    for at in range(number):
        due = {first.key: begin + over * at / number, second.key: second.due}
        yield replace(Copy.numbered(template, 1 + at, DUE_SERVICES[at % len(DUE_SERVICES)], later, _YEAR - 1), due=due)


def catalogue(services: Sequence[str] = SERVICES) -> Catalogue:
    """The services that the changes belong to."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "services.toml"
        path.write_text(services_toml(services), encoding="utf-8")
        return load_services(path).catalogue


def _document(copy: Copy) -> str:
    return next(str(row["document"]) for table, row in copy.rows() if table == "changes")


async def seed(url: str, copies: Iterable[Copy], teams_url: str, services: Sequence[str] = SERVICES) -> None:
    """Fill the database, which is made where there is none; `teams_url` is where its conversations are."""
    await _as_left(url, services)
    rest = iter(copies)
    await _insert(url, _surroundings(teams_url, services))
    while some := list(islice(rest, _AT_ONCE)):
        rows = rows_of(some)
        rows["messages"] = [{**row, "service_url": teams_url} for row in rows["messages"]]
        await _insert(url, rows)


async def _as_left(url: str, keys: Sequence[str]) -> None:
    """Make the tables, and all that the first start does once: the next one does not plan all steps anew."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        services = Path(folder) / "services.toml"
        services.write_text(services_toml(keys), encoding="utf-8")
        said = {
            "CHANGE_DATABASE_URL": url,
            "CHANGE_SERVICES": str(services),
            "MicrosoftAppId": APP_ID,
            "MicrosoftAppPassword": "not-a-secret",
            "MicrosoftAppTenantId": TENANT,
        }
        service = await build(from_environment(said, Path(folder) / ".env"))
        await service.close()


def _surroundings(teams_url: str, services: Sequence[str]) -> dict[str, list[Mapping[str, Any]]]:
    """The people, their chats, and the channels of the services."""
    place = {"service_url": teams_url, "bot": "28:bot", "tenant": TENANT}
    return {
        "people": [
            {"id": who.object_id, "name": who.name, "folded": who.name.casefold(), "mri": f"29:{who.number}"}
            | {"language": "en"}
            for who in PEOPLE
        ],
        "chats": [{"person": who.object_id, "name": who.name, "conversation": who.chat} | place for who in PEOPLE],
        "bindings": [
            {"service": key, "conversation": CHANNEL.format(key), "is_channel": True, "group": ""}
            | {"team": "19:team@thread.tacv2"}
            | place
            for key in services
        ],
        "counters": [{"year": year, "last": 900_000} for year in (_YEAR - 1, _YEAR)],
    }


async def _insert(url: str, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    tables = [table for table in metadata.sorted_tables if rows.get(table.name)]
    if url.startswith("sqlite"):
        _into_sqlite(Path(url.partition(":///")[2]), tables, rows)
        return
    async with filling(url) as connection:
        for table in tables:
            names = list(rows[table.name][0])
            records = [tuple(row[name] for name in names) for row in rows[table.name]]
            await connection.copy_records_to_table(table.name, records=records, columns=names)


def _into_sqlite(path: Path, tables: Sequence[sa.Table], rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA synchronous=OFF")
        for table in tables:
            names = list(rows[table.name][0])
            columns, marks = ", ".join(f'"{name}"' for name in names), ", ".join("?" * len(names))
            values = [tuple(_plain(row[name]) for name in names) for row in rows[table.name]]
            connection.executemany(f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})', values)  # noqa: S608


def _plain(value: Any) -> Any:
    """As SQLAlchemy keeps it in SQLite."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value
