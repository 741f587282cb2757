"""The due table: each step is carried out once, in order, whoever carries it out, and planned anew by an upgrade."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from application.ports import DueItem, Owner, OwnerType, UnitOfWork, of_change
from application.replanning import replan
from changes.planning.timeline import pending
from changes.policy import Catalogue, Policy
from storage import Store
from tests.contract import subjects as s
from tests.contract.conftest import Open
from tests.support.autocommit import autocommit
from tests.support.core import LEARN


async def test_the_earliest_step_that_is_due_is_claimed(unit: UnitOfWork) -> None:
    assert (await unit.due_items.next_due(), await unit.due_items.claim(s.NOW)) == (None, None)
    late = await s.saved(unit, steps=(s.step("later", 10), s.step("much later", 90)))
    soon = await s.saved(unit, steps=(s.step("soon", 5),))
    assert await unit.due_items.next_due() == s.at(5)
    assert await unit.due_items.claim(s.at(4)) is None
    assert await unit.due_items.claim(s.at(60)) == DueItem(of_change(soon.id), "soon", s.at(5))
    await unit.due_items.drop(of_change(soon.id), "soon")
    assert await unit.due_items.claim(s.at(60)) == DueItem(of_change(late.id), "later", s.at(10))
    assert await unit.due_items.claim(s.at(9.9)) is None


async def test_steps_of_one_moment_run_in_the_order_of_the_timeline(unit: UnitOfWork) -> None:
    change = await s.saved(unit, steps=(s.step("z"), s.step("m"), s.step("a")))
    order = []
    while due := await unit.due_items.claim(s.NOW):
        order.append(due.key)
        await unit.due_items.drop(of_change(change.id), due.key)
    assert order == ["z", "m", "a"]


async def test_saving_a_change_replaces_its_steps_and_no_others(unit: UnitOfWork) -> None:
    change = await s.saved(unit, steps=(s.step("void", 1), s.step("moved", 2)))
    await s.saved(unit, steps=(s.step("of another", 60),))
    await unit.changes.save(change, 1, s.entries(s.submitted(), first=2), [s.step("moved", 30)], (), s.NOW)
    assert await unit.due_items.next_due() == s.at(30)
    await unit.due_items.drop(of_change(change.id), "moved")
    assert await unit.due_items.next_due() == s.at(60)


async def test_a_claimed_step_is_free_again_when_its_work_failed(store: Store) -> None:
    async with store.units() as unit:
        change = await s.saved(unit, steps=(s.step("a"),))
    with suppress(ConnectionError):
        async with store.units() as unit:
            assert await unit.due_items.claim(s.NOW)
            raise ConnectionError
    assert await autocommit(store).due_items.claim(s.NOW) == DueItem(of_change(change.id), "a", s.NOW)


async def test_each_step_is_carried_out_once_and_in_order_by_several_workers(store: Store, another: Open) -> None:
    second = await another()
    late = tuple(s.step(f"{n}", n) for n in range(4))
    changes = [(await s.saved(autocommit(store), steps=late)).id for _ in range(5)]
    ran: list[tuple[str, str]] = []

    async def work(through: Store) -> None:
        while len(ran) < 20:
            async with through.units() as unit:
                due = await unit.due_items.claim(s.at(99))
                if due is not None:
                    await asyncio.sleep(0.001)
                    ran.append((due.owner.id, due.key))
                    await unit.due_items.drop(due.owner, due.key)

    async with asyncio.timeout(20):
        await asyncio.gather(*[work(through) for through in (store, second, store, second)])
    assert len(set(ran)) == len(ran) == 20
    for change in changes:
        assert [key for of, key in ran if of == change] == ["0", "1", "2", "3"]


async def test_on_postgresql_a_second_worker_takes_another_step(store: Store, unit: UnitOfWork, another: Open) -> None:
    if store.engine.dialect.name != "postgresql":
        return  # on SQLite the second worker waits for the first
    second = await another()
    first = await s.saved(unit, steps=(s.step("a"), s.step("b", 1)))
    other = await s.saved(unit, steps=(s.step("c", 2),))
    async with store.units() as one, second.units() as two:
        assert await one.due_items.claim(s.at(9)) == DueItem(of_change(first.id), "a", s.NOW)
        assert await two.due_items.claim(s.at(9)) == DueItem(of_change(other.id), "c", s.at(2))
        async with second.units() as three:
            assert await three.due_items.claim(s.at(9)) is None


async def test_a_change_whose_step_failed_waits_and_no_other(unit: UnitOfWork) -> None:
    failing = await s.saved(unit, steps=(s.step("a"), s.step("b", 1)))
    other = await s.saved(unit, steps=(s.step("c", 2),))
    await unit.due_items.hold(of_change(failing.id), s.at(30))
    assert await unit.due_items.claim(s.at(29)) == DueItem(of_change(other.id), "c", s.at(2))
    await unit.due_items.drop(of_change(other.id), "c")
    assert await unit.due_items.claim(s.at(29)) is None
    assert await unit.due_items.next_due() == s.at(30)
    assert await unit.due_items.claim(s.at(30)) == DueItem(of_change(failing.id), "a", s.NOW, failures=1)


async def test_a_change_that_is_saved_has_its_steps_tried_at_once(unit: UnitOfWork) -> None:
    change = await s.saved(unit, steps=(s.step("a"),))
    await unit.due_items.hold(of_change(change.id), s.at(30))
    await unit.changes.save(change, 1, s.entries(s.submitted(), first=2), [s.step("a")], (), s.NOW)
    assert await unit.due_items.claim(s.NOW) == DueItem(of_change(change.id), "a", s.NOW)


async def test_the_steps_of_a_change_are_replaced_by_others(unit: UnitOfWork) -> None:
    change = await s.saved(unit, s.submitted(), steps=(s.step("1/go/0"), s.step("1/silence/0", 5)))
    other = await s.saved(unit, s.submitted(), about=s.plan(day=50), steps=(s.step("1/go/0", 1),))
    await unit.due_items.replace(of_change(change.id), (s.step("1/start/0", 2),))
    first = await unit.due_items.claim(s.at(3))
    assert first is not None
    assert (first.owner.id, first.key) == (other.id, "1/go/0")
    await unit.due_items.drop(of_change(other.id), "1/go/0")
    second = await unit.due_items.claim(s.at(3))
    assert second is not None
    assert (second.owner.id, second.key) == (change.id, "1/start/0")


async def test_what_does_not_belong_to_a_change_falls_due_as_well_and_waits_for_itself_alone(unit: UnitOfWork) -> None:
    learn = Owner(OwnerType.SERVICE, "learn")
    change = await s.saved(unit, steps=(s.step("a", 1),))
    await unit.due_items.replace(learn, (s.step("b"), s.step("c", 2)))
    assert await unit.due_items.claim(s.at(9)) == DueItem(learn, "b", s.NOW)
    await unit.due_items.hold(learn, s.at(30))
    assert await unit.due_items.claim(s.at(9)) == DueItem(of_change(change.id), "a", s.at(1))
    await unit.due_items.drop(of_change(change.id), "a")
    assert await unit.due_items.claim(s.at(9)) is None
    assert await unit.due_items.claim(s.at(30)) == DueItem(learn, "b", s.NOW, failures=1)
    await unit.due_items.drop(learn, "b")
    assert await unit.due_items.claim(s.at(30)) == DueItem(learn, "c", s.at(2), failures=1)


async def test_a_change_under_way_gets_the_steps_of_todays_settings_once(store: Store, unit: UnitOfWork) -> None:
    catalogue = Catalogue({"learn": LEARN})
    change = await s.saved(unit, s.submitted(), steps=(s.step("1/of an earlier version/0"),))
    await s.saved(unit, s.submitted(), s.cancelled(), about=s.plan(day=50))
    long_ago = await s.saved(unit, s.submitted(), s.completed(), about=s.plan(day=-100))
    await s.saved(unit, s.submitted(), about=s.plan("wiki"), steps=(s.step("1/go/0", 999_999),))
    assert await replan(store.units, catalogue, s.NOW) == 2
    wanted = pending(change, LEARN)
    first = await unit.due_items.claim(wanted[-1].due)
    assert first is not None
    assert (first.owner.id, first.key, first.due) == (change.id, wanted[0].key, wanted[0].due)
    assert first.owner.id != long_ago.id, "nobody is asked for the review of a change of long ago"
    assert await replan(store.units, catalogue, s.NOW) == 0, "nothing is another since"
    hourly = replace(LEARN, policy=replace(Policy(), prepare_days=20))
    assert await replan(store.units, Catalogue({"learn": hourly}), s.NOW) == 2
    assert await unit.due_items.next_due() == pending(change, hourly)[0].due


async def test_several_are_claimed_together_one_of_each_owner_in_the_order_of_their_times(unit: UnitOfWork) -> None:
    first = await s.saved(unit, steps=(s.step("b", 2), s.step("c", 3)))
    second = await s.saved(unit, steps=(s.step("a", 1),))
    await s.saved(unit, steps=(s.step("later", 90),))
    found = await unit.due_items.claim_batch(s.at(60), 9)
    assert [(item.owner.id, item.key) for item in found] == [(second.id, "a"), (first.id, "b")]
    assert len(await unit.due_items.claim_batch(s.at(60), 1)) == 1
    await unit.due_items.drop(of_change(first.id), "b")
    assert await unit.due_items.next_of(of_change(first.id)) == s.at(3)
    await unit.due_items.drop(of_change(first.id), "c")
    assert await unit.due_items.next_of(of_change(first.id)) is None


async def test_on_postgresql_two_workers_share_what_is_due(store: Store, unit: UnitOfWork, another: Open) -> None:
    if store.engine.dialect.name != "postgresql":
        return  # on SQLite the second worker waits for the first
    second = await another()
    for n in range(6):
        await s.saved(unit, steps=(s.step("a", n),))
    async with store.units() as one, second.units() as two:
        mine = await one.due_items.claim_batch(s.at(9), 3)
        theirs = await two.due_items.claim_batch(s.at(9), 9)
    assert (len(mine), len(theirs)) == (3, 3)
    assert not {item.owner for item in mine} & {item.owner for item in theirs}


async def test_on_postgresql_a_worker_looks_past_whatever_another_has(
    store: Store, unit: UnitOfWork, another: Open
) -> None:
    if store.engine.dialect.name != "postgresql":
        return
    second = await another()
    for n in range(30):
        await s.saved(unit, steps=(s.step("a", n),))
    async with store.units() as one, second.units() as two:
        assert len(await one.due_items.claim_batch(s.at(60), 29)) == 29
        assert [item.due for item in await two.due_items.claim_batch(s.at(60), 5)] == [s.at(29)]
