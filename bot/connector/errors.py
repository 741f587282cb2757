"""What can go wrong when a message goes to Teams. Nothing is tried again here: whoever holds the outbox decides.

ConnectorError
├── Gone            for good: the bot is not (or no longer) welcome in the conversation; `code` says why
├── Rejected        for good: Teams does not take this call as it is
│   └── TooLarge    the message was never sent, being larger than Teams takes
├── Full            nothing was sent: Teams' limits leave no room yet; `seconds` says for how long
├── Throttled       not accepted: too many messages; `retry_after` says how long to wait, where Teams said so
└── Transient       may work later; `maybe_accepted` says whether Teams may have taken it all the same
    └── NoToken     not sent: there is no token to sign the call with
"""

from http import HTTPStatus

_GONE = frozenset({HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})


class ConnectorError(Exception):
    """Teams did not take the call. The message is a sentence for an administrator."""

    def __init__(self, sentence: str = "", *, status: int | None = None, code: str = "") -> None:
        """`status` is the HTTP status where there was an answer, `code` the word Teams gave for its reason."""
        super().__init__(sentence or self.__doc__)
        self.status = status
        self.code = code


class ConversationUnavailable(ConnectorError):
    """The bot cannot write in this conversation any more. Send what matters by mail."""


class Rejected(ConnectorError):
    """Teams does not accept this message as it is. Sending it again would not help."""


class TooLarge(Rejected):
    """The message is larger than Teams accepts. Shorten the texts of the change."""


class Throttled(ConnectorError):
    """Teams asks the bot to write less often. The message is sent later."""

    def __init__(self, sentence: str = "", *, status: int, code: str = "", retry_after: float | None = None) -> None:
        """`retry_after` is seconds, or None where Teams gave no time."""
        super().__init__(sentence, status=status, code=code)
        self.retry_after = retry_after


class RateLimitReached(ConnectorError):
    """Nothing was sent: there is no room for it yet under Teams' own limits."""

    def __init__(self, seconds: float) -> None:
        """`seconds` until there is room."""
        super().__init__()
        self.seconds = seconds


class Transient(ConnectorError):
    """Teams cannot be reached at the moment. The message is sent later."""

    def __init__(self, sentence: str = "", *, maybe_accepted: bool, status: int | None = None, code: str = "") -> None:
        """With `maybe_accepted` a second sending may show the message twice."""
        super().__init__(sentence, status=status, code=code)
        self.maybe_accepted = maybe_accepted


class NoToken(Transient):
    """The bot could not sign in to Microsoft. Check MicrosoftAppId, MicrosoftAppPassword and MicrosoftAppTenantId."""

    def __init__(self, sentence: str = "", *, code: str = "") -> None:
        """`code` is the word Microsoft's sign-in gave for its reason."""
        super().__init__(sentence, maybe_accepted=False, code=code)


def is_gone(error: ConnectorError) -> bool:
    """Whether what was written to is not there, or not there for the bot: the message, its thread or all of the place.

    Teams tells them apart by words that differ from one call to another, so nobody relies on them.
    """
    return isinstance(error, ConversationUnavailable) or (isinstance(error, Rejected) and error.status in _GONE)
