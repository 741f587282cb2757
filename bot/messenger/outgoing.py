"""A message on its way out, as plain data: a row in the outbox first, a call to Teams afterwards."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.sdk import Activity

LOCAL_ID = "local:"


class Act(StrEnum):
    """What is done to the activity."""

    SEND = "send"
    UPDATE = "update"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One call to the connector, JSON all through.

    `reference` is the conversation reference; `activity` is the body as it goes on the wire (empty for a deletion).
    `activity_id` names the message: of a send it is the id we made for it, which the real one replaces on delivery;
    an update or deletion may name a message by the id we made, in this turn or an earlier one.
    """

    act: Act
    reference: dict[str, Any]
    activity_id: str
    activity: dict[str, Any]

    @property
    def service_url(self) -> str:
        """The address of the channel's connector."""
        return str(self.reference["serviceUrl"])

    @property
    def conversation_id(self) -> str:
        """The conversation, or in a channel the thread."""
        return str(self.reference["conversation"]["id"])


def wire(activity: Activity) -> dict[str, Any]:
    """The activity as Teams reads it. The SDK would drop what an entity says beyond its type; this keeps it."""
    body: dict[str, Any] = activity.serialize()
    for entity, plain in zip(activity.entities or [], body.get("entities", []), strict=False):
        extra = getattr(entity, "additional_properties", None) or {}
        plain.update({name: value for name, value in extra.items() if name not in plain})
    return body
