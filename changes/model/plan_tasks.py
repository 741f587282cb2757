"""The tasks of a plan: who does what by when, beside the work itself (docs/process.md, P130)."""

from dataclasses import dataclass
from datetime import datetime

from changes.model.people import Person

_HOUR = 60


@dataclass(frozen=True, slots=True)
class PlanTask:
    """One task; without an `assignee` it is the implementer's, whoever that is then.

    It is due so many calendar `days` before the window begins or, where that is 0, so many `minutes` after its start,
    less than 0 for before. `planned` is how long it takes from then on the day, in minutes, 0 where nobody said. A
    `blocking` one holds what comes after it.
    """

    title: str
    assignee: Person | None = None
    days: int = 0
    minutes: int = 0
    planned: int = 0
    blocking: bool = False

    @property
    def is_before_start(self) -> bool:
        """Whether it is due before the window begins; all others are on the runbook."""
        return self.days > 0 or self.minutes < 0

    @property
    def facts(self) -> list[object]:
        """The task as a fingerprint takes it in."""
        return [self.title, self.assignee and self.assignee.id, self.days, self.minutes, self.planned, self.blocking]

    @property
    def typed(self) -> str:
        """The line by which it is typed, in every language the same: `-2d @Nadia: Order the certificate 15m !`."""
        name = " ".join(self.assignee.name.split()) if self.assignee else ""
        if self.assignee and (not name or ": " in f"{name} "):
            name = self.assignee.id
        ends = (f"{self.planned}m" if self.planned else "", "!" if self.blocking else "")
        return " ".join(filter(None, (self._due, f"@{name}:" if name else "", self.title, *ends)))

    @property
    def _due(self) -> str:
        if self.days:
            return f"-{self.days}d"
        is_whole = self.minutes and self.minutes % _HOUR == 0
        return f"{self.minutes // _HOUR:+}h" if is_whole else f"{self.minutes:+}m"


@dataclass(frozen=True, slots=True)
class TaskMark:
    """The task is done; the `note` may say why it need not be. It counts for the very same task of any plan."""

    task: PlanTask
    by: Person
    at: datetime
    note: str = ""
