"""The templates of the services, and one of them: what it holds and locks, its pre-approval, and how it fares."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from microsoft_teams.cards import Action, CardElement

from application.input_parsing.chat_command import FROM_TEMPLATE
from cards.elements.blocks import strip, text_block, user_text
from cards.elements.controls import command_button, render_card
from cards.elements.header import page_header
from cards.elements.lengths import shortened
from cards.elements.table import row, table
from cards.request.dialog import opens_dialog
from changes.labels import duration_label
from changes.lifecycle.decisions.standard import why_lapsed
from changes.model import Person
from changes.permissions import may_keep_template
from changes.plan_fields import BY_KEY, Entry
from changes.policy import Service
from changes.templates import NEEDED, TEMPLATED, Fares, Mark, Template
from changes.text.messages import joined, listed
from language import N_, _, date_text, n_

LONGEST_VALUE, LONGEST_NAME = 300, 60
"""How much of a field and of a name is shown, in UTF-16 units."""
A_YEAR = timedelta(days=365)
_MARKS = {Mark.LOCKED: N_("locked"), Mark.REQUIRED: N_("asked each time"), Mark.DEFAULT: N_("can be changed")}


def templates_card(found: Sequence[Template], services: Mapping[str, Service], now: datetime) -> dict[str, Any]:
    """All templates, each with its service and where its pre-approval stands; a row opens it."""
    body: list[CardElement] = page_header(_("Templates"))
    for each in found:
        service = services[each.service]
        holds = each.approval is not None and why_lapsed(each, service, now) is None
        opens = command_button(_("Open"), _line("show", each.name))
        cells = (user_text(shortened(each.name, LONGEST_NAME)), service.name, _("pre-approved") if holds else "–")
        body.append(row(cells, (3, 2, 2), opens))
    how = _("**/change template save ID NAME** makes one of a change; **use NAME** begins a request with it.")
    return render_card([*body, text_block(how, subtle=True)])


def template_card(
    template: Template, service: Service, person: Person, now: datetime, said: str = ""
) -> dict[str, Any]:
    """One template for that person; `said` is what was just done to it."""
    written = _(
        "{service} · version {version}, {who}, {day}",
        service=service.name,
        version=template.version,
        who=template.by.name or _("somebody"),
        day=service.local(template.at).date(),
    )
    body: list[CardElement] = page_header(template.name, text_block(written, subtle=True))
    body += [text_block(said, bold=True)] if said else []
    body += _state(template, service, now)
    body += [text_block(fares_text(template.fares))] if template.fares.runs else []
    how = _(
        "**/change template edit NAME lock FIELDS**, **require FIELDS** or **from ID** edits it; **retire** ends it."
    )
    return render_card(
        [*body, *_fields(template), text_block(how, subtle=True)], _actions(template, service, person, now)
    )


def _fields(template: Template) -> list[CardElement]:
    """What it holds, each with what a change may do with it."""
    rows: list[list[Sequence[CardElement]]] = []
    for each in TEMPLATED:
        mark, value = template.mark(each.key), template.values.get(each.key, "")
        if each.entry is Entry.WINDOW:
            value = duration_label(int(value))
        if value or mark is not Mark.DEFAULT:
            name = _("Downtime") if each.entry is Entry.WINDOW else _(each.label)
            marked = [text_block(name, bold=True), text_block(_(_MARKS[mark]), subtle=True, small=True, close=True)]
            shown = "" if mark is Mark.REQUIRED else value
            rows.append([marked, user_text(shortened(shown, LONGEST_VALUE) if len(shown) > LONGEST_VALUE else shown)])
    return table((), rows, (2, 5))


def _state(template: Template, service: Service, now: datetime) -> list[CardElement]:
    """Where its pre-approval stands."""
    approval, lapsed = template.approval, why_lapsed(template, service, now)
    if template.retired or approval is None:
        retired = _("Retired: nothing is requested from it any more.")
        return strip([text_block(retired if template.retired else _("Not pre-approved."))], "emphasis")
    given = _(
        "Pre-approved by {who} on {day}.",
        who=approval.by.name or _("the approver"),
        day=service.local(approval.at).date(),
    )
    if lapsed is not None:
        no = _("It does not hold: {reason}. Its changes are normal ones until it is given again.", reason=lapsed)
        return strip([text_block(joined(given, no), bold=True)])
    until = _("It holds until {day}.", day=approval.until) if approval.until is not None else ""
    means = _("Changes that keep what is locked are standard changes: nobody is asked for the pre-check or GO.")
    return strip([text_block(joined(given, until), bold=True), text_block(means)], "good")


def fares_text(fares: Fares) -> str:
    """How the changes of a template went, in one sentence."""
    return listed(
        (
            n_("{n} run", "{n} runs", fares.runs),
            n_("{n} successful", "{n} successful", fares.successful),
            n_("{n} extended", "{n} extended", fares.extended),
            n_("{n} incident", "{n} incidents", fares.incidents),
            _("a median of {length}", length=duration_label(fares.median)) if fares.median else "",
        )
    )


def _line(*words: str) -> str:
    """What is typed for it, without `/change`."""
    return " ".join(("template", *words))


def _actions(template: Template, service: Service, person: Person, now: datetime) -> list[Action]:
    if template.retired:
        return []
    # In quotes it is this one and no other, whatever others are called that begin with its name.
    name, quoted, mark = template.name, f'"{template.name}"', f"v{template.version}"
    use = command_button(_("Request a change"), f"new {FROM_TEMPLATE} {name}", style="positive")
    actions: list[Action] = [opens_dialog(use)]
    if lacking := [key for key in NEEDED if key not in template.locked]:
        fields = listed(_(BY_KEY[key].label) for key in lacking)
        lock = command_button(_("Lock: {fields}", fields=fields), _line("edit", quoted, "lock", ", ".join(lacking)))
        return [*actions, lock] if may_keep_template(person, template.by, service) else actions
    holds = template.approval is not None and why_lapsed(template, service, now) is None
    if service.decides(person) and person != template.by and not holds:
        until = service.local(now).date() + A_YEAR
        yearly = _("Pre-approve until {day}", day=date_text(until))
        actions.append(command_button(yearly, _line("approve", quoted, "until", until.isoformat(), mark)))
        actions.append(command_button(_("Pre-approve without end"), _line("approve", quoted, mark)))
    return actions
