"""Copies of the templates: other ids, people and days, with every row that the real storage wrote for one change."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from bench.teams import Person
from bench.templates import ID, IMPLEMENTER, PEOPLE, REQUESTER, SERVICE, ZURICH, Template
from changes.notification.announcement import announced_text
from changes.reporting.periods import month_number
from storage import codec

_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
_KEY_MOMENT = r"\d{8}T\d{6}"
_DUE = ("due", "next_at")
_BEGINNING, _END = 1970, 9999
"""Years that stand for no beginning and no end."""
Row = tuple[str, Mapping[str, Any]]
"""A table and the values of one row in it."""


@dataclass(frozen=True, slots=True)
class Copy:
    """Which change is copied, and what is different about the copy. `later` is how much later it all happens."""

    template: Template
    change: str
    service: str
    requester: Person
    implementer: Person
    later: timedelta
    due: Mapping[str, datetime] = field(default_factory=dict)
    """When steps fall due that do so at other times than the template's, by their keys; there are no others then."""

    @classmethod
    def numbered(cls, template: Template, number: int, service: str, later: timedelta, year: int = 2026) -> "Copy":
        """The copy with that number; its people are next in turn. The approver asks for nothing."""
        people = PEOPLE[1:]
        requester, implementer = people[number % len(people)], people[(number * 7 + 3) % len(people)]
        return cls(template, f"CHG-{year}-{number:04}", service, requester, implementer, later)

    def rows(self) -> Iterator[Row]:
        """The rows of the copy, those first that others refer to."""
        words = self._words()
        pattern = re.compile("|".join([_MOMENT, _KEY_MOMENT, *map(re.escape, words)]), re.IGNORECASE)

        def replaced(found: "re.Match[str]") -> str:
            text = found[0]
            if (word := words.get(text.casefold())) is not None:
                return word if text != text.lower() or word.islower() else word.lower()
            return self._moved(text)

        for table, rows in self.template.rows.items():
            for row in rows:
                # What a table numbers by itself is numbered there.
                kept = {key: value for key, value in row.items() if key != "id" or table == "changes"}
                made = {key: self._value(value, pattern, replaced) for key, value in kept.items()}
                if table == "changes" and made["month"] is not None:
                    made["month"] = month_number(made["starts_at"].astimezone(ZURICH).date())
                if table != "due_items" or not self.due:
                    yield table, made
                elif made["key"] in self.due:
                    # Whatever says of an owner's first item when it is looked at next says so too.
                    moved = {key: self.due[made["key"]] for key in _DUE if made.get(key) is not None}
                    yield table, made | moved

    def _words(self) -> dict[str, str]:
        words = {
            ID: self.change,
            SERVICE: self.service,
            REQUESTER.object_id: self.requester.object_id,
            REQUESTER.name: self.requester.name,
            IMPLEMENTER.object_id: self.implementer.object_id,
            IMPLEMENTER.name: self.implementer.name,
        }
        return {key.casefold(): value for key, value in (words | self._fingerprints(words)).items()}

    def _fingerprints(self, words: Mapping[str, str]) -> dict[str, str]:
        """The decisions are about the plan as the copy has it."""
        document = str(self.template.rows["changes"][0]["document"])
        if '"fingerprint"' not in document:
            return {}
        before = codec.decode_change(document)
        for old, new in words.items():
            document = document.replace(old, new)
        after = codec.decode_change(re.sub(_MOMENT, lambda found: self._moved(found[0]), document))
        return {
            before.plan.fingerprint: after.plan.fingerprint,
            before.plan.precheck_fingerprint: after.plan.precheck_fingerprint,
            announced_text(before): announced_text(after),
        }

    def _moved(self, text: str) -> str:
        if "-" not in text[:8]:
            return (datetime.strptime(text, "%Y%m%dT%H%M%S") + self.later).strftime("%Y%m%dT%H%M%S")  # noqa: DTZ007
        moved = (datetime.fromisoformat(text) + self.later).isoformat()
        return moved.replace("+00:00", "Z") if text.endswith("Z") else moved

    def _value(self, value: Any, pattern: "re.Pattern[str]", replaced: Any) -> Any:
        if isinstance(value, datetime):
            return value + self.later if _BEGINNING < value.year < _END else value
        return pattern.sub(replaced, value) if isinstance(value, str) else value


def rows_of(copies: Iterable[Copy]) -> dict[str, list[Mapping[str, Any]]]:
    """All rows of the copies by their table."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for each in copies:
        for table, row in each.rows():
            found.setdefault(table, []).append(row)
    return found
