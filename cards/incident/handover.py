"""The hand-over to the incident process, prepared once a restore is confirmed: everything to know, on one card."""

from typing import Any

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import Style, box, facts, label, more, text_block, user_text
from cards.elements.controls import render_card
from cards.elements.header import change_header
from cards.elements.lengths import shortened
from cards.implementation.tests import acceptance, accepted_test
from cards.incident.restore import overwritten
from cards.overview.detail import happened
from cards.snapshot.snapshot_fallback import LOOK_FIRST
from changes.labels import duration_label
from changes.model import Restore, SnapshotStatus, State
from changes.snapshots import FailureReason
from changes.text.messages import joined
from language import _, labelled, translate

LONGEST = 120
MOST_LINES = 10
MOST_TRIED = 6
MOST_TESTS = 5


def handover_card(view: ChangeContext, message: str) -> dict[str, Any]:
    """Where it stands, who knows what, what was tried, which backups are at hand, and what happened when."""
    change, service = view.change, view.service
    is_handed_over = change.handed_over_at is not None
    title = _("Incident: hand-over") if is_handed_over else _("Incident process prepared")
    body: list[CardElement] = [*change_header(view, title), _where_it_stands(view)]
    if change.trouble:
        body += [label(_("Issue")), *user_text(change.trouble)]
    body.append(
        facts(
            (_("Window"), view.window_label),
            (_("Incident since"), view.when(change.incident_at) if change.incident_at else ""),
            (_("Handed over"), view.when(change.handed_over_at) if change.handed_over_at else ""),
            (_("Implementer"), view.name(change.plan.implementer)),
            (_("Approver"), view.name(service.approver)),
            (_("Server"), service.vps.name),
            (_("Snapshot"), _snapshot(view)),
            (_("Restore"), _restore(view)),
        )
    )
    body += [*_failed_tests(view), *_tried(view), *_backups(view)]
    if service.incident_link:
        body.append(text_block(_("[Open the incident process]({link})", link=service.incident_link), bold=True))
    body += [label(_("Timeline")), *happened(view, view.history[-MOST_LINES:])]
    return render_card(body, (), view, message)


def _where_it_stands(view: ChangeContext) -> CardElement:
    said, style = _status(view)
    return box([text_block(said, bold=True)], style)


def _status(view: ChangeContext) -> tuple[str, Style]:
    change = view.change
    is_handed_over = change.handed_over_at is not None
    match change.state:
        case State.COMPLETED:
            return _("✓ The incident is resolved."), "good"
        case State.RESTORING:
            restoring = _("The data is being restored.")
            return restoring if is_handed_over else joined(restoring, _prepared()), "warning"
        case State.INCIDENT if is_handed_over:
            return _("Not resolved: the incident process takes over."), "attention"
        case State.INCIDENT:
            said = _(
                "Not resolved and not handed over yet: use *Log or escalate…* on the incident's card, or "
                "**/change handover {id}**.",
                id=change.id,
            )
            return said, "attention"
        case _:
            tested = _("The data is restored; the tests are being rerun.")
            return tested if is_handed_over else joined(tested, _prepared()), "warning"


def _prepared() -> str:
    return _("If that does not solve it, everything the incident process needs is here.")


def _snapshot(view: ChangeContext) -> str:
    snapshot = view.change.snapshot
    if snapshot.status is not SnapshotStatus.FINISHED or snapshot.started_at is None:
        return _("none")
    restore = view.change.restore
    unfit = restore is not None and restore.cause in (FailureReason.UNFIT, FailureReason.NOT_FOUND)
    name, moment = snapshot.name, view.when(snapshot.started_at)
    if unfit:
        return _("{name}, {moment}: cannot be restored", name=name, moment=moment)
    return _("{name}, {moment}", name=name, moment=moment)


def _restore(view: ChangeContext) -> str:
    restore = view.change.restore
    if restore is None:
        return _("not attempted")
    if restore.open:
        return (
            _("requested")
            if restore.started_at is None
            else _("running since {moment}", moment=view.when(restore.started_at))
        )
    how = _ended(restore)
    if restore.finished_at:
        how = _("{how}, {moment}", how=how, moment=view.when(restore.finished_at))
    if not restore.failed:
        return how
    return _("{how}: {reason}", how=how, reason=shortened(translate(restore.failed), LONGEST))


def _ended(restore: Restore) -> str:
    if not restore.failed:
        return _("done")
    if restore.cause in LOOK_FIRST:
        return _("unconfirmed")
    return _("failed") if overwritten(restore) else _("did not run, nothing was overwritten")


def _failed_tests(view: ChangeContext) -> list[CardElement]:
    failed = view.change.failed_tests
    if not failed:
        return []
    lines = "\n".join(_failed_test(view, number) for number in failed[:MOST_TESTS])
    return [label(_("Failed tests")), *user_text(lines), *more(len(failed) - MOST_TESTS)]


def _failed_test(view: ChangeContext, number: int) -> str:
    line = f"✗ {number + 1}. {shortened(view.change.plan.tests[number], LONGEST)}"
    accepted = accepted_test(view.change, number)
    return line if accepted is None else f"{line} ({acceptance(view, accepted, LONGEST)})"


def _tried(view: ChangeContext) -> list[CardElement]:
    tried = view.change.recovery_attempts[-MOST_TRIED:]
    lines = "\n".join(
        labelled(f"{view.when(each.at)}, {view.name(each.by)}", shortened(each.note, LONGEST)) for each in tried
    )
    return [label(_("Actions so far")), *user_text(lines)] if tried else []


def _backups(view: ChangeContext) -> list[CardElement]:
    rows = [
        (
            each.name,
            _("[open]({link}), about {length}", link=each.link, length=duration_label(each.minutes))
            if each.link
            else _("about {length}", length=duration_label(each.minutes)),
        )
        for each in view.service.backups
    ]
    return [label(_("Available backups")), facts(*rows)] if rows else []
