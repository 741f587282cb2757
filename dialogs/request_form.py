"""The form of a request as it is drawn for whoever fills it in."""

from collections.abc import Mapping
from typing import Any

from application.input_parsing.people import not_known_any_more
from application.ports import NoticeDraft
from cards.request.form import form_card
from cards.request.offers import asked_for, chosen_service
from changes.model import Window
from changes.notification import NoticeKind
from changes.policy import Service
from changes.reporting.duration_estimates import NOTHING, DurationEstimates
from dialogs.request_answers import answer_context, drop_unknown
from dialogs.request_template import part_of_form
from dialogs.turn import TurnInput
from language import _


async def request_form(turn: TurnInput, state: dict[str, Any], problems: dict[str, str]) -> tuple[dict[str, Any], str]:
    """The form with the answers of the request's `state`, each problem below its field; and its title."""
    session, problems = turn.session, dict(problems)
    if await drop_unknown(turn, state):
        problems = problems | {"implementer": not_known_any_more()}
    services, past = await session.services(), await session.duration_estimates()
    drafts: tuple[NoticeDraft, ...] = ()
    if state["change"] != "new":
        change = await session.change(state["change"])
        if change.announced is not None:
            service = await session.service(change.plan.service)
            drafts = turn.wording.draft(NoticeKind.POSTPONED, change, service, session.now)
    chosen = chosen_service(state["answers"], services)
    template = await part_of_form(turn, state, chosen.key if chosen else "", problems.pop("template", ""))
    card = form_card(
        answers=state["answers"],
        problems=problems,
        services=services,
        people=await session.people(),
        today=(await answer_context(turn, state)).today,
        change=state["change"],
        revision=state["revision"],
        past=past,
        free=await _free(turn, state, chosen, past),
        drafts=drafts,
        template=template,
    )
    is_new = state["change"] == "new"
    return card, _("Request a change") if is_new else _("Edit {change}", change=state["change"])


async def _free(
    turn: TurnInput, state: dict[str, Any], service: Service | None, past: Mapping[str, DurationEstimates]
) -> tuple[Window, ...]:
    """The next free windows of the chosen service: at the time and for as long as was answered, or else as usual."""
    if service is None:
        return ()
    at, minutes = asked_for(state["answers"], service, past.get(service.key, NOTHING))
    return await turn.session.free_windows(service, at, minutes, "" if state["change"] == "new" else state["change"])
