"""Tasks: what is shown can be typed again; none is forgotten or said twice, whatever the clocks do (P130 to P133)."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from application.input_parsing.plan_tasks import read_tasks
from changes.errors import ValidationFailed
from changes.model import Change, Person, PlanTask, State, TaskMark
from changes.planning.steps import StepKind
from changes.planning.tasks.moments import in_order, named_at, reminders, task_due
from changes.planning.timeline import timeline
from tests.support.core import LEARN, ZURICH, plan
from tests.support.examples import examples

PEOPLE = [
    Person(f"00000000-0000-0000-0000-00000000000{n}", name)
    for n, name in enumerate(
        ("Nadia", "Nadia Favre", "Pierre André", "O’Neil, Anna-Maria", "J. R. van der Berg", "Zoé 2")
    )
]
PIECES = (
    *(
        "-2d",
        "- 3 h",
        "+1h30",
        "J-2",
        "0",
        "2 days before",
        "1 h après",
        "+90min",
        "-2d:",
        "\u221215 m",
        "@Nadia",
        "@Nadia Favre:",
        "@pierre",
    ),
    *(
        "@O’Neil, Anna-Maria:",
        "@me",
        "@Zoé 2: ",
        "15m",
        "15 min",
        "1h",
        "1h 30",
        "!",
        "blocking",
        "bloquant",
        "2",
        "x:",
    ),
    *("Order", "the certificate", "it!", "a: b", "@x", "(5m)", "30", "ß\u200b", "<at>x</at>", "•", "3.", "`a`"),
)
LINES = st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map(" ".join) | st.builds(
    "-2d {} 5m".format, st.text(max_size=20)
)
TASKS = st.lists(
    st.builds(
        PlanTask,
        title=st.text("abcdef", min_size=3, max_size=3),
        assignee=st.none() | st.sampled_from(PEOPLE),
        days=st.just(0) | st.integers(1, 60),
        minutes=st.integers(-600, 90),
        blocking=st.booleans(),
    ),
    max_size=6,
    unique=True,
).map(tuple)
DAYS = st.dates(date(2027, 3, 20), date(2027, 4, 6)) | st.dates(date(2027, 10, 24), date(2027, 11, 10))
"""Around both changes of the clocks."""


@settings(max_examples=examples(300), deadline=None)
@given(LINES)
def test_what_is_shown_can_be_typed_again_and_gives_the_same(line: str) -> None:
    try:
        found = read_tasks(line, PEOPLE[0], PEOPLE)
    except ValidationFailed:
        return
    shown = "\n".join(each.typed for each in found)
    assert read_tasks(shown, PEOPLE[2], PEOPLE) == found, shown


def changed(day: date, hour: int, tasks: tuple[PlanTask, ...], requested: datetime) -> Change:
    wanted = plan(day, hour, tasks=tasks, implementer=PEOPLE[0])
    return Change("CHG-2027-0001", PEOPLE[1], wanted, State.SCHEDULED, requested, round=1, requested_at=requested)


@settings(max_examples=examples(150), deadline=None)
@given(DAYS, st.sampled_from((4, 13, 22)), TASKS, st.integers(0, 70), st.sets(st.integers(0, 5)))
def test_every_open_task_is_due_when_its_line_says_and_is_said_once(
    day: date, hour: int, tasks: tuple[PlanTask, ...], before: int, done: set[int]
) -> None:
    requested = datetime.combine(day - timedelta(days=before), time(8), ZURICH)
    change = changed(day, hour, tasks, requested)
    marks = tuple(TaskMark(tasks[each], PEOPLE[0], requested) for each in sorted(done) if each < len(tasks))
    change = change.with_(task_marks=marks)
    start = change.plan.window.start
    assume(requested < start)
    for index, task in enumerate(tasks):
        due = task_due(change, index, LEARN)
        if task.days:
            local = due.astimezone(ZURICH)
            assert (local.time(), LEARN.is_working(local.date())) == (time(9), True)
            assert local.date() <= day - timedelta(days=task.days)
        else:
            assert due - start == timedelta(minutes=task.minutes)
    dues = [task_due(change, index, LEARN) for index in in_order(change, LEARN)]
    assert dues == sorted(dues)
    said = {index: moment for moment, index in reminders(change, LEARN)}
    assert {*said} == {index for index in range(len(tasks)) if index not in done}
    steps = [each for each in timeline(change, LEARN) if each.kind is StepKind.TASK]
    assert {each.due for each in steps} == {*said.values()}
    assert len({each.key for each in timeline(change, LEARN)}) == len(timeline(change, LEARN))
    first = {index: step.due for step in reversed(steps) for index in named_at(change, LEARN, step.due)}
    assert first == said, "each is named when its own reminder comes, and not before"
    assert all(moment >= requested for moment in said.values())


@settings(max_examples=examples(100), deadline=None)
@given(TASKS, TASKS, st.randoms(use_true_random=False))
def test_a_mark_stays_with_the_same_task_and_with_no_other(
    before: tuple[PlanTask, ...], more: tuple[PlanTask, ...], dice: object
) -> None:
    requested = datetime(2027, 3, 1, 8, tzinfo=ZURICH)
    old = changed(date(2027, 4, 15), 22, before, requested)
    old = old.with_(task_marks=tuple(TaskMark(each, PEOPLE[1], requested) for each in before[::2]))
    mixed = [*{*before, *more}]
    dice.shuffle(mixed)  # type: ignore[attr-defined]
    new = old.with_(plan=replace(old.plan, tasks=tuple(mixed)))
    assert {mixed[each] for each in new.open_tasks} == {*mixed} - {*before[::2]}
