"""Which of the messages in a mailbox is the mail whose fate nobody knows.

What Microsoft documents: MIME content that is handed to sendMail is copied, and its "relevant content" becomes the
message's properties and recipients (Send mail by using the Microsoft Graph API, step 1); the message is moved to Sent
Items once transport has it (step 4). That the Message-ID stays is documented nowhere, and a server may replace it
before a message goes out (MS-OXCMAIL 2.1.3.2.11). An `x-` header can be read back (message resource type), but Graph
shows none for some sent messages. The text would tell mails apart, but Mail.ReadBasic shows neither it nor its preview
nor extended properties (Microsoft Graph permissions reference). So a mail is known by its Message-ID or its header
where they are there, and else by what every message has: who sent it (`from` is "the owner of the mailbox from which
the message is sent"), its subject, its recipients and when it was sent. Two mails may have all that in common, so it
proves something only where no other mail can have been the one that is found.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from typing import Any

from notices.mailbox import MARK, Mail

FIELDS = "isDraft,internetMessageId,internetMessageHeaders,subject,from,toRecipients,sentDateTime"
"""The properties by which a message is known; none of them is its text."""
_CLOCK_SKEW = timedelta(seconds=5)
"""Clocks that differ by no more are held to be the same."""
_LONGEST_SUBJECT = 200
"""Number of characters of a subject that are compared: Exchange keeps 255."""
_UNREADABLE = (ArithmeticError, AttributeError, KeyError, TypeError, ValueError)
"""What reading a property raises where it is not what the message resource type promises."""


class Match(Enum):
    """How a message in the mailbox relates to the mail that is searched for."""

    SENT = auto()
    NOT_SENT_YET = auto()
    ALIKE = auto()
    """The same sender, subject, recipient and time, but no Message-ID of ours."""
    ALIKE_NOT_SENT_YET = auto()
    UNCERTAIN = auto()
    """It may be the mail: nothing shows that it is another one."""
    OF_ANOTHER_SENDER = auto()
    """The same subject, from another address."""
    ANOTHER = auto()


_ALIKE = {Match.ALIKE: Match.SENT, Match.ALIKE_NOT_SENT_YET: Match.NOT_SENT_YET}


@dataclass(frozen=True, slots=True)
class Wanted:
    """The mail that is looked for, handed over as `sender` at `asked` or a moment later.

    `others` are the addresses, in lower case, to which other mails were handed over at about that time or since.
    """

    mail: Mail
    sender: str
    asked: datetime
    others: frozenset[str] = frozenset()

    def among(self, messages: Sequence[Any]) -> set[Match]:
        """What these messages are. ALIKE ones are SENT or NOT_SENT_YET where none of the other mails can be they."""
        found = {self.match(each) for each in messages}
        if not found & _ALIKE.keys():
            return found
        # Exchange shows the first address of whoever has several: a mail that is not seen under its own address may be
        # the one that is seen under this one.
        seen = {address for each in messages for address in self._written_to(each)}
        is_alone = self.mail.to.casefold() not in self.others and self.others <= seen
        return {_ALIKE.get(each, each) if is_alone or each not in _ALIKE else Match.UNCERTAIN for each in found}

    def match(self, message: Any) -> Match:
        """What the message with these FIELDS is; UNCERTAIN where they cannot be read."""
        try:
            return self._match(message)
        except _UNREADABLE:
            return Match.UNCERTAIN

    def _match(self, message: Mapping[str, Any]) -> Match:
        is_ours = self._is_named_ours(message)
        if is_ours is not None:
            return (Match.NOT_SENT_YET if message["isDraft"] else Match.SENT) if is_ours else Match.ANOTHER
        if _compared(message.get("subject")) != _compared(self.mail.subject):
            return Match.ANOTHER
        is_draft = bool(message["isDraft"])
        # Only its owner puts drafts into a mailbox, whatever they show of who will have sent them.
        if not is_draft and _address(message["from"]) != self.sender.casefold():
            return Match.OF_ANOTHER_SENDER
        sent = datetime.fromisoformat(message["sentDateTime"]).astimezone(UTC)
        if self.mail.to.casefold() in _addresses(message) and sent >= self.asked - _CLOCK_SKEW:
            return Match.ALIKE_NOT_SENT_YET if is_draft else Match.ALIKE
        return Match.UNCERTAIN

    def _written_to(self, message: Any) -> set[str]:
        """The addresses that the message shows that the sender wrote to; none where it cannot be read."""
        try:
            is_ours = _address(message["from"]) == self.sender.casefold()
            return _addresses(message) if is_ours else set()
        except _UNREADABLE:
            return set()

    def _is_named_ours(self, message: Mapping[str, Any]) -> bool | None:
        """Whether its header or its Message-ID is the mail's; None where it has none of ours."""
        headers = message.get("internetMessageHeaders") or ()
        marks = [each.get("value") for each in headers if str(each.get("name")).casefold() == MARK.casefold()]
        if marks:
            return any(str(mark).strip() == self.mail.name for mark in marks)
        named = str(message.get("internetMessageId") or "")
        if named == self.mail.message_id(self.sender):
            return True
        # Another mail of ours, whose Message-ID was kept?
        return False if re.fullmatch(rf"<[0-9a-f]{{32}}@{re.escape(self.sender.rpartition('@')[2])}>", named) else None


def _addresses(message: Mapping[str, Any]) -> set[str]:
    return {_address(each) for each in message["toRecipients"]}


def _address(recipient: Mapping[str, Any]) -> str:
    address: str = recipient["emailAddress"]["address"]
    return address.casefold()


def _compared(subject: object) -> str:
    return " ".join(str(subject or "").split()).casefold()[:_LONGEST_SUBJECT]
