"""A few changes that the real core and storage made, each at another place of the process, as rows to be copied.

They are walked through the process in April 2027 and moved to other days when they are copied.
"""

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from application.change_service import draft, execute
from application.ports import MessageRef, UnitOfWork
from application.retry_log import RetryLog
from bench.teams import Person
from changes import commands as c
from changes import model
from changes.effects import UpsertCard
from changes.model import SYSTEM, Plan, Window
from changes.planning.timeline import pending
from changes.policy import Catalogue
from settings import load_services
from storage import open_store
from storage.tables import metadata

ZURICH = ZoneInfo("Europe/Zurich")
PEOPLE = tuple(Person(number, f"b0000000-0000-0000-0000-{number:012}") for number in range(100, 140))
APPROVER = PEOPLE[0]
"""Decides on the changes of every service."""
SERVICES = ("bench-a", "bench-b", "bench-c", "bench-d")
DUE_SERVICES = tuple(f"bench-due-{number:03}" for number in range(100))
"""Of changes that fall due together: all of them have the same window, and few a service with others beside them."""
CHANNEL = "19:changes-{}@thread.tacv2"
SERVICE, REQUESTER, IMPLEMENTER = "bench-template", PEOPLE[1], PEOPLE[2]
"""Whose the templates are, until they are copied."""
ID = "CHG-2027-0001"
_SERVICE = """
[[service]]
key = "{key}"
name = "Service {key}"
timezone = "{zone}"
approver = "{approver}"
[service.vps]
name = "Server {key}"
backend = "dashboard"
snapshot_minutes = 10
restore_minutes = 10
"""


ZONES = ("America/Los_Angeles", "Asia/Tokyo", "Europe/Zurich")


def _at_daytime() -> str:
    """A zone in which it is afternoon for an hour yet: steps are due at nine, and many at night would be skipped."""
    now = datetime.now(UTC)
    return next((zone for zone in ZONES if 11 <= now.astimezone(ZoneInfo(zone)).hour <= 20), ZONES[-1])


ZONE = _at_daytime()
"""Of the services in this run."""


def services_toml(keys: Sequence[str] = SERVICES, zone: str = ZONE) -> str:
    """The settings of the services, each with a server of its own."""
    services = "".join(_SERVICE.format(key=key, approver=APPROVER.object_id, zone=zone) for key in keys)
    return f'admins = ["{PEOPLE[-1].object_id}"]\n{services}'


@dataclass(frozen=True, slots=True)
class Template:
    """All rows of one change by their table, and the moment at which it stands as it does."""

    now: datetime
    rows: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def revision(self) -> int:
        """The revision that a button of its cards carries."""
        return int(self.rows["changes"][0]["revision"])


def _at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2027, month, day, hour, minute, tzinfo=ZURICH)


def _person(who: Person) -> model.Person:
    return model.Person(who.object_id, who.name)


_NADIA, _LUC, _PIERRE = _person(REQUESTER), _person(IMPLEMENTER), _person(APPROVER)
_Do = tuple[datetime, Callable[[model.Change], Sequence[c.Command]] | None]
_SUBMIT: _Do = (_at(3, 15, 10), lambda _: [c.Submit(_NADIA)])
_ASKED: _Do = (_at(4, 1, 9), None)
_APPROVE: _Do = (_at(4, 1, 12), lambda _: [c.ApprovePrecheck(_PIERRE)])
_AT_GO = (_SUBMIT, _ASKED, _APPROVE, (_at(4, 8, 9), None))
_GO = (*_AT_GO, (_at(4, 8, 9, 30), lambda _: [c.GiveGo(_PIERRE)]))
_WORK = (
    *_GO,
    (_at(4, 15, 21, 40), None),
    (_at(4, 15, 21, 42), lambda _: [c.NoteSnapshotStarted(SYSTEM)]),
    (_at(4, 15, 21, 50), lambda change: [c.NoteSnapshotFinished(SYSTEM, change.id)]),
    (_at(4, 15, 22), None),
    (_at(4, 15, 22, 1), lambda _: [c.Start(_LUC)]),
)
_DONE = (
    *_WORK,
    (_at(4, 15, 22, 20), lambda change: [c.RecordTest(_LUC, n, passed=True) for n, _ in enumerate(change.plan.tests)]),
    (_at(4, 15, 22, 25), lambda _: [c.Complete(_LUC)]),
)
WAYS: Mapping[str, Sequence[_Do]] = {
    "submitted": (_SUBMIT,),
    "pre-check asked": (_SUBMIT, _ASKED),
    "pre-checked": (_SUBMIT, _ASKED, _APPROVE),
    "GO asked": _AT_GO,
    "scheduled": _GO,
    "reviewed": (*_DONE, (_at(4, 16, 10), lambda _: [c.SaveReview(_LUC, "It went as planned.")])),
    "cancelled": (*_AT_GO, (_at(4, 8, 10), lambda _: [c.Cancel(_NADIA, "It is not needed any more.")])),
}
"""What happens to a template, and when; where nobody does anything, what is due by then."""
OPEN = ("submitted", "pre-check asked", "pre-checked", "GO asked", "scheduled")
OVER = ("reviewed", "reviewed", "reviewed", "reviewed", "cancelled")
"""How changes come to an end, as often as each is named here."""

