"""Carries out what `/change rehearse` asked for: the play, and its messages on their way to whoever asked."""

from collections.abc import Callable

from structlog.contextvars import bound_contextvars

from application.ports import Clock, PermanentError, UnitOfWork, Write
from application.queries.directory import Directory
from application.retry_log import RetryLog
from bot.messenger.views import shared_language
from changes.effects import PlayRehearsal, Reply
from changes.errors import CommandRejected
from changes.policy import Catalogue
from language import use_language
from notices import NoticeRenderer
from rehearsal.retelling import retold
from rehearsal.stage import Stage
from storage import open_in_memory

LONGEST_S = 5.0
"""Seconds for everything that is read of the bot's database."""


async def play(
    units: Callable[[float], UnitOfWork],
    catalogue: Catalogue,
    clock: Clock,
    wording: NoticeRenderer,
    effect: PlayRehearsal,
) -> Write:
    """What has to be written: the messages. The bot's database is only read: an interrupted play begins anew.

    Raises PermanentError where the change or the chat is gone.
    """
    async with open_in_memory(RetryLog()) as stage_units:
        async with units(LONGEST_S) as unit:
            stored, chat = await unit.changes.load(effect.change), await unit.chats.get(effect.to.id)
            if stored is None or chat is None:
                raise PermanentError(f"{effect.change} or the chat is gone")
            change, directory = stored.change, Directory(unit)
            service = await directory.service(catalogue.of(change))
            language = await directory.language(effect.to) or shared_language(service)
            begins = change.requested_at or clock.now()
            stage = Stage(stage_units, catalogue, wording, change, begins)
            await stage.set_up(unit)
        stopped = None
        with bound_contextvars(rehearsal=change.id), use_language(shared_language(service)):
            try:
                await stage.play(is_bad=effect.is_bad)
            except CommandRejected as refusal:
                stopped = refusal
    with use_language(language):
        told = retold(change, service, stage.delivered, is_bad=effect.is_bad, stopped=stopped)
    where = {"serviceUrl": chat.service_url, "id": chat.conversation}
    replies = [Reply(f"{effect.key}:{number}", "", where, each) for number, each in enumerate(told)]
    return lambda unit: unit.outbox.add(replies, clock.now())
