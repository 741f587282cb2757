"""The template of a request: chosen by a command or in the form, filled in, and kept where it is locked."""

from typing import Any

from application.templates.answers import filled_in, shown
from cards.request.template_part import TemplatePart
from changes.errors import ValidationFailed
from changes.lifecycle.decisions.standard import why_lapsed
from changes.model import Plan, State, TemplateRef
from changes.permissions import authorize_copy
from changes.reporting.search import Search
from changes.templates import LONGEST_NAME, Template
from changes.text import Message
from dialogs.turn import TurnInput
from language import _

CHOSEN, UNLOCKED = "template", "unlock"
"""The answers that say which template was chosen, and that what it locks is edited all the same."""
MOST_ALIKE = 3
NEW = "new"


async def template_in(turn: TurnInput, state: dict[str, Any]) -> Template | None:
    """The template of the request as it is now; None without one that can be used for its service."""
    name = state.get("template", "")
    found = await turn.session.unit.templates.get(name) if name else None
    if found is None or found.retired or state["answers"].get("service", "") not in ("", found.plan.service):
        return None
    return found


async def locking_template(turn: TurnInput, state: dict[str, Any]) -> Template | None:
    """The template whose locked fields are kept: none where somebody chose to edit them."""
    return None if state["answers"].get(UNLOCKED) else await template_in(turn, state)


async def begin_with(turn: TurnInput, state: dict[str, Any]) -> None:
    """Fill in what the command named; a change that was edited in what is locked stays so. Raises ValidationFailed."""
    if state["change"] == NEW:
        if problems := await choose(turn, state):
            raise ValidationFailed(problems)
        return
    change = await turn.session.change(state["change"])
    state["template"] = change.template.name if change.template is not None else ""
    template = await template_in(turn, state)
    if template is not None and template.breaches(change.plan):
        state["answers"][UNLOCKED] = "yes"


async def choose(turn: TurnInput, state: dict[str, Any]) -> dict[str, str] | None:
    """Fill in the template, or the change, that was chosen just now.

    What is wrong with the choice, by field; None where there is nothing to look at: it is the one from before.
    """
    session, answers, before = turn.session, state["answers"], state.get("template", "")
    chosen = answers.pop(CHOSEN, before)
    chosen = chosen if chosen.strip("- ") else ""
    is_kept = chosen == before and (not before or await template_in(turn, state) is not None)
    if state["change"] != NEW or is_kept:
        return None
    state["template"] = ""
    answers.pop(UNLOCKED, None)
    if not chosen:
        return {}
    if chosen.upper().startswith("CHG-"):
        change = await session.change(chosen.upper())
        authorize_copy(session.person, change)
        plan = change.plan
    else:
        template = await session.unit.templates.get(chosen[:LONGEST_NAME])
        if template is None or template.retired or chosen == before:
            gone = _("“{name}” is retired, or of another service: choose another one, or none.", name=chosen[:60])
            return {"template": gone}
        plan, state["template"] = template.plan, template.name
    given = {key: text for key, text in answers.items() if text} | {"service": plan.service}
    state["answers"] = {**filled_in(plan, await session.service(plan.service)), **given}
    return {}


async def with_locked_fields(turn: TurnInput, state: dict[str, Any], plan: Plan) -> Plan:
    """The plan with everything that is locked as the template has it, whatever a device sent."""
    template = await locking_template(turn, state)
    return plan if template is None else template.with_locked_fields(plan)


async def reference(turn: TurnInput, state: dict[str, Any]) -> TemplateRef | None:
    """The version that the new change comes from."""
    template = await template_in(turn, state)
    return TemplateRef(template.name, template.version) if template is not None else None


async def answered_by_template(turn: TurnInput, state: dict[str, Any]) -> tuple[str, ...]:
    """The fields that are not asked for: those that are locked, and the reason of what may be a standard change."""
    template = await locking_template(turn, state)
    if template is None:
        return ()
    lapsed = await _why_lapsed(turn, template)
    return template.locked if lapsed or state["answers"].get("kind") == "emergency" else (*template.locked, "reason")


async def part_of_form(turn: TurnInput, state: dict[str, Any], service: str, problem: str) -> TemplatePart:
    """What the form shows of templates."""
    session, template = turn.session, await template_in(turn, state)
    offered: list[tuple[str, str]] = []
    if state["change"] == NEW:
        found = await session.unit.templates.of([service] if service else list(session.catalogue.services))
        offered = [(each.name, each.name) for each in found if not each.retired]
    if offered and service:
        done = Search(service=service, states={State.COMPLETED}, newest_first=True, viewer=session.person.id)
        past = await session.unit.changes.find(done, limit=MOST_ALIKE)
        offered += [(each.id, _("Like {id}: {title}", id=each.id, title=each.plan.title)) for each in past]
    if template is None:
        return TemplatePart(offered, problem=problem)
    texts = shown(template.plan, await session.service(template.plan.service))
    locked = {} if state["answers"].get(UNLOCKED) else {key: texts.get(key, "") for key in template.locked}
    return TemplatePart(offered, template, locked, await _why_lapsed(turn, template) or "", problem)


async def _why_lapsed(turn: TurnInput, template: Template) -> Message | None:
    return why_lapsed(template, await turn.session.service(template.plan.service), turn.session.now)
