"""Who is asked to decide: those who are left when one of several agrees, and whoever lets it wait (P77, P123, P124)."""

from changes import commands as c
from changes.approvals.quorum import asked_stage, asked_to_decide, open_stages, stuck_stage
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
    eligible = asked_stage(change, service).eligible
    if command.by not in eligible:
        names = listed(each.name for each in eligible) or Message("somebody else")
        raise WrongState(
            "{id} is waiting for {names}: you have decided already, or are asked later.", id=change.id, names=names
        )
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
    change, service = effects.change, effects.service
    if stuck_stage(change, service):
        effects.post_message(ThreadMessage.NOBODY_DECIDES, "", effects.requester, effects.implementer)
        return
    people, stage = effects.asked_to_decide(), asked_stage(change, service)
    if effects.nudge_number > 1:
        people, by_turns = effects.all_deciders(), stage.left == 1 and service.approver in stage.eligible
        if by_turns and people != (service.approver,) and not effects.asked_in_the_first_place():
            line = with_deputies
    effects.post_message(line, "", *people)
