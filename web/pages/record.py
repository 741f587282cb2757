"""One change whole, as far as it is written down, and where in Teams it is decided about."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from application.ports import Binding, MessageRef, UnitOfWork
from application.record import record_of
from application.session import UserSession
from cards.document.document import Block, Heading, Rows, document
from cards.elements.state_labels import state_look
from cards.overview.detail import steps_to_come
from cards.overview.status import STATUS
from cards.request.summary import timeline_rows
from changes.model import Change
from language import _, as_text

TEAMS = "https://teams.microsoft.com/l"


@dataclass(frozen=True, slots=True)
class Record:
    """The document in blocks, the change's state, its window, and the address in Teams; empty where there is none."""

    change: Change
    blocks: tuple[Block, ...]
    state: str
    style: str
    window: str
    teams: str
    typed: str
    """What shows it in the chat with the bot."""

    @classmethod
    async def read(cls, session: UserSession, change_id: str, bot_id: str) -> "Record":
        """The change, if it is for the person to see; `bot_id` is empty in local mode. Raises NotFound."""
        change = await session.change(change_id)
        view, lines = await record_of(session.unit, session.catalogue, change, session.now)
        blocks = tuple(_with_timeline(document(view, lines), timeline_rows(view, steps_to_come(view))))
        look, typed = state_look(change), f"/change show {change.id}"
        teams = await _in_teams(session.unit, change, bot_id, typed) if bot_id else ""
        return cls(change, blocks, as_text(look.label), look.style, as_text(view.window_label), teams, typed)


def _with_timeline(blocks: Sequence[Block], steps: Sequence[tuple[str, str]]) -> Iterator[Block]:
    """The document without its own title, and with the steps to come behind its facts."""
    for number, block in enumerate(blocks[1:]):
        if number == 1 and steps:
            yield Heading(2, _("Timeline"))
            yield Rows((_("Step"), _("Date")), tuple(steps))
        yield block


async def _in_teams(unit: UnitOfWork, change: Change, bot_id: str, typed: str) -> str:
    """The thread that the live card begins; the chat with the bot where the change has none yet."""
    ref, binding = await unit.messages.get(change.id, STATUS), await unit.bindings.get(change.plan.service)
    if ref is None or binding is None:
        return f"{TEAMS}/chat/0/0?{urlencode({'users': f'28:{bot_id}', 'message': typed}, quote_via=quote)}"
    return _thread(ref, binding)


def _thread(ref: MessageRef, binding: Binding) -> str:
    place, message = ref.conversation.partition(";")[0], ref.activity
    if binding.is_channel:
        given = {"tenantId": binding.tenant, "groupId": binding.group, "parentMessageId": message}
    else:
        given = {"tenantId": binding.tenant, "context": '{"contextType":"chat"}'}
    query = urlencode({name: value for name, value in given.items() if value}, quote_via=quote)
    return f"{TEAMS}/message/{quote(place, safe='')}/{quote(message, safe='')}?{query}"
