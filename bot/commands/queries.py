"""Commands that only show something; the buttons of such cards stand for them too."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from application.input_parsing.chat_command import ChatCommand
from application.input_parsing.dates import UnfitDate, read_date
from application.input_parsing.services import find_service
from application.queries.text_search import page_of
from application.queries.worklist import worklist_of
from bot.commands.absence import absent
from bot.commands.command_context import CommandContext, Handler
from bot.commands.statistics import statistics_card
from bot.messenger.card_refresh import acting_card
from bot.messenger.private_answers import answer_alone, is_shared
from bot.messenger.reposting import effects_to_repost
from cards.elements.notification import about, about_change
from cards.overview.calendar import MOST as MOST_WINDOWS
from cards.overview.calendar import MOST_IN_A_WEEK, calendar_card
from cards.overview.delivery_log import delivery_log_card
from cards.overview.detail import show_card
from cards.overview.list import A_PAGE, list_card
from cards.overview.worklist import MOST, MOST_OWN, worklist_card
from changes.errors import NotFound, ValidationFailed
from changes.model import DROPPED, Change, State
from changes.planning.calendar import WEEKS, count_days, first_monday, span, weeks
from changes.policy import Service
from changes.reporting.search import Search, read_search
from changes.text import joined
from changes.text.messages import listed
from dialogs.turn import answer_with_card, send_card
from language import _, n_

_GONE = DROPPED | {State.DRAFT}


async def list_(request: CommandContext) -> None:
    """The changes that match what was typed: states, a service, a time, `mine`, words, `page N`.

    What is asked about oneself is answered alone; among others nobody's private changes are found.
    """
    session = request.turn_input.session
    services = {service.key: service for service in await session.services()}
    search = read_search(request.order.rest, services, session.person.id)
    if search.person or search.requester:
        await answer_alone(request.context, request.turn_input)
    elif is_shared(request.context.activity):
        search = replace(search, viewer="")
    page = await page_of(session.unit, search, A_PAGE, session.searched)
    if page.count and not page.changes:
        # There are fewer by now, or nobody counted: the last page is the nearest.
        last = replace(request.order, rest=f"{search.typed} page {-(-page.count // A_PAGE)}")
        await list_(replace(request, order=last))
        return
    told = n_("One change was found.", "{n} changes were found.", page.count)
    if page.is_least:
        told = _("At least {count} changes were found.", count=page.count)
    await answer_with_card(request.context, list_card(page, services, search.typed, search.page), told)


async def mine(request: CommandContext) -> None:
    """What is asked of the person who types, and their own open changes."""
    session = request.turn_input.session
    await answer_alone(request.context, request.turn_input)
    services = {service.key: service for service in await session.services()}
    of = await worklist_of(
        *(session.unit, session.catalogue, session.person, session.now, MOST, MOST_OWN + 1), directory=session.directory
    )
    card = worklist_card(of.tasks, of.others, services, session.now, of.count)
    await answer_with_card(request.context, card, _("Your tasks"))


async def show_one(request: CommandContext) -> None:
    """The plan, the state and the history of one change; and the card with the buttons that can be used now.

    A button that looks has room for one card: for whoever can act the one with the buttons. Among others the change's
    own card is the only one with them: what is shown there has a button that opens it for the presser alone.
    """
    session = request.turn_input.session
    change = await request.change()
    service = await session.directory.service_of(change, session.catalogue.service(change.plan.service))
    request.effects += await effects_to_repost(session.unit, change, service, session.now)
    pressed = request.turn_input.press is not None
    shared = not pressed and request.turn_input.alone is None and is_shared(request.context.activity)
    acting = await acting_card(session, change, request.wording, shared=shared)
    if pressed and acting is not None:
        await answer_with_card(request.context, acting, about(change))
        return
    history = await session.unit.changes.history(change.id)
    told = await session.unit.delivery_log.of(change.id)
    shown = show_card(await session.view(change), history, told, opens=shared and acting is not None)
    await answer_with_card(request.context, shown, about(change))
    if acting is not None and not shared:
        await send_card(request.context, acting, about(change))


def _calendar_date(typed: str, today: date, services: Mapping[str, Service]) -> date:
    """The first day that is wanted. Raises ValidationFailed for one that cannot be, NotFound for anything else."""
    try:
        return read_date(typed, today)
    except UnfitDate:
        raise
    except ValidationFailed:
        raise NotFound(
            "“{word}” is neither a service nor a date. Type `/change calendar`, with a service ({services}) or a "
            "date like 2027-04-15 behind it.",
            word=typed[:40],
            services=listed(sorted(service.name for service in services.values())),
        ) from None


def _windows(service: Service, first: date, days: int) -> Search:
    """The windows of the service in so many days from that one on."""
    since, until = span(first, days, service)
    return Search(service=service.key, states=frozenset(State) - _GONE, since=since, until=until)


def _first(found: Sequence[Change]) -> Sequence[Change]:
    return sorted(found, key=lambda each: (each.plan.window.start, each.id))[:MOST_WINDOWS]


async def calendar(request: CommandContext, *, has_pages: bool = False) -> None:
    """The next eight weeks, or those from a date, of all services or of one: `calendar [SERVICE] [DATE]`."""
    session = request.turn_input.session
    services = {service.key: service for service in await session.services()}
    only, when = find_service(request.order.rest, tuple(services.values()))
    chosen = only.key if only else ""
    wanted = [only] if only else list(services.values())
    today = wanted[0].local(session.now).date()
    first = _calendar_date(when, today, services) if when else None
    monday = first_monday(first or today)
    searches = [_windows(service, monday, 7 * WEEKS) for service in wanted]
    found = _first([each for of in searches for each in await session.unit.changes.find(of, limit=MOST_WINDOWS)])
    first_week, is_least = 0, False
    if len(found) == MOST_WINDOWS:
        # There are more than a card has room for: where the first week alone has, it says how many are left out.
        for service in wanted:
            windows = await session.unit.changes.windows(_windows(service, monday, 7), most=MOST_IN_A_WEEK)
            first_week += count_days(windows, monday, 7, service)
            is_least = is_least or len(windows) == MOST_IN_A_WEEK
    drawn = weeks(monday, found, wanted)
    card = calendar_card(drawn, services, chosen, today, first_week, is_least=is_least, has_pages=has_pages)
    await answer_with_card(request.context, card, _("The calendar from {day}", day=monday))


async def ledger(request: CommandContext) -> None:
    """Who was told what about one change."""
    session = request.turn_input.session
    change = await request.change()
    card = delivery_log_card(await session.view(change), await session.unit.delivery_log.of(change.id))
    await answer_with_card(request.context, card, about_change(_("Notification log"), change))


async def stats(request: CommandContext) -> None:
    """How changes went, of all services or of one: `stats [SERVICE] [2027|2027-Q2]`."""
    card = await statistics_card(request.turn_input.session, request.order.rest)
    await answer_with_card(request.context, card, joined(_("Statistics"), request.order.rest))


async def absences(request: CommandContext) -> None:
    """The person's own absences."""
    await absent(replace(request, order=ChatCommand("absent")))


QUERIES: Mapping[str, Handler] = {
    "list": list_,
    "mine": mine,
    "show": show_one,
    "calendar": calendar,
    "ledger": ledger,
    "absent": absences,
    "stats": stats,
}
