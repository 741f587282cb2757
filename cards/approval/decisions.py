"""The pre-check and GO cards, and the record of the decision that they turn into."""

from dataclasses import replace
from typing import Any

from microsoft_teams.cards import Action, CardElement

from application.change_context import ChangeContext
from cards.approval.estimates import duration_hints
from cards.approval.grounds import agreed, by_when, grounds, similar_section
from cards.approval.in_short import announcement, plan_in_short
from cards.approval.plan_diff import changed_since
from cards.approval.readiness import late_notice, readiness, snapshot_comes_late
from cards.approval.superseded import decided, is_superseded, superseded, superseded_look
from cards.elements.blocks import box, fold, strip, text_block, user_text
from cards.elements.controls import LARGEST, action_button, render_card, show_card_button, size, text_input
from cards.elements.header import change_header
from cards.elements.plan_table import exceptions, plan_sections, window_facts
from cards.elements.public_text import public_text
from cards.elements.state_labels import Look, state_look
from cards.tasks.runbook import held, tasks_panel, tasks_section
from changes.lifecycle.guards import STATE_PHRASES
from changes.model import ChangeType, Decision, SnapshotStatus, State
from changes.notification import NoticeKind
from changes.planning.tasks.moments import go_held_by
from changes.text.messages import joined
from language import N_, _

LONGEST_NOTICE = 4500
_DECIDED = {
    "approved": Look(N_("Pre-check approved"), "good", "Good", "CheckmarkCircle"),
    "corrections": Look(N_("Corrections requested"), "warning", "Warning", "Edit"),
    "go": Look(N_("GO given"), "good", "Good", "CheckmarkCircle"),
    "no_go": Look(N_("NO-GO"), "attention", "Attention", "DismissCircle"),
}
"""How a card looks on which somebody decided."""
_OVERTAKEN = (State.POSTPONED, State.CANCELLED)


def precheck_card(view: ChangeContext, message: str, notice: str = "") -> dict[str, Any]:
    """What the approver agrees with two weeks before. In an emergency it asks for GO too, which sends the notice."""
    change = view.change
    emergency = change.plan.kind is ChangeType.EMERGENCY
    title = _("Pre-check and GO / NO-GO") if emergency else _("Pre-check")
    if _still_holds(view, message):
        return _decided(view, message, title, change.precheck, _moved())
    if is_superseded(view, message):
        return _superseded(view, message, title)
    decision = change.precheck or change.corrections
    if emergency and change.go is not None:
        decision = change.go
    if change.state is not State.PRECHECK_PENDING:
        return _decided(view, message, title, decision)
    asked = _("GO or NO-GO? GO sends the announcement at once.") if emergency else _("Approve this pre-check?")
    if change.short_notice and not emergency:
        asked = _("Approve this pre-check? This also waives the lead time.")
    head = [*change_header(view, title), by_when(view, asked), *exceptions(view)]
    plan = [*plan_sections(view), *tasks_section(view)]
    if emergency:
        head += _go_held(view)
        return _with_changes(view, message, head, plan, _go_buttons(view, message), notice)
    return _with_changes(view, message, head, plan, _precheck_buttons(view, message))


def _with_changes(
    view: ChangeContext,
    message: str,
    head: list[CardElement],
    plan: list[CardElement],
    actions: list[Action],
    notice: str = "",
) -> dict[str, Any]:
    """The card; asked once more, what was changed since comes first, and the plan is folded.

    What past changes teach, what was changed and the notice are shown as far as there is room for them.
    """
    rest = [*readiness(view, dense=True), _comment()]
    if size(render_card([*head, *plan, *rest], actions)) > LARGEST:
        rest = [*readiness(view, dense=True, brief=True), _comment()]
    if size(render_card([*head, *grounds(view), *plan, *rest], actions)) <= LARGEST:
        head = [*head, *grounds(view)]
    taught = [*plan, *duration_hints(view), *similar_section(view)]
    if size(render_card([*head, *taught, *rest], actions)) <= LARGEST:
        plan = taught
    folded = fold(_("Show the whole plan"), "plan", *plan)
    changed = changed_since(view, LARGEST - size(render_card([*head, *folded, *rest], actions)))
    shown = [*head, *changed, *(folded if changed else plan), *rest[:-1]]
    sent = _announcement(view, notice, [*shown, rest[-1]], actions)
    return render_card([*shown, *sent, rest[-1]], actions, view, message)


def _precheck_buttons(view: ChangeContext, message: str) -> list[Action]:
    # Not `comment`: that one stands on the card already, for whoever approves.
    wanted = text_input(
        "reason",
        _("What has to change? (required, sent to the requester)"),
        lines=True,
        required=_("Say what has to change."),
    )
    says = text_block(_("The requester corrects the plan, and the pre-check is requested again."))
    correct = action_button(view, message, _("Request changes"), "precheck.correct")
    return [
        action_button(view, message, _("Approve"), "precheck.approve", style="positive"),
        show_card_button(_("Request changes…"), [says, wanted], correct),
    ]


def go_card(view: ChangeContext, message: str, notice: str) -> dict[str, Any]:
    """What the approver decides one week before, with the very notice that GO sends out."""
    change, title = view.change, _("GO / NO-GO")
    if is_superseded(view, message):
        return _superseded(view, message, title)
    if change.state is not State.GO_PENDING:
        return _decided(view, message, title, change.go)
    body = [*change_header(view, title), by_when(view, _("GO or NO-GO?")), *exceptions(view), window_facts(view)]
    asked, rest = grounds(view), [*_go_held(view), *readiness(view), *plan_in_short(view)]
    actions = _go_buttons(view, message)
    comment = _comment()
    fits = size(render_card([*body, *asked, *rest, comment], actions)) <= LARGEST
    body = [*body, *(asked if fits else []), *rest]
    sent = _announcement(view, notice, [*body, comment], actions)
    return render_card([*body, *sent, comment], actions, view, message)


