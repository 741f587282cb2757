"""What comes next, when, and who has to do it: the sentence on a change's live card."""

from datetime import timedelta

from cards.text import plain
from cards.view import View
from changes.model import State
from changes.recovery import restore_ends_at
from changes.timeline import StepKind, pending, timeline


def what_follows(view: View) -> str:
    """One or two sentences in markdown; empty when nothing follows any more."""
    change = view.change
    match change.state:
        case State.DRAFT:
            return "This is a draft: nobody has been asked yet."
        case State.SUBMITTED:
            return f"Next: {view.deciders} is asked for the pre-check {_when(view, StepKind.PRECHECK)}.{_silence(view)}"
        case State.PRECHECK_PENDING:
            return f"Now: {view.deciders} answers the pre-check.{_silence(view)}"
        case State.CORRECTIONS_REQUESTED:
            return f"Now: {plain(view.name(change.requester))} corrects the plan with *Edit*.{_silence(view)}"
        case State.PRECHECKED:
            return f"Next: {view.deciders} is asked for GO / NO-GO {_when(view, StepKind.GO)}.{_silence(view)}"
        case State.GO_PENDING:
            return f"Now: {view.deciders} says GO or NO-GO.{_silence(view)}"
        case State.NO_GO | State.POSTPONED:
            return f"Now: {plain(view.name(change.requester))} gives it a new date, or cancels it."
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
            return f"Now: the data snapshot. {_start(view)}"
        case State.READY:
            return _start(view)
        case State.IN_PROGRESS | State.EXTENDED:
            return f"Now: {implementer} works on it. {_cutoff(view)}"
        case State.TROUBLE:
            return f"Now: {implementer} looks for the cause. {_cutoff(view)}"
        case State.INCIDENT if change.handed_over_at is not None:
            return "Now: the incident process takes over; the hand-over card says everything that is known."
        case State.INCIDENT if change.restore is not None and change.restore.open:
            return "Now: a restore was asked for, and somebody else has to confirm it on the incident's card."
        case State.INCIDENT:
            return "Now: it is being fixed, by hand, with files from a backup, or by restoring the snapshot."
        case State.RESTORING:
            ends = restore_ends_at(change, view.service)
            until = f", until about {view.when(ends)}" if ends else ""
            return f"Now: the data is being restored{until}. Then the tests are run again."
        case State.COMPLETED if not change.review:
            return f"Next: the review {_when(view, StepKind.REVIEW)}."
        case _:
            return ""


def _when(view: View, kind: StepKind) -> str:
    """When the step is due; one that was passed over comes at once."""
    due = next((step.due for step in timeline(view.change, view.service) if step.kind is kind), view.now)
    return f"on {view.when(due)}" if due > view.now else "at once"


def _silence(view: View) -> str:
    due = next((step.due for step in pending(view.change, view.service) if step.kind is StepKind.SILENCE), None)
    return f" Without GO by {view.when(due)} the change is postponed." if due else ""


def _before_the_day(view: View) -> str:
    coming = {step.kind: step.due for step in pending(view.change, view.service) if step.due > view.now}
    said = []
    if StepKind.REMINDER in coming:
        said.append(f"everyone is reminded on {view.when(coming[StepKind.REMINDER])}")
    if StepKind.SNAPSHOT in coming:
        said.append(f"the data snapshot begins {view.when(coming[StepKind.SNAPSHOT])}")
    return f"Next: {', then '.join(said)}." if said else _start(view)


def _start(view: View) -> str:
    implementer, start = plain(view.name(view.change.plan.implementer)), view.change.plan.window.start
    if start > view.now:
        return f"Next: {implementer} starts it {view.when(start)}."
    return f"Now: {implementer} has to start it, or postpone it."


def _cutoff(view: View) -> str:
    if view.change.ends_at <= view.now:
        return "The window is over: complete it, extend it, or declare an incident."
    if view.change.cutoff_answered:
        return f"The window ends {view.when(view.change.ends_at)}."
    cutoff = view.change.ends_at - timedelta(minutes=view.service.policy.cutoff_minutes)
    asked = max(cutoff, view.change.plan.window.start)
    if asked <= view.now:
        return f"It is the cutoff: how does it go on? The window ends {view.when(view.change.ends_at)}."
    return f"If it is not done by {view.when(asked)}, the cutoff asks how it goes on."
