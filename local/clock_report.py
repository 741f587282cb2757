"""What came of moving the clock: what happened, in whose channel, and as whom one can answer. Local mode only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from microsoft_teams.cards import Action, CardElement

from application.change_context import ChangeContext
from application.ports import UnitOfWork
from application.queries.directory import Directory
from bot.messenger.reposting import pending_people
from cards.elements.blocks import label, text_block
from cards.elements.controls import command_button, render_card
from cards.overview.history import history_line
from cards.request.summary import SAID
from changes.events import Entry, StepFired
from changes.model import OPEN, Change, Person, State
from changes.policy import Catalogue
from changes.reporting.search import Search
from changes.text import Message
from language import _

MOST_LINES = 8
"""Maximum number of lines about one change; the newest stay."""
MOST_PEOPLE = 3
"""Maximum number of people as whom one is offered to act."""


@dataclass(frozen=True, slots=True)
class Happened:
    """What happened to one change, as sentences, and who is asked for something of it now."""

    change: str
    service: str
    lines: Sequence[str]
    asked: Sequence[Person]


async def changes_at_work(unit: UnitOfWork) -> tuple[Change, ...]:
    """The changes to which something may happen by itself: open ones, and those whose review is still to come."""
    return tuple(await unit.changes.find(Search(states=(*OPEN, State.COMPLETED))))


async def lengths(unit: UnitOfWork) -> dict[str, int]:
    """How many lines the audit trail of each of these changes has."""
    found = {each.id: await unit.changes.load(each.id) for each in await changes_at_work(unit)}
    return {change: stored.version for change, stored in found.items() if stored is not None}


async def what_happened(
    unit: UnitOfWork, catalogue: Catalogue, before: Mapping[str, int], now: datetime
) -> list[Happened]:
    """What stands in the audit trails behind the lengths that they had `before`."""
    directory, found = Directory(unit), []
    for change_id in {**before, **await lengths(unit)}:
        stored = await unit.changes.load(change_id)
        if stored is None or stored.change.plan.service not in catalogue.services:
            continue
        view = await ChangeContext.of(directory, catalogue, stored.change, now, refreshes=False)
        entries = (await unit.changes.history(change_id))[before.get(change_id, 0) :]
        told = {entry.at for entry in entries if history_line(entry, view)}
        said = [history_line(entry, view) or ("" if entry.at in told else _step(entry)) for entry in entries]
        lines = [line for line in said if line]
        if lines:
            asked = pending_people(view.change, view.service, now)
            found.append(Happened(change_id, view.service.name, lines[-MOST_LINES:], asked))
    return found


def _step(entry: Entry) -> str:
    """What fell due, where the history has no line of its own for it: a reminder, say."""
    return _("{step}.", step=_(SAID[entry.event.kind])) if isinstance(entry.event, StepFired) else ""


def clock_card(happened: Iterable[Happened], acting: Person, real: Person) -> dict[str, Any]:
    """What happened where, and buttons that go on: with the time, or as somebody who is asked now."""
    body: list[CardElement] = []
    asked: dict[Person, None] = {}
    for each in happened:
        body.append(label(_("{id}, in the channel of {service}", id=each.change, service=each.service)))
        body += [text_block(Message("• {line}", line=line)) for line in each.lines]
        asked |= dict.fromkeys(person for person in each.asked if person.name and person != acting)
    if not body:
        body.append(text_block(_("Nothing happened meanwhile.")))
    return render_card(body, go_on([each for each in asked if each != real], acting, real))


def go_on(others: Sequence[Person], acting: Person, real: Person) -> list[Action]:
    """The buttons that go on to what falls due next, act as somebody else, and end that."""
    buttons: list[Action] = [
        command_button(_("Act as {name}", name=each.name), f"/as {each.name}") for each in others[:MOST_PEOPLE]
    ]
    if acting != real:
        buttons.append(command_button(_("Back to {name}", name=real.name or _("myself")), "/as me"))
    return [command_button(_("Next"), "/clock next"), *buttons]
