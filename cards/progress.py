"""The snapshot: how far it is, edited in place; or, without a provider, what a person has to do."""

from datetime import timedelta
from typing import Any

from microsoft_teams.cards import Action, CardElement, ProgressBar

from cards.parts import facts, heading, opens, pressed, sentence, text_input, to_wire, written
from cards.plan import title_lines
from cards.text import plain
from cards.view import View
from changes.conflicts import LIMITS
from changes.effects import CardKind, message_of
from changes.labels import duration_label
from changes.model import SnapshotStatus

WIDTH = 20


def progress_card(view: View, message: str) -> dict[str, Any]:
    """The card of one attempt at the snapshot."""
    change = view.change
    body: list[CardElement] = [heading("Data snapshot"), *title_lines(view)]
    if message != message_of(CardKind.PROGRESS, change):
        return to_wire([*body, sentence("This attempt is over; a newer one stands below.", colour="Warning")])
    match change.snapshot.status:
        case SnapshotStatus.FINISHED:
            body += _finished(view)
        case SnapshotStatus.FAILED:
            body.append(sentence("The snapshot failed. The start stays locked.", colour="Attention", bold=True))
            body += written(change.snapshot.detail)
            body.append(sentence(f"Try again, or let {view.deciders} decide to start without one."))
        case SnapshotStatus.WAIVED:
            who = plain(view.name(change.snapshot.waived_by)) if change.snapshot.waived_by else "The approver"
            body += [sentence(f"**{who}** lets it start without a snapshot:", colour="Warning")]
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
        done = begun + timedelta(minutes=vps.snapshot_minutes)
        return [
            sentence("The snapshot is being taken. Say here how it ends.", bold=True),
            facts([("Server", plain(vps.name)), ("Began", view.when(begun)), ("Expected end", view.when(done))]),
        ]
    return [
        sentence("Please take the snapshot now, on Infomaniak's dashboard:", bold=True),
        facts(
            [
                ("Step\N{NO-BREAK SPACE}1", f"Open **VPS > {plain(vps.name)} > Snapshot**."),
                (
                    "Step\N{NO-BREAK SPACE}2",
                    "Take a snapshot of the **data only**: the one of the system fails at Infomaniak.",
                ),
                (
                    "Step\N{NO-BREAK SPACE}3",
                    f"Press *Started* here. It takes about {duration_label(vps.snapshot_minutes)}.",
                ),
                ("Step\N{NO-BREAK SPACE}4", "When it is done, press *Finished* and give its name."),
            ]
        ),
    ]


def _progress(view: View) -> list[CardElement]:
    operation, vps = view.operation, view.service.vps
    percent = operation.percent if operation and operation.percent is not None else 0
    estimated = operation.estimated if operation else True
    begun = operation.asked_at if operation else view.now
    done = begun + timedelta(minutes=vps.snapshot_minutes)
    late = view.now > done
    full = round(percent / 100 * WIDTH)
    drawn = sentence("█" * full + "░" * (WIDTH - full))
    said = f"about {percent} % (an estimate: Infomaniak tells no progress)" if estimated else f"{percent} %"
    slow = sentence("It takes longer than expected. Nothing has failed: the bot keeps looking.", colour="Warning")
    return [
        ProgressBar(value=percent, max=100, color="Warning" if late else "Accent", fallback=drawn),
        sentence(said, bold=True),
        facts([("Server", plain(vps.name)), ("Began", view.when(begun)), ("Expected end", view.when(done))]),
        *([slow] if late else []),
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
    waive = pressed(view, message, "Waive the snapshot", "snapshot.waive")
    if status is SnapshotStatus.FAILED:
        again = pressed(view, message, "Try again", "snapshot.retry", style="positive", alone=True)
        return [again, opens("Start without a snapshot", [_reason("Why may it start without a snapshot?")], waive)]
    if status not in (SnapshotStatus.REQUESTED, SnapshotStatus.RUNNING) or not _by_hand(view):
        return []
    name = text_input("snapshot_name", "Its name, as the dashboard shows it", value=view.change.snapshot.name, most=100)
    finished = pressed(view, message, "It is finished", "snapshot.finished", style="positive")
    failed = pressed(view, message, "It failed", "snapshot.failed")
    actions: list[Action] = [
        opens("Finished", [name], finished),
        opens("Something is wrong", [_reason("What went wrong?")], failed, waive),
    ]
    if status is SnapshotStatus.REQUESTED:
        actions.insert(0, pressed(view, message, "Started", "snapshot.started", style="positive", alone=True))
    return actions


def _reason(question: str) -> CardElement:
    return text_input("reason", question, lines=True, most=LIMITS["comment"])


def _by_hand(view: View) -> bool:
    return view.service.vps.backend == "dashboard"
