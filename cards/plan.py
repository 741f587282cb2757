"""The plan of a change, as every card shows it."""

from microsoft_teams.cards import CardElement

from cards.parts import facts, label, sentence, written
from cards.text import plain
from cards.view import View
from changes.labels import duration_label
from changes.model import BEFORE_WORK, Kind
from changes.timeline import short_notice


def title_lines(view: View) -> list[CardElement]:
    """The change's title and its id."""
    kind = " · **emergency**" if view.change.plan.kind is Kind.EMERGENCY else ""
    return [
        *written(view.change.plan.title, bold=True),
        sentence(f"{view.change.id} · {plain(view.service.name)}{kind}", subtle=True),
    ]


def window_facts(view: View) -> CardElement:
    """When, how long and by whom."""
    plan = view.change.plan
    return facts(
        [
            ("Window", view.window_label),
            ("Downtime", duration_label(view.window.minutes)),
            ("Implementer", plain(view.name(plan.implementer))),
            ("Requester", plain(view.name(view.change.requester)) if view.change.requester != plan.implementer else ""),
        ]
    )


def plan_sections(view: View) -> list[CardElement]:
    """What will be modified, how it is tested, what can go wrong."""
    plan = view.change.plan
    items: list[CardElement] = [window_facts(view), label("What will be modified"), *written(plan.what)]
    for name, text in (
        ("Why", plan.why),
        ("What people will notice", plan.affected),
        ("Risks", plan.risks),
        ("Way back", plan.rollback),
    ):
        if text:
            items += [label(name), *written(text)]
    items.append(label("Tests"))
    items += [each for number, test in enumerate(plan.tests, 1) for each in written(f"{number}. {test}")]
    return items


def exceptions(view: View) -> list[CardElement]:
    """What is out of the ordinary, with the reason that was given; of no interest once the work has begun."""
    change, plan, lead = view.change, view.change.plan, view.service.policy.lead_days
    if change.state not in BEFORE_WORK:
        return []
    items: list[CardElement] = []
    if plan.kind is Kind.EMERGENCY:
        items.append(sentence("This is an emergency: pre-check and GO are one answer.", colour="Attention", bold=True))
    elif _is_short(view):
        waives = f" {view.deciders[:1].upper()}{view.deciders[1:]} has to waive the lead time."
        waived = "" if change.precheck else waives
        items.append(
            sentence(f"Short notice: requested less than {lead} days ahead.{waived}", colour="Warning", bold=True)
        )
    if items and plan.reason:
        items += written(plan.reason)
    if change.conflict_allowed is not None:
        who = plain(view.name(change.conflict_allowed.by))
        items.append(sentence(f"The window overlaps another. **{who}** lets it stand:", colour="Warning"))
        items += written(change.conflict_allowed.comment)
    return items


def _is_short(view: View) -> bool:
    change = view.change
    if change.requested_at is not None:
        return change.short_notice
    return short_notice(change.plan.window.start, view.now, view.service)
