"""The card of the implementation: locked, ready, the tests one by one, and the record afterwards."""

from datetime import timedelta
from typing import Any

from microsoft_teams.cards import Action, CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import box, facts, text_block, user_text
from cards.elements.controls import action_button, render_card, show_card_button, text_input
from cards.elements.countdown import latest_restore_label, window_clock, window_over
from cards.elements.header import change_header
from cards.elements.plan_table import named
from cards.elements.public_text import previewed
from cards.implementation.more_time import ways_out
from cards.implementation.open_tests import what_blocks
from cards.implementation.tests import may_end, tests_shown, with_tests
from cards.snapshot.snapshot_fallback import (
    LOOK_FIRST,
    advice,
    failure_actions,
    is_too_late,
    override_actions,
    postpone,
    postpone_or_waive,
)
from cards.tasks.runbook import held, tasks_panel, tasks_section
from changes.model import AWAITING_IMPLEMENTATION, IMPLEMENTING, SnapshotStatus, State
from changes.notification.cards import CardKind, message_of
from changes.planning.deadlines import snapshot_due
from changes.planning.occupancy import Booking, incident_on_server
from changes.planning.tasks.moments import blocking, start_held_by
from language import N_, _, translate


def day_card(view: ChangeContext, message: str) -> dict[str, Any]:
    """What the implementer works with on the day."""
    return previewed(view, lambda seen: _drawn(seen, message))


def _drawn(view: ChangeContext, message: str) -> dict[str, Any]:
    change = view.change
    body: list[CardElement] = [*change_header(view, _("Implementation"))]
    if message != message_of(CardKind.DAY, change):
        moved = _("Superseded: the plan changed. The change's own card shows the current state.")
        return render_card([*body, text_block(moved, colour="Warning")])
    actions: list[Action] = []
    if change.state in AWAITING_IMPLEMENTATION:
        known = ((_("Window"), view.window_label), (_("Snapshot"), _snapshot(view)))
        body.append(facts(*known, (_("Latest restore start"), latest_restore_label(view))))
        shown, actions = _start(view, message) if _may_start(view) else (_locked(view), _without(view, message))
        body += shown
        actions += tasks_panel(view, message)
    elif change.state in IMPLEMENTING:
        runbook = tasks_section(view, _("Runbook"))
        body += [*window_clock(view), *window_over(view), *_early(view), *_issue(view), *runbook]
        body, actions = with_tests(view, message, body, _what_is_left(view), _work(view, message))
    else:
        body += [*_times(view), *_early(view), *tests_shown(view), *tasks_section(view)]
    return render_card(body, actions, view, message)


def _may_start(view: ChangeContext) -> bool:
    """Whether nothing but the clock, and other changes of the server, keeps it from starting."""
    change = view.change
    return change.state is State.READY or (change.state is State.SCHEDULED and change.snapshot.unlocks_start)


def _snapshot(view: ChangeContext) -> str:
    """How far the snapshot is, as far as is known."""
    snapshot = view.change.snapshot
    expected = timedelta(minutes=view.service.vps.snapshot_minutes)
    match snapshot.status:
        case SnapshotStatus.NONE:
            return _("begins {time}", time=view.time(snapshot_due(view.change, view.service)))
        case SnapshotStatus.HELD:
            return _("waits for {other}", other=snapshot.detail)
        case SnapshotStatus.RUNNING if snapshot.started_at is not None:
            return _("expected end {time}", time=view.time(snapshot.started_at + expected))
        case SnapshotStatus.FINISHED if snapshot.finished_at is not None:
            return _("finished {time}", time=view.time(snapshot.finished_at))
        case SnapshotStatus.WAIVED:
            who = view.name(snapshot.waived_by) if snapshot.waived_by else _("the approver")
            return _("none: waived by {who}", who=who)
        case _:
            return ""


def _start(view: ChangeContext, message: str) -> tuple[list[CardElement], list[Action]]:
    """*Start*, or why it is not open, and the approver's way past that."""
    start, other = view.change.plan.window.start, incident_on_server(view.neighbours)
    if waits := start_held_by(view.change):
        said = N_("*Start* opens once these tasks are ticked off: {tasks}.")
        return held(view, waits, said), [postpone(view, message)]
    if other is not None:
        return _beside(view, message, other)
    if view.now < start:
        opens_at = _("*Start* opens {when}. It sends the start notice to everyone affected.", when=view.when(start))
        early = _before(view, message, _("Start early…"), _("Reason for the early start (people affected read this)"))
        return [text_block(opens_at)], [early]
    ready = text_block(_("*Start* sends the start notice to everyone affected."))
    begin = action_button(view, message, _("Start"), "window.start", style="positive", alone=True)
    return [ready], [begin, postpone(view, message)]


