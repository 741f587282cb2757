"""`/change template …`: saves a change as a template, and lists, shows, uses, edits, pre-approves and retires them.

What stands with a name stands in front of it: the name is the rest of the line, whatever it is made of. A button puts
there too what its card shows, like `#3`, the version.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from application.input_parsing.cleaning import clean
from application.input_parsing.dates import read_date
from application.templates.following import template_of
from bot.commands.command_context import CommandContext
from cards.request.templates import NO_FIELDS, template_card, templates_card
from changes.errors import NotFound, StaleRevision, invalid
from changes.model import Change
from changes.permissions import authorize_copy, authorize_preapproval, authorize_template
from changes.reporting.search import comparable
from changes.templates import LONGEST_NAME, TEMPLATED, Template, preapproved, taken_from, with_locks
from changes.text import first_word, units
from dialogs.request import REQUEST
from dialogs.turn import answer_with_card
from language import _

Act = Callable[[CommandContext, str], Awaitable[None]]
VERSION = "#"


async def template(request: CommandContext) -> None:
    """Do what stands behind the word; a template's name alone shows it."""
    word, rest = first_word(request.order.rest)
    act = _ACTS.get(comparable(word[:LONGEST_NAME]))
    await (act or _show)(request, rest if act else request.order.rest)


async def _named(request: CommandContext, text: str) -> Template:
    """The template of that name. Raises NotFound, and StaleRevision behind the number of another version."""
    word, rest = first_word(text)
    name = rest if word.startswith(VERSION) else text
    found = await request.turn_input.session.unit.templates.get(name)
    if found is None:
        raise NotFound("There is no template “{typed}”: look at `/change template`.", typed=name[:LONGEST_NAME])
    if word.startswith(VERSION) and word != found.stamp:
        raise StaleRevision("“{name}” has changed: look at it with `/change template show {name}`.", name=found.name)
    return found


async def _authorize(request: CommandContext, found: Template) -> None:
    session, service = request.turn_input.session, await request.turn_input.session.service(found.plan.service)
    authorize_template(session.person, found, service, session.catalogue.admins)


async def _source(request: CommandContext, text: str) -> Change:
    """The change that the text begins with, where the person may copy it. Raises NotAllowed."""
    change = await replace(request, order=replace(request.order, rest=text)).change()
    authorize_copy(request.turn_input.session.person, change)
    return change


async def _shown(request: CommandContext, found: Template, said: str = "") -> None:
    session = request.turn_input.session
    card = template_card(found, await session.service(found.plan.service), session.person, session.now, said)
    await answer_with_card(request.context, card, _("Template “{name}”", name=found.name))


async def _saved(request: CommandContext, found: Template, said: str) -> None:
    await request.turn_input.session.unit.templates.save(found)
    await _shown(request, replace(found, entry=found.entry + 1), said)


async def _save(request: CommandContext, rest: str) -> None:
    """The plan of a change becomes a template, or the next version of the one that is called so."""
    session, change = request.turn_input.session, await _source(request, rest)
    name = " ".join(clean(first_word(rest)[1]).split())
    is_read_again = comparable(name) and not comparable(name).startswith(("chg-", VERSION))
    if units(name) > LONGEST_NAME or not is_read_again:
        raise invalid("name", "Give the template a name of at most {limit} characters.", limit=LONGEST_NAME)
    found = await session.unit.templates.get(name)
    if found is not None:
        await _authorize(request, found)
        if change.plan.service != found.plan.service:
            raise invalid("template", "{id} is of another service than “{name}”.", id=change.id, name=found.name)
    origin = await template_of(session.unit, change)
    made = taken_from(change, name, session.person, session.now, found, origin)
    await _saved(request, made, _("Saved as version {version}.", version=made.version))


async def _list(request: CommandContext, rest: str) -> None:
    session = request.turn_input.session
    services = {each.key: each for each in await session.services()}
    usable = [each for each in await session.unit.templates.of(list(services)) if not each.retired]
    await answer_with_card(request.context, templates_card(usable, services, session.now), _("Templates"))


async def _show(request: CommandContext, rest: str) -> None:
    await _shown(request, await _named(request, rest))


async def _use(request: CommandContext, rest: str) -> None:
    """A request that begins with a template, or with the plan of a change: `use CHG-2027-0007`."""
    is_change = comparable(rest[:4]).startswith("chg-")
    name = (await _source(request, rest)).id if is_change else (await _named(request, rest)).name
    request.dialog = (REQUEST, {"answers": {"template": name}})


async def _lock(request: CommandContext, rest: str) -> None:
    """Lock the fields whose keys stand first, with commas between them, and no others."""
    session, (keys, name) = request.turn_input.session, first_word(rest)
    found, chosen = await _named(request, name), set(keys.split(",")) - {NO_FIELDS}
    await _authorize(request, found)
    if not chosen <= TEMPLATED.keys():
        raise invalid("template", "The buttons of the card lock fields: `/change template show NAME`.")
    after = with_locks(found, chosen, session.person, session.now)
    await _saved(request, after, _("Saved as version {version}.", version=after.version))


async def _retire(request: CommandContext, rest: str) -> None:
    found = await _named(request, rest)
    await _authorize(request, found)
    await _saved(request, replace(found, retired=True, approval=None), _("What was requested from it stays."))


async def _approve(request: CommandContext, rest: str) -> None:
    session, (day, name) = request.turn_input.session, first_word(rest)
    found = await _named(request, name)
    service = await session.service(found.plan.service)
    authorize_preapproval(session.person, service)
    today = service.local(session.now).date()
    until = read_date(day, today)
    if until <= today:
        raise invalid("date", "{date} is in the past: choose a later date.", date=until)
    after = preapproved(found, session.person, service.deputy_for(session.person), session.now, until)
    await _saved(request, after, _("Pre-approved: changes that keep what it locks are standard changes now."))


async def _revoke(request: CommandContext, rest: str) -> None:
    session, found = request.turn_input.session, await _named(request, rest)
    authorize_preapproval(session.person, await session.service(found.plan.service))
    said = _("The pre-approval is taken back: who decides is asked for each of its changes.")
    await _saved(request, replace(found, approval=None, suspended_by=""), said)


_ACTS: Mapping[str, Act] = {
    **dict.fromkeys(("save", "enregistrer", "edit", "modifier"), _save),
    **dict.fromkeys(("", "list", "liste"), _list),
    **dict.fromkeys(("show", "voir"), _show),
    **dict.fromkeys(("use", "utiliser"), _use),
    **dict.fromkeys(("retire", "retirer"), _retire),
    **dict.fromkeys(("approve", "approuver"), _approve),
    **dict.fromkeys(("revoke", "revoquer"), _revoke),
    "lock": _lock,
}
