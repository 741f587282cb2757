"""Standard changes: what the approver agreed with beforehand is not asked again (docs/process.md, P106 to P109)."""

from datetime import datetime

from changes import events as e
from changes.approvals.quorum import open_stages
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import DecisionContext
from changes.lifecycle.plan_tasks import numbered
from changes.model import Assessment, Change, ChangeType, StandingApproval, TemplateRef
from changes.notification import ThreadMessage
from changes.planning.occupancy import nearby
from changes.planning.tasks.moments import go_held_by
from changes.planning.timeline import days_until, short_notice
from changes.policy import Service
from changes.reporting.risk import RiskFacts, assess
from changes.templates import TEMPLATED, Template
from changes.text import Message
from changes.text.messages import listed

Standing = StandingApproval | Message | None
"""What stands for pre-check and GO; or why nothing does, where a template was ever pre-approved; None elsewhere."""


def why_lapsed(template: Template, service: Service, now: datetime) -> Message | None:
    """Why no pre-approval of the template holds now; None while one does."""
    approval = template.approval
    if approval is None:
        return Message("it is not pre-approved")
    if template.suspended_by:
        return Message("its pre-approval is suspended since {id} did not go as planned", id=template.suspended_by)
    in_time = service.local(now).date() <= approval.until
    if in_time and approval.fingerprint == template.fingerprint and service.decides(approval.by):
        return None
    who = approval.by.name or approval.by.id
    return Message("the pre-approval by {name} until {day} holds no longer", name=who, day=approval.until)


def standing_for(change: Change, context: DecisionContext) -> Standing:
    """What stands for the answers about the plan, whatever its date is (docs/process.md, P107)."""
    template = context.template
    if template is None or change.template is None or template.approval is None:
        return None
    approval = template.approval
    if (lapsed := why_lapsed(template, context.service, context.now)) is not None:
        return lapsed
    if change.plan.kind is ChangeType.EMERGENCY:
        return Message("it is an emergency")
    if breaches := template.breaches(change.plan):
        fields = tuple(Message(TEMPLATED.get(key, key)) for key in breaches)
        return Message("what the template locks was edited: {fields}", fields=fields)
    if approval.by in change.involved:
        return Message("{name} pre-approved it, and it is their own", name=approval.by.name or approval.by.id)
    # One pre-approval is one answer: where the risk asks for more, or for others, they are asked.
    if others := open_stages(change, context.service, also=approval.by):
        names = listed(each.name for each in others[0].eligible) or Message("somebody else")
        return Message("it takes more than its pre-approval: {names} decide too", names=names)
    return StandingApproval(approval.by, approval.at, change.template, approval.deputy_for)


def risk_of(change: Change, context: DecisionContext, *, is_short: bool = False) -> Assessment | None:
    """What its plan puts at risk whenever it is handed in, at short notice or not (docs/process.md, P122)."""
    near = nearby(change, context.service, context.bookings, context.now)
    return assess(change.plan, context.service, RiskFacts(is_short, near, context.runs))


def standing_on(change: Change, context: DecisionContext, proposed: datetime) -> Standing:
    """The same for a plan that is handed in with that date: those affected have their days of notice
    (docs/process.md, P108), and its risk is that without short notice, which no standard change has.
    """
    service, days = context.service, context.service.policy.notice_days
    standing = standing_for(change.with_(risk=risk_of(change, context)), context)
    if isinstance(standing, StandingApproval) and days_until(change.plan.window.start, proposed, service) < days:
        return Message("its window is less than {days} days ahead", days=days)
    return standing


def handed_in(change: Change, context: DecisionContext) -> tuple[Standing, bool, Change]:
    """What stands for the answers about a draft that is handed in now, whether it is short notice, and the draft with
    that standing and its risk.
    """
    now, standing = context.now, standing_on(change, context, context.now)
    standard = standing if isinstance(standing, StandingApproval) else None
    short = standard is None and short_notice(change.plan.window.start, now, now, context.service)
    return standing, short, change.with_(standard=standard, risk=risk_of(change, context, is_short=short))


def standing_events(change: Change, standing: Standing, *, is_new: bool) -> tuple[e.Event, ...]:
    """What is recorded of it; of a change that is requested anew also that it is none."""
    standing = _or_why(change, standing)
    if isinstance(standing, StandingApproval):
        return () if change.standard == standing else (e.MadeStandard(standing),)
    if standing is not None and (is_new or change.standard is not None):
        return (e.MadeNormal(standing),)
    return ()


def precheck_events(change: Change, context: DecisionContext) -> tuple[e.Event, ...]:
    """The pre-check is asked for, or given by what stands for it and still holds."""
    plan, still = change.plan, _still(change, context)
    if isinstance(still, StandingApproval):
        return (e.PrecheckApproved(plan.fingerprint, "", waives_lead_time=False, deputy_for=None, standing=still),)
    return *_lapsed(still), e.PrecheckAsked(plan.fingerprint)


def go_events(change: Change, context: DecisionContext) -> tuple[e.Event, ...]:
    """GO is asked for, or given by what stands for it and still holds."""
    plan, still = change.plan, _still(change, context)
    if isinstance(still, StandingApproval) and (held := go_held_by(change, context.service, context.now)):
        # Who pre-approved knew nothing of its tasks: nobody's word from before opens what they hold.
        still = Message("its tasks hold GO: {tasks}", tasks=numbered(change, held))
    if isinstance(still, StandingApproval):
        days = days_until(plan.window.start, context.now, context.service)
        late = days if days < context.service.policy.notice_days else None
        return (e.GoGiven(plan.fingerprint, "", None, notice_days=late, standing=still),)
    return *_lapsed(still), e.GoAsked(plan.fingerprint)


def _still(change: Change, context: DecisionContext) -> Standing:
    if change.standard is None:
        return None
    return _or_why(change, standing_for(change, context))


def _or_why(change: Change, standing: Standing) -> Standing:
    """The same, with a reason where something stood before and nothing is there any more."""
    has_ended = standing is None and change.standard is not None
    return Message("the template has no pre-approval any more") if has_ended else standing


def _lapsed(standing: Standing) -> tuple[e.Event, ...]:
    return (e.MadeNormal(standing),) if isinstance(standing, Message) else ()


def label_of(template: TemplateRef) -> Message:
    """The template and its version, as cards and the record say it."""
    return Message("{name}, version {version}", name=template.name, version=template.version)


def apply(change: Change, entry: e.Entry) -> Change:
    """The change after it was found to be a standard one, or not to be."""
    match entry.event:
        case e.MadeStandard(standing=standing):
            return change.with_(standard=standing)
        case e.MadeNormal():
            return change.with_(standard=None)
        case _:
            return change


def react(effects: EffectBuilder, event: e.Event) -> None:
    """Say that it is decided like any other, and why."""
    if isinstance(event, e.MadeNormal):
        effects.post_message(ThreadMessage.MADE_NORMAL, event.reason, effects.requester, effects.implementer)
