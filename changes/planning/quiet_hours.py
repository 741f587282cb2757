"""Quiet hours: nobody is chased at night. What the process asks for at once is never held."""

from datetime import UTC, datetime, time, timedelta

from changes.policy import Service

_DAY = 24


def defer_past_quiet_hours(moment: datetime, service: Service) -> datetime:
    """`moment`, or the end of the quiet hours in which it lies, by the service's own clock."""
    begins, ends = service.policy.quiet_from_hour % _DAY, service.policy.quiet_to_hour % _DAY
    local, wraps = service.local(moment), begins > ends
    late, early = local.hour >= begins, local.hour < ends
    if not (late or early if wraps else late and early):
        return moment
    # Quiet hours that go past midnight end on the day after the evening in which they began.
    day = local.date() + timedelta(days=1 if wraps and late else 0)
    return datetime.combine(day, time(ends), service.zone).astimezone(UTC)
