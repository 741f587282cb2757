"""Posts and edits single messages; before each, what was sent is noted, so that nothing is sent twice."""

import logging
from typing import Any

from application.ports import Binding, MessageRef, PermanentError
from bot.connector.errors import ConnectorError, is_gone
from bot.messenger.fallback_connector import Accepted, DeliveryContext, FallbackConnector
from bot.messenger.journal import Journal

log = logging.getLogger(__name__)


class Unreachable(PermanentError):
    """The service's conversation takes nothing, for good: the sentence says why."""


class Posting:
    """The Connector for one delivery."""

    def __init__(self, connector: FallbackConnector, journal: Journal) -> None:
        self._connector, self._journal = connector, journal

    async def begin(
        self, binding: Binding, activity: dict[str, Any], context: DeliveryContext | None
    ) -> Accepted[MessageRef]:
        """Post a message of its own: a new thread in a channel, a plain message in a group chat. Raises Unreachable."""
        if not binding.is_channel:
            return await self.post(binding.service_url, binding.conversation, activity, context)
        parameters = {
            "isGroup": True,
            "bot": {"id": binding.bot},
            "tenantId": binding.tenant,
            "activity": activity,
            "channelData": {"channel": {"id": binding.conversation}, "tenant": {"id": binding.tenant}},
        }
        await self._journal.flush()
        try:
            begun = await self._connector.create_conversation(binding.service_url, parameters, context)
        except ConnectorError as error:
            if is_gone(error):
                raise Unreachable(error.sentence) from error
            raise
        thread, message = begun.value
        return Accepted(MessageRef(binding.service_url, thread, message, thread), begun.left_out)

    async def post(
        self, service_url: str, conversation: str, activity: dict[str, Any], context: DeliveryContext | None
    ) -> Accepted[MessageRef]:
        """Post in the conversation, or in the thread of that id. Raises Unreachable."""
        await self._journal.flush()
        try:
            posted = await self._connector.send(service_url, conversation, activity, context)
        except ConnectorError as error:
            if is_gone(error):
                raise Unreachable(error.sentence) from error
            raise
        return Accepted(MessageRef(service_url, conversation, posted.value, conversation), posted.left_out)

    async def post_in(self, root: MessageRef, activity: dict[str, Any], context: DeliveryContext) -> MessageRef | None:
        """Post in the thread of that message: where it stands, or None when the thread is gone."""
        try:
            return (await self.post(root.service_url, root.thread, activity, context)).value
        except Unreachable as gone:
            log.info("a thread is gone: %s", gone)
            return None

    async def edit(self, ref: MessageRef, activity: dict[str, Any], context: DeliveryContext) -> bool:
        """Edit the message; False when it is gone."""
        await self._journal.flush()
        try:
            await self._connector.update(ref.service_url, ref.conversation, ref.activity, activity, context)
        except ConnectorError as error:
            if not is_gone(error):
                raise
            log.info("a message is gone: %s", error)
            return False
        return True
