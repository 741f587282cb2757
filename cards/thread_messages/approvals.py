"""From the request to GO, and whatever becomes of the date."""

from datetime import timedelta

from application.change_context import ChangeContext
from cards.approval.grounds import nobody, nobody_in_time
from cards.thread_messages.words import Say, by, plain, reasoned, with_reason
from changes.effects import PostThreadMessage
from changes.lifecycle.decisions.standard import label_of
from changes.model import ChangeType
from changes.notification.thread_messages import ThreadMessage
from changes.planning.deadlines import earliest_start
from changes.planning.reminders import gives_up_at
from changes.planning.timeline import StepKind, days_until
from changes.text.messages import Message, joined
from language import _, n_


def _prepare(effect: PostThreadMessage, view: ChangeContext) -> str:
    due = {step.kind: step.due for step in view.steps}
    # As of now, however late it was decided or is sent: nothing that was true before.
    days = days_until(due[StepKind.PRECHECK], view.now, view.service)
    asks = (
        _("the pre-check of {id} is today. Is everything prepared?", id=view.change.id)
        if days <= 0
        else n_(
            "the pre-check of {id} is tomorrow. Is everything prepared?",
            "the pre-check of {id} is in {n} days. Is everything prepared?",
            days,
            id=view.change.id,
        )
    )
    edit = _("`/change edit {id}` changes the plan.", id=view.change.id)
    return joined(asks, _missing(view), edit)


def _missing(view: ChangeContext) -> str:
    plan = view.change.plan
    if not plan.risks and not plan.rollback:
        return _("Still missing: the risks and the rollback plan (“none known” is an answer).")
    if not plan.risks:
        return _("Still missing: the risks (“none known” is an answer).")
    return "" if plan.rollback else _("Still missing: the rollback plan (“none known” is an answer).")


def _go_given(effect: PostThreadMessage, view: ChangeContext) -> str:
    said = _(
        "{by} gave **GO** for {id}. It takes place {window_label}.",
        by=by(effect, view),
        id=view.change.id,
        window_label=view.window_label,
    )
    return with_reason(joined(said, _starts_later(effect, view), _go_late(view)), effect)


def _go_standing(effect: PostThreadMessage, view: ChangeContext) -> str:
    go, template = view.change.go, view.change.template
    said = _(
        "**GO** for {id}, given by the pre-approval of {who} for {template}. It takes place {window_label}.",
        id=view.change.id,
        who=view.who(go.by, go.deputy_for) if go is not None else view.name(view.service.approver),
        template=label_of(template) if template is not None else "",
        window_label=view.window_label,
    )
    return joined(said, _starts_later(effect, view), _go_late(view))


def _starts_later(effect: PostThreadMessage, view: ChangeContext) -> str:
    """That its snapshot does not let the work begin with the window, where it does not."""
    earliest = earliest_start(view.change, view.service, effect.at)
    if earliest <= view.change.plan.window.start:
        return ""
    return _(
        "Its snapshot lets the work start {earliest} at the earliest; {deciders} can waive it: `/change waive {id}`.",
        earliest=view.when(earliest),
        deciders=view.deciders,
        id=view.change.id,
    )


def _new_date(effect: PostThreadMessage, view: ChangeContext) -> str:
    until = gives_up_at(view.change, view.service)
    asks = _(
        "{id} has no date yet. `/change move {id}` gives it one, `/change cancel {id}` ends it.", id=view.change.id
    )
    if until is None:
        return asks
    return joined(asks, _("Without a date it is cancelled on {day}.", day=view.service.local(until).date()))


def _nobody(effect: PostThreadMessage, view: ChangeContext) -> str:
    why = nobody(view) or nobody_in_time(view) or _("It can be decided after all.")  # somebody was named meanwhile
    return joined(Message("{id}:", id=view.change.id), why)


