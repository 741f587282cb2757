"""The tasks of a plan."""

from dataclasses import dataclass

from changes.events.base import Event
from changes.model import Person


@dataclass(frozen=True, slots=True)
class TaskDone(Event):
    """A task of the plan is done."""

    index: int


@dataclass(frozen=True, slots=True)
class TaskReopened(Event):
    """It is open again."""

    index: int


@dataclass(frozen=True, slots=True)
class TaskWaived(Event):
    """The approver lets a blocking task stay open."""

    index: int
    reason: str
    deputy_for: Person | None
