"""The pre-check and GO cards, and the record of the decision that they turn into."""

from typing import Any

from microsoft_teams.cards import Action, CardElement

from application.change_context import ChangeContext
from cards.approval.in_short import abbreviated, notice_preview, plan_in_short
from cards.approval.plan_diff import changed_since
from cards.approval.superseded import decided, is_superseded, superseded
from cards.elements.blocks import box, heading, label, text_block, user_text
from cards.elements.controls import LARGEST, action_button, render_card, show_card_button, size, text_input
from cards.elements.header import change_header
from cards.elements.lengths import capital
from cards.elements.plan_table import exceptions, plan_sections, window_facts
from cards.elements.public_text import public_text
from cards.elements.readiness import late_notice, readiness, snapshot_comes_late
from cards.request.estimates import duration_hints
from changes.lifecycle.guards import STATE_PHRASES
from changes.model import ChangeType, Decision, SnapshotStatus, State
from changes.notification import NoticeKind
from changes.plan_fields import BY_KEY
from changes.planning.timeline import StepKind, pending
from changes.text.messages import joined
from language import _

LONGEST_NOTICE = 4500
A_BOX = 300


def precheck_card(view: ChangeContext, message: str) -> dict[str, Any]:
    """What the approver agrees with two weeks before. In an emergency it asks for GO too."""
    change = view.change
    emergency = change.plan.kind is ChangeType.EMERGENCY
    body: list[CardElement] = [
        heading(_("Pre-check and GO / NO-GO") if emergency else _("Pre-check")),
        *change_header(view),
    ]
    if _still_holds(view, message):
        return render_card(
            [*body, *_record(view, change.precheck), _moved(view), window_facts(view)], (), view, message
        )
    if is_superseded(view, message):
        return render_card([*body, *superseded(view, message)])
    decision = change.precheck or change.corrections
    if emergency and change.go is not None:
        decision = change.go
    if change.state is not State.PRECHECK_PENDING:
        return render_card([*body, *_record(view, decision), window_facts(view)], (), view, message)
    plan = [*plan_sections(view), *duration_hints(view), *readiness(view)]
    body += exceptions(view)
    if emergency:
        asking = [*_by_when(view, _("Does it take place? GO sends the notice at once.")), *_comment()]
        return _with_changes(body, [*plan, *asking], _go_buttons(view, message), view, message)
    asked = _("Will this work as it stands?")
    if change.short_notice:
        asked = _("Will this work as it stands? Approving also waives the lead time.")
    comment = text_input("comment", _("Comment (sent to the requester; required for corrections)"), lines=True)
    actions: list[Action] = [
        action_button(view, message, _("Approve"), "precheck.approve", style="positive"),
        action_button(view, message, _("Ask for corrections"), "precheck.correct"),
    ]
    return _with_changes(body, [*plan, *_by_when(view, asked), comment], actions, view, message)


def _with_changes(
    head: list[CardElement], rest: list[CardElement], actions: list[Action], view: ChangeContext, message: str
) -> dict[str, Any]:
    """The card, with what was changed since the last pre-check in between, as far as there is room for it."""
    bare = render_card([*head, *rest], actions)
    changed = changed_since(view, LARGEST - size(bare))
    return render_card([*head, *changed, *rest], actions, view, message)


def go_card(view: ChangeContext, message: str, notice: str) -> dict[str, Any]:
    """What the approver decides one week before, with the very notice that GO sends out."""
    change = view.change
    body: list[CardElement] = [*change_header(view, _("GO / NO-GO"))]
    if is_superseded(view, message):
        return render_card([*body, *superseded(view, message)])
    if change.state is not State.GO_PENDING:
        return render_card([*body, *_record(view, change.go), window_facts(view)], (), view, message)
    approved = change.precheck
    body += [*exceptions(view), window_facts(view), label(_("What will be modified")), *abbreviated(change.plan.what)]
    body += plan_in_short(view)
    if approved is not None:
        who = view.who(approved.by, approved.deputy_for)
        said = _("Pre-check: {who}, {at}.", who=who, at=view.when(approved.at))
        body.append(text_block(said, subtle=True))
    body += readiness(view)
    if named := change.plan.notify:
        body += [label(_(BY_KEY["notify"].label)), *abbreviated(", ".join(named))]
    asks = [*_by_when(view, _("Does it take place?")), *_comment()]
    actions = _go_buttons(view, message)
    room = min(LONGEST_NOTICE, LARGEST - size(render_card([*body, *asks], actions)) - A_BOX)
    if notice and room > 0:
        body += [label(_("GO sends this notice")), box(notice_preview(notice, room))]
    return render_card([*body, *asks], actions, view, message)


