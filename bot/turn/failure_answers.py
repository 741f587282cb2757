"""Error answers sent directly to Teams, bypassing the database."""

import asyncio
import logging

from bot.connector.errors import ConnectorError
from bot.messenger.fallback_connector import FallbackConnector
from bot.messenger.message_factory import with_text
from bot.sdk import Activity
from bot.turn.invokes import InvokeResult, failure
from changes.errors import Outage
from language import N_, _, of_locale, use_language

log = logging.getLogger(__name__)
LONGEST_S = 5.0
"""Seconds for the sentence that nothing was done: with the turn, less than Teams waits before it delivers again."""
SENTENCES = {
    Outage.AWAY: N_(
        "I cannot reach my database at the moment, so nothing can be looked up or saved. Try again in a minute, and "
        "look with `/change list` before you do anything twice."
    ),
    Outage.BUSY: N_(
        "Another program holds my database, so nothing was looked up or saved. Please send it again in a minute."
    ),
    Outage.FULL: N_(
        "The disk of my database is full, so nothing can be saved. An administrator has to make room on it; "
        "please send it again after that."
    ),
    Outage.READ_ONLY: N_(
        "I am not allowed to write to my database, so nothing was saved. An administrator has to look at it; "
        "please send it again after that."
    ),
    Outage.DAMAGED: N_(
        "My database is damaged, so nothing was saved. An administrator has to look at my log and restore a backup; "
        "please send it again after that."
    ),
    Outage.REPLACED: N_(
        "The file of my database was deleted or replaced, so nothing was saved. An administrator has to look at my log "
        "and restart me; please send it again after that."
    ),
}
BUSY = N_("Many people are working on this at the same moment, and nothing was changed. Please try again.")
_NOT_TAKEN = InvokeResult(503, None)
"""Teams is asked to deliver it again: there is nobody to be told, or nobody could be."""


class FailureAnswers:
    """Answers whoever waits; `connector` must not need the database."""

    def __init__(self, connector: FallbackConnector) -> None:
        self._connector = connector

    async def answer(self, activity: Activity, key: str, code: str, sentence: str, status: int) -> InvokeResult | None:
        """Say why nothing came of the activity: to an invoke in its answer, else in a message of its own."""
        with use_language(of_locale(activity.locale)):
            if activity.type == "invoke":
                return InvokeResult(200, failure(activity, code, _(sentence), status))
            if activity.type == "message" and await self._said(activity, key, _(sentence)):
                return None
        return _NOT_TAKEN

    async def _said(self, activity: Activity, key: str, sentence: str) -> bool:
        try:
            async with asyncio.timeout(LONGEST_S):
                await self._connector.send(activity.service_url, activity.conversation.id, with_text(sentence))
        except (ConnectorError, TimeoutError) as error:
            log.warning("nobody could be told that nothing came of %s: %s", key, error)
            return False
        return True
