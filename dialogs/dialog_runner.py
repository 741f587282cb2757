"""Runs the dialogs of one conversation as a function: old state and activity in, new state and messages out."""

from typing import Any

from botbuilder.core import TurnContext
from botbuilder.dialogs import DialogSet

from application.ports import Json
from dialogs import dialog_state
from dialogs.reason import ReasonDialog
from dialogs.request import RequestDialog


class DialogRunner:
    """All dialogs; holds no state of any conversation."""

    def __init__(self) -> None:
        self._accessor = dialog_state.DialogStateAccessor()
        self._dialogs = DialogSet(self._accessor)
        self._dialogs.add(RequestDialog())
        self._dialogs.add(ReasonDialog())

    async def begin(self, context: TurnContext, dialog: str, options: dict[str, Any]) -> dict[str, object]:
        """Open a dialog, in place of whatever was open; the new state."""
        await self._accessor.delete(context)
        opened = await self._dialogs.create_context(context)
        await opened.begin_dialog(dialog, options)
        return dialog_state.to_json(await self._accessor.get(context))

    async def resume(self, context: TurnContext, stored: Json) -> dict[str, object]:
        """Give the activity to the open dialog; the new state."""
        await self._accessor.set(context, dialog_state.from_json(stored))
        opened = await self._dialogs.create_context(context)
        await opened.continue_dialog()
        return dialog_state.to_json(await self._accessor.get(context))
