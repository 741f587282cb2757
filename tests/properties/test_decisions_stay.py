"""Whatever becomes of a plan: who decided about it, when, and in which words can be read on the card for ever."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st

from application.change_context import ChangeContext
from cards.approval.decisions import go_card, precheck_card
from changes import events as e
from changes.events import Entry
from changes.model import Change, ChangeType
from changes.notification.cards import CardKind
from tests.properties.test_lifecycle import walk
from tests.support.core import LEARN, Story
from tests.support.examples import examples
from tests.support.teams import words

VERDICTS = {
    e.PrecheckApproved: "approved the pre-check",
    e.CorrectionsRequested: "requested corrections",
    e.GoGiven: "gave GO",
    e.GoRefused: "said NO-GO",
}


def decisions(story: Story) -> Iterator[tuple[int, Entry, str]]:
    """Each decision: the number of its entry, and the message of the card on which it was given.

    What GO says in an emergency stands for the pre-check that came with it.
    """
    for number, entry in enumerate(story.entries):
        before = story.was[number]
        if before is None or type(entry.event) not in VERDICTS:
            continue
        after = story.entries[number + 1].event if number + 1 < len(story.entries) else None
        if before.plan.kind is ChangeType.EMERGENCY and isinstance(after, e.GoGiven):
            continue
        is_go = isinstance(entry.event, e.GoGiven | e.GoRefused) and before.plan.kind is ChangeType.NORMAL
        yield number, entry, f"{CardKind.GO if is_go else CardKind.PRECHECK}:{before.round}"


def on_card(change: Change, message: str, entry: Entry) -> str:
    view = ChangeContext(change, LEARN, entry.at)
    is_go = message.startswith(CardKind.GO)
    return " ".join(words(go_card(view, message, "") if is_go else precheck_card(view, message)))


def lost(story: Story) -> list[str]:
    """What was decided and cannot be read any more, at any later moment of the story."""
    found = []
    for number, entry, message in decisions(story):
        view = ChangeContext(story.now_it_is, LEARN, entry.at)
        words = getattr(entry.event, "comment", "") or getattr(entry.event, "reason", "")
        wanted = (view.name(entry.by), VERDICTS[type(entry.event)], view.when(entry.at), words)
        for later in (*story.was[number + 1 :], story.change):
            assert later is not None
            said = on_card(later, message, entry)
            found += [f"{each!r} on {message} of {later.state}: {said}" for each in wanted if each not in said]
    return found


@settings(max_examples=examples(40))
@given(st.integers(0, 2**32))
def test_a_decision_stays_readable_on_its_card(seed: int) -> None:
    assert lost(walk(seed))[:1] == []
