"""What waits for whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from changes.model import Change, Person
from changes.policy import Service
from changes.reporting.worklist import PendingTask


@dataclass(frozen=True, slots=True)
class Worklist:
    """A person's first tasks, the most urgent first, and how many there are in all; and the first of their other open
    changes, the next window first.
    """

    tasks: tuple[PendingTask, ...]
    count: int
    others: tuple[Change, ...]


class Tasks(Protocol):
    """The tasks of every change, as they were when it was saved."""

    async def of(
        self, person: Person, services: Collection[Service], now: datetime, most: int, most_others: int
    ) -> Worklist:
        """What waits for the person at `now`, `most` tasks and `most_others` changes at most.

        Of these `services`, which come with their absences: the person is not away from any of which they decide.
        """
