"""Effects go out once, in the order of their lane; a lane that is stuck holds up no other."""

import asyncio
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import text

from application.ports import Binding, OutboxEntry, PersonalConversation, Priority, UnitOfWork
from changes.effects import CallWebhook, Effect, UpsertPersonalCard
from changes.model import Person
from changes.notification.cards import CardKind
from storage import Store
from storage.outbox_queue import MANY
from tests.contract import subjects as s
from tests.contract.conftest import Open
from tests.support.autocommit import autocommit


async def posted(store: Store, *effects: Effect) -> None:
    await autocommit(store).outbox.add(effects, s.NOW)


async def claimed(store: Store, minutes: float = 0, owner: str = "me", limit: int = 20) -> tuple[OutboxEntry, ...]:
    return await autocommit(store).outbox.claim(s.at(minutes), owner, 60, limit)


async def done(store: Store, *entries: OutboxEntry) -> None:
    for entry in entries:
        await autocommit(store).outbox.done([entry.id], s.NOW)


def keys(entries: tuple[OutboxEntry, ...]) -> list[str]:
    return [entry.effect.key for entry in entries]


async def test_the_first_of_each_lane_goes_out_the_oldest_first(store: Store) -> None:
    await posted(store, s.entry("B", "b1"), s.entry("A", "a1"), s.entry("B", "b2"), s.entry("A", "a2"))
    first = await claimed(store)
    assert keys(first) == ["b1", "a1"]
    assert [(entry.lane, entry.attempts) for entry in first] == [("change:B", 0), ("change:A", 0)]
    await done(store, first[0])
    assert keys(await claimed(store)) == ["b2"]


async def test_those_behind_the_first_are_leased_with_it(store: Store, unit: UnitOfWork) -> None:
    nadia, answer = Person("n", "Nadia"), s.reply("a:nadia", "in the chat")
    await unit.chats.put(PersonalConversation(nadia, "http://x", "a:nadia"))
    card = UpsertPersonalCard("c1", "CHG-2027-0001", CardKind.GO, "go:1", nadia)
    await posted(store, s.entry("B", "b1"), s.entry("A", "a1"), card, answer, s.entry("A", "a2"))
    await posted(store, *(s.entry("B", f"b{number}") for number in range(2, 6)), s.entry("D", "d1"))
    taken = await unit.outbox.claim(s.NOW, "me", 60, 20, {Priority.ANSWER: 1, Priority.REST: 20}, ahead=2)
    assert keys(taken) == ["c1", answer.key, "b1", "b2", "b3", "a1", "a2", "d1"]
    assert await claimed(store, owner="you") == ()
    b1, b2, b3 = taken[2:5]
    await unit.outbox.done([b1.id], s.NOW, followed=[b1.id])
    assert await claimed(store) == ()
    await unit.outbox.retry(b2.id, s.at(0.5), "away")
    await unit.outbox.give_back([b3.id], "me")
    assert await claimed(store) == ()
    [again] = await claimed(store, minutes=0.5, owner="you")
    await done(store, again)
    assert keys(await unit.outbox.claim(s.at(0.5), "you", 60, ahead=9)) == ["b3"]
    # Who died gives all of them back, and they go out in their order.
    assert await unit.outbox.release(["me"]) == 5
    assert keys(await unit.outbox.claim(s.at(0.6), "her", 60, ahead=1)) == ["c1", answer.key, "a1", "a2", "d1"]


async def test_what_is_leased_goes_to_nobody_else_until_the_lease_ends(store: Store) -> None:
    await posted(store, s.entry("A", "a1"))
    mine = await claimed(store, owner="me")
    assert await claimed(store, minutes=0.9, owner="you") == ()
    assert await claimed(store, minutes=1, owner="you") == mine
    await done(store, *mine)
    assert await claimed(store, minutes=5) == ()


async def test_an_answer_after_the_lease_ended_still_counts(store: Store, unit: UnitOfWork) -> None:
    await posted(store, s.entry("A", "a1"), s.entry("A", "a2"))
    late = await claimed(store, owner="me")
    again = await claimed(store, minutes=2, owner="you")
    await done(store, *late)
    # too late to say that it failed: it was carried out
    await unit.outbox.retry(again[0].id, s.at(9), "timeout")
    await unit.outbox.dead_letter(again[0].id, "timeout", s.at(9))
    assert await unit.outbox.dead() == ()
    assert keys(await claimed(store, minutes=3)) == ["a2"]


