"""The tasks of a plan: ticked off, opened again, let be; what open ones hold (docs/process.md, P130 to P133)."""

from changes import commands as c
from changes import events as e
from changes.errors import NotFound, WrongState
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import DecisionContext, in_state, required_text
from changes.model import Change, State, TaskMark
from changes.notification import CardKind, ThreadMessage
from changes.permissions import Permission, authorize, authorize_task
from changes.planning.steps import StepKind
from changes.planning.tasks.moments import blocking, named_at
from changes.text import Message, template

_KEPT = frozenset(State) - {State.DRAFT, State.CANCELLED}
_SHOWING = (CardKind.PRECHECK, CardKind.GO, CardKind.DAY)
MOST_NAMED = 5


def decide_finish(change: Change, command: c.FinishTask, context: DecisionContext) -> tuple[e.Event, ...]:
    """Tick a task off."""
    _checked(change, command, context)
    if command.index not in change.open_tasks:
        raise WrongState("Task {number} of {id} is done already.", number=command.index + 1, id=change.id)
    return (e.TaskDone(command.index),)


def decide_reopen(change: Change, command: c.ReopenTask, context: DecisionContext) -> tuple[e.Event, ...]:
    """Take a tick, or a waiver, back."""
    _checked(change, command, context)
    if change.task_mark(command.index) is None:
        raise WrongState("Task {number} of {id} is open already.", number=command.index + 1, id=change.id)
    return (e.TaskReopened(command.index),)


def decide_waive(change: Change, command: c.WaiveTask, context: DecisionContext) -> tuple[e.Event, ...]:
    """Let a blocking task stay open, by name and with a reason (docs/process.md, P11)."""
    authorize(command.by, Permission.EXCEPTION, change, context.service)
    in_state(change, _KEPT, Message("nothing waits for its tasks"))
    _known(change, command.index)
    if command.index not in blocking(change):
        raise WrongState("Task {number} of {id} holds nothing up.", number=command.index + 1, id=change.id)
    reason = required_text(command.reason, "waiver", Message("Say why it may go on without this task."), 300)
    return (e.TaskWaived(command.index, reason, context.service.deputy_for(command.by)),)


def _checked(change: Change, command: c.FinishTask | c.ReopenTask, context: DecisionContext) -> None:
    authorize_task(command.by, change, command.index, context.service)
    in_state(change, _KEPT, Message("its tasks are not ticked off"))
    _known(change, command.index)


def _known(change: Change, index: int) -> None:
    if not 0 <= index < len(change.plan.tasks):
        raise NotFound("{id} has no task number {number}.", id=change.id, number=index + 1)


def tasks_gate(change: Change, tasks: tuple[int, ...], sentence: str) -> None:
    """Raise WrongState with the sentence, and the ways on, while one of the tasks is open."""
    if tasks:
        why = Message(sentence, id=change.id, tasks=numbered(change, tasks))
        raise WrongState("{why} {ways}", why=why, ways=Message(_WAYS, id=change.id))


_WAYS = template(
    "Tick each off on the card or with `/change task {id} done N`; or the approver or a deputy waives it with "
    "`/change task {id} waive N REASON`."
)


def numbered(change: Change, tasks: tuple[int, ...]) -> str:
    """The first of the tasks by number, with their names."""
    named = [f"{index + 1}. {change.plan.tasks[index].title}" for index in tasks[:MOST_NAMED]]
    return "; ".join([*named, *(["…"] if len(tasks) > MOST_NAMED else [])])


def apply(change: Change, entry: e.Entry) -> Change:
    """The change with what became of the task."""
    match entry.event:
        case e.TaskDone(index=index):
            mark = [TaskMark(index, entry.by, entry.at)]
        case e.TaskWaived(index=index, reason=reason, deputy_for=deputy_for):
            mark = [TaskMark(index, entry.by, entry.at, reason, deputy_for)]
        case e.TaskReopened(index=index):
            mark = []
        case _:
            return change
    others = [each for each in change.task_marks if each.index != index]
    return change.with_(task_marks=tuple(sorted((*others, *mark), key=lambda each: each.index)))


def kept_marks(before: Change, after: Change) -> tuple[TaskMark, ...]:
    """The marks of the tasks that the edited plan has as well."""
    places = {each.same: index for index, each in enumerate(after.plan.tasks)}
    kept = []
    for mark in before.task_marks:
        place = places.get(before.plan.tasks[mark.index].same)
        if place is not None:
            kept.append(TaskMark(place, mark.by, mark.at, mark.waiver, mark.deputy_for))
    return tuple(sorted(kept, key=lambda each: each.index))


def tell_lost_marks(effects: EffectBuilder, before: Change) -> None:
    """Say which tasks count as open again, because the plan has them otherwise; not of those it has no more."""
    titles = {each.title for each in effects.change.plan.tasks}
    kept = {effects.change.plan.tasks[each.index].same for each in effects.change.task_marks}
    lost = [each.index for each in before.task_marks if before.plan.tasks[each.index].same not in kept]
    again = tuple(each for each in lost if before.plan.tasks[each].title in titles)
    if again:
        people = (before.doer_of(each) for each in again)
        effects.post_message(ThreadMessage.TASKS_REOPENED, numbered(before, again), *people)


def react(effects: EffectBuilder, event: e.Event) -> None:
    """Show what became of the tasks, and remind whoever has one."""
    change = effects.change
    match event:
        case e.TaskDone() | e.TaskReopened():
            effects.edit_cards(*_SHOWING)
        case e.TaskWaived(index=index, reason=reason):
            effects.edit_cards(*_SHOWING)
            effects.post_message(ThreadMessage.TASK_WAIVED, reason, change.doer_of(index), effects.implementer)
        case e.StepFired(kind=StepKind.TASK | StepKind.TASK_NUDGE, due=due):
            effects.edit_cards(*_SHOWING)
            found = named_at(change, effects.service, due, daily=event.kind is StepKind.TASK_NUDGE)
            if found:
                people = (change.doer_of(each) for each in found)
                effects.post_message(ThreadMessage.TASKS_DUE, numbered(change, found), *people)
        case _:
            return
