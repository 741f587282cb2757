"""A mail, and the ports of what writes and sends it."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Protocol

from application.ports import PermanentError
from changes.effects import MailNotice, SendNotice
from changes.model import Change
from changes.policy import Service
from changes.text import Message
from notices.rendered_mail import RenderedMail

SEEN_AFTER_S = 60.0
"""How long a mail that was taken may be missing from the sent items: Exchange files them in the background."""

LOOK_BACK = timedelta(minutes=10)
"""How much earlier than it was handed over a mail may seem to have been sent, because two clocks differ."""

MARK = "X-Change-Bot-Mail"
"""The header that holds the name of a mail."""


class MailRenderer(Protocol):
    """Writes letters."""

    def render_mail(
        self, notice: SendNotice, change: Change, service: Service, language: str, sequence: int, to: str
    ) -> RenderedMail:
        """The notice as a mail to `to`, in that language; an empty one means every language of the service."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail ready to go. `name` is the same for every attempt at one mail, and no other has it."""

    name: str
    to: str
    subject: str
    text: str
    html: str
    calendar: bytes | None
    method: str
    at: datetime

    def message_id(self, sender: str) -> str:
        """The Message-ID by which it is found again in the sender's mailbox."""
        return f"<{self.name}@{sender.rpartition('@')[2]}>"

    def written(self, sender: str) -> bytes:
        """The whole mail as it goes over the wire.

        The calendar entry is in it twice, as Google's and Microsoft's own invitations have it: as an alternative
        of the text, which Outlook takes into the calendar, and as a file, which every other program can open.
        """
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"] = sender, self.to
        message["Subject"] = " ".join(self.subject.split())
        message["Date"] = self.at
        message["Message-ID"] = self.message_id(sender)
        message[MARK] = self.name  # a server may replace the Message-ID
        # No answering machine has to answer a notice (RFC 3834, and Exchange's own word for the same).
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(self.text, cte="base64")
        message.add_alternative(self.html, subtype="html", cte="base64")
        if self.calendar is not None:
            entry = self.calendar.decode()
            message.add_alternative(entry, subtype="calendar", params={"method": self.method}, cte="base64")
            message.add_attachment(self.calendar, "application", "ics", filename="invite.ics")
        return message.as_bytes()


def name_of(mail: MailNotice) -> str:
    """The name of that mail, from what makes it the only one of its kind."""
    return hashlib.sha256(f"{mail.key} {mail.notice.at.isoformat()}".encode()).hexdigest()[:32]


class Mailbox(Protocol):
    """Sends mails."""

    async def send(self, mail: Mail) -> str:
        """Send it; returns where it can be seen, or an empty string. Raises DeliveryError."""

    async def was_sent(self, mail: Mail, asked: datetime, others: frozenset[str]) -> bool:
        """Whether the mail handed over at `asked` is in the sender's mailbox.

        `others` are the addresses, in lower case, to which other mails were handed over since `asked - LOOK_BACK`.
        Raises RetryableError when that cannot be known yet, and Never when it cannot be known without a person.
        """


class NoMailbox:
    """The mailbox of an installation that has none: every mail is refused, and the delivery log says so."""

    async def send(self, mail: Mail) -> str:
        """Raise PermanentError."""
        raise PermanentError(Message("The bot has no mailbox to send from: set GRAPH_SENDER."))

    async def was_sent(self, mail: Mail, asked: datetime, others: frozenset[str]) -> bool:
        """Always False: nothing was ever sent."""
        return False
