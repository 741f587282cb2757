"""The plan and the notice on the card of GO, as far as there is room: the pre-check showed all of it."""

from microsoft_teams.cards import CardElement

from application.change_context import ChangeContext
from cards.elements.blocks import (
    label,
    text_block,
    user_text,
)
from cards.elements.lengths import shortened, weight
from changes.text.lengths import units
from changes.text.messages import Message
from language import _

LONGEST_IN_SHORT, LONGEST_TEST_SHOWN = 400, 80
A_BLOCK = 75
"""What a paragraph takes on the wire beside its text, in UTF-16 units."""


def abbreviated(text: str) -> list[CardElement]:
    """As much of a text as the GO card has room for: the pre-check showed all of it."""
    return user_text(text if weight(text) <= LONGEST_IN_SHORT else shortened(text, LONGEST_IN_SHORT // _breadth(text)))


def _breadth(text: str) -> int:
    """How many units on the wire a unit of the text takes, at most."""
    return max(1, -(-weight(text) // max(1, units(text))))


def plan_in_short(view: ChangeContext) -> list[CardElement]:
    """How it is tested, what can go wrong, and how it is reverted."""
    plan = view.change.plan
    tests = "\n".join(f"{number}. {shortened(test, LONGEST_TEST_SHOWN)}" for number, test in enumerate(plan.tests, 1))
    items: list[CardElement] = [label(_("Tests")), *user_text(tests)]
    for name, text in ((_("Rollback plan"), plan.rollback), (_("Risks"), plan.risks)):
        if text:
            items += [label(name), *abbreviated(text)]
    return items


def notice_preview(notice: str, room: int) -> list[CardElement]:
    """The notice, or as many of its paragraphs as there is `room` for; a line parts its languages."""
    blocks: list[CardElement] = []
    parted = False
    for paragraph in notice.split("\n\n"):
        if paragraph.strip() == "---":
            parted = True
            continue
        room -= weight(paragraph) + A_BLOCK
        if room < 0:
            return [*blocks, text_block(_("The notice goes on."), subtle=True)]
        block = text_block(Message.from_markup(paragraph))
        block.separator = parted or None
        blocks.append(block)
        parted = False
    return blocks
