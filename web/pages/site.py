"""The pages: who looks is told first, then what they may see is read, then it is drawn. Nothing is ever written."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from aiohttp import web

from application.input_parsing.people import one_called
from application.limits.deadline import within
from changes.errors import CommandRejected
from changes.model import Person
from http_server import no_continue
from language import of_locale, use_language
from web.access.authenticator import Authenticator
from web.context import SECONDS, WebContext
from web.etags import is_known
from web.pages.drawing import HEADERS, static
from web.pages.responses import Draw, answered, browsers_language, in_time, page, rejected_page
from web.pages.views import Answer, PageRequest, calendar_view, list_view, record_view, tasks_view

Read = Callable[[PageRequest], Awaitable[Answer]]
READS: Mapping[str, Read] = {
    "/calendar": calendar_view,
    "/changes": list_view,
    "/changes/{id}": record_view,
    "/tasks": tasks_view,
}


class Pages:
    """`bot_id` is the app's, by which Teams finds the chat with it; empty in local mode."""

    def __init__(self, context: WebContext, authenticator: Authenticator, bot_id: str) -> None:
        self._context, self._authenticator, self._bot_id = context, authenticator, bot_id

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Add the routes."""
        answers: dict[str, Draw] = {path: partial(self._page, read) for path, read in READS.items()}
        answers |= {"/calendar/link/{token}": partial(in_time, self.link), "/calendar/tab": partial(in_time, self.tab)}
        for path, answer in {**answers, "/static/{name}": static}.items():
            router.add_get(path, answer, expect_handler=no_continue)

    async def link(self, request: web.Request) -> web.Response:
        """A link that somebody followed: from here on the browser shows it, and no address holds it."""
        token = request.match_info["token"]
        async with self._context.reading() as unit:
            person = await self._authenticator.reader(token, unit)
        return self._gone_on(person, "/calendar", token)

    async def tab(self, request: web.Request) -> web.Response:
        """What Teams shows before the calendar becomes a tab of a channel: there is nothing to choose."""
        return page(200, "tab.html", {})

    async def _page(self, read: Read, request: web.Request) -> web.Response:
        return await answered(request, self._read(read, request))

    async def _read(self, read: Read, request: web.Request) -> web.Response:
        signed_in = await self._authenticator.signed_in(request)
        is_acting = self._authenticator.local is not None and "as" in request.query
        return await within(SECONDS, self._acting(request) if is_acting else self._shown(request, read, signed_in))

    async def _acting(self, request: web.Request) -> web.Response:
        """Local mode: from here on this browser looks as somebody else."""
        async with self._context.reading() as unit:
            person = one_called(request.query["as"], [each.person for each in await unit.people.everybody()])
        return self._gone_on(person, str(request.rel_url.without_query_params("as")))

    def _gone_on(self, person: Person, address: str, link: str = "") -> web.Response:
        response = web.Response(status=303, headers={**HEADERS, "Location": address})
        self._authenticator.remember(response, person, link)
        return response

    async def _shown(self, request: web.Request, read: Read, signed_in: Person | None) -> web.Response:
        async with self._context.reading() as unit:
            named = signed_in or await self._authenticator.linked(request, unit)
            session = await self._context.session(unit, named, "page")
            language = await session.directory.language(session.person)
            speaks = of_locale(language) if language else browsers_language(request)
            people = [each.person for each in await unit.people.everybody()] if self._authenticator.local else []
            services = {each.key: each for each in await session.services()}
            with use_language(speaks):
                try:
                    tag, template, values = await read(PageRequest(request, session, services, self._bot_id))
                except CommandRejected as refused:
                    await self._context.log_denial(session, refused, "show")
                    return rejected_page(refused, session.person)
        headers = {"ETag": f'"{tag}"'}
        if not template or is_known(request.headers, tag):
            return web.Response(status=304, headers={**HEADERS, **headers})
        about = {"tag": tag, "person": session.person, "people": people, "path": request.path, "query": request.query}
        with use_language(speaks):
            return await asyncio.to_thread(page, 200, template, {**about, **values}, headers)
