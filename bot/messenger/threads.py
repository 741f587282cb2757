"""Where a change is carried in its service's conversation: its live card, and the thread of everything about it.

What is gone is posted anew: a message in its thread, and a thread where the service is bound now. A card in another
thread than the live card's counts as gone. Only where nothing at all can be posted there is nowhere to go.
"""

import logging
from dataclasses import replace
from enum import Enum, auto
from typing import Any, Self

from application.change_context import ChangeContext
from application.ports import Binding, MessageRef, NoticeTexts, UnitOfWork
from bot.connector.errors import ConnectorError
from bot.messenger.card_refresh import draw_status
from bot.messenger.fallback_connector import Accepted, DeliveryContext, FallbackConnector
from bot.messenger.journal import Journal
from bot.messenger.message_factory import with_card, with_text
from bot.messenger.posting import Posting, Unreachable
from bot.messenger.reposting import cards_to_repost, is_in_conversation
from cards.elements.notification import about
from cards.overview.status import STATUS
from changes.delivery_log import DeliveryRecord
from changes.text.messages import Message
from language import _

log = logging.getLogger(__name__)


ANNOUNCEMENT = "announcement"
"""The key of the first message that affected people were told; what follows is said in its thread."""


class EditResult(Enum):
    """The result of updating a message."""

    EDITED = auto()
    LOST = auto()
    NEVER = auto()
    """It was never posted."""