def _beside(view: ChangeContext, message: str, other: Booking) -> tuple[list[CardElement], list[Action]]:
    start, server = view.change.plan.window.start, view.service.vps.name
    said = _(
        "{other} is an incident on {server}: nothing else starts there until it is over.",
        other=named([other]),
        server=server,
    )
    known = box([text_block(said)], "attention")
    if view.now < start:
        body: list[CardElement] = [known, text_block(_("*Start* opens {when}.", when=view.when(start)))]
        reason = _("Reason for starting early despite the incident (people affected read this)")
    else:
        body, reason = [known], _("Reason (stays in the thread)")
    again = action_button(view, message, _("Refresh"), "card.refresh", alone=True)
    return body, [again, _before(view, message, _("Start anyway…"), reason)]


def _before(view: ChangeContext, message: str, title: str, reason: str) -> Action:
    """What only the approver or a deputy can let happen, with a reason."""
    why_now = text_input("reason", reason, lines=True, required=_("Give the reason."))
    who = text_block(_("Only the approver or a deputy can do that."), subtle=True)
    return show_card_button(title, [why_now, who], action_button(view, message, _("Start now"), "window.start"))


def _locked(view: ChangeContext) -> list[CardElement]:
    status = view.change.snapshot.status
    if view.change.state is State.SCHEDULED:
        return [
            text_block(
                _("*Start* opens {when}, once the snapshot is complete.", when=view.when(view.change.plan.window.start))
            )
        ]
    if status is SnapshotStatus.FAILED:
        unknown = view.change.snapshot.cause in LOOK_FIRST
        there = (
            _("The snapshot is unconfirmed: *Start* is locked.")
            if unknown
            else _("There is no snapshot: *Start* is locked.")
        )
        failed = text_block(there, bold=True)
        why = user_text(translate(view.change.snapshot.detail))
        return [box([failed, *why], "attention"), text_block(advice(view))]
    if status is SnapshotStatus.HELD:
        held = _(
            "{other} uses {server} first: the snapshot begins automatically after that. *Start* is locked until the "
            "snapshot is complete, or waived by {deciders}.",
            other=view.change.snapshot.detail,
            server=view.service.vps.name,
            deciders=view.deciders,
        )
        return [text_block(held, colour="Warning")]
    locked = _("*Start* is locked until the snapshot is complete, or waived by {deciders}.", deciders=view.deciders)
    return [text_block(locked, colour="Warning")]


def _without(view: ChangeContext, message: str) -> list[Action]:
    """The ways on while the start is locked; how a snapshot ends is said on its own card."""
    if view.change.state is not State.SNAPSHOTTING:
        return []
    if view.change.snapshot.status is SnapshotStatus.FAILED:
        return failure_actions(view, message)
    if view.change.snapshot.status is SnapshotStatus.HELD and not is_too_late(view):
        return override_actions(view, message, _("Let it begin now"))
    return postpone_or_waive(view, message)


def _times(view: ChangeContext) -> list[CardElement]:
    change = view.change
    if change.started_at is None:
        return user_text(view.closing_reason)
    ended = view.when(change.ended_at) if change.ended_at else ""
    return [facts((_("Started"), view.when(change.started_at)), (_("Ended"), ended), (_("Window"), view.window_label))]


def _early(view: ChangeContext) -> list[CardElement]:
    """The line that the work began before its window, and why."""
    if not view.change.early_reason:
        return []
    return [text_block(_("Started before its window:"), subtle=True), *user_text(view.change.early_reason)]


def _issue(view: ChangeContext) -> list[CardElement]:
    """What was reported, as long as nobody said that it is solved."""
    if not view.change.trouble:
        return []
    return [box([text_block(_("Issue reported"), bold=True), *user_text(view.change.trouble)], "attention")]


def _what_is_left(view: ChangeContext) -> list[CardElement]:
    """The reasons why it cannot end, in place of *Complete*."""
    if view.change.state is State.TROUBLE:
        return [text_block(_("Once the issue is solved, rerun the tests: earlier results no longer count."))]
    said = N_("It cannot be completed before these tasks are ticked off: {tasks}.")
    waits = held(view, blocking(view.change), said) if may_end(view) else []  # what is missing first comes first
    return waits or what_blocks(view)


def _work(view: ChangeContext, message: str) -> list[Action]:
    change = view.change
    solved = action_button(view, message, _("Solved"), "trouble.solved", style="positive", alone=True)
    if change.state is State.TROUBLE:
        return [solved, *ways_out(view, message)]
    done: list[Action] = [solved] if change.has_open_issue else []
    if may_end(view) and not blocking(change):
        done = [action_button(view, message, _("Complete"), "change.complete", style="positive", alone=True)]
    return [*done, _trouble(view, message), *ways_out(view, message), *tasks_panel(view, message)]


def _trouble(view: ChangeContext, message: str) -> Action:
    """What is wrong, for those who see to the change."""
    wrong = text_input(
        "comment", _("What is the issue? (stays in the thread)"), lines=True, required=_("Describe the issue.")
    )
    report = action_button(view, message, _("Report the issue"), "trouble.report")
    return show_card_button(_("Report an issue…"), [wrong], report)
