"""Asks for the text that a command needs, when it was typed without one."""

from datetime import datetime, timedelta
from typing import Any

from botbuilder.dialogs import Dialog, DialogContext, DialogTurnResult

from changes.errors import Concurrent, Incomplete, Refusal
from changes.messages import Message, joined
from changes.pasted import is_blank
from dialogs.turn import heard, say
from dialogs.typed import command_of, confirmation, explained
from dialogs.words import BACK, CANCEL, HELP, is_word
from language import _, said

REASON = "reason"
PATIENCE = timedelta(minutes=15)
"""So long an answer is taken for one."""


class ReasonDialog(Dialog):  # type: ignore[misc]  # the SDK has no types
    """Its state: `change`; `what`, a key of TYPED; `typed`, what stood behind the id; `asked_at`; `question`, as the
    chat shows it.
    """

    def __init__(self) -> None:
        super().__init__(REASON)

    async def begin_dialog(self, dialog_context: DialogContext, options: object = None) -> DialogTurnResult:
        """Ask."""
        given: dict[str, Any] = dict(options) if isinstance(options, dict) else {}
        asked_at = heard(dialog_context.context).desk.now.isoformat()
        dialog_context.active_dialog.state.update(given | {"asked_at": asked_at})
        return await self._ask(dialog_context)

    async def continue_dialog(self, dialog_context: DialogContext) -> DialogTurnResult:
        """Take the text and carry the command out."""
        state, turn = dialog_context.active_dialog.state, heard(dialog_context.context)
        text = turn.text.strip()
        if turn.desk.now - datetime.fromisoformat(state["asked_at"]) > PATIENCE:
            # What is typed days later is no answer, and would reach people as one.
            await say(
                dialog_context.context,
                _(
                    "My question about {id} was too long ago, so it is closed and nothing was done. Type the command "
                    "again if it still holds.",
                    id=state["change"],
                ),
            )
            return await dialog_context.end_dialog()
        if is_word(text, CANCEL | BACK):
            await say(dialog_context.context, _("Nothing was changed in {what}.", what=state["change"]))
            return await dialog_context.end_dialog()
        if is_word(text, HELP) or is_blank(text):
            return await self._ask(dialog_context)
        what, desk = state["what"], turn.desk
        argument = f"{state['typed']} {text}".strip()
        try:
            before = await desk.change(state["change"])
        except Refusal as gone:
            return await self._closed(dialog_context, gone, what)
        try:
            change = await desk.do(before.id, await command_of(what, desk, before, argument))
        except Incomplete as wrong:
            await say(dialog_context.context, said(explained(what, before, argument, wrong)))
            return Dialog.end_of_turn
        except Concurrent:
            raise
        except Refusal as refusal:
            return await self._closed(dialog_context, refusal, what)
        service = await desk.service(change.plan.service)
        await say(dialog_context.context, confirmation(what, change, service, argument))
        return await dialog_context.end_dialog()

    async def _closed(self, dc: DialogContext, refusal: Refusal, what: str) -> DialogTurnResult:
        """It cannot be done any more, whatever is answered: say why, and close the question."""
        await heard(dc.context).desk.audit(refusal, what)
        await say(dc.context, said(refusal))
        return await dc.end_dialog()

    async def _ask(self, dc: DialogContext) -> DialogTurnResult:
        asked = Message.from_markup(dc.active_dialog.state["question"])
        await say(dc.context, joined(asked, _("(`cancel` leaves it as it is.)")))
        return Dialog.end_of_turn
