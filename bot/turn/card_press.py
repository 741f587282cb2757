"""A press on a card: a command of the core, a dialog that goes on, or a card to look at."""

import contextlib
from collections.abc import Mapping
from typing import Any

from application.input_parsing.card_action import FILL, CardAction, parse_action
from application.input_parsing.plan import answers_of
from bot.commands.admin import admin
from bot.commands.command_context import CommandContext, Handler
from bot.commands.command_parser import parse_command
from bot.commands.disambiguation import ClarificationNeeded, check_open, close
from bot.commands.queries import QUERIES
from bot.messenger.card_refresh import fresh_card
from bot.sdk import ActivityTypes
from bot.turn.already_done import already_done
from bot.turn.command_run import NEW, run_command
from bot.turn.turn import Turn
from cards.elements.controls import ADMIN, COMMAND, VIEW
from cards.elements.lengths import with_note
from cards.elements.notification import about
from cards.request.choices import resolved_card
from changes.effects import Effect
from changes.errors import CommandRejected, ConcurrencyConflict, NotFound, StaleRevision, TooLate, WrongState
from changes.text.messages import joined
from dialogs.feasible import check_editable
from dialogs.reason import closed_sentence
from dialogs.request import ENDING_VERBS, REQUEST
from dialogs.turn import answer_with_card, send_text
from language import _, invalid, translate

FORM_VERBS = ("change.edit", "change.move", FILL)
VIEW_HANDLERS: Mapping[str, Mapping[str, Handler]] = {VIEW: QUERIES, ADMIN: {"admin": admin}}
"""The buttons that stand for typed commands whose card takes the pressed one's place."""
_CHANGES_NOTHING = frozenset({*QUERIES, "export", "help", "notice"})
"""Commands that show something to whoever asks; anybody may ask after them."""


async def take_press(turn: Turn, data: dict[str, Any]) -> None:
    """Do what the button with this data asks for, or say why not; the outcome holds what answers, and always does."""
    turn_input, context, outcome = turn.turn_input, turn.context, turn.outcome
    try:
        turn_input.press = press = parse_action(data, turn_input.session.person)
        await _act(turn, press)
    except ConcurrencyConflict:
        raise
    except ClarificationNeeded as asked:
        await answer_with_card(context, asked.card, asked.summary)
    except (StaleRevision, WrongState, TooLate) as refusal:
        await _refused(turn, refusal)
    except CommandRejected as refusal:
        await turn_input.session.log_denial(refusal, _requested_command(turn_input.press))
        outcome.sentence = translate(refusal)
        if context.activity.type != ActivityTypes.invoke:
            await send_text(context, outcome.sentence)
    if turn_input.in_place and not turn_input.aside:
        await _answer(turn)


async def _answer(turn: Turn) -> None:
    """The one answer to the press: its card with what was said beside it, or a sentence, or the pressed card anew."""
    turn_input, outcome = turn.turn_input, turn.outcome
    said = joined(outcome.sentence, *turn_input.notes, by="\n\n")
    if turn_input.answer is None and not said:
        await _redraw(turn, "")
    elif turn_input.answer is None:
        outcome.sentence = said
    elif said:
        turn_input.answer = with_note(turn_input.answer, said)
    outcome.card = turn_input.answer


async def _refused(turn: Turn, refusal: CommandRejected) -> None:
    """Say who did it already, where that is why; with the card as it is now, where that may look otherwise."""
    press, sentence = turn.turn_input.press, translate(refusal)
    done = ""
    if press is not None:
        with contextlib.suppress(NotFound):
            done = await already_done(turn.turn_input.session, press, refusal)
    if done or isinstance(refusal, StaleRevision):
        await _redraw(turn, done or sentence)
    else:
        turn.outcome.sentence = sentence
        if turn.context.activity.type != ActivityTypes.invoke:
            await send_text(turn.context, sentence)


async def _redraw(turn: Turn, sentence: str) -> None:
    """The card as it is now with the sentence on it; the sentence alone where the button is of no card."""
    press = turn.turn_input.press
    try:
        drawn = await fresh_card(turn.turn_input.session, press, turn.wording) if press is not None else None
    except NotFound:
        drawn = None
    if drawn is None:
        turn.outcome.sentence = sentence or _("This card is out of date: `/change list` shows how things stand.")
    else:
        await answer_with_card(turn.context, with_note(drawn[0], sentence) if sentence else drawn[0], sentence)


