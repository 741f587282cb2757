"""The incident: keep fixing and close it, or put the snapshot back, which takes two people."""

from datetime import timedelta
from typing import Any

from microsoft_teams.cards import Action, CardElement

from cards.parts import box, facts, heading, opens, pressed, sentence, text_input, to_wire, written
from cards.plan import title_lines
from cards.text import plain
from cards.view import View
from changes.conflicts import LIMITS
from changes.labels import duration_label
from changes.model import Restore, SnapshotStatus, State


def incident_card(view: View, message: str) -> dict[str, Any]:
    """What can be done about the incident, and how a restore stands."""
    change = view.change
    body: list[CardElement] = [heading("Incident"), *title_lines(view), *written(change.trouble)]
    if change.state is State.RESTORING:
        body += _restoring(view)
        return to_wire(body, _by_hand(view, message), view, message)
    if change.state is not State.INCIDENT:
        over = (
            "The incident is over."
            if change.ended_at
            else "The data is restored. Run the tests again: see the card of the day."
        )
        return to_wire([*body, sentence(over, colour="Good", bold=True)], (), view, message)
    close: Action = pressed(view, message, "It is fixed", "incident.close", style="positive", alone=True)
    if change.snapshot.status is not SnapshotStatus.FINISHED:
        body.append(sentence("There is no snapshot of this change: use the NAS backups.", colour="Warning"))
        return to_wire(body, [close], view, message)
    body.append(_restore_facts(view))
    restore = change.restore
    if restore is not None and not restore.failed:
        body.append(_asks(view, restore))
        name = view.service.vps.name
        typed = text_input("vps_name", f"Type {name} to confirm: its data will be overwritten", most=100)
        confirm = pressed(view, message, "Overwrite the data now", "restore.confirm", style="destructive")
        return to_wire(body, [opens("Confirm the restore", [typed], confirm), close], view, message)
    if restore is not None:
        body += [sentence("The restore failed: go on with the incident process.", colour="Attention", bold=True)]
        body += written(restore.failed)
    return to_wire(body, [close, pressed(view, message, "Ask for a restore", "restore.ask", alone=True)], view, message)


def _asks(view: View, restore: Restore) -> CardElement:
    asked, service = plain(view.name(restore.asked_by)), view.service
    others = [] if restore.asked_by == service.approver else [plain(view.name(service.approver))]
    if any(deputy != restore.asked_by for deputy in service.deputies):
        others.append("a deputy")
    who = f": {' or '.join(others)}." if others else ", but the service has no deputy."
    return sentence(f"**{asked}** asks for a restore. Somebody else has to confirm it{who}", colour="Warning")


def _restoring(view: View) -> list[CardElement]:
    restore, vps = view.change.restore, view.service.vps
    begun = restore.started_at if restore and restore.started_at else view.now
    end = view.when(begun + timedelta(minutes=vps.restore_minutes))
    if vps.backend != "dashboard":
        return [sentence(f"The data is being restored; expected end {end}.", colour="Warning", bold=True)]
    snapshot = plain(view.change.snapshot.name)
    return [
        sentence("The restore is confirmed. Please do it now, on Infomaniak's dashboard:", colour="Warning", bold=True),
        sentence(f"Open **VPS > {plain(vps.name)} > Snapshot** and restore the data from **{snapshot}**."),
        sentence(f"Begun now, it ends about {end}. Say here how it ends."),
    ]


def _by_hand(view: View, message: str) -> list[Action]:
    """Where no provider tells how a restore ended, a person does."""
    if view.service.vps.backend != "dashboard":
        return []
    reason = text_input("reason", "What went wrong?", lines=True, most=LIMITS["comment"])
    return [
        pressed(view, message, "It is restored", "restore.done", style="positive", alone=True),
        opens("It failed", [reason], pressed(view, message, "The restore failed", "restore.failed")),
    ]


def _restore_facts(view: View) -> CardElement:
    taken = view.change.snapshot.started_at or view.now
    lost = duration_label(max(0, round((view.now - taken).total_seconds() / 60)))
    ends = view.now + timedelta(minutes=view.service.vps.restore_minutes)
    return box(
        [
            sentence("If the data snapshot is restored now", bold=True),
            facts(
                [
                    ("Snapshot", plain(view.change.snapshot.name)),
                    ("Data lost", f"everything since {view.when(taken)}: {lost}"),
                    ("It ends", view.when(ends)),
                ]
            ),
        ]
    )
