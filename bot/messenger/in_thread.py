"""Posts in a service's conversation: the live card, cards and lines in a change's thread, notices."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from application.change_context import ChangeContext
from application.ports import NoticeTexts, UnitOfWork, UnitOfWorkFactory, UserProfile
from application.queries.directory import Directory
from bot.messenger.card_refresh import draw_card
from bot.messenger.fallback_connector import FallbackConnector
from bot.messenger.journal import Journal
from bot.messenger.message_factory import calling, mentioning, with_card, with_text
from bot.messenger.personal import copies, without_digest_readers
from bot.messenger.posting import Unreachable
from bot.messenger.reposting import people_called
from bot.messenger.substitutes import IN_THREAD, line_key, recipients_already_told, with_chat
from bot.messenger.threads import ANNOUNCEMENT, EditResult, Thread
from bot.messenger.views import ContextLoader, shared_language
from cards import invitation, line
from cards.elements.notification import about, about_change
from cards.overview.status import STATUS
from cards.thread_messages import carried_on
from changes.delivery_log import DeliveryStatus, teams_record
from changes.effects import PostThreadMessage, SendNotice, TellPerson, UpsertCard, UpsertStatusCard
from changes.model import Change, Person
from changes.notification import IN_PERSON, RETIRED, cards_in_use, message_of
from changes.text.messages import Message
from language import use_language


class InThread:
    """Posts in the conversations of services. Raises Unreachable where one takes nothing, for good."""

    def __init__(
        self, units: UnitOfWorkFactory, views: ContextLoader, connector: FallbackConnector, wording: NoticeTexts
    ) -> None:
        self._units, self._views, self._connector, self._wording = units, views, connector, wording
        self._clock = views.clock

    async def status(self, effect: UpsertStatusCard, journal: Journal) -> None:
        """Bring the live card up to date; in passing only where it stands."""
        async with self._units() as unit:
            thread = await self._thread(unit, effect.change, journal, shows_plan=False)
        with use_language(shared_language(thread.view.service)):
            if not effect.passing:
                await thread.status()
            elif await _redrawn_in_passing(thread) is EditResult.LOST:
                await self._ask_anew(UpsertStatusCard("", effect.change), STATUS, journal)

    async def card(self, effect: UpsertCard, journal: Journal) -> None:
        """Bring a card up to date, or post it, and call those to it whom it asks."""
        async with self._units() as unit:
            # Before the channel's own card: whatever becomes of that, whoever is asked has it.
            await unit.outbox.add(await copies(unit, effect), self._clock.now())
            thread = await self._thread(unit, effect.change, journal, effect.message)
            people = await _profiles(unit, effect.mention)
        view = thread.view
        with use_language(shared_language(view.service)):
            asking = carried_on(view) if effect.anew else invitation(effect.card, view)
            drawn = draw_card(effect.card, view, effect.message, self._wording)
            called = calling(drawn, asking, people) if people else drawn
            # Twice asked to stand anew, for its thread and for its service, it keeps the call that the first gave it.
            stands = called if effect.anew else drawn
            stood = await thread.redraw(effect.message, with_card(stands, about(view.change)))
            if effect.passing and stood is EditResult.LOST:
                again = replace(effect, passing=False, only_edit=True, anew=True)
                await self._ask_anew(again, effect.message, journal)
            elif stood is not EditResult.EDITED and _is_wanted(effect, stood, view.change):
                if stood is EditResult.LOST and not people:
                    # The call to it was lost with it.
                    effect, people = await self._calling_again(effect, view)
                    asking = carried_on(view)
                    called = calling(drawn, asking, people) if people else drawn
                told = about_change(asking, view.change) if people else about(view.change)
                await thread.card(effect.message, with_card(called, told, effect.mention))

    async def _calling_again(self, effect: UpsertCard, view: ChangeContext) -> tuple[UpsertCard, list[UserProfile]]:
        people = people_called(effect.card, view.change, view.service, view.now)
        async with self._units() as unit:
            return replace(effect, mention=people), await _profiles(unit, people)

    async def line(self, nudge: PostThreadMessage, journal: Journal) -> None:
        """Say a line in the thread, once; whoever reads it in the morning's digest is left out.

        Nothing of what an earlier version said and a card shows now.
        """
        if nudge.line in RETIRED:
            return
        async with self._units() as unit:
            effect = await without_digest_readers(unit, self._views, nudge)
            if effect is None or (effect := await _not_told_in_person(unit, effect, self._clock.now())) is None:
                return
            thread = await self._thread(unit, effect.change, journal, effect.key, shows_plan=False)
            people = await _profiles(unit, effect.mention, await recipients_already_told(unit, effect))
        if thread.knows(effect.key):
            return
        with use_language(shared_language(thread.view.service)):
            text = line(effect, thread.view)
            await thread.post_in_thread(effect.key, mentioning(text, people, about_change(text, thread.view.change)))

    async def notice(self, effect: SendNotice, journal: Journal) -> None:
        """Announce it, once."""
        async with self._units() as unit:
            view = await self._views.plain(Directory(unit), effect.change)
            known = (effect.key, ANNOUNCEMENT)
            thread = await Thread.read(unit, self._connector, journal, view, self._wording, *known)
        if thread.knows(effect.key):
            return
        with use_language(shared_language(view.service)):
            subject = self._wording.subject(effect, view.change, view.service)
            summary = Message("{subject} ({title})", subject=subject, title=view.change.plan.title)
            text = Message.from_markup(self._wording.post(effect, view.change, view.service))
            told = teams_record(effect, view.service, DeliveryStatus.SENT, self._clock.now())
            await thread.announce(effect.key, with_text(text, summary), told)

    async def _thread(
        self, unit: UnitOfWork, change: str, journal: Journal, *messages: str, shows_plan: bool = True
    ) -> Thread:
        view = await self._views.of(Directory(unit), change, shows_plan=shows_plan)
        return await Thread.read(unit, self._connector, journal, view, self._wording, *messages)

    async def _ask_anew(self, effect: UpsertStatusCard | UpsertCard, message: str, journal: Journal) -> None:
        """Queue one repost of a card that a periodic refresh found deleted."""

        async def write(unit: UnitOfWork) -> None:
            ref = await unit.messages.get(effect.change, message)
            key = f"{effect.change}:{message}:anew:for:{ref.activity if ref else ''}"
            await unit.outbox.add([replace(effect, key=key)], self._clock.now())

        await journal.note(write)


async def _not_told_in_person(unit: UnitOfWork, effect: PostThreadMessage, now: datetime) -> PostThreadMessage | None:
    """The line for those who have no chat with the bot; None where there are none. The others are told in theirs."""
    if effect.line not in IN_PERSON or effect.key.endswith(IN_THREAD):
        return effect
    there = await with_chat(unit, effect.mention)
    lines = [TellPerson(line_key(effect, each), effect.change, effect, each) for each in there]
    await unit.outbox.add(lines, now)
    left = tuple(each for each in effect.mention if each not in there)
    return replace(effect, mention=left) if left else None


async def _redrawn_in_passing(thread: Thread) -> EditResult:
    try:
        return await thread.redraw_status()
    except Unreachable:
        return EditResult.LOST


async def _profiles(unit: UnitOfWork, people: tuple[Person, ...], told: Collection[Person] = ()) -> list[UserProfile]:
    """Who they are in Teams; those who were `told` are named only, because they have heard it already."""
    return [
        UserProfile(each) if each in told else await unit.people.get(each.id) or UserProfile(each) for each in people
    ]


def _is_wanted(effect: UpsertCard, stood: EditResult, change: Change) -> bool:
    """Whether a card that does not stand is posted: one that is only edited is a record, unless it is in use."""
    if not effect.only_edit:
        return True
    in_use = effect.message in [message_of(kind, change) for kind in cards_in_use(change)]
    return in_use and (stood is EditResult.LOST or effect.anew)
