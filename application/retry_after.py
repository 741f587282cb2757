"""How long another service asks to be left alone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_S = 3600.0


def retry_after_seconds(headers: Mapping[str, str]) -> float | None:
    """The seconds that `Retry-After` asks for in either of its forms, an hour at most; None where it says none.

    A date is measured against the answer's own `Date`, so that neither clock has to be right.
    """
    told = headers.get("Retry-After", "").strip()
    try:
        seconds = float(int(told[:9]))
    except ValueError:
        try:
            seconds = (_moment(told) - _moment(headers.get("Date", ""))).total_seconds()
        except ValueError:
            return None
    return min(LONGEST_S, max(0.0, seconds))


def _moment(text: str) -> datetime:
    read = parsedate_to_datetime(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)
