"""Workers that are seen, and steps that are overdue, on both engines."""

from datetime import timedelta

from application.ports import UnitOfWork, of_change
from tests.contract import subjects as s


async def test_a_worker_is_seen_where_it_was_last_until_it_is_forgotten_and_the_last_of_all_stays(
    unit: UnitOfWork,
) -> None:
    assert (await unit.worker_beats.seen(), await unit.worker_beats.last()) == ({}, None)
    for owner, minute in (("a:1:ff", 0), ("b:2:ee", 1), ("a:1:ff", 2)):
        await unit.worker_beats.note(owner, s.at(minute))
    assert await unit.worker_beats.seen() == {"a:1:ff": s.at(2), "b:2:ee": s.at(1)}
    await unit.worker_beats.forget(["a:1:ff", "nobody"])
    await unit.worker_beats.forget([])
    assert await unit.worker_beats.seen() == {"b:2:ee": s.at(1)}
    assert await unit.worker_beats.last() == s.at(2)


async def test_what_is_overdue_is_counted_also_where_it_failed_and_is_held(unit: UnitOfWork) -> None:
    assert await unit.due_items.overdue(s.NOW, s.at(5)) == (0, None)
    first = await s.saved(unit, steps=(s.step("late", -60 * 24 * 4), s.step("next", -5)))
    await s.saved(unit, steps=(s.step("a little late", -10),))
    await s.saved(unit, steps=(s.step("in time", 3),))
    await unit.due_items.hold(of_change(first.id), s.at(4))
    assert await unit.due_items.overdue(s.NOW, s.at(5)) == (2, s.NOW - timedelta(days=4))
    assert await unit.due_items.overdue(s.NOW - timedelta(days=3), s.at(5)) == (1, s.NOW - timedelta(days=4))
    assert await unit.due_items.overdue(s.NOW - timedelta(days=5), s.at(5)) == (0, None)
