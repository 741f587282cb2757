"""Why something that was to happen outside did not: the one tree of errors, for messages, mails and providers.

DeliveryError
├── RetryableError               not now: try again after a while
│   ├── RateLimited              nothing was tried: there is no room for it yet
│   │   └── RateLimitReached     under Teams' limits
│   ├── OutcomeUnknown           it was handed over and nobody said whether it was taken
│   │   ├── Unconfirmed          by Teams
│   │   └── ProviderUncertain    by the provider: look for the result by name, never repeat the call
│   ├── Throttled, Transient     Teams did not take it; NoToken: there was none to sign the call with
│   └── ProviderUnreachable      the provider accepted nothing
└── PermanentError               not this way, for good: an admin has to see it
    ├── ConversationUnavailable, Rejected, TooLarge    Teams refuses
    └── ProviderRefused                                the provider refuses; `cause` says what to change

Those of Teams are ConnectorErrors too (bot/connector/errors.py), those of a provider ProviderErrors
(application/ports/provider.py).
"""


class DeliveryError(Exception):
    """An effect was not carried out."""

    def __init__(self, message: str, *, status: int | None = None) -> None:
        """`message` says why; where it is a Message, `sentence` has its template and facts.

        `status` is that of the answer, where there was one.
        """
        super().__init__(message)
        self.sentence, self.status = message, status


class RetryableError(DeliveryError):
    """Try again, not before `seconds` have passed (None: the worker's own back-off)."""

    def __init__(self, message: str, seconds: float | None = None, *, status: int | None = None) -> None:
        super().__init__(message, status=status)
        self.seconds = seconds


class RateLimited(RetryableError):
    """Nothing was tried, and that counts as no attempt: too much was sent there already."""


class OutcomeUnknown(RetryableError):
    """It was handed over and nobody said whether it was taken: trying again may bring it twice."""


class PermanentError(DeliveryError):
    """Trying again gives the same answer."""
