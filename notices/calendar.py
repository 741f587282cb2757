"""The entry of a change in the reader's own calendar: it appears, moves and disappears (docs/process.md, P87)."""

from typing import Any

from changes.effects import SendNotice
from changes.model import Change
from changes.notification import NOTICES, CalendarMethod
from changes.policy import Service
from changes.text import cleaned, strip_bidi_controls
from notices.rendered_mail import RenderedMail


def calendar_entry(
    notice: SendNotice, change: Change, service: Service, sequence: int, said: RenderedMail, organizer: str, to: str
) -> bytes | None:
    """The iCalendar object for the reader `to`, with what the notice says in it; None where it moves no entry.

    The UID stays and SEQUENCE grows, which is how Outlook and every other calendar find the entry again (RFC 5546).
    A CANCEL is taken from the organizer only, so each object names one: the address that sends the mails.
    """
    method = NOTICES[notice.kind].calendar
    if not method:
        return None
    from icalendar import Calendar, Event, vText

    calendar = Calendar()
    calendar.add("prodid", "-//change-bot//notices//EN")
    calendar.add("version", "2.0")
    calendar.add("method", method)
    event = Event()
    event.add("uid", f"{change.id}@change-bot")
    event.add("sequence", sequence)
    event.add("dtstamp", notice.at)
    # In UTC: every calendar shows it in its reader's own time, and none has to understand our zone's rules.
    event.add("dtstart", notice.window.start)
    event.add("dtend", notice.window.end)
    event.add("summary", property_text(said.subject))
    event.add("description", property_text(said.text))
    event.add("status", "CANCELLED" if method is CalendarMethod.CANCEL else "CONFIRMED")
    # The service is busy then, not the reader.
    event.add("transp", "TRANSPARENT")
    event.add("x-microsoft-cdo-busystatus", "FREE")
    event.add("organizer", _person(organizer, service.name))
    attendee = _person(to, to)
    attendee.params["RSVP"] = vText("FALSE")
    attendee.params["PARTSTAT"] = vText("NEEDS-ACTION")
    event.add("attendee", attendee)
    calendar.add_component(event)
    drawn: bytes = calendar.to_ical()
    return drawn


def property_text(text: str) -> str:
    """The text as a property may hold it (RFC 5545, 3.3.11): of the control characters only line breaks and tabs stay.

    Marks that turn the direction of writing around go too: a calendar shows texts of several people side by side.
    """
    return cleaned(strip_bidi_controls(str(text)))


def _person(address: str, name: str) -> Any:
    from icalendar import vCalAddress, vText

    person = vCalAddress(f"mailto:{address}")
    person.params["CN"] = vText(strip_bidi_controls(name))
    return person
