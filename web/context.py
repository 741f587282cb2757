"""What every address beside the bot works with: units of work, who asks, and the time that an answer may take."""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import timedelta

from application.ports import Clock, ReadOnlyUnitFactory, UnitOfWork, UnitOfWorkFactory, Work
from application.queries.directory import Directory
from application.session import UserSession
from changes.errors import CommandRejected, Hidden, NotAllowed
from changes.model import Person
from changes.policy import Catalogue

SECONDS = 3.5
"""For an answer, whatever it has to wait for."""
_DENIAL_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class WebContext:
    """`looks` are for what is only read; `wake_worker` is called after a commit with the work that it has caused."""

    units: UnitOfWorkFactory
    looks: ReadOnlyUnitFactory
    catalogue: Catalogue
    clock: Clock
    wake_worker: Callable[[AbstractSet[Work]], None]

    def reading(self) -> AbstractAsyncContextManager[UnitOfWork]:
        """A unit of work that only reads, and ends in time for the answer."""
        return self.looks(0.9 * SECONDS)

    async def session(self, unit: UnitOfWork, person: Person, via: str) -> UserSession:
        """The session of the person under their present name: they may see no more than when they type."""
        known = await unit.people.get(person.id)
        named = known.person if known and known.person.name else person
        return UserSession(Directory(unit), self.catalogue, self.clock.now(), named, via)

    async def log_denial(self, session: UserSession, refusal: CommandRejected, what: str) -> None:
        """Write down what the person may not, after nothing else was written: once an hour, as programs ask again."""
        if not isinstance(refusal, NotAllowed | Hidden):
            return
        async with self.units(0.5 * SECONDS) as unit:
            since, new = session.now - _DENIAL_AGAIN, (session.person, what, session.via)
            told = [each for each in await unit.access_denials.latest() if each.at > since]
            if new not in [(each.person, each.what, each.via) for each in told]:
                await replace(session, directory=Directory(unit)).log_denial(refusal, what)
