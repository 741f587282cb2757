"""Random commands by random people at random times: whatever is tried, the process holds."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from changes import commands as c
from changes import events as e
from changes.errors import CommandRejected
from changes.lifecycle import fold
from changes.lifecycle.registry import DECISIONS
from changes.model import (
    BEFORE_WORK,
    IMPLEMENTING,
    IN_INCIDENT,
    OPEN,
    SYSTEM,
    Change,
    ChangeType,
    Outcome,
    Plan,
    Recovery,
    State,
    Window,
)
from changes.notification.notices import NoticeKind
from changes.planning.occupancy import Booking
from changes.planning.steps import StepKind
from changes.planning.timeline import pending
from changes.snapshots import FailureReason
from tests.support.builder import a_change
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, ZURICH, Story, plan
from tests.support.examples import examples

PEOPLE = (NADIA, PIERRE, CLAIRE, LUC, SYSTEM)
OTHER = Booking("CHG-2027-0009", "New disks", plan().window, occupied=plan().window, people=(LUC,))
"""Another change on the same server."""
COMMANDS = tuple(DECISIONS)
DECIDED = {State.SCHEDULED, State.SNAPSHOTTING, State.READY}
ALLOWED: dict[State, set[State]] = {
    State.DRAFT: {State.SUBMITTED, State.CANCELLED},
    State.SUBMITTED: {State.PRECHECK_PENDING},
    State.PRECHECK_PENDING: {State.CORRECTIONS_REQUESTED, State.PRECHECKED, State.NO_GO},
    State.CORRECTIONS_REQUESTED: {State.PRECHECK_PENDING},
    State.PRECHECKED: {State.GO_PENDING, State.SCHEDULED},
    State.GO_PENDING: {State.SCHEDULED, State.NO_GO},
    State.SCHEDULED: {State.SNAPSHOTTING, State.READY, State.IN_PROGRESS},
    State.SNAPSHOTTING: {State.READY},
    State.READY: {State.IN_PROGRESS},
    State.IN_PROGRESS: {State.COMPLETED, State.TROUBLE},
    State.TROUBLE: {State.IN_PROGRESS, State.EXTENDED, State.INCIDENT},
    State.EXTENDED: {State.COMPLETED, State.TROUBLE, State.IN_PROGRESS},
    State.INCIDENT: {State.RESTORING, State.IN_PROGRESS, State.COMPLETED},
    State.RESTORING: {State.IN_PROGRESS, State.INCIDENT},
    State.NO_GO: {State.SUBMITTED, State.CANCELLED},
    State.POSTPONED: {State.SUBMITTED, State.CANCELLED},
    State.COMPLETED: set(),
    State.CANCELLED: set(),
}
"""docs/process.md, P16. Besides: what has not started can be cancelled or postponed, and a changed plan starts over.

