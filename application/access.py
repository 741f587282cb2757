"""Loads changes with the read permission checked: a hidden change looks like one that does not exist."""

from application.ports import UnitOfWork, VersionedChange
from changes.errors import NotFound
from changes.model import Person
from changes.permissions import THERE_IS_NONE, check_visible
from changes.policy import Catalogue


async def load_visible(unit: UnitOfWork, catalogue: Catalogue, change_id: str, person: Person) -> VersionedChange:
    """Load a change that the person may see; the clock may see every one.

    Raises NotFound when there is none, Hidden, in the same words, when it is not theirs to see, and NotConfigured when
    its service is no longer in the settings.
    """
    stored = await unit.changes.load(change_id)
    if stored is None:
        raise NotFound(THERE_IS_NONE, id=change_id)
    check_visible(catalogue, stored.change, person)
    return stored
