"""A change as a document, and the calendar feed: what stands behind the addresses that are given out in the chat."""

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from aiohttp import web

from application import signed_urls
from application.ports import FEED_TOKEN
from application.record import record_of
from cards.document.as_html import html
from cards.document.as_markdown import markdown
from cards.document.document import document, title_of
from cards.elements.lengths import shortened
from changes.errors import Hidden, NotFound
from changes.model import DROPPED, Change, Person, State
from changes.policy import Service
from changes.reporting.search import Search
from http_server import no_continue
from language import N_, use_language
from web.context import WebContext
from web.drawings import Drawings
from web.etags import is_known, tag_of
from web.pages.drawing import HEADERS
from web.pages.responses import in_time

FED_BACK = timedelta(days=92)
LONGEST_READ_S = 30.0
"""Seconds in which all changes of the feed have to be read: whoever asked may be told to come back for it."""
_DRAWN_AS = 3
"""Counts up when the feed draws the same changes differently: readers keep what they have as long as its tag."""
_WITHOUT = ("no", "non", "false", "0")
_SAFE = {
    **HEADERS,
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}
NOTHING = N_("There is nothing here, or not any more.")
Feed = Callable[[Sequence[Change], Mapping[str, Service], datetime], bytes]


class Documents:
    """`feed` draws the calendar."""

    def __init__(self, context: WebContext, feed: Feed) -> None:
        self._context, self._drawings, self._feed = context, Drawings(), feed

    def add_to(self, router: web.UrlDispatcher) -> None:
        """The pages."""
        for path, draw in (("/export/{token}", self.page), ("/calendar/{token}.ics", self.calendar)):
            router.add_get(path, partial(in_time, draw), expect_handler=no_continue)

    async def page(self, request: web.Request) -> web.Response:
        """The document behind a signed address, as it is now."""
        async with self._context.reading() as unit:
            key, now = await signed_urls.known_secret(unit.settings), self._context.clock.now()
            facts = signed_urls.read(key, request.match_info["token"], now)
            if facts is None or "change" not in facts:
                raise NotFound(NOTHING)
            session = await self._context.session(unit, Person(facts.get("person", "")), "link")
            try:
                change = await session.change(facts["change"])
            except Hidden as hidden:
                await self._context.log_denial(session, hidden, "export")
                raise
            seen = await record_of(unit, self._context.catalogue, change, now)
        with use_language(facts["language"]):
            blocks = await asyncio.to_thread(document, *seen)
            if facts["form"] == "md":
                text, kind = await asyncio.to_thread(markdown, blocks), "text/markdown"
            else:
                title = shortened(title_of(change), 120)
                text, kind = await asyncio.to_thread(html, blocks, title, facts["language"]), "text/html"
        return web.Response(text=text, content_type=kind, charset="utf-8", headers=_SAFE)

    async def calendar(self, request: web.Request) -> web.Response:
        """The feed, with `?cancelled=no` without windows that do not take place.

        A reader that has the present one already gets no second copy.
        """
        now = self._context.clock.now()
        left_out = DROPPED if request.query.get("cancelled", "").casefold() in _WITHOUT else frozenset()
        search = Search(states=frozenset(State) - {State.DRAFT} - left_out, since=now - FED_BACK, viewer="")
        async with self._context.reading() as unit:
            token = await unit.settings.get(FEED_TOKEN)
            if not token or not secrets.compare_digest(token.encode(), request.match_info["token"].encode()):
                raise NotFound(NOTHING)
            versions = await unit.changes.versions(search)
        services = self._context.catalogue.services
        named = [(each.key, each.name, each.languages, *map(str, each.freezes)) for each in services.values()]
        tag = tag_of(_DRAWN_AS, versions, named)
        headers = {**_SAFE, "Cache-Control": "private, max-age=900", "ETag": f'"{tag}"'}
        if is_known(request.headers, tag):
            return web.Response(status=304, headers=headers)

        async def drawn() -> bytes:
            async with self._context.looks(LONGEST_READ_S) as unit:
                changes = await unit.changes.find(search)
            return await asyncio.to_thread(self._feed, changes, services, now)

        body = await self._drawings.get(tag, drawn)
        return web.Response(body=body, content_type="text/calendar", charset="utf-8", headers=headers)
