"""One change whole, as far as it is written down, and where in Teams it is decided about."""

import asyncio
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
    _title, facts, *others = await asyncio.to_thread(document, view, lines)
    steps = tuple(timeline_rows(view, steps_to_come(view)))
    timeline = (Heading(2, _("Timeline")), Rows((_("Step"), _("Date")), steps)) if steps else ()
    return (facts, *timeline, *others)


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
