"""Who was told what, and who was refused what."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from changes.delivery_log import DeliveryRecord
from changes.model import Person


class DeliveryLog(Protocol):
    """Who was told what."""

    async def note(self, told: DeliveryRecord) -> None:
        """Write the line; a later one for the same key replaces it."""

    async def get(self, key: str) -> DeliveryRecord | None:
        """The line of that key, or None."""

    async def of(self, change_id: str) -> tuple[DeliveryRecord, ...]:
        """Everything about that change, in the order in which it was told."""

    async def mailed_since(self, since: datetime) -> tuple[DeliveryRecord, ...]:
        """Every mail of any change whose line was written at `since` or later, the earliest first."""


@dataclass(frozen=True, slots=True)
class AccessDenial:
    """Somebody wanted what they may not.

    `change` is empty where no change was meant; `what` is the button's verb or the command's word, never what a person
    typed besides; `via` is `chat`, `card`, `link` or `page`; `sentence` is the bot's own.
    """

    at: datetime
    person: Person
    change: str
    what: str
    via: str
    sentence: str


class AccessDenialLog(Protocol):
    """Who wanted what they may not: kept for a year, and of a person who is forgotten without what names them."""

    async def note(self, refused: AccessDenial) -> None:
        """Write it down."""

    async def latest(self, limit: int = 50, offset: int = 0) -> tuple[AccessDenial, ...]:
        """The last ones, the newest first, without the first `offset` of them."""

    async def count(self) -> int:
        """How many there are, counted up to MOST_COUNTED: a year's are kept."""