def _go_late(view: ChangeContext) -> str:
    """That people get less than a week of notice, where they do."""
    go, start = view.change.go, view.change.plan.window.start
    if go is None or days_until(start, go.at, view.service) >= view.service.policy.notice_days:
        return ""
    if start - go.at < timedelta(days=1):
        return _("Late GO: less than a day of notice.")
    days = days_until(start, go.at, view.service)
    return n_("Late GO: one day of notice.", "Late GO: {n} days of notice.", days)


def _with_go(asked: ThreadMessage, otherwise: Say) -> Say:
    """In an emergency the pre-check is asked for with GO."""
    return lambda e, v: (LINES[asked] if v.change.plan.kind is ChangeType.EMERGENCY else otherwise)(e, v)


LINES: dict[ThreadMessage, Say] = {
    ThreadMessage.PREPARE: _prepare,
    ThreadMessage.OVERLAP_ALLOWED: reasoned("{by} accepted the overlap of {id}. Submit it now: `/change edit {id}`."),
    ThreadMessage.CORRECTIONS_WANTED: reasoned(
        "{by} requested corrections to {id}. `/change edit {id}` opens the plan."
    ),
    ThreadMessage.CORRECTIONS_REMINDER: reasoned(
        "the corrections requested to {id} are still open. `/change edit {id}` opens the plan."
    ),
    ThreadMessage.PRECHECK_APPROVED: reasoned("{by} approved the pre-check of {id}."),
    ThreadMessage.APPROVAL_GIVEN: reasoned("{by} approved {id}. Please answer on its card, too."),
    ThreadMessage.GO_GIVEN: _go_given,
    ThreadMessage.GO_STANDING: _go_standing,
    ThreadMessage.MADE_NORMAL: plain("{id} is a normal change, with pre-check and GO: {reason}."),
    ThreadMessage.TEMPLATE_SUSPENDED: plain(
        "{id} did not go as planned, so the pre-approval of the template “{other}” is suspended. Its changes are "
        "normal ones until {approver} or a deputy gives it again: `/change template`."
    ),
    ThreadMessage.GO_REFUSED: reasoned("{by} decided **NO-GO** for {id}. `/change edit {id}` gives it another date."),
    ThreadMessage.NOBODY_DECIDES: _nobody,
    ThreadMessage.REASSIGNED: plain(
        "{by} handed {id} over: {requester} is its requester now, and {implementer} implements it."
    ),
    ThreadMessage.NEIGHBOURS: plain("Other changes near {id}, on its server or service: {others}."),
    ThreadMessage.PRECHECK_NUDGE: _with_go(
        ThreadMessage.GO_NUDGE, plain("the pre-check of {id} is still open: please answer on its card.")
    ),
    ThreadMessage.PRECHECK_DEPUTIES: _with_go(
        ThreadMessage.GO_DEPUTIES,
        plain("{approver} has not answered yet: the pre-check of {id} is still open. Deputies can answer on its card."),
    ),
    ThreadMessage.STANDS_IN: plain("{approver} is away: please answer for {id} in their place, on its card."),
    ThreadMessage.GO_NUDGE: plain("GO or NO-GO for {id}? Its card waits for your answer."),
    ThreadMessage.GO_DEPUTIES: plain(
        "{approver} has not answered yet: GO or NO-GO for {id}? Deputies can answer on its card."
    ),
    ThreadMessage.PLAN_EDITED: plain(
        "{by} changed the plan of {id}. Previous approvals no longer apply and were requested again."
    ),
    ThreadMessage.PLAN_CHANGED: plain("{by} changed the plan of {id}."),
    ThreadMessage.MOVED: plain(
        "{by} moved {id} to {window_label}. The pre-check still holds, because only the date is another; GO has to "
        "be given for the new one."
    ),
    ThreadMessage.POSTPONED: reasoned("{by} postponed {id}."),
    ThreadMessage.POSTPONED_SILENT: reasoned("{id} is postponed. `/change edit {id}` gives it another date."),
    ThreadMessage.CANCELLED: reasoned("{by} cancelled {id}."),
    ThreadMessage.NEW_DATE_NUDGE: _new_date,
    ThreadMessage.CANCELLED_SILENT: reasoned("{id} was cancelled automatically."),
}
