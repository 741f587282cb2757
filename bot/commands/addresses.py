"""Commands that give somebody an address: a change as a document, the pages, and the calendar feed."""

import asyncio
import secrets
from collections.abc import Callable

from application import signed_urls
from application.ports import FEED_TOKEN
from application.record import record_of
from bot.commands.command_context import CommandContext
from bot.commands.queries import calendar
from bot.messenger.private_answers import answer_alone
from cards.document.as_markdown import markdown
from cards.document.document import document
from changes.errors import CommandRejected
from changes.permissions import Permission
from changes.reporting.search import comparable
from changes.text import Message, joined
from dialogs.turn import send_text
from language import _, current_language

DAYS = 7
"""Lifetime of the address of an export."""
_NEW = ("new", "nouveau")
LONGEST = 15_000
"""Maximum length of a document in the chat, in characters, where there is no address to give."""


class Addresses:
    """`public_url` is where this process is reached from outside, or empty."""

    def __init__(self, public_url: Callable[[], str]) -> None:
        self._public_url = public_url

    async def export(self, request: CommandContext) -> None:
        """`export ID`: the addresses of the change as Markdown and as a page that prints well, for the person alone."""
        session = request.turn_input.session
        change = await request.change()
        await answer_alone(request.context, request.turn_input)
        seen = await record_of(session.unit, session.catalogue, change, session.now)
        blocks = await asyncio.to_thread(document, *seen)
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

    async def calendar(self, request: CommandContext) -> None:
        """`calendar link`: the address of the pages for the person alone, `link new` revokes their earlier ones.

        Anything else behind it is about the calendar in the chat.
        """
        word, _mark, rest = comparable(request.order.rest).partition(" ")
        if word not in ("link", "lien"):
            await calendar(request, has_pages=bool(self._public_url()))
            return
        session = request.turn_input.session
        await answer_alone(request.context, request.turn_input)
        url = self._needed_url()
        token = await signed_urls.pages_token(
            session.unit.settings, session.person.id, session.now, renewed=rest in _NEW
        )
        said = _(
            "The calendar, the changes and your tasks as pages: [open them]({address}). They only read, and show what "
            "you may see here, to whoever has this link, for {days} days: keep it to yourself. `/change calendar link "
            "new` creates a new link and revokes all earlier ones of yours.",
            address=f"{url}/calendar/link/{token}",
            days=signed_urls.PAGES_DAYS,
        )
        await send_text(request.context, said)

    async def feed(self, request: CommandContext) -> None:
        """`feed`: the address of the calendar feed, for an admin alone; `feed new` voids the old one."""
        session = request.turn_input.session
        session.authorize(Permission.FEED)
        await answer_alone(request.context, request.turn_input)
        url = self._needed_url()
        token = await session.unit.settings.get(FEED_TOKEN)
        if not token or comparable(request.order.rest) in _NEW:
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

    def _needed_url(self) -> str:
        if url := self._public_url():
            return url
        raise CommandRejected(
            "That needs an address: an admin has to set CHANGE_PUBLIC_URL to where this bot is reached from outside."
        )
