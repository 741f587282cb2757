"""The snapshot: how far it is, edited in place; or, without a provider, what a person has to do."""

from datetime import datetime, timedelta
from typing import Any

from microsoft_teams.cards import Action, CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import box, facts, text_block, user_text
from cards.elements.controls import action_button, render_card
from cards.elements.countdown import progress_bar
from cards.elements.header import change_header
from cards.elements.lengths import capital
from cards.elements.public_text import previewed
from cards.snapshot.guide import guide
from cards.snapshot.record import is_record, record, waived
from cards.snapshot.snapshot_fallback import (
    LOOK_FIRST,
    advice,
    failure_actions,
    is_too_late,
    override_actions,
    postpone_or_waive,
    running_actions,
    too_late,
    unseen,
)
from changes.model import IMPLEMENTING, IN_INCIDENT, SnapshotStatus, State
from changes.notification.cards import CardKind, message_of
from changes.planning.deadlines import snapshot_too_late
from changes.planning.occupancy import Booking, blocking_change
from changes.text.messages import Message, joined
from language import _, translate

_WANTED = IMPLEMENTING | IN_INCIDENT | {State.SNAPSHOTTING, State.READY, State.COMPLETED}
"""Where the snapshot is waited for, or serves."""


def progress_card(view: ChangeContext, message: str) -> dict[str, Any]:
    """The card of one attempt at the snapshot."""
    return previewed(view, lambda seen: _drawn(seen, message))


def _drawn(view: ChangeContext, message: str) -> dict[str, Any]:
    change = view.change
    if is_record(view, message):
        return render_card(record(view))
    body: list[CardElement] = [*change_header(view, _("Data snapshot"))]
    if over := _over(view, message):
        return render_card([*body, text_block(over, colour="Warning")])
    match change.snapshot.status:
        case SnapshotStatus.FINISHED:
            body += _finished(view)
        case SnapshotStatus.FAILED:
            unknown = change.snapshot.cause in LOOK_FIRST
            failed = _("Nobody knows whether there is a snapshot.") if unknown else _("The snapshot failed.")
            said = text_block(_("{failed} The start stays locked.", failed=failed), bold=True)
            body.append(box([said, *user_text(translate(change.snapshot.detail))], "attention"))
            body.append(text_block(advice(view)))
        case SnapshotStatus.WAIVED:
            body += waived(view)
        case SnapshotStatus.HELD:
            body += _held(view)
        case _:
            body += _under_way(view)
    return render_card(body, _actions(view, message), view, message)


def _over(view: ChangeContext, message: str) -> str:
    """Why the card is only a record any more; empty as long as it is not."""
    change, snapshot = view.change, view.change.snapshot
    if change.state is State.CANCELLED:
        return _("The change was cancelled: its snapshot is no longer needed.")
    if change.state in (State.POSTPONED, State.NO_GO):
        return _("The change was postponed: the snapshot for that date is no longer needed.")
    if message == message_of(CardKind.PROGRESS, change) and change.state in _WANTED:
        return ""
    if _has_a_card(view):
        return _("Superseded: a newer attempt has its own card below.")
    if snapshot.status is SnapshotStatus.REQUESTED:
        return _("Superseded: the snapshot was requested again and gets its own card once it begins.")
    return _("Superseded: this attempt is over.")


def _has_a_card(view: ChangeContext) -> bool:
    """Whether the present attempt is surely shown on a card of its own: it has one from when it began or failed."""
    snapshot = view.change.snapshot
    if snapshot.status is SnapshotStatus.REQUESTED:
        guided = view.operation is not None and view.operation.name == snapshot.name and bool(view.operation.handle)
        return (_by_hand(view) and guided) or "busy" in snapshot.milestones
    if snapshot.status is SnapshotStatus.FINISHED:
        return snapshot.started_at != snapshot.finished_at
    return snapshot.status in (SnapshotStatus.RUNNING, SnapshotStatus.FAILED, SnapshotStatus.HELD)


def _under_way(view: ChangeContext) -> list[CardElement]:
    if view.change.snapshot.status is not SnapshotStatus.REQUESTED:
        return _progress(view)
    return guide(view) if _by_hand(view) else _asked(view)


def _asked(view: ChangeContext) -> list[CardElement]:
    """The card while the snapshot was requested and the provider has not begun it."""
    provider = view.service.vps.provider.label
    if "busy" not in view.change.snapshot.milestones:
        return [text_block(_("Requesting the snapshot from {provider}…", provider=provider), bold=True)]
    waits = _(
        "The snapshot waits: another of our operations is running on {name}. {provider} is asked again every minute "
        "until {until}; after that it would end outside the window.",
        provider=provider,
        name=view.service.vps.name,
        until=view.when(snapshot_too_late(view.change, view.service)),
    )
    return [text_block(waits, colour="Warning", bold=True)]


