"""Calendars as two independent parsers read them: Python's icalendar, and ical.js, which is Thunderbird's."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from icalendar import Calendar

from tests.support.node import told_by_node


@dataclass(frozen=True, slots=True)
class Event:
    """An entry as a reader shows it. `start` and `end` are ISO dates, or moments in UTC."""

    uid: str
    sequence: int | None
    status: str | None
    summary: str
    description: str | None
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a parser understood of a calendar."""

    method: str
    refresh: str | None
    ttl: str | None
    events: tuple[Event, ...]


async def read_by_both(calendars: Sequence[bytes]) -> list[Read]:
    """What both parsers understood of each calendar; fails where they differ or one objects."""
    ours, theirs = [read_by_icalendar(each) for each in calendars], await read_by_ical_js(calendars)
    assert ours == theirs
    return ours


def read_by_icalendar(raw: bytes) -> Read:
    """As Python's icalendar understands it."""
    calendar = Calendar.from_ical(raw)
    assert not any(each.errors for each in calendar.walk())
    found = tuple(
        Event(
            str(each["uid"]),
            each.decoded("sequence") if "sequence" in each else None,
            str(each["status"]) if "status" in each else None,
            str(each["summary"]),
            str(each["description"]) if "description" in each else None,
            _moment(each.decoded("dtstart")),
            _moment(each.decoded("dtend")),
        )
        for each in calendar.walk("VEVENT")
    )
    named: Any = calendar.get("refresh-interval")
    refresh = named.to_ical().decode() if named is not None else None
    return Read(str(calendar["method"]), refresh, calendar.get("x-published-ttl"), found)


async def read_by_ical_js(calendars: Sequence[bytes]) -> list[Read]:
    """As ical.js understands them."""
    script = Path(__file__).parent / "read_calendars.cjs"
    text = json.dumps([each.decode() for each in calendars])
    found = await told_by_node(script, "ical.js/dist/ical.es5.cjs", text)
    return [Read(**each | {"events": tuple(Event(**event) for event in each["events"])}) for each in found]


def _moment(value: date | datetime) -> str:
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03}Z"
    return value.isoformat()
