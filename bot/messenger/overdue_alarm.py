"""Tells the admins, in their own chats, that steps are overdue for days: past the outbox, which may be what is dead."""

import logging
from datetime import datetime

from application.ports import Clock, UnitOfWorkFactory
from application.queries.directory import Directory
from bot.connector.client import Connector
from bot.connector.errors import ConnectorError
from bot.messenger.message_factory import with_text
from cards.account.admin import overdue_text
from changes.errors import ConcurrencyConflict
from changes.policy import Catalogue
from language import use_language

log = logging.getLogger(__name__)
TOLD = "overdue.told"
"""The setting that says on which day it was told last."""


class OverdueAlarm:
    """Says it once a day, whoever of all replicas notices it first."""

    def __init__(self, units: UnitOfWorkFactory, connector: Connector, catalogue: Catalogue, clock: Clock) -> None:
        self._units, self._connector, self._catalogue, self._clock = units, connector, catalogue, clock

    async def __call__(self, count: int, oldest: datetime) -> None:
        """So many changes have overdue steps, the oldest since then. Raises DatabaseUnavailable."""
        now, texts = self._clock.now(), list[tuple[str, str, str]]()
        zone = next((each.zone for each in self._catalogue.services.values()), None)
        if zone is None:
            return
        try:
            async with self._units() as unit:
                if not await unit.settings.put(TOLD, now.date().isoformat()):
                    return
                for admin in self._catalogue.admins:
                    chat = await unit.chats.get(admin.id)
                    if chat is not None:
                        with use_language(await Directory(unit).language(admin) or "en"):
                            texts.append((chat.service_url, chat.conversation, overdue_text(count, oldest, zone)))
        except ConcurrencyConflict:
            return  # another replica says it
        for service_url, conversation, text in texts:
            try:
                await self._connector.send(service_url, conversation, with_text(text))
            except ConnectorError as error:
                log.warning("an admin could not be told that steps are overdue: %s", error)
