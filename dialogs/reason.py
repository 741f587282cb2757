"""Asks for what a command needs, when it was typed without: its text, or the part of it that is missing or wrong."""

from datetime import date, datetime, timedelta
from typing import Any

from botbuilder.dialogs import Dialog, DialogContext, DialogTurnResult

from changes.errors import CommandRejected, ConcurrencyConflict, ValidationFailed
from changes.model import Change
from changes.policy import Service
from changes.text.messages import Message, joined
from changes.text.pasted import is_blank
from dialogs.corrections import MOVE, arguments, is_new_window, question_for_part
from dialogs.keywords import BACK, CANCEL, HELP, NO, is_word
from dialogs.turn import TurnInput, ask_whether_command, send_text, turn_input
from dialogs.typed import command_of, confirmation, explained, question
from language import _, in_chat, translate

REASON = "reason"
PATIENCE = timedelta(minutes=15)
"""So long an answer is taken for one."""


def options_of(
    what: str, change: Change, service: Service, today: date, argument: str, wrong: ValidationFailed
) -> dict[str, object] | None:
    """How to ask for what the command was refused for; None where another line has to be typed.

    `today` is the day with which the command was read.
    """
    asked, typed = question(what, change, service, today, argument, wrong)
    if asked:
        return _asking(what, change, typed, asked)
    wrong = explained(what, change, argument, wrong)
    if asked := question_for_part(what, change, service, wrong):
        return _asking(what, change, argument, asked) | {"part": True}
    return None


def for_new_window(change: Change) -> dict[str, object]:
    """How to ask when the change takes place instead."""
    asked = _(
        "When does {id} take place instead? Give the date and the time, like `15.4.2027 20:00`. `/change edit {id}` "
        "opens the whole plan.",
        id=change.id,
    )
    return _asking(MOVE, change, "", asked) | {"part": True}


def _asking(what: str, change: Change, typed: str, asked: str) -> dict[str, object]:
    return {"change": change.id, "what": what, "typed": typed, "question": in_chat(asked), "part": False}


class ReasonDialog(Dialog):  # type: ignore[misc]  # the SDK has no types
    """Its state: `change`; `what`, a key of TYPED; `typed`, what stood behind the id; `asked_at`; `question`, as the
    chat shows it; `part`, when a part of the command is asked for and not its text; `doubted`, the text about which was
    asked whether it is a command.
    """

    def __init__(self) -> None:
        super().__init__(REASON)

    async def begin_dialog(self, dialog_context: DialogContext, options: object = None) -> DialogTurnResult:
        """Ask."""
        given: dict[str, Any] = dict(options) if isinstance(options, dict) else {}
        asked_at = turn_input(dialog_context.context).desk.now.isoformat()
        dialog_context.active_dialog.state.update(given | {"asked_at": asked_at})
        return await self._ask(dialog_context)

    async def continue_dialog(self, dialog_context: DialogContext) -> DialogTurnResult:
        """Take the text and carry the command out."""
        state, turn = dialog_context.active_dialog.state, turn_input(dialog_context.context)
        text = turn.text.strip()
        leaves = is_word(text, CANCEL | BACK) or (is_word(text, NO) and not (state.get("part") and text == "-"))
        if turn.command and not leaves and not is_word(text, HELP):
            if turn.is_surely_command:
                turn.runs_command = True
                await send_text(dialog_context.context, _closed_sentence(state["change"]))
                return await dialog_context.end_dialog()
            if state.get("doubted") != text:
                state["doubted"] = text
                await ask_whether_command(dialog_context.context)
                return Dialog.end_of_turn
        if turn.desk.now - datetime.fromisoformat(state["asked_at"]) > PATIENCE:
            # What is typed days later is no answer, and would reach people as one.
            await send_text(
                dialog_context.context,
                _(
                    "My question about {id} was too long ago, so it is closed and nothing was done. Type the command "
                    "again if it still holds.",
                    id=state["change"],
                ),
            )
            return await dialog_context.end_dialog()
        if leaves:
            await send_text(dialog_context.context, _("Nothing was changed in {what}.", what=state["change"]))
            return await dialog_context.end_dialog()
        if is_word(text, HELP) or is_blank(text):
            return await self._ask(dialog_context)
        return await self._answer(dialog_context, turn, text)

    async def _answer(self, dialog_context: DialogContext, turn: TurnInput, text: str) -> DialogTurnResult:
        state, what, desk = dialog_context.active_dialog.state, dialog_context.active_dialog.state["what"], turn.desk
        try:
            before = await desk.change(state["change"])
            service = await desk.service(before.plan.service)
        except CommandRejected as gone:
            return await self._closed(dialog_context, gone, what)
        today = service.local(desk.now).date()
        typed = state["typed"]
        if state.get("part") or is_new_window(what, text, before, service, today):
            possible = arguments(what, typed, text, before, service, today)
        else:
            possible = (f"{typed} {text}".strip(),)
        refused: dict[str, ValidationFailed] = {}
        for argument in possible:
            try:
                change = await desk.do(before.id, await command_of(what, desk, before, argument))
            except ValidationFailed as wrong:
                refused[argument] = wrong
                continue
            except ConcurrencyConflict:
                raise
            except CommandRejected as refusal:
                return await self._closed(dialog_context, refusal, what)
            service = await desk.service(change.plan.service)
            await send_text(dialog_context.context, confirmation(what, change, service, argument))
            return await dialog_context.end_dialog()
        return await self._ask_again(dialog_context, before, service, refused)

    async def _ask_again(
        self, dc: DialogContext, change: Change, service: Service, refused: dict[str, ValidationFailed]
    ) -> DialogTurnResult:
        """Ask for what is still missing of the line that came the farthest."""
        state = dc.active_dialog.state
        what = state["what"]
        today = service.local(turn_input(dc.context).desk.now).date()
        asking = {line: options_of(what, change, service, today, line, wrong) for line, wrong in refused.items()}
        texts = {argument: each for argument, each in asking.items() if each is not None and not each["part"]}
        argument, options = next(iter((texts or asking).items()))
        if options is not None and (options["part"] is False or what == MOVE):
            state.update(options)  # what was understood is kept; the rest is asked for
        elif options is not None:
            state["question"] = options["question"]
        await send_text(dc.context, translate(explained(what, change, argument, refused[argument])))
        return Dialog.end_of_turn

    async def _closed(self, dc: DialogContext, refusal: CommandRejected, what: str) -> DialogTurnResult:
        """It cannot be done any more, whatever is answered: say why, and close the question."""
        await turn_input(dc.context).desk.audit(refusal, what)
        await send_text(dc.context, translate(refusal))
        return await dc.end_dialog()

    async def _ask(self, dc: DialogContext) -> DialogTurnResult:
        asked = Message.from_markup(dc.active_dialog.state["question"])
        await send_text(dc.context, joined(asked, _("(`cancel` leaves it as it is.)")))
        return Dialog.end_of_turn


def _closed_sentence(change: str) -> str:
    return _("My question about {id} is closed: nothing was done about it.", id=change)
