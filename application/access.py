"""Loads changes with the read permission checked: a hidden change looks like one that does not exist."""

from application.ports import UnitOfWork, VersionedChange
from changes.errors import Hidden, NotFound
from changes.model import SYSTEM, Change, Person
from changes.permissions import Permission, is_allowed, why_hidden
from changes.policy import Catalogue
from changes.text.messages import template

THERE_IS_NONE = template("There is no change {id}. `/change list` shows those there are.")


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


def check_visible(catalogue: Catalogue, change: Change, person: Person) -> None:
    """Raise Hidden or NotConfigured as `load_visible` does."""
    service = catalogue.services.get(change.plan.service)
    if person != SYSTEM and not is_allowed(person, Permission.READ, change, service, catalogue.admins):
        raise Hidden(why_hidden(change), THERE_IS_NONE, id=change.id)
    catalogue.of(change)
