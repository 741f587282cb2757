"""What stands on each page: read as the person may, and given to its template in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from application.input_parsing.cleaning import clean
from application.queries.text_search import TOO_SLOW
from application.queries.worklist import worklist_of
from application.session import UserSession
from cards.overview.worklist import ASKED, until_text
from changes.errors import CommandRejected, TooSlow
from changes.policy import Service
from language import _, as_text
from web.pages import calendar
from web.pages.drawing import tag_of
from web.pages.entries import Entries
from web.pages.filters import SHOW, TAKES_PLACE, VIEWS, Filters, options
from web.pages.record import Record

LISTED, TASKS = 50, 100
"""Changes on a page of the list, and tasks that are shown."""
_FRESH = timedelta(minutes=10)
"""What depends on the time of day alone is drawn anew after so long."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be drawn, and the tag of it; without a template the browser has it already."""

    tag: str
    template: str = ""
    values: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody looks at a page."""

    request: web.Request
    session: UserSession
    services: Mapping[str, Service]
    bot_id: str
    """The app's, by which Teams finds the chat with the bot; empty in local mode."""

    @property
    def now(self) -> datetime:
        """The moment for which the page is drawn."""
        return self.session.now

    @property
    def filters(self) -> Filters:
        """What the address asks for; today is that of the first service."""
        today = next(iter(self.services.values())).local(self.now).date()
        return Filters.read(self.request.query, self.services, today)

    def tag(self, *parts: object) -> str:
        """The tag of what this person sees at this address, made of what else it shows."""
        services = [(each.key, each.name, *map(str, each.freezes), *each.closed) for each in self.services.values()]
        moment = int(self.now.timestamp() // _FRESH.total_seconds())
        return tag_of(self.session.person.id, self.request.path_qs, services, moment, *parts)

    def has(self, tag: str) -> bool:
        """Whether the browser has what the tag says."""
        return self.request.headers.get("If-None-Match") == f'"{tag}"'


async def calendar_view(visit: Visit) -> Answer:
    """A month, a week or the agenda."""
    filters, unit, services = visit.filters, visit.session.unit, visit.services
    shown = calendar.Span.of(filters)
    search = shown.search(filters, filters.search(services, visit.session.person.id, TAKES_PLACE), services)
    searches = calendar.searches(search)
    tag = visit.tag([await unit.changes.versions(each) for each in searches])
    if visit.has(tag):
        return Answer(tag)
    found = [await unit.changes.find(each, limit=calendar.MOST) for each in searches]
    values = {
        "filters": filters,
        "shown": shown,
        "weeks": calendar.days(found[0], found[-1], shown, services, filters),
        "weekdays": calendar.weekdays(),
        "today": next(iter(services.values())).local(visit.now).date(),
        "is_cut": len(found[0]) == calendar.MOST,
        "most": calendar.MOST,
        "views": VIEWS,
        **_choices(filters, services),
    }
    return Answer(tag, "agenda.html" if filters.view == "agenda" else "grid.html", values)


async def list_view(visit: Visit) -> Answer:
    """The changes that match, whenever they are; the open ones first of all."""
    filters, unit, services = visit.filters, visit.session.unit, visit.services
    search = filters.search(services, visit.session.person.id, None)
    try:
        page = await unit.changes.page(search, LISTED)
    except TooSlow:
        raise CommandRejected(TOO_SLOW) from None
    entries = Entries.among((), services, next(iter(services.values())).zone)
    values = {
        "filters": filters,
        "found": [entries.of(each) for each in page.changes],
        "count": page.count,
        "is_least": page.is_least,
        "has_next": page.count > filters.page * LISTED,
        **_choices(filters, services),
    }
    return Answer(visit.tag(values["found"], page.count), "list.html", values)


async def record_view(visit: Visit) -> Answer:
    """One change whole."""
    wanted = clean(visit.request.match_info["id"])[:40]
    record = await Record.read(visit.session, wanted, visit.bot_id)
    return Answer(visit.tag(record.blocks, record.teams), "record.html", {"record": record})


async def tasks_view(visit: Visit) -> Answer:
    """What waits for the person, the most urgent first, and their other open changes."""
    session, services = visit.session, visit.services
    of = await worklist_of(
        *(session.unit, session.catalogue, session.person, visit.now, TASKS, LISTED), directory=session.directory
    )
    entries = Entries.among((), services, next(iter(services.values())).zone)
    tasks = [
        {
            "asked": as_text(_(ASKED[each.asked])),
            "until": as_text(until_text(each, services.get(each.change.plan.service), visit.now)),
            "late": each.by is not None and each.by <= visit.now,
            "entry": entries.of(each.change),
        }
        for each in of.tasks
    ]
    others = [entries.of(each) for each in of.others]
    return Answer(
        visit.tag(tasks, others, of.count), "tasks.html", {"tasks": tasks, "others": others, "count": of.count}
    )


def _choices(filters: Filters, services: Mapping[str, Service]) -> dict[str, Any]:
    """What can be chosen, by field."""
    named = {"": as_text(_("All services"))} | {each.key: each.name for each in services.values()}
    shown = {value: as_text(_(name)) for value, name in SHOW.items()}
    return {"choices": {"service": options(filters.service, named), "show": options(filters.show, shown)}}