async def test_an_entry_that_failed_waits_with_its_whole_lane_and_with_no_other(store: Store, unit: UnitOfWork) -> None:
    await posted(store, s.entry("A", "a1"), s.entry("A", "a2"), s.entry("B", "b1"))
    failing, other = await claimed(store)
    await done(store, other)
    await unit.outbox.retry(failing.id, s.at(10), "429")
    assert await unit.outbox.next_attempt() == s.at(10)
    await posted(store, s.entry("C", "c1"))
    assert keys(await claimed(store, minutes=9.9)) == ["c1"]
    (again,) = await claimed(store, minutes=10)
    assert (again.effect.key, again.attempts) == ("a1", 1)


async def test_a_lane_goes_on_when_what_was_put_back_ends_at_the_same_moment_as_the_next(another: Open) -> None:
    store, other = await another(), await another()
    await posted(store, s.entry("A", "a1"), s.entry("A", "a2"), s.entry("A", "a3"))
    (first,) = await claimed(store)
    await autocommit(store).outbox.dead_letter(first.id, "away", s.NOW)
    (second,) = await claimed(store)
    await autocommit(store).outbox.requeue(first.id, s.NOW)
    assert keys(await claimed(store)) == ["a1"], "a3 goes behind it"
    async with store.units() as unit:
        await unit.outbox.done([first.id], s.NOW)
        at_once = asyncio.create_task(done(other, second))
        await asyncio.wait([at_once], timeout=0.3)
    await at_once
    assert keys(await claimed(store)) == ["a3"]


async def test_what_is_given_up_lets_its_lane_go_on_and_is_shown(store: Store, unit: UnitOfWork) -> None:
    await posted(store, s.entry("A", "a1"), s.entry("A", "a2"))
    (failing,) = await claimed(store)
    await unit.outbox.dead_letter(failing.id, "the bot was removed", s.at(1))
    assert keys(await claimed(store)) == ["a2"]
    (dead,) = await unit.outbox.dead()
    assert (dead.id, dead.effect, dead.error, dead.at) == (failing.id, failing.effect, "the bot was removed", s.at(1))


async def test_an_effect_whose_key_was_seen_before_is_not_done_again(store: Store) -> None:
    await posted(store, s.entry("A", "same"), s.entry("A", "same"))
    await done(store, *await claimed(store))
    await posted(store, s.entry("A", "same"), s.entry("A", "other"))
    assert keys(await claimed(store)) == ["other"]


async def test_a_limit_takes_the_oldest(store: Store) -> None:
    await posted(store, *[s.entry(lane, lane) for lane in "DCBA"])
    assert keys(await claimed(store, limit=3)) == ["D", "C", "B"]
    assert keys(await claimed(store, limit=3)) == ["A"]


async def test_the_next_attempt_is_when_the_first_free_lane_may_go_on(unit: UnitOfWork) -> None:
    assert await unit.outbox.next_attempt() is None
    await unit.outbox.add([s.entry("A"), s.entry("A"), s.entry("B")], s.NOW)
    assert await unit.outbox.next_attempt() == s.NOW
    a, b = await unit.outbox.claim(s.NOW, "me", 90)
    assert await unit.outbox.next_attempt() == s.NOW + timedelta(seconds=90)
    await unit.outbox.retry(b.id, s.at(1), "busy")
    assert await unit.outbox.next_attempt() == s.at(1)
    await unit.outbox.done([a.id], s.NOW)
    assert await unit.outbox.next_attempt() == s.NOW


async def test_a_reply_is_kept_word_for_word(store: Store) -> None:
    reply = s.reply("19:x@thread", "Grüezi \x00 🙂")
    await posted(store, reply)
    assert [(each.effect, each.lane) for each in await claimed(store)] == [(reply, "conversation:19:x@thread")]


