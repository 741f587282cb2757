"""The two plays: a day on which all goes well, and one that ends with the data of before (docs/process.md, P145).

Who acts is whoever the process would ask, some minutes after they were asked. A play ends early with the
CommandRejected of what the process refuses: what would hold up the real change holds up its rehearsal.
"""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

from changes import commands as c
from changes.approvals.quorum import asked_to_decide, may_approve
from changes.errors import CommandRejected
from changes.model import AWAITING_APPROVAL, Person, SnapshotStatus, State
from changes.planning.steps import StepKind
from changes.planning.tasks.moments import blocking
from language import _
from rehearsal.stage import Stage

Play = Callable[[Stage], Awaitable[None]]
_DECISIONS: Mapping[State, type[c.Command]] = {State.PRECHECK_PENDING: c.ApprovePrecheck, State.GO_PENDING: c.GiveGo}
_EXTENSION = 30
"""Minutes by which the window of a bad day is extended before it is an incident."""


async def good_day(stage: Stage) -> None:
    """Everything goes as planned: the work takes a third of its window, and every test passes."""
    await _until_started(stage)
    change = await stage.change()
    await stage.until(change.plan.window.start + timedelta(minutes=change.plan.window.minutes // 3))
    await _ended(stage)


async def bad_day(stage: Stage) -> None:
    """A test fails, the cutoff comes, more time does not help; the data is restored, and that is tested."""
    await _until_started(stage)
    who = (await stage.change()).plan.implementer
    await stage.do(c.RecordTest, who, 0, False, _("It does not work as before."))
    await stage.do(c.ReportTrouble, who, _("A test fails, and the cause is not known yet."))
    await _at_cutoff(stage)
    await stage.do(c.Extend, who, _EXTENSION, _("We have an idea and need more time for it."))
    await _at_cutoff(stage)
    await stage.do(c.DeclareIncident, who, _("It did not help, and nobody can say how long it takes."))
    await _restored(stage, who)
    await _ended(stage)


async def _until_started(stage: Stage) -> None:
    change = await stage.change()
    await stage.do(c.Submit, change.requester)
    while (change := await stage.change()).state in AWAITING_APPROVAL:
        decide = _DECISIONS.get(change.state)
        await (_decided(stage, decide) if decide else stage.go_on())
    while (change := await stage.change()).state in (State.SCHEDULED, State.SNAPSHOTTING):
        await _snapshot_taken(stage)
    await stage.until(change.plan.window.start)
    await stage.do(c.Start, change.plan.implementer)


async def _decided(stage: Stage, decide: type[c.Command]) -> None:
    """Whoever is asked decides; the others who may, one after the other, as long as that was not enough."""
    before, service = await stage.change(), await stage.service()
    asked = asked_to_decide(before, service, service.local(stage.now()).date())
    refusal: CommandRejected | None = None
    for person in dict.fromkeys((*asked, *may_approve(before, service))):
        try:
            await stage.do(decide, person)
        except CommandRejected as rejected:
            refusal = refusal or rejected
        if (await stage.change()).state is not before.state:
            return
    if refusal is not None:
        raise refusal
    await stage.go_on()  # nobody may decide, and the process says so itself


async def _snapshot_taken(stage: Stage) -> None:
    """The snapshot goes on: by itself, or by the hand of the implementer, who is as quick as the settings say."""
    change, vps = await stage.change(), (await stage.service()).vps
    who, snapshot = change.plan.implementer, change.snapshot
    if change.state is not State.SNAPSHOTTING or not vps.is_manual:
        await stage.go_on()
    elif snapshot.started_at is None:
        await stage.do(c.NoteSnapshotStarted, who)
    else:
        await stage.until(snapshot.started_at + timedelta(minutes=vps.snapshot_minutes))
        await stage.do(c.NoteSnapshotFinished, who, snapshot.name)


async def _at_cutoff(stage: Stage) -> None:
    """Time goes on until the bot asks how it goes on."""
    while (await stage.change()).cutoff_asked_at is None or (await stage.change()).cutoff_answered:
        await stage.go_on()


async def _restored(stage: Stage, who: Person) -> None:
    """The snapshot is put back, once somebody else has confirmed it; without a snapshot it is fixed by hand."""
    change, service = await stage.change(), await stage.service()
    if change.snapshot.status is not SnapshotStatus.FINISHED:
        return
    await stage.do(c.AskRestore, who)
    second = next(iter(service.deciding((who,))), who)
    await stage.do(c.ConfirmRestore, second, service.vps.name)
    if service.vps.is_manual:
        await stage.until(stage.now() + timedelta(minutes=service.vps.restore_minutes))
        await stage.do(c.NoteRestoreDone, who)
    while (await stage.change()).state is State.RESTORING:
        await stage.go_on()


async def _ended(stage: Stage) -> None:
    """The tests pass, the work ends, and the review is written when it is asked for."""
    who = (await stage.change()).plan.implementer
    for test in (await stage.change()).blocking_failures:
        await stage.do(c.RecordTest, who, test, True)
    if (await stage.change()).open_tests:
        await stage.do(c.PassTests, who)
    for task in blocking(await stage.change()):
        await stage.do(c.FinishTask, (await stage.change()).doer_of(task), task)
    is_incident = (await stage.change()).state is State.INCIDENT
    await stage.do(c.CloseIncident if is_incident else c.Complete, who)
    while not any(f"/{StepKind.REVIEW}" in step for step in (await stage.change()).fired_steps):
        await stage.go_on()
    await stage.do(c.SaveReview, who, _("What went well, and what we do better next time."))


PLAYS: Mapping[bool, Play] = {False: good_day, True: bad_day}
"""By whether the day is a bad one."""
