"""The stage: worker, core, cards and wording of the bot, over a store, a clock and a Teams of its own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aiohttp import ClientSession

from application import change_service
from application.ports import Clock, UnitOfWork, UnitOfWorkFactory
from application.ports.provider import SnapshotBackend
from application.queries.directory import Directory, chosen_language
from application.queries.neighbours import changes_beside, spans_near
from application.retry_log import RetryLog
from application.templates.following import template_of
from bot.messenger.messenger import Messenger
from changes import commands as c
from changes.approvals.quorum import approvers_of
from changes.deliveries import TOOLS
from changes.effects import Effect
from changes.errors import WrongState
from changes.lifecycle import handle
from changes.model import Change, Person, State
from changes.planning.tasks.moments import reminders
from changes.policy import Catalogue, Service
from changes.reporting.search import Search
from infomaniak.manual import Manual
from language import N_
from notices import Mailer, NoticeRenderer
from rehearsal.recording import Delivered, PunctualProvider, RecordingConnector, RecordingMailbox
from scheduler.worker import Worker
from storage import open_in_memory

THINKING = timedelta(minutes=2)
"""How long people take in a play until they do what they are asked for: the question comes before its answer."""
MOST_MOMENTS = 300
"""Maximum number of moments of a play: one that goes on and on is ended."""
MOST_PAST = 60
"""So many past changes of the service are taken along, from which the cards learn how long things take."""
_ENDLESS = N_("Nothing is planned any more that would carry {id} on.")


@dataclass(frozen=True, slots=True)
class Installation:
    """The bot for which plays are given. Its database is only read here, and its client of Teams is never used."""

    units: UnitOfWorkFactory
    catalogue: Catalogue
    clock: Clock
    wording: NoticeRenderer
    client: ClientSession
    refreshes: bool


class Stage:
    """A change on the stage, and what people would have got of it so far. It is its own clock, as the play says."""

    def __init__(self, real: Installation, units: UnitOfWorkFactory, change: Change, begins: datetime) -> None:
        self.delivered: list[Delivered] = []
        self.chats: dict[str, Person] = {}
        self._catalogue, self._units, self._id = real.catalogue, units, change.id
        self._now, self._moments = begins, 0
        note, punctual = self.delivered.append, PunctualProvider(self)
        connector = RecordingConnector(real.client, self, note)
        messenger = Messenger(units, real.catalogue, self, connector, real.wording, refreshes=real.refreshes)
        post = Mailer(units, real.catalogue, self, real.wording, RecordingMailbox(note))
        providers = {each.vps.provider for each in real.catalogue.services.values()}
        backends: dict[str, SnapshotBackend] = {
            each.key: Manual() if each.is_manual else punctual for each in providers
        }
        told = (units, real.catalogue, self, messenger, backends, "rehearsal", RetryLog(), post)
        self._worker = Worker(*told, tools=dict.fromkeys(TOOLS, _nobody))

    def now(self) -> datetime:
        """The present moment of the play."""
        return self._now

    async def change(self) -> Change:
        """The change as it stands in the play."""
        async with self._units() as unit:
            return (await unit.changes.load_together([self._id]))[0]

    async def service(self) -> Service:
        """Its service, with those who are away."""
        change = await self.change()
        async with self._units() as unit:
            return await Directory(unit).service(self._catalogue.of(change))

    async def do(self, make: Callable[..., c.Command], who: Person, *facts: object) -> None:
        """Let somebody do that after a while. Raises CommandRejected."""
        await self.until(self._now + THINKING)
        await self._execute(make(who, *facts))
        await self._settle(self._now)

    async def _execute(self, command: c.Command) -> None:
        async with self._units() as unit:
            await change_service.execute(unit, self._catalogue, self._id, command, self._now, "card")

    async def go_on(self) -> None:
        """Let time go on to what happens next. Raises WrongState where nothing does."""
        moment = await self._next_moment()
        if moment is None:
            raise WrongState(_ENDLESS, id=self._id)
        await self._settle(moment)

    async def until(self, moment: datetime) -> None:
        """Let time go on to that moment, through everything that falls due."""
        while (due := await self._next_moment()) is not None and due <= moment:
            await self._settle(due)
        await self._settle(moment)

    async def _next_moment(self) -> datetime | None:
        found = [await self._worker.next_moment(), *(done for done, _index in await self._tasks())]
        return min((each for each in found if each is not None), default=None)

    async def _tasks(self) -> list[tuple[datetime, int]]:
        """When each open task is ticked off: after whoever has it was called for it."""
        change = await self.change()
        if change.requested_at is None or change.state is State.CANCELLED:
            return []
        return [(called + THINKING, index) for called, index in reminders(change, await self.service())]

    async def _settle(self, moment: datetime) -> None:
        self._now, self._moments = max(moment, self._now), self._moments + 1
        if self._moments > MOST_MOMENTS:
            raise WrongState(_ENDLESS, id=self._id)
        for done, index in await self._tasks():
            if done <= self._now:
                change = await self.change()
                await self._execute(c.FinishTask(change.doer_of(index), index))
        await self._worker.run_due()
        await asyncio.sleep(0)  # whoever uses the bot meanwhile has their turn


async def _nobody(_effect: Effect) -> None:
    """No other program hears of a rehearsal."""


@asynccontextmanager
async def staged(real: Installation, change: Change) -> AsyncIterator[Stage]:
    """The change as a draft on a stage, at the moment at which it was requested, or now where it was not yet."""
    begins, service = change.requested_at or real.clock.now(), real.catalogue.of(change)
    async with open_in_memory(RetryLog()) as units:
        stage = Stage(real, units, change, begins)
        async with real.units() as unit, units() as copy:
            doers = map(change.doer_of, range(len(change.plan.tasks)))
            await _copy_people(unit, copy, tuple({*approvers_of(service), *change.involved, *doers}), stage)
            if (template := await template_of(unit, change)) is not None:
                await copy.templates.save(replace(template, entry=0))
            if (binding := await unit.bindings.get(service.key)) is not None:
                await copy.bindings.put(binding)
            # The other changes have nothing to do there: they are only looked at.
            past = Search(service=service.key, states=(State.COMPLETED, State.CANCELLED), newest_first=True)
            near = spans_near(change, service, begins)
            beside = await changes_beside(unit, real.catalogue, service, begins, change.id, near=near)
            others = {each.id: each for each in (*await unit.changes.find(past, limit=MOST_PAST), *beside)}
            for other in others.values():
                if other.id != change.id:
                    await copy.changes.save(other, 0, (), (), (), begins)
            draft = handle(
                None,
                0,
                c.Draft(change.requester, change.plan, change.template),
                begins,
                "chat",
                service,
                new_id=change.id,
            )
            await copy.changes.save(draft.change, 0, draft.entries, draft.steps, draft.effects, begins, service)
        yield stage


async def _copy_people(unit: UnitOfWork, copy: UnitOfWork, people: tuple[Person, ...], stage: Stage) -> None:
    """The people of the change, where they are reached, in which language, and when they are away."""
    await copy.people.upsert(await unit.people.of([each.id for each in people]))
    for each in people:
        if (chat := await unit.chats.get(each.id)) is not None:
            await copy.chats.put(chat)
            stage.chats[chat.conversation] = chat.person
        await copy.settings.put(chosen_language(each), await unit.settings.get(chosen_language(each)) or "")
    for away in await unit.absences.of(people, stage.now().date()):
        await copy.absences.add(away.person, away.first, away.last)
