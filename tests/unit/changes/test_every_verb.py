"""Every command by everybody in every state: PROCESS.md, Roles, as one table, held by the application service."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache

import pytest

from application.change_service import draft, execute
from changes import commands as c
from changes.errors import CommandRejected, Hidden, NotAllowed
from changes.model import SYSTEM, ChangeType, Outcome, Person, Recovery, State
from changes.planning.occupancy import Booking
from changes.planning.timeline import Step, pending
from changes.policy import Catalogue
from changes.snapshots import FailureReason
from tests.fakes.memory import Memory
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, REQUESTED, Story, at, plan

MARC, EVA, SAM = Person("m", "Marc"), Person("e", "Eva"), Person("s", "Sam")
SERVICE = replace(LEARN, deputies=(CLAIRE, MARC))
CATALOGUE = Catalogue({"learn": SERVICE}, (EVA,))


@dataclass(frozen=True, slots=True)
class Part:
    """Somebody, and who requested and who implements the change that they try something on."""

    by: Person
    requester: Person = NADIA
    implementer: Person = LUC


PARTS = {
    "requester": Part(NADIA),
    "implementer": Part(LUC),
    "approver": Part(PIERRE),
    "deputy": Part(CLAIRE),
    "deputy who asked for the restore": Part(MARC),
    "requester who is approver": Part(PIERRE, requester=PIERRE),
    "implementer who is approver": Part(PIERRE, implementer=PIERRE),
    "admin": Part(EVA),
    "stranger": Part(SAM),
    "clock": Part(SYSTEM),
}

DEPUTIES = {"deputy", "deputy who asked for the restore"}
INVOLVED = {"requester", "requester who is approver", "implementer", "implementer who is approver"}
REQUEST = {"requester", "requester who is approver"}
DECIDE = {"approver", *DEPUTIES}
EXCEPTION = {"implementer who is approver", "requester who is approver", *DECIDE}
EDIT = {*REQUEST, *EXCEPTION, "admin"}
WORK = {"implementer", *EXCEPTION}
ANYBODY = set(PARTS) - {"clock"}
FAR = "Extend, past the acceptable overrun"
WHO_MAY: Mapping[str, set[str]] = {
    # request, edit, resubmit, withdraw a change: requester; any member of the service's team may request
    "Draft": ANYBODY,
    "Submit": REQUEST,
    # cancel, move or edit another's change: approver, deputy, admin
    "Edit": EDIT,
    "Move": EDIT,
    "Cancel": EDIT,
    # pre-check, GO / NO-GO, waive the snapshot, waive lead time, grant an extension past the acceptable overrun:
    # approver or deputy, never the requester or implementer of that change; so too what Conflicts leaves to them
    "ApprovePrecheck": DECIDE,
    "RequestCorrections": DECIDE,
    "GiveGo": DECIDE,
    "RefuseGo": DECIDE,
    "AllowConflict": DECIDE,
    "WaiveSnapshot": DECIDE,
    FAR: DECIDE,
    # start, test results, complete, report trouble, extend, declare an incident: implementer, approver, deputy
    "Start": WORK,
    "RecordTest": WORK,
    "Complete": WORK,
    "ReportTrouble": WORK,
    "SolveTrouble": WORK,
    "Extend": WORK,
    "DeclareIncident": WORK,
    "NoteTried": WORK,
    "UpdateIncident": WORK,
    "HandOver": WORK,
    "CloseIncident": WORK,
    # the timeline itself begins a snapshot that was held, once the server is free
    "RetrySnapshot": {*WORK, "clock"},
    # accept a failed or missing test; hand a change over to another requester or implementer: approver, deputy (hand
    # over: admin too); what they may allow beside that is below
    "AcceptTest": EXCEPTION,
    "Reassign": {*EXCEPTION, "admin"},
    # ask for a restore: implementer, approver, deputy
    "AskRestore": WORK,
    # confirm a restore: approver or deputy, never the person who asked
    "ConfirmRestore": {"deputy", "approver", "requester who is approver", "implementer who is approver"},
    # what is seen of the snapshot and of the restore: whoever works on it, and the timeline that looks by itself
    "NoteSnapshotStarted": {*WORK, "clock"},
    "NoteSnapshotFinished": {*WORK, "clock"},
    "NoteSnapshotFailed": {*WORK, "clock"},
    "WithdrawRestore": WORK,
    "NoteRestoreDone": {*WORK, "clock"},
    "NoteRestoreFailed": {*WORK, "clock"},
    # the timeline's own steps
    "FireStep": {"clock"},
    "PlanSnapshot": {"clock"},
    "VoidTests": {"clock"},
    "NotePreflight": {"clock"},
    "NoteSnapshotMilestone": {"clock"},
    "NoteRestoreMilestone": {"clock"},
    # not named in the table: whoever takes part
    "Postpone": {*INVOLVED, *DECIDE},
    "SaveReview": {*INVOLVED, *DECIDE},
}
"""Who may do what, from PROCESS.md; whoever is not in a row may not."""

MAKE: Mapping[str, Callable[[Person, Story], c.Command]] = {
    "Draft": lambda by, story: c.Draft(by, plan()),
    "Submit": lambda by, story: c.Submit(by),
    "Edit": lambda by, story: c.Edit(by, replace(story.now_it_is.plan, title="Another title")),
    "Move": lambda by, story: c.Move(by, plan(date(2027, 5, 20)).window),
    "Cancel": lambda by, story: c.Cancel(by, "No need."),
    "Reassign": lambda by, story: c.Reassign(by, implementer=SAM),
    "Postpone": lambda by, story: c.Postpone(by, "Exams."),
    "AllowConflict": lambda by, story: c.AllowConflict(by, "They touch nothing in common."),
    "ApprovePrecheck": lambda by, story: c.ApprovePrecheck(by),
    "RequestCorrections": lambda by, story: c.RequestCorrections(by, "More tests."),
    "GiveGo": lambda by, story: c.GiveGo(by),
    "RefuseGo": lambda by, story: c.RefuseGo(by, "Exams."),
    "FireStep": lambda by, story: c.FireStep(by, next((step.key for step in _pending(story)), "none")),
    "PlanSnapshot": lambda by, story: c.PlanSnapshot(by, at(2027, 4, 15, 12), "CHG-2027-0002"),
    "NoteSnapshotStarted": lambda by, story: c.NoteSnapshotStarted(by),
    "NoteSnapshotMilestone": lambda by, story: c.NoteSnapshotMilestone(by, "half"),
    "NoteSnapshotFinished": lambda by, story: c.NoteSnapshotFinished(by, "CHG", checked=True),
    "NoteSnapshotFailed": lambda by, story: c.NoteSnapshotFailed(by, "The disk is full."),
    "RetrySnapshot": lambda by, story: c.RetrySnapshot(by),
    "WaiveSnapshot": lambda by, story: c.WaiveSnapshot(by, "There is the NAS."),
    "NotePreflight": lambda by, story: c.NotePreflight(by, ()),
    "Start": lambda by, story: c.Start(by),
    "RecordTest": lambda by, story: c.RecordTest(by, 0, True),
    "AcceptTest": lambda by, story: c.AcceptTest(by, 1, "Nobody uses it at night."),
    "VoidTests": lambda by, story: c.VoidTests(by, "CHG-2027-0002"),
    "Complete": lambda by, story: c.Complete(by),
    "ReportTrouble": lambda by, story: c.ReportTrouble(by, "Nobody can log in."),
    "SolveTrouble": lambda by, story: c.SolveTrouble(by),
    "Extend": lambda by, story: c.Extend(by, 30, "The import is slow."),
    FAR: lambda by, story: c.Extend(by, 600, "The import is slow."),
    "DeclareIncident": lambda by, story: c.DeclareIncident(by, "It is down."),
    "CloseIncident": lambda by, story: c.CloseIncident(by, Outcome.FIXED),
    "AskRestore": lambda by, story: c.AskRestore(by),
    "ConfirmRestore": lambda by, story: c.ConfirmRestore(by, "Hannibal"),
    "NoteRestoreMilestone": lambda by, story: c.NoteRestoreMilestone(by, "half"),
    "WithdrawRestore": lambda by, story: c.WithdrawRestore(by),
    "NoteRestoreDone": lambda by, story: c.NoteRestoreDone(by),
    "NoteRestoreFailed": lambda by, story: c.NoteRestoreFailed(by, "It failed."),
    "NoteTried": lambda by, story: c.NoteTried(by, Recovery.FIX, "It did not help."),
    "UpdateIncident": lambda by, story: c.UpdateIncident(by, "We know the cause."),
    "HandOver": lambda by, story: c.HandOver(by, "Nothing helps."),
    "SaveReview": lambda by, story: c.SaveReview(by, "It went well."),
}
"""Each command with everything in it that it needs, so that nothing but rights and state is left to refuse it."""

Path = tuple[str, ...]
TO_GO = ("submit", "to pre-check", "approve", "to GO")
TO_WORK = (*TO_GO, "GO", "to snapshot", "snapshot", "to start", "start")
INCIDENT = (*TO_WORK, "incident")
SCENES: Mapping[str, tuple[State, Path]] = {
    "a draft": (State.DRAFT, ()),
    "a draft on a window that is taken": (State.DRAFT, ("overlap",)),
    "submitted": (State.SUBMITTED, ("submit",)),
    "pre-check asked": (State.PRECHECK_PENDING, ("submit", "to pre-check")),
    "corrections asked": (State.CORRECTIONS_REQUESTED, ("submit", "to pre-check", "correct")),
    "pre-checked": (State.PRECHECKED, ("submit", "to pre-check", "approve")),
    "GO asked": (State.GO_PENDING, TO_GO),
    "scheduled": (State.SCHEDULED, (*TO_GO, "GO")),
    "snapshot asked": (State.SNAPSHOTTING, (*TO_GO, "GO", "to snapshot")),
    "snapshot running": (State.SNAPSHOTTING, (*TO_GO, "GO", "to snapshot", "snapshot runs")),
    "snapshot held": (State.SNAPSHOTTING, (*TO_GO, "GO", "to snapshot beside another")),
    "snapshot failed": (State.SNAPSHOTTING, (*TO_GO, "GO", "to snapshot", "snapshot fails")),
    "ready before the window": (State.READY, TO_WORK[:-2]),
    "ready": (State.READY, TO_WORK[:-1]),
    "at work": (State.IN_PROGRESS, TO_WORK),
    "at work, tested": (State.IN_PROGRESS, (*TO_WORK, "test")),
    "in trouble": (State.TROUBLE, (*TO_WORK, "trouble")),
    "extended": (State.EXTENDED, (*TO_WORK, "extend")),
    "an incident": (State.INCIDENT, INCIDENT),
    "an incident, tested": (State.INCIDENT, (*INCIDENT, "test")),
    "restore asked": (State.INCIDENT, (*INCIDENT, "ask restore")),
    "restoring": (State.RESTORING, (*INCIDENT, "ask restore", "confirm")),
    "restore out of sight": (State.INCIDENT, (*INCIDENT, "ask restore", "confirm", "restore lost")),
    "completed": (State.COMPLETED, (*TO_WORK, "test", "complete")),
    "no-go": (State.NO_GO, (*TO_GO, "NO-GO")),
    "postponed": (State.POSTPONED, ("submit", "postpone")),
    "cancelled": (State.CANCELLED, ("cancel",)),
}
"""The ways to every state; more than one where a command is for a part of the state only."""
PRIVATE = {"a draft", "a draft on a window that is taken", "cancelled"}
"""Where nothing was handed in: whoever has no part in it hears that there is no such change."""
NOTHING = "nothing yet"
"""Where a change is drafted."""


def _pending(story: Story) -> tuple[Step, ...]:
    return tuple(pending(story.now_it_is, SERVICE))


@cache
def scene(name: str, requester: Person, implementer: Person) -> tuple[Story, datetime]:
    """The story of the change up to there, and when that is."""
    state, path = SCENES[name]
    story, now = Story(SERVICE), REQUESTED
    story.do(c.Draft(requester, plan(implementer=implementer)), now)
    worked: dict[str, Callable[[], c.Command]] = {
        "submit": lambda: c.Submit(requester),
        "correct": lambda: c.RequestCorrections(CLAIRE, "More tests."),
        "approve": lambda: c.ApprovePrecheck(CLAIRE),
        "GO": lambda: c.GiveGo(CLAIRE),
        "NO-GO": lambda: c.RefuseGo(CLAIRE, "Exams."),
        "snapshot runs": lambda: c.NoteSnapshotStarted(SYSTEM),
        "snapshot": lambda: c.NoteSnapshotFinished(SYSTEM, "CHG"),
        "snapshot fails": lambda: c.NoteSnapshotFailed(SYSTEM, "The disk is full."),
        "start": lambda: c.Start(implementer),
        "trouble": lambda: c.ReportTrouble(implementer, "It does not start."),
        "extend": lambda: c.Extend(implementer, 30, "It is slow."),
        "incident": lambda: c.DeclareIncident(implementer, "It is down."),
        "ask restore": lambda: c.AskRestore(MARC),
        "confirm": lambda: c.ConfirmRestore(CLAIRE, "Hannibal"),
        "restore lost": lambda: c.NoteRestoreFailed(SYSTEM, "It cannot be seen.", FailureReason.LOST),
        "complete": lambda: c.Complete(implementer),
        "postpone": lambda: c.Postpone(requester, "Exams."),
        "cancel": lambda: c.Cancel(requester, ""),
    }
    moments = {
        "to pre-check": at(2027, 4, 1),
        "to GO": at(2027, 4, 8),
        "to snapshot": at(2027, 4, 15, 19, 15),
        "to start": at(2027, 4, 15, 22),
        "to snapshot beside another": at(2027, 4, 15, 19, 15),
    }
    beside = Booking("CHG-2027-0002", "New disks", plan().window, State.IN_PROGRESS, plan().window)
    for step in path:
        now += timedelta(minutes=1)
        if step in moments:
            now = moments[step]
            story.bookings = (beside,) if step == "to snapshot beside another" else ()
            story.until(now)
        elif step == "test":
            for index in story.now_it_is.open_tests:
                story.do(c.RecordTest(implementer, index, True), now)
        elif step != "overlap":
            story.do(worked[step](), now)
    assert story.now_it_is.state is state
    story.bookings = ()
    return story, now + timedelta(minutes=1)


async def tried(what: str | c.Command, part: Part, where: str) -> str:
    """What comes of it: `allowed`, `not allowed`, `hidden` or `refused`; it is written, or nothing is."""
    memory = Memory()
    if where == NOTHING:
        story, now = Story(SERVICE), REQUESTED
    else:
        story, now = scene(where, part.requester, part.implementer)
        async with memory.units() as unit:
            await unit.changes.save(story.now_it_is, 0, story.entries, (), (), now)
            if "overlap" in SCENES[where][1]:
                other = story.now_it_is.with_(id="CHG-2027-0002", state=State.SCHEDULED)
                await unit.changes.save(other, 0, story.entries, (), (), now)
    command = MAKE[what](part.by, story) if isinstance(what, str) else what
    if isinstance(command, c.FireStep):
        now = max([now, *(step.due for step in _pending(story)[:1])])
    before = dict(memory.changes.rows)
    outcome = "allowed"
    # The refusal is caught within the unit of work and the unit is committed, as in a turn of the bot.
    async with memory.units() as unit:
        try:
            if where == NOTHING:
                assert isinstance(command, c.Draft)
                await draft(unit, CATALOGUE, command, now, "test")
            else:
                await execute(unit, CATALOGUE, story.now_it_is.id, command, now, "test")
        except NotAllowed:
            outcome = "not allowed"
        except Hidden:
            outcome = "hidden"
        except CommandRejected:
            outcome = "refused"
    assert (memory.changes.rows != before) is (outcome == "allowed")
    assert bool(memory.outbox.rows) <= (outcome == "allowed")
    return outcome


def places(what: str) -> tuple[str, ...]:
    """Where it can be tried: there is no change yet for a draft, and for nothing else."""
    return (NOTHING, *SCENES) if what == "Draft" else tuple(SCENES)


def test_the_table_has_a_row_for_every_command_and_a_way_to_every_state() -> None:
    kinds = {
        each.__name__
        for each in vars(c).values()
        if isinstance(each, type) and issubclass(each, c.Command) and each is not c.Command
    }
    assert set(WHO_MAY) == set(MAKE) == kinds | {FAR}
    assert {type(make(NADIA, scene("a draft", NADIA, LUC)[0])).__name__ for make in MAKE.values()} == kinds
    assert {state for state, _ in SCENES.values()} == set(State)
    assert not {role for row in WHO_MAY.values() for role in row} - set(PARTS)


@pytest.mark.parametrize("what", list(WHO_MAY))
async def test_whoever_may_not_never_gets_anywhere_and_reads_that_they_may_not(what: str) -> None:
    came = {(role, where): await tried(what, part, where) for role, part in PARTS.items() for where in places(what)}
    assert len(came) == len(PARTS) * len(places(what)), "nothing is left out"
    may = WHO_MAY[what]
    accepted = {where for (_, where), outcome in came.items() if outcome == "allowed"}
    assert accepted, "somebody can do it somewhere"
    for (role, where), outcome in came.items():
        assert (outcome == "hidden") is (where in PRIVATE and role in ("implementer", "stranger")), f"{role}, {where}"
        if role not in may and outcome != "hidden":
            assert outcome != "allowed", f"{role} may not: {what}, {where}"
            assert outcome == "not allowed" or where not in accepted, f"{role} reads something else: {what}, {where}"
        else:
            assert outcome != "not allowed", f"{role} may: {what}, {where}"
    for role in may:
        assert "allowed" in {came[role, where] for where in accepted}, f"{role} can do it somewhere: {what}"


@pytest.mark.parametrize("role", list(PARTS))
async def test_only_the_approver_or_a_deputy_lets_the_work_start_before_its_window(role: str) -> None:
    part = PARTS[role]
    came = [await tried(c.Start(part.by, reason), part, "ready before the window") for reason in ("It is quiet.", " ")]
    assert came[0] == ("allowed" if role in EXCEPTION else "refused" if role in WORK else "not allowed")
    assert came[1] == ("not allowed" if role not in WORK else "refused"), "nobody starts early without a reason"


def test_an_emergency_gives_no_right_that_a_normal_change_does_not_give() -> None:
    for role, part in PARTS.items():
        story = Story(SERVICE)
        story.do(
            c.Draft(part.requester, plan(implementer=part.implementer, kind=ChangeType.EMERGENCY, reason="x")),
            REQUESTED,
        )
        story.do(c.Submit(part.requester), REQUESTED)
        story.at_once(REQUESTED)
        assert story.now_it_is.state is State.PRECHECK_PENDING
        if role in WHO_MAY["GiveGo"]:
            story.do(c.GiveGo(part.by), REQUESTED)
            continue
        seen = len(story.entries)
        for command in (c.GiveGo(part.by), c.RefuseGo(part.by, "No."), c.ApprovePrecheck(part.by)):
            with pytest.raises(NotAllowed):
                story.do(command, REQUESTED)
        assert len(story.entries) == seen
