"""The calendar's views: a month and a week as a table of days, and the agenda of eight weeks as a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from changes.model import BOOKED, Change
from changes.planning.calendar import WEEKS, Day, first_monday, span, weeks
from changes.policy import Service
from changes.reporting.search import Search
from language import _, as_text, current_language
from language.cldr import written_month, written_weekday
from web.pages.entries import Entries, Entry
from web.pages.filters import Filters

MOST = 400
"""Windows that are read for a view; nobody looks at more at once."""
A_DAY = 6
"""Windows in a day of the month; its week shows the others."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A change on a day, with the time that it takes of it."""

    at: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class DayView:
    """A day; `more` is how many of its changes have no room in it."""

    day: Day
    shown: tuple[Shown, ...]
    more: int
    frozen: tuple[str, ...]
    closed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Span:
    """The days of a view: its first Monday, the number of weeks, and the days before and after which one goes on."""

    first: date
    weeks: int
    earlier: date
    later: date
    title: str

    @classmethod
    def of(cls, filters: Filters) -> "Span":
        """The days that the address asks for."""
        day, week = filters.day, timedelta(days=7)
        monday = first_monday(day)
        if filters.view == "month":
            begins = day.replace(day=1)
            after = (begins + timedelta(days=32)).replace(day=1)
            first = first_monday(begins)
            number = -(-(after - first).days // 7)
            before = (begins - timedelta(days=1)).replace(day=1)
            return cls(first, number, before, after, written_month(begins, current_language()))
        number = 1 if filters.view == "week" else WEEKS
        last = monday + number * week - timedelta(days=1)
        title = _("Week {number}, {first} to {last}", number=monday.isocalendar().week, first=monday, last=last)
        if number > 1:
            title = _("{first} to {last}", first=monday, last=last)
        return cls(monday, number, monday - number * week, monday + number * week, as_text(title))

    def search(self, filters: Filters, search: Search, services: Mapping[str, Service]) -> Search:
        """The windows of the search in these days, by whatever clock of the services."""
        spans = [span(self.first, 7 * self.weeks, each) for each in services.values()]
        return filters.within(search, min(each[0] for each in spans), max(each[1] for each in spans))


def searches(search: Search) -> tuple[Search, ...]:
    """The search, and behind it one of all that is booked then, if that is another: what is in a window's way is so
    whatever else is filtered out.
    """
    is_whole = not (search.service or search.words or search.person or search.requester)
    if is_whole and set(search.states) >= BOOKED:
        return (search,)
    return search, Search(states=BOOKED, since=search.since, until=search.until)


def days(
    changes: Sequence[Change], beside: Sequence[Change], shown: Span, services: Mapping[str, Service], filters: Filters
) -> list[list[DayView]]:
    """The weeks of days with the changes in each, which are looked at beside the others."""
    most = A_DAY if filters.view == "month" else MOST
    wanted = [each for each in services.values() if filters.service in ("", each.key)]
    entries = Entries.among(beside, services, next(iter(services.values())).zone)

    def view(day: Day) -> DayView:
        first = tuple(Shown(entries.on(day.date, each), entries.of(each)) for each in day.changes[:most])
        frozen = dict.fromkeys(
            as_text(_("Freeze: {name} ({service})", name=freeze.name, service=service.name))
            for service, freeze in day.freezes
        )
        return DayView(
            day, first, len(day.changes) - len(first), tuple(frozen), tuple(each.name for each in day.closed)
        )

    return [[view(day) for day in week.days] for week in weeks(shown.first, changes, wanted, shown.weeks)]


def weekdays() -> list[tuple[str, str]]:
    """The names of the days from Monday on, whole and short."""
    monday, language = date(2027, 1, 4), current_language()
    return [written_weekday(monday + timedelta(days=day), language) for day in range(7)]