class Thread:
    """The conversation of one change, for one delivery: posts and edits there, and notes where each message is."""

    def __init__(
        self,
        connector: FallbackConnector,
        journal: Journal,
        view: ChangeContext,
        wording: NoticeTexts,
        binding: Binding | None,
        refs: dict[str, MessageRef | None],
    ) -> None:
        """`refs` say where the live card and every message of this delivery stood before."""
        self.view, self._wording = view, wording
        self._connector, self._journal, self._binding, self._refs = connector, journal, binding, refs
        self._posting = Posting(connector, journal)
        stood = refs.get(STATUS)
        is_here = stood is not None and binding is not None and is_in_conversation(stood, binding)
        # Teams may have moved the conversation to another address since.
        self._root = replace(stood, service_url=binding.service_url) if is_here and stood and binding else None
        self._left = None if is_here else stood

    @classmethod
    async def read(
        cls,
        unit: UnitOfWork,
        connector: FallbackConnector,
        journal: Journal,
        view: ChangeContext,
        wording: NoticeTexts,
        *messages: str,
    ) -> Self:
        """The thread as it is stored, with what is known of these messages."""
        known = await unit.messages.of(view.change.id, (STATUS, *messages))
        refs = {each: known.get(each) for each in (STATUS, *messages)}
        return cls(connector, journal, view, wording, await unit.bindings.get(view.service.key), refs)

    def knows(self, message: str) -> bool:
        """Whether the message was posted before, wherever."""
        return self._refs[message] is not None

    async def status(self) -> None:
        """Bring the live card up to date; it is posted where it does not stand. Raises Unreachable."""
        self._check_bound()
        if self._root is not None:
            activity, context = self._status_card(), self._context(STATUS)
            if await self._posting.edit(self._root, activity, context):
                return
            # Perhaps somebody deleted this one message, and its thread goes on.
            if (again := await self._posting.post_in(self._root, activity, context)) is not None:
                await self._remember(STATUS, again)
                return
        await self._begin()

    async def redraw_status(self) -> EditResult:
        """Bring the live card up to date where it stands, and do no more. Raises Unreachable."""
        self._check_bound()
        if self._root is None:
            return EditResult.LOST if self._left else EditResult.NEVER
        is_edited = await self._posting.edit(self._root, self._status_card(), self._context(STATUS))
        return EditResult.EDITED if is_edited else EditResult.LOST

    async def redraw(self, message: str, activity: dict[str, Any]) -> EditResult:
        """Bring a card up to date where it stands, and do no more. Raises Unreachable."""
        self._check_bound()
        ref = self._refs[message]
        if ref is None:
            return EditResult.NEVER
        if self._root is None or ref.thread != self._root.thread:
            return EditResult.LOST
        here = replace(ref, service_url=self._root.service_url)
        return (
            EditResult.EDITED if await self._posting.edit(here, activity, self._context(message)) else EditResult.LOST
        )

    async def card(self, message: str, activity: dict[str, Any]) -> None:
        """Post a card in the change's thread, and say so where it stood in another conversation. Raises Unreachable."""
        posted = await self.post_in_thread(message, activity)
        await self._mark_moved(self._refs[message], posted)

    async def post_in_thread(self, message: str, activity: dict[str, Any]) -> MessageRef:
        """Post in the change's thread, which is begun anew where it is gone. Raises Unreachable."""
        context = self._context(message)
        root = self._root or await self._begin()
        posted = await self._posting.post_in(root, activity, context)
        if posted is None:
            root = await self._begin()
            posted = (await self._posting.post(root.service_url, root.thread, activity, context)).value
        await self._remember(message, posted)
        return posted

    async def announce(self, message: str, activity: dict[str, Any], told: DeliveryRecord) -> None:
        """Tell affected people, and note that as `told`. Raises Unreachable.

        What they are told of one change is one thread, which they can follow.
        """
        posted = await self._announced(activity)
        accepted = posted or await self._posting.begin(self._check_bound(), activity, None)

        async def write(unit: UnitOfWork) -> None:
            await unit.messages.put(self.view.change.id, message, accepted.value)
            if posted is None:
                await unit.messages.put(self.view.change.id, ANNOUNCEMENT, accepted.value)
            # It has a line of its own in the log, which says what was left out of it.
            await unit.delivery_log.note(replace(told, why=accepted.left_out or told.why))

        await self._journal.note(write)

    async def post_alone(self, message: str, activity: dict[str, Any]) -> None:
        """Post a message that is about more than this change, outside of its thread. Raises Unreachable."""
        posted = await self._posting.begin(self._check_bound(), activity, self._context(message))
        await self._remember(message, posted.value)

    async def _announced(self, activity: dict[str, Any]) -> Accepted[MessageRef] | None:
        """Posted in the thread of the announcement; None where there is none, or it is gone."""
        binding, root = self._check_bound(), self._refs.get(ANNOUNCEMENT)
        if root is None or not is_in_conversation(root, binding):
            return None
        try:
            return await self._posting.post(binding.service_url, root.thread, activity, None)
        except Unreachable as gone:
            log.info("the thread of an announcement is gone: %s", gone)
            return None

    async def _begin(self) -> MessageRef:
        """Begin the change's thread with its live card; what is in use follows there from an earlier one."""
        view, left = self.view, self._root or self._left
        root = (await self._posting.begin(self._check_bound(), self._status_card(), self._context(STATUS))).value

        async def write(unit: UnitOfWork) -> None:
            await unit.messages.put(view.change.id, STATUS, root)
            if left is not None:
                cards = await cards_to_repost(unit, view.change, view.service, view.now, f"in:{root.activity}")
                await unit.outbox.add(cards, view.now)

        await self._journal.note(write)
        await self._mark_moved(left, root)
        self._root, self._left = root, None
        return root

    async def _mark_moved(self, before: MessageRef | None, now: MessageRef) -> None:
        """Replace the message in the former conversation by a pointer to the new one, if the bot still reaches it."""
        if before is None or _place(before) == _place(now):
            return
        change = self.view.change
        text = _(
            "**{id}** ({title}) continues in another conversation: {service} is bound to that one now.",
            id=change.id,
            title=change.plan.title,
            service=self.view.service.name,
        )
        await self._journal.flush()
        try:
            await self._connector.update(before.service_url, before.conversation, before.activity, with_text(text))
        except ConnectorError as error:
            log.info("where %s stood before nothing can be said: %s", change.id, error)

    async def _remember(self, message: str, ref: MessageRef) -> None:
        await self._journal.note(lambda unit: unit.messages.put(self.view.change.id, message, ref))

    def _check_bound(self) -> Binding:
        """The conversation of the service. Raises Unreachable where it has none."""
        if self._binding is None:
            name, key = self.view.service.name, self.view.service.key
            raise Unreachable(
                Message("{name} is not bound to a channel: type `@Change bot bind {key}` in it.", name=name, key=key)
            )
        return self._binding

    def _status_card(self) -> dict[str, Any]:
        return with_card(draw_status(self.view, self._wording), about(self.view.change))

    def _context(self, message: str) -> DeliveryContext:
        return DeliveryContext(self.view.change.id, message, self.view.service.name)


def _place(ref: MessageRef) -> str:
    """The channel or chat in which the message is."""
    return ref.thread.partition(";")[0]
