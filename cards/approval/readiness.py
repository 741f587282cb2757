"""Whether a change can take place as planned: snapshot, people, other changes, notice; the same wherever it stands."""

from collections.abc import Sequence
from datetime import datetime

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.approval.grounds import nobody_in_time
from cards.elements.blocks import facts, first_of, fold, label, strip, text_block, user_text
from cards.elements.countdown import too_short
from cards.elements.plan_table import neighbours
from cards.elements.table import Cell, table
from cards.tasks.runbook import tasks_counted
from changes.approvals.quorum import may_approve
from changes.labels import duration_label, span_label
from changes.model import ChangeType, SnapshotStatus, State
from changes.planning.deadlines import (
    cutoff_times,
    days_before,
    decision_deadline,
    earliest_start,
    snapshot_begins_by,
    snapshot_too_late,
)
from changes.planning.restore_forecast import durations, latest_restore_start
from changes.planning.tasks.moments import go_held_by
from changes.planning.timeline import days_until
from changes.text.messages import Message, listed
from language import _, labelled, n_, translate

MOST_AWAY = 4
_GOOD, _BAD, _OPEN, _WARN = "✓", "✗", "–", "!"
_Finding = tuple[str, str, str]
"""A mark, what was looked at, and what was found; the words say what the mark does."""


def readiness(view: ChangeContext, *, dense: bool = False, brief: bool = False) -> list[CardElement]:
    """Everything that a decision needs to know beside the plan: a table, then what is not as it should be.

    Where everything is, a line names what is, and the table is folded. `dense` draws a list in its place, on a card
    that has no room for more, and `brief` leaves out what is folded.
    """
    found = [
        _tested(view),
        _rollback(view),
        _tasks(view),
        _prechecked(view),
        _preflight(view),
        _approvers(view),
        _nearby(view),
        _earliest(view),
        _announced(view),
    ]
    named = [(Message("{mark} {name}", mark=mark, name=name), said) for mark, name, said in found if said]
    rows: list[Sequence[Cell]] = [([text_block(name, bold=True)], said) for name, said in named]
    drawn = [facts(*named)] if dense else table((), rows, (2, 3))
    preflight = view.change.preflight
    problems = user_text(" ".join(map(translate, preflight.problems)), colour="Attention") if preflight else []
    against = [*problems, *strip(warnings(view))]
    shown = [(mark, name, said) for mark, name, said in found if said]
    if not against and all(mark != _BAD for mark, _name, _said in shown):
        fine = _("✓ Ready: {checks}.", checks=listed(name for mark, name, _said in shown if mark == _GOOD))
        still = [(mark, labelled(name, said)) for mark, name, said in shown if mark in (_OPEN, _WARN)]
        noted = [text_block(Message("{mark} {line}", mark=mark, line=line)) for mark, line in still]
        lines: list[CardElement] = [text_block(fine, bold=True), *noted]
        return lines if brief else [*lines, *fold(_("Show the checks"), "readiness", *drawn)]
    return [label(_("Readiness")), *drawn, *against]


def warnings(view: ChangeContext) -> list[CardElement]:
    """Warnings before a decision, a sentence each: they belong on a strip."""
    said = (too_short(view), _late_snapshot(view), nobody_in_time(view), _late_go(view))
    return [text_block(each) for each in said if each]


def snapshot_comes_late(view: ChangeContext) -> bool:
    """Whether a snapshot is not finished when the window begins, although GO is given before its deadline.

    It was asked for that late, or the window came closer since: the card stands as it is until the deadline.
    """
    begins_by = snapshot_begins_by(view.change, view.service)
    if not _needs_snapshot(view):
        return False
    if view.change.snapshot.status is SnapshotStatus.RUNNING:
        return _starts(view) > view.change.plan.window.start
    unlocked, deadline = view.change.snapshot.unlocks_start, decision_deadline(view.change, view.service)
    return not unlocked and max(deadline, view.now) > begins_by


def late_notice(view: ChangeContext, given: datetime) -> str:
    """How little notice people get from a GO at that moment, as a sentence; empty where it is a week."""
    days = days_until(view.change.plan.window.start, given, view.service)
    if view.change.plan.kind is ChangeType.EMERGENCY or days >= view.service.policy.notice_days:
        return ""
    if days <= 0:
        return _("people get less than one day’s notice.")
    return n_("people get one day’s notice.", "people get {n} days’ notice.", days)


def _starts(view: ChangeContext) -> datetime:
    return earliest_start(view.change, view.service, view.now)


def _needs_snapshot(view: ChangeContext) -> bool:
    return view.change.snapshot.status is not SnapshotStatus.WAIVED and view.change.state is not State.COMPLETED


def _tested(view: ChangeContext) -> _Finding:
    count = len(view.change.plan.tests)
    return _GOOD if count else _BAD, _("Test plan"), n_("one test", "{n} tests", count)


def _tasks(view: ChangeContext) -> _Finding:
    mark = _BAD if go_held_by(view.change, view.service, view.now) else _OPEN if view.change.open_tasks else _GOOD
    return mark, _("Tasks"), tasks_counted(view)


