"""`/change admin token`, `tokens` and `revoke`: who may use the API, for the admin alone."""

from collections.abc import Sequence

from application.api import tokens as api_tokens
from application.api.tokens import ApiToken
from application.input_parsing.token_request import read_token_name, read_token_request
from bot.commands.command_context import CommandContext
from changes.errors import NotFound
from changes.text import Message, joined
from changes.text.messages import listed
from dialogs.turn import send_text
from language import _

_MADE, _LISTED, _REVOKED = ("token", "jeton"), ("tokens", "jetons"), ("revoke", "revoquer")
WORDS = frozenset((*_MADE, *_LISTED, *_REVOKED))
"""What follows `admin` where it is about a token."""


async def tokens(request: CommandContext, words: Sequence[str]) -> None:
    """`token NAME [SCOPES] [DAYS]`, `tokens`, `revoke NAME`, from somebody who may, in their own chat."""
    session = request.turn_input.session
    settings = session.unit.settings
    match words:
        case [word, *named] if word in _MADE:
            name, scopes, days = read_token_request(named)
            secret = await api_tokens.make(settings, session.person, name, scopes, days, session.now)
            said = _(
                "The API token **{name}** ({scopes}) was created and is valid for {days} days. It acts with your own "
                "rights, without admin rights, while you remain an admin. Copy it now; it is not shown again. Then "
                "delete this message.\n\n`{secret}`",
                name=name,
                scopes=listed(sorted(scopes)),
                days=days,
                secret=Message.from_markup(secret),
            )
        case [word] if word in _LISTED:
            lines = [await _line(request, each) for each in await api_tokens.tokens(settings)]
            said = joined(*lines, by="\n\n") if lines else _("There is no API token.")
        case [word, *named] if word in _REVOKED and len(named) <= 1:
            name = read_token_name(named)
            await api_tokens.revoke(settings, name)
            said = _("The API token **{name}** has been revoked.", name=name)
        case _:
            raise NotFound(
                "Type `/change admin token NAME [SCOPES] [DAYS]`, `/change admin tokens` or "
                "`/change admin revoke NAME`."
            )
    await send_text(request.context, said)


async def _line(request: CommandContext, token: ApiToken) -> str:
    session = request.turn_input.session
    met = await session.directory.profile(token.person)
    return _(
        "**{name}** ({scopes}): until {day}, made by {who}",
        name=token.name,
        scopes=listed(sorted(token.scopes)),
        day=token.expires_at.date(),
        who=(met.person.name if met else "") or token.person.id,
    )
