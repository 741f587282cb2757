"""Whatever the product asks its database while a change is carried and every command is typed is found by an index.

The statements are those that were really asked, on each of the engines; the engine says how it would carry them out.
"""

import re
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, Engine, event

from bot.commands.command_words import VERBS
from storage.on_the_loop import LoopConnection
from tests.support.postgres import Server
from tests.support.query_plans import scans, steps_of
from tests.support.running import CHANGE, START, Bot, running
from tests.support.teams import NADIA, PIERRE

Statements = dict[str, Any]
ALLOWED: Mapping[str, str] = {
    "FROM people ORDER BY people.folded": "everybody whom the bot has met is offered as implementer",
    "FROM sendings WHERE (sendings.place NOT LIKE": "the last few, in the order of the index, but for what is held",
    "FROM refusals ORDER BY refusals.at DESC": "a page of the last ones, in the order of the index",
}
"""What goes through a table that grows: a part of the statement, and why it may."""
LINES = ("", "learn all", "mine", "drafts", "done", "cancelled", "2027", "2027-04 version", "all page 2", "learn mine")
WITH: Mapping[str, str] = {
    "move": "2027-05-20 22:00 90 Because of the exams.",
    "extend": "30m The import is slow.",
    "test": "1 passed",
    "assign": "Luc Moret",
    "notice": "",
    "stats": "learn 2027-Q2",
    "calendar": "learn 2027-04-12",
    "absent": "2027-04-20 2027-04-22",
}


@pytest.fixture(params=["sqlite", "postgresql"])
async def started(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Bot]:
    """The bot over each of the engines."""
    more: dict[str, str] = {}
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        more["CHANGE_DATABASE_URL"] = await server.emptied()
    async with running(tmp_path, START, **more) as bot:
        yield bot


@contextmanager
def listening(dialect: str) -> Iterator[Statements]:
    """Every different statement that is asked meanwhile in that dialect, with values that it was asked with.

    A rehearsal has a database of its own, in memory, which is SQLite's.
    """
    asked: Statements = {}

    def see(connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if isinstance(connection, Connection):
            spoken = connection.dialect.name if connection.engine.url.database else "in memory"
        else:
            spoken = "sqlite" if isinstance(connection, LoopConnection) else "postgresql"
        if spoken == dialect and statement.startswith(("SELECT", "UPDATE", "DELETE", "WITH", "INSERT")):
            asked.setdefault(statement, values[0] if many else values)

    event.listen(Engine, "before_cursor_execute", see)
    try:
        yield asked
    finally:
        event.remove(Engine, "before_cursor_execute", see)


async def every_command(bot: Bot) -> None:
    """Type each of them about the change, as its requester and as its approver, and what lists can be asked for."""
    for who in (NADIA, PIERRE):
        for name in VERBS:
            await bot.type(who, f"/change {name} {CHANGE} {WITH.get(name, 'Because of it.')}".strip())
            await bot.type(who, f"/change {name} {WITH.get(name, '')}".strip())
            await bot.type(who, "cancel")
        for line in LINES:
            await bot.type(who, f"/change list {line}")


async def walked(bot: Bot) -> None:
    """A change from the form to its review, one that has an incident and a restore, pages, a restart and tidying."""
    await bot.given_go({})
    await bot.type(NADIA, "/change mine")
    await bot.advance(START + timedelta(days=31, hours=12, minutes=1))
    await bot.press(NADIA, "window.start")
    await bot.type(NADIA, f"/change trouble {CHANGE} Nobody can log in.")
    await bot.type(NADIA, f"/change incident {CHANGE} Nobody can log in.")
    await bot.type(NADIA, f"/change restore {CHANGE}")
    await bot.type(PIERRE, f"/change confirm {CHANGE} Hannibal")
    await bot.advance(bot.clock.now() + timedelta(hours=3))
    await bot.type(NADIA, f"/change close {CHANGE} fixed")
    await bot.advance(bot.clock.now() + timedelta(days=3))
    await bot.requested({"date": "2027-06-24", "title": "Another one"})
    await every_command(bot)
    await bot.type(NADIA, "/change feed")
    [path] = re.findall(r"http://127\.0\.0\.1:\d+(/calendar/[^\s)]+)", bot.teams.calls[-1].message.text)
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{bot.app.port}") as client:
        for page in (path, "/readyz", "/metrics"):
            assert (await client.get(page)).status_code == 200
    await bot.unit.processed_activities.remember("once", {}, bot.clock.now())
    await bot.app.worker.purge_expired()
    await bot.clock.move_to(bot.clock.now() - timedelta(days=1), bot.app.store.units)
    await bot.restart()


async def test_no_statement_of_the_product_goes_through_a_table_that_grows(started: Bot) -> None:
    with listening(started.app.store.engine.dialect.name) as asked:
        await walked(started)
    through: dict[str, list[str]] = {}
    async with started.app.store.engine.connect() as connection:
        for statement, values in asked.items():
            if "pg_catalog" in statement or "sqlite_master" in statement or "alembic" in statement:
                continue
            if found := scans(await steps_of(connection, statement, values)):
                through[" ".join(statement.split())] = found
    assert len(asked) > 90, "the walk asks for nearly everything"
    unknown = {
        statement: found for statement, found in through.items() if not any(each in statement for each in ALLOWED)
    }
    assert unknown == {}
    assert {each for each in ALLOWED if not any(each in statement for statement in through)} == set()
