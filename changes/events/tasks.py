"""The tasks of a plan."""

from dataclasses import dataclass

from changes.events.base import Event


@dataclass(frozen=True, slots=True)
class TaskDone(Event):
    """A task of the plan is done, or need not be."""

    index: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class TaskReopened(Event):
    """It is open again."""

    index: int
