"""Acting as another person, so that one newcomer can play the requester and the approver. Local mode only."""

from typing import Any

from application.input_parsing.people import one_called
from application.input_parsing.phrases import MYSELF
from application.ports import UnitOfWork, UserProfile
from bot.commands.command_context import CommandContext
from bot.turn.identity import sender
from cards.elements.blocks import text_block
from cards.elements.controls import render_card
from changes.errors import NotFound
from changes.model import Person
from changes.reporting.search import comparable
from changes.text.messages import listed
from dialogs.turn import answer_with_card, send_text
from language import N_, _, use_language
from local.clock_report import MARK, go_on, kept, report_body


async def identify(unit: UnitOfWork, activity: Any) -> UserProfile | None:
    """The person the sender acts as, or the sender."""
    real = await sender(unit, activity)
    if real is None:
        return None
    acted = await unit.settings.get(_key(real.person.id))
    return (await unit.people.get(acted) if acted else None) or real


async def act_as(request: CommandContext) -> None:
    """`/as NAME` acts as that person from now on; `/as me` ends it; `/as` says who you are and could be."""
    session = request.turn_input.session
    wanted, _mark, key = request.order.rest.partition(MARK)
    real = await sender(session.unit, request.context.activity)
    if real is None:
        raise NotFound("This message says nothing of who sent it.")
    await session.unit.people.upsert([real])
    if not wanted:
        names = listed(each.person.name for each in await session.unit.people.everybody() if each.person.name)
        said = _(
            "You act as **{name}**. `/as NAME` changes that; there are: {names}.", name=session.person.name, names=names
        )
        await send_text(request.context, said)
        return
    if comparable(wanted) in MYSELF:
        await session.unit.settings.put(_key(real.person.id), "")
        with use_language(await session.directory.language(real.person) or real.language or "en"):
            said = _("You are yourself again: **{name}**.", name=real.person.name)
            await _say(request, said, real.person, real.person, key)
        return
    found = one_called(wanted, [each.person for each in await session.unit.people.everybody()])
    await session.unit.settings.put(_key(real.person.id), found.id)
    # A card with the report has a button that ends it.
    sentence = N_("You act as **{name}** now.") if key else N_("You act as **{name}** now; `/as me` ends it.")
    said = _(sentence, name=found.name)
    await _say(request, said, found, real.person, key)


async def _say(request: CommandContext, said: str, acting: Person, real: Person, key: str) -> None:
    """Say it; where a button was pressed, below the report of its card and with buttons that go on."""
    turn = request.turn_input
    if turn.press is None:
        await send_text(request.context, said)
        return
    report = await kept(turn.session.unit, key)
    body = [*(report_body(report) if report else []), text_block(said)]
    buttons = go_on((), acting, real, report.following if report else "", key)
    await answer_with_card(request.context, render_card(body, buttons), said)


def _key(person_id: str) -> str:
    return f"acting:{person_id}"