async def _act(turn: Turn, press: CardAction) -> None:
    turn_input, dialog = turn.turn_input, turn.dialog
    # A second press on the form, or one after a restart, still belongs to the draft that came of the first.
    # A button of a card that stands in a thread names its message; the dialog's own cards have none.
    # A question for a text was asked beside them: it takes no press.
    about_it = bool(dialog.change) and press.change in (dialog.change, NEW)
    mine = about_it and not press.message and not dialog.asks_for_text
    if mine and press.verb in FORM_VERBS + ENDING_VERBS:
        turn_input.stays = turn_input.in_place
        await dialog.save(await turn.dialogs.resume(turn.context, dialog.state))
    elif press.verb in FORM_VERBS:
        await _open_form(turn, press)
    elif press.verb == COMMAND:
        await _choose(turn, press)
    elif press.verb in VIEW_HANDLERS:
        turn.outcome.effects += await _as_typed(turn, press.typed, VIEW_HANDLERS[press.verb])
    elif press.change == NEW:
        raise invalid("change", "This form is closed. Type `/change new` to open another.")
    else:
        turn_input.stays = turn_input.in_place
        if press.command is not None:
            await turn_input.session.execute(press.change, press.command, seen=press.revision)
        card, change = await fresh_card(turn_input.session, press, turn.wording)
        await answer_with_card(turn.context, card, about(change))


async def _open_form(turn: Turn, press: CardAction) -> None:
    options = await _form_options(turn, press)
    dialog = await turn.dialog_alone()
    asked_about = dialog.change if dialog.asks_for_text else ""
    state = await turn.dialogs.begin(turn.context, REQUEST, options)
    if asked_about:
        await send_text(turn.context, closed_sentence(asked_about))
    await dialog.save(state)


async def _form_options(turn: Turn, press: CardAction) -> dict[str, Any]:
    turn_input = turn.turn_input
    if press.change == NEW:
        turn_input.stays = turn_input.in_place
        return {"answers": {}}
    change = await turn_input.session.change(press.change)
    await check_editable(turn_input.session, change)
    if press.revision != change.revision:
        raise StaleRevision("{id} has changed since this card was shown: here is its current state.", id=change.id)
    service = await turn_input.session.service(change.plan.service)
    return {"answers": answers_of(change.plan, service), "change": change.id, "revision": change.revision}


async def _choose(turn: Turn, press: CardAction) -> None:
    """A button that stands for a command of any kind: as if the presser had typed it, once for each question."""
    turn_input = turn.turn_input
    line = press.typed if press.typed.startswith("/") else f"/change {press.typed}"
    order = parse_command(line) if press.typed else None
    if order is None or order.name == "unknown":
        raise NotFound("This card is out of date. Type `/change list` for fresh cards.")
    await check_open(turn.unit, press.message, turn_input.session.now)
    await run_command(turn, order)
    # Only now: whoever is turned away takes the question from nobody, and neither does whoever only looks.
    if order.name not in _CHANGES_NOTHING:
        await close(turn.unit, press.message, turn_input.session.now)
    if turn_input.in_place and turn_input.answer is None:
        await answer_with_card(turn.context, resolved_card(line), _("Carried out: {command}", command=line))


async def _as_typed(turn: Turn, typed: str, handlers: Mapping[str, Handler]) -> list[Effect]:
    """A button that stands for a typed command: its card takes the pressed one's place. What has to follow."""
    order = parse_command(f"change {typed}")
    if order is None or order.name not in handlers:
        raise NotFound("This card is out of date. Type `/change list` for fresh cards.")
    request = CommandContext(turn.context, turn.turn_input, order, turn.wording, turn.local)
    await handlers[order.name](request)
    return request.effects


def _requested_command(press: CardAction | None) -> str:
    """What the press asked for: the button's verb, or the word of the command that it stands for."""
    if press is None or press.verb != COMMAND:
        return press.verb if press else ""
    order = parse_command(f"change {press.typed}")
    return order.name if order else ""
