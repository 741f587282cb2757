"""Writes the pages: each is drawn from what is so now, and what stands there already is not written again."""

import asyncio
import hashlib
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from application.ports import Clock, PermanentError, UnitOfWorkFactory
from application.record import record_of
from cards.document.as_dokuwiki import dokuwiki, heading, plain, table
from cards.document.document import document
from cards.elements.state_labels import state_label
from changes.effects import WikiPage, WriteWikiPage
from changes.model import Change, State, Window
from changes.policy import Catalogue
from changes.reporting.search import Search
from language import _, use_language, window_text
from web.wiki.dokuwiki import DokuWiki

MOST_LISTED = 300
"""Changes in the list, the latest windows first; the wiki's own list of pages has them all."""
MOST_REMEMBERED = 1000
"""Pages of which it is known what was written last."""
_UTC = ZoneInfo("UTC")


class WikiWriter:
    """Carries out WriteWikiPage."""

    def __init__(
        self,
        looks: UnitOfWorkFactory,
        catalogue: Catalogue,
        clock: Clock,
        wiki: DokuWiki,
        namespace: str,
        language: str,
    ) -> None:
        """`looks` is for what is only read."""
        self._looks, self._catalogue, self._clock = looks, catalogue, clock
        self._wiki, self._namespace, self._language = wiki, namespace, language
        self._written: dict[str, bytes] = {}

    async def __call__(self, effect: WriteWikiPage) -> None:
        """Write the page, unless this was written last. Raises RetryableError or PermanentError."""
        with use_language(self._language):
            drawn = self._list() if effect.page is WikiPage.INDEX else self._record(effect.change)
            page, text, summary = await drawn
        seen = hashlib.sha256(text.encode()).digest()
        if self._written.get(page) == seen:
            return
        await self._wiki.save(page, text, summary)
        self._written[page] = seen
        while len(self._written) > MOST_REMEMBERED:
            del self._written[next(iter(self._written))]

    async def _record(self, change_id: str) -> tuple[str, str, str]:
        async with self._looks() as unit:
            stored = await unit.changes.load(change_id)
            if stored is None:
                raise PermanentError(f"{change_id} does not exist")
            seen = await record_of(unit, self._catalogue, stored.change, self._clock.now())
        text = await asyncio.to_thread(lambda: dokuwiki(document(*seen)))
        return self._page_of(stored.change), text, f"{change_id}: {state_label(stored.change)[0]}"

    async def _list(self) -> tuple[str, str, str]:
        search = Search(states=frozenset(State) - {State.DRAFT}, newest_first=True, viewer="")
        async with self._looks() as unit:
            changes = await unit.changes.find(search, limit=MOST_LISTED)
        text = await asyncio.to_thread(self._drawn, [each for each in changes if each.announcements])
        return f"{self._namespace}:index", text, _("List of changes")

    def _drawn(self, changes: Sequence[Change]) -> str:
        titles = (_("Change"), _("Title"), _("Service"), _("Window"), _("State"))
        rows = ((f"[[:{self._page_of(each)}|{each.id}]]", *map(plain, self._facts(each))) for each in changes)
        return f"{heading(1, _('Changes'))}\n\n{table(map(plain, titles), rows)}\n"

    def _facts(self, change: Change) -> tuple[str, ...]:
        service = self._catalogue.services.get(change.plan.service)
        window = window_text(Window(change.plan.window.start, change.ends_at), service.zone if service else _UTC)
        return change.plan.title, service.name if service else change.plan.service, window, state_label(change)[0]

    def _page_of(self, change: Change) -> str:
        return f"{self._namespace}:{change.id.lower()}"
