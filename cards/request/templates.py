"""The templates of the services, and one of them: what it holds and locks, its pre-approval, and how it fares."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from microsoft_teams.cards import Action, ActionSet, CardElement

from application.input_parsing.chat_command import FROM_TEMPLATE
from application.templates.answers import shown
from cards.elements.blocks import strip, text_block, user_text
from cards.elements.controls import command_button, render_card
from cards.elements.header import page_header
from cards.elements.lengths import shortened
from cards.elements.table import Cell, row, table
from cards.request.dialog import opens_dialog
from changes.lifecycle.decisions.standard import why_lapsed
from changes.model import Person
from changes.permissions import may_keep_template
from changes.policy import Service
from changes.templates import NEEDED, TEMPLATED, Template, TrackRecord
from changes.text.messages import joined, listed
from language import _, date_text, n_

LONGEST_VALUE = 300
"""How much of a field is shown, in UTF-16 units."""
A_YEAR = timedelta(days=365)
NO_FIELDS = "-"
"""Stands in a command where no field is to be locked."""


def templates_card(found: Sequence[Template], services: Mapping[str, Service], now: datetime) -> dict[str, Any]:
    """All templates, each with its service and where its pre-approval stands; a row opens it."""
    body: list[CardElement] = page_header(_("Templates"))
    for each in found:
        service = services[each.plan.service]
        holds = why_lapsed(each, service, now) is None
        opens = command_button(_("Open"), _line("show", each.name))
        cells = (user_text(each.name), service.name, _("pre-approved") if holds else "–")
        body.append(row(cells, (3, 2, 2), opens))
    how = _("**/change template save ID NAME** makes one of a change; **use NAME** begins a request with it.")
    return render_card([*body, text_block(how, subtle=True)])


def template_card(
    template: Template, service: Service, person: Person, now: datetime, said: str = ""
) -> dict[str, Any]:
    """One template for that person; `said` is what was just done to it."""
    is_kept = not template.retired and may_keep_template(person, template, service)
    about = _("{service} · version {version}", service=service.name, version=template.version)
    day = date_text(service.local(template.at).date())
    body: list[CardElement] = page_header(template.name, text_block(joined(about, template.by.name, day, by=" · ")))
    body += [text_block(said, bold=True)] if said else []
    body += _state(template, service, now)
    body += [text_block(record_text(template.record))] if template.record.runs else []
    body += _fields(template, service, is_kept=is_kept)
    how = _("**/change template save ID NAME** takes over the texts of another change; **retire NAME** ends it.")
    actions = [] if template.retired else _actions(template, service, person, now)
    return render_card([*body, text_block(how, subtle=True)], actions)


def _state(template: Template, service: Service, now: datetime) -> list[CardElement]:
    """Where its pre-approval stands."""
    approval, lapsed = template.approval, why_lapsed(template, service, now)
    if approval is None:
        needed = _(
            "Not pre-approved; for that it has to lock: {fields}.", fields=listed(_(TEMPLATED[key]) for key in NEEDED)
        )
        retired = _("Retired: nothing is requested from it any more.")
        return strip([text_block(retired if template.retired else needed)], "emphasis")
    day = service.local(approval.at).date()
    given = _("Pre-approved by {who} on {day}.", who=approval.by.name or _("the approver"), day=day)
    if lapsed is not None:
        no = _("It does not hold: {reason}. Its changes are normal ones until it is given again.", reason=lapsed)
        return strip([text_block(joined(given, no), bold=True)])
    until = _("It holds until {day}.", day=approval.until)
    means = _("Changes that keep what is locked are standard changes: nobody is asked for the pre-check or GO.")
    return strip([text_block(joined(given, until), bold=True), text_block(means)], "good")


def _fields(template: Template, service: Service, *, is_kept: bool) -> list[CardElement]:
    """What it holds, and whether a change may have it otherwise, with the button for that where the person may."""
    rows: list[list[Cell]] = []
    texts = shown(template.plan, service)
    for key in (each for each in TEMPLATED if each in texts):
        others, is_locked = [each for each in template.locked if each != key], key in template.locked
        mark, title = (_("locked"), _("Unlock")) if is_locked else (_("can be changed"), _("Lock"))
        named = [text_block(_(TEMPLATED[key]), bold=True), text_block(mark, subtle=True, small=True, close=True)]
        keys = ",".join(others if is_locked else [*others, key]) or NO_FIELDS
        lock = command_button(title, _line("lock", keys, template.stamp, template.name))
        text = user_text(texts[key] if len(texts[key]) <= LONGEST_VALUE else shortened(texts[key], LONGEST_VALUE))
        rows.append([named, [*text, *([ActionSet(actions=[lock])] if is_kept else [])]])
    return table((), rows, (2, 3))


def record_text(record: TrackRecord) -> str:
    """How the changes of a template went, in one sentence."""
    return listed(
        (
            n_("{n} run", "{n} runs", record.runs),
            n_("{n} successful", "{n} successful", record.successful),
            n_("{n} extended", "{n} extended", record.extended),
            n_("{n} incident", "{n} incidents", record.incidents),
        )
    )


def _line(*words: str) -> str:
    """What is typed for it, without `/change`."""
    return " ".join(("template", *words))


def _actions(template: Template, service: Service, person: Person, now: datetime) -> list[Action]:
    use = command_button(_("Request a change"), f"new {FROM_TEMPLATE} {template.name}", style="positive")
    actions: list[Action] = [opens_dialog(use)]
    if not service.decides(person):
        return actions
    is_others = template.written_by(person).isdisjoint(template.locked)
    if why_lapsed(template, service, now) is not None and is_others:
        until = service.local(now).date() + A_YEAR
        line = _line("approve", until.isoformat(), template.stamp, template.name)
        actions.append(command_button(_("Pre-approve for a year"), line))
    if template.approval is not None:
        actions.append(command_button(_("Take the pre-approval back"), _line("revoke", template.name)))
    return actions
