"""Templates in both engines: what is written of one stays, and the last of it is how it stands."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from application.ports import UnitOfWork
from changes.errors import ConcurrencyConflict
from changes.model import PlanTask
from changes.templates import Template, TrackRecord, taken_from
from storage import Store
from storage.tables import templates
from tests.support.core import LUC, NADIA, REQUESTED, plan
from tests.support.templated import a_change, a_template, approved

HOSTILE = "x'; DROP TABLE templates; -- <at>all</at> 🧨"


async def test_it_comes_back_as_it_was_written_however_its_name_is_spelled(unit: UnitOfWork) -> None:
    given = approved(a_template(plan(tasks=(PlanTask("Order", LUC, 10),))), date(2028, 1, 31))
    given = replace(given, suspended_by="CHG-1", users=(LUC, NADIA), record=TrackRecord(3, 2, 1, 1))
    await unit.templates.save(given)
    await unit.templates.save(replace(a_template(replace(plan(), service="mail")), name=HOSTILE))
    found = await unit.templates.get("  MONTHLY")
    assert found == replace(given, entry=1)
    assert found is not None
    assert found.authors == given.authors
    assert await unit.templates.get("Weekly") is None
    assert [each.name for each in await unit.templates.of(["learn", "mail"])] == ["Monthly", HOSTILE]
    assert [each.name for each in await unit.templates.of(["mail"])] == [HOSTILE]


async def test_each_version_stays_and_the_last_one_counts(store: Store, unit: UnitOfWork) -> None:
    await unit.templates.save(a_template())
    first = await unit.templates.get("Monthly")
    assert first is not None
    await unit.templates.save(taken_from(a_change(plan(title="New")), "Monthly", LUC, REQUESTED, first))
    [found] = await unit.templates.of(["learn"])
    assert (found.version, found.entry, found.plan.title) == (2, 2, "New")
    async with store.engine.connect() as connection:
        assert (await connection.execute(select(func.count()).select_from(templates))).scalar() == 2


async def test_of_two_who_write_it_at_once_one_is_told(store: Store, unit: UnitOfWork) -> None:
    await unit.templates.save(a_template())
    read = await unit.templates.get("Monthly")
    assert read is not None
    await unit.templates.save(replace(read, retired=True))

    async def late(template: Template) -> None:
        async with store.units() as other:
            await other.templates.save(template)

    with pytest.raises(ConcurrencyConflict):
        await late(approved(read))
    with pytest.raises(ConcurrencyConflict):
        await late(a_template())