_PLAN = Plan(
    service=SERVICE,
    window=Window.on(date(2027, 4, 15), time(22), 45, ZURICH),
    title="Update to version 5",
    what="The learning platform is updated to version 5, with its database.",
    why="Security support of version 4 ends.",
    tests=("Log in as a teacher", "Open a course and hand in an exercise"),
    implementer=_LUC,
    risks="Plug-ins may not load.",
    rollback="Restore the data snapshot.",
    affected="The platform cannot be used.",
)


async def templates() -> Mapping[str, Template]:
    """Every template by its name."""
    return {name: await _walked(way) for name, way in WAYS.items()}


async def _walked(way: Sequence[_Do]) -> Template:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        path = Path(folder) / "services.toml"
        path.write_text(services_toml([SERVICE], str(ZURICH)), encoding="utf-8")
        catalogue = load_services(path).catalogue
        store = await open_store(f"sqlite+aiosqlite:///{folder}/changes.db", RetryLog())
        try:
            now = _at(3, 15, 9, 55)
            async with store.units() as unit:
                await draft(unit, catalogue, c.Draft(_NADIA, _PLAN), now, "bench")
            for now, commands in way:
                async with store.units() as unit:
                    await _until(unit, catalogue, now)
                    stored = await unit.changes.load(ID)
                    for command in commands(stored.change) if commands and stored else ():
                        await execute(unit, catalogue, ID, command, now, "bench")
            async with store.units() as unit:
                await _posted(unit, now)
            return Template(now, _rows(store.statements))
        finally:
            await store.close()


async def _until(unit: UnitOfWork, catalogue: Catalogue, now: datetime) -> None:
    """Let everything that falls due by then happen."""
    while stored := await unit.changes.load(ID):
        due = [step for step in pending(stored.change, catalogue.of(stored.change)) if step.due <= now]
        if not due:
            return
        await execute(unit, catalogue, ID, c.FireStep(SYSTEM, due[0].key), due[0].due, "bench")


async def _posted(unit: UnitOfWork, now: datetime) -> None:
    """The cards stand in the channel, and nothing waits to go out."""
    channel = CHANNEL.format(SERVICE)
    thread = f"{channel};messageid={ID}"
    names = {"status"}
    while entries := await unit.outbox.claim(now, "bench", 60, 100):
        names |= {each.effect.message for each in entries if isinstance(each.effect, UpsertCard)}
        for each in entries:
            await unit.outbox.done([each.id], now)
    for name in sorted(names):
        await unit.messages.put(ID, name, MessageRef("http://bench/", thread, f"{ID}-{name}", thread))


def _rows(engine: sa.Engine) -> Mapping[str, Sequence[Mapping[str, Any]]]:
    found = {}
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            column = next((table.c[name] for name in ("change", "owner") if name in table.c), None)
            if table.name == "changes":
                column = table.c.id
            if column is not None and table.name != "outbox":
                query = sa.select(table).where(column == ID)
                found[table.name] = [dict(row) for row in connection.execute(query).mappings()]
    return {name: rows for name, rows in found.items() if rows}