async def test_no_entry_is_given_to_two(store: Store, another: Open) -> None:
    second = await another()
    await posted(store, *[s.entry(f"lane {n}") for n in range(40)])

    async def take(through: Store, owner: str) -> list[int]:
        taken: list[int] = []
        for _ in range(6):
            taken += [each.id for each in await claimed(through, owner=owner, limit=3)]
        return taken

    takers = [take(through, f"{n}") for n, through in enumerate((store, second, store, second))]
    taken = [each for one in await asyncio.gather(*takers) for each in one]
    assert len(taken) == len(set(taken)) == 40


async def test_a_lane_keeps_its_order_whoever_adds_and_whoever_carries_out(store: Store, another: Open) -> None:
    second = await another()
    added: list[str] = []
    carried: list[str] = []

    async def add(through: Store, name: str) -> None:
        for n in range(8):
            async with through.units() as unit:
                await unit.outbox.add([s.entry("A", f"{name}{n}")], s.NOW)
                await unit.outbox.waiting()
                added.append(f"{name}{n}")  # whoever has added is alone with the lane until the end of the transaction
                await asyncio.sleep(0.001)

    async def carry(through: Store, owner: str) -> None:
        while len(carried) < 16:
            for entry in await claimed(through, owner=owner):
                carried.append(entry.effect.key)
                await asyncio.sleep(0)
                await done(through, entry)

    async with asyncio.timeout(20):
        await asyncio.gather(add(store, "x"), add(second, "y"), carry(store, "1"), carry(second, "2"))
    assert carried == added


async def test_who_adds_to_a_lane_later_comes_later_also_when_ready_earlier(store: Store, another: Open) -> None:
    second = await another()
    async with store.units() as slow:
        await slow.outbox.add([s.entry("A", "first")], s.NOW)
        await slow.outbox.waiting()  # whoever looks has added it by then
        hasty = asyncio.create_task(posted(second, s.entry("A", "second")))
        await asyncio.sleep(0.1)
        assert not hasty.done()
    await hasty
    first = await claimed(store)
    await done(store, *first)
    assert keys(first + await claimed(store)) == ["first", "second"]


async def test_a_long_history_costs_nothing(store: Store) -> None:
    async with store.engine.begin() as connection:
        await connection.execute(
            text(
                """
                INSERT INTO outbox (lane, key, kind, body, created_at, not_before, attempts, done_at)
                WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
                SELECT 'change:' || (i % 50), 'old-' || i, 'ShowStatus', '{}', moment, moment, 0, moment
                FROM n, (SELECT CURRENT_TIMESTAMP AS moment) m
                """
            )
        )
    await posted(store, *[s.entry(f"{n}") for n in range(5)])
    clock = asyncio.get_running_loop().time
    spent = []
    for n in range(3):
        before = clock()
        entries = await claimed(store, minutes=2 * n)
        async with store.units() as unit:
            await unit.outbox.next_attempt()
        spent.append(clock() - before)
        assert len(entries) == 5
    # Looking at every row, a few times over, is what it would cost without its index; a busy machine slows both.
    looking = []
    async with store.engine.connect() as connection:
        for _ in range(3):
            before = clock()
            for _each in range(10):
                await connection.execute(text("SELECT count(*) FROM outbox WHERE body <> 'x' AND error IS NULL"))
            looking.append(clock() - before)
    assert min(spent) < max(looking), f"a claim beside 100 000 old entries took {spent} s, reading them {looking} s"


async def test_what_stands_in_one_conversation_goes_out_in_one_order(store: Store, unit: UnitOfWork) -> None:
    """In a group chat all changes of a service stand together; in a person's chat, cards stand between answers."""
    nadia = Person("n", "Nadia")
    first, second = await s.saved(unit), await s.saved(unit)
    await unit.bindings.put(Binding("learn", "http://x", "19:group", is_channel=False))
    await unit.chats.put(PersonalConversation(nadia, "http://x", "a:nadia"))
    card = UpsertPersonalCard("copy", first.id, CardKind.GO, "go:1", nadia)
    chat = s.reply("a:nadia", "in the chat")
    effects = [s.entry(first.id, "one"), s.reply("19:group", "two"), card, s.entry(second.id, "three"), chat]
    await posted(store, *effects)
    seen = []
    while claim := await claimed(store):
        assert len({entry.lane for entry in claim}) == len(claim)
        seen += [(entry.lane, entry.effect.key) for entry in claim]
        await done(store, *claim)
    group = [key for lane, key in seen if lane == "conversation:19:group"]
    assert group == ["one", effects[1].key, "three"]
    assert [key for lane, key in seen if lane == "conversation:a:nadia"] == ["copy", chat.key]


