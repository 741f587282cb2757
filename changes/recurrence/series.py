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
from changes.policy import Freeze, Policy, Service
from changes.text import Message, joined

CONFIRM_DAYS, REMIND_DAYS = 7, 3
"""So long before a window would be short notice its change is drafted, and its owner reminded."""
WEEKEND = 5
"""The number of its first weekday."""
_DAY = timedelta(days=1)


class WhenBlocked(StrEnum):
    """What becomes of a day that is not free."""

    SKIP = "skip"
    BEFORE = "before"
    AFTER = "after"


class SeriesState(StrEnum):
    """Whether changes are drafted."""

    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Series:
    """A recurring change. `rule` is the RRULE of RFC 5545, counted from `first`; `at` is by the service's clock.

    Of the plan's window only the length counts. Days up to `handled` have become a draft, or nothing; `change` is the
    last draft, made for the day `placed`, and its owner was last asked about it on the day `asked`. `template` is the
    name of the template that the plan came from, or empty.
    """

    id: str
    owner: Person
    plan: Plan
    rule: str
    first: date
    at: time
    when_blocked: WhenBlocked
    handled: date
    state: SeriesState = SeriesState.ACTIVE
    placed: date | None = None
    change: str = ""
    asked: date | None = None
    template: str = ""


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
    return day_step_time(day - _given_up_days(service.policy) * _DAY, service)


def is_reminded(series: Series, day: date, service: Service, now: datetime) -> bool:
    """Whether the owner is reminded today of the draft for that day (P141)."""
    lead, today = service.policy.lead_days, service.local(now).date()
    numbers = (lead + REMIND_DAYS, lead, _given_up_days(service.policy) + 1)
    due = [working_day_before(day - number * _DAY, service) for number in numbers]
    return any((series.asked or today) < each <= today for each in due)


def next_look(service: Service, now: datetime) -> datetime:
    """While a draft waits for its owner it is looked at each morning."""
    return day_step_time(service.local(now).date() + _DAY, service)


def proceed(
    series: Series, days: Sequence[date], service: Service, bookings: Sequence[Booking], now: datetime
) -> Outcome:
    """Go on through the next `days` of the rule, one draft at most (P140, P142)."""
    said, missed = list[str](), list[date]()
    for day, following in zip(days, [*days[1:], date.max], strict=True):
        if now >= too_late(day, service):
            missed.append(day)
        else:
            window, why = place(series, day, service, bookings, now, following)
            begins = service.local(window.start).date() if window else day
            if now < (due := draft_due(min(day, begins), service)):
                return Outcome(series, None, (*_missed(missed), *said), due)
            said += [why] if why else []
            series = replace(series, handled=day, change="")
            if window is not None:
                series = replace(series, placed=begins, asked=service.local(now).date())
                return Outcome(series, window, (*_missed(missed), *said), next_look(service, now))
        series = replace(series, handled=day, change="")
    return Outcome(series, None, (*_missed(missed), *said), now if days else None)


def place(
    series: Series, day: date, service: Service, bookings: Sequence[Booking], now: datetime, following: date = date.max
) -> Placed:
    """Where the change of that day takes place, before the day `following` it (P142)."""
    window, note = on_the_clock(day, series.at, series.plan.window.minutes, service)
    if not (blocked := why_blocked(window, service, bookings)):
        return window, note
    if series.when_blocked is WhenBlocked.SKIP:
        return None, Message("{day} is left out: {why}.", day=day, why=blocked)
    step = _DAY if series.when_blocked is WhenBlocked.AFTER else -_DAY
    first = max(series.placed or series.first, day - FARTHEST_DAYS * _DAY)
    last = min(day + FARTHEST_DAYS * _DAY, following - _DAY)
    other = day + step
    while first < other <= last and now < too_late(other, service):
        moved, note = on_the_clock(other, series.at, series.plan.window.minutes, service)
        # Who takes a weekend does not want a Monday, nor the other way round.
        same_kind = (other.weekday() < WEEKEND) == (day.weekday() < WEEKEND)
        if same_kind and not why_blocked(moved, service, bookings):
            said = Message("It takes place on {other} instead of {day}: {why}.", other=other, day=day, why=blocked)
            return moved, joined(said, note)
        other += step
    return None, Message("{day} is left out: {why}, and no day near it is free.", day=day, why=blocked)


def on_the_clock(day: date, at: time, minutes: int, service: Service) -> tuple[Window, str]:
    """The window at that local time, and what is said where the clocks leave the time out: the next minute there is.

    A time that comes twice is its first (P143).
    """
    local = datetime.combine(day, at)
    while local.replace(tzinfo=service.zone).astimezone(UTC).astimezone(service.zone).replace(tzinfo=None) != local:
        local += timedelta(minutes=1)
    window, begins = Window.on(local.date(), local.time(), minutes, service.zone), local.time()
    if begins == at:
        return window, ""
    return window, Message(
        "The clocks go forward on {day}: it begins at {begins} instead of {at}.", day=day, begins=begins, at=at
    )


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


def _missed(days: Sequence[date]) -> tuple[str, ...]:
    """What is said of days that nobody could have confirmed in time any more: once, however many they are."""
    if not days:
        return ()
    return (Message("Left out, because it was too late for the pre-check: {days}.", days=tuple(days)),)


def _given_up_days(policy: Policy) -> int:
    return min(policy.lead_days, policy.precheck_days)
