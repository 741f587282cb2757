"""The dialog stack as plain JSON. The SDK's own storage would pickle it."""

from collections.abc import Callable
from typing import Any

from botbuilder.core import StatePropertyAccessor, TurnContext
from botbuilder.dialogs import DialogInstance, DialogState

from application.ports import Json


class DialogStateAccessor(StatePropertyAccessor):  # type: ignore[misc]  # the SDK has no types
    """Hands the SDK the dialog state of one turn."""

    _KEY = "dialog state"

    async def get(
        self, turn_context: TurnContext, default_value_or_factory: Callable[[], DialogState] | None = None
    ) -> DialogState:
        """The state that was put into the turn."""
        return turn_context.turn_state[self._KEY]

    async def set(self, turn_context: TurnContext, value: DialogState) -> None:
        """Replace it."""
        turn_context.turn_state[self._KEY] = value

    async def delete(self, turn_context: TurnContext) -> None:
        """Forget it."""
        turn_context.turn_state[self._KEY] = DialogState()


def from_json(stored: Json) -> DialogState:
    """The stack that `to_json` made the JSON of."""
    stack: list[DialogInstance] = []
    levels: Any = stored.get("stack", [])
    for level in levels:
        instance = DialogInstance()
        instance.id, instance.state = level["id"], level["state"]
        stack.append(instance)
    return DialogState(stack)


def to_json(state: DialogState) -> dict[str, object]:
    """Plain JSON; empty when no dialog is open."""
    if not state.dialog_stack:
        return {}
    return {"stack": [{"id": level.id, "state": level.state} for level in state.dialog_stack]}
