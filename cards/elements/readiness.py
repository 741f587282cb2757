"""Whether a change can take place as planned: snapshot, people, other changes, notice; the same wherever it stands."""

from datetime import datetime

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import facts, first_of, label, text_block, user_text
from cards.elements.countdown import too_short
from cards.elements.plan_table import neighbours
from changes.labels import duration_label
from changes.model import ChangeType, SnapshotStatus, State
from changes.planning.approver_availability import available_approvers
from changes.planning.deadlines import decision_deadline, earliest_start, snapshot_begins_by, snapshot_too_late
from changes.planning.timeline import days_until
from language import _, n_, translate

MOST_AWAY = 4


def readiness(view: ChangeContext) -> list[CardElement]:
    """Everything that a decision needs to know beside the plan: facts first, then what is not as it should be."""
    rows = [
        (_("Snapshot preflight"), _preflight(view)),
        (_("Away"), _away(view)),
        (_("Near it"), neighbours(view)),
        (_("Earliest start"), _earliest(view)),
    ]
    preflight = view.change.preflight
    problems = user_text(" ".join(map(translate, preflight.problems)), colour="Attention") if preflight else []
    return [label(_("Readiness")), facts(*rows), *problems, *warnings(view)]


def warnings(view: ChangeContext) -> list[CardElement]:
    """Warnings before a decision, a sentence each."""
    said = [each for each in (_late_snapshot(view), _nobody_there(view), _late_go(view)) if each]
    return [*too_short(view), *(text_block(each, colour="Warning") for each in said)]


def snapshot_comes_late(view: ChangeContext) -> bool:
    """Whether a snapshot that GO would begin now is not finished when the window begins."""
    return _needs_snapshot(view) and _starts(view) > view.change.plan.window.start


def late_notice(view: ChangeContext, given: datetime) -> str:
    """How little notice people get from a GO at that moment, as a sentence; empty where it is a week."""
    days = days_until(view.change.plan.window.start, given, view.service)
    if view.change.plan.kind is ChangeType.EMERGENCY or days >= view.service.policy.notice_days:
        return ""
    if days <= 0:
        return _("people get less than one day of notice.")
    return n_("people get one day of notice.", "people get {n} days of notice.", days)


def _starts(view: ChangeContext) -> datetime:
    return earliest_start(view.change, view.service, view.now)


def _needs_snapshot(view: ChangeContext) -> bool:
    return view.change.snapshot.status is not SnapshotStatus.WAIVED and view.change.state is not State.COMPLETED


def _preflight(view: ChangeContext) -> str:
    preflight = view.change.preflight
    if preflight is None:
        return _("not run yet")
    when = view.when(preflight.at)
    return _("passed, {when}", when=when) if preflight.passed else _("found problems, {when}", when=when)


def _earliest(view: ChangeContext) -> str:
    """A date that holds whenever the card is read, or how long after GO it would be."""
    if snapshot_comes_late(view) and view.change.snapshot.status is not SnapshotStatus.RUNNING:
        return _("{lasts} after GO", lasts=duration_label(view.service.vps.snapshot_minutes))
    return view.when(_starts(view))


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


def _nobody_there(view: ChangeContext) -> str:
    """Whoever may decide and is away for as long as it can be decided; that nobody may at all is said by `nobody`."""
    if view.nobody_decides or available_approvers(view.change, view.service):
        return ""
    return _(
        "Everybody who may decide is away until the deadline, {deadline}: choose another date, or ask one of them to "
        "be there.",
        deadline=view.when(decision_deadline(view.change, view.service)),
    )


def _late_go(view: ChangeContext) -> str:
    """The warning that people would get less than a week of notice; the week is counted from the date of GO."""
    if view.change.state not in (State.GO_PENDING, State.PRECHECKED):
        return ""
    late = late_notice(view, view.now)
    return _("With a GO on {day} {notice}", day=view.day(view.now), notice=late) if late else ""


def _away(view: ChangeContext) -> str:
    """Who of those who may decide is away, until when."""
    today = view.service.local(view.now).date()
    found = []
    for person in view.service.deciding(view.change.involved):
        until = view.service.away_until(person, today)
        if until is not None:
            found.append(_("{name}, until {day}", name=view.name(person), day=until))
    return first_of(found, MOST_AWAY)
