"""A turn as a function: an activity in; messages and at most one answer out. Nothing is sent while it runs.

The caller stores what comes out together with the dialog's state, in one transaction, and only then answers; a worker
delivers the messages afterwards. So a slow Teams never holds up a press, and a turn that fails has said nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import NoReturn

from bot.messenger.outgoing import LOCAL_ID, Outgoing, wire
from bot.sdk import Activity, ActivityTypes, BotAdapter, ConversationReference, ResourceResponse, TurnContext
from bot.turn.activities import digest
from bot.turn.invokes import FAILED, InvokeResult, as_invoke_result, invoke_error, unsupported_invoke
from language import _

Logic = Callable[[TurnContext], Awaitable[None]]

_TURN = "change.Turn"
_KEPT_IN = frozenset({"trace", "delay"})
"""A debugger's notes and pauses: nobody is to read them."""


@dataclass(frozen=True, slots=True)
class TurnResult:
    """The result of a turn. `failed` is the error of an invoke: then there are no messages, and no state to save."""

    outgoing: tuple[Outgoing, ...]
    invoke: InvokeResult | None = None
    failed: Exception | None = None


@dataclass(slots=True)
class _Turn:
    origin: str
    outgoing: list[Outgoing] = field(default_factory=list)
    invoke: InvokeResult | None = None

    def keep(self, activity: Activity) -> str:
        """Keep the message or the answer; the message's id."""
        if activity.type in _KEPT_IN:
            return ""
        if activity.type == ActivityTypes.invoke_response:
            self.invoke = as_invoke_result(activity.value)
            return ""
        named = f"{LOCAL_ID}{self.origin}:{len(self.outgoing) + 1}"
        self.outgoing.append(Outgoing(activity.service_url, activity.conversation.id, named, wire(activity)))
        return named


class TurnAdapter(BotAdapter):  # type: ignore[misc]  # the SDK has no types
    """Runs turns and keeps what they send. Safe for any number of turns at once."""

    async def run(self, activity: Activity, logic: Logic) -> TurnResult:
        """Run one turn. An invoke is always answered, also when `logic` raises; otherwise what it raises comes out."""
        activity.delivery_mode = None  # "expect replies" would take the messages past us
        turn = _Turn(activity.id or digest(activity))
        context = TurnContext(self, activity)
        context.set(_TURN, turn)  # a copy of the context carries it on, which it does not do with `turn_state`
        invoked = activity.type == ActivityTypes.invoke
        try:
            await self.run_pipeline(context, logic)
        except Exception as error:
            if not invoked:
                raise
            return TurnResult((), InvokeResult(200, invoke_error("InternalError", _(FAILED))), error)
        answer = turn.invoke or unsupported_invoke(activity.name) if invoked else None
        return TurnResult(tuple(turn.outgoing), answer)

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        """Keep the messages, in order, and give each an id: the same ones if the same activity is delivered again."""
        turn = context.services.get(_TURN)
        if not isinstance(turn, _Turn):
            raise TypeError("Messages can only be sent within TurnAdapter.run.")
        return [ResourceResponse(id=turn.keep(activity)) for activity in activities]

    async def update_activity(self, context: TurnContext, activity: Activity) -> NoReturn:
        """Cards that stand already are edited through the change's effects."""
        raise TypeError("A turn sends messages, and edits none.")

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> NoReturn:
        """Nothing that was posted is deleted."""
        raise TypeError("A turn sends messages, and deletes none.")
