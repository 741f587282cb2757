"""Which language the bot speaks with a person: what they chose, or else that of their Teams."""

from bot.commands.command_context import CommandContext
from changes.errors import NotFound
from changes.reporting.search import comparable
from dialogs.turn import send_text
from language import _, use_language

_CHOICES = {
    **dict.fromkeys(("en", "english", "anglais"), "en"),
    **dict.fromkeys(("fr", "french", "francais"), "fr"),
    **dict.fromkeys(("auto", "teams", "automatique"), ""),
}


async def language(request: CommandContext) -> None:
    """`language fr` chooses French from now on, `language auto` the language of Teams again."""
    session = request.turn_input.session
    choice = _CHOICES.get(comparable(request.order.rest))
    if choice is None:
        raise NotFound(
            "Say which: `/change language en`, `/change language fr`, or `/change language auto` for that of Teams."
        )
    await session.directory.choose_language(session.person, choice)
    with use_language(await session.directory.language(session.person) or "en"):
        await send_text(request.context, _("Noted: I'll answer you in English."))
