"""The snapshot: how far it is, edited in place; or, without a provider, what a person has to do."""

from datetime import timedelta
from typing import Any

from microsoft_teams.cards import Action, CardElement, ProgressBar

from cards.parts import facts, heading, opens, pressed, sentence, text_input, to_wire, written
from cards.plan import title_lines
from cards.text import plain
from cards.view import View
from changes.labels import duration_label
from changes.model import SnapshotStatus

WIDTH = 20


def progress_card(view: View, message: str) -> dict[str, Any]:
    """The card of one attempt at the snapshot."""
    change = view.change
    body: list[CardElement] = [heading("Data snapshot"), *title_lines(view)]
    if message.partition(":")[2] != str(change.snapshot.attempt):
        return to_wire([*body, sentence("This attempt is over; a newer one stands below.", colour="Warning")])
    match change.snapshot.status:
        case SnapshotStatus.FINISHED:
            body += _finished(view)
        case SnapshotStatus.FAILED:
            body.append(sentence("The snapshot failed. The start stays locked.", colour="Attention", bold=True))
            body += written(change.snapshot.detail)
        case SnapshotStatus.WAIVED:
            who = plain(view.name(change.snapshot.waived_by)) if change.snapshot.waived_by else "The approver"
            body += [sentence(f"**{who}** lets it start without a snapshot:", colour="Warning")]
            body += written(change.snapshot.detail)
        case _:
            body += _under_way(view)
    return to_wire(body, _actions(view, message), view, message)


def _under_way(view: View) -> list[CardElement]:
    operation, vps = view.operation, view.service.vps
    if _by_hand(view):
        return [
            sentence(
                f"On Infomaniak's dashboard: **VPS > {plain(vps.name)} > Snapshot**, then take a snapshot of the "
                "**data**. Not of the system: that feature fails at Infomaniak."
            ),
            sentence(
                f"It takes about {duration_label(vps.snapshot_minutes)}. Say here when it starts and when it is done."
            ),
        ]
    percent = operation.percent if operation and operation.percent is not None else 0
    estimated = operation.estimated if operation else True
    begun = operation.asked_at if operation else view.now
    done = begun + timedelta(minutes=vps.snapshot_minutes)
    late = view.now > done
    full = round(percent / 100 * WIDTH)
    drawn = sentence("█" * full + "░" * (WIDTH - full))
    said = f"about {percent} % (an estimate: Infomaniak tells no progress)" if estimated else f"{percent} %"
    return [
        ProgressBar(value=percent, max=100, color="Warning" if late else "Accent", fallback=drawn),
        sentence(said, bold=True),
        facts([("Server", plain(vps.name)), ("Began", view.when(begun)), ("Expected end", view.when(done))]),
        *(
            [sentence("It takes longer than expected. Nothing has failed: the bot keeps looking.", colour="Warning")]
            if late
            else []
        ),
    ]


def _finished(view: View) -> list[CardElement]:
    snapshot = view.change.snapshot
    rows = [
        ("Name", plain(snapshot.name)),
        ("Finished", view.when(snapshot.finished_at) if snapshot.finished_at else ""),
    ]
    return [sentence("The snapshot is there; the start is unlocked.", colour="Good", bold=True), facts(rows)]


def _actions(view: View, message: str) -> list[Action]:
    status = view.change.snapshot.status
    why = text_input("reason", "Why may it start without a snapshot?", lines=True)
    waive = opens("Start without", [why], pressed(view, message, "Waive the snapshot", "snapshot.waive"))
    if status is SnapshotStatus.FAILED:
        return [pressed(view, message, "Try again", "snapshot.retry", style="positive", alone=True), waive]
    if status not in (SnapshotStatus.REQUESTED, SnapshotStatus.RUNNING) or not _by_hand(view):
        return []
    name = text_input("snapshot_name", "Name of the snapshot, as the dashboard shows it", most=100)
    failed = text_input("reason", "What went wrong?", lines=True)
    actions: list[Action] = [
        opens("Finished", [name], pressed(view, message, "It is finished", "snapshot.finished")),
        opens("Failed", [failed], pressed(view, message, "It failed", "snapshot.failed")),
        waive,
    ]
    if status is SnapshotStatus.REQUESTED:
        actions.insert(0, pressed(view, message, "Started", "snapshot.started", alone=True))
    return actions


def _by_hand(view: View) -> bool:
    return view.service.vps.backend == "dashboard"
