"""The pages: who looks is told first, then what they may see is read, then it is drawn. Nothing is ever written."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import web

from application.input_parsing.people import one_called
from application.limits.deadline import within
from application.ports import Clock, ReadOnlyUnitFactory, UnitOfWorkFactory
from application.queries.directory import Directory
from application.session import UserSession
from changes.errors import CommandRejected, DatabaseUnavailable, Hidden, NotFound
from changes.model import Person
from changes.policy import Catalogue
from http_server import no_continue
from language import N_, _, as_text, of_locale, translate, use_language
from web.access.entra import NotSignedIn
from web.access.gate import Gate
from web.etags import is_known
from web.pages.drawing import HEADERS, TEAMS_JS, TEAMS_JS_HASH, drawn, static
from web.pages.views import Answer, Visit, calendar_view, list_view, record_view, tasks_view

SECONDS = 3.5
"""For a page, whatever it has to wait for."""
AWAY = N_("The database of the Change bot cannot be used at the moment. Load this page again in a minute.")


Read = Callable[[Visit], Awaitable[Answer]]
READS: Mapping[str, Read] = {
    "/calendar": calendar_view,
    "/changes": list_view,
    "/changes/{id}": record_view,
    "/tasks": tasks_view,
}


class Pages:
    """`bot_id` is the app's, by which Teams finds the chat with it; empty in local mode."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        looks: ReadOnlyUnitFactory,
        catalogue: Catalogue,
        clock: Clock,
        gate: Gate,
        bot_id: str,
    ) -> None:
        self._units, self._looks, self._catalogue, self._clock = units, looks, catalogue, clock
        self._gate, self._bot_id = gate, bot_id

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the routes."""
        for path, read in READS.items():
            router.add_get(path, self._page(read), expect_handler=no_continue)
        router.add_get("/calendar/link/{token}", self.link, expect_handler=no_continue)
        router.add_get("/calendar/tab", self.tab, expect_handler=no_continue)
        router.add_get("/static/{name}", static, expect_handler=no_continue)

    async def link(self, request: web.Request) -> web.Response:
        """A link that somebody followed: from here on the browser shows it, and no address holds it."""
        token = request.match_info["token"]

        async def follow() -> web.Response:
            async with self._looks(0.9 * SECONDS) as unit:
                person = await self._gate.reader(token, unit)
            return self._gone_on(person, "/calendar", token)

        return await self._answered(request, lambda: within(SECONDS, follow()))

    async def tab(self, request: web.Request) -> web.Response:
        """What Teams shows before the calendar becomes a tab of a channel: there is nothing to choose."""
        with use_language(_accepted(request)):
            return self._response(200, "tab.html", {})

    def _page(self, read: Read) -> Callable[[web.Request], Awaitable[web.Response]]:
        async def show(request: web.Request) -> web.Response:
            signed_in = await self._gate.signed_in(request)
            if self._gate.local is not None and "as" in request.query:
                return await within(SECONDS, self._acting(request))
            return await within(SECONDS, self._shown(request, read, signed_in))

        async def handler(request: web.Request) -> web.Response:
            return await self._answered(request, lambda: show(request))

        return handler

    async def _answered(self, request: web.Request, work: Callable[[], Awaitable[web.Response]]) -> web.Response:
        """What `work` gives; a page that says why, where it cannot."""
        with use_language(_accepted(request)):
            try:
                return await work()
            except NotSignedIn as refused:
                return self._refused(refused.status, _(str(refused)), is_stranger=True)
            except NotFound as unknown:
                return self._refused(404, translate(unknown))
            except DatabaseUnavailable:  # which was told where it was noticed
                return self._refused(503, _(AWAY))

    async def _acting(self, request: web.Request) -> web.Response:
        """Local mode: from here on this browser looks as somebody else."""
        async with self._looks(0.9 * SECONDS) as unit:
            person = one_called(request.query["as"], [each.person for each in await unit.people.everybody()])
        return self._gone_on(person, str(request.rel_url.without_query_params("as")))

    def _gone_on(self, person: Person, address: str, link: str = "") -> web.Response:
        response = web.Response(status=303, headers={**HEADERS, "Location": address})
        self._gate.remember(response, person, link)
        return response

    async def _shown(self, request: web.Request, read: Read, signed_in: Person | None) -> web.Response:
        async with self._looks(0.9 * SECONDS) as unit:
            named = signed_in or await self._gate.linked(request, unit)
            known = await unit.people.get(named.id)
            person = known.person if known and known.person.name else named
            session = UserSession(Directory(unit), self._catalogue, self._clock.now(), person, "page")
            language = await session.directory.language(person)
            speaks = of_locale(language) if language else _accepted(request)
            people = [each.person for each in await unit.people.everybody()] if self._gate.local else []
            services = {each.key: each for each in await session.services()}
            with use_language(speaks):
                try:
                    tag, template, values = await read(Visit(request, session, services, self._bot_id))
                except CommandRejected as refused:
                    await self._denied(session, refused)
                    return self._refused(404 if isinstance(refused, NotFound) else 503, translate(refused), person)
        headers = {"ETag": f'"{tag}"'}
        if not template or is_known(request.headers, tag):
            return web.Response(status=304, headers={**HEADERS, **headers})
        about = {"tag": tag, "person": person, "people": people, "path": request.path}
        with use_language(speaks):
            return await asyncio.to_thread(self._response, 200, template, {**about, **values}, headers)

    async def _denied(self, session: UserSession, refused: CommandRejected) -> None:
        """Write down who wanted to see what they may not, in a unit of its own: the other one only reads."""
        if isinstance(refused, Hidden):
            async with self._units(0.5 * SECONDS) as unit:
                writing = UserSession(Directory(unit), self._catalogue, session.now, session.person, session.via)
                await writing.log_denial(refused, "show")

    def _refused(
        self, status: int, why: str, person: Person | None = None, *, is_stranger: bool = False
    ) -> web.Response:
        values = {"why": as_text(why), "person": person, "is_stranger": is_stranger}
        return self._response(status, "refused.html", values, {"Retry-After": "60"} if status == 503 else {})

    def _response(
        self, status: int, template: str, values: Mapping[str, object], headers: Mapping[str, str] | None = None
    ) -> web.Response:
        library = (TEAMS_JS, TEAMS_JS_HASH) if self._gate.entra else None
        usual: dict[str, object] = {"tag": "", "person": None, "people": [], "path": "", "teams_js": library}
        text = drawn(template, usual | dict(values))
        return web.Response(
            status=status, text=text, content_type="text/html", charset="utf-8", headers={**HEADERS, **(headers or {})}
        )


def _accepted(request: web.Request) -> str:
    """The language of the browser, for whom the bot does not know."""
    return of_locale(request.headers.get("Accept-Language", "").partition(",")[0].strip())
