"""The calendar's views: a month and a week as a table of days, and the agenda of eight weeks as a list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from changes.model import BOOKED, Change
from changes.planning.calendar import WEEKS, Day, first_monday, span, weeks
from changes.policy import Service
from changes.reporting.search import Search
from language import _, as_text, current_language
from language.cldr import written_month
from web.pages.entries import Entries, Entry
from web.pages.filters import Filters

MOST = 400
"""Windows that are read for a view; nobody looks at more at once."""
A_DAY = 6
"""Windows in a day of the month; its week shows the others."""
DayView = tuple[Day, list[tuple[str, Entry]]]
"""A day, and those of its changes that it has room for, each with the time that it takes of it."""


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
        monday, week = first_monday(filters.day), timedelta(days=7)
        if filters.view == "month":
            begins = filters.day.replace(day=1)
            first, after = first_monday(begins), (begins + timedelta(days=32)).replace(day=1)
            before = (begins - timedelta(days=1)).replace(day=1)
            return cls(first, -((first - after) // week), before, after, written_month(begins, current_language()))
        number = 1 if filters.view == "week" else WEEKS
        after = monday + number * week
        title = _("{first} to {last}", first=monday, last=after - timedelta(days=1))
        if number == 1:
            facts = {"number": monday.isocalendar().week, "first": monday, "last": after - timedelta(days=1)}
            title = _("Week {number}, {first} to {last}", **facts)
        return cls(monday, number, monday - number * week, after, as_text(title))

    def searches(self, search: Search, services: Mapping[str, Service]) -> tuple[Search, ...]:
        """The windows of the search in these days, by whatever clock of the services; and behind it one of all that is
        booked then, if that is another: what is in a window's way is so whatever else is filtered out.
        """
        spans = [span(self.first, 7 * self.weeks, each) for each in services.values()]
        since, until = min(each[0] for each in spans), max(each[1] for each in spans)
        wanted = replace(search, since=since, until=until, newest_first=False, page=1)
        is_whole = not (search.service or search.words or search.person or search.requester)
        if is_whole and set(search.states) >= BOOKED:
            return (wanted,)
        return wanted, Search(states=BOOKED, since=since, until=until)


def days(
    changes: Sequence[Change], beside: Sequence[Change], shown: Span, services: Mapping[str, Service], filters: Filters
) -> list[list[DayView]]:
    """The weeks of days with the changes in each, which are looked at beside the others."""
    most = A_DAY if filters.view == "month" else MOST
    wanted = [each for each in services.values() if filters.service in ("", each.key)]
    entries = Entries.among(beside, services)
    return [
        [(day, [entries.on(day.date, each) for each in day.changes[:most]]) for day in week.days]
        for week in weeks(shown.first, changes, wanted, shown.weeks)
    ]
