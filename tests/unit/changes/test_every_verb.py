"""Every command by everybody in every state: docs/process.md, P6 to P15, as one table, held by the application."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cache

import pytest

from application.change_service import draft, execute
from changes import commands as c
from changes.errors import CommandRejected, Hidden, NotAllowed
from changes.lifecycle.registry import DECISIONS
from changes.model import SYSTEM, Change, Outcome, Person, PlanTask, Recovery, State, TaskMark
from changes.planning.steps import Step
from changes.planning.timeline import pending
from changes.policy import Catalogue
from tests.fakes.memory import Memory
from tests.support.builder import WAYS, a_change, urgent
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, REQUESTED, Story, night, plan

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

ASKED = "deputy who asked for the restore"
DEPUTIES = {"deputy", ASKED}
INVOLVED = {"requester", "requester who is approver", "implementer", "implementer who is approver"}
REQUEST = {"requester", "requester who is approver"}
DECIDE = {"approver", *DEPUTIES}
EXCEPTION = {"implementer who is approver", "requester who is approver", *DECIDE}
EDIT = {*REQUEST, *EXCEPTION, "admin"}
WORK = {"implementer", *EXCEPTION}
ANYBODY = set(PARTS) - {"clock"}
FAR = "Extend, past the acceptable overrun"
Arguments = tuple[object, ...] | Callable[[Story], tuple[object, ...]]
VERBS: Mapping[str, tuple[set[str], Arguments]] = {
    # request, edit, resubmit, withdraw a change: requester; any member of the service's team may request
    "Draft": (ANYBODY, (plan(),)),
    "Submit": (REQUEST, ()),
    # cancel, move or edit another's change: approver, deputy, admin
    "Edit": (EDIT, lambda story: (replace(story.now_it_is.plan, title="Another title"),)),
    "Move": (EDIT, (plan(date(2027, 5, 20)).window,)),
    "Cancel": (EDIT, ("No need.",)),
    # pre-check, GO / NO-GO, waive the snapshot, waive lead time, grant an extension past the acceptable overrun:
    # approver or deputy, never the requester or implementer of that change; so too what Conflicts leaves to them
    "ApprovePrecheck": (DECIDE, ()),
    "RequestCorrections": (DECIDE, ("More tests.",)),
    "GiveGo": (DECIDE, ()),
    "RefuseGo": (DECIDE, ("Exams.",)),
    "AllowConflict": (DECIDE, ("They touch nothing in common.",)),
    "WaiveSnapshot": (DECIDE, ("There is the NAS.",)),
    FAR: (DECIDE, (600, "The import is slow.")),
    # start, test results, complete, report trouble, extend, declare an incident: implementer, approver, deputy
    "Start": (WORK, ()),
    "PassTests": (WORK, ()),
    "RecordTest": (WORK, (0, True)),
    "Complete": (WORK, ()),
    "ReportTrouble": (WORK, ("Nobody can log in.",)),
    "SolveTrouble": (WORK, ()),
    "Extend": (WORK, (30, "The import is slow.")),
    "KeepHolding": (WORK, ({"en": "We will be back by midnight."},)),
    "DeclareIncident": (WORK, ("It is down.",)),
    "NoteTried": (WORK, (Recovery.FIX, "It did not help.")),
    "UpdateIncident": (WORK, ("We know the cause.",)),
    "HandOver": (WORK, ("Nothing helps.",)),
    "CloseIncident": (WORK, (Outcome.FIXED,)),
    # the timeline itself begins a snapshot that was held, once the server is free
    "RetrySnapshot": ({*WORK, "clock"}, ()),
    # accept a failed or missing test; hand a change over to another requester or implementer: approver, deputy (hand
    # over: admin too); what they may allow beside that is below
    "AcceptTest": (EXCEPTION, (1, "Nobody uses it at night.")),
    "Reassign": ({*EXCEPTION, "admin"}, (None, SAM)),
    # ask for a restore: implementer, approver, deputy
    "AskRestore": (WORK, ()),
    # confirm a restore: approver or deputy, never the person who asked
    "ConfirmRestore": (EXCEPTION - {ASKED}, ("Hannibal",)),
    # what is seen of the snapshot and of the restore: whoever works on it, and the timeline that looks by itself
    "NoteSnapshotStarted": ({*WORK, "clock"}, ()),
    "NoteSnapshotFinished": ({*WORK, "clock"}, ("CHG", True, True)),
    "NoteSnapshotFailed": ({*WORK, "clock"}, ("The disk is full.",)),
    "WithdrawRestore": (WORK, ()),
    "NoteRestoreDone": ({*WORK, "clock"}, ()),
    "NoteRestoreFailed": ({*WORK, "clock"}, ("It failed.",)),
    # the timeline's own steps
    "FireStep": ({"clock"}, lambda story: (next((step.key for step in _pending(story)), "none"),)),
    "DiscardDraft": ({"clock"}, ()),
    "PlanSnapshot": ({"clock"}, (night(12), "CHG-2027-0002")),
    "VoidTests": ({"clock"}, ("CHG-2027-0002",)),
    "NotePreflight": ({"clock"}, ((),)),
    "NoteSnapshotMilestone": ({"clock"}, ("half",)),
    "NoteRestoreMilestone": ({"clock"}, ("half",)),
    # the tasks of a plan (P131): whoever takes part ticks them off
    "FinishTask": ({*INVOLVED, *DECIDE}, (0,)),
    "ReopenTask": ({*INVOLVED, *DECIDE}, (2,)),
    # not named in the table: whoever takes part
    "Postpone": ({*INVOLVED, *DECIDE}, ("Exams.",)),
    "SaveReview": ({*INVOLVED, *DECIDE}, ("It went well.",)),
    "NoteRehearsal": ({*INVOLVED, *DECIDE}, ()),
}
"""Who may do what, from docs/process.md, P6 to P15; whoever is not in a row may not.

