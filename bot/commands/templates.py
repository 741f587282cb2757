"""`/change template …`: saves a change as a template, and lists, shows, uses, edits, pre-approves and retires them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from application.templates.typed import ACTS, read_approval, read_edit, read_name, take_template
from bot.commands.command_context import CommandContext
from cards.request.choices import request_card
from cards.request.templates import template_card, templates_card
from changes.errors import StaleRevision, WrongState, invalid
from changes.model import Change
from changes.permissions import authorize_preapproval, authorize_template
from changes.reporting.search import comparable
from changes.templates import LONGEST_NAME, Template, preapproved, rewritten, values_of
from changes.text import first_word, joined
from dialogs.request import REQUEST
from dialogs.turn import answer_with_card
from language import _

Act = Callable[[CommandContext, str], Awaitable[None]]


async def template(request: CommandContext) -> None:
    """Do what stands behind the word; a template's name alone shows it."""
    word, rest = first_word(request.order.rest)
    name = ACTS.get(comparable(word[:LONGEST_NAME]))
    await _DO[name or "show"](request, rest if name else request.order.rest)


async def _all(request: CommandContext) -> tuple[Template, ...]:
    session = request.turn_input.session
    return await session.unit.templates.of(list(session.catalogue.services))


async def _named(request: CommandContext, text: str, *, is_alone: bool = True) -> tuple[Template, str]:
    return take_template(text, await _all(request), is_alone=is_alone)


async def _source(request: CommandContext, text: str) -> Change:
    return await replace(request, order=replace(request.order, rest=text)).change()


async def _shown(request: CommandContext, found: Template, said: str = "") -> None:
    session = request.turn_input.session
    card = template_card(found, await session.service(found.service), session.person, session.now, said)
    await answer_with_card(request.context, card, _("Template “{name}”", name=found.name))


async def _saved(request: CommandContext, found: Template, said: str) -> None:
    await request.turn_input.session.unit.templates.save(found)
    await _shown(request, replace(found, entry=found.entry + 1), said)


async def _save(request: CommandContext, rest: str) -> None:
    session, typed = request.turn_input.session, first_word(rest)[1]
    change, name = await _source(request, rest), read_name(typed)
    before = await session.unit.templates.get(name)
    if before is not None and (not before.retired or before.service != change.plan.service):
        raise WrongState(
            "There is a template “{name}” already. Choose another name, or `/change template edit {name} from {id}` "
            "to write it anew.",
            name=before.name,
            id=change.id,
        )
    values, by, now = values_of(change.plan), session.person, session.now
    found = Template(change.plan.service, name, 1, values, by, now, source=change.id)
    if before is not None:  # a retired one of that name goes on: its versions are counted further
        found = replace(found, version=before.version + 1, entry=before.entry, fares=before.fares)
    await _saved(request, found, _("Saved. Nothing is locked yet: whoever uses it can change everything."))


async def _list(request: CommandContext, rest: str) -> None:
    session = request.turn_input.session
    services = {each.key: each for each in await session.services()}
    usable = [each for each in await _all(request) if not each.retired]
    await answer_with_card(request.context, templates_card(usable, services, session.now), _("Templates"))


async def _show(request: CommandContext, rest: str) -> None:
    await _shown(request, (await _named(request, rest))[0])


async def _use(request: CommandContext, rest: str) -> None:
    """A request that begins with a template, or with the plan of a change: `use CHG-2027-0007`."""
    if comparable(rest[:4]).startswith("chg-"):
        name = (await _source(request, rest)).id
    else:
        found, _more = await _named(request, rest)
        if found.retired:
            raise WrongState("“{name}” is retired: nothing is requested from it any more.", name=found.name)
        name = found.name
    if request.local or request.turn_input.press is not None:
        request.dialog = (REQUEST, {"answers": {"template": name}})
    else:
        await answer_with_card(request.context, request_card(name, is_template=True), _("Request a change"))


async def _edit(request: CommandContext, rest: str) -> None:
    session, (found, typed) = request.turn_input.session, await _named(request, rest, is_alone=False)
    authorize_template(session.person, found.by, await session.service(found.service), session.catalogue.admins)
    marks, source = read_edit(typed)
    values = dict(found.values)
    if source:
        change = await _source(request, source)
        if change.plan.service != found.service:
            raise invalid("template", "{id} is of another service than “{name}”.", id=change.id, name=found.name)
        values, found = values_of(change.plan), replace(found, source=change.id)
    after = rewritten(found, values, {**found.marks, **marks}, session.person, session.now)
    if (after.values, after.marks) == (found.values, found.marks):
        raise WrongState("Nothing was changed in “{name}”.", name=found.name)
    said = _("Saved as version {version}.", version=after.version)
    if found.approval is not None and after.fingerprint != found.fingerprint:
        said = joined(said, _("What it locks is another, so its pre-approval ended."))
    await _saved(request, after, said)


async def _retire(request: CommandContext, rest: str) -> None:
    session, (found, _more) = request.turn_input.session, await _named(request, rest)
    authorize_template(session.person, found.by, await session.service(found.service), session.catalogue.admins)
    if found.retired:
        raise WrongState("“{name}” is retired already.", name=found.name)
    await _saved(request, replace(found, retired=True), _("What was requested from it stays."))


async def _approve(request: CommandContext, rest: str) -> None:
    session, (found, more) = request.turn_input.session, await _named(request, rest, is_alone=False)
    service = await session.service(found.service)
    authorize_preapproval(session.person, service)
    until, version = read_approval(more, service.local(session.now).date())
    if version not in (None, found.version):
        raise StaleRevision(
            "“{name}” is at version {version} now: look at it with `/change template show {name}` first.",
            name=found.name,
            version=found.version,
        )
    after = preapproved(found, session.person, service.deputy_for(session.person), session.now, until)
    await _saved(request, after, _("Pre-approved: changes that keep what it locks are standard changes now."))


_DO: Mapping[str, Act] = {
    "save": _save,
    "list": _list,
    "show": _show,
    "use": _use,
    "edit": _edit,
    "retire": _retire,
    "approve": _approve,
}
