"""The form of a request as it is drawn for whoever fills it in."""

from typing import Any

from application.input_parsing.people import not_known_any_more
from application.ports import NoticeDraft
from cards.request.form import form_card
from changes.notification import NoticeKind
from dialogs.request_answers import answer_context, drop_unknown
from dialogs.turn import TurnInput
from language import _


async def request_form(turn: TurnInput, state: dict[str, Any], problems: dict[str, str]) -> tuple[dict[str, Any], str]:
    """The form with the answers of the request's `state`, each problem below its field; and its title."""
    session = turn.session
    if await drop_unknown(turn, state):
        problems = problems | {"implementer": not_known_any_more()}
    drafts: tuple[NoticeDraft, ...] = ()
    if state["change"] != "new":
        change = await session.change(state["change"])
        if change.announced is not None:
            service = await session.service(change.plan.service)
            drafts = turn.wording.draft(NoticeKind.POSTPONED, change, service, session.now)
    card = form_card(
        answers=state["answers"],
        problems=problems,
        services=await session.services(),
        people=await session.people(),
        today=(await answer_context(turn, state)).today,
        change=state["change"],
        revision=state["revision"],
        past=await session.duration_estimates(),
        drafts=drafts,
    )
    is_new = state["change"] == "new"
    return card, _("Request a change") if is_new else _("Edit {change}", change=state["change"])
