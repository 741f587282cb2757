"""The hand-over to the incident process: everything that whoever takes over has to know, on one card."""

from typing import Any

from microsoft_teams.cards import CardElement

from cards.parts import facts, heading, label, sentence, to_wire, written
from cards.plan import title_lines
from cards.restoring import overwritten
from cards.show import happened
from cards.text import plain, shortened
from cards.view import View
from cards.without import LOOK_FIRST
from changes.model import SnapshotStatus, State
from changes.snapshots import Cause

LONGEST = 120
MOST_LINES = 10
MOST_TRIED = 6
MOST_TESTS = 5


def handover_card(view: View, message: str) -> dict[str, Any]:
    """Where it stands, who knows what, what was tried, which backups are at hand, and what happened when."""
    change, service = view.change, view.service
    body: list[CardElement] = [heading("Incident: hand-over"), *title_lines(view), _where_it_stands(view)]
    body += [label("What is broken"), *written(change.trouble)]
    body.append(
        facts(
            [
                ("Window", view.window_label),
                ("Incident since", view.when(change.incident_at) if change.incident_at else ""),
                ("Implementer", plain(view.name(change.plan.implementer))),
                ("Approver", plain(view.name(service.approver))),
                ("Server", plain(service.vps.name)),
                ("Snapshot", _snapshot(view)),
                ("Restore", _restore(view)),
            ]
        )
    )
    body += [*_failed_tests(view), *_tried(view), *_backups(view)]
    if service.incident_link:
        body.append(sentence(f"[The incident process]({service.incident_link})", bold=True))
    body += [label("What happened"), *happened(view, view.history[-MOST_LINES:])]
    return to_wire(body, (), view, message)


def _where_it_stands(view: View) -> CardElement:
    match view.change.state:
        case State.COMPLETED:
            return sentence("The incident is over.", colour="Good", bold=True)
        case State.RESTORING:
            return sentence("The data is being restored.", colour="Warning", bold=True)
        case State.INCIDENT:
            return sentence("It is not solved. The incident process takes over.", colour="Attention", bold=True)
        case _:
            return sentence("The data is restored and the tests are run again.", colour="Warning", bold=True)


def _snapshot(view: View) -> str:
    snapshot = view.change.snapshot
    if snapshot.status is not SnapshotStatus.FINISHED or snapshot.started_at is None:
        return "there is none"
    restore = view.change.restore
    unfit = restore is not None and restore.cause in (Cause.UNFIT, Cause.NOT_FOUND)
    return f"{plain(snapshot.name)}, of {view.when(snapshot.started_at)}" + (", cannot be restored" if unfit else "")


def _restore(view: View) -> str:
    restore = view.change.restore
    if restore is None:
        return "not tried"
    if restore.open:
        return "asked for" if restore.started_at is None else f"under way since {view.when(restore.started_at)}"
    ended = f" ({view.when(restore.finished_at)})" if restore.finished_at else ""
    if not restore.failed:
        return f"done{ended}"
    if restore.cause in LOOK_FIRST:
        how = "nobody knows whether the data was restored"
    else:
        how = "failed" if overwritten(restore) else "there was none, nothing was overwritten"
    return f"{how}{ended}: {plain(shortened(restore.failed, LONGEST))}"


def _failed_tests(view: View) -> list[CardElement]:
    failed = view.change.failed_tests[:MOST_TESTS]
    if not failed:
        return []
    tests = view.change.plan.tests
    lines = "\n".join(f"✘ {number + 1}. {shortened(tests[number], LONGEST)}" for number in failed)
    return [label("Tests that failed"), *written(lines)]


def _tried(view: View) -> list[CardElement]:
    tried = view.change.tried[-MOST_TRIED:]
    lines = "\n".join(f"{view.when(each.at)}, {view.name(each.by)}: {shortened(each.note, LONGEST)}" for each in tried)
    return [label("What was tried"), *written(lines)] if tried else []


def _backups(view: View) -> list[CardElement]:
    rows = [
        (each.name, f"[open]({each.link}), about {each.minutes} min" if each.link else f"about {each.minutes} min")
        for each in view.service.backups
    ]
    return [label("Backups at hand"), facts(rows)] if rows else []
