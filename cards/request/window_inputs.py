"""The fields for the window: its date, its start and its length."""

from datetime import date
from zoneinfo import ZoneInfo

from microsoft_teams.cards import CardElement, DateInput, TimeInput

from application.input_parsing.device import device_date, device_time
from application.input_parsing.durations import read_duration
from cards.elements.controls import choice, text_input
from changes.errors import ValidationFailed
from changes.labels import duration_label
from language import _, as_text

DURATIONS = (15, 30, 45, 60, 75, 90, 120, 150, 180, 240, 300, 360, 480)
"""Minutes that can be chosen; any other duration can be typed in the conversation."""


def date_input(given: str, today: date, zone: ZoneInfo) -> CardElement:
    """The field for the date. What cannot stand in one stays as it was entered, in a field for text."""
    try:
        value = device_date(given, today, zone).isoformat() if given else None
    except ValidationFailed:
        return text_input("date", _("Date"), value=given, hint="15.4.2027")
    return DateInput(id="date", label=as_text(_("Date")), value=value)


def time_input(given: str, title: str, zone: ZoneInfo) -> CardElement:
    """The field for the time of the start, likewise."""
    try:
        value = f"{device_time(given, zone):%H:%M}" if given else None
    except ValidationFailed:
        return text_input("time", title, value=given, hint="22:00")
    return TimeInput(id="time", label=as_text(title), value=value)


def minutes_input(given: str) -> CardElement:
    """The field for the downtime: a choice, in which what was typed elsewhere stands too."""
    title = _("Expected downtime")
    try:
        value = read_duration(given) if given else None
    except ValidationFailed:
        return text_input("minutes", title, value=given, hint="1h30")
    minutes = sorted({*DURATIONS, *([] if value is None else [value])})
    return choice("minutes", title, [(str(each), duration_label(each)) for each in minutes], str(value or ""))
