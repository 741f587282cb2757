"""What a page's address asks for: a service, states, words and a time; the words mean what they mean in the chat."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from urllib.parse import urlencode

from changes.model import DROPPED, State
from changes.policy import Service
from changes.reporting.search import Search, read_search
from language import N_

SHOW: Mapping[str, str] = {
    "": N_("Everything that takes place"),
    "open": N_("Open changes"),
    "running": N_("In progress"),
    "done": N_("Completed"),
    "postponed": N_("Postponed, NO-GO"),
    "cancelled": N_("Cancelled"),
    "mine": N_("My changes"),
    "drafts": N_("My drafts"),
    "all": N_("Everything"),
}
"""What can be chosen to be shown; each is a word of the search."""
VIEWS: Mapping[str, str] = {"month": N_("Month"), "week": N_("Week"), "agenda": N_("Agenda")}
_YEARS = range(1990, 2201)
_LONGEST = 400
"""Characters of words that are read; the search itself reads fewer."""
_MOST_DIGITS = 6
"""Digits of a page's number that are read."""
TAKES_PLACE = frozenset(State) - DROPPED


@dataclass(frozen=True, slots=True)
class Filters:
    """`service` is a key or empty, `show` one of SHOW, `view` one of VIEWS; `day` is one of the time that is shown."""

    service: str
    show: str
    words: str
    view: str
    day: date
    page: int = 1

    @classmethod
    def read(cls, query: Mapping[str, str], services: Mapping[str, Service], today: date) -> "Filters":
        """What the address says; what it says wrongly is as if it said nothing."""
        number = query.get("page", "")
        return cls(
            query.get("service", "") if query.get("service", "") in services else "",
            query.get("show", "") if query.get("show", "") in SHOW else "",
            " ".join(query.get("q", "")[:_LONGEST].split()),
            query.get("view", "") if query.get("view", "") in VIEWS else "month",
            _day(query.get("date", "")) or today,
            max(1, int(number)) if len(number) <= _MOST_DIGITS and number.isascii() and number.isdigit() else 1,
        )

    def search(self, services: Mapping[str, Service], me: str, usual: frozenset[State] | None) -> Search:
        """The same as if it were typed behind `list`, without a time."""
        found = read_search(f"{self.show} {self.service} {self.words}", services, me, usual)
        return replace(found, page=self.page)

    def within(self, search: Search, since: datetime, until: datetime) -> Search:
        """The windows of the search in that time, the earliest first."""
        return replace(search, since=since, until=until, newest_first=False, page=1)

    def query(self, **other: object) -> str:
        """The address' query for the same with some of it otherwise."""
        mine = {"view": self.view, "date": self.day, "service": self.service, "show": self.show, "q": self.words}
        given = {name: str(value) for name, value in (mine | other).items() if value not in ("", None)}
        return f"?{urlencode(given)}" if given else ""


def _day(text: str) -> date | None:
    for written in (text, f"{text}-01"):
        try:
            day = date.fromisoformat(written)
        except ValueError:
            continue
        return day if day.year in _YEARS else None
    return None


def options(chosen: str, names: Mapping[str, str]) -> Sequence[tuple[str, str, bool]]:
    """The value and the name of each choice, and whether it is the chosen one."""
    return [(value, name, value == chosen) for value, name in names.items()]
