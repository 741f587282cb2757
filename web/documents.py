"""A change as a document, and the calendar feed: the commands that give their addresses, and the pages behind them."""

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from aiohttp import web

from application.change_context import ChangeContext
from application.ports import FEED_TOKEN, Clock, ReadOnlyUnitFactory, UnitOfWork, UnitOfWorkFactory
from application.queries.directory import Directory
from application.session import UserSession
from bot.auth import signed_urls
from bot.commands.command_context import CommandContext
from bot.messenger.private_answers import answer_alone
from bot.pages.drawings import Drawings
from bot.server import no_continue
from bot.turn.deadline import within
from cards.document.as_html import html
from cards.document.as_markdown import markdown
from cards.document.document import document, title_of
from cards.elements.lengths import shortened
from changes.delivery_log import DeliveryRecord
from changes.errors import CommandRejected, DatabaseUnavailable, NotConfigured, NotFound
from changes.model import DROPPED, Change, Person, State
from changes.permissions import Permission
from changes.policy import Catalogue, Service
from changes.reporting.search import Search, comparable
from changes.text import Message, joined
from dialogs.turn import send_text
from language import _, as_text, current_language, translate, use_language

DAYS = 7
"""Lifetime of the address of an export."""
LONGEST = 15_000
"""Maximum length of a document in the chat, in characters, where there is no address to give."""
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
    """`public_url` is where this process is reached from outside, or empty; `feed` draws the calendar."""

    def __init__(
        self,
        units: UnitOfWorkFactory,
        looks: ReadOnlyUnitFactory,
        catalogue: Catalogue,
        clock: Clock,
        feed: Feed,
        public_url: Callable[[], str],
    ) -> None:
        self._units, self._looks, self._catalogue, self._clock = units, looks, catalogue, clock
        self._drawings = Drawings()
        self._feed, self._public_url = feed, public_url

    def add_to(self, router: web.UrlDispatcher) -> None:
        """The pages."""
        router.add_get("/export/{token}", _in_time(self.page), expect_handler=no_continue)
        router.add_get("/calendar/{token}.ics", _in_time(self.calendar), expect_handler=no_continue)

    async def export(self, request: CommandContext) -> None:
        """`export ID`: the addresses of the change as Markdown and as a page that prints well, for the person alone."""
        session = request.turn_input.session
        change = await request.change()
        await answer_alone(request.context, request.turn_input)
        blocks = await asyncio.to_thread(document, *await self._seen(session.unit, change))
        url = self._public_url()
        if not url:
            text = await asyncio.to_thread(markdown, blocks)
            cut = _("It is cut here: once an admin sets CHANGE_PUBLIC_URL, the whole of it has an address.")
            fenced = Message.from_markup(f"```\n{text[:LONGEST]}\n```")  # no line of the document is a fence
            await send_text(request.context, joined(fenced, cut if len(text) > LONGEST else "", by="\n\n"))
            return
        key = await signed_urls.secret(session.unit.settings)

        def address(form: str) -> str:
            facts = {"change": change.id, "form": form, "language": current_language(), "person": session.person.id}
            return f"{url}/export/{signed_urls.signed(key, facts, session.now, DAYS)}"

        said = _(
            "**{id}** as a document: [Markdown for the wiki]({markdown}) or [a page to print]({page}). "
            "Whoever has these addresses can read it, for {days} days.",
            id=change.id,
            markdown=address("md"),
            page=address("html"),
            days=DAYS,
        )
        await send_text(request.context, said)

    async def feed(self, request: CommandContext) -> None:
        """`feed`: the address of the calendar feed, for an admin alone; `feed new` voids the old one."""
        session = request.turn_input.session
        session.authorize(Permission.FEED)
        await answer_alone(request.context, request.turn_input)
        url = self._public_url()
        if not url:
            raise CommandRejected(
                "The feed needs an address: set CHANGE_PUBLIC_URL to where this bot is reached from outside."
            )
        token = await session.unit.settings.get(FEED_TOKEN)
        if not token or comparable(request.order.rest) in ("new", "nouveau"):
            token = secrets.token_urlsafe(32)
            await session.unit.settings.put(FEED_TOKEN, token)
        said = _(
            "All windows and freezes, to subscribe to in Outlook or any calendar: {url}\n\n"
            "Windows that do not take place stay in it as cancelled, postponed or NO-GO; add `{without}` to the "
            "address to leave them out. Whoever has this address can read them. `/change feed new` creates a new "
            "address and revokes this one.",
            url=Message.from_markup(f"{url}/calendar/{token}.ics"),
            without=Message.from_markup("?cancelled=no"),
        )
        await send_text(request.context, said)

    async def page(self, request: web.Request) -> web.Response:
        """The document behind a signed address, as it is now."""
        # Whoever has no address of ours keeps nobody from writing.
        async with self._looks(0.9 * SECONDS) as unit:
            key = await signed_urls.known_secret(unit.settings)
        facts = signed_urls.read(key, request.match_info["token"], self._clock.now())
        if facts is None:
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
                seen = await self._seen(unit, change)
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
        if request.headers.get("If-None-Match") == headers["ETag"]:
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

    async def _seen(self, unit: UnitOfWork, change: Change) -> tuple[ChangeContext, tuple[DeliveryRecord, ...]]:
        """What a document is drawn from."""
        directory = Directory(unit)
        service = await directory.service(self._catalogue.of(change))
        history = await unit.changes.history(change.id)
        named = await directory.with_present_names(change)
        view = ChangeContext(named, service, self._clock.now(), history=tuple(history))
        return view, await unit.delivery_log.of(change.id)


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
