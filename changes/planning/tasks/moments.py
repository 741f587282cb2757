"""When the tasks of a plan are due, when somebody is reminded of them, and what the open ones hold (P130 to P133)."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from changes.model import Change, ChangeType
from changes.planning.deadlines import day_step_time, days_before, defer_past_quiet_hours, working_day_before
from changes.policy import Service


def task_due(change: Change, index: int, service: Service) -> datetime:
    """When the task is due: on its working day at 09:00, or so many minutes before or after the window's start."""
    task = change.plan.tasks[index]
    if task.days:
        return day_step_time(working_day_before(days_before(change, service, task.days), service), service)
    return change.plan.window.start + timedelta(minutes=task.minutes)


def in_order(change: Change, service: Service) -> tuple[int, ...]:
    """The indexes of the tasks, the first that is due first."""
    return tuple(sorted(range(len(change.plan.tasks)), key=lambda index: (task_due(change, index, service), index)))


def reminders(change: Change, service: Service) -> Iterator[tuple[datetime, int]]:
    """Of each open task, when its person is reminded: when it is due, or once the change is handed in.

    In the morning where the quiet hours end before the window begins (docs/process.md, P82, P133).
    """
    for each in change.open_tasks:
        due = task_due(change, each, service)
        if change.plan.tasks[each].is_before_start and change.plan.kind is ChangeType.NORMAL:
            morning = defer_past_quiet_hours(due, service)
            due = morning if morning < change.plan.window.start else due
        yield max(due, change.requested_at or due), each


def overdue_since(change: Change, service: Service) -> datetime | None:
    """Since when the first open task from before the window is waited for, or will be."""
    tasks = change.plan.tasks
    return min((at for at, each in reminders(change, service) if tasks[each].is_before_start), default=None)


def named_at(change: Change, service: Service, at: datetime, *, daily: bool = False) -> tuple[int, ...]:
    """The tasks that the reminder of that moment names: those due then or, in the `daily` one, all that were before."""
    return tuple(each for due, each in reminders(change, service) if (due < at if daily else due == at))


def blocking(change: Change) -> tuple[int, ...]:
    """The tasks without which the change is not completed (docs/process.md, P132)."""
    return tuple(i for i in change.open_tasks if change.plan.tasks[i].blocking)


def go_held_by(change: Change, service: Service, now: datetime) -> tuple[int, ...]:
    """Those of them without which GO is not given at `now`: they are due."""
    return tuple(i for i in blocking(change) if task_due(change, i, service) <= now)


def start_held_by(change: Change) -> tuple[int, ...]:
    """Those of them without which the work does not start: they are from before the window."""
    return tuple(i for i in blocking(change) if change.plan.tasks[i].is_before_start)
