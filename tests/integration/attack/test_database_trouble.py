"""The database is locked, silent, away, full, write-protected, damaged or gone: everybody hears it, in time, once.

From outside, in production mode, over HTTP; the database is real, and so is what is done to it.
"""

import asyncio
import contextlib
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy import event

from application.signed_urls import secret, signed
from tests.support.key_server import key_server
from tests.support.postgres import Server
from tests.support.production import House, production

SECONDS = 4.0
"""In all, from the request to the sentence in the chat."""
SLACK = 1.0
"""For a machine that does other things too."""
ALIVE_SECONDS = 0.1
AWAY, LOCKED = "I cannot reach my database", "Another program holds my database"


@dataclass(slots=True)
class Crowd:
    """People and machines who all want something of the bot at the same moment."""

    house: House
    export: str
    took: dict[str, float] = field(default_factory=dict)
    answers: dict[str, httpx.Response] = field(default_factory=dict)

    async def everybody(self) -> None:
        """Each of them once, all at once."""
        wishes: dict[str, Callable[[], Awaitable[httpx.Response]]] = {
            "typed": lambda: self.type("/change list"),
            "dialog": lambda: self.type("/change new"),
            "press": self.press,
            "installation": self.install,
            "document": lambda: self.house.client.get(self.export),
            "feed": lambda: self.house.client.get("/calendar/none.ics"),
            "metrics": lambda: self.house.client.get("/metrics"),
            "ready": lambda: self.house.client.get("/readyz"),
        }
        await asyncio.gather(*(self._timed(name, wish) for name, wish in wishes.items()), self._is_alive())

    async def type(self, text: str) -> httpx.Response:
        return await self.house.post(self.house.signed(), self.house.typed(text))

    async def press(self) -> httpx.Response:
        data = {"change": "CHG-2026-0001", "revision": 1}
        value = {"action": {"type": "Action.Execute", "verb": "go.give", "data": data}, "trigger": "manual"}
        fields = {"type": "invoke", "name": "adaptiveCard/action", "value": value}
        return await self.house.post(self.house.signed(), self.house.typed("", **fields))

    async def install(self) -> httpx.Response:
        fields = {"type": "installationUpdate", "action": "add"}
        return await self.house.post(self.house.signed(), self.house.typed("", **fields))

    async def _timed(self, name: str, wish: Callable[[], Awaitable[httpx.Response]]) -> None:
        began = time.monotonic()
        self.answers[name] = await wish()
        self.took[name] = time.monotonic() - began

    async def _is_alive(self) -> None:
        """The process answers throughout."""
        until, took = time.monotonic() + 2, []
        while time.monotonic() < until:
            await self._timed("alive", lambda: self.house.client.get("/healthz"))
            took.append(self.took["alive"])
            await asyncio.sleep(0.1)
        assert median(took) < ALIVE_SECONDS

    def heard(self, sentence: str, missing: str, *, can_look: bool = False) -> None:
        """Everybody heard it in time, and nobody was left with a 200 and silence. `can_look`: it can still be read."""
        assert {name: took for name, took in self.took.items() if took > SECONDS + SLACK} == {}
        texts = self.house.teams.texts()
        assert len([text for text in texts if sentence in text]) == 2, texts
        assert sentence in str(self.answers["press"].json()["value"]["message"])
        assert self.answers["typed"].status_code == self.answers["dialog"].status_code == 200
        assert self.answers["installation"].status_code == 503  # Teams delivers it again
        for page in ("document", "feed"):
            if can_look:
                assert self.answers[page].status_code == 404  # there is none by that name
                continue
            assert self.answers[page].status_code == 503
            assert int(self.answers[page].headers["Retry-After"]) > 0
            assert "text/html" in self.answers[page].headers["Content-Type"]
        assert self.answers["metrics"].status_code == 200
        assert self.answers["ready"].status_code == 503
        assert missing in self.answers["ready"].json()["missing"]


