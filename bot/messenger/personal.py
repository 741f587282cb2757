"""What goes to one person: the cards that ask them, lines, and one digest a morning instead of reminders."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from application.change_context import ChangeContext
from application.ports import (
    Clock,
    MessageRef,
    PermanentError,
    PersonalConversation,
    UnitOfWork,
    UnitOfWorkFactory,
    UserProfile,
    Wording,
)
from application.queries import agenda, refresh_user_ids, with_resolved_people
from application.retry import commit_with_retry
from bot.connector.errors import ConnectorError, ConversationUnavailable, is_gone
from bot.connector.fallback_connector import DeliveryContext, FallbackConnector
from bot.messenger.message_factory import mentioning, with_card, with_text
from bot.messenger.substitutes import copies_of
from cards import card_for, invitation
from cards.elements.notification import about
from cards.overview.worklist import digest_card, digest_line
from cards.thread_messages import in_person
from changes.effects import PostThreadMessage, SendDigest, TellPerson, UpsertCard, UpsertPersonalCard
from changes.model import ChangeType, Person
from changes.notification.cards import CardKind, cards_in_use, message_of
from changes.notification.delivery_log import DeliveryChannel
from changes.notification.notices import NoticeKind
from changes.notification.thread_messages import NUDGES, ThreadMessage
from changes.policy import Catalogue, Service

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
"""From so many things on that wait for somebody, one digest takes the place of the reminders."""
Announce = Callable[[Service, str, str, dict[str, Any]], Awaitable[None]]
"""Posts an activity in the service's channel, for a change, and remembers it under a message key."""


