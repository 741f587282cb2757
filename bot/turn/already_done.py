"""What to say where a press asks for something that was done already: by whom and when, instead of a refusal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from application.input_parsing.card_action import CardAction
from application.session import UserSession
from changes import commands as c
from changes import events as e
from changes.errors import CommandRejected, StaleRevision
from changes.lifecycle import evolve
from changes.model import SYSTEM, Change
from language import _, moment_text

EVENTS: Mapping[type[c.Command], type[e.Event]] = {
    c.Submit: e.Submitted,
    c.Cancel: e.Cancelled,
    c.Postpone: e.Postponed,
    c.ApprovePrecheck: e.PrecheckApproved,
    c.RequestCorrections: e.CorrectionsRequested,
    c.GiveGo: e.GoGiven,
    c.RefuseGo: e.GoRefused,
    c.NoteSnapshotStarted: e.SnapshotStarted,
    c.NoteSnapshotFinished: e.SnapshotFinished,
    c.NoteSnapshotFailed: e.SnapshotFailed,
    c.RetrySnapshot: e.SnapshotRequested,
    c.WaiveSnapshot: e.SnapshotWaived,
    c.Start: e.Started,
    c.RecordTest: e.TestRecorded,
    c.PassTests: e.TestRecorded,
    c.AcceptTest: e.TestAccepted,
    c.Complete: e.Completed,
    c.ReportTrouble: e.TroubleReported,
    c.SolveTrouble: e.TroubleSolved,
    c.Extend: e.Extended,
    c.KeepHolding: e.HoldingKept,
    c.DeclareIncident: e.IncidentDeclared,
    c.NoteTried: e.RecoveryTried,
    c.UpdateIncident: e.IncidentUpdated,
    c.HandOver: e.HandedOver,
    c.CloseIncident: e.Completed,
    c.AskRestore: e.RestoreAsked,
    c.ConfirmRestore: e.RestoreConfirmed,
    c.WithdrawRestore: e.RestoreWithdrawn,
    c.NoteRestoreDone: e.RestoreFinished,
    c.NoteRestoreFailed: e.RestoreFailed,
    c.SaveReview: e.Reviewed,
    c.FinishTask: e.TaskDone,
    c.ReopenTask: e.TaskReopened,
}
"""What stands in the audit trail once the command of a button was carried out."""
_BY_ITSELF = (e.StepFired, e.StepSkipped, e.SnapshotMilestone, e.RestoreMilestone, e.PreflightDone)
"""What falls due or is noticed meanwhile answers nobody."""


@dataclass(frozen=True, slots=True)
class _Step:
    """One line of the audit trail, and the change before and after it."""

    entry: e.Entry
    before: Change | None
    after: Change


async def already_done(session: UserSession, press: CardAction, refusal: CommandRejected) -> str:
    """Who did what the press asks for, and when; empty where it was not done since the card was drawn.

    Raises NotFound when the change is not there, or not for the person to see.
    """
    wanted = EVENTS.get(type(press.command)) if press.command is not None else None
    if wanted is None:
        return ""
    change = await session.change(press.change)
    if isinstance(press.command, c.KeepHolding) and press.command.public != change.holding:
        return ""  # another text was kept, and not this one
    steps = _steps(await session.unit.changes.history(change.id))
    index = getattr(press.command, "index", None)
    steps = [each for each in steps if index is None or getattr(each.entry.event, "index", index) == index]
    found = _answer(steps, wanted, press.revision, anywhere=isinstance(refusal, StaleRevision))
    if found is None or found.after.round != change.round:
        return ""
    when = moment_text(found.entry.at, (await session.service(change.plan.service)).zone)
    if found.entry.by == SYSTEM:
        return _("Already done, {when}.", when=when)
    met = await session.directory.profile(found.entry.by)
    name = met.person.name if met else found.entry.by.name
    return _("Already done by {name}, {when}.", name=name or _("somebody else"), when=when)


def _steps(history: Iterable[e.Entry]) -> list[_Step]:
    steps: list[_Step] = []
    change: Change | None = None
    for entry in history:
        after = evolve(change, entry)
        steps.append(_Step(entry, change, after))
        change = after
    return steps


def _answer(steps: Sequence[_Step], wanted: type[e.Event], revision: int, *, anywhere: bool) -> _Step | None:
    """The newest such step since the card was drawn; the very last one that somebody took, unless `anywhere`."""
    for step in reversed(steps):
        if isinstance(step.entry.event, _BY_ITSELF):
            continue
        if isinstance(step.entry.event, wanted):
            return step if step.before is not None and step.before.revision >= revision else None
        if not anywhere:
            return None
    return None
