"""Moments as programs read them."""

from datetime import UTC, datetime


def zulu(moment: datetime) -> str:
    """The moment in UTC, in ISO 8601 to the second, with a Z."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
