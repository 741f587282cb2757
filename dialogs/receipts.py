"""How a request ends: with a sentence, and never with a second card of the change that has buttons."""

from cards.elements.blocks import text_block as sentence_block
from cards.elements.controls import render_card
from cards.elements.lengths import with_note
from cards.overview.status import STATUS, status_card
from changes.text import joined
from dialogs.sdk import DialogContext, DialogTurnResult
from dialogs.turn import TurnInput, answer_with_card, say_and_end, send_text


async def end_with_receipt(
    dialog_context: DialogContext, turn: TurnInput, done: str, follows: str = ""
) -> DialogTurnResult:
    """Say what was done and what follows, and close the dialog.

    A form in place of the change's own card gives way to that card again; elsewhere the sentence takes its place, and
    in a dialog of Teams it is the receipt.
    """
    state, said = dialog_context.active_dialog.state, joined(done, follows)
    if turn.in_dialog:
        turn.receipt = said
        return await dialog_context.end_dialog()
    if not turn.in_place:
        return await say_and_end(dialog_context, said)
    told = said if turn.among_others else done
    if state.get("card") == STATUS:
        view = await turn.session.view(await turn.session.change(state["change"]))
        view = view.with_drafts(None, turn.wording)
        card = with_note(status_card(view), told)
    else:
        card = render_card([sentence_block(told)])
    await answer_with_card(dialog_context.context, card, told)
    if follows and not turn.among_others:
        # In their own chat it stays: what answers a press is gone when the chat is opened again.
        await send_text(dialog_context.context, said)
    return await dialog_context.end_dialog()