@contextlib.asynccontextmanager
async def crowd(folder: Path, **more: str) -> AsyncIterator[Crowd]:
    """A bot in production mode that has answered once."""
    with key_server() as keys:
        async with production(folder, keys, CHANGE_PUBLIC_URL="https://bot.example", **more) as house:
            assert (await house.post(house.signed(), house.typed("/change help"))).status_code == 200
            await house.deliveries()
            house.teams.calls.clear()
            facts = {"change": "CHG-2026-0001", "form": "html", "language": "en", "person": "nobody"}
            async with house.app.store.units() as unit:
                key = await secret(unit.settings)
            yield Crowd(house, f"/export/{signed(key, facts, house.app.clock.now(), 7)}")


async def goes_on(people: Crowd) -> None:
    """What comes afterwards is answered, once, and the worker goes on by itself."""
    async with asyncio.timeout(20):
        while (await people.house.client.get("/readyz")).status_code != 200:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
        await people.house.deliveries()
        people.house.teams.calls.clear()
        assert (await people.type("/change list")).status_code == 200
        await people.house.teams.until(lambda: bool(people.house.teams.calls))
    await people.house.deliveries()
    assert len(people.house.teams.calls) == 1, people.house.teams.texts()


# ── What is done to the database ──────────────────────────────────────────────────────────────────────────────────

Mend = Callable[[], Awaitable[object]]


async def lock_the_file(database: Path, _: Server) -> Mend:
    """Another process writes, and does not end."""
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    async def unlock() -> None:
        other.close()

    return unlock


async def lock_every_table(_: Path, server: Server) -> Mend:
    """Somebody's migration, or a forgotten session."""
    session = await asyncpg.connect(server.url.replace("+asyncpg", ""))
    await session.execute("BEGIN; LOCK TABLE settings, deliveries, outbox, people IN ACCESS EXCLUSIVE MODE")
    return session.close  # type: ignore[no-any-return]


async def fall_silent(_: Path, server: Server) -> Mend:
    """The server takes connections and says nothing."""
    server.signal(signal.SIGSTOP)

    async def wake() -> None:
        server.signal(signal.SIGCONT)

    return wake


async def be_stopped(_: Path, server: Server) -> Mend:
    await server.stop()
    return server.start


