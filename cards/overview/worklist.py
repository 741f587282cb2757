"""What waits for one person, the most urgent first, and their own open changes: `/change mine` and the digest."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from microsoft_teams.cards import Action, CardElement

from cards.elements.blocks import label, text_block
from cards.elements.controls import button, command_button, draw, render_card, view_button
from cards.elements.header import page_header
from cards.overview.rows import change_row, drawn_once, drawn_row, task_row, that_fit
from cards.request.dialog import Drawn, opens_dialog
from changes.model import Change
from changes.policy import Service
from changes.reporting.worklist import PendingTask, TaskKind
from language import N_, _, moment_text, n_

MOST, MOST_OWN = 8, 4
ASKED: dict[TaskKind, str] = {
    TaskKind.PREPARE: N_("Get ready for the pre-check"),
    TaskKind.PRECHECK: N_("Your pre-check is needed"),
    TaskKind.CORRECTIONS: N_("Correct the plan"),
    TaskKind.GO: N_("Your GO or NO-GO is needed"),
    TaskKind.NEW_DATE: N_("Choose a new date, or cancel it"),
    TaskKind.SNAPSHOT: N_("Take the snapshot"),
    TaskKind.START: N_("Start the change"),
    TaskKind.TESTS: N_("Run the tests, then complete it"),
    TaskKind.CUTOFF: N_("Cutoff reached: your decision is needed"),
    TaskKind.OVERRUN: N_("The window is over: complete, extend or escalate"),
    TaskKind.INCIDENT: N_("Incident: choose a recovery option"),
    TaskKind.CONFIRM_RESTORE: N_("Confirm or decline a restore"),
    TaskKind.HANDOVER: N_("Handed over: report progress, or close it"),
    TaskKind.REVIEW: N_("Review to write"),
    TaskKind.ASSIGNED: N_("You have a task in it"),
}
"""What somebody is asked to do."""
_OPENS: dict[TaskKind, str] = {
    TaskKind.PRECHECK: N_("Approve…"),
    TaskKind.GO: N_("GO / NO-GO…"),
    TaskKind.START: N_("Start…"),
    TaskKind.TESTS: N_("Run tests…"),
    TaskKind.CUTOFF: N_("Decide…"),
    TaskKind.OVERRUN: N_("Decide…"),
    TaskKind.INCIDENT: N_("Choose…"),
    TaskKind.CONFIRM_RESTORE: N_("Confirm…"),
    TaskKind.REVIEW: N_("Write review…"),
}
"""Buttons that open the card on which it is done: nobody approves a plan that they do not see."""
_EDITS: dict[TaskKind, str] = {
    TaskKind.PREPARE: N_("Edit"),
    TaskKind.CORRECTIONS: N_("Edit"),
    TaskKind.NEW_DATE: N_("New date"),
}
"""Buttons that open the form."""


def worklist_card(
    items: Sequence[PendingTask], own: Sequence[Change], services: Mapping[str, Service], now: datetime, count: int = 0
) -> dict[str, Any]:
    """The person's tasks, the first of so many, and their other open changes."""
    count = max(count, len(items))
    about = n_("{n} task", "{n} tasks", count) if items else _("Nothing to do right now ✓")
    body: list[CardElement] = page_header(_("Your tasks"), text_block(about, subtle=True))
    below = that_fit(body, (), _asked(items, services, now, count))
    if own:
        below += draw([label(_("Your other open changes"))])
        others = [drawn_row(change_row, each, services.get(each.plan.service)) for each in own[:MOST_OWN]]
        below = that_fit(body, below, others)
    actions: list[Action] = [opens_dialog(command_button(_("New change"), "new"))]
    if len(own) > MOST_OWN:
        actions.append(view_button(_("All your changes"), "list mine"))
    return render_card(body, actions, below=below)


def digest_card(
    items: Sequence[PendingTask], services: Mapping[str, Service], now: datetime, count: int = 0
) -> dict[str, Any]:
    """All that waits for one person this morning, the first of so many, instead of a reminder for each."""
    head: list[CardElement] = page_header(_("Good morning! Your tasks for today"))
    return render_card(head, below=that_fit(head, (), _asked(items, services, now, max(count, len(items)))))


def digest_line(count: int) -> str:
    """The sentence in front of the digest of so many tasks, for the notification on a phone."""
    return n_("you have one task this morning.", "you have {n} tasks this morning.", count)


def _asked(
    items: Sequence[PendingTask], services: Mapping[str, Service], now: datetime, count: int
) -> list[list[Drawn]]:
    rows = [_row(item, until_text(item, services.get(item.change.plan.service), now), now) for item in items[:MOST]]
    if count > MOST:
        less = n_("And one more, less urgent.", "And {n} more, less urgent.", count - MOST)
        rows.append(draw([text_block(less, subtle=True)]))
    return rows


def _row(item: PendingTask, until: str, now: datetime) -> list[Drawn]:
    change, is_due = item.change, item.by is not None and item.by <= now
    key = (item.asked, change.id, change.revision, change.plan.title, until, is_due)
    return drawn_once(key, lambda: task_row(change, _(ASKED[item.asked]), until, _actions(item), urgent=is_due))


def _actions(item: PendingTask) -> list[Action]:
    if item.asked in _EDITS:
        edit = button(_(_EDITS[item.asked]), "change.edit", item.change.id, item.change.revision, alone=True)
        return [opens_dialog(edit)]
    return [view_button(_(_OPENS.get(item.asked, N_("Open"))), f"show {item.change.id}")]


def until_text(item: PendingTask, service: Service | None, now: datetime) -> str:
    """By when it has to be done, or since when it waits."""
    if service is None:
        return ""
    if item.by is None:
        return _("since {when}", when=moment_text(item.since, service.zone))
    if item.by <= now:
        return _("Overdue since {when}", when=moment_text(item.by, service.zone))
    return _("by {when}", when=moment_text(item.by, service.zone))
