"""Why something was not delivered.

DeliveryError
├── RetryableError      not now: try again after a while
│   ├── RateLimited     nothing was tried: there is no room for it yet
│   └── OutcomeUnknown  it was handed over and nobody said whether it was taken
└── PermanentError      not this way, for good: an admin has to see it
"""


class DeliveryError(Exception):
    """An effect was not carried out."""


class RetryableError(DeliveryError):
    """Try again, not before `seconds` have passed (None: the worker's own back-off)."""

    def __init__(self, message: str, seconds: float | None = None) -> None:
        super().__init__(message)
        self.seconds = seconds


class RateLimited(RetryableError):
    """Nothing was tried, and that counts as no attempt: too much was sent there already."""


class OutcomeUnknown(RetryableError):
    """It was handed over and nobody said whether it was taken: trying again may bring it twice."""


class PermanentError(DeliveryError):
    """Trying again gives the same answer."""
