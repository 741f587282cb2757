"""Days and times in the language of the moment, with the weekday: names and their order are the CLDR's."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from changes.labels import moment_label, window_label
from changes.model import Window
from changes.text.messages import Message
from language.cldr import written_date
from language.speaking import _, current_language


def date_text(day: date) -> str:
    """For example `Thu 15 Apr 2027`, `jeu. 15 avr. 2027`."""
    return written_date(day, current_language())


def moment_text(moment: datetime, zone: ZoneInfo) -> Message:
    """For example `Sat 3 Apr 2027, 22:00 (CEST)`."""
    label = moment_label(moment, zone)
    return _(label.template, **label.facts)


def window_text(window: Window, zone: ZoneInfo) -> Message:
    """For example `Sat 3 Apr 2027, 22:00–23:30 (CEST)`."""
    label = window_label(window, zone)
    return _(label.template, **label.facts)
