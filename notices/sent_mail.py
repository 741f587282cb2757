"""Which of the messages in a mailbox is the mail whose fate nobody knows.

What Microsoft documents: MIME content that is handed to sendMail is copied, and its "relevant content" becomes the
message's properties and recipients (Send mail by using the Microsoft Graph API, step 1); the message is moved to Sent
Items once transport has it (step 4). That the Message-ID stays is documented nowhere, and a server may replace it
before a message goes out (MS-OXCMAIL 2.1.3.2.11). An `x-` header can be read back (message resource type), but Graph
shows none for some sent messages. So a mail is known by its Message-ID or its header where they are there, and else by
what every message has: its subject, its recipients and when it was sent.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any

from notices.mailbox import MARK, Mail

FIELDS = "isDraft,internetMessageId,internetMessageHeaders,subject,toRecipients,sentDateTime"
"""The properties by which a message is known; none of them is its text."""
LOOK_BACK = timedelta(minutes=10)
"""So long before it was handed over a mail may seem to have been sent, where two clocks differ."""
_CLOCK_SKEW = timedelta(seconds=5)
"""Clocks that differ by no more are held to be the same."""
_LONGEST_SUBJECT = 200
"""So many characters of a subject are compared: Exchange keeps 255."""


class Match(Enum):
    """What a message is to the mail that is looked for."""

    SENT = auto()
    NOT_SENT_YET = auto()
    UNCERTAIN = auto()
    """It could be the mail: nothing shows that it is another one."""
    ANOTHER = auto()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The mail that is looked for, handed over as `sender` at `asked` or a moment later."""

    mail: Mail
    sender: str
    asked: datetime

    def match(self, message: Mapping[str, Any]) -> Match:
        """What the message with these FIELDS is. Raises KeyError, TypeError or ValueError where one cannot be read."""
        found = self._is_it(message)
        if found is None:
            return Match.UNCERTAIN
        if not found:
            return Match.ANOTHER
        return Match.NOT_SENT_YET if message["isDraft"] else Match.SENT

    def _is_it(self, message: Mapping[str, Any]) -> bool | None:
        headers = {each["name"].casefold(): each["value"] for each in message.get("internetMessageHeaders") or ()}
        if (mark := headers.get(MARK.casefold())) is not None:
            return bool(mark.strip() == self.mail.name)
        named = str(message.get("internetMessageId") or "")
        if named == self.mail.message_id(self.sender):
            return True
        if re.fullmatch(rf"<[0-9a-f]{{32}}@{re.escape(self.sender.rpartition('@')[2])}>", named):
            return False  # another mail of ours, whose Message-ID was kept
        if _compared(message.get("subject")) != _compared(self.mail.subject):
            return False
        sent = datetime.fromisoformat(message["sentDateTime"]).astimezone(UTC)
        addresses = {each["emailAddress"]["address"].casefold() for each in message["toRecipients"]}
        # To one address mails go one after the other: since then no other one can have gone there. A different address
        # may be the same reader's, since Exchange shows the first address of whoever has several.
        if self.mail.to.casefold() in addresses and sent >= self.asked - _CLOCK_SKEW:
            return True
        return None


def _compared(subject: object) -> str:
    return " ".join(str(subject or "").split()).casefold()[:_LONGEST_SUBJECT]
