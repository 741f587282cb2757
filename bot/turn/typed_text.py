"""What was typed: a command, or the answer to what a dialog asked."""

from application.input_parsing.card_action import length_problem
from application.input_parsing.chat_command import ChatCommand
from bot.commands.command_parser import command_without_prefix, is_unambiguous_command, may_be_answer, parse_command
from bot.commands.command_words import word_for
from bot.commands.disambiguation import ClarificationNeeded
from bot.commands.small_talk import is_greeting, is_misspelt_prefix, is_politeness, is_thanks, suggest_commands
from bot.sdk import Activity
from bot.turn.activities import mention_free_text
from bot.turn.command_run import run_command
from bot.turn.turn import Turn
from changes.errors import CommandRejected, ConcurrencyConflict, NotFound, ValidationFailed
from dialogs.keywords import CANCEL, is_word
from dialogs.open_dialog import OpenDialog
from dialogs.turn import answer_with_card, send_text
from language import translate

_SMALL_TALK = (is_greeting, is_politeness, is_thanks)


async def take_text(turn: Turn) -> None:
    """Do what was typed, or say why not."""
    turn_input, context = turn.turn_input, turn.context
    order: ChatCommand | None = None
    open_command = turn.dialog.command
    try:
        turn_input.text = _text_of(context.activity)
        order = parse_command(turn_input.text)
        if _is_for_dialog(turn.dialog, turn_input.text, order):
            order = await _answered(turn, order)
            if order is None:
                return
        # Nobody is asked anything, so `@Change bot list` needs no more words than that.
        order = order or parse_command(f"change {turn_input.text}")
        if not turn_input.text:
            order = ChatCommand("unknown")
        if order is None:
            raise NotFound("I didn't understand that. Type `/change new` to request a change, or `/change help`.")
        await run_command(turn, order)
    except ConcurrencyConflict:
        raise
    except ClarificationNeeded as asked:
        await answer_with_card(context, asked.card, asked.summary)
    except CommandRejected as refusal:
        # Said, and not raised on: the turn is committed, and the note of it with it.
        await turn_input.session.log_denial(refusal, order.name if order else open_command)
        if order is None and isinstance(refusal, NotFound):
            # What the dialog is about is gone: whatever is answered, nothing comes of it.
            await turn.dialog.save({})
        await send_text(context, translate(refusal))


async def _answered(turn: Turn, called: ChatCommand | None) -> ChatCommand | None:
    """Give the text to the open dialog. Where it is no answer but a command, that is still to be carried out.

    `called` is the command in what begins with `change` and may be a sentence.
    """
    turn_input, dialog = turn.turn_input, turn.dialog
    order = called or command_without_prefix(turn_input.text)
    if order is not None and order.name != "unknown":
        turn_input.command = ChatCommand(word_for(order.name), order.rest).line
        turn_input.is_surely_command = called is None and is_unambiguous_command(order, turn_input.text)
    elif order is not None and suggest_commands(order.rest):
        turn_input.command = order.rest
    turn_input.is_small_talk = any(each(turn_input.text) for each in _SMALL_TALK)
    turn_input.stays = not dialog.asks_for_text
    await dialog.save(await turn.dialogs.resume(turn.context, dialog.state))
    if not turn_input.runs_command:
        return None
    turn_input.stays = False
    return order


def _is_for_dialog(dialog: OpenDialog, text: str, order: ChatCommand | None) -> bool:
    """Whether what was typed is for the open dialog: no command with `/change`, or perhaps a sentence."""
    if not dialog.state or is_misspelt_prefix(text):
        return False
    if order is not None:
        is_misspelt = order.name == "unknown" and " " not in order.rest and suggest_commands(order.rest)
        return dialog.waits_for_answer and may_be_answer(order, text) and not is_misspelt
    return dialog.waits_for_answer or is_word(text, CANCEL)


def _text_of(activity: Activity) -> str:
    """What was typed. Raises ValidationFailed for what is longer than any command or answer, before it is looked at."""
    if problem := length_problem(str(activity.text or "")):
        raise ValidationFailed({"text": problem})
    return mention_free_text(activity, activity.recipient.id if activity.recipient else "")