class Personal:
    """Writes to people in their personal chats. A chat that is gone is forgotten and holds up nothing."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        catalogue: Catalogue,
        clock: Clock,
        connector: FallbackConnector,
        wording: Wording,
        announce: Announce,
        *,
        refreshes: bool,
    ) -> None:
        self._units, self._catalogue, self._clock = units, catalogue, clock
        self._connector, self._wording, self._announce = connector, wording, announce
        self._refreshes = refreshes

    async def copies(self, unit: UnitOfWork, effect: UpsertCard) -> None:
        """Put the copies of the card on their way: to those who are asked, and where one stands already."""
        asked = () if effect.only_edit or effect.card not in COPIED else effect.mention
        await unit.outbox.add(await copies_of(unit, effect, asked), self._clock.now())

    async def nudged(self, effect: PostThreadMessage) -> PostThreadMessage | None:
        """What of a reminder has to be said in the thread, or None.

        Whoever reads of it in this morning's digest is left out; the digest is put on its way with the first of them.
        """
        if effect.line not in NUDGES:
            return effect
        async with self._units() as unit:
            stored = await unit.changes.load(effect.change)
            if stored is None:
                raise PermanentError(f"{effect.change} does not exist")
            change = stored.change
            service = self._catalogue.of(change)
            now = self._clock.now()
            today = service.local(now).date()
            if change.plan.kind is ChangeType.EMERGENCY:  # nothing of it waits for a digest
                return effect
            left = []
            for person in effect.mention:
                day, _day, at = (await unit.settings.get(_told(person)) or "").partition("|")
                # What came up after the morning's digest is said by itself: the digest did not hold it.
                told = day == today.isoformat() and effect.at.isoformat() <= at
                if (not told and len((await agenda(unit, self._catalogue, person, now))[0]) < ENOUGH) or (
                    not told and day == today.isoformat()
                ):
                    left.append(person)
                elif not told:
                    await unit.settings.put(_told(person), f"{today.isoformat()}|{now.isoformat()}")
                    digest = SendDigest(f"digest:{person.id}:{today}", change.id, person, today)
                    await unit.outbox.add([digest], now)
            kind = ASKED_AGAIN.get(effect.line)
            if kind is not None:
                card = UpsertCard(effect.key, change.id, kind, message_of(kind, change))
                await unit.outbox.add(await copies_of(unit, card, effect.mention), now)
        return replace(effect, mention=tuple(left)) if left or not effect.mention else None

    async def copy(self, effect: UpsertPersonalCard) -> None:
        """Post the card in the person's chat, or bring it up to date there."""
        key = f"{effect.message}@{effect.to.id}"
        async with self._units() as unit:
            view = await view_of(unit, self._catalogue, self._clock, effect.change, refreshes=self._refreshes)
            ref = await unit.messages.get(effect.change, key)
            chat = await unit.chats.get(effect.to.id)
        if chat is None:
            return
        notice = ""
        if effect.card is CardKind.GO:
            notice = self._wording.preview(NoticeKind.PLANNED, view.change, view.service, self._clock.now())
        card = card_for(effect.card, view, effect.message, notice)
        if ref is not None and ref.conversation == chat.conversation:
            here = replace(ref, service_url=chat.service_url)
            if await self._edited(here, with_card(card, about(view.change)), _context(effect.change, key, chat)):
                return
        in_use = effect.message in [message_of(kind, view.change) for kind in cards_in_use(view.change)]
        if not effect.only_edit or (ref is not None and in_use):
            await self._send(chat, with_card(card, invitation(effect.card, view), [effect.to]), effect.change, key)

    async def digest(self, effect: SendDigest) -> None:
        """Say everything that waits for the person, once: in their chat or, where there is none, in the channel."""
        now, key = self._clock.now(), f"digest:{effect.day}@{effect.to.id}"
        async with self._units() as unit:
            if await unit.messages.get(effect.change, key) is not None:
                return
            items, _own = await agenda(unit, self._catalogue, effect.to, now)
            view = await view_of(unit, self._catalogue, self._clock, effect.change, refreshes=False)
            chat = await unit.chats.get(effect.to.id)
            who = await unit.people.get(effect.to.id) or UserProfile(effect.to)
        if not items:
            return
        card = digest_card(items, self._catalogue.services, now)
        told = with_card(card, digest_line(items), [who.person])
        if chat is not None and await self._send(chat, told, effect.change, key):
            return
        # A channel reads of its own service only.
        items = tuple(item for item in items if item.change.plan.service == view.service.key) or items[:0]
        if not items:
            return
        card = digest_card(items, self._catalogue.services, now)
        activity = with_card(card, digest_line(items), [who.person]) | mentioning(digest_line(items), [who])
        await self._announce(view.service, effect.change, key, activity)

    async def tell(self, effect: TellPerson) -> None:
        """Say the line in the person's chat, once."""
        async with self._units() as unit:
            if await unit.messages.get(effect.change, effect.key) is not None:
                return
            view = await view_of(unit, self._catalogue, self._clock, effect.change, refreshes=False)
            chat = await unit.chats.get(effect.to.id)
        if chat is not None:
            await self._send(chat, with_text(in_person(effect.tell, view)), effect.change, effect.key)

    async def _send(self, chat: PersonalConversation, activity: dict[str, Any], change: str, key: str) -> bool:
        """Whether it could be posted; a chat that is gone is forgotten."""
        try:
            posted = await self._connector.send(
                chat.service_url, chat.conversation, activity, _context(change, key, chat)
            )
        except ConnectorError as error:
            if not is_gone(error):
                raise
            await self.forget(chat.conversation, error)
            return False
        ref = MessageRef(chat.service_url, chat.conversation, posted.value, chat.conversation)
        await commit_with_retry(self._units, lambda unit: unit.messages.put(change, key, ref))
        return True

    async def _edited(self, ref: MessageRef, activity: dict[str, Any], context: DeliveryContext) -> bool:
        """Whether it stands there; not when it was deleted, or the chat is gone."""
        try:
            await self._connector.update(ref.service_url, ref.conversation, ref.activity, activity, context)
        except ConnectorError as error:
            if not is_gone(error):
                raise
            if isinstance(error, ConversationUnavailable):
                await self.forget(ref.conversation, error)
            log.info("a card in a personal chat is not there any more: %s", error)
            return False
        return True

    async def forget(self, conversation: str, why: ConnectorError) -> None:
        """Keep the chat no longer, until the person writes in it again; nothing where it is no personal chat."""
        log.info("a personal chat is gone: %s", why)
        async with self._units() as unit:
            await unit.chats.drop(conversation)


def _context(change: str, key: str, chat: PersonalConversation) -> DeliveryContext:
    return DeliveryContext(change, key, chat.person.name or chat.person.id, DeliveryChannel.PERSONAL)


async def view_of(
    unit: UnitOfWork, catalogue: Catalogue, clock: Clock, change_id: str, *, refreshes: bool
) -> ChangeContext:
    """The change as it stands. Raises PermanentError when it does not exist."""
    stored = await unit.changes.load(change_id)
    if stored is None:
        raise PermanentError(f"{change_id} does not exist")
    service = await with_resolved_people(unit, catalogue.of(stored.change))
    mris = await refresh_user_ids(unit, stored.change, service) if refreshes else ()
    return await ChangeContext.of(unit, catalogue, stored.change, service, clock.now(), mris)


def _told(person: Person) -> str:
    """The setting that says for which day the person was sent a digest last."""
    return f"digest:{person.id}"
