"""The calendar by day: windows, freezes and public holidays, week by week (docs/process.md, P25)."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from changes.model import BOOKED, Change, Window
from changes.policy import Freeze, Service

WEEKS = 8


@dataclass(frozen=True, slots=True)
class Day:
    """A day with what touches it: `changes` whose window does, the services' `freezes`, whether it is a holiday, and
    the services that are `closed` on it beside that.
    """

    date: date
    changes: tuple[Change, ...] = ()
    freezes: tuple[tuple[Service, Freeze], ...] = ()
    holiday: bool = False
    closed: tuple[Service, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing of interest lies on it."""
        return not self.changes and not self.freezes


@dataclass(frozen=True, slots=True)
class Week:
    """A week from its Monday."""

    days: tuple[Day, ...]

    @property
    def first(self) -> date:
        """The Monday of the week."""
        return self.days[0].date


def first_monday(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def weeks(first: date, changes: Sequence[Change], services: Sequence[Service], number: int = WEEKS) -> list[Week]:
    """`number` weeks from the Monday of `first`, with everything that touches their days by the services' clocks."""
    monday = first_monday(first)
    touched = _by_day(changes, {service.key: service for service in services})
    holidays = list({id(service.holidays): service.holidays for service in services}.values())
    return [
        Week(tuple(_day(monday + timedelta(days=7 * week + day), touched, services, holidays) for day in range(7)))
        for week in range(number)
    ]


def days_of(change: Change, service: Service) -> Iterator[date]:
    """Every local day that the change's window touches, with every extension; an end at midnight touches no more."""
    day, last = change.window.days(service.zone)
    while day <= last:
        yield day
        day += timedelta(days=1)


def count_days(windows: Iterable[Window], first: date, number: int, service: Service) -> int:
    """On how many of so many days from that one on the windows lie, all of them together."""
    count = 0
    for window in windows:
        begins, ends = window.days(service.zone)
        count += max(0, (min(ends, first + timedelta(days=number - 1)) - max(begins, first)).days + 1)
    return count


def conflicts_by_change(
    changes: Iterable[Change], services: Mapping[str, Service]
) -> dict[str, tuple[Change | Freeze, ...]]:
    """What is in the way of each change: the freezes that its window touches, and the booked changes of the
    same server whose windows overlap its own.
    """
    booked = [each for each in changes if each.state in BOOKED and each.plan.service in services]
    found: dict[str, list[Change | Freeze]] = {}
    under_way: list[Change] = []
    for change in sorted(booked, key=lambda each: each.plan.window.start):
        service = services[change.plan.service]
        frozen = [each for each in service.freezes if each.touches(change.window, service.zone)]
        under_way = [each for each in under_way if each.ends_at > change.plan.window.start]
        same = [each for each in under_way if services[each.plan.service].vps.server == service.vps.server]
        if frozen or same:
            found.setdefault(change.id, []).extend([*frozen, *same])
        for other in same:
            found.setdefault(other.id, []).append(change)
        under_way.append(change)
    return {change: tuple(what) for change, what in found.items()}


def span(first: date, days: int, service: Service) -> tuple[datetime, datetime]:
    """The beginning and end of so many days from that one on, in the service's zone."""
    begin, end = (datetime.combine(day, time(), service.zone) for day in (first, first + timedelta(days=days)))
    return begin, end


def _by_day(changes: Sequence[Change], services: dict[str, Service]) -> dict[date, list[Change]]:
    touched: dict[date, list[Change]] = {}
    for change in sorted(changes, key=lambda each: each.plan.window.start):
        if service := services.get(change.plan.service):
            for day in days_of(change, service):
                touched.setdefault(day, []).append(change)
    return touched


def _day(
    day: date, touched: dict[date, list[Change]], services: Sequence[Service], holidays: Sequence[Container[date]]
) -> Day:
    frozen = tuple(
        (service, freeze) for service in services for freeze in service.freezes if freeze.first <= day <= freeze.last
    )
    closed = tuple(service for service in services if day in service.closed)
    return Day(day, tuple(touched.get(day, ())), frozen, any(day in each for each in holidays), closed)
