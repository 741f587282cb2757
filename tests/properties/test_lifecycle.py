"""Random commands by random people at random times: whatever is tried, the process holds."""

from dataclasses import fields
from datetime import date, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from changes import commands as c
from changes import events as e
from changes.effects import NoticeKind, SendNotice
from changes.errors import Refusal
from changes.lifecycle import fold
from changes.model import AT_WORK, BEFORE_WORK, CLOCK, DAY, UNDECIDED, Kind, Outcome, Plan, Recovery, State, Window
from changes.snapshots import Cause
from changes.timeline import StepKind, pending
from tests.support.core import CLAIRE, LEARN, LUC, NADIA, PIERRE, ZURICH, Story, plan, requested

PEOPLE = (NADIA, PIERRE, CLAIRE, LUC, CLOCK)
COMMANDS = tuple(
    each
    for each in vars(c).values()
    if isinstance(each, type) and issubclass(each, c.Command) and each is not c.Command
)
DECIDED = {State.SCHEDULED, State.SNAPSHOTTING, State.READY}
ALLOWED: dict[State, set[State]] = {
    State.DRAFT: {State.SUBMITTED, State.CANCELLED},
    State.SUBMITTED: {State.PRECHECK_PENDING},
    State.PRECHECK_PENDING: {State.CORRECTIONS_REQUESTED, State.PRECHECKED, State.NO_GO},
    State.CORRECTIONS_REQUESTED: {State.PRECHECK_PENDING},
    State.PRECHECKED: {State.GO_PENDING, State.SCHEDULED},
    State.GO_PENDING: {State.SCHEDULED, State.NO_GO},
    State.SCHEDULED: {State.SNAPSHOTTING},
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
"""PROCESS.md, States. Besides: what has not started can be cancelled or postponed, and a changed plan starts over."""


def random_plan(random: Random) -> Plan:
    day = date(2027, 3, 16) + timedelta(days=random.randrange(60))
    return plan(
        day,
        random.choice([hour for hour in range(24) if hour != 2]),  # 02:00 does not exist on one of the days
        random.choice([1, 20, 45, 90, 600]),
        kind=random.choice(list(Kind)),
        reason=random.choice(["", "It is urgent."]),
        title=random.choice(["", "Update", "x" * 300]),
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
        "text": random.choice(["", "It went well."]),
        "note": random.choice(["", "It did not help."]),
        "name": random.choice(["", "CHG-2027-0001"]),
        "milestone": random.choice(["half", "late", "waiting", "blind", "other"]),
        "detail": random.choice(["", "It cannot be seen."]),
        "cause": random.choice(list(Cause)),
        "good": random.choice([(), ("The token is right.",)]),
        "way": random.choice(list(Recovery)),
        "problems": random.choice([(), ("The token is wrong.",)]),
        "index": random.randrange(-1, 3),
        "passed": random.random() < 0.8,
        "minutes": random.choice([-1, 0, 30, 90, 400, 10_000]),
        "outcome": random.choice(list(Outcome)),
        "vps_name": random.choice(["Hannibal", "Hasdrubal"]),
        "key": random.choice([step.key for step in pending(story.now_it_is, LEARN)] or ["9/none/0"]),
    }
    names = [each.name for each in fields(kind)]
    if "plan" in names:
        values["plan"] = random_plan(random)
    return kind(**{name: values[name] for name in names})  # type: ignore[arg-type]


def likely_command(random: Random, story: Story) -> c.Command:
    """What a team would do next, so that the walk reaches the far states too."""
    change = story.now_it_is
    tests = [c.RecordTest(NADIA, index, True) for index in change.open_tests]
    choices: dict[State, list[c.Command]] = {
        State.DRAFT: [c.Submit(NADIA)],
        State.PRECHECK_PENDING: [c.ApprovePrecheck(PIERRE), c.GiveGo(CLAIRE), c.RequestCorrections(PIERRE, "Why?")],
        State.CORRECTIONS_REQUESTED: [c.Edit(NADIA, plan(title=f"Corrected {len(story.entries)}"))],
        State.GO_PENDING: [c.GiveGo(PIERRE), c.GiveGo(CLAIRE), c.RefuseGo(PIERRE, "Exams.")],
        State.SNAPSHOTTING: [
            c.NoteSnapshotStarted(CLOCK),
            c.NoteSnapshotFinished(CLOCK, "CHG"),
            c.WaiveSnapshot(PIERRE, "NAS."),
        ],
        State.READY: [c.Start(NADIA)],
        State.IN_PROGRESS: [*tests, c.Complete(NADIA), c.ReportTrouble(NADIA, "Broken.")],
        State.TROUBLE: [c.SolveTrouble(NADIA), c.Extend(NADIA, 60, "More."), c.DeclareIncident(NADIA, "Down.")],
        State.EXTENDED: [*tests, c.Complete(NADIA), c.DeclareIncident(NADIA, "Down.")],
        State.INCIDENT: [
            *[c.AskRestore(NADIA), c.ConfirmRestore(PIERRE, "Hannibal")] * 3,
            c.NoteTried(NADIA, Recovery.FILES, "The files of yesterday did not help."),
            c.HandOver(NADIA, "Nothing helps."),
            c.CloseIncident(NADIA),
        ],
        State.RESTORING: [c.NoteRestoreDone(CLOCK), c.NoteRestoreFailed(CLOCK, "It failed.")],
        State.COMPLETED: [c.SaveReview(NADIA, "Good.")],
        State.NO_GO: [c.Edit(NADIA, plan(title=f"Again {len(story.entries)}"))],
    }
    return random.choice(choices.get(change.state) or [random_command(random, story)])


def answered(story: Story, command: c.Command, now: datetime) -> bool:
    """Whether the command gave events, or a refusal with a sentence."""
    try:
        return bool(story.do(command, now))
    except Refusal as refusal:
        return bool(refusal.sentence.strip())


def check(story: Story, seen: int) -> None:
    fired = [x.event.key for x in story.entries if isinstance(x.event, e.StepFired | e.StepSkipped)]
    assert len(fired) == len(set(fired)), "a step fired twice"
    keys = [effect.key for effect in story.caused if not _reminder(effect)]
    assert len(keys) == len(set(keys)), "two effects share a key"
    for count in range(max(seen, 1), len(story.entries)):
        _check_move(story, count)


def _reminder(effect: object) -> bool:
    """The reminder's key is its date, so that it goes once however often dates are edited back and forth."""
    return isinstance(effect, SendNotice) and effect.kind is NoticeKind.REMINDER


def _check_move(story: Story, count: int) -> None:
    before, entry = story.was[count], story.entries[count]
    after = story.was[count + 1] if count + 1 < len(story.was) else story.change
    assert before is not None
    assert after is not None
    grew = after.revision - before.revision
    assert grew == (1 if (before.plan, before.state) != (after.plan, after.state) else 0)
    if isinstance(entry.event, e.GoGiven):
        assert entry.by in (PIERRE, CLAIRE)
        assert entry.by not in (after.requester, after.plan.implementer), "somebody decided about their own change"
    if after.state in DECIDED:
        assert after.go is not None
        assert after.go.verdict == "go"
        assert after.go.fingerprint == after.plan.fingerprint, "GO was about another plan"
    if before.state is after.state:
        return
    if after.state in (State.CANCELLED, State.POSTPONED):
        assert before.state in BEFORE_WORK
    elif isinstance(entry.event, e.PlanEdited):
        assert after.state is State.SUBMITTED
    else:
        assert after.state in ALLOWED[before.state], f"{before.state} → {after.state} by {type(entry.event).__name__}"


def walk(seed: int) -> Story:
    """120 commands, more or less likely ones, with the time going on between them."""
    random = Random(seed)
    now = datetime(2027, 3, 15, 10, tzinfo=ZURICH)
    story = Story()
    story.do(c.Draft(NADIA, plan()), now)
    for _ in range(120):
        seen = len(story.entries)
        hurried = story.now_it_is.state in AT_WORK | {State.SNAPSHOTTING, State.READY, State.INCIDENT, State.RESTORING}
        later = now + timedelta(minutes=random.choice([0, 1, 5, 15] if hurried else [0, 30, 240, 1440, 5000]))
        # Not past the snapshot in one leap: otherwise hardly a walk gets to work.
        snapshot = [each.due for each in pending(story.now_it_is, LEARN) if each.kind is StepKind.SNAPSHOT]
        now = max(now, min([later, *snapshot]))
        story.at_once(now)
        assert not [step for step in pending(story.now_it_is, LEARN) if step.due <= now]
        command = likely_command(random, story) if random.random() < 0.6 else random_command(random, story)
        assert answered(story, command, now), "a command gave neither events nor a refusal with a sentence"
        check(story, seen)
    return story


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
def test_whatever_is_tried_whenever_by_whomever_the_process_holds(seed: int) -> None:
    story = walk(seed)
    assert fold(story.entries) == story.change


def test_the_random_walks_reach_every_state() -> None:
    stories = [walk(seed) for seed in range(150)]
    reached = {each.state for story in stories for each in (*story.was, story.change) if each is not None}
    assert reached == set(State)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32))
