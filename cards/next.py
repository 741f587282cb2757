"""What comes next, when, and who has to do it: the sentence on a change's live card."""

from datetime import timedelta

from cards.text import plain
from cards.view import View
from changes.deadlines import earliest_start
from changes.model import SnapshotStatus, State
from changes.recovery import restore_ends_at
from changes.timeline import StepKind, pending, timeline
from language import _


def what_follows(view: View) -> str:
    """One or two sentences in markdown; empty when nothing follows any more."""
    change = view.change
    match change.state:
        case State.DRAFT:
            return _("This is a draft: nobody has been asked yet.")
        case State.SUBMITTED:
            when = _when(view, StepKind.PRECHECK)
            return _together(
                _(
                    "Next: {deciders} is asked for the pre-check {when}.",
                    deciders=_asked(view, StepKind.PRECHECK),
                    when=when,
                ),
                _silence(view),
            )
        case State.PRECHECK_PENDING:
            return _together(_("Now: {deciders} answers the pre-check.", deciders=view.deciders), _silence(view))
        case State.CORRECTIONS_REQUESTED:
            requester = plain(view.name(change.requester))
            return _together(_("Now: {requester} corrects the plan with *Edit*.", requester=requester), _silence(view))
        case State.PRECHECKED:
            when = _when(view, StepKind.GO)
            return _together(
                _("Next: {deciders} is asked for GO / NO-GO {when}.", deciders=_asked(view, StepKind.GO), when=when),
                _silence(view),
            )
        case State.GO_PENDING:
            return _together(_("Now: {deciders} says GO or NO-GO.", deciders=view.deciders), _silence(view))
        case State.NO_GO | State.POSTPONED:
            return _(
                "Now: {requester} gives it a new date, or cancels it.", requester=plain(view.name(change.requester))
            )
        case State.CANCELLED:
            return ""
        case _:
            return _of_the_day(view)


def _of_the_day(view: View) -> str:
    change, implementer = view.change, plain(view.name(view.change.plan.implementer))
    match change.state:
        case State.SCHEDULED:
            return _before_the_day(view)
        case State.SNAPSHOTTING:
            return _together(_snapshot(view), _start(view))
        case State.READY:
            return _start(view)
        case State.IN_PROGRESS | State.EXTENDED:
            return _together(_("Now: {implementer} works on it.", implementer=implementer), _cutoff(view))
        case State.TROUBLE:
            return _together(_("Now: {implementer} looks for the cause.", implementer=implementer), _cutoff(view))
        case State.INCIDENT if change.handed_over_at is not None:
            return _("Now: the incident process takes over; the hand-over card says everything that is known.")
        case State.INCIDENT if change.restore is not None and change.restore.open:
            return _("Now: a restore was asked for, and somebody else has to confirm it on the incident's card.")
        case State.INCIDENT:
            return _("Now: it is being fixed, by hand, with files from a backup, or by restoring the snapshot.")
        case State.RESTORING:
            ends = restore_ends_at(change, view.service)
            if ends is None:
                return _("Now: the data is being restored. Then the tests are run again.")
            return _(
                "Now: the data is being restored, until about {ends}. Then the tests are run again.",
                ends=view.when(ends),
            )
        case State.COMPLETED if not change.review:
            return _("Next: the review {when}.", when=_when(view, StepKind.REVIEW))
        case _:
            return ""


def _when(view: View, kind: StepKind) -> str:
    """When the step is due; one that was passed over comes at once."""
    due = next((step.due for step in timeline(view.change, view.service) if step.kind is kind), view.now)
    return _("on {moment}", moment=view.when(due)) if due > view.now else _("at once")


def _together(*sentences: str) -> str:
    """Whole sentences, one behind the other; those that are not said leave no gap."""
    return " ".join(each for each in sentences if each)


def _silence(view: View) -> str:
    due = next((step.due for step in pending(view.change, view.service) if step.kind is StepKind.SILENCE), None)
    return _("Without GO by {due} the change is postponed.", due=view.when(due)) if due else ""


def _before_the_day(view: View) -> str:
    coming = {step.kind: step.due for step in pending(view.change, view.service) if step.due > view.now}
    reminder, snapshot = (
        view.when(coming[kind]) if kind in coming else "" for kind in (StepKind.REMINDER, StepKind.SNAPSHOT)
    )
    if reminder and snapshot:
        return _(
            "Next: everyone is reminded on {reminder}, then the data snapshot begins {snapshot}.",
            reminder=reminder,
            snapshot=snapshot,
        )
    if reminder:
        return _("Next: everyone is reminded on {reminder}.", reminder=reminder)
    return _("Next: the data snapshot begins {snapshot}.", snapshot=snapshot) if snapshot else _start(view)


def _snapshot(view: View) -> str:
    """How the snapshot stands that is waited for."""
    implementer, server = plain(view.name(view.change.plan.implementer)), plain(view.service.vps.name)
    match view.change.snapshot.status:
        case SnapshotStatus.HELD:
            return _("Now: its snapshot waits until {server} is free.", server=server)
        case SnapshotStatus.FAILED:
            return _("Now: its snapshot failed; it is tried again, taken by hand, waived, or the change postponed.")
        case SnapshotStatus.REQUESTED if view.service.vps.is_manual:
            return _("Now: {implementer} begins the data snapshot on the dashboard.", implementer=implementer)
        case SnapshotStatus.REQUESTED:
            return _("Now: Infomaniak is asked for the data snapshot.")
        case _:
            return _("Now: the data snapshot.")


def _start(view: View) -> str:
    implementer, start = plain(view.name(view.change.plan.implementer)), view.change.plan.window.start
    if view.change.state is State.SNAPSHOTTING:
        snapshot, start = view.change.snapshot.status, earliest_start(view.change, view.service, view.now)
        if snapshot is not SnapshotStatus.RUNNING or not view.now < start < view.change.ends_at:
            return ""  # it is locked, and nobody knows until when
    if start > view.now:
        return _("Next: {implementer} starts it {start}.", implementer=implementer, start=view.when(start))
    return _("Now: {implementer} has to start it, or postpone it.", implementer=implementer)


def _cutoff(view: View) -> str:
    if view.change.ends_at <= view.now:
        return _("The window is over: complete it, extend it, or declare an incident.")
    if view.change.cutoff_answered:
        return _("The window ends {ends_at}.", ends_at=view.when(view.change.ends_at))
    cutoff = view.change.ends_at - timedelta(minutes=view.service.policy.cutoff_minutes)
    asked = max(cutoff, view.change.plan.window.start)
    if asked <= view.now:
        return _(
            "It is the cutoff: how does it go on? The window ends {ends_at}.", ends_at=view.when(view.change.ends_at)
        )
    return _("If it is not done by {asked}, the cutoff asks how it goes on.", asked=view.when(asked))


def _asked(view: View, kind: StepKind) -> str:
    """Who will be asked when that step is due: whoever is there then."""
    due = next((step.due for step in timeline(view.change, view.service) if step.kind is kind), view.now)
    return view.deciders_at(max(due, view.now))