def _by_when(view: ChangeContext, asked: str) -> list[CardElement]:
    """The question, and what happens when it is not answered: silence is never GO."""
    silence = next((step.due for step in pending(view.change, view.service) if step.kind is StepKind.SILENCE), None)
    decides = view.nobody or view.away or _("{who} decides.", who=capital(view.deciders))
    by = _("Without GO by {when} the change is postponed.", when=view.when(silence)) if silence else ""
    alone = text_block(joined(decides, by), subtle=True)
    if view.nobody_decides:
        alone = text_block(joined(decides, by), colour="Attention", bold=True)
    return [label(asked), alone]


def _comment() -> list[CardElement]:
    return [text_input("comment", _("Comment (optional, sent to the requester and the implementer)"))]


def _go_buttons(view: ChangeContext, message: str) -> list[Action]:
    reason = text_input("reason", _("Reason (sent to the requester and the implementer)"), lines=True)
    refuse = action_button(view, message, _("Say NO-GO"), "go.refuse", style="destructive")
    return [
        action_button(view, message, "GO", "go.give", style="positive"),
        *_go_without_snapshot(view, message),
        show_card_button("NO-GO", [reason, *public_text(view, NoticeKind.POSTPONED)], refuse),
    ]


def _go_without_snapshot(view: ChangeContext, message: str) -> list[Action]:
    """The waiver of the snapshot together with GO, where it would not be finished when the window begins."""
    if not snapshot_comes_late(view):
        return []
    why = text_input("waiver", _("Why may it start without a snapshot? (stays in the thread)"), lines=True)
    give = action_button(view, message, _("GO without snapshot"), "go.give", style="positive")
    return [show_card_button(_("GO without snapshot…"), [why], give)]


def _still_holds(view: ChangeContext, message: str) -> bool:
    """Whether this card's pre-check holds although the plan was handed in again: only the date was moved."""
    change = view.change
    given = change.precheck is not None and change.prechecked_round < change.round
    return given and message.partition(":")[2] == str(change.prechecked_round)


def _moved(view: ChangeContext) -> CardElement:
    return text_block(_("The date was moved since. The pre-check still holds; GO has to be given for the new date."))


def _record(view: ChangeContext, decision: Decision | None) -> list[CardElement]:
    if decision is None:
        return [
            text_block(
                _("Nobody answered here: {id} {state}.", id=view.change.id, state=STATE_PHRASES[view.change.state]),
                colour="Warning",
            )
        ]
    good = decision.verdict in ("approved", "go")
    shown = [text_block(decided(view, decision)), *_exceptions_made(view, decision), *user_text(decision.comment)]
    items: list[CardElement] = [box(shown, "good" if good else "warning")]
    if view.change.state in (State.POSTPONED, State.CANCELLED):
        items.append(
            text_block(
                _("Since then: {id} {state}.", id=view.change.id, state=STATE_PHRASES[view.change.state]),
                colour="Warning",
            )
        )
    return items


def _exceptions_made(view: ChangeContext, decision: Decision) -> list[CardElement]:
    """What was let through with the decision: the lead time, the week of notice, the snapshot."""
    change, snapshot = view.change, view.change.snapshot
    with_go = decision.verdict == "go"
    waives = with_go or (decision.verdict == "approved" and change.prechecked_round == change.round)
    items: list[CardElement] = []
    if waives and change.short_notice:
        items.append(text_block(_("The lead time is waived with it."), subtle=True))
    if with_go and (late := late_notice(view, decision.at)):
        items.append(text_block(_("GO was late: {notice}", notice=late), subtle=True))
    if with_go and snapshot.status is SnapshotStatus.WAIVED and snapshot.waived_by is not None:
        by = view.name(snapshot.waived_by)
        items.append(text_block(_("Without a snapshot, waived by {by}:", by=by), subtle=True))
        items += user_text(snapshot.detail)
    return items
