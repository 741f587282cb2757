"""The tasks of a plan on cards: all of them as text, what the open ones hold, and the runbook of the day (P133)."""

from collections.abc import Sequence
from datetime import timedelta

from microsoft_teams.cards import Action, ActionSet, CardElement, ExecuteAction

from application.change_context import ChangeContext
from cards.elements.blocks import box, columns, label, text_block, user_text
from cards.elements.controls import action_button, choice, show_card_button, text_input
from cards.elements.lengths import shortened
from changes.labels import duration_label, minutes_from
from changes.lifecycle.plan_tasks import numbered
from changes.planning.tasks.moments import blocking, in_order, task_due
from changes.text.messages import joined
from language import _, n_

LONGEST, SHORT, MANY = 100, 45, 6
"""Maximum length of a task's title, and where there are many of them; and of a reason on a card."""
MOST_BUTTONS = 2
LONGEST_CHOICE = 26


def task_line(view: ChangeContext, index: int, longest: int = LONGEST) -> str:
    """The task on one line: whether it is done, when it is due, who does it, how late it was."""
    change, task, mark = view.change, view.change.plan.tasks[index], view.change.task_mark(index)
    due = task_due(change, index, view.service)
    about = [view.name(change.doer_of(index)), duration_label(task.planned) if task.planned else ""]
    about += [_("blocking")] if task.blocking else []
    sign = "○" if index in change.open_tasks else "✓"
    said = f"{sign} {index + 1}. {view.time(due)}: {shortened(task.title, longest)} ({', '.join(filter(None, about))})"
    if mark is not None and mark.waiver:
        who = view.who(mark.by, mark.deputy_for)
        return f"{said} – {_('waived by {who}: {reason}', who=who, reason=shortened(mark.waiver, SHORT))}"
    if mark is not None:
        done = _("done {when}, {who}", when=view.time(mark.at), who=view.name(mark.by))
        return f"{said} – {joined(done, _late(view, index))}"
    return said


def _late(view: ChangeContext, index: int) -> str:
    """How long after its planned end a task of the day was done; empty for one in time, and for those from before."""
    mark = view.change.task_mark(index)
    if mark is None or mark.waiver or view.change.plan.tasks[index].is_before_start:
        return ""
    end = task_due(view.change, index, view.service) + timedelta(minutes=view.change.plan.tasks[index].planned)
    late = minutes_from(end, mark.at)
    return _("({late} late)", late=duration_label(late)) if late > 0 else ""


def tasks_text(view: ChangeContext, longest: int = LONGEST) -> str:
    """All tasks in order, one a line; empty where there are none."""
    return "\n".join(task_line(view, index, longest) for index in in_order(view.change, view.service))


def tasks_section(view: ChangeContext) -> list[CardElement]:
    """The tasks beside the other sections of the plan; nothing where there are none."""
    count = len(view.change.plan.tasks)
    longest = LONGEST if count <= MANY else SHORT
    return [label(_("Tasks")), *user_text(tasks_text(view, longest))] if count else []


def tasks_counted(view: ChangeContext) -> str:
    """How many of the tasks are done, in a few words; empty where there are none."""
    count = len(view.change.plan.tasks)
    done = count - len(view.change.open_tasks)
    return n_("{done} of one done", "{done} of {n} done", count, done=done) if count else ""


def held(view: ChangeContext, tasks: tuple[int, ...], sentence: str) -> list[CardElement]:
    """The sentence with the tasks that hold something up, in place of its button; nothing where none does."""
    said = _(sentence, tasks=numbered(view.change, tasks), deciders=view.deciders)
    return [box([text_block(said)], "warning")] if tasks else []


def runbook(view: ChangeContext, message: str) -> list[CardElement]:
    """The tasks of the day in order, and those left from before: the next of them each with a button."""
    change, tasks = view.change, view.change.plan.tasks
    order = in_order(change, view.service)
    shown = [each for each in order if not tasks[each].is_before_start or each in change.open_tasks]
    if not shown:
        return []
    longest = LONGEST if len(shown) <= MANY else SHORT
    waiting = [each for each in shown if each in change.open_tasks]
    done = [each for each in shown if each not in waiting]
    late = _late(view, max(done, key=lambda each: (change.task_mark(each) or change.task_marks[0]).at)) if done else ""
    counted = _("Runbook: {done} of {count} done", done=len(done), count=len(shown))
    rows = [_row(view, message, each, longest) for each in waiting[:MOST_BUTTONS]]
    later = user_text("\n".join(task_line(view, each, longest) for each in waiting[MOST_BUTTONS:]))
    before = user_text("\n".join(task_line(view, each, longest) for each in done), subtle=True)
    return [label(joined(counted, late)), *before, *rows, *later]


def _row(view: ChangeContext, message: str, index: int, longest: int) -> CardElement:
    tick = _plain(action_button(view, message, _("Tick off"), "task.done", alone=True, task=index))
    return columns((user_text(task_line(view, index, longest)), "stretch"), ([ActionSet(actions=[tick])], "auto"))


def tasks_panel(view: ChangeContext, message: str, tasks: Sequence[int] = ()) -> list[Action]:
    """Any of the tasks, or of these, is ticked off, opened again or, where it blocks, let be; nothing without any."""
    change, holding = view.change, blocking(view.change)
    offered = tasks or in_order(change, view.service)
    if not offered:
        return []
    first = next((each for each in offered if each in change.open_tasks), offered[0])
    choices = [(str(each), _choice(view, each)) for each in offered]
    items: list[CardElement] = [choice("task", _("Which task?"), choices, str(first))]
    actions = [_plain(action_button(view, message, _("Tick off"), "task.done"))]
    if change.task_marks:
        actions.append(_plain(action_button(view, message, _("Open again"), "task.reopen")))
    if holding:
        items.append(text_input("task_reason", _("To waive it: why? (stays in the thread)"), lines=True))
        items.append(text_block(_("Only the approver or a deputy can waive a blocking task."), subtle=True))
        actions.append(_plain(action_button(view, message, _("Waive"), "task.waive")))
    return [show_card_button(_("Tasks…"), items, *actions)]


def _plain(button: ExecuteAction) -> ExecuteAction:
    """Without the one of old clients: the room is for the buttons of the tests, and these can be typed."""
    return button.model_copy(update={"fallback": None})


def _choice(view: ChangeContext, index: int) -> str:
    sign = "○" if index in view.change.open_tasks else "✓"
    return f"{sign} {index + 1}. {shortened(view.change.plan.tasks[index].title, LONGEST_CHOICE)}"
