"""The tasks of a plan: ticked off, opened again; what open ones hold (docs/process.md, P130 to P133)."""

from changes import commands as c
from changes import events as e
from changes.errors import NotFound, WrongState
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import DecisionContext, in_state, optional_text
from changes.model import Change, State, TaskMark
from changes.notification import CardKind, ThreadMessage
from changes.permissions import authorize_task
from changes.planning.steps import StepKind
from changes.planning.tasks.moments import named_at
from changes.text import Message

_KEPT = frozenset(State) - {State.DRAFT, State.CANCELLED}
LONGEST_NOTE, MOST_NAMED = 300, 5


def decide_finish(change: Change, command: c.FinishTask, context: DecisionContext) -> tuple[e.Event, ...]:
    """Tick a task off: it is done, or the note says why it need not be."""
    _check(change, command, context)
    if change.task_mark(command.index) is not None:
        raise WrongState("Task {number} of {id} is done already.", number=command.index + 1, id=change.id)
    return (e.TaskDone(command.index, optional_text(command.note, "task_note", LONGEST_NOTE)),)


def decide_reopen(change: Change, command: c.ReopenTask, context: DecisionContext) -> tuple[e.Event, ...]:
    """Take a tick back."""
    _check(change, command, context)
    if change.task_mark(command.index) is None:
        raise WrongState("Task {number} of {id} is open already.", number=command.index + 1, id=change.id)
    return (e.TaskReopened(command.index),)


def _check(change: Change, command: c.FinishTask | c.ReopenTask, context: DecisionContext) -> None:
    authorize_task(command.by, change, command.index, context.service)
    in_state(change, _KEPT, Message("its tasks are not ticked off"))
    if not 0 <= command.index < len(change.plan.tasks):
        raise NotFound("{id} has no task number {number}.", id=change.id, number=command.index + 1)


def tasks_gate(change: Change, tasks: tuple[int, ...], sentence: str) -> None:
    """Raise WrongState with the sentence, and the way on, while one of the tasks is open."""
    if tasks:
        why = Message(sentence, id=change.id, tasks=numbered(change, tasks))
        raise WrongState("{why} Tick each off on the card or with `/change task {id} done N`.", why=why, id=change.id)


def numbered(change: Change, tasks: tuple[int, ...]) -> str:
    """The first of the tasks by number, with their names."""
    named = [f"{index + 1}. {change.plan.tasks[index].title}" for index in tasks[:MOST_NAMED]]
    return "; ".join([*named, *(["…"] if len(tasks) > MOST_NAMED else [])])


def apply(change: Change, entry: e.Entry) -> Change:
    """The change with the tick, or without it."""
    match entry.event:
        case e.TaskDone(index=index, note=note):
            mark = TaskMark(change.plan.tasks[index], entry.by, entry.at, note)
            return change.with_(task_marks=(*change.task_marks, mark))
        case e.TaskReopened(index=index):
            task = change.plan.tasks[index]
            return change.with_(task_marks=tuple(each for each in change.task_marks if each.task != task))
        case _:
            return change


def react(effects: EffectBuilder, event: e.Event) -> None:
    """Show which tasks are open, and remind whoever has one that is due."""
    change = effects.change
    if isinstance(event, e.TaskDone | e.TaskReopened | e.StepFired):
        effects.edit_cards(CardKind.PRECHECK, CardKind.GO, CardKind.DAY)
    if isinstance(event, e.StepFired):
        found = named_at(change, effects.service, event.due, daily=event.kind is StepKind.TASK_NUDGE)
        if found:
            people = (change.doer_of(each) for each in found)
            effects.post_message(ThreadMessage.TASKS_DUE, numbered(change, found), *people)
