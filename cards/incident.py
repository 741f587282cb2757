"""The incident: keep fixing and close it, or put the snapshot back, which takes two people."""

from datetime import timedelta
from typing import Any

from microsoft_teams.cards import Action, CardElement

from cards.parts import box, facts, heading, opens, pressed, sentence, text_input, to_wire, written
from cards.plan import title_lines
from cards.text import plain
from cards.view import View
from changes.labels import duration_label
from changes.model import SnapshotStatus, State


def incident_card(view: View, message: str) -> dict[str, Any]:
    """What can be done about the incident, and how a restore stands."""
    change = view.change
    body: list[CardElement] = [heading("Incident"), *title_lines(view), *written(change.trouble)]
    if change.state is State.RESTORING and change.restore and change.restore.started_at:
        end = change.restore.started_at + timedelta(minutes=view.service.vps.restore_minutes)
        body.append(
            sentence(f"The data is being restored; expected end {view.when(end)}.", colour="Warning", bold=True)
        )
        return to_wire(body, (), view, message)
    if change.state is not State.INCIDENT:
        body.append(
            sentence("The incident is over." if change.ended_at else "Restored: run the tests again.", colour="Good")
        )
        return to_wire(body, (), view, message)
    close: Action = pressed(view, message, "It is fixed", "incident.close", style="positive", alone=True)
    if change.snapshot.status is not SnapshotStatus.FINISHED:
        body.append(sentence("There is no snapshot of this change: use the NAS backups.", colour="Warning"))
        return to_wire(body, [close], view, message)
    body.append(_restore_facts(view))
    restore = change.restore
    if restore is not None and not restore.failed:
        asked = plain(view.name(restore.asked_by))
        name = view.service.vps.name
        typed = text_input("vps_name", f"Type {name} to confirm: its data will be overwritten", most=100)
        body.append(sentence(f"**{asked}** asks for a restore. Somebody else has to confirm it.", colour="Warning"))
        confirm = pressed(view, message, "Overwrite the data now", "restore.confirm", style="destructive")
        return to_wire(body, [opens("Confirm the restore", [typed], confirm), close], view, message)
    if restore is not None:
        body += [sentence("The restore failed: go on with the incident process.", colour="Attention", bold=True)]
        body += written(restore.failed)
    return to_wire(body, [close, pressed(view, message, "Ask for a restore", "restore.ask", alone=True)], view, message)


def _restore_facts(view: View) -> CardElement:
    taken = view.change.snapshot.started_at or view.now
    lost = duration_label(max(0, round((view.now - taken).total_seconds() / 60)))
    ends = view.now + timedelta(minutes=view.service.vps.restore_minutes)
    return box(
        [
            sentence("Restoring the data snapshot", bold=True),
            facts([("Would be lost", f"everything of the last {lost}"), ("Would end", view.when(ends))]),
        ]
    )
