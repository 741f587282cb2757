"""One server with the changes of two services on it, as they go through the application service, in memory."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from application.change_service import draft, execute
from changes import commands as c
from changes.effects import PostThreadMessage
from changes.model import SYSTEM, Change, Person, Plan, State
from changes.notification.thread_messages import ThreadMessage
from changes.policy import Catalogue
from tests.fakes.memory import Memory
from tests.support.core import LEARN, NADIA, PIERRE, REQUESTED, at

MAIL = replace(LEARN, key="mail", name="Mail")
CATALOGUE = Catalogue({"learn": LEARN, "mail": MAIL})
A, B = "CHG-2027-0001", "CHG-2027-0002"


@dataclass
class Server:
    """One server with the changes of two services on it."""

    memory: Memory = field(default_factory=Memory)
    now: datetime = REQUESTED

    def change(self, change_id: str) -> Change:
        return self.memory.changes.rows[change_id].change

    async def do(self, change_id: str, command: c.Command, now: datetime) -> Change:
        self.now = now
        async with self.memory.units() as unit:
            return await execute(unit, CATALOGUE, change_id, command, now, "test")

    async def request(self, wanted: Plan, now: datetime, requester: Person = NADIA) -> Change:
        self.now = now
        async with self.memory.units() as unit:
            made = await draft(unit, CATALOGUE, c.Draft(requester, wanted), now, "test")
            return await execute(unit, CATALOGUE, made.id, c.Submit(requester), now, "test")

    async def until(self, now: datetime) -> None:
        """Let everything that falls due happen, each at its time but never in the past."""
        while due := self.due(now):
            moment, change_id, key = due[0]
            await self.do(change_id, c.FireStep(SYSTEM, key), max(moment, self.now))

    def due(self, now: datetime) -> list[tuple[datetime, str, str]]:
        """The steps that are due by then, in their order: when, of which change, and their keys."""
        steps = [(step, owner) for owner, row in self.memory.due_items.rows.items() for step in row.steps]
        return sorted((step.due, owner.id, step.key) for step, owner in steps if step.due <= now)

    def said(self, change_id: str, *lines: ThreadMessage) -> list[PostThreadMessage]:
        """What was said in the thread of that change."""
        effects = [row.effect for row in self.memory.outbox.rows.values()]
        return [
            each
            for each in effects
            if isinstance(each, PostThreadMessage) and each.change == change_id and each.line in lines
        ]

    async def go(self, *plans: Plan) -> "Server":
        """All of the plans with GO, at noon on 8 April, in their order."""
        for wanted in plans:
            await self.request(wanted, at(2027, 3, 15, 10), wanted.implementer)
        await self.until(at(2027, 4, 1))
        for change_id in list(self.memory.changes.rows):
            await self.do(change_id, c.ApprovePrecheck(PIERRE), at(2027, 4, 1, 12))
        await self.until(at(2027, 4, 8))
        for change_id in list(self.memory.changes.rows):
            await self.do(change_id, c.GiveGo(PIERRE), at(2027, 4, 8, 12))
        return self

    async def snapshot(self, change_id: str, until: datetime) -> None:
        """Its snapshot began when it was due, and has ended by then."""
        await self.until(until)
        await self.do(change_id, c.NoteSnapshotFinished(SYSTEM, change_id), until)

    async def at_work(self, change_id: str, now: datetime) -> None:
        """The work has begun: the snapshot took until now, or was waived before."""
        if self.change(change_id).state is State.SNAPSHOTTING:
            await self.do(change_id, c.NoteSnapshotFinished(SYSTEM, change_id), now)
        await self.do(change_id, c.Start(self.change(change_id).plan.implementer), now)
