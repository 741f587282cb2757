"""`/change rehearse ID [good|bad]`: plays the change for whoever typed it, in their own chat."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from structlog.contextvars import bound_contextvars

from application import change_service
from application.ports import UnitOfWork
from application.retry import commit_with_retry
from application.session import UNBOUND
from bot.commands.command_context import CommandContext
from bot.messenger.message_factory import with_text
from bot.messenger.private_answers import answer_alone
from bot.messenger.views import shared_language
from changes import commands as c
from changes.effects import Reply
from changes.errors import CommandRejected
from changes.model import Change
from changes.reporting.search import comparable
from dialogs.turn import send_text
from language import N_, _, current_language, invalid, translate, use_language
from rehearsal.retelling import retold
from rehearsal.script import PLAYS
from rehearsal.stage import Installation, staged

log = logging.getLogger(__name__)
LONGEST_S = 60.0
"""Seconds for a play; it takes two or three."""
_DAYS = {
    **dict.fromkeys(("", "good", "good day", "bon", "favorable"), False),
    **dict.fromkeys(("bad", "bad day", "mauvais", "defavorable"), True),
}
"""How the two days are typed."""
_FAILED = N_("{id} could not be rehearsed; the log says why. Nothing was changed.")


class Rehearsals:
    """Plays one after the other, beside everything else; each person waits for one at a time."""

    def __init__(self, real: Installation, kick: Callable[[], None]) -> None:
        """`kick` tells the worker that there is something to deliver."""
        self._real, self._kick = real, kick
        self._one = asyncio.Lock()
        self._plays: dict[str, asyncio.Task[None]] = {}

    async def order(self, request: CommandContext) -> None:
        """Begin a play, and answer at once. Raises CommandRejected where the person may not see it played."""
        session, change = request.turn_input.session, await request.change()
        day = _DAYS.get(comparable(request.argument))
        if day is None:
            raise invalid(
                "day", "Say which day: `/change rehearse {id} good` or `/change rehearse {id} bad`.", id=change.id
            )
        command = c.NoteRehearsal(session.person, day)
        await session.would_accept(change.id, command)
        service = await session.service(change.plan.service)
        if await session.unit.bindings.get(service.key) is None:
            raise CommandRejected(UNBOUND, service=service.name, key=service.key)
        if session.person.id in self._plays:
            raise CommandRejected("Your last rehearsal is still being played: it will be here in a moment.")
        await answer_alone(request.context, request.turn_input)
        activity, alone = request.context.activity, request.turn_input.alone
        where: dict[str, object] = {"id": activity.conversation.id, "serviceUrl": activity.service_url}
        if alone is not None:
            where = {"id": alone.conversation, "serviceUrl": alone.service_url}
        await send_text(
            request.context,
            _("I am rehearsing {id} for you alone; nobody else sees it. It will be here in a moment.", id=change.id),
        )
        language = current_language()

        async def begin() -> None:
            with use_language(language):  # a task keeps the language that it was begun in
                play = asyncio.create_task(self._played(change, command, where, f"rehearsal:{activity.id}"))
            self._plays[session.person.id] = play
            play.add_done_callback(lambda _play: self._plays.pop(session.person.id, None))

        request.after_commit.append(begin)

    async def close(self) -> None:
        """End what is being played: nothing of it is left anywhere."""
        plays = tuple(self._plays.values())
        for each in plays:
            each.cancel()
        await asyncio.gather(*plays, return_exceptions=True)

    async def _played(self, change: Change, command: c.NoteRehearsal, where: dict[str, object], key: str) -> None:
        async def write(unit: UnitOfWork) -> None:
            now = self._real.clock.now()
            if is_played:
                await change_service.execute(unit, self._real.catalogue, change.id, command, now, "chat")
            replies = [Reply(f"{key}:{number}", "", where, each) for number, each in enumerate(told)]
            await unit.outbox.add(replies, now)

        is_played = False
        try:
            async with self._one, asyncio.timeout(LONGEST_S):
                told = await play(self._real, change, is_bad=command.is_bad)
            is_played = True
            await commit_with_retry(self._real.units, write)
        except Exception:
            # Nobody awaits this task: whoever asked for it would hear nothing.
            log.exception("%s could not be rehearsed", change.id)
            is_played, told = False, [with_text(_(_FAILED, id=change.id))]
            await commit_with_retry(self._real.units, write)
        self._kick()


async def play(real: Installation, change: Change, *, is_bad: bool) -> list[dict[str, Any]]:
    """The messages of a play of the change, in the language of the moment."""
    stopped = ""
    with bound_contextvars(rehearsal=change.id):
        async with staged(real, change) as stage:
            try:
                with use_language(shared_language(real.catalogue.of(change))):  # in which people write to each other
                    await PLAYS[is_bad](stage)
            except CommandRejected as refusal:
                stopped = translate(refusal)
            service = await stage.service()
    return retold(change, service, stage.delivered, stage.chats, is_bad=is_bad, stopped=stopped)
