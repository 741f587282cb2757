"""Remembers which parts of a message Teams refused, so that a retry leaves them out."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from application.ports import Clock
from bot.connector.errors import Rejected
from bot.messenger.message_fallbacks import Extra

MOST = 1000
"""Maximum number of messages remembered; the oldest make room."""
LONGEST = timedelta(hours=1)
"""No conversation stays full for longer: bot.connector.client, EACH."""


@dataclass(slots=True)
class RefusedMessage:
    """A message that is being tried: Teams' first refusal, and without which extras too."""

    first: Rejected
    since: datetime
    without: set[tuple[Extra, ...]] = field(default_factory=set)


class RefusalMemory:
    """Messages that were refused and are not delivered yet, bounded in number and in time.

    A restart forgets them, which costs each a few more calls.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._refused: dict[str, RefusedMessage] = {}

    def __len__(self) -> int:
        return len(self._refused)

    def get(self, message: str) -> RefusedMessage | None:
        """What is known of the message; None where nothing of it was refused lately."""
        known = self._refused.get(message)
        if known is not None and abs(self._clock.now() - known.since) > LONGEST:
            del self._refused[message]
            return None
        return known

    def put(self, message: str, first: Rejected) -> RefusedMessage:
        """Remember that the message was refused as it is."""
        while len(self._refused) >= MOST:
            del self._refused[next(iter(self._refused))]
        # Its traceback would keep the whole message.
        self._refused[message] = known = RefusedMessage(first.with_traceback(None), self._clock.now())
        return known

    def discard(self, message: str) -> None:
        """Forget the message: it was delivered, or given up."""
        self._refused.pop(message, None)
