"""Personal chats: the cards that ask somebody, lines, and one digest a morning instead of reminders."""

import logging
from dataclasses import replace
from typing import Any

from application.ports import (
    MessageRef,
    NoticeTexts,
    PermanentError,
    PersonalConversation,
    UnitOfWork,
    UnitOfWorkFactory,
    UserProfile,
)
from application.queries.directory import Directory
from application.queries.worklist import worklist_of
from bot.connector.errors import ConnectorError, ConversationUnavailable, is_gone
from bot.messenger.card_refresh import draw_card
from bot.messenger.fallback_connector import DeliveryContext, FallbackConnector
from bot.messenger.journal import Journal
from bot.messenger.message_factory import calling, with_card, with_text
from bot.messenger.substitutes import IN_THREAD, copies_of
from bot.messenger.threads import Thread
from bot.messenger.views import ContextLoader, shared_language
from cards import invitation
from cards.elements.notification import about
from cards.overview.worklist import MOST, digest_card, digest_line
from cards.thread_messages import in_person
from changes.delivery_log import DeliveryChannel
from changes.effects import PostThreadMessage, SendDigest, TellPerson, UpsertCard, UpsertPersonalCard
from changes.model import ChangeType, Person
from changes.notification.cards import CardKind, cards_in_use, message_of
from changes.notification.thread_messages import IN_PERSON, NAMES_OTHERS, NUDGES, RETIRED, ThreadMessage
from changes.policy import Service
from language import use_language

log = logging.getLogger(__name__)
COPIED = frozenset({CardKind.PRECHECK, CardKind.GO})
"""The cards that ask for a decision: whoever is asked has them in the personal chat too."""
ASKED_AGAIN = {
    ThreadMessage.PRECHECK_NUDGE: CardKind.PRECHECK,
    ThreadMessage.PRECHECK_DEPUTIES: CardKind.PRECHECK,
    ThreadMessage.GO_NUDGE: CardKind.GO,
    ThreadMessage.GO_DEPUTIES: CardKind.GO,
}
"""The card that is asked for once more; whoever has not got it yet gets it."""
ENOUGH = 2
"""Number of waiting things from which on one digest replaces the reminders."""


class Personal:
    """Writes to people in their personal chats. A chat that is gone is forgotten and holds up nothing."""

    def __init__(
        self, units: UnitOfWorkFactory, views: ContextLoader, connector: FallbackConnector, wording: NoticeTexts
    ) -> None:
        self._units, self._views, self._connector, self._wording = units, views, connector, wording

    async def copy(self, effect: UpsertPersonalCard, journal: Journal) -> None:
        """Post the card in the person's chat, or bring it up to date there."""
        key = f"{effect.message}@{effect.to.id}"
        async with self._units() as unit:
            directory = Directory(unit)
            view = await self._views.of(directory, effect.change)
            ref = await unit.messages.get(effect.change, key)
            chat, language = await chat_of(directory, effect.to, view.service)
        if chat is None:
            return
        with use_language(language):
            card = draw_card(effect.card, view, effect.message, self._wording)
            if ref is not None and ref.conversation == chat.conversation:
                here = replace(ref, service_url=chat.service_url)
                activity, context = with_card(card, about(view.change)), _context(effect.change, key, chat)
                if await self._edited(here, activity, context, journal):
                    return
            in_use = effect.message in [message_of(kind, view.change) for kind in cards_in_use(view.change)]
            if not effect.only_edit or (ref is not None and in_use):
                activity = with_card(card, invitation(effect.card, view), [effect.to])
                await self._send(chat, activity, effect.change, key, journal)

    async def digest(self, effect: SendDigest, journal: Journal) -> None:
        """Say everything that waits for the person, once: in their chat or, where there is none, in the channel."""
        catalogue, now = self._views.catalogue, self._views.clock.now()
        key = f"digest:{effect.day}@{effect.to.id}"
        async with self._units() as unit:
            directory = Directory(unit)
            view = await self._views.plain(directory, effect.change)
            asked = await worklist_of(unit, catalogue, effect.to, now, MOST, directory=directory)
            # A channel reads of its own service only.
            its = view.service.key
            there = await worklist_of(unit, catalogue, effect.to, now, MOST, only=its, directory=directory)
            thread = await Thread.read(unit, self._connector, journal, view, self._wording, key)
            chat, language = await chat_of(directory, effect.to, view.service)
            who = await directory.profile(effect.to) or UserProfile(effect.to)
        if not asked.count or thread.knows(key):
            return
        with use_language(language):
            card = digest_card(asked.tasks, catalogue.services, now, asked.count)
            told = with_card(card, digest_line(asked.count), [who.person])
            if chat is not None and await self._send(chat, told, effect.change, key, journal):
                return
            if not there.count:
                return
            card = digest_card(there.tasks, catalogue.services, now, there.count)
            card = calling(card, digest_line(there.count), [who])
            await thread.post_alone(key, with_card(card, digest_line(there.count), [who.person]))

    async def tell(self, effect: TellPerson, journal: Journal) -> None:
        """Say the line in the person's chat, once; in the thread where the chat does not take it and no other is told.

        Raises PermanentError where the chat is there and takes nothing: an admin sees it too.
        """
        if effect.tell.line in RETIRED:
            return
        async with self._units() as unit:
            if await unit.messages.get(effect.change, effect.key) is not None:
                return
            directory = Directory(unit)
            if effect.tell.line in NAMES_OTHERS:
                view = await self._views.of(directory, effect.change, shows_plan=False)
            else:
                view = await self._views.plain(directory, effect.change)
            chat, language = await chat_of(directory, effect.to, view.service)
        if chat is not None:
            with use_language(language):
                activity = with_text(in_person(effect.tell, view))
            try:
                if await self._send(chat, activity, effect.change, effect.key, journal):
                    return
            except PermanentError:
                await self._tell_in_thread(effect, journal)
                raise
        await self._tell_in_thread(effect, journal)

    async def _tell_in_thread(self, effect: TellPerson, journal: Journal) -> None:
        if effect.tell.line in IN_PERSON and not effect.tell.key.endswith(IN_THREAD):
            instead = replace(effect.tell, key=f"{effect.key}{IN_THREAD}", mention=(effect.to,))
            await journal.note(lambda unit: unit.outbox.add([instead], self._views.clock.now()))

    async def _send(
        self, chat: PersonalConversation, activity: dict[str, Any], change: str, key: str, journal: Journal
    ) -> bool:
        """Whether it could be posted; a chat that is gone is forgotten."""
        try:
            posted = await self._connector.send(
                chat.service_url, chat.conversation, activity, _context(change, key, chat)
            )
        except ConnectorError as error:
            if not is_gone(error):
                raise
            await self.forget(chat.conversation, error, journal)
            return False
        ref = MessageRef(chat.service_url, chat.conversation, posted.value, chat.conversation)
        await journal.note(lambda unit: unit.messages.put(change, key, ref))
        return True

    async def _edited(
        self, ref: MessageRef, activity: dict[str, Any], context: DeliveryContext, journal: Journal
    ) -> bool:
        """Whether it stands there; not when it was deleted, or the chat is gone."""
        try:
            await self._connector.update(ref.service_url, ref.conversation, ref.activity, activity, context)
        except ConnectorError as error:
            if not is_gone(error):
                raise
            if isinstance(error, ConversationUnavailable):
                await self.forget(ref.conversation, error, journal)
            log.info("a card in a personal chat is not there any more: %s", error)
            return False
        return True

    async def forget(self, conversation: str, why: ConnectorError, journal: Journal) -> None:
        """Keep the chat no longer, until the person writes in it again; nothing where it is no personal chat."""
        log.info("a personal chat is gone: %s", why)
        await journal.note(lambda unit: unit.chats.drop(conversation))


