"""What stands on each page: read as the person may, and given to its template in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from aiohttp import web

from application.input_parsing.cleaning import clean
from application.ports import FEED_TOKEN
from application.queries.text_search import TOO_SLOW
from application.queries.worklist import worklist_of
from application.session import UserSession
from cards.overview.worklist import ASKED, until_text
from changes.errors import CommandRejected, TooSlow
from changes.permissions import Permission
from changes.policy import Service
from language import _, as_text, current_language
from language.cldr import written_weekday
from web.etags import is_known, tag_of
from web.pages import calendar
from web.pages.drawing import looks
from web.pages.entries import Entries
from web.pages.filters import SHOW, VIEWS, Filters
from web.pages.record import address_in_teams, record_blocks

LISTED, TASKS = 50, 100
"""Changes on a page of the list, and tasks that are shown."""
_FRESH = timedelta(minutes=10)
"""What depends on the time of day alone is drawn anew after so long."""


Answer = tuple[str, str, Mapping[str, object]]
"""The tag of what is to be drawn, the template and its values; without a template the browser has it already."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Somebody looks at a page."""

    http: web.Request
    session: UserSession
    services: Mapping[str, Service]
    bot_id: str
    """The app's, by which Teams finds the chat with the bot; empty in local mode."""

    @property
    def today(self) -> date:
        """That of the first service."""
        return next(iter(self.services.values())).local(self.session.now).date()

    @property
    def filters(self) -> Filters:
        """What the address asks for."""
        return Filters.read(self.http.query, self.services, self.today)

    def tag(self, *parts: object) -> str:
        """The tag of what this person sees at this address, made of what else it shows."""
        services = [(each.key, each.name, *map(str, each.freezes), *each.closed) for each in self.services.values()]
        moment = int(self.session.now.timestamp() // _FRESH.total_seconds())
        return tag_of(looks(), current_language(), self.session.person.id, self.http.path_qs, services, moment, *parts)


async def calendar_view(request: PageRequest) -> Answer:
    """A month, a week or the agenda."""
    filters, session, services = request.filters, request.session, request.services
    shown = calendar.Span.of(filters)
    searches = shown.searches(filters.search(services, session.person.id), services)
    feed = await session.unit.settings.get(FEED_TOKEN) if session.has_permission(Permission.FEED) else ""
    tag = request.tag([await session.unit.changes.versions(each) for each in searches], feed)
    if is_known(request.http.headers, tag):
        return tag, "", {}
    found = [await session.unit.changes.find(each, limit=calendar.MOST) for each in searches]
    values = {
        "filters": filters,
        "shown": shown,
        "weeks": calendar.days(found[0], found[-1], shown, services, filters),
        "weekdays": [written_weekday(shown.first + timedelta(days=day), current_language()) for day in range(7)],
        "today": request.today,
        "most": len(found[0]) if len(found[0]) == calendar.MOST else 0,
        "views": VIEWS,
        "feed": feed,
        "choices": _choices(services),
    }
    return tag, "agenda.html" if filters.view == "agenda" else "grid.html", values


async def list_view(request: PageRequest) -> Answer:
    """The changes that match, whenever they are."""
    filters = request.filters
    search = filters.search(request.services, request.session.person.id)
    try:
        page = await request.session.unit.changes.page(search, LISTED)
    except TooSlow:
        raise CommandRejected(TOO_SLOW) from None
    found = [*map(Entries.among((), request.services).of, page.changes)]
    values = {"filters": filters, "found": found, "page": page, "choices": _choices(request.services)}
    values["has_next"] = page.count > filters.page * LISTED
    return request.tag(found, page.count), "list.html", values


async def record_view(request: PageRequest) -> Answer:
    """One change whole."""
    change = await request.session.change(clean(request.http.match_info["id"][:40]))
    blocks = await record_blocks(request.session, change)
    teams = await address_in_teams(request.session.unit, change, request.bot_id) if request.bot_id else ""
    entry = Entries.among((), request.services).of(change)
    return request.tag(blocks, teams), "record.html", {"entry": entry, "blocks": blocks, "teams": teams}


async def tasks_view(request: PageRequest) -> Answer:
    """What waits for the person, the most urgent first, and their other open changes."""
    session, services, now = request.session, request.services, request.session.now
    of = await worklist_of(
        *(session.unit, session.catalogue, session.person, now, TASKS, LISTED), directory=session.directory
    )
    entries = Entries.among((), services)
    tasks = [
        {
            "asked": as_text(_(ASKED[each.asked])),
            "until": as_text(until_text(each, services.get(each.change.plan.service), now)),
            "late": each.by is not None and each.by <= now,
            "entry": entries.of(each.change),
        }
        for each in of.tasks
    ]
    values = {"tasks": tasks, "others": [*map(entries.of, of.others)], "count": of.count}
    return request.tag(values), "tasks.html", values


def _choices(services: Mapping[str, Service]) -> dict[str, dict[str, str]]:
    """What can be chosen, by field: what is asked for, and its name."""
    named = {"": as_text(_("All services"))} | {each.key: each.name for each in services.values()}
    return {"service": named, "show": {value: as_text(_(name)) for value, name in SHOW.items()}}
