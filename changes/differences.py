"""What is another in a plan than in the one the approver looked at last, field by field."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from changes.labels import duration_label, window_label
from changes.model import Plan
from changes.policy import Service

FIELDS = (
    *("title", "what", "why", "window", "minutes", "tests", "risks", "rollback", "affected", "notify", "implementer"),
    *("kind", "reason"),
)
"""The fields that are compared, in the order of the form; `minutes` is the downtime."""
_WORDS = re.compile(r"\s+|[^\s]+")


class Mark(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a field's text, and what became of it."""

    mark: Mark
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that is another: its text before and after, as pieces in reading order."""

    field: str
    pieces: tuple[Piece, ...]


def differences(before: Plan, after: Plan, service: Service) -> tuple[Difference, ...]:
    """The fields that are another.

    Tests and addresses are compared one by one, other texts word by word, dates as a whole.
    """
    found = []
    for field in FIELDS:
        old, new = _shown(before, field, service), _shown(after, field, service)
        if old != new:
            found.append(Difference(field, tuple(_pieces(_units(field, old), _units(field, new)))))
    return tuple(found)


def _shown(plan: Plan, field: str, service: Service) -> str:
    match field:
        case "window":
            return window_label(plan.window, service.zone)
        case "minutes":
            return duration_label(plan.window.minutes)
        case "tests":
            return "".join(f"{test}\n" for test in plan.tests)
        case "notify":
            return "".join(f"{address}\n" for address in plan.notify)
        case "implementer":
            return plan.implementer.name or plan.implementer.id
        case _:
            return str(getattr(plan, field))


def _units(field: str, text: str) -> list[str]:
    """What is compared as one: a date, a name, a test, an address, or else a word."""
    if field in ("window", "minutes", "implementer", "kind"):
        return [text]
    return text.splitlines(keepends=True) if field in ("tests", "notify") else _WORDS.findall(text)


def _pieces(old: list[str], new: list[str]) -> Iterator[Piece]:
    for what, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield Piece(Mark.KEPT, "".join(old[i:j]))
            continue
        if i < j:
            yield Piece(Mark.REMOVED, "".join(old[i:j]))
        if k < m:
            yield Piece(Mark.ADDED, "".join(new[k:m]))
