"""Every window as an iCalendar feed, for whoever subscribes to it."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from changes.messages import strip_bidi_controls
from changes.model import Change, State
from changes.policy import Service

REFRESH = timedelta(hours=1)
GONE = frozenset({State.CANCELLED, State.POSTPONED, State.NO_GO})
CERTAIN = frozenset(
    {
        *(State.SCHEDULED, State.SNAPSHOTTING, State.READY, State.IN_PROGRESS, State.TROUBLE, State.EXTENDED),
        *(State.INCIDENT, State.RESTORING, State.COMPLETED),
    }
)


def feed(changes: Sequence[Change], services: Mapping[str, Service], now: datetime) -> bytes:
    """The calendar as of `now`: windows that are given up are there as cancelled, freezes as whole days."""
    calendar = Calendar()
    calendar.add("prodid", "-//change-bot//windows//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", ", ".join(sorted(service.name for service in services.values())))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for change in changes:
        service = services.get(change.plan.service)
        # One that was taken out of the settings goes by its key: its windows stand all the same.
        calendar.add_component(_window(change, service.name if service else change.plan.service, now))
    for service in services.values():
        for freeze in service.freezes:
            event = Event()
            event.add("uid", f"freeze-{service.key}-{freeze.first:%Y%m%d}@change-bot")
            event.add("dtstamp", now)
            event.add("summary", strip_bidi_controls(f"{service.name}: {freeze.name}"))
            event.add("dtstart", freeze.first)
            event.add("dtend", freeze.last + timedelta(days=1))
            event.add("transp", "TRANSPARENT")
            calendar.add_component(event)
    drawn: bytes = calendar.to_ical()
    return drawn


def _status(state: State) -> str:
    if state in GONE:
        return "CANCELLED"
    return "CONFIRMED" if state in CERTAIN else "TENTATIVE"


def _window(change: Change, service: str, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{change.id}@change-bot")
    event.add("dtstamp", now)
    event.add("sequence", change.revision)
    event.add("summary", strip_bidi_controls(f"{service}: {change.plan.title}"))
    event.add("description", strip_bidi_controls(f"{change.id}\n{change.plan.what}"))
    # In UTC, as in the invitations: no calendar has to understand the rules of our zone.
    event.add("dtstart", change.plan.window.start)
    event.add("dtend", _end(change))
    event.add("transp", "TRANSPARENT")
    event.add("status", _status(change.state))
    return event


def _end(change: Change) -> datetime:
    """When it really ended, or else when it shall."""
    if change.state is State.COMPLETED and change.ended_at and change.ended_at > change.plan.window.start:
        return change.ended_at
    return change.ends_at