def test_silence_never_becomes_go(seed: int) -> None:
    random = Random(seed)
    story = requested()
    now = story.entries[-1].at
    while now < datetime(2027, 4, 20, tzinfo=ZURICH):
        now += timedelta(minutes=random.randrange(1, 2000))
        story.at_once(now)
        if story.now_it_is.state is State.PRECHECK_PENDING and random.random() < 0.5:
            story.do(c.ApprovePrecheck(PIERRE), now)
    assert story.now_it_is.state is State.POSTPONED
    assert not story.happened(e.GoGiven)


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_in_every_state_is_events_or_a_refusal_with_a_sentence(
    command: type[c.Command], state: State
) -> None:
    random = Random(f"{command.__name__}{state}")
    for by in PEOPLE:
        story = requested()
        story.change = story.now_it_is.with_(state=state)
        tried = random_command(random, story)
        while type(tried) is not command:
            tried = random_command(random, story)
        values = {each.name: getattr(tried, each.name) for each in fields(tried)} | {"by": by}
        assert answered(story, command(**values), datetime(2027, 3, 16, 10, tzinfo=ZURICH))


def test_the_groups_of_states_cover_what_they_say() -> None:
    assert not UNDECIDED & DAY
    assert not DAY & AT_WORK
    assert BEFORE_WORK >= UNDECIDED | DAY