async def test_in_a_channel_each_change_has_its_own_order(store: Store, unit: UnitOfWork) -> None:
    first, second = await s.saved(unit), await s.saved(unit)
    await unit.bindings.put(Binding("learn", "http://x", "19:channel", is_channel=True))
    await posted(store, s.entry(first.id, "one"), s.entry(second.id, "two"))
    assert keys(await claimed(store)) == ["one", "two"]


async def test_an_answer_goes_out_before_what_was_decided_earlier(store: Store) -> None:
    answer = s.reply("a:rita", "Here it is.")
    await posted(store, s.entry("A", "a"), s.entry("B", "b"), answer)
    assert keys(await claimed(store, limit=2)) == [answer.key, "a"]


async def test_each_kind_is_claimed_for_itself(store: Store, unit: UnitOfWork) -> None:
    answer = s.reply("a:rita", "Here it is.")
    await posted(store, answer, s.entry("A", "a"))
    assert keys(await unit.outbox.claim(s.NOW, "me", 60, 9, {Priority.REST: 9})) == ["a"]
    assert keys(await unit.outbox.claim(s.NOW, "me", 60, 9, {Priority.REST: 9})) == []
    assert keys(await unit.outbox.claim(s.NOW, "me", 60, 9, {Priority.ANSWER: 9})) == [answer.key]


async def test_what_goes_to_other_programs_has_places_of_its_own(store: Store, unit: UnitOfWork) -> None:
    calls = [CallWebhook(f"w{number}", f"CHG-2027-000{number}", "deploy", 1) for number in range(1, 5)]
    await posted(store, *calls, CallWebhook("w5", "CHG-2027-0001", "deploy", 2), s.entry("A", "a"))
    room = {Priority.REST: 9, Priority.TOOLS: 2}
    assert keys(await unit.outbox.claim(s.NOW, "me", 60, 9, room)) == ["a", "w1", "w2"]
    assert keys(await unit.outbox.claim(s.NOW, "me", 60, 9, {Priority.REST: 9})) == []
    assert keys(await unit.outbox.claim(s.NOW, "me", 60, 9, {Priority.TOOLS: 9})) == ["w3", "w4"]


async def test_an_answer_overtakes_nothing_in_its_conversation_and_hurries_what_it_waits_for(
    store: Store, unit: UnitOfWork
) -> None:
    nadia = Person("n", "Nadia")
    await unit.chats.put(PersonalConversation(nadia, "http://x", "a:nadia"))
    cards = [UpsertPersonalCard(f"card {n}", "", CardKind.GO, f"go:{n}", nadia) for n in range(3)]
    answer = s.reply("a:nadia", "in the chat")
    await posted(store, *[s.entry(f"{n}") for n in range(5)], *cards[:2], answer, cards[2])
    seen = []
    for _ in range(3):
        [entry] = await claimed(store, limit=1)
        seen.append(entry.effect.key)
        await done(store, entry)
    assert seen == ["card 0", "card 1", answer.key], "though others were there earlier"
    rest = keys(await claimed(store))
    assert rest[-1] == "card 2", "nobody waits for what comes behind the answer"


async def test_a_long_lane_goes_out_one_by_one_and_costs_others_nothing(store: Store, unit: UnitOfWork) -> None:
    number = 3 * MANY
    await posted(store, *[s.entry("long", f"{n}") for n in range(number)], s.entry("other", "other"))
    first = await claimed(store, limit=2)
    assert keys(first) == ["0", "other"]
    assert await unit.outbox.next_attempt() == s.at(1), "what waits behind another one wakes nobody"
    for n in range(1, 10):
        await done(store, *first)
        first = await claimed(store, limit=2)
        assert keys(first) == [f"{n}"]


