"""What waits is brought back with the clock, so much as that was, and what is being sent keeps its lease."""

from datetime import timedelta

from application.ports import UnitOfWork, of_change
from tests.contract import subjects as s

BY = timedelta(hours=1)
LATER = s.NOW + BY
LEASE_S = 60.0


async def test_what_waits_for_a_later_clock_waits_so_much_less_once_that_is_set_back(unit: UnitOfWork) -> None:
    change = await s.saved(unit, steps=(s.step("due", -1),))
    await unit.due_items.hold(of_change(change.id), LATER + timedelta(minutes=5))
    await unit.outbox.add([s.entry("A", "a1"), s.entry("B", "b1")], LATER)
    for entry in await unit.outbox.claim(LATER, "me", LEASE_S):
        if entry.effect.key == "a1":
            await unit.outbox.retry(entry.id, LATER + timedelta(minutes=2), "away")
    await unit.rate_limits.note("chat", LATER)
    await unit.rate_limits.hold("chat", LATER + timedelta(minutes=1))
    assert await unit.clock_rollback.latest() == LATER
    await unit.clock_rollback.bring_back(s.NOW, BY, LEASE_S)
    assert await unit.clock_rollback.latest() == s.NOW
    assert await unit.rate_limits.state("chat", [1], [1]) == ((s.NOW, s.NOW), s.at(1))
    assert await unit.due_items.claim(s.at(4.9)) is None
    assert await unit.due_items.claim(s.at(5)) is not None
    assert await unit.outbox.claim(s.at(0.9), "you", LEASE_S) == ()
    [leased] = await unit.outbox.claim(s.at(1), "you", LEASE_S)
    assert leased.effect.key == "b1"
    [_again, failed] = await unit.outbox.claim(s.at(2), "you", LEASE_S)
    assert (failed.effect.key, failed.since) == ("a1", s.NOW)


async def test_a_lease_of_before_is_not_shortened_for_it_may_still_be_sent(unit: UnitOfWork) -> None:
    await unit.outbox.add([s.entry("A", "a1")], s.NOW)
    await unit.outbox.claim(s.NOW, "me", LEASE_S)
    await unit.clock_rollback.bring_back(s.NOW, BY, LEASE_S)
    assert await unit.outbox.claim(s.at(0.9), "you", LEASE_S) == ()


async def test_a_hold_is_no_sending_and_the_newest_one_counts(unit: UnitOfWork) -> None:
    await unit.rate_limits.hold("chat", s.at(60))
    await unit.rate_limits.hold("chat", s.at(1))
    assert await unit.rate_limits.state("chat", [1], [1]) == ((None, None), s.at(1))
    assert await unit.rate_limits.state("another", [], []) == ((), None)
    await unit.rate_limits.bring_back(s.NOW)
    assert await unit.rate_limits.state("chat", [], []) == ((), s.at(1))
