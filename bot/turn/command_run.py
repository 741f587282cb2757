"""Runs a chat command, and opens the dialog it asks for."""

from application.input_parsing.chat_command import ChatCommand
from application.ports import Binding
from bot.commands.command_context import CommandContext
from bot.sdk import Activity
from bot.turn.turn import Turn
from changes.effects import SyncTeamMembers
from changes.errors import NotFound
from dialogs.open_dialog import OpenDialog
from dialogs.reason import closed_sentence
from dialogs.turn import send_text
from language import _

NEW = "new"
_ENDINGS = ("submit", "cancel")


async def run_command(turn: Turn, order: ChatCommand) -> None:
    """Carry the command out. Raises CommandRejected, or ClarificationNeeded."""
    handler = turn.handlers.get(order.name)
    if handler is None:
        raise NotFound("I didn't understand that. Type `/change new` to request a change, or `/change help`.")
    turn_input, dialog = turn.turn_input, turn.dialog
    request = CommandContext(turn.context, turn_input, order, turn.wording, turn.local)
    # The same words answer the request that was begun here; they show nothing of its plan.
    turn_input.stays = turn_input.press is None and order.name in _ENDINGS and request.may_name(dialog.change)
    await handler(request)
    turn.outcome.requests.append(request)
    turn.outcome.effects += request.effects
    if request.dialog is not None:
        # What is asked about it is asked, and answered, where the answer is.
        dialog = await turn.dialog_alone()
    if dialog.state and (request.dialog is not None or dialog.asks_for_text):
        await _announce_closed_dialog(turn, dialog, request)
    if request.dialog is not None:
        await dialog.save(await turn.dialogs.begin(turn.context, *request.dialog))
    elif dialog.state and (dialog.asks_for_text or (request.acted and request.acted == dialog.change)):
        # Whoever types another command is done with the question; a form waits beside it.
        await dialog.save({})
    if request.binding is not None:
        turn.outcome.effects.append(_members_of(request.binding, turn.context.activity))


async def _announce_closed_dialog(turn: Turn, dialog: OpenDialog, request: CommandContext) -> None:
    """Tell the user when the command closes an open dialog about something else."""
    about_it = (request.acted, (request.dialog or ("", {}))[1].get("change", NEW))
    change = dialog.change
    if not dialog.is_begun or change in about_it:
        return
    if dialog.asks_for_text:
        sentence = closed_sentence(change)
    elif change == NEW:
        sentence = _("The request that you had begun is closed; `/change new` begins another.")
    else:
        sentence = _("{id} waits as a draft: `/change edit {id}` goes on with it.", id=change)
    await send_text(turn.context, sentence)


def _members_of(binding: Binding, activity: Activity) -> SyncTeamMembers:
    return SyncTeamMembers(f"meet:{binding.service}:{activity.id}", "", binding.service)