async def test_a_dead_letter_that_is_sent_again_goes_before_what_came_later(store: Store, unit: UnitOfWork) -> None:
    await posted(store, s.entry("A", "a1"), s.entry("A", "a2"), s.entry("A", "a3"))
    [failing] = await claimed(store)
    await unit.outbox.dead_letter(failing.id, "gone", s.NOW)
    [second] = await claimed(store)
    await unit.outbox.requeue(failing.id, s.NOW)
    await done(store, second)
    [again] = await claimed(store)
    await done(store, again)
    assert keys((second, again, *await claimed(store))) == ["a2", "a1", "a3"]


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_happens_a_lane_keeps_its_order_and_nothing_is_left(
    store: Store, another: Open, seed: int
) -> None:
    """Two workers add answers and other things, carry them out, fail, die and give up, each at any moment."""
    random, second = Random(seed), await another()
    for n in range(3):
        await autocommit(store).chats.put(PersonalConversation(Person(f"{n}"), "http://x", f"a:{n}"))
    added: dict[str, list[str]] = {}
    ended: dict[str, list[str]] = {}
    left = 60

    async def work(through: Store, owner: str) -> None:
        nonlocal left
        minutes = 0.0
        while left or sum(map(len, ended.values())) < sum(map(len, added.values())):
            if left and random.random() < 0.6:
                left -= 1
                lane = f"a:{random.randrange(3)}"
                card = UpsertPersonalCard(f"card {left}", "", CardKind.GO, "go", Person(lane.removeprefix("a:")))
                what = s.reply(lane, "x") if random.random() < 0.3 else card
                async with through.units() as unit:
                    await unit.outbox.add([what], s.NOW)
                    await unit.outbox.waiting()
                    added.setdefault(lane, []).append(what.key)
            minutes += 2
            room = random.choice([{Priority.ANSWER: 2}, {Priority.REST: 2}, None])
            entries = await autocommit(through).outbox.claim(s.at(minutes), owner, 60, random.randrange(1, 4), room)
            for entry in entries:
                await asyncio.sleep(0)
                async with through.units() as unit:
                    fate = random.random()
                    if fate < 0.2:
                        await unit.outbox.retry(entry.id, s.at(minutes), "away")
                    elif fate < 0.4:
                        continue  # it died, and its lease ends
                    elif entry.effect.key not in ended.setdefault(lane_of(entry), []):
                        ended[lane_of(entry)].append(entry.effect.key)
                        await unit.outbox.done([entry.id], s.NOW)

    async with asyncio.timeout(60):
        await asyncio.gather(work(store, "1"), work(second, "2"))
    assert ended == added


def lane_of(entry: OutboxEntry) -> str:
    return entry.lane.removeprefix("conversation:")


async def test_a_token_of_the_api_is_nowhere_in_the_outbox_once_it_was_said(store: Store) -> None:
    await posted(store, s.reply("a:nadia", "Copy it: chg_0123456789abcdef."), s.reply("a:luc", "CHG-2027-0001 chg"))
    async with store.units() as unit:
        entries = await unit.outbox.claim(s.NOW, "w", 60)
        await unit.outbox.done([each.id for each in entries], s.NOW)
    async with store.engine.connect() as connection:
        said = " ".join((await connection.execute(text("SELECT body FROM outbox"))).scalars())
    assert "0123456789abcdef" not in said
    assert "CHG-2027-0001 chg" in said


async def test_a_token_whose_message_was_given_up_and_let_go_is_in_the_database_no_longer(store: Store) -> None:
    await posted(store, s.reply("a:nadia", "Copy it: chg_0123456789abcdef."), s.entry("A", "a1"))
    for entry in await claimed(store):
        await autocommit(store).outbox.dead_letter(entry.id, "the bot was removed", s.NOW)
        await autocommit(store).outbox.discard(entry.id, s.NOW)
    async with store.engine.connect() as connection:
        bodies = (await connection.execute(text("SELECT body FROM outbox ORDER BY id"))).scalars().all()
    assert (bodies[0], "a1" in bodies[1], len(bodies)) == ("{}", True, 2)
