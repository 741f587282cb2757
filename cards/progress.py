"""The snapshot: how far it is, edited in place; or, without a provider, what a person has to do."""

from datetime import timedelta
from typing import Any

from microsoft_teams.cards import Action, CardElement

from cards.bar import progress_bar
from cards.parts import facts, heading, pressed, sentence, to_wire, written
from cards.plan import title_lines
from cards.text import plain
from cards.view import View
from cards.without import LOOK_FIRST, advice, after_failure, unseen, while_it_runs, why
from changes.effects import CardKind, message_of
from changes.labels import duration_label
from changes.model import SnapshotStatus
from language import _


def progress_card(view: View, message: str) -> dict[str, Any]:
    """The card of one attempt at the snapshot."""
    change = view.change
    body: list[CardElement] = [heading(_("Data snapshot")), *title_lines(view)]
    if message != message_of(CardKind.PROGRESS, change):
        return to_wire([*body, sentence(_("This attempt is over; a newer one stands below."), colour="Warning")])
    match change.snapshot.status:
        case SnapshotStatus.FINISHED:
            body += _finished(view)
        case SnapshotStatus.FAILED:
            unknown = change.snapshot.cause in LOOK_FIRST
            failed = _("Nobody knows whether there is a snapshot.") if unknown else _("The snapshot failed.")
            body.append(sentence(_("{failed} The start stays locked.", failed=failed), colour="Attention", bold=True))
            body += written(why(change.snapshot))
            body.append(sentence(advice(view)))
        case SnapshotStatus.WAIVED:
            who = plain(view.name(change.snapshot.waived_by)) if change.snapshot.waived_by else _("The approver")
            body += [sentence(_("**{who}** lets it start without a snapshot:", who=who), colour="Warning")]
            body += written(change.snapshot.detail)
        case _:
            body += _under_way(view)
    return to_wire(body, _actions(view, message), view, message)


def _under_way(view: View) -> list[CardElement]:
    return _guide(view) if _by_hand(view) else _progress(view)


def _guide(view: View) -> list[CardElement]:
    """What a person does where the bot may not; and once it runs, how long it takes."""
    vps, begun = view.service.vps, view.change.snapshot.started_at
    if begun is not None:
        span = timedelta(minutes=vps.snapshot_minutes)
        rows = [
            (_("Server"), plain(vps.name)),
            (_("Began"), view.when(begun)),
            (_("Expected end"), view.when(begun + span)),
        ]
        running = sentence(_("The snapshot is being taken on the dashboard. Say here how it ends."), bold=True)
        return [running, *progress_bar(view, view.operation, begun, span, by_hand=True), facts(rows)]
    return [
        sentence(_("Please take the snapshot now, on Infomaniak's dashboard:"), bold=True),
        facts(
            [
                (
                    _("Step\N{NO-BREAK SPACE}{number}", number=1),
                    _("Open **VPS > {name} > Snapshot**.", name=plain(vps.name)),
                ),
                (
                    _("Step\N{NO-BREAK SPACE}{number}", number=2),
                    _("Take a snapshot of the **data only**: the one of the system fails at Infomaniak."),
                ),
                (
                    _("Step\N{NO-BREAK SPACE}{number}", number=3),
                    _(
                        "Press *Started* here. It takes about {minutes}.",
                        minutes=duration_label(vps.snapshot_minutes),
                    ),
                ),
                (
                    _("Step\N{NO-BREAK SPACE}{number}", number=4),
                    _("When it is done, press *Finished* and give its name."),
                ),
            ]
        ),
    ]


def _progress(view: View) -> list[CardElement]:
    vps = view.service.vps
    begun = view.operation.asked_at if view.operation else view.now
    span = timedelta(minutes=vps.snapshot_minutes)
    return [
        *progress_bar(view, view.operation, begun, span),
        facts(
            [
                (_("Server"), plain(vps.name)),
                (_("Began"), view.when(begun)),
                (_("Expected end"), view.when(begun + span)),
            ]
        ),
    ]


def _finished(view: View) -> list[CardElement]:
    snapshot = view.change.snapshot
    rows = [
        (_("Name"), plain(snapshot.name)),
        (_("Finished"), view.when(snapshot.finished_at) if snapshot.finished_at else ""),
    ]
    return [sentence(_("The snapshot is there; the start is unlocked."), colour="Good", bold=True), facts(rows)]


def _actions(view: View, message: str) -> list[Action]:
    status = view.change.snapshot.status
    if status is SnapshotStatus.FAILED:
        return after_failure(view, message)
    if status is SnapshotStatus.RUNNING and (_by_hand(view) or unseen(view)):
        return while_it_runs(view, message)
    if status is SnapshotStatus.REQUESTED and _by_hand(view):
        started = pressed(view, message, _("Started"), "snapshot.started", style="positive", alone=True)
        return [started, *while_it_runs(view, message)]
    return []


def _by_hand(view: View) -> bool:
    return view.service.vps.backend == "dashboard" or view.change.snapshot.by_hand
