"""`/change rehearse ID [good|bad]`: plays the change for whoever typed it, in their own chat."""

from bot.commands.command_context import CommandContext
from bot.messenger.private_answers import answer_alone
from changes import commands as c
from changes.reporting.search import comparable
from dialogs.turn import send_text
from language import _, invalid

_DAYS = {
    **dict.fromkeys(("", "good", "good day", "bon", "favorable"), False),
    **dict.fromkeys(("bad", "bad day", "mauvais", "defavorable"), True),
}
"""How the two days are typed."""


async def rehearse(request: CommandContext) -> None:
    """Have it played, and answer at once. Raises CommandRejected where the person may not see it played."""
    session, change = request.turn_input.session, await request.change()
    is_bad = _DAYS.get(comparable(request.argument))
    if is_bad is None:
        raise invalid(
            "day", "Say which day: `/change rehearse {id} good` or `/change rehearse {id} bad`.", id=change.id
        )
    await session.check_channel(change)
    await answer_alone(request.context, request.turn_input)
    await session.execute(change.id, c.NoteRehearsal(session.person, is_bad))
    await send_text(
        request.context,
        _("I am rehearsing {id} for you alone; nobody else sees it. It will be here in a moment.", id=change.id),
    )
