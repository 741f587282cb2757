"""A turn as a function: an activity in, messages out. Nothing is sent while it runs.

The caller stores what comes out together with the dialog's state, in one transaction, and only then answers; a worker
delivers the messages afterwards. So a slow Teams never holds up a press, and a turn that fails has said nothing.
"""

from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

from bot.messenger.message_factory import wire
from bot.sdk import Activity, BotAdapter, ConversationReference, ResourceResponse, TurnContext

_MESSAGES = "change.Messages"
_KEPT_IN = frozenset({"trace", "delay"})
"""A debugger's notes and pauses: nobody is to read them."""


class TurnAdapter(BotAdapter):  # type: ignore[misc]  # the SDK has no types
    """Runs turns and keeps what they send. Safe for any number of turns at once."""

    async def run(
        self, activity: Activity, logic: Callable[[TurnContext], Awaitable[None]]
    ) -> tuple[dict[str, Any], ...]:
        """Run one turn; the messages it sent, in order, as they go on the wire. What `logic` raises comes out."""
        activity.delivery_mode = None  # "expect replies" would take the messages past us
        messages: list[dict[str, Any]] = []
        context = TurnContext(self, activity)
        context.set(_MESSAGES, messages)  # a copy of the context carries it on, which it does not do with `turn_state`
        await self.run_pipeline(context, logic)
        return tuple(messages)

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        """Keep the messages, in order; they have no id before they are delivered."""
        messages = context.services.get(_MESSAGES)
        if not isinstance(messages, list):
            raise TypeError("Messages can only be sent within TurnAdapter.run.")
        messages += [wire(each) for each in activities if each.type not in _KEPT_IN]
        return [ResourceResponse(id="") for _ in activities]

    async def update_activity(self, context: TurnContext, activity: Activity) -> NoReturn:
        """Cards that stand already are edited through the change's effects."""
        raise TypeError("A turn sends messages, and edits none.")

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> NoReturn:
        """Nothing that was posted is deleted."""
        raise TypeError("A turn sends messages, and deletes none.")
