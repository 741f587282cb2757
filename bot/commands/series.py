"""Recurring changes: `repeat ID` says how often one like that change takes place, `series` lists them."""

from application.series import management
from application.series.drafting import next_dates
from bot.commands.command_context import CommandContext
from bot.messenger.private_answers import answer_alone
from cards.request.series import rule_text, series_card, series_list_card
from changes.recurrence.series import SeriesState
from changes.reporting.search import comparable
from dialogs.turn import answer_with_card, send_text
from language import N_, _

SAVE = "save"
_STATES = {
    **dict.fromkeys(("pause", "suspendre"), (SeriesState.PAUSED, N_("Paused: nothing more is drafted."))),
    **dict.fromkeys(("resume", "reprendre"), (SeriesState.ACTIVE, N_("It goes on."))),
    **dict.fromkeys(("end", "terminer"), (SeriesState.ENDED, N_("Ended: nothing more is drafted."))),
}


async def repeat(request: CommandContext) -> None:
    """`repeat ID`, perhaps with an RRULE behind it: its card says how often, and its buttons save, pause and end it."""
    session, change = request.turn_input.session, await request.change()
    await answer_alone(request.context, request.turn_input)
    if state := _STATES.get(comparable(request.argument)):
        await management.put(session, change, state[0])
        await send_text(request.context, _(state[1]))
        await series(request)
        return
    press, typed = request.turn_input.press, request.argument
    saves, given = typed == SAVE, press.inputs if press is not None else {}
    of, version = await management.proposed(session, change, given, "" if saves else typed)
    if saves:
        of = await management.begun(session, of, version)
        done = _("Saved: {rule}. I draft each change in good time, and ask you.", rule=rule_text(of.rule))
        await send_text(request.context, done)
    service = await session.service(of.plan.service)
    card = series_card(of, change, service, next_dates(of))
    await answer_with_card(request.context, card, _("How often?"))


async def series(request: CommandContext) -> None:
    """`series` lists those that the person may see."""
    session = request.turn_input.session
    await answer_alone(request.context, request.turn_input)
    card = series_list_card(await management.visible(session))
    await answer_with_card(request.context, card, _("Recurring changes"))
