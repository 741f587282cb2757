"""Where a change is carried in its service's conversation: its live card, and the thread of everything about it.

What is gone is posted anew: a message in its thread, and a thread where the service is bound now. A card in another
thread than the live card's counts as gone. Only where nothing at all can be posted there is nowhere to go.
"""

import logging
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Any

from application.change_context import ChangeContext
from application.ports import Binding, MessageRef, PermanentError, UnitOfWork, UnitOfWorkFactory
from application.retry import commit_with_retry
from bot.connector.errors import ConnectorError, is_gone
from bot.connector.fallback_connector import Accepted, DeliveryContext, FallbackConnector
from bot.messenger.message_factory import with_card, with_text
from bot.messenger.reposting import STATUS, cards_anew, lies_in
from cards.elements.notification import about
from cards.overview.status import status_card
from changes.notification.delivery_log import DeliveryRecord
from changes.policy import Service
from changes.text.messages import Said
from language import _

log = logging.getLogger(__name__)


class Unreachable(PermanentError):
    """The service's conversation takes nothing, for good: the sentence says why."""


class Stood(Enum):
    """What became of a message that was to be brought up to date."""

    EDITED = auto()
    LOST = auto()
    NEVER = auto()
    """It was not posted so far."""


@dataclass(frozen=True, slots=True)
class _Home:
    """The conversation of a change: `root` is its live card if that lies there, `left` where it stood else."""

    binding: Binding
    root: MessageRef | None
    left: MessageRef | None


