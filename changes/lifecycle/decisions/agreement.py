"""Who is asked to decide: those who are left when one of several agrees, and whoever lets it wait (P77, P123, P124)."""

from changes import commands as c
from changes.approvals.quorum import asked_stage, asked_to_decide, can_be_decided, given, open_stages
from changes.errors import WrongState
from changes.lifecycle.effect_builder import EffectBuilder
from changes.lifecycle.guards import DecisionContext
from changes.model import Change, State
from changes.notification import CardKind, ThreadMessage
from changes.text import Message
from changes.text.messages import listed


def completes(change: Change, command: c.Command, context: DecisionContext) -> bool:
    """Whether the answer is the last one that is needed. Raises WrongState where it is not theirs to give now."""
    service = context.service
    if not open_stages(change, service):
        return True  # the settings ask for fewer than have decided
    names = listed(each.name for each in asked_stage(change, service).may) or Message("somebody else")
    if command.by in [each.by for each in given(change)]:
        raise WrongState("You have decided about {id} already. Still asked: {names}.", id=change.id, names=names)
    if command.by not in asked_stage(change, service).may:
        raise WrongState("Not yet: {id} is waiting for {names} first.", id=change.id, names=names)
    return not open_stages(change, service, also=command.by)


def ask_the_others(effects: EffectBuilder, comment: str) -> None:
    """The card says who has decided; whoever is asked only now hears of it."""
    day = effects.service.local(effects.entry.at).date()
    before = asked_to_decide(effects.before, effects.service, day) if effects.before is not None else ()
    new = tuple(each for each in effects.asked_to_decide() if each not in before)
    card = CardKind.GO if effects.change.state is State.GO_PENDING else CardKind.PRECHECK
    effects.card(card, new, only_edit=not new)
    if new:
        effects.post_message(ThreadMessage.APPROVAL_GIVEN, comment, *new)


def ask_again(effects: EffectBuilder, line: ThreadMessage, with_deputies: ThreadMessage) -> None:
    """First whoever was asked; from the second time on the deputies too (docs/process.md, P77)."""
    everybody, stage = effects.all_deciders(), asked_stage(effects.change, effects.service)
    if not can_be_decided(effects.change, effects.service):
        effects.post_message(ThreadMessage.NOBODY_DECIDES, "", effects.requester, effects.implementer)
        return
    has_deputies = any(each != effects.service.approver for each in everybody)
    if effects.nudge_number > 1 and stage.by_turns and has_deputies and not effects.asked_in_the_first_place():
        effects.post_message(with_deputies, "", *everybody)
    elif effects.nudge_number > 1 and not stage.by_turns:
        effects.post_message(line, "", *everybody)
    else:
        effects.post_message(line, "", *effects.asked_to_decide())
