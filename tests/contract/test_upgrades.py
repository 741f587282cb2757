"""A database of every earlier version, with a change under way, goes on; who was stored twice is one person.

The files are backups of what those versions themselves wrote: a change that has its GO, its messages and its form. 0007
was written while people came, and stood in the settings, in capitals, and some in both spellings of their ids.
"""

import re
from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import select

from application.change_service import execute
from application.queries.directory import Directory
from application.replanning import remeasure
from application.retry_log import RetryLog
from changes import commands as c
from changes.lifecycle import fold
from changes.model import Person, State
from changes.reporting.periods import Period
from changes.reporting.search import Search
from settings import LOCAL_SERVICES, load_services
from storage import Store, codec, open_store
from storage.backup import restore
from storage.migrations import configuration
from storage.tables import due_items, outbox
from tests.contract import subjects as s

ROOT = Path(__file__).parents[2]
FILES = sorted((Path(__file__).parent / "upgrades").glob("*.gz"))


def test_there_is_one_for_every_migration_but_the_newest() -> None:
    known = [each.revision for each in ScriptDirectory.from_config(configuration()).walk_revisions()]
    assert [file.name.partition(".")[0] for file in FILES] == sorted(known)[:-1]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.partition(".")[0])
async def test_what_an_earlier_version_wrote_is_read_and_goes_on(file: Path, fresh: str) -> None:
    await restore(fresh, file)
    store = await open_store(fresh, RetryLog())
    try:
        async with store.units() as unit:
            [change] = await unit.changes.find(Search(states=[State.SCHEDULED]))
            history = await unit.changes.history(change.id)
            assert fold(history) == change
            assert change.requester.name == "Nadia Favre"
            assert [each.id for each in await unit.changes.find(Search(words=["version"]))] == [change.id]
            theirs = Search(states=[State.SCHEDULED], person=change.plan.implementer.id)
            assert await unit.changes.find(theirs) == (change,)
            for draft in await unit.changes.find(Search(states=[State.DRAFT])):  # its overlap stands: it has its card
                assert draft in await unit.changes.find(Search(states=[State.DRAFT], viewer=""))
            assert await unit.bindings.get("learn") is not None
            for denial in await unit.access_denials.latest():
                assert (type(denial.sentence), denial.sentence[:5]) == (str, "Only ")  # as it was stored, in English
        async with store.engine.connect() as connection:
            for row in await connection.execute(select(outbox.c.kind, outbox.c.body)):
                codec.decode_effect(row.kind, row.body)
            waiting = set((await connection.execute(select(due_items.c.key))).scalars())
        assert waiting
        catalogue = load_services(ROOT / LOCAL_SERVICES).catalogue
        measured = await remeasure(store.units, catalogue)
        assert (measured > 0) == (file.name < "0019")  # a change is made of more since: that is measured anew
        async with store.units() as unit:
            counts = await unit.statistics.count(["learn"], Period(change.plan.window.start.year))
            there = await unit.changes.find(Search(service="learn", viewer=""))
        counted = Counter(each.state for each in there if each.state is not State.DRAFT)
        assert {each.state: each.number for each in counts.groups if each.number} == counted
        now = change.plan.window.start - timedelta(days=5)
        async with store.units() as unit:
            await execute(unit, catalogue, change.id, c.Cancel(change.requester, "Not needed."), now, "chat")
        async with store.units() as unit:
            stored = await unit.changes.load(change.id)
            assert stored is not None
            assert stored.change.state is State.CANCELLED
            assert fold(await unit.changes.history(change.id)) == stored.change
            assert await unit.outbox.claim(now, "me", 60) != ()
    finally:
        await store.close()


FILE = Path(__file__).parent / "upgrades" / "0007.jsonl.gz"
NADIA, PIERRE, CLAIRE, LUC = (f"0abcdef0-0000-4000-8000-0000000000{20 + number}" for number in range(4))
CHANGE = "CHG-2027-0001"
CAPITALS = re.compile(r"0ABCDEF0-[0-9-]+")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Brought up to date; test_upgrades.py does so on both engines."""
    url = f"sqlite+aiosqlite:///{tmp_path}/changes.db"
    await restore(url, FILE)
    opened = await open_store(url, RetryLog())
    yield opened
    await opened.close()


async def test_nobody_is_left_in_capitals_but_in_what_teams_was_answered(store: Store) -> None:
    for name, found in (await s.content(store)).items():
        if name != "deliveries":  # kept for a day against repetitions, and read by nobody
            for row in found:
                left = {column for column, value in row.items() if CAPITALS.search(str(value))}
                # A card that was sent has its choices as they were drawn.
                assert left <= ({"body"} if row.get("kind") == "Reply" else set()), (name, row)


async def test_two_rows_of_one_person_become_one(store: Store) -> None:
    found = await s.content(store)
    for name, column in (("people", "id"), ("chats", "person")):
        ids = [row[column] for row in found[name]]
        assert len(ids) == len(set(ids))
        assert {NADIA, PIERRE, CLAIRE, LUC} <= set(ids)
    async with store.units() as unit:
        # Claire chose French in capitals and English, which stays, in the other spelling.
        assert await Directory(unit).language(Person(CLAIRE.upper())) == "en"
        assert await Directory(unit).language(Person(PIERRE)) == "en"
        assert [each.person for each in await unit.absences.of([Person(PIERRE)], date(2027, 1, 1))] == [Person(PIERRE)]
        assert await unit.messages.copies(CHANGE, "go:1") == (PIERRE,)


async def test_what_was_decided_is_still_about_the_plan_also_where_it_was_handed_over(store: Store) -> None:
    async with store.units() as unit:
        stored = await unit.changes.load(CHANGE)
        history = await unit.changes.history(CHANGE)
    assert stored is not None
    change = stored.change
    assert (change.requester.id, change.plan.implementer.id) == (NADIA, LUC)
    assert change.precheck is not None
    assert change.go is not None
    assert change.go.fingerprint == change.precheck.fingerprint == change.plan.fingerprint
    assert fold(history) == change
