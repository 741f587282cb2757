"""Runs the dialogs of one conversation as a function: old state and activity in, new state and messages out."""

from collections.abc import Callable
from typing import Any

from application.ports import Json
from dialogs.reason import ReasonDialog
from dialogs.request import RequestDialog
from dialogs.sdk import DialogInstance, DialogSet, DialogState, StatePropertyAccessor, TurnContext


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


class DialogRunner:
    """All dialogs; holds no state of any conversation."""

    def __init__(self) -> None:
        self._accessor = DialogStateAccessor()
        self._dialogs = DialogSet(self._accessor)
        self._dialogs.add(RequestDialog())
        self._dialogs.add(ReasonDialog())

    async def begin(self, context: TurnContext, dialog: str, options: dict[str, Any]) -> dict[str, object]:
        """Open a dialog, in place of whatever was open; the new state."""
        await self._accessor.delete(context)
        opened = await self._dialogs.create_context(context)
        await opened.begin_dialog(dialog, options)
        return to_json(await self._accessor.get(context))

    async def resume(self, context: TurnContext, stored: Json) -> dict[str, object]:
        """Give the activity to the open dialog; the new state."""
        await self._accessor.set(context, from_json(stored))
        opened = await self._dialogs.create_context(context)
        await opened.continue_dialog()
        return to_json(await self._accessor.get(context))
