"""`/change rehearse ID [good|bad]`: plays the change for whoever typed it, in their own chat."""

from bot.commands.command_context import CommandContext
from bot.messenger.private_answers import answer_alone
from changes import commands as c
from changes.reporting.search import comparable
from dialogs.turn import send_text
from language import _

_BAD = frozenset({"bad", "mauvais", "defavorable"})
"""How a bad day is typed; anything else is a good one."""


async def rehearse(request: CommandContext) -> None:
    """Have it played, and answer at once. Raises CommandRejected where the person may not see it played."""
    session, change = request.turn_input.session, await request.change()
    await session.check_channel(change)
    await answer_alone(request.context, request.turn_input)
    await session.execute(change.id, c.NoteRehearsal(session.person, comparable(request.argument) in _BAD))
    said = _("I am rehearsing {id} for you alone; nobody else sees it. It will be here in a moment.", id=change.id)
    await send_text(request.context, said)
