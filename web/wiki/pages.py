"""Writes the pages: each is drawn from what is so now. Where the text is the same, DokuWiki keeps what it has."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from application.ports import Clock, PermanentError, UnitOfWorkFactory
from application.record import record_of
from cards.document.as_dokuwiki import dokuwiki, heading, plain, table
from cards.document.document import document
from cards.elements.state_labels import state_label
from changes.effects import WriteWikiIndex, WriteWikiPage
from changes.model import Change, State
from changes.policy import Catalogue
from changes.reporting.search import Search
from language import _, use_language
from web.pages.entries import Entries, Entry
from web.wiki.dokuwiki import DokuWiki

MOST_LISTED = 300
"""Changes in the list, the latest windows first; the wiki's own index of the namespace has the pages of all."""


@dataclass(frozen=True, slots=True)
class WikiWriter:
    """Carries out WriteWikiPage and WriteWikiIndex. `looks` is for what is only read."""

    looks: UnitOfWorkFactory
    catalogue: Catalogue
    clock: Clock
    wiki: DokuWiki
    namespace: str
    language: str

    async def __call__(self, effect: WriteWikiPage | WriteWikiIndex) -> None:
        """Write the page. Raises RetryableError or PermanentError."""
        with use_language(self.language):
            drawn = self._index() if isinstance(effect, WriteWikiIndex) else self._record(effect.change)
            page, text, summary = await drawn
        await self.wiki.save(page, text, summary)

    async def _record(self, change_id: str) -> tuple[str, str, str]:
        async with self.looks() as unit:
            stored = await unit.changes.load(change_id)
            if stored is None:
                raise PermanentError(f"{change_id} does not exist")
            seen = await record_of(unit, self.catalogue, stored.change, self.clock.now())
        text = await asyncio.to_thread(lambda: dokuwiki(document(*seen)))
        return self._page_of(change_id), text, f"{change_id}: {state_label(stored.change)[0]}"

    async def _index(self) -> tuple[str, str, str]:
        search = Search(states=frozenset(State) - {State.DRAFT}, newest_first=True, viewer="")
        async with self.looks() as unit:
            found = await unit.changes.find(search, limit=MOST_LISTED)
        text = await asyncio.to_thread(self._listed, [each for each in found if each.announcements])  # from GO on
        return f"{self.namespace}:index", text, _("Changes")

    def _listed(self, changes: Sequence[Change]) -> str:
        rows = map(self._row, map(Entries.among((), self.catalogue.services).of, changes))
        titles = (_("Change"), _("Title"), _("Window"), _("Service"), _("State"))
        about = plain(_("The latest changes, {limit} at most.", limit=MOST_LISTED))
        return f"{heading(1, _('Changes'))}\n\n{about}\n\n{table(titles, rows)}\n"

    def _row(self, entry: Entry) -> tuple[str, ...]:
        link = f"[[:{self._page_of(entry.id)}|{entry.id}]]"
        return (link, *map(plain, (entry.title, entry.window, entry.service, entry.state)))

    def _page_of(self, change_id: str) -> str:
        return f"{self.namespace}:{change_id.lower()}"
