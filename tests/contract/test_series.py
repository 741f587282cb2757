"""Recurring changes over both engines: kept whole, drafted once by however many workers, and after a crash too."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from application.ports import UnitOfWork
from application.queries.directory import Directory
from application.retry_log import RetryLog
from application.series.drafting import look, plan_look
from changes.effects import TellOwner
from changes.errors import ConcurrencyConflict
from changes.model import State
from changes.policy import Catalogue
from changes.recurrence.series import Series, SeriesState, WhenBlocked, draft_due
from scheduler.due_items import DueRunner
from scheduler.heartbeat import Heartbeat
from storage import Store
from tests.contract.conftest import Open
from tests.support.core import LEARN, NADIA, plan

FIRST = date(2027, 4, 15)
CATALOGUE = Catalogue({"learn": LEARN})
NEXT = date(2027, 5, 20)
DUE = draft_due(NEXT, LEARN)
SOURCE = "CHG-2027-0000"
SERIES = Series(SOURCE, NADIA, plan(), "FREQ=MONTHLY;BYDAY=3TH", FIRST, time(22), WhenBlocked.SKIP, FIRST, (SOURCE,))


class Clock:
    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


async def planned(store: Store) -> None:
    async with store.units() as unit:
        await unit.series.save(SERIES, 0)
        await plan_look(Directory(unit), SERIES, DUE)


def runner(store: Store, at: datetime) -> DueRunner:
    return DueRunner(store.units, CATALOGUE, Clock(at), Heartbeat(), RetryLog())


async def drafts(unit: UnitOfWork) -> list[str]:
    return list(await unit.changes.ids_after("", 50))


async def test_a_series_comes_back_as_it_was_and_of_two_writers_the_second_has_lost(unit: UnitOfWork) -> None:
    whole = replace(SERIES, state=SeriesState.PAUSED, placed=NEXT, changes=(SOURCE, "CHG-2027-0001"), template="disks")
    await unit.series.save(whole, 0)
    assert await unit.series.load(SOURCE) == (whole, 1)
    await unit.series.save(SERIES, 1)
    with pytest.raises(ConcurrencyConflict):
        await unit.series.save(whole, 1)
    with pytest.raises(ConcurrencyConflict):
        await unit.series.save(whole, 0)
    assert await unit.series.going_on() == (SERIES,)
    await unit.series.save(replace(SERIES, state=SeriesState.ENDED), 2)
    assert await unit.series.going_on() == ()


async def test_two_workers_draft_one(store: Store, another: Open, unit: UnitOfWork) -> None:
    await planned(store)
    other = await another()
    await asyncio.gather(*(runner(each, DUE).run() for each in (store, other, store, other)))
    assert await drafts(unit) == ["CHG-2027-0001"]
    found = await unit.series.load(SOURCE)
    assert found is not None
    assert (found[0].last_draft, found[0].handled) == ("CHG-2027-0001", NEXT)


async def test_what_is_cut_off_anywhere_leaves_nothing_and_is_done_once_afterwards(
    store: Store, unit: UnitOfWork
) -> None:
    await planned(store)

    async def cut_off() -> None:
        async with store.units() as cut:
            await look(Directory(cut), CATALOGUE, SOURCE, DUE)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await cut_off()
    assert await drafts(unit) == []
    assert await unit.outbox.waiting() == (0, None)
    for _ in range(2):
        await runner(store, DUE).run()
    assert await drafts(unit) == ["CHG-2027-0001"]
    (entry,) = await unit.outbox.claim(DUE, "me", 60)
    assert isinstance(entry.effect, TellOwner)
    assert (entry.effect.to, entry.effect.change) == (NADIA, "CHG-2027-0001")


async def test_a_year_without_a_worker_leaves_out_what_was_missed_says_it_once_and_drafts_the_next(
    store: Store, unit: UnitOfWork
) -> None:
    await planned(store)
    later = DUE + timedelta(days=365)
    await runner(store, later).run()
    (change_id,) = await drafts(unit)
    found = await unit.changes.load(change_id)
    assert found is not None
    assert (found.change.state, found.change.plan.window.start.astimezone(LEARN.zone).date()) == (
        State.DRAFT,
        date(2028, 5, 18),
    )
    (entry,) = await unit.outbox.claim(later, "me", 60)
    assert isinstance(entry.effect, TellOwner)
    asked, said = entry.effect.said
    assert asked == f"Submit {change_id}, choose another date, or discard it."
    assert said.startswith("Left out, because it was too late for the pre-check: Thu 20 May 2027")
    assert said.endswith("Thu 20 Apr 2028.")


async def test_a_series_whose_service_is_gone_waits_for_it(store: Store, unit: UnitOfWork) -> None:
    await planned(store)
    gone = DueRunner(store.units, Catalogue({}), Clock(DUE), Heartbeat(), RetryLog())
    await gone.run()
    assert await drafts(unit) == []
    assert await unit.due_items.next_due() is not None
    await runner(store, DUE + timedelta(hours=1)).run()
    assert await drafts(unit) == ["CHG-2027-0001"]
