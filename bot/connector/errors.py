"""What can go wrong when a message goes to Teams. Nothing is tried again here: whoever holds the outbox decides.

Each is one of the tree in application/ports/delivery_errors.py, by which the outbox knows what to do.
"""

from http import HTTPStatus
from typing import ClassVar

from application.ports import DeliveryError, OutcomeUnknown, PermanentError, RateLimited, RetryableError
from changes.text.messages import Message

_GONE = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


class ConnectorError(DeliveryError):
    """Teams did not take the call. The message is a sentence for an administrator; `default` unless one is given."""

    default: ClassVar[Message] = Message("Teams did not take it.")

    def __init__(self, sentence: str = "", *, status: int | None = None, code: str = "") -> None:
        """`status` is the HTTP status where there was an answer, `code` the word Teams gave for its reason."""
        super().__init__(sentence or self.default, status=status)
        self.code = code


class ConversationUnavailable(ConnectorError, PermanentError):
    """The bot cannot write in this conversation any more."""

    default = Message("The bot cannot write in this conversation any more. Send what matters by mail.")


class Rejected(ConnectorError, PermanentError):
    """Teams does not accept this message as it is."""

    default = Message("Teams does not accept this message as it is. Sending it again would not help.")


class TooLarge(Rejected):
    """The message is larger than Teams accepts."""

    default = Message("The message is larger than Teams accepts. Shorten the texts of the change.")


class Throttled(ConnectorError, RetryableError):
    """Teams asks the bot to write less often."""

    default = Message("Teams asks the bot to write less often. The message is sent later.")

    def __init__(self, sentence: str = "", *, status: int, code: str = "", retry_after: float | None = None) -> None:
        """`retry_after` is seconds, or None where Teams gave no time."""
        super().__init__(sentence, status=status, code=code)
        self.seconds = retry_after


class RateLimitReached(ConnectorError, RateLimited):
    """Nothing was sent: there is no room for it yet under Teams' own limits."""

    def __init__(self, seconds: float) -> None:
        """`seconds` until there is room."""
        super().__init__()
        self.seconds = seconds


class Transient(ConnectorError, RetryableError):
    """Teams cannot be reached at the moment."""

    default = Message("Teams cannot be reached at the moment. The message is sent later.")


class Unconfirmed(Transient, OutcomeUnknown):
    """Teams gave no answer: it may have taken the message."""


class NoToken(Transient):
    """The bot could not sign in to Microsoft."""

    default = Message(
        "The bot could not sign in to Microsoft. Check MicrosoftAppId, MicrosoftAppPassword and MicrosoftAppTenantId."
    )

    def __init__(self, sentence: str = "", *, code: str = "") -> None:
        """`code` is the word Microsoft's sign-in gave for its reason."""
        super().__init__(sentence, code=code)


def is_gone(error: ConnectorError) -> bool:
    """Whether what was written to is not there, or not there for the bot: the message, its thread or all of the place.

    Teams tells them apart by words that differ from one call to another, so nobody relies on them.
    """
    return isinstance(error, ConversationUnavailable) or (isinstance(error, Rejected) and error.status in _GONE)
