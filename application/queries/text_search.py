"""Runs text searches on a read-only connection before the turn's write transaction, as they may read much.

A turn on SQLite has the database for itself. One that needs a search is given up, the search is made by a unit of work
that only reads, and the turn begins anew with what was found.
"""

from collections.abc import Mapping

from application.limits.few_looks import FewLooks
from application.ports import Page, ReadOnlyUnitFactory, UnitOfWork
from changes.errors import CommandRejected, TooSlow
from changes.reporting.search import Search
from language import N_

SECONDS = 1.5
"""For one search, and what is waited for it: half of what a turn has."""
AT_ONCE = 2
"""Maximum number of searches that run at once; others wait."""
TOO_SLOW = N_(
    "That search took too long and was stopped. Narrow it by service or year, like `/change list learn 2027 forum`, "
    "or use fewer words."
)


Searched = Mapping[Search, Page | None]
"""Results of finished searches; None for one that took too long."""


class SearchFirst(Exception):
    """The turn needs this search, and is to begin anew with its page."""

    def __init__(self, search: Search, length: int) -> None:
        """`length` of a page, in changes."""
        super().__init__(search.typed)
        self.search, self.length = search, length


class SearchRunner:
    """Makes searches, few at once."""

    def __init__(self, looks: ReadOnlyUnitFactory) -> None:
        self._looks = FewLooks(looks, AT_ONCE)

    async def __call__(self, wanted: SearchFirst) -> Page | None:
        """The page; None when it took too long. Raises DatabaseUnavailable."""
        try:
            async with self._looks(SECONDS) as unit:
                return await unit.changes.page(wanted.search, wanted.length)
        except TooSlow:
            return None


async def page_of(unit: UnitOfWork, search: Search, length: int, searched: Searched) -> Page:
    """The search's page, which may be among those `searched` for already.

    Raises SearchFirst to begin the turn anew with it, CommandRejected when it is too slow."""
    if not search.words:
        return await unit.changes.page(search, length)
    if search not in searched:
        raise SearchFirst(search, length)
    page = searched[search]
    if page is None:
        raise CommandRejected(TOO_SLOW)
    return page
