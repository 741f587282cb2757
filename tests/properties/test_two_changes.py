"""Two changes of one server walked at random through its day: they know each other, and what is said of each is so."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from changes import commands as c
from changes import events as e
from changes.effects import PostThreadMessage
from changes.errors import CommandRejected
from changes.model import IMPLEMENTING, IN_INCIDENT, SYSTEM, SnapshotStatus, State
from changes.notification.thread_messages import ThreadMessage
from changes.planning.deadlines import snapshot_too_late
from changes.planning.occupancy import Booking, change_at_work, incident_on_server
from tests.properties.test_lifecycle import likely_command, random_command
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, Story, night, plan
from tests.support.examples import examples
from tests.support.server import CATALOGUE, A, B, Server
from tests.support.truth import untrue

OF_A = plan(title="Update to version 5", implementer=NADIA)
OF_B = replace(plan(hour=23, minutes=120, title="New disks", implementer=LUC), service="mail")
OF_THE_OTHER = {
    ThreadMessage.EXTENDED_INTO,
    ThreadMessage.RESTORE_TOUCHES,
    ThreadMessage.RESTORE_OVERWRITES,
    ThreadMessage.NEIGHBOUR_STARTED,
}
"""Said in one change's thread of the other; every long run of walks comes to them."""
RARELY = {ThreadMessage.RESTORE_OFF, ThreadMessage.NEIGHBOUR_SNAPSHOT}
"""Said so too, and not in every run."""
EXCEPTION = (PIERRE, CLAIRE)


class Walk:
    """A server with two changes that have GO, and what must hold after everything that happens to them."""

    def __init__(self, seed: int, server: Server) -> None:
        self.random, self.server = Random(seed), server
        self.said: set[ThreadMessage] = set()

    def beside(self, change_id: str) -> tuple[Booking, ...]:
        """The other change as this one sees it now."""
        other, change = self.server.change(B if change_id == A else A), self.server.change(change_id)
        services = CATALOGUE.services
        return (Booking.of(other, services[other.plan.service], services[change.plan.service], self.server.now),)

    async def do(self, change_id: str, command: c.Command, now: datetime) -> None:
        self.server.now = now
        trails = {each: len(self.server.memory.changes.rows[each].trail) for each in (A, B)}
        beside = {each: self.beside(each) for each in (A, B)}
        effects = set(self.server.memory.outbox.rows)
        try:
            await self.server.do(change_id, command, now)
        except CommandRejected:
            return
        for each in (A, B):
            for entry in self.server.memory.changes.rows[each].trail[trails[each] :]:
                self.check(each, entry, beside[each])
            self.check_held(each)
        for key in set(self.server.memory.outbox.rows) - effects:
            effect = self.server.memory.outbox.rows[key].effect
            if isinstance(effect, PostThreadMessage):
                self.said.add(effect.line)
                of = self.server.change(change_id if effect.line in OF_THE_OTHER | RARELY else effect.change)
                assert untrue(effect, of, LEARN, beside[of.id]) == ""

    def check(self, change_id: str, entry: e.Entry, beside: tuple[Booking, ...]) -> None:
        """Changes of one server (docs/process.md, P51 to P54), event by event."""
        match entry.event:
            case e.Started(reason=reason):
                assert incident_on_server(beside) is None or (reason and entry.by in EXCEPTION), (
                    "started beside an incident"
                )
            case e.SnapshotRequested() if entry.by != SYSTEM:
                assert change_at_work(beside) is None or entry.by in EXCEPTION, "taken inside another's work"
            case e.RestoreConfirmed(touches=touches):
                other, taken = self.server.change(B if change_id == A else A), self.server.change(change_id).snapshot
                assert taken.oldest is not None
                since = other.started_at is not None and other.started_at >= taken.oldest
                assert touches == ((other.id,) if since else ()), "its data was touched unsaid"
            case _:
                pass

    def check_held(self, change_id: str) -> None:
        """A snapshot is held only as long as the other change occupies the server."""
        change = self.server.change(change_id)
        if change.snapshot.status is SnapshotStatus.HELD and self.server.now < snapshot_too_late(change, LEARN):
            assert change_at_work(self.beside(change_id)) is not None, "held, and the server is free"

    async def go(self, steps: int) -> None:
        for _ in range(steps):
            await self.wait()
            change_id = self.random.choice((A, B))
            change = self.server.change(change_id)
            story = Story(change=change, entries=list(self.server.memory.changes.rows[change_id].trail))
            likely = self.random.random() < 0.85
            command = likely_command(self.random, story) if likely else random_command(self.random, story)
            if not isinstance(command, c.Draft | c.VoidTests | c.PlanSnapshot | c.Edit | c.Cancel | c.Move):
                await self.do(change_id, command, self.server.now)

    async def wait(self) -> None:
        """A little later, or when the next thing is due; the steps that fall due are carried out in their order."""
        rows = self.server.memory.due_items.rows
        coming = [step.due for row in rows.values() for step in row.steps if step.due > self.server.now]
        is_today = any(
            self.server.change(each).state in IMPLEMENTING | IN_INCIDENT | {State.SNAPSHOTTING} for each in (A, B)
        )
        now = self.server.now + timedelta(minutes=self.random.choice([0, 1, 5, 15, 40]))
        if coming and (not is_today or self.random.random() < 0.2):
            now = min(coming)
        while due := self.server.due(now):
            moment, change_id, key = due[0]
            before = self.server.change(change_id)
            await self.do(change_id, c.FireStep(SYSTEM, key), max(moment, self.server.now))
            assert self.server.change(change_id) != before, "a step that is due was left"
        self.server.now = now


async def walked(seed: int, steps: int = 110) -> Walk:
    """The walk after so many commands."""
    server = await Server().go(OF_A, OF_B)
    await server.until(night(16))
    walk = Walk(seed, server)
    await walk.go(steps)
    return walk


@settings(max_examples=examples(60))
@given(st.integers(0, 2**32))
async def test_changes_of_one_server_know_each_other_whatever_happens_to_them(seed: int) -> None:
    await walked(seed)


async def test_the_walks_come_to_what_one_change_says_of_the_other() -> None:
    said: set[ThreadMessage] = set()
    for seed in range(40):
        said |= (await walked(seed)).said
    assert said >= {
        *OF_THE_OTHER,
        ThreadMessage.SNAPSHOT_HELD,
        ThreadMessage.STARTED_BESIDE,
        ThreadMessage.TESTS_VOIDED,
        ThreadMessage.NEIGHBOURS,
    }
