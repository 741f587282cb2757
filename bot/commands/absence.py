"""When somebody who decides is away: dates are entered, shown and taken back, and deputies are asked instead."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from application.input_parsing.ranges import read_days
from application.ports import Absence
from bot.commands.command_context import CommandContext
from cards.account.absence import absence_card
from changes.approvals.quorum import approvers_of, asked_to_decide
from changes.effects import Effect, PostThreadMessage, UpsertPersonalCard
from changes.errors import invalid
from changes.model import Change, Person, State
from changes.notification import CardKind, ThreadMessage, message_of
from changes.reporting.search import Search, comparable
from changes.text import read_number
from dialogs.turn import answer_with_card
from language import _

LONGEST_DAYS = 366
_ASK = (State.PRECHECK_PENDING, State.GO_PENDING)
_TAKE_BACK = ("remove", "supprimer", "retirer", "entfernen")


async def absent(request: CommandContext) -> None:
    """`absent 2027-07-12 2027-07-30` notes it, `absent remove 3` takes it back, `absent` alone shows them."""
    session = request.turn_input.session
    today = _today(request)
    words = request.order.words
    known = await session.unit.absences.of([session.person], today)
    if words and comparable(words[0]) in _TAKE_BACK:
        await _take_back(request, words[1:], known)
    elif words:
        first, last = _dates(request.order.rest, today)
        if any(each.first <= last and first <= each.last for each in known):
            raise invalid("date", "You already have an absence on some of these days: remove that first.")
        await _ask_deputies(request, await session.unit.absences.add(session.person, first, last))
    decides = [each.name for each in await session.services() if session.person in approvers_of(each)]
    await answer_with_card(
        request.context,
        absence_card(await session.unit.absences.of([session.person], today), decides),
        _("Your absences"),
    )


def _today(request: CommandContext) -> date:
    session = request.turn_input.session
    zones = [service for service in session.catalogue.services.values() if session.person in approvers_of(service)]
    service = next(iter(zones or session.catalogue.services.values()))
    return service.local(session.now).date()


def _dates(text: str, today: date) -> tuple[date, date]:
    first, last = read_days(text, today)
    if last < first:
        raise invalid("date", "The last day lies before the first: give them the other way round.")
    if last < today:
        raise invalid("date", "These days are over already.")
    if (last - first) > timedelta(days=LONGEST_DAYS):
        raise invalid("date", "That is more than a year: an admin names another approver in services.toml.")
    return first, last


async def _take_back(request: CommandContext, words: list[str], known: tuple[Absence, ...]) -> None:
    number = read_number(" ".join(words))
    if number is None or number not in [each.id for each in known]:
        raise invalid("date", "You have no such absence. `/change absent` shows yours.")
    await request.turn_input.session.unit.absences.drop(number)


async def _ask_deputies(request: CommandContext, absence: Absence) -> None:
    """What waits for the person's answer at this moment is asked of the deputies at once."""
    session, today = request.turn_input.session, _today(request)
    if not absence.first <= today <= absence.last:
        return
    for service in await session.services():
        if session.person not in approvers_of(service):
            continue
        for change in await session.unit.changes.find(Search(service=service.key, states=_ASK)):
            day = service.local(session.now).date()
            before = asked_to_decide(change, replace(service, away=()), day)
            asked = tuple(each for each in asked_to_decide(change, service, day) if each not in before)
            if asked and session.person in before:
                request.effects += asking_instead(change, asked, absence, session.now)


def asking_instead(change: Change, asked: tuple[Person, ...], absence: Absence, now: datetime) -> list[Effect]:
    """The effects that ask others for what waits for somebody who is away: a line in the thread, and the card."""
    away = absence.person
    key = f"{change.id}:absent:{away.id}:{absence.first}:{absence.last}:{now:%Y%m%dT%H%M}"
    kind = CardKind.PRECHECK if change.state is State.PRECHECK_PENDING else CardKind.GO
    message = message_of(kind, change)
    return [
        PostThreadMessage(key, change.id, ThreadMessage.STANDS_IN, away, now, "", asked),
        *(UpsertPersonalCard(f"{key}:{each.id}", change.id, kind, message, each) for each in asked),
    ]
