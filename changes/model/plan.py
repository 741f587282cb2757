"""Everything the approver decides about, and the fingerprint that a decision is bound to."""

import hashlib
import json
from dataclasses import dataclass, fields

from changes.model.people import Person
from changes.model.plan_tasks import PlanTask
from changes.model.states import ChangeType
from changes.model.windows import Window
from changes.plan_fields import PLAN_FIELDS


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything the approver decides about; `notify` are addresses of affected people beside the service's own.

    `risk_answers` are the questions about the risk that were asked, each with its answer.
    """

    service: str
    title: str
    what: str
    window: Window
    tests: tuple[str, ...]
    implementer: Person
    why: str = ""
    risks: str = ""
    rollback: str = ""
    affected: str = ""
    kind: ChangeType = ChangeType.NORMAL
    reason: str = ""
    notify: tuple[str, ...] = ()
    risk_answers: tuple[tuple[str, str], ...] = ()
    tasks: tuple[PlanTask, ...] = ()

    @property
    def fingerprint(self) -> str:
        """The same for the same plan only: a decision is bound to it (docs/process.md, P19)."""
        return fingerprint_of([*self._what_is_prechecked, self.window.start.isoformat(), self.window.end.isoformat()])

    @property
    def precheck_fingerprint(self) -> str:
        """The same for plans that differ in their date only: a pre-check holds for them (docs/process.md, P19)."""
        return fingerprint_of([*self._what_is_prechecked, self.window.minutes])

    @property
    def _what_is_prechecked(self) -> list[object]:
        every = [(each, self.fact(each)) for each in _NAMES]
        return [fact for name, fact in every if fact or name not in _ADDED_LATER]

    def fact(self, name: str) -> object:
        """The field as a fingerprint takes it in."""
        value = getattr(self, name)
        if name == "tasks":
            return [each.facts for each in self.tasks]
        return value.id if isinstance(value, Person) else value


_NAMES = tuple(each.name for each in fields(Plan) if each.name != "window")
_ADDED_LATER = frozenset(each.key for each in PLAN_FIELDS if each.added_later)


def fingerprint_of(facts: list[object]) -> str:
    """A short text that is the same for the same facts only."""
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False).encode()).hexdigest()[:16]
