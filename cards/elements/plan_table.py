"""The plan of a change, as every card shows it."""

from collections.abc import Iterator, Sequence

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import facts, first_of, label, text_block, user_text
from cards.elements.lengths import capital, shortened
from changes.labels import duration_label
from changes.model import BEFORE_WORK, ChangeType, Plan
from changes.plan_fields import PLAN_FIELDS, Entry
from changes.planning.conflicts import find_conflict
from changes.planning.occupancy import Booking, nearby
from changes.planning.timeline import days_until, short_notice
from changes.text.messages import Message, joined
from language import _, window_text

MOST_NEAR, LONGEST_TITLE = 3, 30
"""Maximum number of nearby changes named, and maximum length of each title, in characters."""


def title_lines(view: ChangeContext) -> list[CardElement]:
    """The change's title and its id."""
    kind = Message("**{kind}**", kind=_("emergency")) if view.change.plan.kind is ChangeType.EMERGENCY else ""
    return [
        *user_text(view.change.plan.title, bold=True),
        text_block(joined(view.change.id, view.service.name, kind, by=" · "), subtle=True),
    ]


def window_facts(view: ChangeContext) -> CardElement:
    """When, how long and by whom."""
    plan = view.change.plan
    return facts(
        (_("Window"), view.window_label),
        (_("Downtime"), duration_label(view.window.minutes)),
        (_("Implementer"), view.name(plan.implementer)),
        (_("Requester"), view.name(view.change.requester) if view.change.requester != plan.implementer else ""),
    )


def plan_sections(view: ChangeContext) -> list[CardElement]:
    """What will be modified, how it is tested, what can go wrong."""
    items: list[CardElement] = [window_facts(view)]
    for name, text in sections(view.change.plan):
        items += [label(name), *user_text(text)]
    items.append(label(_("Tests")))
    tests = enumerate(view.change.plan.tests, 1)
    return [*items, *(each for number, test in tests for each in user_text(f"{number}. {test}"))]


def sections(plan: Plan) -> Iterator[tuple[str, str]]:
    """The name and the text of each section of the plan that is not empty."""
    for each in sorted((each for each in PLAN_FIELDS if each.section), key=lambda each: each.section):
        value = getattr(plan, each.key)
        text = ", ".join(value) if each.entry is Entry.ADDRESSES else value
        if text.strip():
            yield _(each.label), text


def withdrawal_reason_label(view: ChangeContext, *, cancels: bool = False) -> str:
    """The label of the reason for giving the date up: whoever expects it reads it, or was promised one in its place."""
    if view.change.announced is not None or (cancels and view.change.promised is not None):
        return _("Reason (people affected read this)")
    return _("Reason (stays in the thread)")


def exceptions(view: ChangeContext) -> list[CardElement]:
    """What is out of the ordinary, with the reason that was given; of no interest once the work has begun."""
    change, plan = view.change, view.change.plan
    if change.state not in BEFORE_WORK:
        return []
    items: list[CardElement] = []
    if plan.kind is ChangeType.EMERGENCY:
        items.append(
            text_block(_("This is an emergency: pre-check and GO are one answer."), colour="Attention", bold=True)
        )
    elif _is_short(view):
        items.append(text_block(joined(_short(view), _waiver(view)), colour="Warning", bold=True))
    if items and plan.reason:
        items += user_text(plan.reason)
    if change.conflict_allowed is not None and _overlaps(view, change.conflict_allowed.fingerprint):
        who = view.name(change.conflict_allowed.by)
        items.append(text_block(_("The window overlaps another. **{who}** lets it stand:", who=who), colour="Warning"))
        items += user_text(change.conflict_allowed.comment)
    return items


def _overlaps(view: ChangeContext, allowed: str) -> bool:
    """Whether what was let stand is this plan, or one with the same overlap."""
    plan = view.change.plan
    return plan.fingerprint == allowed or find_conflict(plan.window, view.service, view.neighbours) is not None


def _is_short(view: ChangeContext) -> bool:
    change = view.change
    if change.requested_at is not None:
        return change.short_notice
    return short_notice(change.plan.window.start, view.now, view.now, view.service)


def _short(view: ChangeContext) -> str:
    """Why it is short notice: by the request, or by when its present date was proposed."""
    change, policy = view.change, view.service.policy
    requested = change.requested_at or view.now
    if days_until(change.plan.window.start, requested, view.service) < policy.lead_days:
        return _("Short notice: requested less than {lead} days ahead.", lead=policy.lead_days)
    return _("Short notice: this date was proposed less than {days} days ahead.", days=policy.notice_days)


def _waiver(view: ChangeContext) -> str:
    """Who has to waive the lead time, and with what; for a request that is the pre-check, else GO."""
    if view.change.go is not None or view.nobody_decides:
        return ""
    if view.change.precheck is None:
        return _("{who} has to waive the lead time.", who=capital(view.deciders))
    if view.change.prechecked_round == view.change.round:
        return ""
    return _("GO waives the lead time.")


def neighbours(view: ChangeContext) -> str:
    """The other changes whose windows are near, or which overlap it on the server; or nothing."""
    near = nearby(view.change, view.service, view.neighbours, view.now)
    listed = [
        f"{each.change} ({shortened(each.title, LONGEST_TITLE)}), {window_text(each.window, view.service.zone)}"
        for each in near
    ]
    return first_of(listed, MOST_NEAR)


def named(others: Sequence[Booking]) -> str:
    """Those changes by number and title."""
    return ", ".join(f"{each.change} ({shortened(each.title, LONGEST_TITLE)})" for each in others[:MOST_NEAR])
