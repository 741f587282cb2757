"""A change is saved with all that one command made, or not at all."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from application.ports import Operation, UnitOfWork, UserProfile, VersionedChange, of_change
from changes.errors import ConcurrencyConflict
from changes.events import Drafted, Entry, Reassigned
from changes.lifecycle import fold
from changes.model import BOOKED, LONGEST_WITH_EXTENSIONS, Person, State
from changes.planning.steps import Step, StepKind
from changes.reporting.search import Search
from storage import Store
from tests.contract import subjects as s
from tests.contract.conftest import Open
from tests.support.autocommit import autocommit


async def test_what_was_saved_is_loaded(unit: UnitOfWork) -> None:
    change = await s.saved(unit, s.submitted())
    assert await unit.changes.load(change.id) == VersionedChange(change, 2)
    assert await unit.changes.load("CHG-2026-9999") is None
    assert await unit.changes.history("CHG-2026-9999") == ()


async def test_a_number_finds_the_changes_of_every_year_that_have_it_the_newest_year_first(unit: UnitOfWork) -> None:
    ids = [await unit.changes.new_id(year) for year in (2026, 2026, 2027, 2027, 2025)]
    for change_id in ids:
        trail = s.entries(Drafted(change_id, s.plan()), s.submitted())
        await unit.changes.save(fold(trail), 0, trail, (), (), s.NOW)
    for number, found in ((1, ("2027", "2026", "2025")), (2, ("2027", "2026")), (3, ()), (0, ()), (10**6, ())):
        named = [each.id for each in await unit.changes.numbered(number)]
        assert named == [f"CHG-{year}-{number:04}" for year in found]


async def test_the_stored_change_is_the_fold_of_its_history(unit: UnitOfWork) -> None:
    change = await s.saved(unit, s.submitted())
    change = await s.appended(unit, change, 2, *s.scheduled()[1:], s.extended(30), s.cancelled())
    stored = await unit.changes.load(change.id)
    trail = await unit.changes.history(change.id)
    assert stored == VersionedChange(fold(trail), len(trail))
    assert [entry.seq for entry in trail] == [1, 2, 3, 4, 5]
    assert {entry.by.name for entry in trail} == {"Rita Requester"}


async def test_a_moment_comes_back_in_utc_wherever_it_was_read(unit: UnitOfWork) -> None:
    tokyo = datetime(2026, 10, 25, 1, 30, tzinfo=timezone(timedelta(hours=9)))
    change = await s.saved(unit, steps=(s.step("a"),))
    entry = Entry(2, tokyo, s.RITA, "card", s.submitted())
    await unit.changes.save(change, 1, [entry], [Step("late", StepKind.GO, tokyo)], [], s.NOW)
    moments = [(await unit.changes.history(change.id))[-1].at, await unit.due_items.next_due()]
    assert moments == [tokyo, tokyo]
    assert {moment.tzinfo for moment in moments if moment} == {UTC}


async def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    naive = datetime(2026, 10, 25, 1, 30)  # noqa: DTZ001
    with pytest.raises(ValueError, match="has no zone"):
        await autocommit(store).outbox.add([s.entry("CHG-2026-0001")], naive)


async def test_texts_with_any_character_are_kept(unit: UnitOfWork) -> None:
    odd = "Ωλ 🙂 'quoted' \"double\" \\ % _ \x00 \u2028 <b>"
    change = await s.saved(unit, s.submitted(), about=s.plan(title=odd))
    await unit.people.upsert([UserProfile(Person("odd", odd))])
    stored = await unit.changes.load(change.id)
    assert stored
    assert stored.change.plan.title == odd
    assert (await unit.changes.sharing(["learn"], s.NOW))[0].plan.title == odd


# ── the version ────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_of_two_who_decided_on_the_same_version_one_is_told_to_look_again(unit: UnitOfWork) -> None:
    change = await s.saved(unit, s.submitted())
    both_looked = asyncio.Barrier(2)

    async def press() -> None:
        stored = await unit.changes.load(change.id)
        assert stored
        await both_looked.wait()
        await s.appended(unit, stored.change, stored.version, s.cancelled())

    results = await asyncio.gather(press(), press(), return_exceptions=True)
    assert sorted(type(each).__name__ for each in results) == ["ConcurrencyConflict", "NoneType"]
    assert len(await unit.changes.history(change.id)) == 3


async def test_of_several_saved_together_none_is_when_one_of_them_was_saved_since(store: Store) -> None:
    autocommitted = autocommit(store)
    first, second = [await s.saved(autocommitted, s.submitted()) for _ in range(2)]
    await s.appended(autocommitted, second, 2, s.extended(5))

    async def cancel_both() -> None:
        async with store.units() as unit:
            await s.appended(unit, first, 2, s.cancelled())
            await s.appended(unit, second, 2, s.cancelled())

    with pytest.raises(ConcurrencyConflict):
        await cancel_both()
    assert [len(await autocommitted.changes.history(each.id)) for each in (first, second)] == [2, 3]


async def test_what_is_saved_twice_in_a_unit_of_work_is_as_it_was_saved_last(store: Store) -> None:
    autocommitted = autocommit(store)
    change, other = [await s.saved(autocommitted, s.submitted(), steps=(s.step("a"),)) for _ in range(2)]
    async with store.units() as unit:
        for each in (change, other):
            later = await s.appended(unit, each, 2, s.extended(5))
            again = replace(later, requester=Person("else", "Somebody Else"))
            entries = s.entries(Reassigned(again.requester, again.plan.implementer), first=4)
            await unit.changes.save(again, 3, entries, [s.step("b", 9)], [s.entry(each.id, f"{each.id} told")], s.NOW)
            assert await unit.changes.load(each.id) == VersionedChange(again, 4)
            assert await unit.due_items.next_of(of_change(each.id)) == s.at(9)
        assert len(await unit.changes.history(change.id)) == 4, "what is read is read after what was saved"
    for each in (change, other):
        stored = await autocommitted.changes.load(each.id)
        assert stored
        assert (stored.version, stored.change.requester.id, stored.change.extended_minutes) == (4, "else", 5)
    assert [item.key for item in await autocommitted.due_items.claim_batch(s.at(9), 9)] == ["b", "b"]
    assert len(await autocommitted.outbox.claim(s.NOW, "me", 60)) == 2


async def test_reading_and_then_writing_never_finds_the_database_locked(store: Store, another: Open) -> None:
    second = await another()
    change = await s.saved(autocommit(store), s.submitted())

    async def extend(through: Store) -> int:
        for tries in range(1, 40):
            try:
                async with through.units() as unit:
                    stored = await unit.changes.load(change.id)
                    assert stored
                    await asyncio.sleep(0.002)
                    await s.appended(unit, stored.change, stored.version, s.extended(1))
            except ConcurrencyConflict:
                continue
            return tries
        raise AssertionError("never came through")

    await asyncio.gather(*[extend(through) for through in (store, second) for _ in range(6)])
    stored = await autocommit(store).changes.load(change.id)
    assert stored
    assert stored.change.extended_minutes == 12


async def test_a_new_change_under_a_taken_id_is_refused(store: Store) -> None:
    change = await s.saved(autocommit(store))
    with pytest.raises(ConcurrencyConflict):
        await autocommit(store).changes.save(change, 0, s.entries(Drafted(change.id, change.plan)), (), (), s.NOW)


async def test_a_lost_race_is_not_committed_even_when_the_refusal_is_swallowed(store: Store) -> None:
    async with store.units() as unit:
        change = await s.saved(unit)

    async def careless() -> None:
        async with store.units() as unit:
            await unit.settings.put("before", "yes")
            await unit.changes.save(change, 7, s.entries(s.submitted(), first=8), (), (), s.NOW)
            with pytest.raises(ConcurrencyConflict):
                await unit.settings.get("before")  # before anything is read what was saved is written
            await unit.settings.put("after", "yes")

    with pytest.raises(ConcurrencyConflict):
        await careless()
    async with store.units() as unit:
        assert (await unit.settings.get("before"), await unit.settings.get("after")) == (None, None)


async def test_entries_that_do_not_follow_the_version_are_refused(store: Store) -> None:
    change = await s.saved(autocommit(store))
    with pytest.raises(ValueError, match="without a gap"):
        await autocommit(store).changes.save(change, 1, s.entries(s.submitted(), first=3), (), (), s.NOW)


async def test_a_block_that_raises_leaves_nothing(store: Store) -> None:
    class Trouble(Exception):
        pass

    async def fail(unit: UnitOfWork) -> None:
        await s.saved(unit, s.submitted(), steps=(s.step("a"),), effects=(s.entry("CHG-2026-0001"),))
        raise Trouble

    with pytest.raises(Trouble):
        async with store.units() as unit:
            await fail(unit)
    async with store.units() as unit:
        assert await unit.changes.load("CHG-2026-0001") is None
        assert await unit.due_items.next_due() is None
        assert await unit.outbox.next_attempt() is None
        assert await unit.changes.new_id(2026) == "CHG-2026-0001"


async def test_a_turn_that_is_abandoned_halfway_holds_up_nobody(store: Store) -> None:
    inside = asyncio.Event()

    async def hang() -> None:
        async with store.units() as unit:
            await s.saved(unit)
            inside.set()
            await asyncio.sleep(60)

    turn = asyncio.create_task(hang())
    await inside.wait()
    turn.cancel()
    with pytest.raises(asyncio.CancelledError):
        await turn
    async with asyncio.timeout(5), store.units() as unit:
        assert await unit.changes.load("CHG-2026-0001") is None


async def test_a_unit_is_used_inside_its_own_block_only(store: Store) -> None:
    unit = store.units()
    with pytest.raises(RuntimeError):
        await unit.settings.get("x")
    async with unit:
        pass
    with pytest.raises(RuntimeError):
        await unit.settings.get("x")


# ── ids ────────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_no_two_changes_get_the_same_id(store: Store, another: Open) -> None:
    second = await another()

    async def draft(through: Store) -> str:
        async with through.units() as unit:
            return (await s.saved(unit)).id

    ids = await asyncio.gather(*[draft(through) for through in (store, second) for _ in range(12)])
    assert len(set(ids)) == 24


# ── looking for changes ────────────────────────────────────────────────────────────────────────────────────────────


async def test_changes_are_found_by_service_state_and_requester_the_next_window_first(unit: UnitOfWork) -> None:
    late = await s.saved(unit, s.submitted(), about=s.plan(day=50))
    soon = await s.saved(unit, s.submitted(), about=s.plan(day=30))
    draft = await s.saved(unit, about=s.plan(day=40))
    other = await s.saved(unit, s.submitted(), about=s.plan("mail", day=20))
    find = unit.changes.find
    assert await find() == (other, soon, draft, late)
    assert await find(Search(service="learn")) == (soon, draft, late)
    assert await find(Search(states=[State.SUBMITTED])) == (other, soon, late)
    assert await find(Search(service="learn", states=[State.DRAFT, State.COMPLETED])) == (draft,)
    assert await find(Search(requester="rita"), limit=2) == (other, soon)
    assert await find(Search(requester="somebody else")) == ()


async def test_changes_are_found_by_who_carries_them_out_and_what_was_asked_of_the_provider(unit: UnitOfWork) -> None:
    carried_out = replace(s.plan(), implementer=s.ANNE)
    mine = await s.saved(unit, s.submitted(), about=carried_out)
    await s.saved(unit, about=carried_out)  # a draft is not for its implementer to see
    other = await s.saved(unit, s.submitted())
    await unit.operations.put(Operation("r", other.id, "restore", "CHG", s.NOW))
    find = unit.changes.find
    assert await find(Search(person="anne")) == (mine,)
    assert await unit.changes.count(Search(person="anne")) == 1
    assert len(await find(Search(person="rita"))) == 3
    assert await find(Search(operation="restore")) == (other,)
    assert await find(Search(operation="snapshot")) == ()
    handed_over = await s.appended(unit, mine, 2, Reassigned(mine.requester, s.RITA))
    assert await find(Search(person="anne")) == ()
    assert handed_over in await find(Search(person="rita"))


async def test_without_a_limit_everything_is_found(unit: UnitOfWork) -> None:
    for day in range(60):
        await s.saved(unit, about=s.plan(day=day + 1))
    assert len(await unit.changes.find()) == 60
    assert len(await unit.changes.find(Search(page=9), limit=7)) == 4


async def test_what_is_completed_is_found_as_long_as_its_window_reaches_past_a_moment(unit: UnitOfWork) -> None:
    change = await s.saved(unit, s.submitted(), s.completed())
    ends = change.ends_at
    assert await unit.changes.sharing(["learn", "mail"], ends - timedelta(seconds=1)) == (change,)
    assert await unit.changes.sharing(["learn", "mail"], ends) == ()
    assert await unit.changes.sharing(["mail"], ends - timedelta(seconds=1)) == ()


async def test_the_longest_window_is_found_until_its_very_end(unit: UnitOfWork) -> None:
    more = LONGEST_WITH_EXTENSIONS - (s.plan().window.end - s.plan().window.start)
    change = await s.saved(unit, s.submitted(), s.extended(round(more.total_seconds() / 60)), s.completed())
    assert change.ends_at - change.plan.window.start == LONGEST_WITH_EXTENSIONS
    await unit.operations.put(Operation("r", change.id, "restore", "CHG", change.plan.window.start))
    for operation in ("", "restore"):
        last = Search(operation=operation, since=change.ends_at - timedelta(seconds=1))
        assert await unit.changes.find(last) == (change,)
        assert await unit.changes.count(last) == 1
        assert await unit.changes.find(replace(last, since=change.ends_at)) == ()
    assert await unit.changes.sharing(["learn"], change.ends_at - timedelta(seconds=1)) == (change,)


async def test_only_changes_that_take_their_window_are_bookings(unit: UnitOfWork) -> None:
    taken = await s.saved(unit, s.submitted())
    mine = await s.saved(unit, s.submitted(), about=s.plan(day=41))
    for events, service in (((), "learn"), ((s.submitted(), s.cancelled()), "learn"), ((s.submitted(),), "mail")):
        await s.saved(unit, *events, about=s.plan(service))
    booked = await unit.changes.sharing(["learn"], s.NOW, excluding=mine.id)
    assert [each.id for each in booked] == [taken.id]
    assert taken.state in BOOKED


async def test_two_requests_for_the_same_hours_at_one_moment_are_not_both_let_in(store: Store, another: Open) -> None:
    second = await another()

    async def request(through: Store) -> bool:
        async with through.units() as unit:
            if await unit.changes.sharing(["learn"], s.NOW, booking=True):
                return False
            await asyncio.sleep(0.02)
            await s.saved(unit, s.submitted())
            return True

    results = await asyncio.gather(*[request(through) for through in (store, second) for _ in range(3)])
    assert sorted(results) == [False] * 5 + [True]


async def test_open_changes_are_counted_by_their_state(unit: UnitOfWork) -> None:
    assert await unit.changes.open_by_state() == {}
    await s.saved(unit)
    await s.saved(unit, s.submitted())
    await s.saved(unit, s.submitted())
    over = await s.saved(unit, s.submitted())
    await s.appended(unit, over, 2, s.cancelled())
    assert await unit.changes.open_by_state() == {State.DRAFT: 1, State.SUBMITTED: 2}
