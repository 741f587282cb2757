"""Writes the pages: each is drawn from what is so now. Where the text is the same, DokuWiki keeps what it has."""

import asyncio
from dataclasses import dataclass

from application.ports import Clock, PermanentError, UnitOfWorkFactory
from application.record import record_of
from cards.document.as_dokuwiki import dokuwiki
from cards.document.document import document
from cards.elements.state_labels import state_label
from changes.effects import WriteWikiPage
from changes.policy import Catalogue
from language import use_language
from web.wiki.dokuwiki import DokuWiki


@dataclass(frozen=True, slots=True)
class WikiWriter:
    """Carries out WriteWikiPage. `looks` is for what is only read."""

    looks: UnitOfWorkFactory
    catalogue: Catalogue
    clock: Clock
    wiki: DokuWiki
    namespace: str
    language: str

    async def __call__(self, effect: WriteWikiPage) -> None:
        """Write the page. Raises RetryableError or PermanentError."""
        with use_language(self.language):
            async with self.looks() as unit:
                stored = await unit.changes.load(effect.change)
                if stored is None:
                    raise PermanentError(f"{effect.change} does not exist")
                seen = await record_of(unit, self.catalogue, stored.change, self.clock.now())
            text = await asyncio.to_thread(lambda: dokuwiki(document(*seen)))
            summary = f"{effect.change}: {state_label(stored.change)[0]}"
        await self.wiki.save(f"{self.namespace}:{effect.change.lower()}", text, summary)
