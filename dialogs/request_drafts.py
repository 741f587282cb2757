"""Saves the answers of a request as a draft, and says what comes next once it is handed in."""

from typing import Any

from cards.overview.next_step import next_step_text
from changes.approvals.quorum import asked_to_decide, is_usual, stuck_stage
from changes.errors import WindowTaken
from changes.model import Change, Plan
from changes.planning.timeline import StepKind, pending
from changes.text import Message
from changes.text.messages import listed
from dialogs.request_template import reference
from dialogs.turn import TurnInput
from language import _, moment_text, n_


async def what_comes_next(turn: TurnInput, change: Change) -> str:
    """Who is asked for the pre-check, and when; what else comes next where that is behind it."""
    service = await turn.session.service(change.plan.service)
    asking = next((step for step in pending(change, service) if step.kind is StepKind.PRECHECK), None)
    if asking is None or change.standard is not None or not is_usual(change, service) or stuck_stage(change, service):
        return next_step_text(await turn.session.view(change))
    due = max(asking.due, turn.session.now)
    # Never the approver about their own change, or while they are away.
    deciders = asked_to_decide(change, service, service.local(due).date())
    names = listed(each.name or _("the approver or a deputy") for each in deciders)
    if asking.due <= turn.session.now:
        return n_(
            "{names} is asked for the pre-check now.",
            "One of {names} is asked for the pre-check now.",
            len(deciders),
            names=names,
        )
    return n_(
        "{names} is asked for the pre-check on {when}.",
        "One of {names} is asked for the pre-check on {when}.",
        len(deciders),
        names=names,
        when=moment_text(due, service.zone),
    )


async def new_draft(turn: TurnInput, state: dict[str, Any], plan: Plan) -> Change:
    """The draft of the plan. One whose window is taken is kept too: the approver may let the overlap stand."""
    session, template = turn.session, await reference(turn, state)
    try:
        await session.validate_new(plan, template)
    except WindowTaken as taken:
        change = await session.draft(plan, template)
        state.update(change=change.id, revision=change.revision)
        who = (await session.service(plan.service)).approver.name or _("the approver")
        sentence = Message(
            "{taken} Or ask {who} or a deputy to accept it, with `/change allow {id} REASON`: your plan is kept "
            "as {id}.",
            taken=taken.problems["date"],
            who=who,
            id=change.id,
        )
        raise WindowTaken({"date": sentence}) from taken
    return await session.draft(plan, template)
