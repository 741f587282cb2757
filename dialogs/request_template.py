"""The template of a request: chosen by a command or in the form, filled in, and kept where it is locked."""

from dataclasses import replace
from typing import Any

from application.templates.answers import filled_in, like, locked_answers
from cards.request.template_part import TemplatePart
from changes.errors import ValidationFailed
from changes.lifecycle.standard import why_lapsed
from changes.model import Plan, State, TemplateRef
from changes.reporting.search import Search, comparable
from changes.templates import LONGEST_NAME, Template
from dialogs.turn import TurnInput
from language import _

CHOSEN, UNLOCKED = "template", "unlock"
"""The answers that say which template was chosen, and that what it locks is edited all the same."""
MOST_ALIKE = 3
NEW = "new"


async def template_in(turn: TurnInput, state: dict[str, Any]) -> Template | None:
    """The template of the request as it is now; None without one, and for a new request where it is retired."""
    name = state.get("template", "")
    found = await turn.session.unit.templates.get(name) if name else None
    return None if found is None or (found.retired and state["change"] == NEW) else found


async def held_in(turn: TurnInput, state: dict[str, Any]) -> Template | None:
    """The template whose locked fields are kept: not where somebody chose to edit them."""
    return None if state["answers"].get(UNLOCKED) else await template_in(turn, state)


async def begin_with(turn: TurnInput, state: dict[str, Any]) -> None:
    """Fill in what the command named; a change that was edited in what is locked stays so. Raises ValidationFailed."""
    if state["change"] == NEW:
        if problem := (await take_template(turn, state))[1]:
            raise ValidationFailed({"template": problem})
        return
    change = await turn.session.change(state["change"])
    state["template"] = change.template.name if change.template is not None else ""
    template = await template_in(turn, state)
    if template is not None and template.breaches(change.plan):
        state["answers"][UNLOCKED] = "yes"


async def take_template(turn: TurnInput, state: dict[str, Any]) -> tuple[bool, str]:
    """Fill in the template that was chosen just now, or as it was rewritten since, and put back what it locks.

    Whether the form is to be looked at once more, and what is wrong with the choice.
    """
    answers, before = state["answers"], state.get("template", "")
    chosen = answers.pop(CHOSEN, None)
    if chosen is not None and not chosen.strip("- "):
        chosen = ""
    if state["change"] == NEW and chosen is not None and comparable(chosen[:LONGEST_NAME]) != comparable(before):
        answers.pop(UNLOCKED, None)
        return await _chosen(turn, state, chosen)
    if not before:
        return False, ""
    template = await template_in(turn, state)
    if template is None:
        state.update(template="", template_version=0)
        return True, _("“{name}” is retired. What it filled in stays, and the request is a normal one.", name=before)
    is_new = state["change"] == NEW
    if is_new and answers.get("service", template.service) != template.service:
        state.update(template="", template_version=0)  # of another service nothing is kept
        return True, ""
    rewritten = is_new and state.get("template_version") not in (None, template.version)
    state["template_version"] = template.version
    _hold(state, template)
    said = _("“{name}” was changed meanwhile: please look once more at what it locks.", name=before)
    return rewritten, said if rewritten and template.locked else ""


async def _chosen(turn: TurnInput, state: dict[str, Any], chosen: str) -> tuple[bool, str]:
    session, answers = turn.session, state["answers"]
    state.update(template="", template_version=0)
    if not chosen:
        return True, ""
    given = {key: text for key, text in answers.items() if text}
    if chosen.upper().startswith("CHG-"):
        state["answers"] = {**like((await session.change(chosen.upper())).plan), **given}
        return True, ""
    template = await session.unit.templates.get(chosen[:LONGEST_NAME])
    if template is None or template.retired:
        return True, _("There is no template “{name}” now: choose another one, or none.", name=chosen[:60])
    state.update(template=template.name, template_version=template.version)
    state["answers"] = {**filled_in(template.starting_values), **given, "service": template.service}
    _hold(state, template)
    return True, ""


def _hold(state: dict[str, Any], template: Template) -> None:
    """Put back what is locked, whatever a device sent."""
    if not state["answers"].get(UNLOCKED):
        state["answers"].update(locked_answers(template))


async def imposed(turn: TurnInput, state: dict[str, Any], plan: Plan) -> Plan:
    """The plan with everything that is locked as the template has it, to the letter."""
    template = await held_in(turn, state)
    return plan if template is None or template.service != plan.service else template.imposed(plan)


async def reference(turn: TurnInput, state: dict[str, Any], plan: Plan) -> TemplateRef | None:
    """The version that the new change comes from."""
    template = await template_in(turn, state)
    if template is None or template.service != plan.service:
        return None
    return TemplateRef(template.name, template.version)


async def is_standard(turn: TurnInput, state: dict[str, Any]) -> bool:
    """Whether it would be a standard change as far as it is answered, which needs no lead time."""
    template = await held_in(turn, state)
    if template is None or template.approval is None or state["answers"].get("kind") == "emergency":
        return False
    if state["change"] != NEW:
        change = await turn.session.change(state["change"])
        if change.standard is None and change.state is not State.DRAFT:
            return False
    service = await turn.session.service(template.service)
    return why_lapsed(template, service, turn.session.now) is None and turn.session.person != template.approval.by


async def part_of_form(turn: TurnInput, state: dict[str, Any], service: str, problem: str) -> TemplatePart | None:
    """What the form shows of templates; None where the services have none."""
    session, template = turn.session, await template_in(turn, state)
    offered: list[tuple[str, str]] = []
    if state["change"] == NEW:
        services = {each.key: each.name for each in await session.services()}
        found = await session.unit.templates.of([service] if service else list(services))
        usable = [each for each in found if not each.retired]
        offered = [(each.name, each.name if service else f"{each.name} ({services[each.service]})") for each in usable]
        if usable and service:
            done = Search(service=service, states={State.COMPLETED}, newest_first=True, viewer=session.person.id)
            past = await session.unit.changes.find(done, limit=MOST_ALIKE)
            offered += [(each.id, _("Like {id}: {title}", id=each.id, title=each.plan.title)) for each in past]
    if not offered and template is None and not problem:
        return None
    part = TemplatePart(tuple(offered), template, bool(state["answers"].get(UNLOCKED)), problem=problem)
    if template is None:
        return part
    of, standard = await session.service(template.service), await is_standard(turn, state)
    lapsed = why_lapsed(template, of, session.now) or ""
    return replace(part, is_standard=standard, days=of.policy.notice_days, lapsed=lapsed)
