"""A message of a turn on its way out, as plain data: a row in the outbox first, a call to Teams afterwards."""

from dataclasses import dataclass
from typing import Any

from bot.sdk import Activity

LOCAL_ID = "local:"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message: its body as it goes on the wire, and where it goes. `activity_id` is what it is called in its turn."""

    service_url: str
    conversation_id: str
    activity_id: str
    activity: dict[str, Any]


def wire(activity: Activity) -> dict[str, Any]:
    """The activity as Teams reads it. The SDK would drop what an entity says beyond its type; this keeps it."""
    body: dict[str, Any] = activity.serialize()
    for entity, plain in zip(activity.entities or [], body.get("entities", []), strict=False):
        extra = getattr(entity, "additional_properties", None) or {}
        plain.update({name: value for name, value in extra.items() if name not in plain})
    return body
