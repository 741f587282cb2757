"""A change as a document, and the calendar feed: the commands that give their addresses, and the pages behind them."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from aiohttp import web

from bot import links
from bot.request import Request
from cards.as_html import html
from cards.as_markdown import markdown
from cards.document import Block, document, title_of
from cards.text import shortened
from cards.view import View
from changes.errors import NotAllowed, Refusal
from changes.model import Change, Person, State
from changes.policy import Catalogue, Service
from changes.ports import Clock, Refused, UnitOfWork, Units
from changes.roles import Act, require
from changes.search import Search
from changes.service import introduced
from dialogs.turn import say
from language import _, speaking, spoken

DAYS = 7
"""So long is the address of an export good."""
LONGEST = 15_000
"""So much of a document is shown in the chat, in characters, where there is no address to give."""
FED_BACK = timedelta(days=92)
MOST_FED = 1000
_FEED = "feed:token"
_SAFE = {
    "Cache-Control": "private, no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}

Feed = Callable[[Sequence[Change], Mapping[str, Service], datetime], bytes]


class Documents:
    """`public_url` is where this process is reached from outside, or empty; `feed` draws the calendar."""

    def __init__(
        self, units: Units, catalogue: Catalogue, clock: Clock, feed: Feed, public_url: Callable[[], str]
    ) -> None:
        self._units, self._catalogue, self._clock = units, catalogue, clock
        self._feed, self._public_url = feed, public_url

    def add_to(self, router: web.UrlDispatcher) -> None:
        """The pages."""
        router.add_get("/export/{token}", self.page)
        router.add_get("/calendar/{token}.ics", self.calendar)

    async def export(self, request: Request) -> None:
        """`export ID`: the addresses of the change as Markdown and as a page that prints well."""
        desk = request.heard.desk
        change = await desk.readable(request.change_id)
        blocks = await self._document(desk.unit, change)
        url = self._public_url()
        if not url:
            text = markdown(blocks)
            cut = _("It is cut here: once an admin sets CHANGE_PUBLIC_URL, the whole of it has an address.")
            note = f"\n\n{cut}" if len(text) > LONGEST else ""
            await say(request.context, f"```\n{text[:LONGEST]}\n```{note}")
            return
        key = await links.secret(desk.unit.settings)

        def address(form: str) -> str:
            facts = {"change": change.id, "form": form, "language": spoken(), "person": desk.person.id}
            return f"{url}/export/{links.signed(key, facts, desk.now, DAYS)}"

        await say(
            request.context,
            _(
                "**{id}** as a document: [Markdown for the wiki]({markdown}) or [a page to print]({page}). "
                "Whoever has these addresses can read it, for {days} days.",
                id=change.id,
                markdown=address("md"),
                page=address("html"),
                days=DAYS,
            ),
        )

    async def feed(self, request: Request) -> None:
        """`feed`: the address of the calendar feed, for an admin, in a personal chat; `feed new` voids the old one."""
        desk, activity = request.heard.desk, request.context.activity
        desk.require(Act.FEED)
        if activity.conversation.conversation_type not in (None, "personal"):
            raise Refusal("Type this in our personal chat: whoever has the address can read every window.")
        url = self._public_url()
        if not url:
            raise Refusal("The feed needs an address: set CHANGE_PUBLIC_URL to where this bot is reached from outside.")
        token = await desk.unit.settings.get(_FEED)
        if not token or request.order.rest.casefold() in ("new", "nouveau"):
            token = secrets.token_urlsafe(32)
            await desk.unit.settings.put(_FEED, token)
        await say(
            request.context,
            _(
                "All windows and freezes, to subscribe to in Outlook or any calendar: {url}\n\n"
                "Whoever has this address can read them. `/change feed new` makes another one and voids this.",
                url=f"{url}/calendar/{token}.ics",
            ),
        )

    async def page(self, request: web.Request) -> web.Response:
        """The document behind a signed address, as it is now."""
        async with self._units() as unit:
            key = await links.secret(unit.settings)
            facts = links.read(key, request.match_info["token"], self._clock.now())
            stored = await unit.changes.load(facts["change"]) if facts else None
            if facts is None or stored is None or not await self._granted(unit, facts, stored.change):
                return _missing()
            with speaking(facts["language"]):
                blocks = await self._document(unit, stored.change)
        if facts["form"] == "md":
            return web.Response(text=markdown(blocks), content_type="text/markdown", charset="utf-8", headers=_SAFE)
        text = html(blocks, shortened(title_of(stored.change), 120), facts["language"])
        return web.Response(text=text, content_type="text/html", charset="utf-8", headers=_SAFE)

    async def calendar(self, request: web.Request) -> web.Response:
        """The feed. A reader that has the present one already gets no second copy."""
        now = self._clock.now()
        async with self._units() as unit:
            token = await unit.settings.get(_FEED)
            if not token or not secrets.compare_digest(token.encode(), request.match_info["token"].encode()):
                return _missing()
            search = Search(states=frozenset(State) - {State.DRAFT}, since=now - FED_BACK)
            changes = await unit.changes.find(states=search.states, since=search.since, viewer="", limit=MOST_FED)
        # The stamp says when something was last written; the tag shall change only with what the calendar shows.
        tag = sha256(self._feed(changes, self._catalogue.services, datetime.min.replace(tzinfo=now.tzinfo, year=2000)))
        headers = {**_SAFE, "Cache-Control": "private, max-age=900", "ETag": f'"{tag.hexdigest()[:32]}"'}
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return web.Response(status=304, headers=headers)
        body = self._feed(changes, self._catalogue.services, now)
        return web.Response(body=body, content_type="text/calendar", charset="utf-8", headers=headers)

    async def _granted(self, unit: UnitOfWork, facts: Mapping[str, str], change: Change) -> bool:
        """Whether the person who asked for the address may still read the change; if not, that is kept."""
        named = Person(facts.get("person", ""))
        known = await unit.people.get(named.id)
        person = known.person if known else named
        service = await introduced(unit, self._catalogue.service(change.plan.service))
        try:
            require(person, Act.READ, change, service, self._catalogue.admins)
        except NotAllowed as refused:
            now, sentence = self._clock.now(), refused.sentence
            await unit.refusals.note(Refused(now, person, change.id, "export", "link", sentence))
            return False
        return True

    async def _document(self, unit: UnitOfWork, change: Change) -> tuple[Block, ...]:
        service = await introduced(unit, self._catalogue.service(change.plan.service))
        history = await unit.changes.history(change.id)
        view = View(change, service, self._clock.now(), history=tuple(history))
        return document(view, await unit.ledger.of(change.id))


def _missing() -> web.Response:
    return web.Response(status=404, text="There is nothing here, or not any more.", headers=_SAFE)
