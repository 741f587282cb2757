"""One change whole: its plan, its dates and its history in plain sentences."""

from collections.abc import Callable, Iterator, Sequence
from gettext import NullTranslations
from itertools import zip_longest
from sys import intern
from typing import Any

from microsoft_teams.cards import Action, CardElement

from application.change_context import ChangeContext
from cards.approval.grounds import grounds
from cards.elements.blocks import fold, label, text_block, user_text
from cards.elements.controls import LARGEST, draw, render_card, size, view_button
from cards.elements.header import change_header
from cards.elements.lengths import shortened
from cards.elements.plan_table import exceptions, plan_sections
from cards.elements.state_labels import stepper
from cards.overview.delivery_log import reached
from cards.overview.history import history_line
from cards.overview.status import next_box
from cards.request.dialog import Drawn
from cards.request.summary import timeline_facts
from cards.tasks.runbook import tasks_section
from changes.delivery_log import REDUCED, DeliveryChannel, DeliveryRecord, DeliveryStatus
from changes.events import Entry, Extended, IncidentDeclared, TroubleReported
from changes.memoization import by_identity
from changes.model import BEFORE_WORK, DROPPED, Change
from changes.planning.timeline import Step
from changes.policy import Service
from language import _, current_catalogue, current_language, n_

Part = Callable[[ChangeContext], list[CardElement]]
MOST, FEWER, OPEN = 12, 8, 3
"""Maximum number of lines of history, on a card that is full too; and how many of them are not folded."""
LONGEST = 90


def show_card(
    view: ChangeContext, history: Sequence[Entry], told: Sequence[DeliveryRecord] = (), *, opens: bool = False
) -> dict[str, Any]:
    """The plan; folded the dates to come, and the newest part of the history; and how many were told of it.

    `opens` gives it a button that shows the presser the card on which they can act.
    """
    change = view.change
    body = [
        *_of_change(view, _head),
        *draw([*next_box(view), *exceptions(view)]),
        *_of_change(view, plan_sections),
        *_of_change(view, tasks_section),
        *draw(fold(_("Timeline"), "timeline", *_to_come(view))),
    ]
    actions: list[Action] = []
    if opens:
        actions.append(view_button(_("Open its card"), f"show {change.id}"))
    if told:
        actions.append(view_button(_("Notification log"), f"ledger {change.id}"))
    risk = draw(grounds(view))
    card = render_card((), actions, below=[*body, *risk, *draw([*_happened(view, history, MOST), *_told(told)])])
    if size(card) <= LARGEST:
        return card
    return render_card((), actions, below=[*body, *draw([*_happened(view, history, FEWER), *_told(told)])])


def _head(view: ChangeContext) -> list[CardElement]:
    return [*change_header(view), *stepper(view.change)]


def _of_change(view: ChangeContext, part: Part) -> Sequence[Drawn]:
    """The part as it is drawn, once for all who look until something is changed; nobody may change it.

    It is drawn from the change and its people alone, so `part` is given nothing else of the view, nor what time it is.
    """
    return _drawn(view.change, view.service, part, intern(current_language()), current_catalogue())


@by_identity(128)
def _drawn(change: Change, service: Service, part: Part, _language: str, _words: NullTranslations) -> Sequence[Drawn]:
    return draw(part(ChangeContext(change, service, change.created_at)))


def _told(lines: Sequence[DeliveryRecord]) -> list[CardElement]:
    """The sentence that counts the notices of the delivery log, and says by which ways they went."""
    lines = [each for each in lines if each.notice != REDUCED]
    if not lines:
        return []
    sent = [each for each in lines if each.result is DeliveryStatus.SENT]
    if not sent:
        return [text_block(_("No notice has reached anybody yet."), subtle=True)]
    notices = n_("{n} notice", "{n} notices", len({each.notice for each in sent}))
    told = {way: {each.to for each in sent if each.way is way} for way in DeliveryChannel}
    ways = reached(
        len(told[DeliveryChannel.MAIL]),
        posted=bool(told[DeliveryChannel.TEAMS]),
        chats=len(told[DeliveryChannel.PERSONAL]),
    )
    return [text_block(_("Sent: {notices} {ways}.", notices=notices, ways=ways), subtle=True)]


def _happened(view: ChangeContext, history: Sequence[Entry], most: int) -> list[CardElement]:
    """What happened last stands open, the rest is folded above it, so that all of it reads in one order."""
    items = happened(view, history, most)
    return [label(_("What happened")), *fold(_("Earlier"), "history", *items[:-OPEN]), *items[-OPEN:]]


def happened(view: ChangeContext, history: Sequence[Entry], most: int = MOST) -> list[CardElement]:
    """The newest part of the history, a line for each event."""
    lines = [(entry, text) for entry in _said_once(history) if (text := history_line(entry, view))]
    items: list[CardElement] = []
    if len(lines) > most:
        left_out = n_(
            "{n} earlier entry: **/change export {id}** has all of them.",
            "{n} earlier entries: **/change export {id}** has all of them.",
            len(lines) - most,
            id=view.change.id,
        )
        items.append(text_block(left_out, subtle=True))
    for entry, text in lines[-most:]:
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
    steps = steps_to_come(view)
    return [timeline_facts(view, steps)] if steps else []


def steps_to_come(view: ChangeContext) -> tuple[Step, ...]:
    """The steps after now: before the day the whole way is of interest, afterwards only what can still happen."""
    whole = view.change.state in BEFORE_WORK - DROPPED
    return tuple(step for step in (view.steps if whole else view.pending_steps) if step.due > view.now)
