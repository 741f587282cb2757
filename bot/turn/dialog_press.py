"""A press in a dialog of Teams: the same request as in the message form, of which no conversation reads anything."""

import contextlib
from collections.abc import Mapping
from typing import Any

from application.input_parsing.card_action import INPUTS, LONGEST, CardAction, parse_action
from application.input_parsing.plan import answers_of
from bot.commands.command_parser import parse_command
from bot.commands.small_talk import begun_with
from bot.turn.already_done import already_done
from bot.turn.card_press import FORM_VERBS
from bot.turn.command_run import NEW
from bot.turn.dialog_answers import is_of_extension, opens, text_of_message
from bot.turn.turn import Turn
from cards.elements.controls import COMMAND
from cards.elements.lengths import with_note
from cards.request.dialog import within_dialog
from changes.effects import Reply
from changes.errors import CommandRejected, ConcurrencyConflict, NotFound, StaleRevision, ValidationFailed, WrongState
from changes.plan_fields import BY_KEY
from changes.text.messages import joined
from dialogs.feasible import check_editable
from dialogs.request import ENDING_VERBS, REQUEST
from dialogs.turn import send_text, text_message
from language import _, translate


async def take_dialog_press(turn: Turn, data: Mapping[str, Any]) -> None:
    """Open the dialog, or go on with it; the outcome holds its next card, a sentence, or nothing where it closes."""
    turn_input = turn.turn_input
    try:
        await _act(turn, dict(data))
    except ConcurrencyConflict:
        raise
    except (StaleRevision, WrongState) as refusal:
        await send_text(turn.context, await _who_did_it(turn, refusal) or translate(refusal))
    except CommandRejected as refusal:
        await turn_input.session.log_denial(refusal, turn_input.press.verb if turn_input.press else "")
        await send_text(turn.context, translate(refusal))
    await _answer(turn)


async def _who_did_it(turn: Turn, refusal: CommandRejected) -> str:
    press = turn.turn_input.press
    with contextlib.suppress(NotFound):
        return await already_done(turn.turn_input.session, press, refusal) if press is not None else ""
    return ""


async def _act(turn: Turn, data: dict[str, Any]) -> None:
    is_opened, dialog = opens(turn.context.activity), turn.dialog
    if is_opened or data.get("verb") == COMMAND:
        # What else was entered on the card where the button stands is no answer of the form.
        data = {name: value for name, value in data.items() if name not in INPUTS}
    press = _read(turn, data)
    if is_opened or not dialog.state:
        options = await _options(turn, press, is_opened=is_opened)
        await dialog.save(await turn.dialogs.begin(turn.context, REQUEST, options))
    else:
        await dialog.save(await turn.dialogs.resume(turn.context, dialog.state))


def _read(turn: Turn, data: dict[str, Any]) -> CardAction:
    """The press; what is too long for any field is cut off, and its problem stands below the field."""
    turn_input = turn.turn_input
    person = turn_input.session.person
    try:
        turn_input.press = press = parse_action(data, person)
    except ValidationFailed as wrong:
        turn_input.problems = wrong.problems
        cut = {name: value[:LONGEST] if name in wrong.problems else value for name, value in data.items()}
        turn_input.press = press = parse_action(cut, person)
    order = parse_command(f"change {press.typed}") if press.verb == COMMAND and press.typed else None
    if press.verb not in FORM_VERBS + ENDING_VERBS and (order is None or order.name != NEW):
        raise NotFound("This card is out of date. Type `/change list` for fresh cards.")
    return press


async def _options(turn: Turn, press: CardAction, *, is_opened: bool) -> dict[str, Any]:
    """What the form begins with. A dialog is opened on the plan as it is now, however old the card with its button."""
    if press.change in (NEW, COMMAND):
        order = parse_command(f"change {press.typed}") if press.verb == COMMAND else None
        if is_opened and (said := text_of_message(turn.context.activity)):
            return {"answers": {"what": said[: BY_KEY["what"].longest]}}
        return {"answers": begun_with(order) if order else {}}
    session = turn.turn_input.session
    change = await session.change(press.change)
    if is_opened:
        await check_editable(session, change)
    answers = answers_of(change.plan, await session.service(change.plan.service))
    return {"answers": answers, "change": change.id, "revision": change.revision if is_opened else press.revision}


async def _answer(turn: Turn) -> None:
    turn_input, outcome = turn.turn_input, turn.outcome
    said = joined(*turn_input.notes, by="\n\n")
    if turn_input.answer is not None:
        card = with_note(turn_input.answer, said) if said else turn_input.answer
        outcome.card, outcome.title = within_dialog(card, turn.dialog.form), turn_input.title
    else:
        if turn_input.receipt:
            await _hand_over_receipt(turn, turn_input.receipt)
        outcome.sentence = outcome.sentence or said
        if turn.local and is_of_extension(turn.context.activity):
            # The Playground takes an answer that closes a dialog for an error.
            outcome.sentence = outcome.sentence or turn_input.receipt or _("Nothing was changed")


async def _hand_over_receipt(turn: Turn, receipt: str) -> None:
    """Send it to the person's own chat, and close the dialog; where there is no chat yet, it is read in the dialog."""
    session = turn.turn_input.session
    chat = await session.unit.chats.get(session.person.id)
    if chat is None:
        turn.outcome.sentence = receipt
        return
    where = {"serviceUrl": chat.service_url, "id": chat.conversation}
    message = text_message(receipt)
    turn.outcome.effects.append(Reply(f"reply:{turn.turn_input.delivery}:receipt", "", where, message))
