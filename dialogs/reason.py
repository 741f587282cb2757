"""Asks for the reason that a command needs, when it was typed without one."""

from typing import Any

from botbuilder.dialogs import Dialog, DialogContext, DialogTurnResult

from changes import commands as c
from changes.errors import Incomplete
from dialogs.turn import heard, say
from dialogs.words import BACK, CANCEL, HELP, is_word
from language import N_, _, said

REASON = "reason"

NEEDS_REASON: dict[str, tuple[type[Any], str]] = {
    "cancel": (c.Cancel, N_("Why is {id} cancelled? Those who were told of it read your answer.")),
    "postpone": (c.Postpone, N_("Why is {id} postponed? Those who were told of it read your answer.")),
    "trouble": (c.ReportTrouble, N_("What does not work in {id}?")),
    "incident": (
        c.DeclareIncident,
        N_("What is broken, and what do people notice? Everyone affected reads your answer."),
    ),
}
"""The commands that take a reason, and how it is asked for."""


class ReasonDialog(Dialog):  # type: ignore[misc]  # the SDK has no types
    """Its state: `change` and `what`, a key of NEEDS_REASON."""

    def __init__(self) -> None:
        super().__init__(REASON)

    async def begin_dialog(self, dialog_context: DialogContext, options: object = None) -> DialogTurnResult:
        """Ask."""
        given: dict[str, Any] = dict(options) if isinstance(options, dict) else {}
        dialog_context.active_dialog.state.update(given)
        return await self._ask(dialog_context)

    async def continue_dialog(self, dialog_context: DialogContext) -> DialogTurnResult:
        """Take the reason and carry the command out."""
        state, turn = dialog_context.active_dialog.state, heard(dialog_context.context)
        if is_word(turn.text, CANCEL | BACK):
            await say(dialog_context.context, _("Nothing was changed in {what}.", what=state["change"]))
            return await dialog_context.end_dialog()
        if is_word(turn.text, HELP) or not turn.text.strip():
            return await self._ask(dialog_context)
        command, _question = NEEDS_REASON[state["what"]]
        try:
            change = await turn.desk.do(state["change"], command(turn.desk.person, turn.text.strip()))
        except Incomplete as wrong:
            await say(dialog_context.context, said(wrong))
            return Dialog.end_of_turn
        await say(
            dialog_context.context,
            _("Done: {id} is {replace}.", id=change.id, replace=change.state.value.replace("_", " ")),
        )
        return await dialog_context.end_dialog()

    async def _ask(self, dc: DialogContext) -> DialogTurnResult:
        state = dc.active_dialog.state
        _command, question = NEEDS_REASON[state["what"]]
        await say(dc.context, f"{_(question, id=state['change'])} {_('(`cancel` leaves it as it is.)')}")
        return Dialog.end_of_turn
