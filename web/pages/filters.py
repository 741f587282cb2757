"""What a page's address asks for: a service, states, words and a time; the words mean what they mean in the chat."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from application.input_parsing.cleaning import clean
from changes.model import DROPPED, State
from changes.policy import Service
from changes.reporting.search import Search, read_search
from language import N_

SHOW: Mapping[str, str] = {
    "": N_("All except cancelled and postponed"),
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


@dataclass(frozen=True, slots=True)
class Filters:
    """`service` is a key or empty, `show` one of SHOW, `view` one of VIEWS; `day` is one of the time that is shown."""

    service: str
    show: str
    words: str
    view: str
    day: date
    page: int

    @classmethod
    def read(cls, query: Mapping[str, str], services: Mapping[str, Service], today: date) -> "Filters":
        """What the address says; what it says wrongly is as if it said nothing."""
        service, show, view, page = (query.get(name, "") for name in ("service", "show", "view", "page"))
        return cls(
            service if service in services else "",
            show if show in SHOW else "",
            clean(query.get("q", "")[:_LONGEST]),
            view if view in VIEWS else "month",
            _day(query.get("date", "")) or today,
            max(1, int(page)) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
        )

    def search(self, services: Mapping[str, Service], me: str) -> Search:
        """The same as if it were typed behind `list`; without a word about states, all that takes place."""
        typed = f"{self.show} {self.service} {self.words}"
        return replace(read_search(typed, services, me, frozenset(State) - DROPPED), page=self.page)

    def query(self, **other: object) -> str:
        """The address' query for the same with some of it otherwise."""
        mine = {"view": self.view, "date": self.day, "service": self.service, "show": self.show, "q": self.words}
        return "?" + urlencode({name: str(value) for name, value in (mine | other).items() if value != ""})


def _day(text: str) -> date | None:
    for written in (text, f"{text}-01"):
        try:
            day = date.fromisoformat(written)
        except ValueError:
            continue
        return day if day.year in _YEARS else None
    return None
