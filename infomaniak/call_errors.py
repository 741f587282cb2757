"""Whatever can go wrong in one call to a provider, translated into the tree of `changes.snapshots`.

What decides is what the provider may have done: refused, nothing at all, or perhaps what was asked. The last
is in doubt only for a call that changes something; a lost answer to a reading call costs nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from application.ports.provider import ProviderError, ProviderRefused, ProviderUncertain, ProviderUnreachable
from changes.snapshots import FailureReason
from changes.text import Message, joined

_LONGEST_QUOTE = 200


class Call(Enum):
    """Whether a call only looks or asks for something to be done."""

    READ = "read"
    WRITE = "write"


class CallOutcome(Enum):
    """What the provider may have done with a call that went wrong."""

    REFUSED = "refused"
    NOTHING_HAPPENED = "nothing happened"
    IN_DOUBT = "in doubt"


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """One row of the table: what it means and the sentence for people."""

    meaning: CallOutcome
    sentence: str
    cause: FailureReason = FailureReason.INVALID


def refused(sentence: str, cause: FailureReason = FailureReason.INVALID) -> ErrorRule:
    """The provider said no."""
    return ErrorRule(CallOutcome.REFUSED, Message(sentence), cause)


def nothing_happened(sentence: str) -> ErrorRule:
    """The call did not get through."""
    return ErrorRule(CallOutcome.NOTHING_HAPPENED, Message(sentence))


def in_doubt(sentence: str) -> ErrorRule:
    """The answer was lost."""
    return ErrorRule(CallOutcome.IN_DOUBT, Message(sentence))


SHARED: Mapping[int, ErrorRule] = {
    413: refused(
        "The snapshot quota at Infomaniak is used up. Delete a snapshot that is no longer needed on the dashboard, "
        "then try again.",
        FailureReason.QUOTA,
    ),
    429: nothing_happened("Infomaniak takes no more calls from the bot for the moment. Nothing was started."),
}
"""The statuses that mean the same whichever API was called."""
_IN_DOUBT_ADVICE = Message(
    "It is not known whether the request was accepted: look at the list of snapshots before anything is asked again."
)
_READ_ADVICE = Message("Nothing was changed; it can be asked again.")


def raised(
    fault: ErrorRule, call: Call, says: str = "", retry_after: float | None = None, status: int | None = None
) -> ProviderError:
    """The error that the fault is in this call, with the provider's own words and its wish for a pause in seconds."""
    sentence = joined(fault.sentence, _quote(says))
    if fault.meaning is CallOutcome.REFUSED:
        return ProviderRefused(sentence, fault.cause, status=status)
    if fault.meaning is CallOutcome.NOTHING_HAPPENED:
        return ProviderUnreachable(joined(sentence, _delay(retry_after)), retry_after, status=status)
    if call is Call.READ:
        return ProviderUnreachable(joined(sentence, _READ_ADVICE), retry_after, status=status)
    return ProviderUncertain(joined(sentence, _IN_DOUBT_ADVICE), status=status)


def _quote(says: str) -> str:
    words = " ".join("".join(c if c.isprintable() else " " for c in says).split())
    if not words:
        return ""
    return Message(
        "Infomaniak says: “{words}”", words=words if len(words) <= _LONGEST_QUOTE else words[: _LONGEST_QUOTE - 1] + "…"
    )


def _delay(seconds: float | None) -> str:
    if seconds is None:
        return ""
    count = max(1, round(seconds))
    if count == 1:
        return Message("It asks for a pause of 1 second.")
    return Message("It asks for a pause of {count} seconds.", count=count)
