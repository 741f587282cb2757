"""Every kind of notice in one table: its name, what it does to a calendar, and what it says where nobody said a word.

Its text is a template of the same name in notices/templates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from changes.text import template


class NoticeKind(StrEnum):
    """What is sent to the affected people (docs/process.md, P83)."""

    PLANNED = "planned"
    REMINDER = "reminder"
    START = "start"
    END = "end"
    EXTENSION = "extension"
    HOLDING = "holding"
    INCIDENT_START = "incident_start"
    INCIDENT_UPDATE = "incident_update"
    INCIDENT_END = "incident_end"
    CANCELLED = "cancelled"
    POSTPONED = "postponed"
    RESCHEDULED = "rescheduled"


class News(StrEnum):
    """What a notice is about beside its kind: what somebody said, or what the process does."""

    SAID = "said"
    RESTORING = "restoring"
    NOT_RESTORED = "not_restored"
    RESTORE_UNKNOWN = "restore_unknown"
    HANDED_OVER = "handed_over"
    EARLY = "early"


class CalendarMethod(StrEnum):
    """What a notice does to the entry in a reader's calendar (RFC 5546)."""

    NONE = ""
    REQUEST = "REQUEST"
    """It puts the entry where the window is, or moves it there."""
    CANCEL = "CANCEL"
    """It removes the entry: something does not take place."""


class SentOnce(StrEnum):
    """For what a notice goes out only once to each reader."""

    EVENT = "event"
    ANNOUNCEMENT = "announcement"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class NoticeSpec:
    """One kind of notice. `is_last`: its reader expects nothing more; `has_results`: it says what the tests gave."""

    name: str
    calendar: CalendarMethod = CalendarMethod.NONE
    once: SentOnce = SentOnce.EVENT
    is_last: bool = False
    has_results: bool = False

    @property
    def moves_date(self) -> bool:
        """Whether it moves or takes back what a mail put into somebody's calendar."""
        return self.calendar is not CalendarMethod.NONE

    @property
    def takes_back(self) -> bool:
        """Whether it says that something does not take place."""
        return self.calendar is CalendarMethod.CANCEL


NOTICES: Mapping[str, NoticeSpec] = {
    NoticeKind.PLANNED: NoticeSpec(template("planned maintenance"), CalendarMethod.REQUEST, SentOnce.ANNOUNCEMENT),
    NoticeKind.REMINDER: NoticeSpec(template("reminder"), once=SentOnce.DATE),
    NoticeKind.START: NoticeSpec(template("start")),
    NoticeKind.END: NoticeSpec(template("end"), is_last=True, has_results=True),
    NoticeKind.EXTENSION: NoticeSpec(template("extension"), CalendarMethod.REQUEST),
    NoticeKind.HOLDING: NoticeSpec(template("holding notice")),
    NoticeKind.INCIDENT_START: NoticeSpec(template("incident: start")),
    NoticeKind.INCIDENT_UPDATE: NoticeSpec(template("incident update")),
    NoticeKind.INCIDENT_END: NoticeSpec(template("incident: end"), is_last=True, has_results=True),
    NoticeKind.CANCELLED: NoticeSpec(template("cancelled"), CalendarMethod.CANCEL, is_last=True),
    NoticeKind.POSTPONED: NoticeSpec(template("postponed"), CalendarMethod.CANCEL),
    NoticeKind.RESCHEDULED: NoticeSpec(template("new date"), CalendarMethod.REQUEST, SentOnce.ANNOUNCEMENT),
}
