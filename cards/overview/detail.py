"""One change whole: its plan, its dates and its history in plain sentences."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import label, text_block, user_text
from cards.elements.controls import render_card, view_button
from cards.elements.header import change_header
from cards.elements.lengths import shortened
from cards.elements.plan_table import exceptions, plan_sections
from cards.overview.delivery_log import reached
from cards.overview.history import history_line
from cards.request.summary import timeline_facts
from changes.delivery_log import REDUCED, DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.events import Entry, Extended, IncidentDeclared, TroubleReported
from changes.model import AWAITING_APPROVAL, AWAITING_IMPLEMENTATION, State
from changes.planning.timeline import pending, timeline
from changes.text import joined
from language import _, n_

MOST = 12
LONGEST = 90


def show_card(
    view: ChangeContext, history: Sequence[Entry], told: Sequence[DeliveryRecord] = (), *, opens: bool = False
) -> dict[str, Any]:
    """The plan, the dates to come, the newest part of the history, and how many were told of it.

    `opens` gives it a button that shows the presser the card on which they can act.
    """
    change = view.change
    body: list[CardElement] = [
        *change_header(view),
        *exceptions(view),
        *plan_sections(view),
        *_to_come(view),
        label(_("What happened")),
    ]
    actions = [view_button(_("Open its card"), f"show {change.id}")] if opens else []
    return render_card([*body, *happened(view, history), *_told(view, told)], actions)


def _told(view: ChangeContext, lines: Sequence[DeliveryRecord]) -> list[CardElement]:
    """The sentence that counts the notices of the delivery log and names the command that shows it."""
    lines = [each for each in lines if each.notice != REDUCED]
    sent = [each for each in lines if each.result is DeliveryStatus.SENT]
    if not lines:
        return []
    notices = n_("{n} notice", "{n} notices", len({each.notice for each in sent}))
    told = {way: {each.to for each in sent if each.way is way} for way in DeliveryChannel}
    ways = reached(
        len(told[DeliveryChannel.MAIL]),
        posted=bool(told[DeliveryChannel.TEAMS]),
        chats=len(told[DeliveryChannel.PERSONAL]),
    )
    said = joined(
        _("Sent: {notices} {ways}.", notices=notices, ways=ways) if sent else _("No notice has reached anybody yet."),
        _("**/change ledger {id}** shows who was told what.", id=view.change.id),
    )
    return [text_block(said, subtle=True)]


def happened(view: ChangeContext, history: Sequence[Entry]) -> list[CardElement]:
    """The newest part of the history, a line for each event."""
    lines = [(entry, text) for entry in _said_once(history) if (text := history_line(entry, view))]
    items: list[CardElement] = []
    if len(lines) > MOST:
        left_out = n_(
            "{n} earlier line is left out: **/change export {id}** has them all.",
            "{n} earlier lines are left out: **/change export {id}** has them all.",
            len(lines) - MOST,
            id=view.change.id,
        )
        items.append(text_block(left_out, subtle=True))
    for entry, text in lines[-MOST:]:
        items += user_text(f"{view.when(entry.at)} – {shortened(text, LONGEST)}")
    return items


def _said_once(history: Sequence[Entry]) -> Iterator[Entry]:
    """The history without an issue whose words the very next line repeats: one press reported and extended."""
    for entry, following in zip_longest(history, history[1:]):
        same = following is not None and (entry.by, entry.at) == (following.by, following.at)
        if same and isinstance(entry.event, TroubleReported) and entry.event.reason == _reason(following):
            continue
        yield entry


def _reason(entry: Entry) -> str:
    event = entry.event
    return event.reason if isinstance(event, Extended | IncidentDeclared) else ""


def _to_come(view: ChangeContext) -> list[CardElement]:
    # Before the day the whole way is of interest; afterwards only what can still happen.
    whole = view.change.state in AWAITING_APPROVAL | AWAITING_IMPLEMENTATION | {State.DRAFT}
    steps = timeline(view.change, view.service) if whole else pending(view.change, view.service)
    steps = tuple(step for step in steps if step.due > view.now)
    return [label(_("What happens when")), timeline_facts(view, steps)] if steps else []
