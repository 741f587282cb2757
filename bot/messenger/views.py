"""The change that a message is about as it stands at delivery, and the language in which it is said."""

from application.change_context import ChangeContext
from application.ports import Clock, PermanentError
from application.queries.directory import Directory
from changes.model import Change
from changes.policy import Catalogue, Service
from language import LANGUAGES


class ContextLoader:
    """Reads changes. `refreshes`: the client asks for fresh cards by itself, as Teams does and the Playground not."""

    def __init__(self, catalogue: Catalogue, clock: Clock, *, refreshes: bool) -> None:
        self.catalogue, self.clock, self._refreshes = catalogue, clock, refreshes

    async def of(self, directory: Directory, change_id: str, *, shows_plan: bool = True) -> ChangeContext:
        """The change as it stands; `shows_plan` as ChangeContext has it. Raises PermanentError if it does not exist."""
        change = await _load(directory, change_id)
        view = await ChangeContext.of(
            directory,
            self.catalogue,
            change,
            self.clock.now(),
            refreshes=self._refreshes,
            shows_plan=shows_plan,
        )
        return await view.with_estimates(directory.unit) if shows_plan else view

    async def plain(self, directory: Directory, change_id: str) -> ChangeContext:
        """The change and its people alone, for what is no card and stands in no thread of the change.

        Raises PermanentError if it does not exist.
        """
        change = await _load(directory, change_id)
        return await ChangeContext.plain(directory, self.catalogue, change, self.clock.now())


async def _load(directory: Directory, change_id: str) -> Change:
    stored = await directory.unit.changes.load(change_id)
    if stored is None:
        raise PermanentError(f"{change_id} does not exist")
    return stored.change


def shared_language(service: Service) -> str:
    """The language for everybody of the service: the first of its own that the bot speaks."""
    return next((each for each in service.languages if each in LANGUAGES), "en")