Each command has everything in it that it needs, so that nothing but rights and state is left to refuse it.
"""


def made(what: str, by: Person, story: Story) -> c.Command:
    arguments = VERBS[what][1]
    kind: type[c.Command] = c.Extend if what == FAR else getattr(c, what)
    return kind(by, *(arguments(story) if callable(arguments) else arguments))


TAKEN = "a draft on a window that is taken"
SCENES = (TAKEN, *WAYS)
PRIVATE = {"draft", TAKEN, "dropped as a draft"}
"""Where nothing was handed in: whoever has no part in it hears that there is no such change."""
NOTHING = "nothing yet"
"""Where a change is drafted."""


def with_tasks(change: Change) -> Change:
    """The change with three tasks: an open one, one that blocks, one that is done."""
    tasks = PlanTask("Tell the helpdesk"), PlanTask("Copy the files", blocking=True), PlanTask("Look", minutes=5)
    done = TaskMark(tasks[2], change.requester, change.created_at)
    return change.with_(plan=replace(change.plan, tasks=tasks), task_marks=(done,))


def _pending(story: Story) -> tuple[Step, ...]:
    return tuple(pending(story.now_it_is, SERVICE))


@cache
def scene(name: str, requester: Person, implementer: Person) -> tuple[Story, datetime]:
    """The story of the change up to there, and a minute later."""
    way, wanted = "draft" if name == TAKEN else name, plan(implementer=implementer)
    story = a_change(way, wanted, SERVICE, requester=requester, decides=CLAIRE, restores=MARC)
    return story, story.last + timedelta(minutes=1)


async def tried(what: str | c.Command, part: Part, where: str) -> str:
    """What comes of it: `allowed`, `not allowed`, `hidden` or `refused`; it is written, or nothing is."""
    memory = Memory()
    if where == NOTHING:
        story, now = Story(SERVICE), REQUESTED
    else:
        story, now = scene(where, part.requester, part.implementer)
        async with memory.units() as unit:
            stored = with_tasks(story.now_it_is) if isinstance(what, str) and what.endswith("Task") else story.now_it_is
            await unit.changes.save(stored, 0, story.entries, (), (), now)
            if where == TAKEN:
                other = story.now_it_is.with_(id="CHG-2027-0002", state=State.SCHEDULED)
                await unit.changes.save(other, 0, story.entries, (), (), now)
    command = made(what, part.by, story) if isinstance(what, str) else what
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
    return (NOTHING, *SCENES) if what == "Draft" else SCENES


def test_the_table_has_a_row_for_every_command_and_a_way_to_every_state() -> None:
    assert set(VERBS) == {kind.__name__ for kind in DECISIONS} | {FAR}
    assert {scene(name, NADIA, LUC)[0].now_it_is.state for name in SCENES} == set(State)
    assert not {role for row, _ in VERBS.values() for role in row} - set(PARTS)


@pytest.mark.parametrize("what", VERBS)
async def test_whoever_may_not_never_gets_anywhere_and_reads_that_they_may_not(what: str) -> None:
    came = {(role, where): await tried(what, part, where) for role, part in PARTS.items() for where in places(what)}
    assert len(came) == len(PARTS) * len(places(what)), "nothing is left out"
    may = VERBS[what][0]
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


@pytest.mark.parametrize("role", PARTS)
async def test_only_the_approver_or_a_deputy_lets_the_work_start_before_its_window(role: str) -> None:
    part = PARTS[role]
    came = [await tried(c.Start(part.by, reason), part, "ready") for reason in ("It is quiet.", " ")]
    assert came[0] == ("allowed" if role in EXCEPTION else "refused" if role in WORK else "not allowed")
    assert came[1] == ("not allowed" if role not in WORK else "refused"), "nobody starts early without a reason"


def test_an_emergency_gives_no_right_that_a_normal_change_does_not_give() -> None:
    for role, part in PARTS.items():
        story = urgent(REQUESTED, service=SERVICE, requester=part.requester, implementer=part.implementer)
        assert story.now_it_is.state is State.PRECHECK_PENDING
        if role in VERBS["GiveGo"][0]:
            story.do(c.GiveGo(part.by), REQUESTED)
            continue
        seen = len(story.entries)
        for command in (c.GiveGo(part.by), c.RefuseGo(part.by, "No."), c.ApprovePrecheck(part.by)):
            story.refuses(command, error=NotAllowed)
        assert len(story.entries) == seen
