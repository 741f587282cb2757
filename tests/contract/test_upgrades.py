"""A database of every earlier version, with a change in it that is under way, is brought up to date and goes on.

The files are backups of what those versions themselves wrote: a change that has its GO, its messages and its form.
"""

from datetime import timedelta
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import select

from application.change_service import execute
from changes import commands as c
from changes.lifecycle import fold
from changes.model import State
from changes.reporting.search import Search
from settings import LOCAL_SERVICES, load_services
from storage import codec, open_store
from storage.backup import restore
from storage.migrations import configuration
from storage.tables import due_items, outbox

ROOT = Path(__file__).parents[2]
FILES = sorted((Path(__file__).parent / "upgrades").glob("*.gz"))


def test_there_is_one_for_every_migration_but_the_newest() -> None:
    known = [each.revision for each in ScriptDirectory.from_config(configuration()).walk_revisions()]
    assert [file.name.partition(".")[0] for file in FILES] == sorted(known)[:-1]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.partition(".")[0])
async def test_what_an_earlier_version_wrote_is_read_and_goes_on(file: Path, fresh: str) -> None:
    await restore(fresh, file)
    store = await open_store(fresh)
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
