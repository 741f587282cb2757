"""`/change admin`: what could not be delivered, to be sent again or let go, and who was refused what."""

from application.ports import DISABLED_WEBHOOK
from application.queries.overdue import overdue_steps
from bot.commands.api_tokens import WORDS, tokens
from bot.commands.command_context import CommandContext
from bot.messenger.private_answers import answer_alone
from cards.account.admin import MOST_REFUSED, admin_card
from changes.errors import NotFound
from changes.permissions import Permission
from changes.reporting.search import comparable
from changes.text import read_number
from dialogs.turn import answer_with_card
from language import _, n_


async def admin(request: CommandContext) -> None:
    """`admin`, `admin again NUMBER|all`, `admin drop NUMBER`, `admin enable WEBHOOK`, `admin refusals PAGE`, and what
    is about tokens of the API; for admins, in their own chat.
    """
    session, words = request.turn_input.session, [comparable(word) for word in request.order.words]
    session.authorize(Permission.ADMIN)
    await answer_alone(request.context, request.turn_input)
    if words and words[0] in WORDS:
        await tokens(request, words)
        return
    outbox = session.unit.outbox
    said, page = "", 1
    match words:
        case []:
            pass
        case ["again", "all"]:
            again = [await outbox.requeue(each.id, session.now) for each in await outbox.dead()]
            said = n_("One message is being resent.", "{n} messages are being resent.", sum(again))
        case ["again" | "drop" as what, typed] if (number := read_number(typed)) is not None:
            settled = await (outbox.requeue if what == "again" else outbox.discard)(number, session.now)
            if not settled:
                said = _("That delivery is no longer pending.")
            else:
                said = _("It is being resent.") if what == "again" else _("Dismissed.")
        case ["enable", name]:
            is_found = await session.unit.settings.remove(DISABLED_WEBHOOK + name)
            said = _("Enabled: what happens from now on is sent to it.") if is_found else _("It is enabled already.")
        case ["refusals", typed] if (number := read_number(typed)) is not None:
            page = number
        case _:
            raise NotFound("Type `/change admin` and use the buttons to resend what was not delivered.")
    services = {service.key: service for service in await session.services()}
    dead, waiting = await outbox.dead(), await outbox.waiting()
    count = await session.unit.access_denials.count()
    page = max(1, min(page, -(-count // MOST_REFUSED)))
    refused = await session.unit.access_denials.latest(MOST_REFUSED, (page - 1) * MOST_REFUSED)
    disabled = await session.unit.settings.beginning_with(DISABLED_WEBHOOK)
    await answer_with_card(
        request.context,
        admin_card(
            *(dead, (refused, page, count), waiting, services, said),
            *(await overdue_steps(session.unit, session.now), sorted(disabled)),
        ),
        said or _("Bot health"),
    )
