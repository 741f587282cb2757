"""One change whole, as far as it is written down, and where in Teams it is decided about."""

import asyncio
from collections.abc import Iterator, Sequence
from urllib.parse import quote, urlencode

from application.ports import UnitOfWork
from application.record import record_of
from application.session import UserSession
from cards.document.document import Block, Heading, Rows, document
from cards.overview.detail import steps_to_come
from cards.overview.status import STATUS
from cards.request.summary import timeline_rows
from changes.model import Change
from language import _

TEAMS = "https://teams.microsoft.com/l"


async def record_blocks(session: UserSession, change: Change) -> tuple[Block, ...]:
    """The change as a document without its own title, with the steps to come behind its facts."""
    view, lines = await record_of(session.unit, session.catalogue, change, session.now)
    blocks = await asyncio.to_thread(document, view, lines)
    return tuple(_with_timeline(blocks[1:], timeline_rows(view, steps_to_come(view))))


def _with_timeline(blocks: Sequence[Block], steps: Sequence[tuple[str, str]]) -> Iterator[Block]:
    yield blocks[0]
    if steps:
        yield Heading(2, _("Timeline"))
        yield Rows((_("Step"), _("Date")), tuple(steps))
    yield from blocks[1:]


async def address_in_teams(unit: UnitOfWork, change: Change, bot_id: str) -> str:
    """The thread that the live card begins; the chat with the bot where the change has none yet."""
    ref, binding = await unit.messages.get(change.id, STATUS), await unit.bindings.get(change.plan.service)
    if ref is None or binding is None:
        given = {"users": f"28:{bot_id}", "message": f"/change show {change.id}"}
        return f"{TEAMS}/chat/0/0?{urlencode(given, quote_via=quote)}"
    given = {"tenantId": binding.tenant}
    if binding.is_channel:
        given |= {"groupId": binding.group, "parentMessageId": ref.activity}
    else:
        given["context"] = '{"contextType":"chat"}'
    query = urlencode({name: value for name, value in given.items() if value}, quote_via=quote)
    place, message = (quote(each, safe="") for each in (ref.conversation.partition(";")[0], ref.activity))
    return f"{TEAMS}/message/{place}/{message}?{query}"
