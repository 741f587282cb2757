"""Recurring changes: `repeat ID …` makes one like a change, `series …` shows, pauses, changes and ends them."""

from dataclasses import replace

from application.input_parsing.people import read_person
from application.input_parsing.recurrence import Recurrence, read_recurrence
from application.series import keeping
from application.series.drafting import next_dates
from bot.commands.command_context import CommandContext
from bot.commands.disambiguation import question_id
from bot.messenger.private_answers import answer_alone
from cards.request.series import choices_card, preview_card, rule_text, series_card, series_list_card
from changes.errors import invalid
from changes.permissions import authorize_series
from changes.recurrence.series import Placed, Series, SeriesState
from changes.reporting.search import comparable
from changes.text import first_word
from dialogs.turn import answer_with_card, send_text
from language import N_, _

SHOWN = 3
"""The number of next dates that are shown."""
_STATES = {
    **dict.fromkeys(("pause", "suspendre"), SeriesState.PAUSED),
    **dict.fromkeys(("resume", "reprendre"), SeriesState.ACTIVE),
    **dict.fromkeys(("end", "terminer", "arreter"), SeriesState.ENDED),
}
_DONE = {
    SeriesState.PAUSED: N_("Paused: nothing more is drafted."),
    SeriesState.ACTIVE: N_("It goes on."),
    SeriesState.ENDED: N_("Ended: nothing more is drafted."),
}
_ASSIGN, _CHANGE = frozenset(("assign", "attribuer", "confier")), frozenset(("change", "changer", "modifier"))
_LIST, _SHOW = frozenset(("", "list", "liste")), frozenset(("show", "voir", "ouvrir", "open"))


async def repeat(request: CommandContext) -> None:
    """`repeat ID every month on the first Tuesday [at 20:00] [skip|before|after]`: said back, and then saved."""
    session, change = request.turn_input.session, await request.change()
    await answer_alone(request.context, request.turn_input)
    series = await keeping.proposed(session, change)
    if request.argument:
        await _with_rhythm(request, (series, 0), f"repeat {change.id}", request.argument)
    else:
        await answer_with_card(request.context, choices_card(change, series.first), _("How often?"))


async def series(request: CommandContext) -> None:
    """`series`, and `show 3`, `pause 3`, `resume 3`, `end 3`, `assign 3 NAME`, `change 3 every year` behind it."""
    session, (word, rest) = request.turn_input.session, first_word(request.order.rest)
    await answer_alone(request.context, request.turn_input)
    what = comparable(word)
    if what in _LIST:
        found, services = await keeping.visible(session), {each.key: each for each in await session.services()}
        await answer_with_card(request.context, series_list_card(found, services), _("Recurring changes"))
        return
    typed, argument = first_word(rest if what in _STATES or what in _ASSIGN | _CHANGE | _SHOW else request.order.rest)
    kept = await keeping.named(session, typed)
    if what in _STATES:
        authorize_series(session.person, kept[0], session.catalogue, steers=_STATES[what] is SeriesState.ACTIVE)
        await _shown(request, await keeping.put(session, kept, _STATES[what]), _(_DONE[_STATES[what]]))
    elif what in _ASSIGN:
        if not argument:
            raise invalid("name", "Say the name of the person.")
        owner = read_person(argument, session.person, await session.people())
        done = _("{owner} is asked from now on.", owner=owner.name)
        await _shown(request, await keeping.assign(session, kept, owner), done)
    elif what in _CHANGE:
        authorize_series(session.person, kept[0], session.catalogue, steers=True)
        counted = replace(kept[0], first=kept[0].placed or kept[0].first)
        await _with_rhythm(request, (counted, kept[1]), f"series change {counted.id}", argument)
    else:
        await _shown(request, kept[0])


async def _with_rhythm(request: CommandContext, kept: keeping.Kept, typed: str, argument: str) -> None:
    """All that follows is as was typed, once that was said back: every word of what is saved was looked at."""
    session, (series, version) = request.turn_input.session, kept
    read: Recurrence = read_recurrence(argument, series.first)
    at, when_blocked = read.at or series.at, read.when_blocked or series.when_blocked
    series = replace(series, rule=read.rule, at=at, when_blocked=when_blocked)
    if read.is_agreed:
        series = await keeping.keep(session, (series, version))
        done = _("Saved: {rule}. I draft each change in good time, and ask you.", rule=rule_text(series.rule))
        await _shown(request, series, done)
        return
    line, service = f"{typed} {series.rule} at {at:%H:%M} {when_blocked}", await session.service(series.plan.service)
    card = preview_card(series, service, await _next(request, series), line, question_id(request.turn_input))
    await answer_with_card(request.context, card, _("Recurring change: is this right?"))


async def _shown(request: CommandContext, series: Series, done: str = "") -> None:
    session = request.turn_input.session
    if done:
        await send_text(request.context, done)
        if series.plan.service not in session.catalogue.services:
            return  # it can still be paused, ended or given away, and there is nothing to show
    service, draft = await session.service(series.plan.service), await keeping.waits_for(session, series)
    dates = await _next(request, series) if series.state is SeriesState.ACTIVE else []
    card = series_card(series, service, dates, draft)
    await answer_with_card(request.context, card, _("Recurring change {id}", id=series.id))


async def _next(request: CommandContext, series: Series) -> list[Placed]:
    session = request.turn_input.session
    return await next_dates(session.directory, session.catalogue, series, session.now, SHOWN)
