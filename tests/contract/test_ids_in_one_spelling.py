"""What earlier versions stored under several spellings of one person's id belongs to one person afterwards.

The file 0007 was written while people came, and stood in the settings, in capitals, and some in both spellings.
"""

import re
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from application.queries.directory import Directory
from changes.lifecycle import fold
from changes.model import Person
from storage import Store, open_store
from storage.backup import restore
from storage.tables import metadata

FILE = Path(__file__).parent / "upgrades" / "0007.jsonl.gz"
NADIA, PIERRE, CLAIRE, LUC = (f"0abcdef0-0000-4000-8000-0000000000{20 + number}" for number in range(4))
CHANGE = "CHG-2027-0001"
CAPITALS = re.compile(r"0ABCDEF0-[0-9-]+")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Brought up to date; test_upgrades.py does so on both engines."""
    url = f"sqlite+aiosqlite:///{tmp_path}/changes.db"
    await restore(url, FILE)
    opened = await open_store(url)
    yield opened
    await opened.close()


async def rows(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Everything that is stored, by table."""
    async with store.engine.connect() as connection:
        return {
            table.name: [dict(row._mapping) for row in await connection.execute(select(table))]
            for table in metadata.sorted_tables
        }


async def test_nobody_is_left_in_capitals_but_in_what_teams_was_answered(store: Store) -> None:
    for name, found in (await rows(store)).items():
        if name != "deliveries":  # kept for a day against repetitions, and read by nobody
            for row in found:
                left = {column for column, value in row.items() if CAPITALS.search(str(value))}
                # A card that was sent has its choices as they were drawn.
                assert left <= ({"body"} if row.get("kind") == "Reply" else set()), (name, row)


async def test_two_rows_of_one_person_become_one(store: Store) -> None:
    found = await rows(store)
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
