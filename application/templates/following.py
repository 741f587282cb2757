"""What a change does to the template that it came from: who uses it, how that goes, what suspends its pre-approval."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from application.ports import UnitOfWork
from application.queries.past import last_runs
from changes.effects import PostThreadMessage
from changes.events import Entry
from changes.lifecycle import Decision
from changes.lifecycle.decisions.standard import Standing, handed_in
from changes.lifecycle.guards import DecisionContext
from changes.model import Change, Plan, TemplateRef
from changes.notification import ThreadMessage
from changes.planning.occupancy import Booking
from changes.policy import Service
from changes.templates import Template, apply_events


async def template_of(unit: UnitOfWork, change: Change) -> Template | None:
    """The template that the change came from, as it is now; None for most changes."""
    return await unit.templates.get(change.template.name) if change.template is not None else None


async def as_handed_in(
    unit: UnitOfWork, change: Change, service: Service, near: Sequence[Booking], now: datetime
) -> tuple[Standing, Change]:
    """What would stand for the decisions about the draft now, and the draft as it would be then, with its risk."""
    template, runs = await template_of(unit, change), await last_runs(unit, service, now)
    standing, _short, seen = handed_in(change, DecisionContext(now, service, tuple(near), template, runs))
    return standing, seen


def begun_with(template: Template | None, plan: Plan) -> tuple[Plan, TemplateRef | None]:
    """The plan with what the template locks now, and the version that this is; as it was where that is retired."""
    if template is None or template.retired or template.plan.service != plan.service:
        return plan, None
    return template.with_locked_fields(plan), TemplateRef(template.name, template.version)


async def with_template(unit: UnitOfWork, template: Template | None, made: Decision) -> Decision:
    """Save what the decision means to the template; the decision, and who hears that its pre-approval is suspended."""
    if template is None:
        return made
    after = apply_events(template, made.change, made.entries)
    if after == template:
        return made
    await unit.templates.save(after)
    if not after.suspended_by or template.suspended_by:
        return made
    return replace(made, effects=(*made.effects, told_of_suspension(after, made.change, made.entries[-1])))


def told_of_suspension(template: Template, change: Change, entry: Entry) -> PostThreadMessage:
    """The line that says it, once, to whoever would use the template: who pre-approved, wrote and lately used it."""
    approver = (template.approval.by,) if template.approval is not None else ()
    people = tuple(each for each in dict.fromkeys((*approver, template.by, *template.users)) if each != entry.by)
    key = f"{change.id}:{entry.seq}:suspends:{template.entry}"
    kind = ThreadMessage.TEMPLATE_SUSPENDED
    return PostThreadMessage(key, change.id, kind, entry.by, entry.at, template.name, people)