def damage(database: Path, _: Server) -> None:
    """Every page but the first is overwritten, as by a broken disk."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        # A connection that holds the page in memory would not look at the disk again.
        connection.execute("INSERT INTO settings (name, value) VALUES ('touched', '')")
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with database.open("r+b") as file:
        file.seek(0, os.SEEK_END)
        end = file.tell()
        for start in range(size, end, size):
            file.seek(start)
            file.write(os.urandom(size))


def delete(database: Path, _: Server) -> None:
    database.rename(database.with_name("elsewhere.db"))


def replace(database: Path, server: Server) -> None:
    delete(database, server)
    database.write_bytes(database.with_name("elsewhere.db").read_bytes())


TROUBLES: dict[str, tuple[Callable[[Path, Server], Awaitable[Mend] | None], str, str]] = {
    "locked": (lock_the_file, LOCKED, "database"),
    "locked, PostgreSQL": (lock_every_table, LOCKED, "database"),
    "silent, PostgreSQL": (fall_silent, AWAY, "database"),
    "away, PostgreSQL": (be_stopped, AWAY, "database"),
    "damaged": (damage, "My database is damaged, so nothing was saved. An administrator", "database (damaged)"),
    "deleted": (delete, "was deleted or replaced, so nothing was saved", "database (replaced)"),
    "replaced": (replace, "was deleted or replaced, so nothing was saved", "database (replaced)"),
}


@pytest.mark.parametrize("what", TROUBLES)
async def test_everybody_hears_of_it_within_four_seconds_and_afterwards_all_goes_on_or_the_log_says_what_to_do(
    what: str, tmp_path: Path, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    trouble, sentence, missing = TROUBLES[what]
    url = {"CHANGE_DATABASE_URL": await server.emptied()} if "PostgreSQL" in what else {}
    database = tmp_path / "changes.db"
    async with crowd(tmp_path, **url) as people:
        begun = trouble(database, server)
        mend = await begun if begun is not None else None
        try:
            await people.everybody()
        finally:
            if mend is not None:
                await mend()
        people.heard(sentence, missing, can_look=what == "locked")
        if mend is not None:
            await goes_on(people)
            return
    assert database.exists() == (what != "deleted"), "nobody makes an empty one in its place"
    told = [record.getMessage() for record in caplog.records if "What to do" in record.getMessage()]
    assert len(told) == 1
    if what == "damaged":
        assert "restore the last backup" in told[0]
        assert [record.getMessage() for record in caplog.records if record.exc_info] == []


async def test_a_lock_that_passes_in_time_is_waited_for_and_nobody_hears_of_it(tmp_path: Path) -> None:
    async with crowd(tmp_path) as people:
        with contextlib.closing(sqlite3.connect(tmp_path / "changes.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            typing = asyncio.create_task(people.type("/change list"))
            await asyncio.sleep(1)
            assert not typing.done()
            other.execute("ROLLBACK")
            assert (await typing).status_code == 200
        await people.house.deliveries()
        assert len(people.house.teams.calls) == 1
        assert LOCKED not in str(people.house.teams.texts())


CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
)


async def test_a_postgresql_that_takes_no_writes_is_said_and_is_not_ready(tmp_path: Path, server: Server) -> None:
    async with crowd(tmp_path, CHANGE_DATABASE_URL=await server.emptied()) as people:
        session = await asyncpg.connect(server.url.replace("+asyncpg", ""))
        await session.execute("ALTER DATABASE postgres SET default_transaction_read_only = on")
        await session.execute(CUT)  # as a failover to a standby does
        await people.type("/change list")
        assert "not allowed to write" in people.house.teams.texts()[-1]
        assert (await people.house.client.get("/readyz")).json()["missing"] == "database (read-only)"
        await session.execute("SET default_transaction_read_only = off")
        await session.execute("ALTER DATABASE postgres RESET default_transaction_read_only")
        await session.execute(CUT)
        await session.close()
        await goes_on(people)


SMALL: dict[str, tuple[str, str, str]] = {
    "full": ("PRAGMA max_page_count = 1", "PRAGMA max_page_count = 1073741823", "The disk of my database is full"),
    "read-only": ("PRAGMA query_only = ON", "PRAGMA query_only = OFF", "I am not allowed to write to my database"),
}


@pytest.mark.parametrize("what", SMALL)
async def test_a_database_that_takes_nothing_more_is_said_and_is_not_ready_until_it_does(
    what: str, tmp_path: Path
) -> None:
    worse, better, sentence = SMALL[what]
    async with crowd(tmp_path) as people:
        statement = [worse]

        def limit(connection: Any, *_: object) -> None:
            cursor = connection.cursor()
            cursor.execute(statement[0])
            cursor.close()

        event.listen(people.house.app.store.statements, "checkout", limit)
        for _ in range(60):  # until what is typed needs a new page
            await people.type("/change list " + "x" * 3000)
            if sentence in str(people.house.teams.texts()):
                break
        assert sentence in str(people.house.teams.texts())
        assert (await people.house.client.get("/readyz")).json()["missing"] == f"database ({what})"
        statement[0] = better
        await people.house.deliveries()
        await goes_on(people)


async def test_a_disk_that_is_really_full_is_said_and_is_not_ready_until_there_is_room(tmp_path: Path) -> None:
    """No file may grow any more, as with a quota."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    async with crowd(tmp_path) as people:
        size = max((tmp_path / f"changes.db{end}").stat().st_size for end in ("", "-wal"))
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
            async with asyncio.timeout(20):
                while (await people.house.client.get("/readyz")).status_code == 200:
                    await people.type("/change list " + "x" * 3000)
            await people.type("/change list")
            said = people.house.teams.texts()[-1]
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert "so nothing c" in said, said
        await goes_on(people)