def _rollback(view: ChangeContext) -> _Finding:
    restore, tests = durations(view.service)
    takes = {"restore": span_label(restore), "tests": span_label(tests)}
    if view.change.snapshot.status is SnapshotStatus.WAIVED:
        return _BAD, _("Rollback plan"), _("no snapshot: from the backups")
    if too_short(view):
        return _BAD, _("Rollback plan"), _("does not fit the window: {restore} restore + {tests} tests", **takes)
    # A restore that is begun at the cutoff, when the question comes by itself, may end after the window.
    last, (cutoff, _again) = latest_restore_start(view.change, view.service), cutoff_times(view.change, view.service)
    if last < cutoff:
        return _WARN, _("Rollback plan"), _("a restore must begin by {last}", last=view.time(last))
    return _GOOD, _("Rollback plan"), _("fits the window: {restore} restore + {tests} tests", **takes)


def _prechecked(view: ChangeContext) -> _Finding:
    approved = view.change.precheck
    if approved is None:
        return _OPEN, _("Pre-check"), ""
    who = view.who(approved.by, approved.deputy_for)
    return _GOOD, _("Pre-check"), _("{who}, {at}", who=who, at=view.when(approved.at))


def _preflight(view: ChangeContext) -> _Finding:
    preflight, name = view.change.preflight, _("Snapshot preflight")
    if preflight is None:
        # It runs between the two decisions: nobody misses it at the first.
        is_last = view.change.precheck is not None or view.change.plan.kind is ChangeType.EMERGENCY
        return _OPEN, name, _("not run yet") if is_last else ""
    when = view.when(preflight.at)
    if preflight.passed:
        return _GOOD, name, _("passed, {when}", when=when)
    return _BAD, name, _("found problems, {when}", when=when)


def _approvers(view: ChangeContext) -> _Finding:
    if view.nobody_decides:
        return _BAD, _("Approvers"), _("nobody can decide")
    if away := _away(view):
        mark = _BAD if nobody_in_time(view) else _OPEN
        return mark, _("Approvers"), _("away: {names}", names=away)
    return _GOOD, _("Approvers"), _("nobody is away")


def _nearby(view: ChangeContext) -> _Finding:
    return _OPEN, _("Nearby changes"), neighbours(view)


def _earliest(view: ChangeContext) -> _Finding:
    """A date that holds whenever the card is read, or how long after GO it would be."""
    name = _("Earliest start")
    if not snapshot_comes_late(view):
        return _GOOD, name, view.when(view.change.plan.window.start)
    if view.change.snapshot.status is SnapshotStatus.RUNNING:
        return _BAD, name, view.when(_starts(view))
    return _BAD, name, _("{lasts} after GO", lasts=duration_label(view.service.vps.snapshot_minutes))


def _late_snapshot(view: ChangeContext) -> str:
    """The warning that the snapshot would end after the window has begun, and what can be done."""
    if not snapshot_comes_late(view):
        return ""
    return _(
        "A snapshot takes {lasts}. With GO after {on_time} the work starts later than {start}, and after {too_late} "
        "the snapshot would end after the window. Choose a later time, or give GO without snapshot.",
        lasts=duration_label(view.service.vps.snapshot_minutes),
        on_time=view.when(snapshot_begins_by(view.change, view.service)),
        start=view.when(view.change.plan.window.start),
        too_late=view.when(snapshot_too_late(view.change, view.service)),
    )


def _late_go(view: ChangeContext) -> str:
    """The warning that people get less than a week of notice, because GO was asked for after that."""
    at_most = _days_left(view)
    if at_most is None or at_most >= view.service.policy.notice_days:
        return ""
    if at_most <= 0:
        return _("People get less than one day’s notice.")
    return n_("People get one day’s notice at most.", "People get {n} days’ notice at most.", at_most)


def _announced(view: ChangeContext) -> _Finding:
    """Until which day GO leaves people the whole week: a date that holds whenever the card is read."""
    days, at_most = view.service.policy.notice_days, _days_left(view)
    if at_most is None or at_most < days:
        return _GOOD, "", ""
    by = days_before(view.change, view.service, days)
    said = n_("one day ahead with GO by {day}", "{n} days ahead with GO by {day}", days, day=by)
    return _GOOD, _("Announcement"), said


def _days_left(view: ChangeContext) -> int | None:
    """The calendar days from the one on which GO was asked for to the window; None where GO is not asked for."""
    asked, is_emergency = view.change.asked_at, view.change.plan.kind is ChangeType.EMERGENCY
    if view.change.state is not State.GO_PENDING or is_emergency or asked is None:
        return None
    return days_until(view.change.plan.window.start, asked, view.service)


def _away(view: ChangeContext) -> str:
    """Who of those who may decide is away on the day of the question, until when."""
    change = view.change
    today = view.service.local(change.asked_at or change.submitted_at or view.now).date()
    found = []
    for person in may_approve(view.change, view.service):
        until = view.service.away_until(person, today)
        if until is not None:
            found.append(_("{name}, until {day}", name=view.name(person), day=until))
    return first_of(found, MOST_AWAY)
