"""What came of moving the clock: what happened, where, and as whom one can answer. Local mode only."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from microsoft_teams.cards import Action, CardElement

from application.change_context import ChangeContext
from application.ports import UnitOfWork
from application.queries.directory import Directory
from bot.messenger.reposting import pending_people
from cards.elements.blocks import heading, text_block
from cards.elements.controls import command_button, render_card
from cards.overview.history import history_line
from cards.request.summary import SAID
from changes import events as e
from changes.events import Entry
from changes.model import OPEN, Change, Person, State
from changes.planning.timeline import StepKind
from changes.policy import Catalogue
from changes.reporting.search import Search
from changes.text.messages import listed
from language import N_, _, labelled

MOST_LINES = 12
"""Maximum number of lines of a report; the newest stay."""
MOST_PEOPLE = 3
"""Maximum number of people as whom one is offered to act."""
MARK = " #"
"""Stands between the command of a button and the key of the report on whose card it is."""
_ASKED = {
    e.PrecheckAsked: N_("Pre-check requested of {names}, in the channel."),
    e.GoAsked: N_("GO / NO-GO requested of {names}, in the channel."),
}
_STEPS = {
    StepKind.PREPARE: N_("Reminder to prepare, in the chat of {requester}."),
    StepKind.PREFLIGHT_WEEK: N_("Readiness check."),
    StepKind.REMINDER: N_("Reminder to people affected, in the channel."),
    StepKind.START: N_("Start of the window: {names}, in the channel."),
    StepKind.REVIEW: N_("Review requested of {names}, in the channel."),
}


@dataclass(frozen=True, slots=True)
class Report:
    """What happened until the moment of the `title`, one sentence for each thing, and what comes next."""

    title: str
    lines: Sequence[str] = ()
    following: str = ""


async def changes_at_work(unit: UnitOfWork) -> tuple[Change, ...]:
    """The changes to which something may happen by itself: open ones, and those whose review is still to come."""
    return tuple(await unit.changes.find(Search(states=(*OPEN, State.COMPLETED))))


async def lengths(unit: UnitOfWork) -> dict[str, int]:
    """How many lines the audit trail of each of these changes has."""
    found = {each.id: await unit.changes.load(each.id) for each in await changes_at_work(unit)}
    return {change: stored.version for change, stored in found.items() if stored is not None}


async def what_happened(
    unit: UnitOfWork, catalogue: Catalogue, before: Mapping[str, int], now: datetime, reader: Person
) -> tuple[list[str], list[Person]]:
    """What stands in the audit trails behind the lengths that they had `before`, in its order, and who is asked now.

    Each line names its change where there are several.
    """
    directory = Directory(unit)
    found: list[tuple[datetime, str, str]] = []
    asked: dict[Person, None] = {}
    several = len(await changes_at_work(unit)) > 1
    for change_id in {**before, **await lengths(unit)}:
        stored = await unit.changes.load(change_id)
        if stored is None or stored.change.plan.service not in catalogue.services:
            continue
        view = await ChangeContext.of(directory, catalogue, stored.change, now, refreshes=False)
        entries = (await unit.changes.history(change_id))[before.get(change_id, 0) :]
        told = {entry.at for entry in entries if history_line(entry, view)}
        people = pending_people(view.change, view.service, now)
        said = [(entry, _line(entry, view, people, reader, alone=entry.at not in told)) for entry in entries]
        lines = [(entry.at, change_id, line) for entry, line in said if line]
        found += lines
        asked |= dict.fromkeys(person for person in people if lines and person.name)
    found.sort(key=lambda each: each[0])
    return [labelled(each, line) if several else line for _at, each, line in found[-MOST_LINES:]], list(asked)


def _line(entry: Entry, view: ChangeContext, people: Sequence[Person], reader: Person, *, alone: bool) -> str:
    """What happened, with where it can be seen and of whom it asks something; empty for what nobody needs to read.

    What fell due is said where no event of its moment says it (`alone`).
    """
    event = entry.event
    names = listed(person.name for person in people if person.name)
    if type(event) in _ASKED and names:
        return _(_ASKED[type(event)], names=names)
    if line := history_line(entry, view):
        return line
    if not isinstance(event, e.StepFired) or not alone:
        return ""
    if event.kind is StepKind.PREPARE and view.change.requester == reader:
        return _("Reminder to prepare, in your chat.")
    sentence = _STEPS.get(event.kind, "")
    if not sentence or ("{names}" in sentence and not names):
        return _("{step}.", step=_(SAID[event.kind]))
    return _(sentence, names=names, requester=view.name(view.change.requester))


def report_body(report: Report) -> list[CardElement]:
    """What a report says, without its buttons."""
    lines = report.lines or [_("Nothing happened meanwhile.")]
    return [heading(report.title), *(text_block(_("• {line}", line=line)) for line in lines)]


def clock_card(report: Report, asked: Iterable[Person], acting: Person, real: Person, key: str) -> dict[str, Any]:
    """What happened, and buttons that go on: with the time, or as somebody who is asked now."""
    others = [person for person in asked if person not in (acting, real)]
    return render_card(report_body(report), go_on(others, acting, real, report.following, key))


def go_on(others: Sequence[Person], acting: Person, real: Person, following: str, key: str) -> list[Action]:
    """The buttons that go on to what falls due next, act as somebody else, and end that."""
    mark = f"{MARK}{key}" if key else ""
    buttons: list[Action] = [
        command_button(_("Act as {name}", name=each.name), f"/as {each.name}{mark}") for each in others[:MOST_PEOPLE]
    ]
    if acting != real:
        buttons.append(command_button(_("Back to {name}", name=real.name or _("myself")), f"/as me{mark}"))
    onward = _("Next: {step}", step=following) if following else _("Next")
    return [command_button(onward, f"/clock next{mark}"), *buttons]


async def keep(unit: UnitOfWork, key: str, report: Report) -> None:
    """Keep the report for whoever presses a button of its card: its text stays."""
    said = {"title": report.title, "lines": list(report.lines), "following": report.following}
    await unit.settings.put(_name(key), json.dumps(said))


async def kept(unit: UnitOfWork, key: str) -> Report | None:
    """The report with this key."""
    said = await unit.settings.get(_name(key)) if key else None
    return Report(**json.loads(said)) if said else None


def _name(key: str) -> str:
    return f"clock report:{key}"