def _progress(view: ChangeContext) -> list[CardElement]:
    change, vps = view.change, view.service.vps
    by_hand = _by_hand(view)
    begun = change.snapshot.started_at or (view.operation.asked_at if view.operation else view.now)
    span = timedelta(minutes=vps.snapshot_minutes)
    said = [
        text_block(
            _("The snapshot is being taken on {console}. Report here how it ended.", console=vps.provider.console),
            bold=True,
        )
    ]
    late = "late" in change.snapshot.milestones
    # As long as it is not late, the bar says when it should be ready.
    end = (_("Expected end"), view.when(begun + span) if late else "")
    rows = [(_("Server"), vps.name), (_("Started"), view.when(begun)), end]
    return [
        *(said if by_hand else []),
        *progress_bar(view, view.operation, begun, span, late=late, by_hand=by_hand),
        *_reached(view),
        facts(*rows),
        *_late_start(view, begun + span),
    ]


def _reached(view: ChangeContext) -> list[CardElement]:
    """What the snapshot is past, and what is still to come, on one line."""
    is_past_half = "half" in view.change.snapshot.milestones
    steps = ((_("Started"), True), (_("Half"), is_past_half), (_("Ready"), False))
    said = [Message("{step} ✓", step=name) if done else Message("{step} ○", step=name) for name, done in steps]
    return [text_block(joined(*said, by=" – "), small=True, close=True)]


def _late_start(view: ChangeContext, ends: datetime) -> list[CardElement]:
    """What it means for the work that the snapshot ends only then, where that is after the start."""
    if ends > view.change.ends_at:
        after = _(
            "That is after the end of the window, {end}: postpone the change, or {deciders} waives the snapshot.",
            end=view.when(view.change.ends_at),
            deciders=view.deciders,
        )
        return [text_block(after, colour="Attention")]
    if ends <= view.change.plan.window.start:
        return []
    start = view.when(view.change.plan.window.start)
    late = _("The work can start {earliest}, not {start}.", earliest=view.when(ends), start=start)
    return [text_block(late, colour="Warning")]


def _held(view: ChangeContext) -> list[CardElement]:
    """Whose change it waits for, until when, and that it goes on by itself while there is time for it."""
    other, server = _other(view), view.service.vps.name
    if other is None:
        waits = _("The snapshot waits until {server} is free.", server=server)
    else:
        waits = _(
            "The snapshot waits for {other} ({title}), which needs {server} first, until about {until}.",
            other=other.change,
            title=other.title,
            server=server,
            until=view.when(_free_from(other)),
        )
    said: list[CardElement] = [text_block(waits, colour="Warning", bold=True)]
    if is_too_late(view):
        return [*said, text_block(too_late(view), colour="Attention")]
    if other is not None and _free_from(other) >= snapshot_too_late(view.change, view.service):
        then = _(
            "By then it is too late: it would end after the window, {end}. Postpone the change, or {deciders} lets it "
            "begin now or waives it.",
            end=view.when(view.change.ends_at),
            deciders=view.deciders,
        )
        return [*said, text_block(then, colour="Attention")]
    sentence = _(
        "It begins automatically after that. {deciders} can let it begin now, with a reason.",
        deciders=capital(view.deciders),
    )
    return [*said, text_block(sentence)]


def _other(view: ChangeContext) -> Booking | None:
    """The change that it waits for now, or else the one that it was held for."""
    now = blocking_change(view.change, view.service, view.neighbours, view.now)
    return now or next((each for each in view.neighbours if each.change == view.change.snapshot.detail), None)


def _free_from(other: Booking) -> datetime:
    return other.occupied.end if other.occupied is not None else other.window.end


def _finished(view: ChangeContext) -> list[CardElement]:
    snapshot = view.change.snapshot
    rows = [
        (_("Name"), snapshot.name),
        (_("Finished"), view.when(snapshot.finished_at) if snapshot.finished_at else ""),
    ]
    from_when = max(view.change.plan.window.start, snapshot.finished_at or view.change.plan.window.start)
    there = _("✓ Snapshot complete: the work can start from {when}.", when=view.when(from_when))
    return [text_block(there, bold=True), facts(*rows)]


def _actions(view: ChangeContext, message: str) -> list[Action]:
    match view.change.snapshot.status:
        case SnapshotStatus.FAILED:
            return failure_actions(view, message)
        case SnapshotStatus.HELD if is_too_late(view):
            return postpone_or_waive(view, message)
        case SnapshotStatus.HELD:
            return override_actions(view, message, _("Let it begin now"))
        case SnapshotStatus.RUNNING if _by_hand(view) or unseen(view):
            return running_actions(view, message)
        case SnapshotStatus.REQUESTED if _by_hand(view) and is_too_late(view):
            return running_actions(view, message)
        case SnapshotStatus.REQUESTED if _by_hand(view):
            started = action_button(view, message, _("I started it"), "snapshot.started", style="positive", alone=True)
            return [started, *running_actions(view, message)]
        case SnapshotStatus.REQUESTED | SnapshotStatus.RUNNING:
            # It can be waived at any time while it runs.
            return postpone_or_waive(view, message)
        case _:
            return []


def _by_hand(view: ChangeContext) -> bool:
    return view.service.vps.is_manual or view.change.snapshot.by_hand
