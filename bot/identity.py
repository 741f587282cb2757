"""Who speaks: the authenticated activity's `from`, never a payload and never a name."""

from collections.abc import Awaitable, Callable

from botbuilder.schema import Activity

from changes.model import CLOCK, Person
from changes.ports import Acquaintance, UnitOfWork
from language import of_locale

LONGEST_NAME = 256
"""So much of a display name is kept, in characters: Entra ID takes no longer one."""
Identify = Callable[[UnitOfWork, Activity], Awaitable[Acquaintance | None]]
"""Tells who sent an activity; local mode puts `/as` in between."""


async def sender(unit: UnitOfWork, activity: Activity) -> Acquaintance | None:
    """The person behind the activity, by Entra object id; None for what no person sent."""
    source = activity.from_property
    if source is None or not source.aad_object_id:
        return None
    person = Person(source.aad_object_id, (source.name or "")[:LONGEST_NAME])
    if person == CLOCK:
        return None
    return Acquaintance(person, source.id or "", of_locale(activity.locale) if activity.locale else "")
