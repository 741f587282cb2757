"""The tasks of a plan on cards: all of them as text, what the open ones hold, and the runbook of the day (P133)."""

from datetime import timedelta

from microsoft_teams.cards import Action, CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import box, label, text_block, user_text
from cards.elements.controls import action_button, choice, show_card_button, text_input
from cards.elements.lengths import shortened
from changes.labels import duration_label, minutes_from
from changes.lifecycle.plan_tasks import numbered
from changes.planning.tasks.moments import in_order, task_due
from changes.text.messages import joined
from language import _, labelled, n_

LONGEST, SHORT, MANY = 100, 45, 6
"""Maximum length of a task's title, and where there are many of them; and of a note on a card."""
LONGEST_CHOICE = 26


def task_line(view: ChangeContext, index: int, longest: int = LONGEST) -> str:
    """The task on one line: whether it is done, when it is due, who does it, how late it was."""
    change, task, mark = view.change, view.change.plan.tasks[index], view.change.task_mark(index)
    planned, blocks = duration_label(task.planned) if task.planned else "", _("blocking") if task.blocking else ""
    about = ", ".join(filter(None, (view.name(change.doer_of(index)), planned, blocks)))
    due = view.time(task_due(change, index, view.service))
    said = f"{'○' if mark is None else '✓'} {index + 1}. {due}: {shortened(task.title, longest)} ({about})"
    if mark is None:
        return said
    done = joined(_("done {when}, {who}", when=view.time(mark.at), who=view.name(mark.by)), _late(view, index))
    return f"{said} – {labelled(done, shortened(mark.note, SHORT)) if mark.note else done}"


def _late(view: ChangeContext, index: int) -> str:
    """How long after its planned end a task of the day was done; empty for one in time, and for those from before."""
    task, mark = view.change.plan.tasks[index], view.change.task_mark(index)
    if mark is None or task.is_before_start:
        return ""
    late = minutes_from(task_due(view.change, index, view.service) + timedelta(minutes=task.planned), mark.at)
    return _("({late} late)", late=duration_label(late)) if late > 0 else ""


def tasks_text(view: ChangeContext, longest: int = LONGEST) -> str:
    """All tasks in order, one a line; empty where there are none."""
    return "\n".join(task_line(view, index, longest) for index in in_order(view.change, view.service))


def tasks_section(view: ChangeContext, title: str = "") -> list[CardElement]:
    """The tasks in order, how many are done and how late the last of these was; nothing where there are none."""
    tasks, marks = view.change.plan.tasks, view.change.task_marks
    if not tasks:
        return []
    last = next((tasks.index(each.task) for each in reversed(marks) if each.task in tasks), None)
    counted = joined(tasks_counted(view), _late(view, last) if last is not None else "")
    text = tasks_text(view, LONGEST if len(tasks) <= MANY else SHORT)
    return [label(labelled(title or _("Tasks"), counted)), *user_text(text)]


def tasks_counted(view: ChangeContext) -> str:
    """How many of the tasks are done, in a few words; empty where there are none."""
    count = len(view.change.plan.tasks)
    done = count - len(view.change.open_tasks)
    return n_("{done} of one done", "{done} of {n} done", count, done=done) if count else ""


def held(view: ChangeContext, tasks: tuple[int, ...], sentence: str) -> list[CardElement]:
    """The sentence with the tasks that hold something up, in place of its button; nothing where none does."""
    return [box([text_block(_(sentence, tasks=numbered(view.change, tasks)))], "warning")] if tasks else []


def tasks_panel(view: ChangeContext, message: str) -> list[Action]:
    """Any of the tasks is ticked off, or opened again; nothing without any."""
    change = view.change
    if not change.plan.tasks:
        return []
    order = in_order(change, view.service)
    first = next((each for each in order if each in change.open_tasks), order[0])
    titles = {each: shortened(change.plan.tasks[each].title, LONGEST_CHOICE) for each in order}
    choices = [(str(each), f"{'○' if each in change.open_tasks else '✓'} {each + 1}. {titles[each]}") for each in order]
    note = text_input("task_note", _("Note (optional): why it need not be done, for example"), lines=True)
    actions = [action_button(view, message, _("Tick off"), "task.done")]
    if len(change.open_tasks) < len(order):
        actions.append(action_button(view, message, _("Open again"), "task.reopen"))
    # Without the buttons of old clients: the room is for those of the tests, and these can be typed.
    plain = [each.model_copy(update={"fallback": None}) for each in actions]
    return [show_card_button(_("Tasks…"), [choice("task", _("Which task?"), choices, str(first)), note], *plain)]
