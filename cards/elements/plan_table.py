"""The plan of a change, as every card shows it."""

from collections.abc import Callable, Iterator, Sequence

from microsoft_teams.cards import CardElement, Container

from application.change_context import ChangeContext
from cards.elements.blocks import Style, facts, first_of, label, strip, text_block, user_text
from cards.elements.lengths import capital, shortened
from cards.elements.table import table
from changes.lifecycle.standard import label_of
from changes.model import BEFORE_WORK, ChangeType, Plan
from changes.plan_fields import BY_KEY, PLAN_FIELDS, Entry
from changes.planning.conflicts import find_conflict
from changes.planning.occupancy import Booking, nearby
from changes.planning.timeline import days_until, short_notice
from changes.text.messages import Message, joined, listed
from language import _, window_text

_SAFETY = ("risks", "rollback")
MOST_NEAR, LONGEST_TITLE = 3, 30
"""Maximum number of nearby changes named, and maximum length of each title, in characters."""


def window_facts(view: ChangeContext) -> CardElement:
    """When and by whom, and from which template; how long it is down is the length of the window."""
    plan, template = view.change.plan, view.change.template
    return facts(
        (_("Window"), view.window_label),
        (_("Implementer"), view.name(plan.implementer)),
        (_("Requester"), view.name(view.change.requester) if view.change.requester != plan.implementer else ""),
        (_("Template"), label_of(template) if template is not None else ""),
    )


def plan_sections(view: ChangeContext) -> list[CardElement]:
    """What changes and why, how it is tested, what can go wrong, and how it is reverted."""
    plan = view.change.plan
    safety = {_(BY_KEY[key].label) for key in _SAFETY}
    items: list[CardElement] = [window_facts(view)]
    for name, text in sections(plan):
        if name not in safety:
            items += [label(name), *user_text(text)]
    return [*items, *safety_table(plan)]


def safety_table(
    plan: Plan, shown: Callable[[str], list[CardElement]] = user_text, longest_test: int = 0
) -> list[CardElement]:
    """The tests, the risks and the rollback plan, a row each; what is empty has none.

    `shown` draws a text; a test is cut at `longest_test` UTF-16 units, where that is not 0.
    """
    tests = [
        f"{number}. {shortened(test, longest_test) if longest_test else test}"
        for number, test in enumerate(plan.tests, 1)
    ]
    rows = [(_(BY_KEY["tests"].label), user_text("\n".join(tests)))]
    rows += [(_(BY_KEY[key].label), shown(text)) for key in _SAFETY if (text := str(getattr(plan, key))).strip()]
    return [Container(items=table((), [[[text_block(name, bold=True)], text] for name, text in rows], (2, 5)))]


def sections(plan: Plan) -> Iterator[tuple[str, str]]:
    """The name and the text of each section of the plan that is not empty."""
    for each in sorted((each for each in PLAN_FIELDS if each.section), key=lambda each: each.section):
        value = getattr(plan, each.key)
        text = listed(value) if each.entry is Entry.ADDRESSES else value
        if text.strip():
            yield _(each.label), text


def exceptions(view: ChangeContext) -> list[CardElement]:
    """What is out of the ordinary on one strip, with the reason given; of no interest once the work has begun."""
    change, plan = view.change, view.change.plan
    if change.state not in BEFORE_WORK:
        return []
    items: list[CardElement] = []
    if plan.kind is ChangeType.EMERGENCY:
        items.append(text_block(_("Emergency: one combined approval, pre-check and GO."), bold=True))
    elif _is_short(view):
        items.append(text_block(joined(_short(view), _waiver(view)), bold=True))
    if items and plan.reason:
        items += user_text(plan.reason)
    items += _by_template(view)
    if change.conflict_allowed is not None and _overlaps(view, change.conflict_allowed.fingerprint):
        who = view.name(change.conflict_allowed.by)
        items.append(text_block(_("The window overlaps another one. Accepted by **{who}**:", who=who)))
        items += user_text(change.conflict_allowed.comment)
    usual: Style = "emphasis" if change.standard is not None and len(items) == 1 else "warning"
    return strip(items, "attention" if plan.kind is ChangeType.EMERGENCY else usual)


def _by_template(view: ChangeContext) -> list[CardElement]:
    """That a pre-approval stands for the decisions, or why none does for a draft."""
    standard = view.change.standard
    if standard is not None:
        facts_of_it = {"who": view.who(standard.by, standard.deputy_for), "day": view.day(standard.at)}
        said = _(
            "Standard change: pre-approved by {who} on {day}, so nobody is asked for the pre-check or GO.",
            **facts_of_it,
        )
        return [text_block(said)]
    if isinstance(view.standing, Message):
        return [text_block(_("Normal change with pre-check and GO: {reason}.", reason=view.standing), bold=True)]
    return []


def _overlaps(view: ChangeContext, allowed: str) -> bool:
    """Whether what was let stand is this plan, or one with the same overlap."""
    plan = view.change.plan
    return plan.fingerprint == allowed or find_conflict(plan.window, view.service, view.neighbours) is not None


def _is_short(view: ChangeContext) -> bool:
    change = view.change
    if change.standard is not None:
        return False
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
        return _("{who} must waive the lead time.", who=capital(view.approvers()))
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
    return listed(f"{each.change} ({shortened(each.title, LONGEST_TITLE)})" for each in others[:MOST_NEAR])
