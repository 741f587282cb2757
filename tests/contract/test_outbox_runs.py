"""What is leased behind the first of its ordering key keeps its place, whatever ends the run, and goes out once."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

import pytest
from sqlalchemy import select

from application.ports import OutboxEntry, PersonalConversation, Priority, UnitOfWork
from changes.effects import UpsertPersonalCard
from changes.errors import ConcurrencyConflict
from changes.model import Person
from changes.notification.cards import CardKind
from storage import Store
from storage.tables import outbox
from tests.contract import subjects as s
from tests.contract.conftest import Open
from tests.support.autocommit import autocommit

AHEAD = 2


async def posted(unit: UnitOfWork, *names: str) -> None:
    await unit.outbox.add([s.entry("A", each) for each in names], s.NOW)


async def taken(unit: UnitOfWork, minutes: float = 0, owner: str = "me", ahead: int = AHEAD) -> tuple[OutboxEntry, ...]:
    return await unit.outbox.claim(s.at(minutes), owner, 60, 20, None, ahead)


def keys(entries: tuple[OutboxEntry, ...]) -> list[str]:
    return [entry.effect.key for entry in entries]


async def all_that_goes_out(unit: UnitOfWork, minutes: float) -> list[str]:
    out = list[str]()
    for each in range(20):
        for entry in await taken(unit, minutes + 2 * each, "you"):
            await unit.outbox.done([entry.id], s.NOW)
            out.append(entry.effect.key)
    return out


async def put_behind_and_led(unit: UnitOfWork) -> tuple[OutboxEntry, ...]:
    """A run of those that an earlier look had put behind the first of their key."""
    await posted(unit, *(f"a{each}" for each in range(7)))
    before = await taken(unit)
    for entry in before:
        await unit.outbox.done([entry.id], s.NOW, [entry.id] if entry != before[-1] else [])
    await posted(unit, "a7")
    run = await taken(unit)
    assert keys(run) == ["a3", "a4", "a5"]
    await unit.outbox.done([run[0].id], s.NOW, [run[0].id])
    return run


async def fails(unit: UnitOfWork, run: tuple[OutboxEntry, ...]) -> None:
    await unit.outbox.retry(run[1].id, s.at(1), "away")
    await unit.outbox.give_back([run[2].id], "me")


async def is_postponed(unit: UnitOfWork, run: tuple[OutboxEntry, ...]) -> None:
    await unit.outbox.postpone(run[1].id, s.at(1))
    await unit.outbox.give_back([run[2].id], "me")


async def is_given_up(unit: UnitOfWork, run: tuple[OutboxEntry, ...]) -> None:
    await unit.outbox.dead_letter(run[1].id, "gone", s.NOW)
    await unit.outbox.give_back([run[2].id], "me")
    await unit.outbox.requeue(run[1].id, s.NOW)


async def stops(unit: UnitOfWork, run: tuple[OutboxEntry, ...]) -> None:
    await unit.outbox.give_back([each.id for each in run[1:]], "me")


async def dies(unit: UnitOfWork, run: tuple[OutboxEntry, ...]) -> None:
    assert await unit.outbox.release(["me"]) == 2


async def hangs(unit: UnitOfWork, run: tuple[OutboxEntry, ...]) -> None:
    """Its leases run out."""


@pytest.mark.parametrize("end", [fails, is_postponed, is_given_up, stops, dies, hangs])
async def test_whatever_ends_a_run_the_rest_of_its_key_goes_out(
    unit: UnitOfWork, end: Callable[[UnitOfWork, tuple[OutboxEntry, ...]], Awaitable[None]]
) -> None:
    await end(unit, await put_behind_and_led(unit))
    assert await all_that_goes_out(unit, 2) == ["a4", "a5", "a6", "a7"]


async def test_what_is_sent_again_takes_nothing_along_that_is_in_flight(unit: UnitOfWork) -> None:
    await posted(unit, "a0", "a1", "a2", "a3")
    [failing] = await taken(unit, ahead=0)
    await unit.outbox.dead_letter(failing.id, "gone", s.NOW)
    await posted(unit, "a4")
    assert keys(await taken(unit, ahead=1)) == ["a1", "a2"]
    await unit.outbox.requeue(failing.id, s.NOW)
    await posted(unit, "a5")
    assert keys(await taken(unit, owner="you", ahead=4)) == ["a0"]
    # Once the lease has run out they go with it.
    assert keys(await taken(unit, 2, owner="her", ahead=3)) == ["a0", "a1", "a2", "a3"]


async def test_who_comes_back_late_gives_nothing_back_that_somebody_else_has(unit: UnitOfWork) -> None:
    await posted(unit, "a0", "a1", "a2")
    run = await taken(unit)
    assert await taken(unit, 2, owner="you") == run
    await unit.outbox.give_back([each.id for each in run], "me")
    assert await taken(unit, 2, owner="her") == ()
    await unit.outbox.give_back([each.id for each in run], "you")
    assert await taken(unit, 2, owner="her") == run


async def test_while_no_answer_may_begin_what_stands_before_one_keeps_nobody_looking(unit: UnitOfWork) -> None:
    lanes = range(60)
    cards = {each: [f"c{each} {number}" for number in range(5)] for each in lanes}
    for each in lanes:
        person = Person(f"{each}", "Nadia")
        await unit.chats.put(PersonalConversation(person, "http://x", f"a:{each}"))
        before = [UpsertPersonalCard(key, "", CardKind.GO, "go", person) for key in cards[each]]
        await unit.outbox.add([*before, s.reply(f"a:{each}", "in the chat")], s.NOW)
    async with asyncio.timeout(20):
        found = await unit.outbox.claim(s.NOW, "me", 60, 20, {Priority.REST: 20}, ahead=7)
    assert keys(found) == [key for each in lanes[:20] for key in cards[each]], "it goes out up to the answer"
    answers = await unit.outbox.claim(s.NOW, "me", 60, 60, {Priority.ANSWER: 60}, ahead=7)
    assert len(answers) == 40 * 6, "and with it as soon as answers do"


async def test_nobody_waits_for_what_somebody_else_is_about_to_write(store: Store, another: Open) -> None:
    if store.engine.dialect.name != "postgresql":
        return  # one writes at a time
    second = await another()
    await posted(autocommit(store), "a0", "a1", "a2", "a3")
    async with second.engine.begin() as connection:
        a2 = select(outbox.c.id).where(outbox.c.key == "a2").with_for_update()
        await connection.execute(a2)
        async with asyncio.timeout(5):
            assert keys(await taken(autocommit(store), ahead=3)) == ["a0", "a1"], "what is after it stays behind it"
    assert await taken(autocommit(store), ahead=3) == ()


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_to_runs_each_key_keeps_its_order_and_nothing_is_left(
    store: Store, another: Open, seed: int
) -> None:
    """Three workers add, carry out, fail, give up and send again, stop, die in the middle; nothing goes out twice."""
    random, stores = Random(seed), [store, await another(), await another()]
    lanes = [f"L{each}" for each in range(4)]
    added: dict[str, list[str]] = {lane: [] for lane in lanes}
    ended: dict[str, list[str]] = {lane: [] for lane in lanes}
    under_way = set[int]()
    left = 150

    async def carried_out(unit: UnitOfWork, run: list[OutboxEntry], owner: str, minutes: float) -> bool:
        for place, entry in enumerate(run):
            assert entry.id not in under_way, "somebody else carries it out"
            under_way.add(entry.id)
            await asyncio.sleep(random.choice((0, 0, 0.002)))
            under_way.discard(entry.id)
            rest, lane = [each.id for each in run[place + 1 :]], entry.lane.removeprefix("change:")
            fate = random.random()
            if fate < 0.1:
                await unit.outbox.retry(entry.id, s.at(minutes), "away")
            elif fate < 0.2:
                await unit.outbox.postpone(entry.id, s.at(minutes))
            elif fate < 0.3:
                await unit.outbox.release([owner])
                return False  # it died, and all that it held is free
            else:
                goes_on = bool(rest) and random.random() < 0.8
                ended[lane].append(entry.effect.key)
                async with stores[0].units() as together:
                    await together.outbox.done([entry.id], s.NOW, [entry.id] if goes_on else [])
                if goes_on:
                    continue
            await unit.outbox.give_back(rest, owner)
            return True
        return True

    async def work(through: Store, worker: int) -> None:
        nonlocal left
        unit, minutes = autocommit(through), 0.0
        while left or sum(map(len, ended.values())) < sum(map(len, added.values())):
            if left and random.random() < 0.5:
                lane, many = random.choice(lanes), random.randrange(1, 12)
                left -= min(left, many)
                new = [s.entry(lane) for _ in range(many)]
                async with through.units() as together:
                    await together.outbox.add(new, s.NOW)
                    await together.outbox.waiting()  # it has its place in the line
                    added[lane] += [each.key for each in new]
            minutes += 0.01
            owner = f"{worker}:{random.random()}"
            try:
                found = await unit.outbox.claim(
                    s.at(minutes), owner, 3600, random.randrange(1, 4), None, random.randrange(8)
                )
            except ConcurrencyConflict:
                continue
            runs: dict[str, list[OutboxEntry]] = {}
            for entry in found:
                runs.setdefault(entry.lane, []).append(entry)
            for each in runs.values():
                if not await carried_out(unit, each, owner, minutes):
                    break

    async with asyncio.timeout(60):
        await asyncio.gather(*(work(through, number) for number, through in enumerate(stores)))
    assert ended == added
    assert (await autocommit(store).outbox.waiting())[0] == 0
