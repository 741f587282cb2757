"""Finds the cards to repost after a service was bound to another conversation."""

from collections.abc import Collection
from datetime import datetime

from application.ports import Binding, MessageRef, UnitOfWork
from cards.overview.status import STATUS
from changes.effects import Effect, UpsertCard, UpsertStatusCard
from changes.model import OPEN, Change, Person, State
from changes.notification.cards import CardKind, awaited_card, cards_in_use, message_of
from changes.planning.reminders import REVIEWED_WITHIN
from changes.policy import Service
from changes.reporting.search import Search
from changes.reporting.worklist import asked_people

"""The message key of the live card."""


async def effects_after_binding(unit: UnitOfWork, service: Service, now: datetime) -> list[Effect]:
    """What is to be shown when the service was bound, to another conversation or again.

    Cards of these changes that could not be delivered are let go: they stand anew, as they are now. Lines and notices
    stay with the admins, since they are about a moment that is over.
    """
    found = await unit.changes.find(Search(service=service.key, states=OPEN, viewer=""))
    since = now - REVIEWED_WITHIN
    over = await unit.changes.find(Search(service=service.key, states=(State.COMPLETED,), since=since, until=now))
    live = [change for change in (*found, *over) if _is_carried(change)]
    await _let_go(unit, {change.id for change in live}, now)
    shown: list[Effect] = []
    for change in live:
        shown.append(_status_anew(change, now))
        shown += await cards_to_repost(unit, change, service, now, f"at:{now.isoformat()}")
    return shown


async def effects_to_repost(unit: UnitOfWork, change: Change, service: Service, now: datetime) -> list[Effect]:
    """Effects that repost the change's cards known to be missing from the bound conversation.

    It stands elsewhere than the service is bound, or could not be delivered. That letter is let go for this one.
    """
    binding = await unit.bindings.get(service.key)
    if binding is None or not _is_carried(change):
        return []
    died = await _died(unit, {change.id})
    lost = {each.message if isinstance(each, UpsertCard) else STATUS for _id, each in died}
    cards = await cards_to_repost(unit, change, service, now, f"at:{now.isoformat()}")
    known = await unit.messages.of(change.id, (STATUS, *(each.message for each in cards)))
    root = known.get(STATUS)
    if root is None or STATUS in lost or not is_in_conversation(root, binding):
        anew: list[Effect] = [_status_anew(change, now), *cards]
    else:
        anew = [card for card in cards if card.message in lost or not _stands(known.get(card.message), root)]
    if anew:
        await _let_go(unit, {change.id}, now)
    return anew


async def cards_to_repost(
    unit: UnitOfWork, change: Change, service: Service, now: datetime, mark: str
) -> list[UpsertCard]:
    """The cards in use, to be shown where the change is carried now. `mark` says on what occasion: once for each."""
    cards = []
    for kind in cards_in_use(change):
        message = message_of(kind, change)
        if is_early(kind, change, now) and await unit.messages.get(change.id, message) is None:
            continue
        key = f"{change.id}:{message}:anew:{mark}"
        who = people_called(kind, change, service, now)
        cards.append(UpsertCard(key, change.id, kind, message, who, only_edit=True, anew=True))
    return cards


def people_called(kind: CardKind, change: Change, service: Service, now: datetime) -> tuple[Person, ...]:
    """The people who are called to the card when it is posted anew: those for whom it waits."""
    return pending_people(change, service, now) if kind is awaited_card(change) else ()


def pending_people(change: Change, service: Service, now: datetime) -> tuple[Person, ...]:
    """The people for whom something of the change waits."""
    people = (change.plan.implementer, change.requester, service.approver, *service.deputies)
    asked = asked_people(change, service, now)
    return tuple(each for each in dict.fromkeys(people) if each in asked)


def is_early(kind: CardKind, change: Change, now: datetime) -> bool:
    """Whether the card is still to come by itself: that of the day comes when the window begins."""
    return kind is CardKind.DAY and change.state is State.READY and now < change.plan.window.start


def is_in_conversation(ref: MessageRef, binding: Binding) -> bool:
    """Whether the message is in that conversation: a thread is named by its channel."""
    return ref.thread.partition(";")[0] == binding.conversation


def _is_carried(change: Change) -> bool:
    """Whether the change has a status card in its service's conversation, and still needs it."""
    if change.state is State.DRAFT:
        return not change.is_private
    return change.state in OPEN or awaited_card(change) is not None


def _status_anew(change: Change, now: datetime) -> UpsertStatusCard:
    return UpsertStatusCard(f"{change.id}:{STATUS}:anew:at:{now.isoformat()}", change.id)


def _stands(ref: MessageRef | None, root: MessageRef) -> bool:
    return ref is not None and ref.thread == root.thread


async def _died(unit: UnitOfWork, changes: Collection[str]) -> list[tuple[int, UpsertStatusCard | UpsertCard]]:
    dead = await unit.outbox.dead()
    return [
        (each.id, each.effect)
        for each in dead
        if isinstance(each.effect, UpsertStatusCard | UpsertCard) and each.effect.change in changes
    ]


async def _let_go(unit: UnitOfWork, changes: Collection[str], now: datetime) -> None:
    for entry, _effect in await _died(unit, changes):
        await unit.outbox.discard(entry, now)
