"""Who speaks: the authenticated activity's `from`, never a payload and never a name."""

from collections.abc import Awaitable, Callable

from application.ports import UnitOfWork, UserProfile
from bot.sdk import Activity
from changes.model import SYSTEM, Person
from changes.text.display_names import display_name
from language import N_, of_locale

NOBODY = N_(
    "Teams does not tell me your work account in this organisation, so I cannot know who you are, and nothing was "
    "done. That is so for guests without an account, anonymous participants and people of other organisations. Sign in "
    "with your work account, or ask somebody of the team to do it for you."
)
"""What somebody reads who has no Entra id."""
Identify = Callable[[UnitOfWork, Activity], Awaitable[UserProfile | None]]
"""Tells who sent an activity; local mode puts `/as` in between."""


async def sender(unit: UnitOfWork, activity: Activity) -> UserProfile | None:
    """The person behind the activity, by Entra object id; None for what no person sent."""
    source = activity.from_property
    if source is None or not source.aad_object_id:
        return None
    person = Person(source.aad_object_id, display_name(source.name or ""))
    if person == SYSTEM:
        return None
    return UserProfile(person, source.id or "", of_locale(activity.locale) if activity.locale else "")


def is_bot(activity: Activity) -> bool:
    """Whether a bot sent it: two bots that answer each other would never end."""
    source = activity.from_property
    return source is not None and (str(source.id or "").startswith("28:") or source.role == "bot")