With a waiver a scheduled change is ready without a snapshot, or starts when the approver lets it.
"""


def random_plan(random: Random) -> Plan:
    day = date(2027, 3, 16) + timedelta(days=random.randrange(60))
    return plan(
        day,
        random.choice([hour for hour in range(24) if hour != 2]),  # 02:00 does not exist on one of the days
        random.choice([1, 20, 45, 90, 600]),
        kind=random.choice(list(ChangeType)),
        reason=random.choice(["", "It is urgent."]),
        title=random.choice(["", "Update", "Update", "x" * 300]),
        risks=random.choice(["", "None known.", "None known."]),
        rollback=random.choice(["", "The snapshot.", "The snapshot."]),
        tests=random.choice([(), ("a",), ("a", "b")]),
        implementer=random.choice(PEOPLE[:4]),
    )


def random_command(random: Random, story: Story) -> c.Command:
    kind = random.choice(COMMANDS)
    by = random.choice(PEOPLE)
    values: dict[str, object] = {
        "by": by,
        "window": Window(datetime(2027, 5, 1, 20, tzinfo=ZURICH), datetime(2027, 5, 1, 22, tzinfo=ZURICH)),
        "reason": random.choice(["", " ", "Because.", "y" * 600]),
        "comment": random.choice(["", "Fine.", "z" * 600]),
        "public": random.choice([{}, {"en": "We are late."}, {"fr": "Nous sommes en retard.", "xx": "?"}]),
        "text": random.choice(["", "It went well."]),
        "note": random.choice(["", "It did not help."]),
        "name": random.choice(["", "CHG-2027-0001"]),
        "milestone": random.choice(["half", "late", "waiting", "busy", "blind", "other"]),
        "detail": random.choice(["", "It cannot be seen."]),
        "cause": random.choice(list(FailureReason)),
        "good": random.choice([(), ("The token is right.",)]),
        "way": random.choice(list(Recovery)),
        "problems": random.choice([(), ("The token is wrong.",)]),
        "index": random.randrange(-1, 3),
        "passed": random.random() < 0.8,
        "minutes": random.choice([-1, 0, 30, 90, 400, 10_000]),
        "outcome": random.choice(list(Outcome)),
        "vps_name": random.choice(["Hannibal", "Hasdrubal"]),
        "key": random.choice([step.key for step in pending(story.now_it_is, LEARN)] or ["9/none/0"]),
        "waiver": random.choice(["", "", "The NAS is fresh.", "w" * 600]),
        "of_data": random.random() < 0.8,
        "checked": random.random() < 0.5,
        "is_bad": random.random() < 0.5,
        "template": None,
        "editors": tuple(random.sample(PEOPLE, random.random() < 0.1)),
        "at": random.choice([None, story.now_it_is.plan.window.start - timedelta(hours=random.choice([4, 8]))]),
        "other": OTHER.change,
        "requester": random.choice([None, *PEOPLE]),
        "implementer": random.choice([None, *PEOPLE]),
    }
    names = [each.name for each in fields(kind)]
    if "plan" in names:
        values["plan"] = random_plan(random)
    return kind(**{name: values[name] for name in names})  # type: ignore[arg-type]


def random_bookings(random: Random, now: datetime) -> tuple[Booking, ...]:
    """Mostly nothing; else another change of the server, before its day, at work or as an incident."""
    if random.random() < 0.8:
        return ()
    window = Window(now - timedelta(hours=1), now + timedelta(hours=random.choice([1, 5])))
    state = random.choice([State.SUBMITTED, State.SCHEDULED, State.IN_PROGRESS, State.EXTENDED, *IN_INCIDENT])
    began = now - timedelta(minutes=10) if state in IMPLEMENTING | IN_INCIDENT else None
    other = replace(OTHER, window=window, occupied=window, state=state, started_at=began)
    return (replace(other, same_service=random.random() < 0.3),)


def likely_command(random: Random, story: Story) -> c.Command:
    """What a team would do next, so that the walk reaches the far states too."""
    change = story.now_it_is
    who = change.plan.implementer
    tests: list[c.Command] = [c.RecordTest(who, index, random.random() < 0.8) for index in change.blocking_tests]
    tests += [c.AcceptTest(PIERRE, index, "Nobody uses it.") for index in change.blocking_tests[:1]]
    month = timedelta(days=30)
    window = Window(change.plan.window.start + month, change.plan.window.end + month)
    look = c.NotePreflight(SYSTEM, random.choice([(), ("There is no room.",)]), ("It was found.",))
    moved = c.Move(change.requester, window, "It has to be.")
    choices: dict[State, list[c.Command]] = {
        State.DRAFT: [c.Submit(NADIA)],
        State.PRECHECK_PENDING: [c.ApprovePrecheck(PIERRE), c.GiveGo(CLAIRE), c.RequestCorrections(PIERRE, "Why?")],
        State.CORRECTIONS_REQUESTED: [c.Edit(NADIA, plan(title=f"Corrected {len(story.entries)}"))],
        State.GO_PENDING: [*[c.GiveGo(PIERRE), c.GiveGo(CLAIRE, waiver="NAS.")] * 2, c.RefuseGo(PIERRE, "Exams.")],
        State.SNAPSHOTTING: [
            *[c.NoteSnapshotStarted(SYSTEM), c.NoteSnapshotFinished(SYSTEM, "CHG")] * 3,
            c.NoteSnapshotMilestone(SYSTEM, random.choice(["half", "late", "waiting", "busy", "blind"])),
            c.NoteSnapshotFailed(SYSTEM, "It failed.", random.choice(list(FailureReason))),
            c.RetrySnapshot(who),
            c.WaiveSnapshot(PIERRE, "NAS."),
        ],
        State.SCHEDULED: [*[look] * 6, c.WaiveSnapshot(PIERRE, "NAS."), moved],
        State.READY: [c.Start(who), c.Start(CLAIRE, "Nobody is there.")],
        State.IN_PROGRESS: [*tests, c.Complete(who), c.ReportTrouble(who, "Broken.")],
        State.TROUBLE: [*tests, c.SolveTrouble(who), c.Extend(who, 60, "More."), c.DeclareIncident(who, "Down.")],
        State.EXTENDED: [*tests, c.Complete(who), c.SolveTrouble(who), c.DeclareIncident(who, "Down.")],
        State.INCIDENT: [
            *[c.AskRestore(who), c.ConfirmRestore(PIERRE, "Hannibal")] * 3,
            c.NoteTried(who, Recovery.FILES, "The files of yesterday did not help."),
            c.UpdateIncident(who, "We know the cause."),
            c.HandOver(who, "Nothing helps."),
            *tests,
            c.CloseIncident(who),
        ],
        State.RESTORING: [
            c.NoteRestoreMilestone(SYSTEM, random.choice(["half", "late", "blind"])),
            c.NoteRestoreDone(SYSTEM),
            c.NoteRestoreFailed(SYSTEM, "It failed.", random.choice(list(FailureReason))),
        ],
        State.COMPLETED: [c.SaveReview(who, "Good.")],
        State.NO_GO: [c.Edit(change.requester, plan(title=f"Again {len(story.entries)}")), moved],
        State.POSTPONED: [moved],
    }
    return random.choice(choices.get(change.state) or [random_command(random, story)])


def answered(story: Story, command: c.Command, now: datetime) -> bool:
    """Whether the command gave events, or a refusal with a sentence."""
    try:
        return bool(story.do(command, now))
    except CommandRejected as refusal:
        return bool(refusal.sentence.strip())


def check(story: Story, seen: int) -> None:
    fired = [x.event.key for x in story.entries if isinstance(x.event, e.StepFired | e.StepSkipped)]
    assert len(fired) == len(set(fired)), "a step fired twice"
    # A reminder's key is its date, so that it goes once however often dates are edited back and forth.
    reminders = story.notices(NoticeKind.REMINDER)
    keys = [effect.key for effect in story.caused if effect not in reminders]
    assert len(keys) == len(set(keys)), "two effects share a key"
    for count in range(max(seen, 1), len(story.entries)):
        _check_move(story, count)


def _check_move(story: Story, count: int) -> None:
    before, entry = story.was[count], story.entries[count]
    after = story.was[count + 1] if count + 1 < len(story.was) else story.change
    assert before is not None
    assert after is not None
    grew = after.revision - before.revision
    assert grew == (1 if (before.plan, before.state) != (after.plan, after.state) else 0)
    if isinstance(entry.event, e.GoGiven):
        assert entry.by in (PIERRE, CLAIRE)
        assert entry.by not in after.involved, "somebody decided about their own change, or one that they edited"
    _check_day(before, entry)
    if after.state in DECIDED:
        assert after.go is not None
        assert after.go.verdict == "go"
        assert after.go.fingerprint == after.plan.fingerprint, "GO was about another plan"
    _check_issue(before, after, entry)
    if before.state is after.state:
        return
    if after.state in (State.CANCELLED, State.POSTPONED):
        assert before.state in BEFORE_WORK
    elif isinstance(entry.event, e.PlanEdited):
        assert after.state is (State.PRECHECKED if entry.event.keeps_precheck else State.SUBMITTED)
    else:
        assert after.state in ALLOWED[before.state], f"{before.state} → {after.state} by {type(entry.event).__name__}"


def _check_issue(before: Change, after: Change, entry: e.Entry) -> None:
    """What does not work is known until somebody says that it is solved, or says anew what does not work."""
    says_anew = isinstance(entry.event, e.TroubleReported | e.IncidentDeclared) and after.trouble
    if before.trouble and not says_anew and not isinstance(entry.event, e.TroubleSolved):
        assert after.trouble == before.trouble, f"{type(entry.event).__name__} has cleared the issue"
    open_ = before.trouble and before.has_open_issue and not before.issue_over  # after a restore it is a record
    if open_ and not isinstance(entry.event, e.TroubleSolved | e.Completed):
        assert after.has_open_issue or after.state in IN_INCIDENT, f"{type(entry.event).__name__} has closed the issue"


def _check_day(before: Change, entry: e.Entry) -> None:
    """What the process says of the day, event by event (docs/process.md, P57 to P76)."""
    match entry.event:
        case e.Started(reason=reason, early=early):
            assert before.snapshot.unlocks_start, "started without a snapshot or a waiver"
            assert early is (entry.at < before.plan.window.start)
            assert entry.at < before.ends_at, "started after its window"
            assert not early or (reason and entry.by in (PIERRE, CLAIRE)), "started early without the approver's reason"
        case e.Completed():
            assert not before.blocking_tests, "ended with a failed or missing test"
        case e.TestAccepted():
            assert entry.by in (PIERRE, CLAIRE)
        case e.RestoreConfirmed():
            assert before.restore is not None
            assert before.restore.asked_by != entry.by
        case e.StepFired(kind=StepKind.CUTOFF):
            assert before.cutoff_asked_at is None or len(before.extensions) or before.restored, "asked twice"
        case e.StepSkipped(kind=StepKind.CUTOFF_SILENCE, reason=reason) if "answered" in reason:
            assert before.cutoff_asked_at is not None, "nobody answers what was not asked"


BEGINNINGS = (*["draft"] * 3, "snapshot requested", "ready", "in progress", "incident")
"""Half of the walks begin on the day: hardly one of the others comes so far."""


def walk(seed: int, written: Callable[[c.Command], c.Command] = lambda command: command) -> Story:
    """120 commands, more or less likely ones, with the time going on between them, each as it is `written`."""
    random = Random(seed)
    story = a_change(random.choice(BEGINNINGS))
    now = story.last
    for _ in range(120):
        if story.now_it_is.state is State.CANCELLED:
            break
        seen = len(story.entries)
        story.bookings = random_bookings(random, now)
        hurried = story.now_it_is.state in IMPLEMENTING | {
            State.SNAPSHOTTING,
            State.READY,
            State.INCIDENT,
            State.RESTORING,
        }
        choices = [0, 1, 5, 15, 45] if hurried else [0, 30, 240, 1440, 5000]
        later = now + timedelta(minutes=random.choice(choices))
        if random.random() < 0.05 and story.now_it_is.state in (State.NO_GO, State.POSTPONED, State.COMPLETED):
            later = now + timedelta(weeks=random.choice([1, 9]))
        # Not past the snapshot in one leap: otherwise hardly a walk gets to work.
        snapshot = [each.due for each in pending(story.now_it_is, LEARN) if each.kind is StepKind.SNAPSHOT]
        now = max(now, min([later, *snapshot]))
        story.at_once(now)
        assert not [step for step in pending(story.now_it_is, LEARN) if step.due <= now]
        waits = story.now_it_is.state in OPEN - {State.DRAFT}
        assert not waits or pending(story.now_it_is, LEARN), "nothing is ever said of it again"
        command = likely_command(random, story) if random.random() < 0.6 else random_command(random, story)
        assert answered(story, written(command), now), "a command gave neither events nor a refusal with a sentence"
        check(story, seen)
    return story


@settings(max_examples=examples(200))
@given(st.integers(0, 2**32))
def test_whatever_is_tried_whenever_by_whomever_the_process_holds(seed: int) -> None:
    story = walk(seed)
    assert fold(story.entries) == story.change


def test_the_random_walks_reach_every_state() -> None:
    reached: set[State] = set()
    for seed in range(150):
        if reached == set(State):
            break
        story = walk(seed)
        reached |= {each.state for each in (*story.was, story.change) if each is not None}
    assert reached == set(State)
