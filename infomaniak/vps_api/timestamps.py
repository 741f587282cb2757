"""Times as Infomaniak's REST API tells them: seconds since 1970, or nothing."""

from datetime import UTC, datetime

_LATEST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())


def read_unix(value: object) -> int:
    """The whole seconds; 0 for anything that is no such time, as milliseconds are not."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= _LATEST:
        return 0
    return int(value)


def read_moment(value: object) -> datetime | None:
    """The moment in UTC; None where `read_unix` says 0."""
    unix = read_unix(value)
    return datetime.fromtimestamp(unix, UTC) if unix else None
