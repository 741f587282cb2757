"""A recurring change: a plan and a rule, and what becomes of each of its days (docs/process.md, P140 to P144).

The rule is expanded elsewhere (application/recurrence/rule.py): its days come in as data, in order.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from changes.model import Person, Plan, Window
from changes.planning.conflicts import FARTHEST_DAYS, find_conflict
from changes.planning.deadlines import day_step_time, working_day_before
from changes.planning.occupancy import Booking
from changes.policy import Freeze, Service
from changes.text import Message

CONFIRM_DAYS = 7
"""So long before a window would be short notice its change is drafted."""
WEEKEND = 5
"""The number of its first weekday."""
MOST_CHANGES = 100
"""So many of its last changes a series knows for its own."""
_DAY = timedelta(days=1)


class WhenBlocked(StrEnum):
    """What becomes of a day that is not free."""

    SKIP = "skip"
    BEFORE = "before"
    AFTER = "after"


class SeriesState(StrEnum):
    """Whether changes are drafted. One that is not saved yet has ended before it began."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Series:
    """A recurring change, called as the change that it was made from.

    `rule` is the RRULE of RFC 5545, counted from `first`; `at` is by the service's clock. Of the plan's window only the
    length counts. `changes` are the one that it was made from, and those drafted since. Days up to `handled` became a
    draft, or nothing; the last draft was made for the day `placed`. `template` names the one that the plan came from,
    and `editor` is who gave it the plan in its owner's place.
    """

    id: str
    owner: Person
    plan: Plan
    rule: str
    first: date
    at: time
    when_blocked: WhenBlocked
    handled: date
    changes: tuple[str, ...]
    template: str = ""
    state: SeriesState = SeriesState.ACTIVE
    placed: date | None = None
    editor: Person | None = None

    @property
    def last_draft(self) -> str:
        """The id of the change that was drafted last, or empty."""
        return self.changes[-1] if self.placed else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a look at a series comes to: the series afterwards, what is drafted, what is said, and the next look."""

    series: Series
    draft: Window | None
    said: tuple[str, ...]
    look: datetime | None


Placed = tuple[Window | None, str]
"""Where the change of a day takes place, or None where it is left out; and why, where it is otherwise than the rule."""


def last_short_notice(service: Service, now: datetime) -> date:
    """The last day on which a window would be short notice: what begins or goes on now begins after it (P140)."""
    return service.local(now).date() + (service.policy.lead_days - 1) * _DAY


def draft_due(day: date, service: Service) -> datetime:
    """When the change of that day is drafted (P140)."""
    before = day - (service.policy.lead_days + CONFIRM_DAYS) * _DAY
    return day_step_time(working_day_before(before, service), service)


def too_late(day: date, service: Service) -> datetime:
    """When a draft that nobody has confirmed is given up: with the day of its pre-check (P141)."""
    return day_step_time(day - min(service.policy.lead_days, service.policy.precheck_days) * _DAY, service)


def reminder_due(day: date, service: Service) -> datetime:
    """When its owner is reminded of a draft for that day: as long as it is not short notice (P141)."""
    return day_step_time(working_day_before(day - service.policy.lead_days * _DAY, service), service)


def proceed(
    series: Series, days: Sequence[date], service: Service, bookings: Sequence[Booking], now: datetime
) -> Outcome:
    """Go on through the next `days` of the rule, one draft at most (P140, P142)."""
    said = list[str]()
    if missed := tuple(day for day in days if now >= too_late(day, service)):
        # Once, however many they are.
        said.append(Message("Left out, because it was too late for the pre-check: {days}.", days=missed))
        series = replace(series, handled=missed[-1])
    ahead = days[len(missed) :]
    for day, following in zip(ahead, [*ahead[1:], date.max], strict=True):
        window, why = place(series, day, service, bookings, now, following)
        begins = service.local(window.start).date() if window else day
        if now < (due := draft_due(min(day, begins), service)):
            return Outcome(series, None, tuple(said), due)
        said += [why] if why else []
        series = replace(series, handled=day)
        if window is not None:
            return Outcome(replace(series, placed=begins), window, tuple(said), reminder_due(begins, service))
    return Outcome(series, None, tuple(said), now if days else None)


def place(
    series: Series, day: date, service: Service, bookings: Sequence[Booking], now: datetime, following: date = date.max
) -> Placed:
    """Where the change of that day takes place, before the day `following` it (P142)."""
    window = on_the_clock(day, series, service)
    if not (blocked := why_blocked(window, service, bookings)):
        return window, ""
    step = {WhenBlocked.SKIP: 0, WhenBlocked.BEFORE: -1, WhenBlocked.AFTER: 1}[series.when_blocked]
    for number in range(1, FARTHEST_DAYS if step else 1):
        other = day + step * number * _DAY
        if not (series.placed or series.first) < other < following or now >= too_late(other, service):
            break
        # Who takes a weekend does not want a Monday, nor the other way round.
        same_kind = (other.weekday() < WEEKEND) == (day.weekday() < WEEKEND)
        moved = on_the_clock(other, series, service)
        if same_kind and not why_blocked(moved, service, bookings):
            return moved, Message(
                "It takes place on {other} instead of {day}: {why}.", other=other, day=day, why=blocked
            )
    return None, Message("{day} is left out: {why}.", day=day, why=blocked)


def on_the_clock(day: date, series: Series, service: Service) -> Window:
    """The window of that day at its local time (P143).

    Where the clocks leave that time out it is as much later as they go forward; of a time that comes twice it is the
    first: both as RFC 5545 has it.
    """
    start = datetime.combine(day, series.at, service.zone).astimezone(UTC)
    return Window(start, start + timedelta(minutes=series.plan.window.minutes))


def why_blocked(window: Window, service: Service, bookings: Sequence[Booking]) -> str:
    """Why the window is not free, as a part of a sentence: a holiday, a closed day, a freeze, another change; or empty.

    A weekend blocks nothing: whoever says “Sunday” means it.
    """
    day = service.local(window.start).date()
    if day in service.holidays:
        return Message("{day} is a public holiday", day=day)
    if day in service.closed:
        return Message("{service} is closed on {day}", service=service.name, day=day)
    match find_conflict(window, service, bookings):
        case Freeze(name=name):
            return Message("{service} is frozen ({name})", service=service.name, name=name)
        case Booking(change=change):
            return Message("{change} takes place then", change=change)
        case None:
            return ""
