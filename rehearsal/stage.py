"""The stage: worker, core, cards and wording of the bot, over a store, a clock and a Teams of its own."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from application import change_service
from application.ports import UnitOfWork, UnitOfWorkFactory
from application.queries.directory import Directory, chosen_language
from application.queries.neighbours import changes_beside
from application.retry_log import RetryLog
from application.templates.following import template_of
from bot.messenger.message_fallbacks import without_mentions
from bot.messenger.messenger import Messenger
from changes import commands as c
from changes.approvals.quorum import approvers_of
from changes.errors import WrongState
from changes.lifecycle import handle
from changes.model import OPEN, Change, State
from changes.policy import Catalogue, Service
from changes.reporting.search import Search
from changes.text.messages import Message
from infomaniak.manual import Manual
from language import N_
from notices import Mailer, NoticeRenderer
from rehearsal.recording import CHANNEL, CHAT, Delivered, PunctualProvider, RecordingConnector, RecordingMailbox
from rehearsal.script import asked_for
from scheduler.worker import Worker

THINKING = timedelta(minutes=2)
"""How long people take in a play until they do what they are asked for: the question comes before its answer."""
MOST_MOMENTS = 300
"""Maximum number of moments of a play: one that goes on and on is ended."""
MOST_PAST = 60
"""So many past changes of the service are taken along, from which the cards learn how long things take."""
_ENDLESS = N_("Nothing is planned any more that would carry {id} on.")


class Stage:
    """A change on the stage, and what people would have got of it so far. It is its own clock."""

    def __init__(
        self, units: UnitOfWorkFactory, catalogue: Catalogue, wording: NoticeRenderer, change: Change, begins: datetime
    ) -> None:
        """`units` are of an empty database; the play `begins` when the change was requested, or would be."""
        self.delivered: list[Delivered] = []
        self._chats: dict[str, Message] = {}
        self._units, self._catalogue, self._change, self._now = units, catalogue, change, begins
        channel = Message(CHANNEL, service=catalogue.of(change).name)
        connector, punctual = RecordingConnector(self._note, self._chats, channel), PunctualProvider(self)
        providers = {each.vps.provider for each in catalogue.services.values()}
        self._worker = Worker(
            units,
            catalogue,
            self,
            Messenger(units, catalogue, self, connector, wording, refreshes=False),
            {each.key: Manual() if each.is_manual else punctual for each in providers},
            "rehearsal",
            RetryLog(),
            Mailer(units, catalogue, self, wording, RecordingMailbox(self._note)),
        )

    def now(self) -> datetime:
        """The present moment of the play."""
        return self._now

    def _note(self, to: Message, activity: dict[str, Any]) -> str:
        self.delivered.append(Delivered(self._now, to, without_mentions(activity)))
        return f"rehearsed-{len(self.delivered)}"

    async def play(self, *, is_bad: bool) -> None:
        """Let time go on until nothing is to come. Raises CommandRejected where the process holds the change up."""
        change, waits = self._change, dict[str, datetime]()
        for _moment in range(MOST_MOMENTS):
            await self._worker.run_due()
            async with self._units() as unit:
                (change,) = await unit.changes.load_together([self._change.id])
                service = await Directory(unit).service(self._catalogue.of(change))
            found = asked_for(change, service, self._now, is_bad=is_bad)
            asked = [(waits.get(repr(each), max(at, self._now) + THINKING), each) for at, each in found]
            waits = {repr(each): at for at, each in asked}
            moments = [*waits.values(), *filter(None, [await self._worker.next_moment()])]
            if not moments:
                break
            self._now = max(self._now, min(moments))
            command = next((each for at, each in asked if at <= self._now), None)
            if command is not None:
                async with self._units() as unit:
                    await change_service.execute(unit, self._catalogue, change.id, command, self._now, "card")
        if change.state in OPEN:
            raise WrongState(_ENDLESS, id=change.id)

    async def set_up(self, unit: UnitOfWork) -> None:
        """Put the change there as a draft, with what `unit` knows of its people, its template and other changes."""
        change, begins, service = self._change, self._now, self._catalogue.of(self._change)
        # The other changes have nothing to do there: they are only looked at.
        past = Search(service=service.key, states=(State.COMPLETED, State.CANCELLED), newest_first=True)
        beside = await changes_beside(unit, self._catalogue, service, begins, change.id)
        others = {each.id: each for each in (*await unit.changes.find(past, limit=MOST_PAST), *beside)}
        others.pop(change.id, None)
        draft = c.Draft(change.requester, change.plan, change.template, change.editors)
        made = handle(None, 0, draft, begins, "chat", service, new_id=change.id)
        async with self._units() as copy:
            await self._copy_people(unit, copy, service)
            if (template := await template_of(unit, change)) is not None:
                await copy.templates.save(replace(template, entry=0))
            if (binding := await unit.bindings.get(service.key)) is not None:
                await copy.bindings.put(binding)
            for other in others.values():
                await copy.changes.save(other, 0, (), (), (), begins)
            await copy.changes.save(made.change, 0, made.entries, made.steps, made.effects, begins, service)

    async def _copy_people(self, unit: UnitOfWork, copy: UnitOfWork, service: Service) -> None:
        """Where they are reached, in which language, and when they are away."""
        doers = map(self._change.doer_of, range(len(self._change.plan.tasks)))
        people = tuple({*approvers_of(service), *self._change.involved, *doers})
        await copy.people.upsert(await unit.people.of([each.id for each in people]))
        for each in people:
            if (chat := await unit.chats.get(each.id)) is not None:
                await copy.chats.put(chat)
                self._chats[chat.conversation] = Message(CHAT, name=chat.person.name)
            await copy.settings.put(chosen_language(each), await Directory(unit).language(each))
        for away in await unit.absences.of(people, self._now.date()):
            await copy.absences.add(away.person, away.first, away.last)
