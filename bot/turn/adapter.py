"""A turn as a function: an activity in; messages and at most one answer out. Nothing is sent while it runs.

The caller stores what comes out together with the dialog's state, in one transaction, and only then answers; a worker
delivers the messages afterwards. So a slow Teams never holds up a press, and a turn that fails has said nothing.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from bot.messenger.outgoing import LOCAL_ID, Act, Outgoing, wire
from bot.sdk import Activity, ActivityTypes, BotAdapter, ConversationReference, ResourceResponse, TurnContext
from bot.turn.activities import digest, reference_of
from bot.turn.invokes import FAILED, InvokeResult, as_invoke_result, invoke_error, unanswered
from language import _

Logic = Callable[[TurnContext], Awaitable[None]]
OnError = Callable[[Activity, Exception], Awaitable[None]]

_TURN = "change.Turn"
_KEPT_IN = frozenset({ActivityTypes.trace, "delay"})  # a debugger's notes and pauses: nobody is to read them


@dataclass(frozen=True, slots=True)
class TurnResult:
    """What a turn left behind. `failed` is the error of an invoke: then there are no messages, and no state to save."""

    outgoing: tuple[Outgoing, ...]
    invoke: InvokeResult | None = None
    failed: Exception | None = None


@dataclass(slots=True)
class _Turn:
    origin: str
    reference: dict[str, Any]
    outgoing: list[Outgoing] = field(default_factory=list)
    invoke: InvokeResult | None = None
    sent: int = 0

    def send(self, body: dict[str, Any]) -> str:
        self.sent += 1
        named = f"{LOCAL_ID}{self.origin}:{self.sent}"
        self.outgoing.append(Outgoing(Act.SEND, self.reference, named, body))
        return named

    def unsent(self, activity_id: str) -> int | None:
        """Where a message of this very turn waits: changing it now changes what will be sent."""
        for place, each in enumerate(self.outgoing):
            if each.act is Act.SEND and each.activity_id == activity_id:
                return place
        return None


class TurnAdapter(BotAdapter):  # type: ignore[misc]  # the SDK has no types
    """Runs turns and keeps what they send. Safe for any number of turns at once."""

    def __init__(self, on_error: OnError | None = None) -> None:
        """`on_error` is told of every invoke that raised, as the result is too."""
        super().__init__()
        self._on_invoke_error = on_error

    async def run(self, activity: Activity, logic: Logic) -> TurnResult:
        """Run one turn. An invoke is always answered, also when `logic` raises; otherwise what it raises comes out."""
        activity.delivery_mode = None  # "expect replies" would take the messages past us
        turn = _Turn(activity.id or digest(activity), reference_of(activity))
        context = TurnContext(self, activity)
        context.set(_TURN, turn)  # a copy of the context carries it on, which it does not do with `turn_state`
        invoked = activity.type == ActivityTypes.invoke
        try:
            await self.run_pipeline(context, logic)
        except Exception as error:
            if not invoked:
                raise
            if self._on_invoke_error is not None:
                await self._on_invoke_error(activity, error)
            return TurnResult((), InvokeResult(200, invoke_error("InternalError", _(FAILED))), error)
        answer = turn.invoke or unanswered(activity.name) if invoked else None
        return TurnResult(tuple(turn.outgoing), answer)

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        """Keep the messages, in order, and give each an id: the same ones if the same activity is delivered again."""
        return [ResourceResponse(id=self._keep(_turn_of(context), activity)) for activity in activities]

    async def update_activity(self, context: TurnContext, activity: Activity) -> ResourceResponse:
        """Keep the edit of a message, or edit the one that still waits."""
        turn, named = _turn_of(context), activity.id
        waiting = turn.unsent(named)
        if waiting is None:
            turn.outgoing.append(Outgoing(Act.UPDATE, turn.reference, named, wire(activity)))
        else:
            body = {name: value for name, value in wire(activity).items() if name != "id"}
            turn.outgoing[waiting] = Outgoing(Act.SEND, turn.reference, named, body)
        return ResourceResponse(id=named)

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        """Keep the deletion of a message, or forget the one that still waits."""
        turn, named = _turn_of(context), reference.activity_id
        waiting = turn.unsent(named)
        if waiting is None:
            turn.outgoing.append(Outgoing(Act.DELETE, reference.serialize(), named, {}))
        else:
            del turn.outgoing[waiting]

    def _keep(self, turn: _Turn, activity: Activity) -> str:
        if activity.type in _KEPT_IN:
            return ""
        if activity.type == ActivityTypes.invoke_response:
            turn.invoke = as_invoke_result(activity.value)
            return ""
        return turn.send(wire(activity))


def _turn_of(context: TurnContext) -> _Turn:
    turn = context.services.get(_TURN)
    if not isinstance(turn, _Turn):
        raise TypeError("Messages can only be sent within TurnAdapter.run.")
    return turn
