"""Every window as an iCalendar feed, for whoever subscribes to it.

Outlook shows nothing of STATUS in a subscribed calendar: a cancelled entry looks as if it took place. So each summary
begins with the state, in the service's language.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from icalendar import Calendar, Event

from changes.model import Change, State
from changes.policy import Freeze, Service
from language import N_, _, use_language
from notices.calendar import property_text

REFRESH = timedelta(hours=1)
"""How often a reader shall fetch it again; most calendars decide that themselves."""
_CONFIRMED, _TENTATIVE, _CANCELLED = "CONFIRMED", "TENTATIVE", "CANCELLED"
_UNCONFIRMED, _ANNOUNCED = N_("To be confirmed"), N_("Confirmed")
_RUNNING, _BROKEN = N_("In progress"), N_("Incident")
_SHOWN: Mapping[State, tuple[str, str]] = {
    **dict.fromkeys((State.DRAFT, State.SUBMITTED, State.PRECHECK_PENDING), (_TENTATIVE, _UNCONFIRMED)),
    **dict.fromkeys((State.CORRECTIONS_REQUESTED, State.PRECHECKED, State.GO_PENDING), (_TENTATIVE, _UNCONFIRMED)),
    **dict.fromkeys((State.SCHEDULED, State.SNAPSHOTTING, State.READY), (_CONFIRMED, _ANNOUNCED)),
    **dict.fromkeys((State.IN_PROGRESS, State.TROUBLE, State.EXTENDED), (_CONFIRMED, _RUNNING)),
    **dict.fromkeys((State.INCIDENT, State.RESTORING), (_CONFIRMED, _BROKEN)),
    State.COMPLETED: (_CONFIRMED, N_("Completed")),
    State.CANCELLED: (_CANCELLED, N_("Cancelled")),
    State.POSTPONED: (_CANCELLED, N_("Postponed")),
    State.NO_GO: (_CANCELLED, N_("NO-GO")),
}
"""The STATUS of an entry (RFC 5545), and the word for it in the summary."""


def feed(changes: Sequence[Change], services: Mapping[str, Service], now: datetime) -> bytes:
    """The calendar as of `now`: the windows of the changes, each with its state, and freezes as whole days."""
    calendar = Calendar()
    calendar.add("prodid", "-//change-bot//windows//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", property_text(", ".join(sorted(service.name for service in services.values()))))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")  # what Outlook reads instead of it
    for change in changes:
        calendar.add_component(_window(change, services.get(change.plan.service), now))
    for service in services.values():
        for freeze in service.freezes:
            calendar.add_component(_freeze(freeze, service, now))
    drawn: bytes = calendar.to_ical()
    return drawn


def _window(change: Change, service: Service | None, now: datetime) -> Event:
    status, _word = _SHOWN[change.state]
    event = Event()
    event.add("uid", f"{change.id}@change-bot")
    event.add("dtstamp", now)
    event.add("sequence", change.revision)
    event.add("summary", property_text(_summary(change, service)))
    event.add("description", property_text(f"{change.id}\n{change.plan.what}"))
    # In UTC, as in the invitations: no calendar has to understand the rules of our zone.
    event.add("dtstart", change.plan.window.start)
    event.add("dtend", _end(change))
    event.add("transp", "TRANSPARENT")
    event.add("status", status)
    return event


def _summary(change: Change, service: Service | None) -> str:
    _status, state = _SHOWN[change.state]
    # A service that was taken out of the settings goes by its key: its windows stand all the same.
    name, language = (service.name, service.languages[0]) if service else (change.plan.service, "en")
    with use_language(language):
        return _("{state}: {service}: {title}", state=_(state), service=name, title=" ".join(change.plan.title.split()))


def _freeze(freeze: Freeze, service: Service, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"freeze-{service.key}-{freeze.first:%Y%m%d}@change-bot")
    event.add("dtstamp", now)
    with use_language(service.languages[0]):
        summary = _("Freeze: {service}: {name}", service=service.name, name=freeze.name)
    event.add("summary", property_text(summary))
    event.add("dtstart", freeze.first)
    event.add("dtend", freeze.last + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    return event


def _end(change: Change) -> datetime:
    if change.state is State.COMPLETED and change.ended_at and change.ended_at > change.plan.window.start:
        return change.ended_at
    return change.ends_at