def _announcement(
    view: ChangeContext, notice: str, body: list[CardElement], actions: list[Action]
) -> list[CardElement]:
    """What GO sends, as far as there is room for it beside the rest of the card."""
    room = min(LONGEST_NOTICE, LARGEST - size(render_card(body, actions)))
    return announcement(view, notice, room) if notice and room > 0 else []


def _comment() -> CardElement:
    return text_input("comment", _("Comment (optional, sent to requester and implementer)"), lines=True)


def _go_held(view: ChangeContext) -> list[CardElement]:
    """The tasks that stand in the place of GO (docs/process.md, P132)."""
    waits = go_held_by(view.change, view.service, view.now)
    return held(view, waits, N_("GO opens once these tasks are ticked off: {tasks}."))


def _go_buttons(view: ChangeContext, message: str) -> list[Action]:
    reason = text_input(
        "reason",
        _("Reason (required, sent to the requester and the implementer)"),
        lines=True,
        required=_("Say why it is a NO-GO."),
    )
    refuse = action_button(view, message, _("Confirm NO-GO"), "go.refuse", style="destructive")
    waits = go_held_by(view.change, view.service, view.now)
    give = [action_button(view, message, _("GO"), "go.give", style="positive"), *_go_without_snapshot(view, message)]
    return [
        *(tasks_panel(view, message) if waits else give),
        show_card_button(
            _("NO-GO…"), [text_block(_consequence(view)), reason, *public_text(view, NoticeKind.POSTPONED)], refuse
        ),
    ]


def _consequence(view: ChangeContext) -> str:
    """What a NO-GO does."""
    told = _("People affected are told that it is postponed.") if view.change.announced is not None else ""
    gone = _(
        "The change does not take place on {day}: it needs a new date, or is cancelled.",
        day=view.day(view.change.window.start),
    )
    return joined(gone, told)


def _go_without_snapshot(view: ChangeContext, message: str) -> list[Action]:
    """The waiver of the snapshot together with GO, where it would not be finished when the window begins."""
    if not snapshot_comes_late(view):
        return []
    why = text_input(
        "waiver",
        _("Why may it start without a snapshot? (required, stays in the thread)"),
        lines=True,
        required=_("Say why it may start without a snapshot."),
    )
    says = text_block(_("A rollback is then possible from the backups only."))
    give = action_button(view, message, _("GO without snapshot"), "go.give", style="positive")
    return [show_card_button(_("GO without snapshot…"), [says, why], give)]


def _still_holds(view: ChangeContext, message: str) -> bool:
    """Whether this card's pre-check holds although the plan was submitted again: only the date was moved."""
    change = view.change
    given = change.precheck is not None and change.prechecked_round < change.round
    return given and message.partition(":")[2] == str(change.prechecked_round)


def _moved() -> CardElement:
    return text_block(_("The date was moved since. The pre-check still holds; GO is requested for the new date."))


def _superseded(view: ChangeContext, message: str, title: str) -> dict[str, Any]:
    return render_card([*change_header(view, title, superseded_look()), *superseded(view, message)])


def _decided(
    view: ChangeContext, message: str, title: str, decision: Decision | None, *more: CardElement
) -> dict[str, Any]:
    """The card once it was answered, or will not be any more."""
    look = state_look(view.change)
    if decision is not None and view.change.state not in _OVERTAKEN:
        look = replace(_DECIDED[decision.verdict], label=_(_DECIDED[decision.verdict].label))
    body = [*change_header(view, title, look), *_record(view, decision), *more, window_facts(view)]
    return render_card(body, (), view, message)


def _record(view: ChangeContext, decision: Decision | None) -> list[CardElement]:
    state = STATE_PHRASES[view.change.state]
    if decision is None:
        return strip([text_block(_("No decision was made here: {id} {state}.", id=view.change.id, state=state))])
    good = decision.verdict in ("approved", "go")
    shown = [
        *agreed(view, decision),
        text_block(decided(view, decision)),
        *_exceptions_made(view, decision),
        *user_text(decision.comment),
    ]
    items: list[CardElement] = [box(shown, "good" if good else "warning")]
    if view.change.state in _OVERTAKEN:
        items += strip([text_block(_("Since then: {id} {state}.", id=view.change.id, state=state))])
    return items


def _exceptions_made(view: ChangeContext, decision: Decision) -> list[CardElement]:
    """What was let through with the decision: the lead time, the week of notice, the snapshot."""
    change, snapshot = view.change, view.change.snapshot
    with_go = decision.verdict == "go"
    waives = with_go or (decision.verdict == "approved" and change.prechecked_round == change.round)
    items: list[CardElement] = []
    if waives and change.short_notice:
        items.append(text_block(_("The lead time is waived with it.")))
    if with_go and (late := late_notice(view, decision.at)):
        items.append(text_block(_("GO was late: {notice}", notice=late)))
    if with_go and snapshot.status is SnapshotStatus.WAIVED and snapshot.waived_by is not None:
        by = view.name(snapshot.waived_by)
        items.append(text_block(_("Without a snapshot, waived by {by}:", by=by)))
        items += user_text(snapshot.detail)
    return items