class Threads:
    """Posts and edits what belongs to a change, and remembers where it is."""

    def __init__(self, units: UnitOfWorkFactory, connector: FallbackConnector) -> None:
        self._units, self._connector = units, connector

    async def status(self, view: ChangeContext) -> None:
        """Bring the live card up to date; it is posted where it does not stand."""
        home = await self._home(view)
        if home.root is not None:
            activity, context = with_card(status_card(view), about(view.change)), _context(view, STATUS)
            if await self._edited(home.root, activity, context):
                return
            # Perhaps somebody deleted this one message, and its thread goes on.
            if (again := await self._sent(home.root, activity, context)) is not None:
                await self._remember(view.change.id, STATUS, again)
                return
        await self._begin(view, home)

    async def redraw_status(self, view: ChangeContext) -> Stood:
        """Bring the live card up to date where it stands, and do no more."""
        home = await self._home(view)
        if home.root is None:
            return Stood.LOST if home.left else Stood.NEVER
        activity = with_card(status_card(view), about(view.change))
        is_edited = await self._edited(home.root, activity, _context(view, STATUS))
        return Stood.EDITED if is_edited else Stood.LOST

    async def redraw(self, view: ChangeContext, message: str, activity: dict[str, Any]) -> Stood:
        """Bring a card up to date where it stands, and do no more."""
        home = await self._home(view)
        async with self._units() as unit:
            ref = await unit.messages.get(view.change.id, message)
        if ref is None:
            return Stood.NEVER
        if home.root is None or ref.thread != home.root.thread:
            return Stood.LOST
        here = replace(ref, service_url=home.root.service_url)
        return Stood.EDITED if await self._edited(here, activity, _context(view, message)) else Stood.LOST

    async def says(self, view: ChangeContext, message: str) -> bool | None:
        """Whether the message was posted in the present thread; None when it was not posted anywhere."""
        home = await self._home(view)
        async with self._units() as unit:
            ref = await unit.messages.get(view.change.id, message)
        if ref is None:
            return None
        return home.root is not None and ref.thread == home.root.thread

    async def card(self, view: ChangeContext, message: str, activity: dict[str, Any]) -> None:
        """Post a card in the change's thread, and say so where it stood in another conversation. Raises Unreachable."""
        async with self._units() as unit:
            before = await unit.messages.get(view.change.id, message)
        posted = await self.say(view, message, activity)
        await self._leave(view, before, posted)

    async def say(self, view: ChangeContext, message: str, activity: dict[str, Any]) -> MessageRef:
        """Post in the change's thread, which is begun anew where it is gone. Raises Unreachable."""
        home = await self._home(view)
        root = home.root or await self._begin(view, home)
        context = _context(view, message)
        posted = await self._sent(root, activity, context)
        if posted is None:
            root = await self._begin(view, home)
            posted = await self._send(root.service_url, root.thread, activity, context)
        await self._remember(view.change.id, message, posted)
        return posted

    async def announce(
        self, service: Service, change: str, message: str, activity: dict[str, Any], told: DeliveryRecord | None = None
    ) -> None:
        """Post a message of its own, outside of the change's thread; `told` is noted with it. Raises Unreachable."""
        async with self._units() as unit:
            binding = await _bound(unit, service)
        # What is told has a line of its own, which says what was left out of it.
        context = DeliveryContext(change, message, service.name) if told is None else None
        posted = await self._post(binding, activity, context)

        async def write(unit: UnitOfWork) -> None:
            await unit.messages.put(change, message, posted.value)
            if told is not None:
                await unit.ledger.note(replace(told, why=posted.left_out or told.why))

        await commit_with_retry(self._units, write)

    async def _home(self, view: ChangeContext) -> _Home:
        async with self._units() as unit:
            binding = await _bound(unit, view.service)
            ref = await unit.messages.get(view.change.id, STATUS)
        if ref is None or not lies_in(ref, binding):
            return _Home(binding, None, ref)
        # Teams may have moved the conversation to another address since.
        return _Home(binding, replace(ref, service_url=binding.service_url), None)

    async def _begin(self, view: ChangeContext, home: _Home) -> MessageRef:
        """Begin the change's thread with its live card; what is in use follows there from an earlier one."""
        left = home.root or home.left
        posted = await self._post(
            home.binding, with_card(status_card(view), about(view.change)), _context(view, STATUS)
        )
        root = posted.value

        async def write(unit: UnitOfWork) -> None:
            await unit.messages.put(view.change.id, STATUS, root)
            if left is not None:
                cards = await cards_anew(unit, view.change, view.service, view.now, f"in:{root.activity}")
                await unit.outbox.add(cards, view.now)

        await commit_with_retry(self._units, write)
        await self._leave(view, left, root)
        return root

    async def _leave(self, view: ChangeContext, before: MessageRef | None, now: MessageRef) -> None:
        """Say where it stood before that it goes on elsewhere, if anybody can read that there."""
        if before is None or _place(before) == _place(now):
            return
        text = _(
            "**{id}** ({title}) continues in another conversation: {service} is bound to that one now.",
            id=view.change.id,
            title=view.change.plan.title,
            service=view.service.name,
        )
        try:
            await self._connector.update(before.service_url, before.conversation, before.activity, with_text(text))
        except ConnectorError as error:
            log.info("where %s stood before nothing can be said: %s", view.change.id, error)

    async def _post(
        self, binding: Binding, activity: dict[str, Any], context: DeliveryContext | None
    ) -> Accepted[MessageRef]:
        """A message of its own: a new thread in a channel, a plain message in a group chat."""
        if not binding.is_channel:
            return await self._taken(binding.service_url, binding.conversation, activity, context)
        parameters = {
            "isGroup": True,
            "bot": {"id": binding.bot},
            "tenantId": binding.tenant,
            "activity": activity,
            "channelData": {"channel": {"id": binding.conversation}, "tenant": {"id": binding.tenant}},
        }
        try:
            begun = await self._connector.create_conversation(binding.service_url, parameters, context)
        except ConnectorError as error:
            if is_gone(error):
                raise Unreachable(str(error)) from error
            raise
        thread, message = begun.value
        return Accepted(MessageRef(binding.service_url, thread, message, thread), begun.left_out)

    async def _send(
        self, service_url: str, conversation: str, activity: dict[str, Any], context: DeliveryContext
    ) -> MessageRef:
        return (await self._taken(service_url, conversation, activity, context)).value

    async def _taken(
        self, service_url: str, conversation: str, activity: dict[str, Any], context: DeliveryContext | None
    ) -> Accepted[MessageRef]:
        try:
            posted = await self._connector.send(service_url, conversation, activity, context)
        except ConnectorError as error:
            if is_gone(error):
                raise Unreachable(str(error)) from error
            raise
        return Accepted(MessageRef(service_url, conversation, posted.value, conversation), posted.left_out)

    async def _sent(self, root: MessageRef, activity: dict[str, Any], context: DeliveryContext) -> MessageRef | None:
        """Where it was posted in the thread; None when that is gone."""
        try:
            return await self._send(root.service_url, root.thread, activity, context)
        except Unreachable as gone:
            log.info("a thread is gone: %s", gone)
            return None

    async def _edited(self, ref: MessageRef, activity: dict[str, Any], context: DeliveryContext) -> bool:
        try:
            await self._connector.update(ref.service_url, ref.conversation, ref.activity, activity, context)
        except ConnectorError as error:
            if not is_gone(error):
                raise
            log.info("a message is gone: %s", error)
            return False
        return True

    async def _remember(self, change: str, message: str, ref: MessageRef) -> None:
        await commit_with_retry(self._units, lambda unit: unit.messages.put(change, message, ref))


def _context(view: ChangeContext, message: str) -> DeliveryContext:
    return DeliveryContext(view.change.id, message, view.service.name)


async def _bound(unit: UnitOfWork, service: Service) -> Binding:
    binding = await unit.bindings.get(service.key)
    if binding is None:
        raise Unreachable(
            Said(
                "{name} is not bound to a channel: type `@Change bot bind {key}` in it.",
                name=service.name,
                key=service.key,
            )
        )
    return binding


def _place(ref: MessageRef) -> str:
    """The channel or chat in which the message is."""
    return ref.thread.partition(";")[0]