async def copies(unit: UnitOfWork, effect: UpsertCard) -> list[UpsertPersonalCard]:
    """The copies of the card: for those who are asked, and where one stands already."""
    asked = () if effect.only_edit or effect.card not in COPIED else effect.mention
    return await copies_of(unit, effect, asked)


async def without_digest_readers(
    unit: UnitOfWork, views: ContextLoader, effect: PostThreadMessage
) -> PostThreadMessage | None:
    """The reminder without those who read it in today's digest; None if nobody is left.

    Whoever reads of it in this morning's digest is left out; the digest is put on its way with the first of them.
    """
    if effect.line not in NUDGES:
        return effect
    stored = await unit.changes.load(effect.change)
    if stored is None:
        raise PermanentError(f"{effect.change} does not exist")
    change, now = stored.change, views.clock.now()
    today = views.catalogue.of(change).local(now).date()
    if change.plan.kind is ChangeType.EMERGENCY:  # nothing of it waits for a digest
        return effect
    left, directory = [], Directory(unit)
    for person in effect.mention:
        day, _day, at = (await unit.settings.get(_told(person)) or "").partition("|")
        if day == today.isoformat():
            # What came up after the morning's digest is said by itself: the digest did not hold it.
            if effect.at.isoformat() > at:
                left.append(person)
        elif (await worklist_of(unit, views.catalogue, person, now, 0, directory=directory)).count < ENOUGH:
            left.append(person)
        else:
            await unit.settings.put(_told(person), f"{today.isoformat()}|{now.isoformat()}")
            digest = SendDigest(f"digest:{person.id}:{today}", change.id, person, today)
            await unit.outbox.add([digest], now)
    kind = ASKED_AGAIN.get(effect.line)
    if kind is not None:
        card = UpsertCard(effect.key, change.id, kind, message_of(kind, change))
        await unit.outbox.add(await copies_of(unit, card, effect.mention), now)
    return replace(effect, mention=tuple(left)) if left or not effect.mention else None


async def chat_of(directory: Directory, person: Person, service: Service) -> tuple[PersonalConversation | None, str]:
    """Their chat and the language that they read there; that of the service where there is none."""
    chat = await directory.unit.chats.get(person.id)
    own = await directory.language(person) if chat is not None else ""
    return chat, own or shared_language(service)


def _context(change: str, key: str, chat: PersonalConversation) -> DeliveryContext:
    return DeliveryContext(change, key, chat.person.name or chat.person.id, DeliveryChannel.PERSONAL)


def _told(person: Person) -> str:
    """The setting that says for which day the person was sent a digest last."""
    return f"digest:{person.id}"
