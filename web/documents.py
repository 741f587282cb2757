"""A change as a document, and the calendar feed: what stands behind the addresses that are given out in the chat."""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from aiohttp import web

from application import signed_urls
from application.limits.deadline import within
from application.ports import FEED_TOKEN, Clock, ReadOnlyUnitFactory, UnitOfWork, UnitOfWorkFactory
from application.queries.directory import Directory
from application.record import record_of
from application.session import UserSession
from cards.document.as_html import html
from cards.document.as_markdown import markdown
from cards.document.document import document, title_of
from cards.elements.lengths import shortened
from changes.errors import DatabaseUnavailable, NotConfigured, NotFound
from changes.model import DROPPED, Change, Person, State
from changes.policy import Catalogue, Service
from changes.reporting.search import Search
from http_server import no_continue
from language import as_text, translate, use_language
from web.drawings import Drawings
from web.etags import is_known

FED_BACK = timedelta(days=92)
LONGEST_READ_S = 30.0
"""Seconds in which all changes of the feed have to be read: whoever asked may be told to come back for it."""
_DRAWN_AS = 3
"""Counts up when the feed draws the same changes differently: readers keep what they have as long as its tag."""
_WITHOUT = ("no", "non", "false", "0")
_SAFE = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}

SECONDS = 3.5
"""For a page, whatever it has to wait for."""
AWAY = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><title>Not available</title>'
    "<p>The database of the Change bot cannot be used at the moment. Please load this page again in a minute.</p>"
    "</html>"
)
Handler = Callable[[web.Request], Awaitable[web.Response]]
Feed = Callable[[Sequence[Change], Mapping[str, Service], datetime], bytes]


class Documents:
    """`feed` draws the calendar."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        looks: ReadOnlyUnitFactory,
        catalogue: Catalogue,
        clock: Clock,
        feed: Feed,
    ) -> None:
        self._units, self._looks, self._catalogue, self._clock = units, looks, catalogue, clock
        self._drawings, self._feed = Drawings(), feed

    def add_to(self, router: web.UrlDispatcher) -> None:
        """The pages."""
        router.add_get("/export/{token}", _in_time(self.page), expect_handler=no_continue)
        router.add_get("/calendar/{token}.ics", _in_time(self.calendar), expect_handler=no_continue)

    async def page(self, request: web.Request) -> web.Response:
        """The document behind a signed address, as it is now."""
        # Whoever has no address of ours keeps nobody from writing.
        async with self._looks(0.9 * SECONDS) as unit:
            key = await signed_urls.known_secret(unit.settings)
        facts = signed_urls.read(key, request.match_info["token"], self._clock.now())
        if facts is None or "change" not in facts:
            return _missing()
        with use_language(facts["language"]):
            async with self._units(0.9 * SECONDS) as unit:
                session = await self._desk(unit, facts)
                try:
                    change = await session.change(facts["change"])
                except NotConfigured as away:
                    return _missing(translate(away))
                except NotFound as unknown:
                    await session.log_denial(unknown, "export")
                    return _missing()
                seen = await record_of(unit, self._catalogue, change, self._clock.now())
            blocks = await asyncio.to_thread(document, *seen)
        if facts["form"] == "md":
            text = await asyncio.to_thread(markdown, blocks)
            return web.Response(text=text, content_type="text/markdown", charset="utf-8", headers=_SAFE)
        text = await asyncio.to_thread(html, blocks, shortened(title_of(change), 120), facts["language"])
        return web.Response(text=text, content_type="text/html", charset="utf-8", headers=_SAFE)

    async def calendar(self, request: web.Request) -> web.Response:
        """The feed, with `?cancelled=no` without windows that do not take place.

        A reader that has the present one already gets no second copy.
        """
        now = self._clock.now()
        left_out = DROPPED if request.query.get("cancelled", "").casefold() in _WITHOUT else frozenset()
        search = Search(states=frozenset(State) - {State.DRAFT} - left_out, since=now - FED_BACK, viewer="")
        async with self._looks(0.9 * SECONDS) as unit:
            token = await unit.settings.get(FEED_TOKEN)
            if not token or not secrets.compare_digest(token.encode(), request.match_info["token"].encode()):
                return _missing()
            versions = await unit.changes.versions(search)
        tag = self._tag(versions)
        headers = {**_SAFE, "Cache-Control": "private, max-age=900", "ETag": f'"{tag}"'}
        if is_known(request.headers, tag):
            return web.Response(status=304, headers=headers)

        async def drawn() -> bytes:
            async with self._looks(LONGEST_READ_S) as unit:
                changes = await unit.changes.find(search)
            return await asyncio.to_thread(self._feed, changes, self._catalogue.services, now)

        body = await self._drawings.get(tag, drawn)
        return web.Response(body=body, content_type="text/calendar", charset="utf-8", headers=headers)

    def _tag(self, versions: Sequence[tuple[str, int]]) -> str:
        """Says what the calendar shows, without drawing it: which changes as they were when, and the services."""
        services = [
            (each.key, each.name, each.languages, [str(freeze) for freeze in each.freezes])
            for each in self._catalogue.services.values()
        ]
        return sha256(json.dumps([_DRAWN_AS, versions, services]).encode()).hexdigest()[:32]

    async def _desk(self, unit: UnitOfWork, facts: Mapping[str, str]) -> UserSession:
        """The session of whoever asked for the address: they may see no more than when they type."""
        named = Person(facts.get("person", ""))
        known = await unit.people.get(named.id)
        return UserSession(
            Directory(unit), self._catalogue, self._clock.now(), known.person if known else named, "link"
        )


def _in_time(page: Callable[[web.Request], Coroutine[Any, Any, web.Response]]) -> Handler:
    """The page, or within a few seconds one that says that the database cannot be used."""

    async def handler(request: web.Request) -> web.Response:
        try:
            return await within(SECONDS, page(request))
        except DatabaseUnavailable:  # which was told where it was noticed
            headers = {**_SAFE, "Retry-After": "60"}
            return web.Response(status=503, text=AWAY, content_type="text/html", charset="utf-8", headers=headers)

    return handler


def _missing(why: str = "There is nothing here, or not any more.") -> web.Response:
    return web.Response(status=404, text=as_text(why), headers=_SAFE)
