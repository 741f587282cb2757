"""The base of every event, and an entry of the audit trail."""

from dataclasses import dataclass
from datetime import datetime

from changes.model import Person


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the audit trail: what, who, when and from where (`card`, `chat` or `timeline`)."""

    seq: int
    at: datetime
    by: Person
    via: str
    event: Event
